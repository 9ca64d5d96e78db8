//! Faults in what a caller hands in: all at once, each with code, place, found, expected and hint.

use std::fmt;

use serde::Serialize;

/// Longest piece of caller's text that a message repeats, in characters.
const FOUND_CHARS: usize = 100;

/// Longest expectation or hint, in characters: they are ours, but may name what the caller named.
const ADVICE_CHARS: usize = 400;

/// Faults shown by `Display`; the rest is counted. [`Faults::iter`] and the JSON form give all.
const SHOWN: usize = 20;

macro_rules! codes {
    ($($variant:ident $code:literal $meaning:literal $remedy:literal;)*) => {
        /// What is wrong. Each code keeps its meaning for good.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!($code, ": ", $meaning, " ", $remedy)] $variant,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The code as printed, such as `E204`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// What the code means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }

            /// What to do about it, in a sentence.
            #[must_use]
            pub fn remedy(self) -> &'static str {
                match self { $(Code::$variant => $remedy,)* }
            }
        }
    };
}

codes! {
    Unreadable "E101" "A file or folder cannot be read." "Check the path and its permissions.";
    NotUtf8 "E102" "A file is not UTF-8 text." "Save it as UTF-8 (in Excel: CSV UTF-8).";
    Syntax "E103" "A file is not well-formed JSON, TOML or CSV." "Correct it at the place named.";
    MissingColumn "E104" "A table lacks a column it must have." "Add the column to the header row.";
    UnknownColumn "E105" "A table has a column that means nothing here." "Correct its spelling or remove it.";
    NotANumber "E106" "A cell that should hold a number holds something else." "Write a plain number such as 1250.5, without units or separators of thousands.";
    NotAFlag "E107" "A cell that should be true or false holds something else." "Write true or false.";
    TooLarge "E108" "A file is larger than can be read." "Split it, or build the input in code.";
    EmptyTable "E201" "A table that must have entries has none." "Add at least one entry.";
    DuplicateId "E202" "Two entries of a table have the same id." "Give each entry an id of its own.";
    NotFinite "E203" "A number is NaN or infinite." "Leave the field out where there is no value.";
    OutOfRange "E204" "A number lies outside its range." "Correct the number; check its unit.";
    EmptyId "E205" "An entry has no id." "Give it an id.";
    TextTooLong "E206" "A text is too long." "Shorten it.";
    BadDate "E207" "A date is not a calendar date." "Write it as YYYY-MM-DD.";
    BadLength "E208" "A list has the wrong number of entries." "Give one entry for each period.";
    TooManyNumbers "E209" "Amounts are so large that sums lose cents." "Use a larger unit of money.";
    UnknownSkill "E301" "A skill is named that is not declared." "Declare it in `skills` or correct its spelling.";
    UnknownRep "E302" "A rep is named that does not exist." "Add the rep or correct its id.";
    UnknownMarket "E303" "A market is named that does not exist." "Add the market or correct its id.";
    UnknownRole "E304" "A role is named that does not exist." "Add the role or correct its id.";
    UnknownClass "E305" "A customer class has no workload." "Add a workload for the class, or visits and hours to the market.";
    UnknownMetric "E306" "A balance metric does not exist." "Use workload, potential, count, travel_km or a market's own metric.";
    UnknownGoal "E307" "A goal does not exist." "Use contribution, travel, overtime, unserved, continuity, balance or sizing.";
    UnknownSeason "E308" "A season is named that is not declared." "Declare it in `seasons` or correct its spelling.";
    UnknownBase "E309" "A home base is named that the rep does not have." "Add the base to the rep or correct its id.";
    ContradictoryLocks "E401" "Two locks contradict each other." "Keep one of them.";
    LockForbidden "E402" "A lock asks for what is forbidden." "Remove the lock or the forbidden pair.";
    LockIneligible "E403" "A lock asks for a rep who may not serve the market." "Remove the lock, or change what bars the rep.";
    ProtectedWithoutRep "E404" "A market is protected but has no current rep." "Name its current rep or unprotect it.";
    MinAboveMax "E405" "A minimum is larger than its maximum." "Swap or correct them.";
    ContradictoryRoles "E406" "Two roles must be both the same and distinct." "Keep one of the two demands.";
    GoalTwice "E407" "Goals are given both as weights and as priorities, or one goal stands in two priorities." "Keep one form, and each goal once.";
    NoCapacity "E408" "No rep has any hours in the whole calendar." "Check hours per day, holidays, leave and start dates.";
    NoHome "E409" "A rep has no place to start from." "Give a home position or at least one base.";
    NoRoleForMarket "E410" "A lock or current rep names a role that the market does not need." "Add a workload for its class and role, or remove it.";
    PlanMismatch "E501" "A plan names something that the problem does not have, or leaves out something that it has." "Check the plan against the problem it was made for.";
    TooFewPoints "E601" "A history is too short for what it should tell." "Add periods, or fit a curve with fewer parameters.";
    NoVariation "E602" "A history hardly varies, so it tells nothing of what spend brings." "Add periods with clearly more and clearly less of it.";
    Gap "E603" "A history lacks periods." "Add the missing periods; write 0 where nothing was spent or sold.";
    UnknownName "E604" "A region, segment, team, period, channel, family of curves or number of the policy is named that does not exist." "Correct its spelling, or declare it.";
    MissingNumber "E605" "A number that is needed is missing." "Give it.";
    NeedlessNumber "E606" "A number is given that means nothing here." "Remove it, or correct what it belongs to.";
    NotBuilt "E608" "The program was built without what is asked for." "Build it with the feature named.";
    NoSuchLimit "E609" "A scenario scales, raises or lifts a limit in a way that the limit does not allow." "Set limits that are absent; lift only limits that may be absent.";
    ContradictoryCorrelations "E631" "Correlations between uncertain numbers contradict each other." "Correct one of them, or weaken them all.";
    NotOfValues "E640" "A scenario of a decision changes more than values, hours and who is there." "Leave such events to contingency plans or a sweep; a decision takes potential, competitors, margins, prices, losses of unserved work, hours, leave and reps who leave.";
    SeveralLevels "E641" "A decision over scenarios is asked for a policy with priorities." "Give the goals as weights, one level.";
    NotOneTotal "E642" "A commitment of spend over scenarios is asked for a budget with more than one total, or for regret." "Leave out the limits named; `sweep` values a budget with any limits in each scenario.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Where a fault is: a table, an entry of it, a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Table or section, such as `markets` or `policy.continuity`; or a file's path.
    pub table: String,
    /// Zero-based entry of the table, where there is one.
    pub index: Option<usize>,
    /// Field of the entry, such as `potential`; empty for the entry as a whole.
    pub field: String,
    /// File and line, where the entry came from a file: `markets.csv:17`.
    pub origin: Option<String>,
}

