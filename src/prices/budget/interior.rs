//! An interior-point method for separable concave programs with few rows.
//!
//! ```text
//! maximize Σ_j a[g(j)]·φ[j](u[j]/a[g(j)]) − Σ_g fee[g]·a[g]
//! subject to  0 ≤ u[j] ≤ width[j]·a[g(j)],  0 ≤ a[g] ≤ 1,  low ≤ R·(u, a) ≤ high
//! ```
//!
//! where columns without a gate have a = 1. a·φ(u/a) is the perspective of φ: the least concave function
//! that is φ where the gate is open and 0 where it is shut (Günlük and Linderoth 2010, "Perspective
//! reformulations of mixed integer nonlinear programs", Mathematical Programming 124:183).
//!
//! Primal-dual steps with Mehrotra's predictor and corrector (Wright 1997, *Primal-Dual Interior-Point
//! Methods*, SIAM, chapter 10). Columns are eliminated one by one, gates by a rank-one change each, so a
//! step factors one dense matrix with a row for each row of R.
//!
//! What comes back is only as good as rounding allows and never trusted: the caller proves its bound from
//! the prices, and checks the plan.

use super::dense::{cholesky, solve};
use super::program::{Program, Side, Wall};

/// Steps at most.
const STEPS: usize = 60;
/// Part of the way to the nearest wall.
const SHORT: f64 = 0.995;
/// Rows are met, and forces balance, up to this.
const CLOSE: f64 = 1e-11;
/// Steps shorter than this lead nowhere.
const SHORTEST: f64 = 1e-9;

/// Where the method ended.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) u: Vec<f64>,
    pub(super) a: Vec<f64>,
    /// Price of each row: above 0 where its high side binds.
    pub(super) price: Vec<f64>,
}

/// The state of the method.
struct Solver<'p, 's, 'a> {
    program: &'p Program<'s, 'a>,
    u: Vec<f64>,
    a: Vec<f64>,
    floor: Vec<Wall>,
    roof: Vec<Wall>,
    lid: Vec<Wall>,
    base: Vec<Wall>,
    sides: Vec<Side>,
    price: Vec<f64>,
    /// Slopes, diagonals and borders of the columns at hand.
    slope: Vec<f64>,
    diagonal: Vec<f64>,
    border: Vec<f64>,
    gate_slope: Vec<f64>,
    corner: Vec<f64>,
    /// For each gate its row vector after its columns are eliminated.
    beam: Vec<Vec<f64>>,
    matrix: Vec<f64>,
    skipped: Vec<bool>,
    change_u: Vec<f64>,
    change_a: Vec<f64>,
    change_price: Vec<f64>,
}

/// Solves a program as far as it gets: until products of slacks and prices are below `tolerance`.
pub(super) fn interior(program: &Program<'_, '_>, tolerance: f64) -> Point {
    let mut solver = Solver::new(program);
    for _ in 0..STEPS {
        let mean = solver.mean(0.0);
        if mean <= tolerance && solver.missed() <= CLOSE && solver.tension() <= CLOSE {
            break;
        }
        if !solver.step(mean, tolerance) {
            break;
        }
    }
    Point {
        u: solver.u,
        a: solver.a,
        price: solver.price,
    }
}

impl<'p, 's, 'a> Solver<'p, 's, 'a> {
    fn new(program: &'p Program<'s, 'a>) -> Self {
        let columns = program.columns.len();
        let gates = program.gates.len();
        let rows = program.rows.len();
        let start = 1.0 / (columns + gates + rows + 1) as f64;
        let a = vec![0.5; gates];
        let u: Vec<f64> = program
            .columns
            .iter()
            .map(|column| 0.5 * column.width * column.gate.map_or(1.0, |gate| a[gate]))
            .collect();
        let side = |&(low, high): &(f64, f64)| {
            let wide = high - low;
            let fixed = wide <= 1e-13 * (1.0 + low.abs().max(high.abs()).min(f64::MAX));
            let sum = match (low.is_finite(), high.is_finite()) {
                _ if fixed => 0.5 * (low + high),
                (true, true) => 0.5 * (low + high),
                (true, false) => low + 0.5,
                (false, true) => high - 0.5,
                (false, false) => 0.0,
            };
            let wall = |slack: f64| (!fixed && slack.is_finite()).then(|| Wall::new(slack, start));
            Side {
                sum,
                change: 0.0,
                below: wall(sum - low),
                above: wall(high - sum),
                fixed,
            }
        };
        Self {
            floor: u.iter().map(|u| Wall::new(*u, start)).collect(),
            roof: u.iter().map(|u| Wall::new(*u, start)).collect(),
            lid: a.iter().map(|a| Wall::new(1.0 - a, start)).collect(),
            base: a.iter().map(|a| Wall::new(*a, start)).collect(),
            sides: program.rows.iter().map(side).collect(),
            price: vec![0.0; rows],
            slope: vec![0.0; columns],
            diagonal: vec![0.0; columns],
            border: vec![0.0; columns],
            gate_slope: vec![0.0; gates],
            corner: vec![0.0; gates],
            beam: vec![vec![0.0; rows]; gates],
            matrix: vec![0.0; rows * rows],
            skipped: vec![false; rows],
            change_u: vec![0.0; columns],
            change_a: vec![0.0; gates],
            change_price: vec![0.0; rows],
            program,
            u,
            a,
        }
    }

