//! The goals of a plan, recomputed: each in the file of its rule, contribution here.
//!
//! Contribution: Σ value of every slot that is served. A level's value: Σ weight · goal.

use super::facts::Facts;
use super::{balance, capacity, continuity, sizing, travel, unserved};
use crate::domain::{Goal, Goals, Level, Problem};

pub(super) fn recompute(facts: &Facts<'_>) -> Goals {
    let mut goals = Goals::default();
    for goal in Goal::ALL {
        goals[goal] = match goal {
            Goal::Contribution => facts.services.iter().flatten().map(|s| s.value).sum(),
            Goal::Travel => travel::goal(facts),
            Goal::Overtime => capacity::goal(facts),
            Goal::Unserved => unserved::goal(facts),
            Goal::Continuity => continuity::goal(facts),
            Goal::Balance => balance::goal(facts),
            Goal::Sizing => sizing::goal(facts),
        };
    }
    goals
}

pub(super) fn values(problem: &Problem, goals: &Goals) -> Vec<f64> {
    let weigh = |level: &Level| {
        let terms = Goal::ALL.map(|goal| level.weights[goal] * goals[goal]);
        terms.iter().sum()
    };
    problem
        .policy()
        .objective
        .levels
        .iter()
        .map(weigh)
        .collect()
}
