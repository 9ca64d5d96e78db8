//! Limits on how much of the covered revenue hangs on a single source.

use super::ids::{MarketId, RepId};
use super::problem::{Market, Problem};
use crate::input;

pub use crate::input::Source;

/// A limit on concentration: what a source covers stays within a share of what all cover.
#[derive(Clone, Debug, PartialEq)]
pub struct Concentration {
    /// What revenue hangs on.
    pub source: Source,
    /// Largest share of the covered revenue from a single one, 0 to 1.
    pub max_share: f64,
    /// Names of the sources, sorted; empty where they are the reps.
    names: Vec<String>,
    /// For each market its source, by position in the names; empty where sources are the reps.
    of_market: Vec<Option<u32>>,
}

impl Concentration {
    /// Number of sources.
    #[must_use]
    pub fn sources(&self, problem: &Problem) -> usize {
        match self.source {
            Source::Rep => problem.reps().len(),
            _ => self.names.len(),
        }
    }

    /// The source that a market served by a rep counts for, if any.
    #[must_use]
    pub fn source_of(&self, market: MarketId, rep: RepId) -> Option<u32> {
        match self.source {
            Source::Rep => Some(rep.0),
            _ => self.of_market[market.index()],
        }
    }

    /// Name of a source.
    ///
    /// # Panics
    /// When there is no such source.
    #[must_use]
    pub fn name<'a>(&'a self, problem: &'a Problem, source: usize) -> &'a str {
        match self.source {
            Source::Rep => &problem.reps()[source].id,
            _ => &self.names[source],
        }
    }
}

/// Where a market belongs: the empty text where it belongs to nothing.
fn belongs<'p>(problem: &'p Problem, market: &'p Market, source: Source) -> &'p str {
    match source {
        Source::Rep => "",
        Source::Market => &market.id,
        Source::Family => (market.family).map_or("", |at| &problem.families()[at.index()]),
        Source::Region => &market.region,
        Source::Class => &market.class,
    }
}

/// The limits of a policy, for the markets of a problem.
pub(super) fn limits(stated: &[input::Concentration], problem: &Problem) -> Vec<Concentration> {
    let limit = |stated: &input::Concentration| {
        let markets = problem.markets().iter();
        let own: Vec<&str> = markets
            .map(|market| belongs(problem, market, stated.by))
            .collect();
        let mut names: Vec<&str> = own.iter().copied().filter(|own| !own.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        let place = |own: &&str| {
            let at = names.binary_search(own).ok()?;
            u32::try_from(at).ok()
        };
        Concentration {
            source: stated.by,
            max_share: stated.max_share,
            of_market: match stated.by {
                Source::Rep => Vec::new(),
                _ => own.iter().map(place).collect(),
            },
            names: names.into_iter().map(str::to_owned).collect(),
        }
    };
    stated.iter().map(limit).collect()
}