    fn walls(&self) -> impl Iterator<Item = &Wall> {
        let sides = self
            .sides
            .iter()
            .flat_map(|side| side.below.iter().chain(&side.above));
        let boxes = self.floor.iter().chain(&self.roof);
        boxes.chain(&self.lid).chain(&self.base).chain(sides)
    }

    fn each_wall(&mut self, mut each: impl FnMut(&mut Wall)) {
        let boxes = self.floor.iter_mut().chain(&mut self.roof);
        boxes
            .chain(&mut self.lid)
            .chain(&mut self.base)
            .for_each(&mut each);
        for side in &mut self.sides {
            side.below
                .iter_mut()
                .chain(&mut side.above)
                .for_each(&mut each);
        }
    }

    /// Mean product of slacks and prices after a step.
    fn mean(&self, step: f64) -> f64 {
        let (mut sum, mut count) = (0.0, 0_usize);
        for wall in self.walls() {
            sum += wall.product_after(step);
            count += 1;
        }
        sum / count.max(1) as f64
    }

    /// What rows are off their sums.
    fn misses(&self) -> Vec<f64> {
        let mut miss: Vec<f64> = self.sides.iter().map(|side| side.sum).collect();
        for (column, u) in self.program.columns.iter().zip(&self.u) {
            for (row, factor) in &column.entries {
                miss[*row] -= factor * u;
            }
        }
        for (gate, a) in self.program.gates.iter().zip(&self.a) {
            for (row, factor) in &gate.entries {
                miss[*row] -= factor * a;
            }
        }
        miss
    }

    fn missed(&self) -> f64 {
        self.misses()
            .iter()
            .fold(0.0, |worst, miss| worst.max(miss.abs()))
    }

    /// Largest force that is left on a column, in money's worth of its width.
    fn tension(&self) -> f64 {
        let mut worst: f64 = 0.0;
        for (j, column) in self.program.columns.iter().enumerate() {
            let a = column.gate.map_or(1.0, |gate| self.a[gate]);
            let slope = column.at(self.u[j] / a).1;
            let priced = self.priced(&column.entries);
            let force = priced - slope - self.floor[j].dual + self.roof[j].dual;
            let room = self.floor[j].slack + self.roof[j].slack;
            worst = worst.max((force * room).abs());
        }
        worst
    }

    fn priced(&self, entries: &[(usize, f64)]) -> f64 {
        entries
            .iter()
            .map(|(row, factor)| factor * self.price[*row])
            .sum()
    }

    /// One predictor and corrector; false where no progress can be made.
    fn step(&mut self, mean: f64, tolerance: f64) -> bool {
        self.factor();
        let misses = self.misses();
        self.each_wall(|wall| wall.target = 0.0);
        self.direction(&misses);
        if !self.is_finite() {
            return false;
        }
        let reach = self.longest();
        let ahead = self.mean(reach) / mean;
        let center = (ahead * ahead * ahead).clamp(1e-6, 1.0) * mean;
        let center = center.max(0.1 * tolerance);
        self.each_wall(|wall| {
            let product = wall.step.0 * wall.step.1;
            wall.target = center - product.clamp(-10.0 * mean, 10.0 * mean);
        });
        self.direction(&misses);
        let step = (SHORT * self.longest()).min(1.0);
        if !self.is_finite() || step < SHORTEST {
            return false;
        }
        self.each_wall(|wall| wall.go(step));
        for (u, change) in self.u.iter_mut().zip(&self.change_u) {
            *u += step * change;
        }
        for (a, change) in self.a.iter_mut().zip(&self.change_a) {
            *a += step * change;
        }
        for (price, change) in self.price.iter_mut().zip(&self.change_price) {
            *price += step * change;
        }
        for side in self.sides.iter_mut().filter(|side| !side.fixed) {
            side.sum += step * side.change;
        }
        true
    }

