//! The transportation problem: markets, reps and what an hour is worth.

use std::fmt;

/// Largest number of markets, reps or arcs: ids are `u32`, and the topmost are kept for marks.
const MOST: usize = u32::MAX as usize - 2;

/// A transportation problem, to be maximized:
///
/// ```text
/// maximize   Σ value[m,r]·f[m,r] − Σ loss[m]·u[m]
/// subject to Σ_r f[m,r] + u[m] = demand[m]   for every market m
///            Σ_m f[m,r] ≤ capacity[r]        for every rep r,      f, u ≥ 0
/// ```
///
/// Hours f flow along arcs (m, r), stored by market; u are the hours left unserved. Shapes are fixed
/// once built; numbers may change ([`set_values`](Self::set_values) and its neighbors).
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    pub(super) demand: Vec<f64>,
    pub(super) loss: Vec<f64>,
    pub(super) capacity: Vec<f64>,
    /// First arc of each market; one entry more than markets.
    pub(super) start: Vec<u32>,
    /// Rep of each arc.
    pub(super) rep: Vec<u32>,
    /// Value of an hour on each arc.
    pub(super) value: Vec<f64>,
    /// Every market has an arc to every rep, in order: arc positions tell the rep.
    pub(super) dense: bool,
    /// An upper limit on the magnitude of values and losses: the scale of rounding errors.
    pub(super) scale: f64,
}

/// What is wrong with the numbers or shapes of a [`Transport`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportError {
    /// A list does not have as many entries as it must.
    Length {
        /// Which list.
        list: &'static str,
        /// Entries it must have.
        expected: usize,
        /// Entries it has.
        found: usize,
    },
    /// A number is NaN or infinite, or negative where it must not be.
    Number {
        /// Which list.
        list: &'static str,
        /// Position in the list.
        at: usize,
    },
    /// The starts of markets do not rise from 0 to the number of arcs.
    Starts,
    /// An arc names a rep that does not exist, or a market has two arcs to one rep or has them out of
    /// order.
    Arc {
        /// Position of the arc.
        at: usize,
    },
    /// More markets, reps or arcs than ids can count.
    TooLarge,
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length {
                list,
                expected,
                found,
            } => write!(f, "{list} has {found} entries, expected {expected}"),
            Self::Number { list, at } => write!(f, "{list}[{at}] is out of range"),
            Self::Starts => write!(f, "start does not rise from 0 to the number of arcs"),
            Self::Arc { at } => write!(f, "arc {at} names an unknown rep or is out of order"),
            Self::TooLarge => write!(f, "more markets, reps or arcs than 32 bits can count"),
        }
    }
}

impl std::error::Error for TransportError {}

impl Transport {
    /// A problem whose arcs are listed by market: those of market m are `start[m]..start[m + 1]`, their
    /// reps strictly increasing. `demand` and `loss` have an entry a market (hours ≥ 0; money per hour,
    /// any sign), `capacity` one a rep (hours ≥ 0), `rep` and `value` (money per hour, any sign) one an
    /// arc.
    ///
    /// # Errors
    /// A [`TransportError`] for the first length, index or number that is out of range.
    pub fn new(
        demand: Vec<f64>,
        loss: Vec<f64>,
        capacity: Vec<f64>,
        start: Vec<u32>,
        rep: Vec<u32>,
        value: Vec<f64>,
    ) -> Result<Self, TransportError> {
        let largest = (demand.len().saturating_add(capacity.len())).max(rep.len());
        if largest > MOST {
            return Err(TransportError::TooLarge);
        }
        check_length("loss", loss.len(), demand.len())?;
        check_length("start", start.len(), demand.len() + 1)?;
        check_length("value", value.len(), rep.len())?;
        check_amounts("demand", &demand)?;
        check_amounts("capacity", &capacity)?;
        let scale = check_money("loss", &loss)?.max(check_money("value", &value)?);
        check_arcs(&start, &rep, capacity.len())?;
        let dense = rep.len() == demand.len() * capacity.len();
        Ok(Self {
            demand,
            loss,
            capacity,
            start,
            rep,
            value,
            dense,
            scale,
        })
    }

