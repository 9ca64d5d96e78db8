"""CP-SAT, with a trace of value and bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from ortools.sat.python import cp_model

from lines import Trace

NAME = f"CP-SAT {version('ortools')}"


@dataclass(frozen=True)
class Answer:
    """What a run came to, in the units of the model."""

    seconds: float
    value: float | None
    bound: float | None
    status: str
    trace: Trace
    solver: cp_model.CpSolver


class _Told(cp_model.CpSolverSolutionCallback):
    """Tells the trace of every better answer."""

    def __init__(self, trace: Trace, value: Callable[[float], float]) -> None:
        super().__init__()
        self.trace = trace
        self.money = value

    def on_solution_callback(self) -> None:
        """Called by the solver."""
        value = self.money(self.objective_value)
        self.trace.tell(value, self.money(self.best_objective_bound))


def solve(
    model: cp_model.CpModel,
    seconds: float,
    gap: float,
    workers: int,
    value: Callable[[float], float],
) -> Answer:
    """Solves a model. `value` turns an objective in the model's units into money.

    Building the model is not part of the time; presolving is.
    """
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.relative_gap_limit = gap
    solver.parameters.num_workers = workers
    trace = Trace()
    told = _Told(trace, value)

    def bound_found(bound: float) -> None:
        best = trace.points[-1][1] if trace.points else None
        trace.tell(best, value(bound))

    solver.best_bound_callback = bound_found
    status = solver.solve(model, told)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Answer(
        seconds=trace.seconds(),
        value=value(solver.objective_value) if found else None,
        bound=value(solver.best_objective_bound),
        status=solver.status_name(status),
        trace=trace,
        solver=solver,
    )