impl Place {
    /// A field of a section that is no list. A field that carries a long name of the caller's is
    /// cut.
    #[must_use]
    pub fn section(table: &str, field: &str) -> Self {
        Self {
            table: table.into(),
            index: None,
            field: quote(field, FOUND_CHARS),
            origin: None,
        }
    }

    /// A field of an entry of a list.
    #[must_use]
    pub fn entry(table: &str, index: usize, field: &str) -> Self {
        Self {
            index: Some(index),
            ..Self::section(table, field)
        }
    }

    /// A place in a file, such as `markets.csv:17`.
    #[must_use]
    pub fn file(origin: impl Into<String>, field: &str) -> Self {
        Self {
            table: String::new(),
            index: None,
            field: field.into(),
            origin: Some(origin.into()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            f.write_str(origin)?;
            if !self.field.is_empty() {
                write!(f, " {}", self.field)?;
            }
            return Ok(());
        }
        f.write_str(&self.table)?;
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        if !self.field.is_empty() {
            write!(f, ".{}", self.field)?;
        }
        Ok(())
    }
}

impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What is wrong.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// What to do.
    pub hint: String,
}

impl Fault {
    /// A fault whose hint is its code's remedy. Text that is empty is shown as `nothing`, text
    /// that is long is cut.
    #[must_use]
    pub fn new(
        code: Code,
        place: Place,
        found: impl AsRef<str>,
        expected: impl AsRef<str>,
    ) -> Self {
        let found = match found.as_ref() {
            "" => "nothing",
            found => found,
        };
        Self {
            code,
            place,
            found: quote(found, FOUND_CHARS),
            expected: quote(expected.as_ref(), ADVICE_CHARS),
            hint: code.remedy().to_owned(),
        }
    }

    /// The same fault with a hint of its own.
    #[must_use]
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = quote(hint.as_ref(), ADVICE_CHARS);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: found {}, expected {}. {}",
            self.code, self.place, self.found, self.expected, self.hint
        )
    }
}

/// Text cut to a length that a message can carry, control characters made visible.
fn quote(text: &str, most_chars: usize) -> String {
    let mut short: String = text
        .chars()
        .take(most_chars)
        .flat_map(|c| {
            let visible: Vec<char> = if c.is_control() {
                c.escape_default().collect()
            } else {
                vec![c]
            };
            visible
        })
        .collect();
    if text.chars().nth(most_chars).is_some() {
        short.push('…');
    }
    short
}

/// All faults of an input, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// No faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Adds all faults of another list.
    pub fn extend(&mut self, other: Faults) {
        self.0.extend(other.0);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// All of them, to change (a reader of files adds the file and line to each place).
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Fault> {
        self.0.iter_mut()
    }

    /// `value` if there is no fault.
    ///
    /// # Errors
    /// These faults, if there are any.
    pub fn or<T>(self, value: T) -> Result<T, Faults> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.len();
        let noun = if count == 1 { "fault" } else { "faults" };
        write!(f, "{count} {noun} in the input")?;
        for fault in self.iter().take(SHOWN) {
            write!(f, "\n  {fault}")?;
        }
        if count > SHOWN {
            write!(f, "\n  … and {} more", count - SHOWN)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