    /// A problem in which every rep may serve every market; `value[m · reps + r]`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn dense(
        demand: Vec<f64>,
        loss: Vec<f64>,
        capacity: Vec<f64>,
        value: Vec<f64>,
    ) -> Result<Self, TransportError> {
        let (markets, reps) = (demand.len(), capacity.len());
        let arcs = markets.checked_mul(reps).filter(|&arcs| arcs <= MOST);
        let arcs = arcs.ok_or(TransportError::TooLarge)?;
        check_length("value", value.len(), arcs)?;
        let start = (0..=markets).map(|market| id(market * reps)).collect();
        let rep = (0..markets).flat_map(|_| (0..reps).map(id)).collect();
        Self::new(demand, loss, capacity, start, rep, value)
    }

    /// Number of markets.
    #[must_use]
    pub fn markets(&self) -> usize {
        self.demand.len()
    }

    /// Number of reps.
    #[must_use]
    pub fn reps(&self) -> usize {
        self.capacity.len()
    }

    /// Number of arcs.
    #[must_use]
    pub fn arcs(&self) -> usize {
        self.rep.len()
    }

    /// Value of an hour on every arc.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.value
    }

    /// Hours that every market asks for.
    #[must_use]
    pub fn demands(&self) -> &[f64] {
        &self.demand
    }

    /// Hours that every rep has.
    #[must_use]
    pub fn capacities(&self) -> &[f64] {
        &self.capacity
    }

    /// Replaces the value of every arc.
    ///
    /// # Errors
    /// When there is not one finite value an arc; the problem is then unchanged.
    pub fn set_values(&mut self, values: &[f64]) -> Result<(), TransportError> {
        check_length("value", values.len(), self.value.len())?;
        let largest = check_money("value", values)?;
        self.value.copy_from_slice(values);
        self.scale = self.loss.iter().fold(largest, |most, x| most.max(x.abs()));
        Ok(())
    }

    /// Gives every arc a value made from the one that it has in another problem of the same shape.
    /// `made` is called for blocks of at most [`BLOCK`] arcs, with the position of the first, their values
    /// in the other problem, and the place of their new ones.
    ///
    /// # Errors
    /// When there are not as many arcs, or a value would not be finite: values are then those of the
    /// other problem.
    pub fn map_values(
        &mut self,
        from: &Self,
        made: impl FnMut(u32, &[f64], &mut [f64]),
    ) -> Result<(), TransportError> {
        check_length("value", from.value.len(), self.value.len())?;
        if let Some(largest) = map_into(&mut self.value, &from.value, made) {
            self.scale = self.loss.iter().fold(largest, |most, x| most.max(x.abs()));
            return Ok(());
        }
        let at = self.value.iter().position(|x| !x.is_finite()).unwrap_or(0);
        self.value.copy_from_slice(&from.value);
        self.scale = from.scale;
        Err(TransportError::Number { list: "value", at })
    }

    /// Replaces the value of the arc at a position.
    ///
    /// # Errors
    /// When there is no such arc or the value is not finite; the problem is then unchanged.
    pub fn set_value(&mut self, arc: usize, value: f64) -> Result<(), TransportError> {
        let list = "value";
        let entry = self.value.get_mut(arc).filter(|_| value.is_finite());
        *entry.ok_or(TransportError::Number { list, at: arc })? = value;
        self.scale = self.scale.max(value.abs());
        Ok(())
    }

    /// Replaces the hours that every market asks for.
    ///
    /// # Errors
    /// When there is not one finite number ≥ 0 a market; the problem is then unchanged.
    pub fn set_demands(&mut self, demands: &[f64]) -> Result<(), TransportError> {
        check_length("demand", demands.len(), self.demand.len())?;
        check_amounts("demand", demands)?;
        self.demand.copy_from_slice(demands);
        Ok(())
    }

    /// Replaces the hours that one rep has.
    ///
    /// # Errors
    /// When there is no such rep or the hours are not finite and ≥ 0; the problem is then unchanged.
    pub fn set_capacity(&mut self, rep: usize, hours: f64) -> Result<(), TransportError> {
        let list = "capacity";
        let fit = hours.is_finite() && hours >= 0.0;
        let entry = self.capacity.get_mut(rep).filter(|_| fit);
        *entry.ok_or(TransportError::Number { list, at: rep })? = hours;
        Ok(())
    }

    /// Positions of the arcs of a market.
    pub(super) fn span(&self, market: usize) -> std::ops::Range<usize> {
        self.start[market] as usize..self.start[market + 1] as usize
    }
}

