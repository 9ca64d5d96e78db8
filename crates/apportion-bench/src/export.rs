//! Tasks as files for solvers outside: the program as MPS, and blocks with their choices as JSON.
//!
//! Both say the same. The objective of the program, its constant included, is the weighted value of
//! the plan in money, to be maximized; so is the value that [`compact`] describes:
//!
//! - `offset`: what no decision changes.
//! - `reps`: `hours` and `overtime_hours` by period, `overtime_cost` for an hour, `fixed_cost` of each
//!   base, `candidate` (may stay away), `open` (the base, or whether to hire, is decided; otherwise its
//!   cost is in `offset`), `min_slots`, `max_slots`.
//! - `blocks`: slots that go to one rep at one base together, or to nobody, which is worth `idle` and
//!   is ruled out where `mandatory`. `visits` are by slot and period; `distinct` names later blocks
//!   that need another rep. Each of the `choices` is a list: rep, base, value, slots kept, potential
//!   kept, hours of a visit by slot, amounts by balance.
//! - `balances`: with amount L of a rep, T of all reps with a share, and the fair share f = share · T,
//!   a rep deviates by max(0, L − (1 + ideal_within) f, (1 − ideal_within) f − L), at `cost_per_unit`;
//!   where `largest`, only the largest deviation counts. `min_ratio` · f ≤ L ≤ `max_ratio` · f.
//! - `min_kept`, `min_kept_potential`, `min_hires`, `max_hires`: limits, `null` where there is none.
//!
//! Hours of a choice in a period are Σ visits · hours of a visit over the block's slots. A rep's hours
//! above `hours` are overtime, at most `overtime_hours`; a rep who is not hired has none.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use apportion::domain::{Candidate, Goal, Goals, Penalty, Problem, Rep, RepId, SlotId, blocks};
use apportion::prices::transport::Transport;
use apportion::program::{formulate, write_mps};
use serde_json::{Value, json};

/// Writes `<name>.mps` and `<name>.json` of a task into a folder, which is made where it is not there.
///
/// # Errors
/// When a file cannot be written, or the task has several levels of goals.
pub fn write(problem: &Problem, folder: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let compact = compact(problem)?;
    save(&compact, &folder.join(format!("{name}.json")))?;
    let program = formulate(problem, &problem.weights(), &[]).program;
    let mut out = BufWriter::new(File::create(folder.join(format!("{name}.mps")))?);
    write_mps(&program, &mut out)?;
    Ok(out.flush()?)
}

/// Writes a transportation problem as JSON: `demand` of each market, `capacity` of each rep, and
/// `value` of an hour, market after market, rep after rep.
///
/// # Errors
/// When the file cannot be written.
pub fn write_transport(problem: &Transport, path: &Path) -> Result<(), Box<dyn Error>> {
    let document = json!({
        "demand": problem.demands(),
        "capacity": problem.capacities(),
        "value": problem.values(),
    });
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    save(&document, path)
}

fn save(document: &Value, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(File::create(path)?);
    serde_json::to_writer(&mut out, document)?;
    Ok(out.flush()?)
}

/// A task as blocks and choices, as the head of this module describes it.
///
/// # Errors
/// When the task has several levels of goals: a sum of them is not what it asks for.
pub fn compact(problem: &Problem) -> Result<Value, Box<dyn Error>> {
    if problem.policy().objective.levels.len() > 1 {
        return Err("tasks with several levels of goals have no single value".into());
    }
    let weights = problem.weights();
    let policy = problem.policy();
    let fixed = |rep: &&Rep| !rep.is_open();
    let offset: f64 = (problem.reps().iter().filter(fixed))
        .map(|rep| -weights[Goal::Sizing] * rep.bases[0].fixed_cost)
        .sum();
    let held: Vec<f64> = (problem.slots().iter())
        .filter(|slot| slot.current.is_some())
        .map(|slot| slot.potential)
        .collect();
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let held_slots = held.len() as f64;
    Ok(json!({
        "name": problem.name(),
        "offset": offset,
        "reps": problem.reps().iter().map(|rep| rep_of(rep, &weights)).collect::<Vec<_>>(),
        "blocks": blocks_of(problem, &weights),
        "balances": balances_of(problem, &weights),
        "min_kept": policy.max_moves.map(|most| held_slots - f64::from(most)),
        "min_kept_potential": policy.max_moved_potential_share
            .map(|share| (1.0 - share) * held.iter().sum::<f64>()),
        "min_hires": policy.min_hires,
        "max_hires": policy.max_hires,
    }))
}

fn rep_of(rep: &Rep, weights: &Goals) -> Value {
    let sizing = weights[Goal::Sizing];
    let costs = rep.bases.iter().map(|base| sizing * base.fixed_cost);
    json!({
        "hours": rep.hours,
        "overtime_hours": rep.overtime_hours,
        "overtime_cost": weights[Goal::Overtime] * rep.overtime_cost_per_hour,
        "fixed_cost": costs.collect::<Vec<_>>(),
        "candidate": rep.candidate,
        "open": rep.is_open(),
        "min_slots": rep.min_slots,
        "max_slots": rep.max_slots,
    })
}

