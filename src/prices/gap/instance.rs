//! The data of a generalized assignment problem, checked once.

/// Largest weight: loads of up to 2³² jobs stay within `i64`.
const WEIGHT_LIMIT: i64 = i32::MAX as i64;
/// Largest absolute cost times jobs: prices and their sums then stay exact in `f64`.
const COST_LIMIT: i64 = 1 << 45;

/// A generalized assignment problem: `agents` × `jobs` costs and weights, a capacity per agent.
///
/// Tables are row by row: the entry of agent `i` and job `j` is number `i · jobs + j`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    agents: usize,
    jobs: usize,
    costs: Vec<i64>,
    weights: Vec<i64>,
    capacities: Vec<i64>,
}

/// Why a table is not an [`Instance`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstanceError {
    /// A table has another length than the numbers of agents and jobs ask for.
    #[error("{table} has {found} entries, must have {expected}")]
    Shape {
        /// `costs`, `weights` or `capacities`.
        table: &'static str,
        /// Entries there are.
        found: usize,
        /// Entries there must be.
        expected: usize,
    },
    /// A weight or a capacity is below zero.
    #[error("{table}[{index}] is {value}, must be 0 or more")]
    Negative {
        /// `weights` or `capacities`.
        table: &'static str,
        /// Place in the table.
        index: usize,
        /// The value there.
        value: i64,
    },
    /// A weight is above 2³¹ − 1, or the largest absolute cost times the number of jobs is above
    /// 2⁴⁵, or there are more than 2³² − 2 jobs or agents.
    #[error("{table} is too large: {value}, at most {limit}")]
    Overflow {
        /// `agents`, `jobs`, `weights` or `costs`.
        table: &'static str,
        /// The value that is too large, as far as it was added up.
        value: i64,
        /// The largest value allowed.
        limit: i64,
    },
}

impl Instance {
    /// Checks the tables and makes an instance of them. `costs` may be negative; `weights` and
    /// `capacities` may not.
    ///
    /// # Errors
    /// [`InstanceError`] with the first entry that breaks a rule.
    pub fn new(
        agents: usize,
        jobs: usize,
        costs: Vec<i64>,
        weights: Vec<i64>,
        capacities: Vec<i64>,
    ) -> Result<Self, InstanceError> {
        let count_limit = i64::from(u32::MAX) - 1;
        let pairs = agents.checked_mul(jobs);
        for (table, count) in [("agents", agents), ("jobs", jobs)] {
            let value = i64::try_from(count).unwrap_or(i64::MAX);
            if value > count_limit || pairs.is_none() {
                return Err(InstanceError::Overflow {
                    table,
                    value,
                    limit: count_limit,
                });
            }
        }
        let pairs = pairs.unwrap_or(usize::MAX);
        shape("costs", costs.len(), pairs)?;
        shape("weights", weights.len(), pairs)?;
        shape("capacities", capacities.len(), agents)?;
        not_negative("weights", &weights)?;
        not_negative("capacities", &capacities)?;
        if let Some(&value) = weights.iter().find(|&&weight| weight > WEIGHT_LIMIT) {
            return Err(InstanceError::Overflow {
                table: "weights",
                value,
                limit: WEIGHT_LIMIT,
            });
        }
        let instance = Self {
            agents,
            jobs,
            costs,
            weights,
            capacities,
        };
        let largest = instance
            .costs
            .iter()
            .map(|cost| cost.saturating_abs())
            .max();
        let count = i64::try_from(jobs).unwrap_or(i64::MAX);
        let total = largest.unwrap_or(0).saturating_mul(count);
        if total > COST_LIMIT {
            return Err(InstanceError::Overflow {
                table: "costs",
                value: total,
                limit: COST_LIMIT,
            });
        }
        Ok(instance)
    }

    /// The same with all costs negated.
    pub(super) fn negated(&self) -> Self {
        let costs = self.costs.iter().map(|cost| -cost).collect();
        Self {
            costs,
            ..self.clone()
        }
    }

    /// Number of agents.
    #[must_use]
    pub fn agents(&self) -> usize {
        self.agents
    }

    /// Number of jobs.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.jobs
    }

    /// Cost of giving a job to an agent. Panics where `agent` or `job` is out of range.
    #[must_use]
    pub fn cost(&self, agent: usize, job: usize) -> i64 {
        self.costs[agent * self.jobs + job]
    }

    /// Capacity that a job takes at an agent, 0 to 2³¹ − 1. Panics where `agent` or `job` is out of
    /// range.
    #[must_use]
    pub fn weight(&self, agent: usize, job: usize) -> i64 {
        self.weights[agent * self.jobs + job]
    }

    /// Capacity of an agent, 0 or more. Panics where `agent` is out of range.
    #[must_use]
    pub fn capacity(&self, agent: usize) -> i64 {
        self.capacities[agent]
    }

    /// Cost of an assignment (an agent for every job), or `None` where it has another length, an
    /// agent that does not exist or a load above a capacity.
    #[must_use]
    pub fn price(&self, agent_of: &[u32]) -> Option<i64> {
        if agent_of.len() != self.jobs {
            return None;
        }
        let mut left = self.capacities.clone();
        let mut cost = 0;
        for (job, &agent) in agent_of.iter().enumerate() {
            let agent = agent as usize;
            *left.get_mut(agent)? -= self.weight(agent, job);
            cost += self.cost(agent, job);
        }
        left.iter().all(|&left| left >= 0).then_some(cost)
    }
}

fn shape(table: &'static str, found: usize, expected: usize) -> Result<(), InstanceError> {
    if found == expected {
        Ok(())
    } else {
        Err(InstanceError::Shape {
            table,
            found,
            expected,
        })
    }
}

fn not_negative(table: &'static str, values: &[i64]) -> Result<(), InstanceError> {
    match values.iter().enumerate().find(|&(_, &value)| value < 0) {
        Some((index, &value)) => Err(InstanceError::Negative {
            table,
            index,
            value,
        }),
        None => Ok(()),
    }
}
