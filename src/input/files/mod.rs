//! Reading a task from files: one JSON document, or a folder with `plan.toml` and CSV tables.
//!
//! Every fault of every file is gathered. What is read is not judged here: after
//! [`Problem::new`](crate::domain::Problem::new) has found faults in the input,
//! [`Loaded::locate`] gives them the file and line that they come from.

mod budget;
mod folder;
mod origin;
mod table;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::str::Utf8Error;

use serde::de::DeserializeOwned;

use crate::fault::{Code, Fault, Faults, Place};

use super::{BudgetInput, Input};
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
    pub fn locate(&self, faults: Faults) -> Faults {
        located(&self.origin, faults)
    }
}

/// A budget with what is known of where it came from.
#[derive(Debug)]
pub struct LoadedBudget {
    /// The input.
    pub input: BudgetInput,
    origin: Origin,
}

impl LoadedBudget {
    /// The same faults with the file, and the line for tables, that each comes from.
    #[must_use]
    pub fn locate(&self, faults: Faults) -> Faults {
        located(&self.origin, faults)
    }
}

fn located(origin: &Origin, mut faults: Faults) -> Faults {
    for fault in faults.iter_mut() {
        origin.locate(&mut fault.place);
    }
    faults
}

/// Reads a budget from a folder with `budget.toml` and CSV tables, or from a JSON document.
///
/// # Errors
/// All faults of all files.
pub fn read_budget(path: &Path) -> Result<LoadedBudget, Faults> {
    if path.is_dir() {
        return budget::read(path);
    }
    let name = file_name(path);
    let text = read_text(path, &name)?;
    let input = parse_json(&text, &name)?;
    let origin = Origin::document(name);
    Ok(LoadedBudget { input, origin })
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

fn parse_json<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, Faults> {
    serde_json::from_str(text).map_err(|error| {
        let place = Place::file(format!("{name}:{}:{}", error.line(), error.column()), "");
        let told = error.to_string();
        let message = told
            .rsplit_once(" at line ")
            .map_or(&*told, |(said, _)| said);
        syntax(place, message, "a JSON document").into()
    })
}

/// A document in TOML; its default, and a fault, where it is none.
fn read_toml<T: DeserializeOwned + Default>(folder: &Path, name: &str, faults: &mut Faults) -> T {
    let text = match read_text(&folder.join(name), name) {
        Ok(text) => text,
        Err(found) => {
            faults.extend(found);
            return T::default();
        }
    };
    toml::from_str(&text).unwrap_or_else(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = &text.as_bytes()[..at];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        let place = Place::file(format!("{name}:{line}"), "");
        faults.push(syntax(place, error.message(), "a TOML document"));
        T::default()
    })
}

/// A fault from what a parser says, in words for planners.
fn syntax(place: Place, message: &str, document: &str) -> Fault {
    let message = message.trim();
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return Fault::new(Code::Syntax, place, message, document);
    };
    let found = found
        .trim_start_matches("invalid type: ")
        .trim_start_matches("invalid value: ");
    let expected = match expected {
        "f64" => "a number",
        "u8" | "u32" => "a whole number, 0 or more",
        "a string" => "text in quotation marks",
        "a sequence" => "a list",
        "a map" => "a section with fields of its own",
        other if other.starts_with("struct ") => "a section with fields of its own",
        other => other,
    };
    let fault = Fault::new(Code::Syntax, place, found, expected);
    if found.starts_with("unknown field") {
        fault.hint("Correct the field's spelling or remove it.")
    } else {
        fault
    }
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
        let found = error.to_string();
        Fault::new(Code::Unreadable, place, found, "a readable file")
    };
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut bytes = Vec::new();
    if size <= MOST_BYTES {
        // Files that are no plain files have no size: what comes out of them is bounded here.
        let mut bounded = file.take(MOST_BYTES + 1);
        bounded.read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if size.max(bytes.len() as u64) > MOST_BYTES {
        let found = format!("more than {MOST_BYTES} bytes");
        let place = Place::file(name, "");
        return Err(Fault::new(Code::TooLarge, place, found, "at most 2 GiB").into());
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    String::from_utf8(bytes)
        .map_err(|error| not_utf8(error.as_bytes(), error.utf8_error(), name).into())
}

/// What some programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The text in some bytes, without a byte order mark.
fn decode<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, Faults> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error, name).into())
}

fn not_utf8(bytes: &[u8], error: Utf8Error, name: &str) -> Fault {
    let (before, rest) = bytes.split_at(error.valid_up_to());
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    let place = Place::file(format!("{name}:{line}"), "");
    let found = match rest.first() {
        Some(byte) => format!("byte {byte:#04x} at position {}", before.len()),
        None => "the end within a character".to_owned(),
    };
    Fault::new(Code::NotUtf8, place, found, "UTF-8 text")
}
