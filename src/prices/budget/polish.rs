//! Local search on plans where limits cross: turns single cells, and pairs in the same group or channel,
//! to the other side of their curves, those first that lose least at the plan's prices.

use super::across::{Choice, ROUGH};
use super::cell::Ready;
use super::plan::{concave, off, on};
use super::tree::Tree;
use super::web::{State, Web};

/// Turned plans that are solved in one search at most.
const TRIES: usize = 120;
/// Cells of each direction that are considered.
const CANDIDATES: usize = 24;
/// An improvement counts if it is at least this part.
const WORTHWHILE: f64 = 1e-6;

/// A cell on the other side.
#[derive(Clone, Debug)]
struct Turn<'a> {
    at: usize,
    /// What it loses at the prices.
    loss: f64,
    up: bool,
    cell: Ready<'a>,
}

impl<'a> Tree<'_, 'a> {
    /// Improves the best plan by turning cells; the layout's cells must be those of the root.
    pub(super) fn polish(&mut self, web: &Web) {
        let mut tries = TRIES;
        while tries > 0 && self.turn_one(web, &mut tries) {}
    }

    /// Takes the first turn that pays; false if none does.
    fn turn_one(&mut self, web: &Web, tries: &mut usize) -> bool {
        let Some(found) = &self.found else {
            return false;
        };
        let (net, spend) = (found.net, found.spend.clone());
        let states = self.states_of(web, &spend);
        let choice = self.choose(web, &spend, super::plan::Way::Stay, states);
        let turns = self.turns(web, &choice, &spend);
        for (one, other) in moves(web, &turns) {
            if *tries == 0 || self.is_done() {
                return false;
            }
            *tries -= 1;
            let mut tried = choice.clone();
            for turn in [Some(one), other].into_iter().flatten() {
                tried.cells[turn.at] = turn.cell.clone();
                tried.tangents[turn.at] = None;
            }
            self.improve(web, tried, ROUGH);
            let better = |found: &super::tree::Found| found.net > net + WORTHWHILE * net.abs();
            if self.found.as_ref().is_some_and(better) {
                return true;
            }
        }
        false
    }

    fn turns(&self, web: &Web, choice: &Choice<'a>, spend: &[f64]) -> Vec<Turn<'a>> {
        let Some(found) = &self.found else {
            return vec![];
        };
        let mut turns = vec![];
        let mut across = vec![0.0; web.spending];
        for (set, price) in web.across.iter().zip(&found.across_price) {
            set.cells.iter().for_each(|cell| across[*cell] += price);
        }
        for at in 0..web.spending {
            let root = &self.layout.cells[at];
            let channel = web.channel[at];
            let shut = channel.is_some_and(|channel| choice.states[channel] == State::Off);
            if shut || !root.steep.is_finite() || root.corners().is_some() {
                continue;
            }
            let price = found.price[web.home[at]]
                + channel.map_or(0.0, |channel| found.channel_price[channel])
                + across[at];
            if !price.is_finite() {
                continue;
            }
            let worth = |cell: &Ready<'_>, spend: f64| cell.value(spend) - price * spend;
            let here = worth(root, spend[at]);
            let up = spend[at] < root.inflection().max(root.domain.low).max(1e-12);
            let mut cell = root.clone();
            let there = if up {
                cell.enclose(concave(root));
                cell.respond(price);
                worth(root, cell.least)
            } else {
                let low = root.domain.low;
                let domain = if root.domain.zero {
                    off()
                } else {
                    super::cell::Domain {
                        high: low,
                        ..on(root.domain)
                    }
                };
                cell.enclose(domain);
                worth(root, root.left)
            };
            turns.push(Turn {
                at,
                loss: here - there,
                up,
                cell,
            });
        }
        turns.sort_by(|a, b| a.loss.total_cmp(&b.loss).then(a.at.cmp(&b.at)));
        turns
    }
}

/// Turns one by one and in pairs of opposite directions that share a limit, the cheapest first.
fn moves<'t, 'a>(web: &Web, turns: &'t [Turn<'a>]) -> Vec<(&'t Turn<'a>, Option<&'t Turn<'a>>)> {
    let side = |up: bool| {
        turns
            .iter()
            .filter(move |turn| turn.up == up)
            .take(CANDIDATES)
    };
    let mut moves: Vec<(f64, &Turn<'a>, Option<&Turn<'a>>)> = vec![];
    for turn in side(true).chain(side(false)) {
        moves.push((turn.loss, turn, None));
    }
    for one in side(true) {
        for other in side(false) {
            let channel =
                web.channel[one.at].is_some() && web.channel[one.at] == web.channel[other.at];
            if channel || web.home[one.at] == web.home[other.at] {
                moves.push((one.loss + other.loss, one, Some(other)));
            }
        }
    }
    moves.sort_by(|a, b| a.0.total_cmp(&b.0));
    moves
        .into_iter()
        .map(|(_, one, other)| (one, other))
        .collect()
}
