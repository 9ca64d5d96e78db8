"""Generalized assignment instances by CP-SAT and highspy: least cost, each job to one agent.

A file holds the numbers of agents and jobs, then a row of costs for each agent, a row of weights
for each agent, and the capacities.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np
from ortools.sat.python import cp_model

import cpsat
import highs
from lines import Writer


@dataclass(frozen=True)
class Instance:
    """Costs and weights by agent and job, and capacities."""

    costs: np.ndarray
    weights: np.ndarray
    capacities: np.ndarray

    @staticmethod
    def read(path: Path) -> Instance:
        """Reads a file."""
        numbers = np.array(path.read_text(encoding="utf-8").split(), dtype=np.int64)
        agents, jobs = int(numbers[0]), int(numbers[1])
        costs, weights, capacities = np.split(numbers[2:], [agents * jobs, 2 * agents * jobs])
        shape = (agents, jobs)
        return Instance(costs.reshape(shape), weights.reshape(shape), capacities)

    def cost(self, agents: list[int]) -> int:
        """Cost of an assignment, checked; `agents` holds the agent of each job."""
        jobs = np.arange(len(agents))
        loads = np.bincount(agents, self.weights[agents, jobs], len(self.capacities))
        if len(agents) != self.costs.shape[1] or (loads > self.capacities).any():
            raise ValueError("an assignment that breaks a capacity")
        return int(self.costs[agents, jobs].sum())


def run_cpsat(
    instance: Instance, seconds: float, gap: float, threads: int
) -> tuple[cpsat.Answer, list[int] | None]:
    """Runs CP-SAT."""
    model = cp_model.CpModel()
    agents, jobs = instance.costs.shape
    chosen = [[model.new_bool_var("") for _ in range(jobs)] for _ in range(agents)]
    for job in range(jobs):
        model.add_exactly_one(row[job] for row in chosen)
    for row, weights, capacity in zip(chosen, instance.weights, instance.capacities):
        load = cp_model.LinearExpr.weighted_sum(row, weights.tolist())
        model.add(load <= int(capacity))
    flat = [variable for row in chosen for variable in row]
    model.minimize(cp_model.LinearExpr.weighted_sum(flat, instance.costs.ravel().tolist()))
    answer = cpsat.solve(model, seconds, gap, threads, float)
    if answer.value is None:
        return answer, None
    value = answer.solver.boolean_value
    return answer, [next(a for a in range(agents) if value(chosen[a][j])) for j in range(jobs)]


def run_highs(
    instance: Instance, seconds: float, gap: float, threads: int
) -> tuple[highs.Answer, list[int] | None]:
    """Runs HiGHS."""
    agents, jobs = instance.costs.shape
    count = agents * jobs
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, jobs + agents
    lp.col_cost_ = instance.costs.ravel().astype(float)
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.ones(count)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * count
    lp.row_lower_ = np.concatenate([np.ones(jobs), np.full(agents, -highspy.kHighsInf)])
    lp.row_upper_ = np.concatenate([np.ones(jobs), instance.capacities.astype(float)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 2 * count + 1, 2, dtype=np.int32)
    agent, job = np.divmod(np.arange(count, dtype=np.int32), jobs)
    lp.a_matrix_.index_ = np.column_stack([job, jobs + agent]).ravel().astype(np.int32)
    values = np.column_stack([np.ones(count), instance.weights.ravel()])
    lp.a_matrix_.value_ = values.ravel().astype(float)
    solver = highs.empty(seconds, gap, threads)
    # Costs are whole, so a gap below 1 is a proof.
    solver.setOptionValue("mip_abs_gap", 0.999)
    solver.passModel(lp)
    answer = highs.solve(solver)
    if answer.value is None:
        return answer, None
    point = np.array(solver.getSolution().col_value).reshape(agents, jobs)
    return answer, point.argmax(axis=0).tolist()


def main() -> None:
    """Runs both on each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", help="names in the folder")
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--lines", type=Path, required=True, help="where lines are appended")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--gap", type=float, default=0.0)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    writer = Writer(asked.lines)
    for path in (asked.folder / file for file in asked.files):
        instance = Instance.read(path)
        for name, run in ((highs.NAME, run_highs), (cpsat.NAME, run_cpsat)):
            answer, agents = run(instance, asked.seconds, asked.gap, asked.threads)
            writer.write(
                "gap",
                name,
                path.stem,
                seconds=answer.seconds,
                value=None if agents is None else instance.cost(agents),
                bound=answer.bound,
                status=answer.status,
                trace=answer.trace,
                sense="min",
            )


if __name__ == "__main__":
    main()
