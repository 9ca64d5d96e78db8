"""Transportation problems of `apportion-bench export` by OR-Tools' min-cost flow and highspy.

The flow takes whole numbers only: hours are in thousandths, capacities rounded down. Its value
is in money again; it may fall short of the optimum by what rounding takes away.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import highspy
import numpy as np
from ortools.graph.python import min_cost_flow

import highs
from lines import Writer

HOUR = 1_000
RUNS = 3
# HiGHS needs a minute and gigabytes above.
MOST_ARCS_OF_HIGHS = 500_000
FLOW = f"OR-Tools min-cost flow {version('ortools')}"


@dataclass(frozen=True)
class Problem:
    """Hours that markets ask for, hours that reps have, and the value of an hour by both."""

    demand: np.ndarray
    capacity: np.ndarray
    value: np.ndarray

    @staticmethod
    def read(path: Path) -> Problem:
        """Reads a file."""
        with path.open(encoding="utf-8") as file:
            document = json.load(file)
        demand, capacity = np.array(document["demand"]), np.array(document["capacity"])
        value = np.array(document["value"]).reshape(len(demand), len(capacity))
        return Problem(demand, capacity, value)


@dataclass(frozen=True)
class Outcome:
    """Median seconds, value and how the run ended."""

    seconds: float
    value: float | None
    status: str


def run_flow(problem: Problem) -> Outcome:
    """Runs the flow; adding the arcs is not part of the time."""
    markets, reps = problem.value.shape
    demand = np.rint(problem.demand * HOUR).astype(np.int64)
    capacity = np.floor(problem.capacity * HOUR).astype(np.int64)
    market, rep = np.divmod(np.arange(markets * reps, dtype=np.int32), reps)
    costs = np.rint(-problem.value.ravel()).astype(np.int64)
    if not np.array_equal(-costs, problem.value.ravel()):
        raise ValueError("values of an hour that are not whole")
    # From the source by way of a rep and a market to the sink; hours may stay unsold.
    source, sink = reps + markets, reps + markets + 1
    seconds: list[float] = []
    for _ in range(RUNS):
        flow = min_cost_flow.SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(rep, reps + market, demand[market], costs)
        ids = np.arange(reps, dtype=np.int32)
        zeros = np.zeros(reps, dtype=np.int64)
        flow.add_arcs_with_capacity_and_unit_cost(np.full_like(ids, source), ids, capacity, zeros)
        ids = np.arange(reps, reps + markets, dtype=np.int32)
        zeros = np.zeros(markets, dtype=np.int64)
        flow.add_arcs_with_capacity_and_unit_cost(ids, np.full_like(ids, sink), demand, zeros)
        flow.add_arc_with_capacity_and_unit_cost(source, sink, int(capacity.sum()), 0)
        flow.set_node_supply(source, int(capacity.sum()))
        flow.set_node_supply(sink, -int(capacity.sum()))
        began = time.perf_counter()
        status = flow.solve()
        seconds.append(time.perf_counter() - began)
        if status != flow.OPTIMAL:
            return Outcome(seconds[-1], None, status.name)
    return Outcome(statistics.median(seconds), -flow.optimal_cost() / HOUR, status.name)


def run_highs(problem: Problem, seconds: float, threads: int) -> Outcome:
    """Runs HiGHS on the linear program, once.

    Least loss against the highest value, with the hours left unserved as columns: the same
    problem, which HiGHS solves three times as fast as the most value with demands as limits.
    """
    markets, reps = problem.value.shape
    arcs = markets * reps
    count = arcs + markets
    highest = problem.value.max()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, markets + reps
    lp.col_cost_ = np.append(highest - problem.value.ravel(), np.full(markets, highest))
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.full(count, highspy.kHighsInf)
    lp.row_lower_ = np.append(problem.demand, np.full(reps, -highspy.kHighsInf))
    lp.row_upper_ = np.append(problem.demand, problem.capacity)
    starts = np.append(np.arange(0, 2 * arcs, 2), 2 * arcs + np.arange(markets + 1))
    market, rep = np.divmod(np.arange(arcs), reps)
    rows = np.append(np.column_stack([market, markets + rep]).ravel(), np.arange(markets))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = starts.astype(np.int32)
    lp.a_matrix_.index_ = rows.astype(np.int32)
    lp.a_matrix_.value_ = np.ones(len(rows))
    solver = highs.empty(seconds, 0.0, threads)
    solver.passModel(lp)
    answer = highs.solve(solver)
    loss = answer.value
    value = None if loss is None else float(highest * problem.demand.sum() - loss)
    return Outcome(answer.seconds, value, answer.status)


def main() -> None:
    """Runs both on each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", help="names in the folder")
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--lines", type=Path, required=True, help="where lines are appended")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    writer = Writer(asked.lines)
    for path in (asked.folder / file for file in asked.files):
        problem = Problem.read(path)
        outcomes = {FLOW: run_flow(problem)}
        if problem.value.size <= MOST_ARCS_OF_HIGHS:
            outcomes[highs.NAME] = run_highs(problem, asked.seconds, asked.threads)
        for name, outcome in outcomes.items():
            writer.write(
                "transport",
                name,
                path.stem,
                seconds=outcome.seconds,
                value=outcome.value,
                bound=outcome.value,
                status=outcome.status,
            )


if __name__ == "__main__":
    main()
