//! Reading a task from files: one JSON document, or a folder with `plan.toml` and CSV tables.
//!
//! Every fault of every file is gathered. What is read is not judged here: after
//! [`Problem::new`](crate::domain::Problem::new) has found faults in the input,
//! [`Loaded::locate`] gives them the file and line that they come from.

mod folder;
mod origin;
mod table;

use std::fs;
use std::path::Path;

use crate::fault::{Code, Fault, Faults, Place};

use super::Input;
use origin::Origin;

/// Largest file that is read, in bytes: 2 GiB.
const MOST_BYTES: u64 = 2 << 30;

/// An input with what is known of where it came from.
#[derive(Debug)]
pub struct Loaded {
    /// The input.
    pub input: Input,
    origin: Origin,
}

impl Loaded {
    /// The same faults with the file, and the line for tables, that each comes from.
    #[must_use]
    pub fn locate(&self, mut faults: Faults) -> Faults {
        for fault in faults.iter_mut() {
            self.origin.locate(&mut fault.place);
        }
        faults
    }
}

/// Reads a task from a folder or from a JSON document.
///
/// # Errors
/// All faults of all files.
pub fn read(path: &Path) -> Result<Loaded, Faults> {
    if path.is_dir() {
        return folder::read(path);
    }
    let name = file_name(path);
    let text = read_text(path, &name)?;
    let input = parse_json(&text, &name)?;
    let origin = Origin::document(name);
    Ok(Loaded { input, origin })
}

/// Reads a task from the bytes of a JSON document.
///
/// # Errors
/// What is wrong with the text; the first fault only, since what follows cannot be understood.
pub fn read_json(bytes: &[u8]) -> Result<Input, Faults> {
    let name = "document";
    let text = decode(bytes, name)?;
    parse_json(text, name)
}

fn parse_json(text: &str, name: &str) -> Result<Input, Faults> {
    serde_json::from_str(text).map_err(|error| {
        let place = Place::file(format!("{name}:{}", error.line()), "");
        let message = error.to_string();
        let found = message.split(" at line ").next().unwrap_or(&message);
        Fault::new(Code::Syntax, place, found, "a JSON document of the input").into()
    })
}

/// Name of a file without its folder, for messages.
fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// Text of a file, without a byte order mark.
fn read_text(path: &Path, name: &str) -> Result<String, Faults> {
    let unreadable = |error: std::io::Error| {
        let place = Place::file(path.to_string_lossy(), "");
        Fault::new(
            Code::Unreadable,
            place,
            error.to_string(),
            "a readable file",
        )
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MOST_BYTES {
        let place = Place::file(name, "");
        let found = format!("{size} bytes");
        return Err(Fault::new(Code::TooLarge, place, found, "at most 2 GiB").into());
    }
    let mut bytes = fs::read(path).map_err(unreadable)?;
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    decode(&bytes, name)?;
    String::from_utf8(bytes).map_err(|_| {
        Fault::new(Code::NotUtf8, Place::file(name, ""), "other bytes", "UTF-8").into()
    })
}

/// What some programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The text in some bytes, without a byte order mark.
fn decode<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, Faults> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let line = 1 + bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
        let place = Place::file(format!("{name}:{line}"), "");
        let found = format!("byte {:#04x} at position {at}", bytes[at]);
        Fault::new(Code::NotUtf8, place, found, "UTF-8 text").into()
    })
}