    /// Second derivatives and the matrix of the rows.
    fn factor(&mut self) {
        let rows = self.price.len();
        self.matrix.fill(0.0);
        for (gate, own) in self.program.gates.iter().enumerate() {
            self.gate_slope[gate] = -own.fee;
            self.corner[gate] = self.lid[gate].weight() + self.base[gate].weight();
            self.beam[gate].fill(0.0);
            for (row, factor) in &own.entries {
                self.beam[gate][*row] += factor;
            }
        }
        for (j, column) in self.program.columns.iter().enumerate() {
            let a = column.gate.map_or(1.0, |gate| self.a[gate]);
            let t = self.u[j] / a;
            let (rise, slope, bend) = column.at(t);
            let bend = -bend.min(0.0) / a;
            let roof = self.roof[j].weight();
            let diagonal = bend + self.floor[j].weight() + roof;
            self.slope[j] = slope;
            self.diagonal[j] = diagonal;
            if let Some(gate) = column.gate {
                let border = -bend * t - roof * column.width;
                self.border[j] = border;
                self.gate_slope[gate] += rise - t * slope;
                let (floor, width) = (self.floor[j].weight(), column.width);
                let own = floor * (bend * t * t + roof * width * width);
                self.corner[gate] += (own + bend * roof * (t - width) * (t - width)) / diagonal;
                for (row, factor) in &column.entries {
                    self.beam[gate][*row] -= factor * border / diagonal;
                }
            }
            for (r, one) in &column.entries {
                for (s, other) in &column.entries {
                    if s <= r {
                        self.matrix[r * rows + s] += one * other / diagonal;
                    }
                }
            }
        }
        for (beam, corner) in self.beam.iter().zip(&self.corner) {
            let inner: Vec<(usize, f64)> = nonzero(beam);
            for (at, (r, one)) in inner.iter().enumerate() {
                for (s, other) in &inner[..=at] {
                    self.matrix[r * rows + s] += one * other / corner;
                }
            }
        }
        for (row, side) in self.sides.iter().enumerate() {
            if !side.fixed {
                let weight: f64 = side.below.iter().chain(&side.above).map(Wall::weight).sum();
                self.matrix[row * rows + row] += 1.0 / weight.max(1e-30);
            }
        }
        cholesky(&mut self.matrix, rows, &mut self.skipped);
    }

    /// Changes of everything toward the walls' targets.
    fn direction(&mut self, misses: &[f64]) {
        let columns = &self.program.columns;
        let rows = self.price.len();
        let mut force: Vec<f64> = Vec::with_capacity(columns.len());
        let mut gate_force: Vec<f64> = Vec::with_capacity(self.a.len());
        for (gate, own) in self.program.gates.iter().enumerate() {
            let walls = self.base[gate].pull() - self.lid[gate].pull();
            gate_force.push(self.gate_slope[gate] - self.priced(&own.entries) + walls);
        }
        for (j, column) in columns.iter().enumerate() {
            let roof = self.roof[j].pull();
            let own = self.slope[j] - self.priced(&column.entries) + self.floor[j].pull() - roof;
            force.push(own);
            if let Some(gate) = column.gate {
                gate_force[gate] += column.width * roof - self.border[j] * own / self.diagonal[j];
            }
        }
        let mut right: Vec<f64> = misses.iter().map(|miss| -miss).collect();
        for (j, column) in columns.iter().enumerate() {
            for (row, factor) in &column.entries {
                right[*row] += factor * force[j] / self.diagonal[j];
            }
        }
        for (gate, beam) in self.beam.iter().enumerate() {
            let share = gate_force[gate] / self.corner[gate];
            for (right, factor) in right.iter_mut().zip(beam) {
                *right += factor * share;
            }
        }
        let mut pulls = vec![(0.0, 0.0); rows];
        for (row, side) in self.sides.iter().enumerate() {
            if !side.fixed {
                let weight: f64 = side.below.iter().chain(&side.above).map(Wall::weight).sum();
                let pull = self.price[row] + side.below.as_ref().map_or(0.0, Wall::pull)
                    - side.above.as_ref().map_or(0.0, Wall::pull);
                pulls[row] = (pull, weight.max(1e-30));
                right[row] -= pull / weight.max(1e-30);
            }
        }
        solve(&self.matrix, rows, &self.skipped, &mut right);
        let change = right;
        for (gate, beam) in self.beam.iter().enumerate() {
            let priced: f64 = beam
                .iter()
                .zip(&change)
                .map(|(factor, price)| factor * price)
                .sum();
            let step = (gate_force[gate] - priced) / self.corner[gate];
            self.change_a[gate] = step;
            self.lid[gate].follow(-step);
            self.base[gate].follow(step);
        }
        for (j, column) in columns.iter().enumerate() {
            let entries = column.entries.iter();
            let priced: f64 = entries.map(|(row, factor)| factor * change[*row]).sum();
            let gate = column.gate.map_or(0.0, |gate| self.change_a[gate]);
            let border = if column.gate.is_some() {
                self.border[j]
            } else {
                0.0
            };
            let step = (force[j] - priced - border * gate) / self.diagonal[j];
            self.change_u[j] = step;
            self.floor[j].follow(step);
            self.roof[j].follow(column.width * gate - step);
        }
        for (row, side) in self.sides.iter_mut().enumerate() {
            if !side.fixed {
                let (pull, weight) = pulls[row];
                side.follow((pull + change[row]) / weight);
            }
        }
        self.change_price = change;
    }

    fn is_finite(&self) -> bool {
        self.walls()
            .all(|wall| wall.step.0.is_finite() && wall.step.1.is_finite())
    }

    fn longest(&self) -> f64 {
        let mut step = 1.0 / SHORT;
        self.walls().for_each(|wall| wall.limit(&mut step));
        step
    }
}

fn nonzero(values: &[f64]) -> Vec<(usize, f64)> {
    let pairs = values.iter().copied().enumerate();
    pairs.filter(|(_, value)| value.abs() > 0.0).collect()
}
