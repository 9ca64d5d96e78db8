//! Results in files: written as they come, resumed after any interruption, merged from shards.
//!
//! A folder holds `sweep.json` (which sweep this is), `results.jsonl` (a record a line, in order:
//! the same bytes for the same sweep) and `seconds.jsonl` (how long each took, which is no part of
//! the result). Results themselves are the checkpoint: a sweep goes on after the last whole line.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::record::{Outcome, Record, Sink};

/// Name of the format.
const FORMAT: &str = "apportion-sweep";
/// Version of the format.
const VERSION: u32 = 1;

/// Which sweep a folder is about. Two runs with the same one write the same results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepId {
    /// Fingerprint of the problem.
    pub problem: String,
    /// What tells the scenarios from others.
    pub scenarios: String,
    /// What is done in every scenario, with the plan and the limits that go with it.
    pub policy: String,
    /// Part of the scenarios, from 0.
    pub shard: u64,
    /// Number of parts.
    pub shards: u64,
}

/// `sweep.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
    #[serde(flatten)]
    id: SweepId,
}

/// The results of a sweep in a folder.
#[derive(Debug)]
pub struct ResultFolder {
    results: BufWriter<File>,
    seconds: BufWriter<File>,
    line: Vec<u8>,
}

fn results_path(folder: &Path) -> PathBuf {
    folder.join("results.jsonl")
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

impl ResultFolder {
    /// Opens a folder, made where it is not there, and tells how many results it has: the number to
    /// [skip](super::Sweep::skip). A line that was cut off is taken away.
    ///
    /// # Errors
    /// When the folder holds another sweep, or files cannot be read or written.
    pub fn open(folder: &Path, id: &SweepId) -> io::Result<(Self, u64)> {
        fs::create_dir_all(folder)?;
        let head = folder.join("sweep.json");
        if head.exists() {
            let own = read_head(&head)?;
            if own != *id {
                let folder = folder.display();
                let hint = "take another folder, or remove this one";
                return Err(invalid(format!("{folder} holds another sweep: {hint}")));
            }
        } else if results_path(folder).exists() {
            let folder = folder.display();
            let hint = "take another folder";
            return Err(invalid(format!(
                "{folder} holds results without sweep.json: {hint}"
            )));
        } else {
            write_head(&head, id)?;
        }
        let (results, done) = open_whole(&results_path(folder))?;
        let (seconds, _) = open_whole(&folder.join("seconds.jsonl"))?;
        let folder = Self {
            results: BufWriter::new(results),
            seconds: BufWriter::new(seconds),
            line: Vec::new(),
        };
        Ok((folder, done))
    }
}

impl Sink for ResultFolder {
    fn take(&mut self, outcome: &Outcome) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, &outcome.record)?;
        self.line.push(b'\n');
        self.results.write_all(&self.line)?;
        let (index, seconds) = (outcome.record.index, outcome.seconds);
        writeln!(self.seconds, "{{\"index\":{index},\"seconds\":{seconds}}}")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.results.flush()?;
        self.seconds.flush()
    }
}

/// Results as JSON lines on any writer, each handed on at once.
#[derive(Debug)]
pub struct ResultLines<W> {
    writer: W,
    line: Vec<u8>,
}

impl<W: Write + Send> ResultLines<W> {
    /// Lines on a writer.
    #[must_use]
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            line: Vec::new(),
        }
    }
}

impl<W: Write + Send> Sink for ResultLines<W> {
    fn take(&mut self, outcome: &Outcome) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, &outcome.record)?;
        self.line.push(b'\n');
        self.writer.write_all(&self.line)?;
        self.writer.flush()
    }
}

fn read_head(path: &Path) -> io::Result<SweepId> {
    let head: Head = serde_json::from_slice(&fs::read(path)?).map_err(|error| {
        let path = path.display();
        invalid(format!("{path} is no sweep.json: {error}"))
    })?;
    if head.format == FORMAT && head.version == VERSION {
        return Ok(head.id);
    }
    let path = path.display();
    let expected = format!("expected {FORMAT} of version {VERSION}");
    Err(invalid(format!("{path}: {expected}")))
}

/// Writes `sweep.json` so that it is whole or not there.
fn write_head(path: &Path, id: &SweepId) -> io::Result<()> {
    let head = Head {
        format: FORMAT.to_owned(),
        version: VERSION,
        id: id.clone(),
    };
    let mut text = serde_json::to_vec_pretty(&head)?;
    text.push(b'\n');
    let part = path.with_extension("json.part");
    fs::write(&part, text)?;
    fs::rename(part, path)
}

