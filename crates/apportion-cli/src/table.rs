//! Tables as CSV.

use serde::Serialize;

use crate::exit::Failure;

/// Rows under a header of their fields' names.
pub(crate) fn csv(rows: impl IntoIterator<Item = impl Serialize>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(Failure::internal)?;
    }
    writer.into_inner().map_err(Failure::internal)
}
