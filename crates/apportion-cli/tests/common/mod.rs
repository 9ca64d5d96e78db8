//! A small problem in a folder of its own, and the program run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Two reps in Shanghai and Chengdu, four markets; each rep has hours for its own two.
pub(crate) const PLAN: &str = r#"
name = "Two cities"
currency = "CNY"
skills = ["medical"]

[calendar]
start = "2027-01-01"
unit = "month"
periods = 3
hours_per_day = 8.0

[policy]
margin = 0.5

[policy.overtime]
max_share = 0.1
cost_per_hour = 100.0

[policy.travel]
speed_km_per_hour = 60.0
visits_per_trip = 1.0
cost_per_km = 1.0

[policy.continuity]
cost_per_move = 10.0

[[policy.balance]]
metric = "count"
ideal_within = 0.1
cost_per_unit = 5.0
"#;
pub(crate) const REPS: &str = "\
id,name,latitude_deg,longitude_deg
chen,陈 <Chen & Co>,30.57,104.07
li,李,31.23,121.47
";
pub(crate) const MARKETS: &str = "\
id,name,latitude_deg,longitude_deg,potential,visits_per_month,hours_per_visit,current_rep
chengdu,成都市,30.57,104.07,900000,4,6,chen
mianyang,绵阳市,31.47,104.68,300000,2,5,chen
shanghai,上海市,31.23,121.47,2000000,6,6,li
suzhou,苏州市,31.30,120.58,800000,3,5,
";

/// A folder that disappears with this value.
pub(crate) struct Workplace {
    folder: TempDir,
}

impl Workplace {
    /// A workplace with the small problem in the folder `problem`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("problem")).unwrap();
        let place = Self { folder };
        place.write("problem/plan.toml", PLAN);
        place.write("problem/reps.csv", REPS);
        place.write("problem/markets.csv", MARKETS);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Replaces text in a file of the problem.
    pub(crate) fn edit(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(old), "{name} lacks {old}");
        self.write(name, text.replacen(old, new, 1));
    }

    /// The program, to be run in this folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_apportion"));
        command.args(args).current_dir(self.folder.path());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        Run::from(self.command(args).output().unwrap())
    }

    /// Names in the folder, sorted: what a run leaves behind.
    pub(crate) fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }
}

/// Names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What a run said and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// Asserts the exit code, and shows what was said where it is another.
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap()
    }
}