/// Opens a file of lines at its end, after the last whole line, and counts its lines.
fn open_whole(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(path)?;
    let (mut lines, mut at, mut end) = (0, 0, 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        for (place, _) in buffer[..count]
            .iter()
            .enumerate()
            .filter(|(_, b)| **b == b'\n')
        {
            lines += 1;
            end = at + place as u64 + 1;
        }
        at += count as u64;
    }
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    Ok((file, lines))
}

/// Which sweep a folder is about.
///
/// # Errors
/// When it holds none, or its `sweep.json` cannot be read.
pub fn sweep_id(folder: &Path) -> io::Result<SweepId> {
    read_head(&folder.join("sweep.json"))
}

/// Reads the records of a folder, in order.
///
/// # Errors
/// When there are none. Each entry may be an error of its own.
pub fn records(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<Record>> + use<>> {
    let file = BufReader::new(File::open(results_path(folder))?);
    Ok(file.lines().map(|line| {
        let line = line?;
        serde_json::from_str(&line).map_err(|error| invalid(format!("{line}: {error}")))
    }))
}

/// What is needed of a record to put it in order.
#[derive(Deserialize)]
struct Numbered {
    index: u64,
}

/// A shard's results, with the next one.
struct Shard {
    lines: io::Lines<BufReader<File>>,
    next: Option<(u64, String)>,
}

impl Shard {
    fn open(folder: &Path) -> io::Result<Self> {
        let file = BufReader::new(File::open(results_path(folder))?);
        let mut shard = Self {
            lines: file.lines(),
            next: None,
        };
        shard.advance()?;
        Ok(shard)
    }

    fn advance(&mut self) -> io::Result<()> {
        self.next = match self.lines.next() {
            None => None,
            Some(line) => {
                let line = line?;
                let numbered: Numbered = serde_json::from_str(&line)
                    .map_err(|error| invalid(format!("{line}: {error}")))?;
                Some((numbered.index, line))
            }
        };
        Ok(())
    }
}

/// Merges the folders of all shards of a sweep into one that is as if there had been no shards. The
/// number of results.
///
/// # Errors
/// When the folders are not exactly the shards of one sweep, a result is missing, or files cannot
/// be read or written.
pub fn merge(folders: &[PathBuf], out: &Path) -> io::Result<u64> {
    let heads = folders
        .iter()
        .map(|folder| read_head(&folder.join("sweep.json")));
    let ids: Vec<SweepId> = heads.collect::<io::Result<_>>()?;
    let Some(first) = ids.first() else {
        return Err(invalid("no folders to merge".to_owned()));
    };
    let whole = SweepId {
        shard: 0,
        shards: 1,
        ..first.clone()
    };
    let mut parts: Vec<u64> = Vec::new();
    for (id, folder) in ids.iter().zip(folders) {
        let alike = SweepId {
            shard: id.shard,
            ..first.clone()
        };
        if *id != alike {
            let (folder, other) = (folder.display(), folders[0].display());
            return Err(invalid(format!(
                "{folder} is no shard of the sweep in {other}"
            )));
        }
        parts.push(id.shard);
    }
    parts.sort_unstable();
    if !parts.iter().copied().eq(0..first.shards) {
        let shards = first.shards;
        let message = format!(
            "shards {parts:?} were given, expected each of 0 to {}",
            shards - 1
        );
        return Err(invalid(message));
    }
    let (mut target, done) = ResultFolder::open(out, &whole)?;
    if done > 0 {
        let out = out.display();
        return Err(invalid(format!("{out} has results already")));
    }
    let shards = folders.iter().map(|folder| Shard::open(folder));
    let mut shards: Vec<Shard> = shards.collect::<io::Result<_>>()?;
    let mut count = 0;
    while shards.iter().any(|shard| shard.next.is_some()) {
        let holder = shards.iter_mut().find(|shard| {
            let next = shard.next.as_ref();
            next.is_some_and(|next| next.0 == count)
        });
        let Some(holder) = holder else {
            return Err(invalid(format!(
                "result {count} is missing: finish its shard first"
            )));
        };
        if let Some((_, line)) = &holder.next {
            writeln!(target.results, "{line}")?;
        }
        holder.advance()?;
        count += 1;
    }
    target.flush()?;
    Ok(count)
}