fn balances_of(problem: &Problem, weights: &Goals) -> Vec<Value> {
    let balances = problem.policy().balance.iter();
    balances
        .map(|balance| {
            json!({
                "shares": balance.shares,
                "ideal_within": balance.ideal_within,
                "cost_per_unit": weights[Goal::Balance] * balance.cost_per_unit,
                "largest": balance.penalty == Penalty::Largest,
                "min_ratio": balance.min_ratio,
                "max_ratio": balance.max_ratio,
            })
        })
        .collect()
}

fn blocks_of(problem: &Problem, weights: &Goals) -> Vec<Value> {
    let blocks = blocks(problem);
    let mut block_of = vec![0; problem.slots().len()];
    for (at, block) in blocks.iter().enumerate() {
        for slot in block {
            block_of[slot.index()] = at;
        }
    }
    let described = blocks.iter().enumerate().map(|(at, block)| {
        let others = block.iter().flat_map(|&slot| apart(problem, slot));
        let mut distinct: Vec<usize> = others.map(|slot| block_of[slot.index()]).collect();
        distinct.sort_unstable();
        distinct.dedup();
        // Slots that need different reps and the same one at once can only be left unserved.
        let impossible = distinct.contains(&at);
        let choices = if impossible {
            Vec::new()
        } else {
            choices_of(problem, block, weights)
        };
        distinct.retain(|&other| other > at);
        let slots = || block.iter().map(|&slot| problem.slot(slot));
        let idle: f64 = (block.iter())
            .map(|&slot| if_idle(problem, slot, weights))
            .sum();
        let visits = block.iter().map(|&slot| problem.visits_of(slot));
        json!({
            "mandatory": slots().any(|slot| slot.mandatory),
            "idle": idle,
            "visits": visits.collect::<Vec<_>>(),
            "distinct": distinct,
            "choices": choices,
        })
    });
    described.collect()
}

/// Slots of the same market that need another rep.
fn apart(problem: &Problem, slot: SlotId) -> impl Iterator<Item = SlotId> + '_ {
    let own = problem.slot(slot);
    let roles = &problem.roles()[own.role.index()].distinct_from;
    let others = problem.slots_of(own.market).map(SlotId::at);
    others.filter(|&other| roles.contains(&problem.slot(other).role))
}

/// What a slot is worth that is left unserved, in money.
fn if_idle(problem: &Problem, slot: SlotId, weights: &Goals) -> f64 {
    let slot = problem.slot(slot);
    let moved = if slot.current.is_some() { 1.0 } else { 0.0 };
    -weights[Goal::Unserved] * slot.unserved_loss
        - weights[Goal::Continuity] * problem.policy().cost_per_move * moved
}

fn choices_of(problem: &Problem, block: &[SlotId], weights: &Goals) -> Vec<Value> {
    let locked: Vec<RepId> = (block.iter())
        .filter_map(|&slot| problem.slot(slot).locked)
        .collect();
    let allowed = |choice: &&Candidate| locked.iter().all(|&rep| rep == choice.rep);
    let first = problem.candidates_of(block[0]).iter().filter(allowed);
    first
        .filter_map(|choice| {
            let members = block.iter().map(|&slot| {
                let found = problem.find_candidate(slot, choice.rep, choice.base);
                found.map(|candidate| problem.candidate(candidate))
            });
            members.collect::<Option<Vec<_>>>()
        })
        .map(|members| choice_of(problem, &members, weights))
        .collect()
}

fn choice_of(problem: &Problem, members: &[&Candidate], weights: &Goals) -> Value {
    let policy = problem.policy();
    let (mut value, mut kept, mut kept_potential) = (0.0, 0, 0.0);
    for candidate in members {
        let slot = problem.slot(candidate.slot);
        let travel = policy.travel.cost_per_km * problem.travel_km(candidate);
        value += weights[Goal::Contribution] * candidate.value - weights[Goal::Travel] * travel;
        if slot.current == Some(candidate.rep) {
            kept += 1;
            kept_potential += slot.potential;
        } else if slot.current.is_some() {
            value -= weights[Goal::Continuity] * policy.cost_per_move;
        }
    }
    let hours = members.iter().map(|candidate| candidate.hours_per_visit);
    let amounts = policy.balance.iter().map(|balance| {
        let amounts = members
            .iter()
            .map(|candidate| problem.amount(balance, candidate));
        amounts.sum::<f64>()
    });
    let (rep, base) = (members[0].rep.index(), members[0].base);
    let (hours, amounts): (Vec<f64>, Vec<f64>) = (hours.collect(), amounts.collect());
    json!([rep, base, value, kept, kept_potential, hours, amounts])
}