/// Numbers worked on side by side, so that the compiler may use vector instructions.
pub(super) const LANES: usize = 8;

/// Most arcs that get their values in one go, few enough to stay in the nearest cache.
pub const BLOCK: usize = 64;

/// Makes all values block by block; the largest magnitude, or `None` where one is not finite.
fn map_into(
    values: &mut [f64],
    bases: &[f64],
    mut made: impl FnMut(u32, &[f64], &mut [f64]),
) -> Option<f64> {
    // A number that is not finite makes the sum of zeros one that is not.
    let (mut largest, mut zeros) = ([0.0; LANES], [0.0; LANES]);
    let mut note = |lane: usize, value: f64| {
        let size = value.abs();
        largest[lane] = if size > largest[lane] {
            size
        } else {
            largest[lane]
        };
        zeros[lane] += size * 0.0;
    };
    let blocks = values.chunks_mut(BLOCK).zip(bases.chunks(BLOCK));
    for (block, (values, bases)) in blocks.enumerate() {
        made(id(block * BLOCK), bases, values);
        let (whole, rest) = values.as_chunks::<LANES>();
        for lanes in whole {
            lanes
                .iter()
                .enumerate()
                .for_each(|(lane, &x)| note(lane, x));
        }
        rest.iter().enumerate().for_each(|(lane, &x)| note(lane, x));
    }
    let finite = zeros.iter().all(|zero: &f64| zero.is_finite());
    finite.then(|| largest.into_iter().fold(0.0, f64::max))
}

/// A position as an id. Lengths are checked once, when a problem is built.
#[allow(
    clippy::cast_possible_truncation,
    reason = "no list is longer than MOST"
)]
pub(super) fn id(at: usize) -> u32 {
    at as u32
}

fn check_length(list: &'static str, found: usize, expected: usize) -> Result<(), TransportError> {
    let wrong = TransportError::Length {
        list,
        expected,
        found,
    };
    (found == expected).then_some(()).ok_or(wrong)
}

fn check_amounts(list: &'static str, amounts: &[f64]) -> Result<(), TransportError> {
    let unfit = |amount: &f64| !(amount.is_finite() && *amount >= 0.0);
    match amounts.iter().position(unfit) {
        Some(at) => Err(TransportError::Number { list, at }),
        None => Ok(()),
    }
}

/// Bits of a number but its sign.
const MAGNITUDE: u64 = u64::MAX >> 1;

/// Checks that every number is finite and returns the largest magnitude.
fn check_money(list: &'static str, money: &[f64]) -> Result<f64, TransportError> {
    // Bits of magnitudes compare as magnitudes do, with infinities and NaN on top. Unlike a search
    // that may stop anywhere, a maximum of integers needs no branches.
    let bits = money.iter().map(|x| x.to_bits() & MAGNITUDE);
    let largest = f64::from_bits(bits.fold(0, u64::max));
    if largest.is_finite() {
        return Ok(largest);
    }
    let at = money.iter().position(|x| !x.is_finite()).unwrap_or(0);
    Err(TransportError::Number { list, at })
}

fn check_arcs(start: &[u32], rep: &[u32], reps: usize) -> Result<(), TransportError> {
    let rising = start.windows(2).all(|pair| pair[0] <= pair[1]);
    let ends = (start.first(), start.last()) == (Some(&0), Some(&id(rep.len())));
    if !rising || !ends {
        return Err(TransportError::Starts);
    }
    for pair in start.windows(2) {
        let (first, end) = (pair[0] as usize, pair[1] as usize);
        for at in first..end {
            let ordered = at == first || rep[at - 1] < rep[at];
            if !ordered || rep[at] as usize >= reps {
                return Err(TransportError::Arc { at });
            }
        }
    }
    Ok(())
}
