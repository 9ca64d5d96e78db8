"""Budgets by the optimizers that tools for marketing mix call, in the way in which they call them.

- PyMC-Marketing: SciPy's SLSQP from an equal split, ftol 1e-9, maxiter 1000, gradients given.
- Robyn: NLopt's AUGLAG with SLSQP or with MMA inside, from the lower bounds, xtol_rel 1e-10,
  maxeval 100 000. Here a run also ends after `--seconds`.
- Meridian: the steepest secant on a grid, gtol 1e-4, until a step would exceed the budget; a
  rule written anew here. Its own cost is filling the grid from a model, which analytic curves
  make cheap.

Responses are divided by each of `--divide`, as the unit of money or of sales would do; the value
of a plan is then taken on the curves as they were.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import nlopt
import numpy as np
from scipy.optimize import minimize

from curves import Budget
from lines import Writer

# Runs of each budget; the fastest counts, which is kind to solvers that are warmed up late.
RUNS = 3
# Below this, a run is not repeated.
SHORT = 1.0
GRID_TOLERANCE = 1e-4
# Decimals to which secants are rounded before they are compared.
DECIMALS = 8


@dataclass(frozen=True)
class Plan:
    """What an optimizer returns, and whether it says that it succeeded."""

    spend: np.ndarray
    success: bool
    status: str


def slsqp(budget: Budget, _seconds: float) -> Plan:
    """SciPy's SLSQP."""
    count = len(budget.beta)
    ones = np.ones(count)
    answer = minimize(
        lambda spend: (-budget.value(spend), -budget.gradient(spend)),
        np.full(count, budget.total / count),
        jac=True,
        method="SLSQP",
        bounds=list(zip(budget.low, budget.high)),
        constraints={
            "type": "eq",
            "fun": lambda spend: spend.sum() - budget.total,
            "jac": lambda _spend: ones,
        },
        options={"ftol": 1e-9, "maxiter": 1000},
    )
    return Plan(answer.x, bool(answer.success), f"{answer.message}, {answer.nit} iterations")


def auglag(inner: int) -> Callable[[Budget, float], Plan]:
    """NLopt's AUGLAG around another optimizer."""

    def run(budget: Budget, seconds: float) -> Plan:
        count = len(budget.beta)
        last = budget.low.copy()

        def objective(spend: np.ndarray, gradient: np.ndarray) -> float:
            last[:] = spend
            if gradient.size:
                gradient[:] = -budget.gradient(spend)
            return -budget.value(spend)

        def unspent(spend: np.ndarray, gradient: np.ndarray) -> float:
            if gradient.size:
                gradient[:] = 1.0
            return float(spend.sum() - budget.total)

        local = nlopt.opt(inner, count)
        local.set_xtol_rel(1e-10)
        outer = nlopt.opt(nlopt.LD_AUGLAG, count)
        outer.set_local_optimizer(local)
        outer.set_min_objective(objective)
        outer.add_equality_constraint(unspent, 0.0)
        outer.set_lower_bounds(budget.low)
        outer.set_upper_bounds(budget.high)
        outer.set_xtol_rel(1e-10)
        outer.set_maxeval(100_000)
        outer.set_maxtime(seconds)
        try:
            spend = outer.optimize(budget.low.copy())
        except Exception as error:  # the package has classes of its own, and of Python's
            # The R package returns the point at which the run broke down.
            return Plan(last, False, f"{type(error).__name__} {error}")
        result = outer.last_optimize_result()
        converged = (nlopt.SUCCESS, nlopt.FTOL_REACHED, nlopt.XTOL_REACHED)
        return Plan(spend, result in converged, f"result {result}")

    return run


