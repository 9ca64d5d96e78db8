//! The machine and the commit that figures belong to.

use std::fs;
use std::process::Command;

/// What figures depend on besides the code.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Model of the processor.
    pub cpu: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Memory in GiB, rounded down; 0 if unknown.
    pub memory_gib: u64,
    /// Operating system.
    pub system: String,
    /// Version of the compiler.
    pub rustc: String,
}

/// The commit that is checked out.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Short hash with the day of the commit.
    pub name: String,
    /// Whether files other than `BENCHMARK.md` differ from it.
    pub dirty: bool,
}

const UNKNOWN: &str = "unknown";

impl Machine {
    /// This machine.
    #[must_use]
    pub fn here() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let memory = value_of(&meminfo, "MemTotal", ':').unwrap_or_default();
        let kib: u64 = (memory.split_whitespace().next())
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        Self {
            cpu: value_of(&cpuinfo, "model name", ':').unwrap_or(UNKNOWN.into()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gib: kib / (1 << 20),
            system: value_of(&release, "PRETTY_NAME", '=').unwrap_or(UNKNOWN.into()),
            rustc: output("rustc", &["--version"]).unwrap_or(UNKNOWN.into()),
        }
    }
}

impl Commit {
    /// The commit of the working directory; dirty where that cannot be told.
    #[must_use]
    pub fn here() -> Self {
        let name = output("git", &["log", "-1", "--format=%h (%cs)"]);
        let changes = ["status", "--porcelain", "--", ":!BENCHMARK.md"];
        Self {
            dirty: output("git", &changes).is_none_or(|changes| !changes.is_empty()),
            name: name.unwrap_or(UNKNOWN.into()),
        }
    }
}

/// The value of the first `key: value` line.
fn value_of(text: &str, key: &str, separator: char) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    let (_, value) = line.split_once(separator)?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// What a command prints, if it succeeds.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
