//! Separable concave programs with gates, and the walls that an interior point keeps away from.

use super::cell::Ready;

/// The function of a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape<'s, 'a> {
    /// A slope.
    Line(f64),
    /// The curve of a cell from a spend on.
    Curve(&'s Ready<'a>, f64),
}

impl Shape<'_, '_> {
    /// Rise, slope and second derivative.
    pub(super) fn at(&self, u: f64) -> (f64, f64, f64) {
        match self {
            Self::Line(slope) => (slope * u, *slope, 0.0),
            Self::Curve(cell, from) => cell.rise(*from, u),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Column<'s, 'a> {
    /// Above 0.
    pub(super) width: f64,
    pub(super) shape: Shape<'s, 'a>,
    /// Taken from the slope everywhere.
    pub(super) cost: f64,
    pub(super) gate: Option<usize>,
    /// Rows and their factors.
    pub(super) entries: Vec<(usize, f64)>,
}

impl Column<'_, '_> {
    pub(super) fn at(&self, u: f64) -> (f64, f64, f64) {
        let (rise, slope, bend) = self.shape.at(u);
        (rise - self.cost * u, slope - self.cost, bend)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Gate {
    pub(super) fee: f64,
    pub(super) entries: Vec<(usize, f64)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Program<'s, 'a> {
    pub(super) columns: Vec<Column<'s, 'a>>,
    pub(super) gates: Vec<Gate>,
    /// Lowest and highest sum of each row; low ≤ high.
    pub(super) rows: Vec<(f64, f64)>,
}

/// A distance to a wall and its price.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wall {
    pub(super) slack: f64,
    pub(super) dual: f64,
    /// Change of both in the step at hand.
    pub(super) step: (f64, f64),
    pub(super) target: f64,
}

impl Wall {
    pub(super) fn new(slack: f64, product: f64) -> Self {
        Self {
            slack,
            dual: product / slack,
            step: (0.0, 0.0),
            target: 0.0,
        }
    }

    pub(super) fn weight(&self) -> f64 {
        self.dual / self.slack
    }

    pub(super) fn pull(&self) -> f64 {
        self.target / self.slack
    }

    /// Takes the slack's change; the price follows.
    pub(super) fn follow(&mut self, change: f64) {
        let dual = self.pull() - self.weight() * change - self.dual;
        self.step = (change, dual);
    }

    /// Shrinks a step so that neither gets to 0.
    pub(super) fn limit(&self, step: &mut f64) {
        for (at, change) in [(self.slack, self.step.0), (self.dual, self.step.1)] {
            if change < 0.0 {
                *step = step.min(-at / change);
            }
        }
    }

    pub(super) fn product_after(&self, step: f64) -> f64 {
        (self.slack + step * self.step.0) * (self.dual + step * self.step.1)
    }

    pub(super) fn go(&mut self, step: f64) {
        self.slack += step * self.step.0;
        self.dual += step * self.step.1;
    }
}

/// The sum of a row between its walls.
pub(super) struct Side {
    pub(super) sum: f64,
    pub(super) change: f64,
    pub(super) below: Option<Wall>,
    pub(super) above: Option<Wall>,
    pub(super) fixed: bool,
}

impl Side {
    pub(super) fn follow(&mut self, change: f64) {
        self.change = change;
        if let Some(wall) = &mut self.below {
            wall.follow(change);
        }
        if let Some(wall) = &mut self.above {
            wall.follow(-change);
        }
    }
}