def secants(budget: Budget, _seconds: float) -> Plan:
    """The steepest secant from where a channel stands to a point of its grid, again and again."""
    step = 10.0 ** (math.floor(math.log10(budget.total * GRID_TOLERANCE)) + 1)
    low, high = np.round(budget.low / step) * step, np.round(budget.high / step) * step
    grids = [np.arange(a, b + step / 2, step) for a, b in zip(low, high)]
    curves = [_one(budget, channel) for channel in range(len(grids))]
    responses = [curve.parts(grid[:, None]).ravel() for curve, grid in zip(curves, grids)]
    at = [0] * len(grids)

    def steepest(channel: int) -> tuple[float, int]:
        """The steepest secant of a channel, and the first point at which it ends."""
        grid, response, here = grids[channel], responses[channel], at[channel]
        if here + 1 >= len(grid):
            return -math.inf, 0
        after = slice(here + 1, None)
        rise, cost = response[after] - response[here], grid[after] - grid[here]
        slopes = np.round(rise / cost, DECIMALS)
        best = int(slopes.argmax())
        return float(slopes[best]), here + 1 + best

    best = [steepest(channel) for channel in range(len(grids))]
    spent = float(low.sum())
    while True:
        # Among equals the lowest point of the grid, then the first channel.
        channel = max(range(len(grids)), key=lambda c: (best[c][0], -best[c][1], -c))
        slope, target = best[channel]
        if not math.isfinite(slope):
            break
        spent += grids[channel][target] - grids[channel][at[channel]]
        if spent > budget.total:
            break
        at[channel] = target
        best[channel] = steepest(channel)
    spend = np.array([int(grid[here]) for grid, here in zip(grids, at)], dtype=float)
    return Plan(spend, True, "no step fits")


def _one(budget: Budget, channel: int) -> Budget:
    """The curve of one channel."""
    names = ("beta", "kappa", "slope", "carry")
    return replace(budget, **{name: getattr(budget, name)[[channel]] for name in names})


# SciPy's SLSQP cannot be stopped by the clock; a step grows like the third power of the channels.
SLSQP_MOST = 300

SOLVERS: dict[str, Callable[[Budget, float], Plan]] = {
    f"SciPy {version('scipy')} SLSQP": slsqp,
    f"NLopt {version('nlopt')} AUGLAG+SLSQP": auglag(nlopt.LD_SLSQP),
    f"NLopt {version('nlopt')} AUGLAG+MMA": auglag(nlopt.LD_MMA),
    "secants on a grid": secants,
}


def measure(
    solver: Callable[[Budget, float], Plan], budget: Budget, limit: float
) -> tuple[Plan, float]:
    """The plan, and the seconds of the fastest run."""
    fastest = math.inf
    for _ in range(RUNS):
        began = time.perf_counter()
        with np.errstate(all="ignore"):
            plan = solver(budget, limit)
        fastest = min(fastest, time.perf_counter() - began)
        if fastest > SHORT:
            break
    return plan, fastest


def main() -> None:
    """Runs every optimizer on every budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", help="names in the folder")
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--lines", type=Path, required=True, help="where lines are appended")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--divide", type=int, nargs="+", default=[1, 1_000_000])
    parser.add_argument("--channels", type=int, default=1_000, help="larger budgets are left out")
    asked = parser.parse_args()
    writer = Writer(asked.lines)
    budgets = [budget for file in asked.files for budget in Budget.read(asked.folder / file)]
    for budget in budgets:
        if len(budget.beta) > asked.channels:
            continue
        for divided in asked.divide:
            scaled = replace(budget, beta=budget.beta / divided)
            for name, solver in SOLVERS.items():
                if len(budget.beta) > SLSQP_MOST and name.startswith("SciPy"):
                    continue
                plan, seconds = measure(solver, scaled, asked.seconds)
                outside = np.maximum(budget.low - plan.spend, plan.spend - budget.high).max()
                writer.write(
                    "budget",
                    name,
                    budget.name,
                    seconds=seconds,
                    value=budget.value(np.maximum(plan.spend, 0)),
                    bound=budget.upper_bound,
                    status=plan.status,
                    success=plan.success,
                    kind=budget.kind,
                    channels=len(budget.beta),
                    divided=divided,
                    unspent_share=float(1 - plan.spend.sum() / budget.total),
                    outside_share=max(0.0, float(outside)) / budget.total,
                )


if __name__ == "__main__":
    main()
