//! Where the scenarios of a sweep come from.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use apportion::domain::Problem;
use apportion::fault::{Code, Fault, Faults, Place};
use apportion::scenario::read::{CsvRows, Lines, Register};
use apportion::scenario::{
    Axes, Axis, Combine, Draws, Leavers, MonteCarlo, Sampling, Scenario, Scenarios,
};
use apportion::sweep::Sweep;

use crate::args::{ScenarioArgs, SourceArgs, SpreadName};
use crate::exit::{Exit, Failure};
use crate::{read, terminal};

/// Scenarios, before any is made.
pub(super) enum Source {
    /// A file of scenarios.
    File {
        path: PathBuf,
        csv: bool,
        hash: u64,
        lines: u64,
    },
    /// Scenarios made by number, with what their results together tell.
    Made(Box<dyn Scenarios>, Shape),
}

/// What results together tell beside a summary.
#[derive(Debug)]
pub(super) enum Shape {
    /// Nothing: draws, lists and grids.
    Spread,
    /// What each axis does, after the problem as it is.
    Tornado(Vec<Axis>),
    /// What each risk with its probability costs, after the problem as it is.
    Risks(Vec<f64>),
    /// What it costs when somebody leaves.
    Leavers,
}

impl Source {
    /// The source that the command line names.
    pub(super) fn read(args: &SourceArgs, seed: u32, problem: &Problem) -> Result<Self, Failure> {
        if let Some(path) = &args.scenarios {
            let (hash, lines) = survey(path).map_err(|error| unreadable(path, &error))?;
            let end = path.extension();
            return Ok(Self::File {
                path: path.clone(),
                csv: end.is_some_and(|end| end.eq_ignore_ascii_case("csv")),
                hash,
                lines,
            });
        }
        let made = |scenarios: Box<dyn Scenarios>, shape| Ok(Self::Made(scenarios, shape));
        if let Some(path) = &args.draws {
            let found = |faults: Faults| Failure::faults(path, faults, false);
            let draws = Draws::from_json(&text(path)?).map_err(found)?;
            let source = MonteCarlo::new(problem, &draws).map_err(found)?;
            return made(Box::new(source), Shape::Spread);
        }
        if let Some(path) = &args.register {
            return Self::register(args, path, seed, problem);
        }
        if let Some(path) = &args.axes {
            let found = |faults: Faults| Failure::faults(path, faults, false);
            let axes = Axes::from_json(&text(path)?).map_err(found)?;
            let scenarios = axes.scenarios(problem).map_err(found)?;
            let shape = match axes.combine {
                Combine::OneAtATime => Shape::Tornado(axes.axes),
                Combine::Grid => Shape::Spread,
            };
            return made(scenarios, shape);
        }
        match args.leavers {
            Some(1) => made(Box::new(Leavers::one(problem)), Shape::Leavers),
            Some(_) => made(Box::new(Leavers::one_or_two(problem)), Shape::Leavers),
            None => Err(Failure::usage(
                "no scenarios: give --scenarios, --draws, --register, --axes, --leavers or --stdin",
            )),
        }
    }

    fn register(
        args: &SourceArgs,
        path: &Path,
        seed: u32,
        problem: &Problem,
    ) -> Result<Self, Failure> {
        let found = |faults: Faults| Failure::faults(path, faults, false);
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let register = Register::read(BufReader::new(file)).map_err(found)?;
        let Some(count) = args.count else {
            let alone = register.alone(problem).map_err(found)?;
            let chances = register.risks.iter().map(|risk| risk.event.probability);
            return Ok(Self::Made(Box::new(alone), Shape::Risks(chances.collect())));
        };
        let sampling = match args.sampling {
            SpreadName::Plain => Sampling::Plain,
            SpreadName::LatinHypercube => Sampling::LatinHypercube,
        };
        let drawn = register.monte_carlo(problem, seed.into(), count, sampling);
        Ok(Self::Made(Box::new(drawn.map_err(found)?), Shape::Spread))
    }

    /// What tells these scenarios from others.
    pub(super) fn identity(&self) -> String {
        match self {
            Self::File {
                csv: true, hash, ..
            } => format!("csv {hash:016x}"),
            Self::File { hash, .. } => format!("jsonl {hash:016x}"),
            Self::Made(scenarios, _) => scenarios.identity(),
        }
    }

    /// Gives the scenarios to a sweep.
    pub(super) fn give<'a>(&'a self, sweep: Sweep<'a>) -> Result<Sweep<'a>, Failure> {
        let (path, csv, lines) = match self {
            Self::Made(scenarios, _) => return Ok(sweep.scenarios(&**scenarios)),
            Self::File {
                path, csv, lines, ..
            } => (path, *csv, *lines),
        };
        let reader = BufReader::new(File::open(path).map_err(|error| unreadable(path, &error))?);
        if !csv {
            return Ok(sweep.json_lines(reader).total(lines));
        }
        let rows = CsvRows::new(reader).map_err(|faults| Failure::faults(path, faults, false))?;
        Ok(sweep.stream(rows.map(|read| match read {
            Ok((line, scenario)) => (line, Ok(scenario)),
            Err(unread) => (unread.line, Err(unread.faults)),
        })))
    }

    pub(super) fn shape(&self) -> &Shape {
        match self {
            Self::File { .. } => &Shape::Spread,
            Self::Made(_, shape) => shape,
        }
    }
}

/// `apportion sweep scenarios`: every scenario as a line of JSON.
pub(super) fn print(args: &ScenarioArgs) -> Result<Exit, Failure> {
    let (_, problem) = read::problem(&args.problem, false)?;
    let source = Source::read(&args.source, args.seed, &problem)?;
    let say = |scenario: &Scenario| -> Result<(), Failure> {
        terminal::say(&serde_json::to_string(scenario).map_err(Failure::internal)?)
    };
    match source {
        Source::Made(scenarios, _) => {
            for index in 0..scenarios.count() {
                if let Some(scenario) = scenarios.written(&problem, index) {
                    say(&scenario)?;
                }
            }
        }
        Source::File { path, csv, .. } => {
            let failed = |faults| Failure::faults(&path, faults, false);
            let reader =
                BufReader::new(File::open(&path).map_err(|error| unreadable(&path, &error))?);
            if csv {
                for read in CsvRows::new(reader).map_err(failed)? {
                    say(&read.map_err(|unread| failed(unread.faults))?.1)?;
                }
            } else {
                for read in Lines::new(reader) {
                    say(&read.map_err(|unread| failed(unread.faults))?.1)?;
                }
            }
        }
    }
    Ok(Exit::Done)
}

fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a.
pub(super) fn fnv(bytes: &[u8]) -> u64 {
    more(bytes, FNV)
}

fn more(bytes: &[u8], hash: u64) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(hash, step)
}

/// A hash of a file and the number of its lines that are not empty.
fn survey(path: &Path) -> io::Result<(u64, u64)> {
    let mut reader = BufReader::new(File::open(path)?);
    let (mut hash, mut lines, mut filled) = (FNV, 0, false);
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok((hash, lines + u64::from(filled)));
        }
        hash = more(buffer, hash);
        for byte in buffer {
            lines += u64::from(*byte == b'\n' && filled);
            filled = *byte != b'\n' && (filled || !byte.is_ascii_whitespace());
        }
        let count = buffer.len();
        reader.consume(count);
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let place = Place::file(path.to_string_lossy(), "");
    let expected = "a file with scenarios";
    let fault = Fault::new(Code::Unreadable, place, error.to_string(), expected);
    Failure::faults(path, fault.into(), false)
}
