//! Slots that must go to one rep together, because of families and of roles that share a rep.

use std::collections::HashMap;

use super::ids::{FamilyId, RoleId, SlotId};
use super::problem::Problem;

/// Groups all slots into blocks: two slots are in one block when they are the same role in markets
/// of one family, or roles of one market that share a rep, directly or over others. Each slot is in
/// one block; blocks are sorted by their first slot, slots within a block too.
#[must_use]
pub fn blocks(problem: &Problem) -> Vec<Vec<SlotId>> {
    let mut parent: Vec<usize> = (0..problem.slots().len()).collect();
    let mut first_of_family: HashMap<(FamilyId, RoleId), usize> = HashMap::new();
    let mut first_of_role: HashMap<(u32, RoleId), usize> = HashMap::new();
    for (at, slot) in problem.slots().iter().enumerate() {
        if let Some(family) = problem.market(slot.market).family {
            let first = *first_of_family.entry((family, slot.role)).or_insert(at);
            unite(&mut parent, first, at);
        }
        let shared = problem.roles()[slot.role.index()].same_as;
        let first = *first_of_role.entry((slot.market.0, shared)).or_insert(at);
        unite(&mut parent, first, at);
    }
    let mut blocks: Vec<Vec<SlotId>> = Vec::new();
    let mut block_of_root: HashMap<usize, usize> = HashMap::new();
    for at in 0..parent.len() {
        let root = find(&mut parent, at);
        let block = *block_of_root.entry(root).or_insert_with(|| {
            blocks.push(Vec::new());
            blocks.len() - 1
        });
        blocks[block].push(SlotId::at(at));
    }
    blocks
}

/// The smallest member of a slot's set, with the path to it shortened.
fn find(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

fn unite(parent: &mut [usize], a: usize, b: usize) {
    let (a, b) = (find(parent, a), find(parent, b));
    parent[a.max(b)] = a.min(b);
}
