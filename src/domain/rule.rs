//! The rules of the model. One rule has one name in the formulation, the check, the docs, the
//! tests and the code of its violation.

use std::fmt;

use serde::Serialize;

macro_rules! rules {
    ($($variant:ident $name:literal $code:literal $meaning:literal;)*) => {
        /// A rule of the model.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = concat!($code, " ", $name, ": ", $meaning)] $variant,)*
        }

        impl Rule {
            /// Every rule, in order.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant,)*];

            /// Name, as in file names and reports.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)* }
            }

            /// Code of its violation.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Rule::$variant => $code,)* }
            }

            /// What it demands, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Rule::$variant => $meaning,)* }
            }
        }
    };
}

rules! {
    Assignment "assignment" "R101" "Each (market, role) has one rep, or is left unserved where that is allowed.";
    Eligibility "eligibility" "R102" "A rep has the skills that are needed, is of a team that may serve, and is not forbidden.";
    Roles "roles" "R103" "Roles that must be distinct have different reps; roles that must be the same have one rep.";
    Capacity "capacity" "R104" "A rep's hours in a period do not exceed the hours available plus the overtime allowed.";
    Count "count" "R105" "A rep has at least the fewest and at most the most (market, role) pairs allowed.";
    Balance "balance" "R106" "A rep's amount of a metric stays within the hard limits around the fair share.";
    Locks "locks" "R107" "A locked or protected (market, role) goes to its rep.";
    Families "families" "R108" "Markets of one family go to one rep, role by role.";
    Continuity "continuity" "R109" "At most the allowed number of moves, and at most the allowed share of potential, change rep.";
    Travel "travel" "R110" "No market is farther from its rep's base than allowed.";
    Unserved "unserved" "R111" "A (market, role) that must be served is served.";
    Sizing "sizing" "R112" "A rep works from one base; candidates work only if hired; the number hired is within its limits.";
    Concentration "concentration" "R113" "No rep, market, family, region or class brings more than the allowed share of the revenue covered.";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
