//! Results as a Parquet table.

use crate::args::ExportArgs;
use crate::exit::{Exit, Failure};

/// `apportion sweep export`, in a program without Parquet.
#[cfg(not(feature = "parquet"))]
pub(super) fn run(args: &ExportArgs) -> Result<Exit, Failure> {
    let file = args.parquet.display();
    Err(Failure::usage(format!(
        "{file} cannot be written: this program was built without `--features parquet`"
    )))
}

#[cfg(feature = "parquet")]
pub(super) use table::run;

#[cfg(feature = "parquet")]
mod table {
    use std::fs::{self, File};
    use std::path::Path;
    use std::sync::Arc;

    use apportion::domain::Goal;
    use apportion::sweep::Record;
    use apportion::sweep::file::records;
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
    use parquet::errors::{ParquetError, Result as Written};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
    use parquet::schema::parser::parse_message_type;

    use super::{Exit, ExportArgs, Failure};
    use crate::terminal;

    /// Rows of a group: what is held in memory at once.
    const GROUP: usize = 1 << 16;

    /// `apportion sweep export`.
    pub(crate) fn run(args: &ExportArgs) -> Result<Exit, Failure> {
        let rows = write(&args.folder, &args.parquet).map_err(|error| {
            let folder = args.folder.display();
            Failure::usage(format!("{folder}: {error}"))
        })?;
        let file = args.parquet.display();
        terminal::say(&format!("{rows} rows in {file}"))?;
        Ok(Exit::Done)
    }

    /// Writes all results of a folder. The file is whole or not there.
    fn write(folder: &Path, path: &Path) -> Written<usize> {
        let mut found = records(folder)?;
        let goals = Goal::ALL.map(|goal| format!("optional double {};", goal.name()));
        let schema = format!(
            "message result {{
                required int64 index;
                required binary id (UTF8);
                optional double probability;
                required binary status (UTF8);
                optional double value;
                optional double bound;
                optional double gap;
                optional int32 moves;
                required int32 violations;
                required binary reason (UTF8);
                {}
            }}",
            goals.concat()
        );
        let schema = Arc::new(parse_message_type(&schema)?);
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let properties = Arc::new(WriterProperties::builder().build());
        let mut writer = SerializedFileWriter::new(File::create(&part)?, schema, properties)?;
        let mut rows = 0;
        loop {
            let batch: Vec<Record> = found.by_ref().take(GROUP).collect::<Result<_, _>>()?;
            if batch.is_empty() {
                break;
            }
            rows += batch.len();
            let mut group = writer.next_row_group()?;
            columns(&mut group, &batch)?;
            group.close()?;
        }
        writer.close()?;
        fs::rename(part, path)?;
        Ok(rows)
    }

    fn columns(group: &mut Group<'_>, rows: &[Record]) -> Written<()> {
        let index = rows
            .iter()
            .map(|row| i64::try_from(row.index).unwrap_or(i64::MAX));
        let index: Vec<i64> = index.collect();
        put::<Int64Type>(group, &index, None)?;
        texts(group, rows, |row| row.id.clone())?;
        numbers(group, rows, |row| row.probability)?;
        texts(group, rows, |row| row.status.to_string())?;
        numbers(group, rows, |row| row.value)?;
        numbers(group, rows, |row| row.bound)?;
        numbers(group, rows, |row| row.gap)?;
        let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let there: Vec<i16> = rows.iter().map(|row| row.moves.is_some().into()).collect();
        let moves: Vec<i32> = rows.iter().filter_map(|row| row.moves).map(whole).collect();
        put::<Int32Type>(group, &moves, Some(&there))?;
        let violations: Vec<i32> = rows.iter().map(|row| whole(row.violations)).collect();
        put::<Int32Type>(group, &violations, None)?;
        texts(group, rows, |row| row.reason.clone())?;
        for goal in Goal::ALL {
            numbers(group, rows, |row| row.terms.map(|terms| terms[goal]))?;
        }
        Ok(())
    }

    type Group<'a> = SerializedRowGroupWriter<'a, File>;

    fn texts(
        group: &mut Group<'_>,
        rows: &[Record],
        of: impl Fn(&Record) -> String,
    ) -> Written<()> {
        let texts: Vec<ByteArray> = rows.iter().map(|row| of(row).into_bytes().into()).collect();
        put::<ByteArrayType>(group, &texts, None)
    }

    fn numbers(
        group: &mut Group<'_>,
        rows: &[Record],
        of: impl Fn(&Record) -> Option<f64>,
    ) -> Written<()> {
        let there: Vec<i16> = rows.iter().map(|row| of(row).is_some().into()).collect();
        let numbers: Vec<f64> = rows.iter().filter_map(of).collect();
        put::<DoubleType>(group, &numbers, Some(&there))
    }

    /// Writes the next column; `there` tells of each row whether it has a value.
    fn put<T: parquet::data_type::DataType>(
        group: &mut Group<'_>,
        values: &[T::T],
        there: Option<&[i16]>,
    ) -> Written<()> {
        let missing = || ParquetError::General("more columns than the schema has".to_owned());
        let mut column = group.next_column()?.ok_or_else(missing)?;
        column.typed::<T>().write_batch(values, there, None)?;
        column.close()
    }

    #[cfg(test)]
    #[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
    mod tests {
        use super::*;
        use parquet::file::reader::{FileReader, SerializedFileReader};
        use parquet::record::RowAccessor;

        /// What is written is read back by the crate's own reader, row by row.
        #[test]
        fn a_table_is_read_back() {
            let folder = tempfile::tempdir().unwrap();
            let lines = [
                r#"{"index":0,"id":"成都","status":"kept","value":1.5,"moves":2,"terms":{"contribution":3.0}}"#,
                r#"{"index":1,"id":"bad","probability":0.25,"status":"failed","reason":"E103 line 2"}"#,
            ];
            fs::write(folder.path().join("results.jsonl"), lines.join("\n")).unwrap();
            let path = folder.path().join("out.parquet");
            assert_eq!(write(folder.path(), &path).unwrap(), 2);
            let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
            let rows: Vec<_> = reader
                .get_row_iter(None)
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert_eq!(rows.len(), 2);
            let names: Vec<&String> = rows[0].get_column_iter().map(|column| column.0).collect();
            assert_eq!(names.len(), 10 + Goal::ALL.len());
            assert_eq!(rows[0].get_string(1).unwrap(), "成都");
            assert_eq!(
                (rows[0].get_long(0).unwrap(), rows[1].get_long(0).unwrap()),
                (0, 1)
            );
            assert!((rows[0].get_double(4).unwrap() - 1.5).abs() < 1e-12);
            assert!(rows[1].get_double(4).is_err(), "null");
            assert!((rows[1].get_double(2).unwrap() - 0.25).abs() < 1e-12);
            assert_eq!(
                (
                    rows[0].get_string(3).unwrap().as_str(),
                    rows[0].get_int(7).unwrap()
                ),
                ("kept", 2)
            );
            assert_eq!(rows[1].get_string(9).unwrap(), "E103 line 2");
            let at = names
                .iter()
                .position(|name| *name == "contribution")
                .unwrap();
            assert!((rows[0].get_double(at).unwrap() - 3.0).abs() < 1e-12);
        }
    }
}
