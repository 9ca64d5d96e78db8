"""Assignment tasks of `apportion-bench export` by highspy (MPS) and CP-SAT (blocks and choices).

CP-SAT takes whole numbers only, so every quantity is rounded to the nearest multiple of a unit:
hours to 1e-4 h, money to 1e-5, potential that may move to 1e-2, amounts of a balance to the
power of ten at which their sum is about 1e9 units, and shares of a sum to 1e-6. The value of its
plan is recomputed without rounding; `recomputed` in a line says by how much more that is: what
was rounded, and overtime and deviations that the solver had left larger than its plan needs.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from pathlib import Path

from ortools.sat.python import cp_model

import cpsat
import highs
from blocks import Balance, Choice, Task
from lines import Writer

HOUR = 10_000
MONEY = 100_000
POTENTIAL = 100
SHARE = 1_000_000
SUM_OF_AMOUNTS = 1e9

Terms = list[cp_model.LinearExpr]


def whole(number: float, units: float) -> int:
    """A number in so many units to 1."""
    return round(number * units)


class Model:
    """A task as a CP-SAT model."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.model = cp_model.CpModel()
        self.terms: Terms = []
        self.bases = [self._bases(at) for at in range(len(task.reps))]
        self.chosen = [
            [self.model.new_bool_var("") for _ in block.choices] for block in task.blocks
        ]
        self._blocks()
        self._distinct()
        self._reps()
        self._limits()
        for at, balance in enumerate(task.balances):
            self._balance(at, balance)
        self.model.maximize(cp_model.LinearExpr.sum(self.terms))

    def money(self, objective: float) -> float:
        """An objective of the model in money."""
        return objective / MONEY + self.task.offset

    def _cost(self, variable: cp_model.IntVar, cost: float) -> None:
        self.terms.append(-whole(cost, MONEY) * variable)

    def _bases(self, at: int) -> list[cp_model.IntVar]:
        """Variables of a rep's bases, if something is to be decided."""
        rep = self.task.reps[at]
        if not rep.open:
            return []
        variables = [self.model.new_bool_var("") for _ in rep.fixed_cost]
        if rep.candidate:
            self.model.add_at_most_one(variables)
        else:
            self.model.add_exactly_one(variables)
        for variable, cost in zip(variables, rep.fixed_cost):
            self._cost(variable, cost)
        return variables

    def _blocks(self) -> None:
        """One choice for each block, or none where that is allowed."""
        for block, variables in zip(self.task.blocks, self.chosen):
            for choice, variable in zip(block.choices, variables):
                self.terms.append(whole(choice.value, MONEY) * variable)
                if self.bases[choice.rep]:
                    self.model.add_implication(variable, self.bases[choice.rep][choice.base])
            if block.mandatory:
                self.model.add_exactly_one(variables)
            else:
                idle = self.model.new_bool_var("")
                self.terms.append(whole(block.idle, MONEY) * idle)
                self.model.add_exactly_one([*variables, idle])

    def _distinct(self) -> None:
        """Blocks of one market whose roles need different reps."""
        for at, block in enumerate(self.task.blocks):
            for other in block.distinct:
                of_rep = defaultdict(list)
                for member in (at, other):
                    choices = self.task.blocks[member].choices
                    for choice, variable in zip(choices, self.chosen[member]):
                        of_rep[choice.rep].append(variable)
                for variables in of_rep.values():
                    if len(variables) > 1:
                        self.model.add_at_most_one(variables)

    def _reps(self) -> None:
        """Hours with overtime, and counts of slots."""
        loads: list[list[Terms]] = [[[] for _ in rep.hours] for rep in self.task.reps]
        counts: list[Terms] = [[] for _ in self.task.reps]
        for block, variables in zip(self.task.blocks, self.chosen):
            for choice, variable in zip(block.choices, variables):
                counts[choice.rep].append(len(block.visits) * variable)
                for period, hours in enumerate(block.hours(choice)):
                    if hours > 0:
                        loads[choice.rep][period].append(whole(hours, HOUR) * variable)
        for at, rep in enumerate(self.task.reps):
            bases = self.bases[at]
            works = sum(bases) if bases else 1
            for period, load in enumerate(loads[at]):
                most = whole(rep.overtime_hours[period], HOUR)
                over = self.model.new_int_var(0, most, "")
                # Money for an hour in units of money for a unit of hours.
                self._cost(over, rep.overtime_cost / HOUR)
                used = cp_model.LinearExpr.sum(load)
                self.model.add(used <= whole(rep.hours[period], HOUR) * works + over)
            count = cp_model.LinearExpr.sum(counts[at])
            if rep.max_slots is not None:
                self.model.add(count <= rep.max_slots)
            if rep.min_slots is not None:
                self.model.add(count >= rep.min_slots * (works if rep.candidate else 1))

    def _limits(self) -> None:
        """Moves and hires."""
        task = self.task
        pairs = [
            (choice, variable)
            for block, variables in zip(task.blocks, self.chosen)
            for choice, variable in zip(block.choices, variables)
            if choice.kept
        ]
        if task.min_kept is not None:
            kept = [choice.kept * variable for choice, variable in pairs]
            self.model.add(cp_model.LinearExpr.sum(kept) >= whole(task.min_kept, 1))
        if task.min_kept_potential is not None:
            least = whole(task.min_kept_potential, POTENTIAL)
            kept = [whole(choice.kept_potential, POTENTIAL) * var for choice, var in pairs]
            self.model.add(cp_model.LinearExpr.sum(kept) >= least)
        candidates = [
            variable
            for rep, bases in zip(task.reps, self.bases)
            if rep.candidate
            for variable in bases
        ]
        if task.min_hires is not None:
            self.model.add(sum(candidates) >= task.min_hires)
        if task.max_hires is not None:
            self.model.add(sum(candidates) <= task.max_hires)

    def _balance(self, at: int, balance: Balance) -> None:
        """Amounts of reps, their whole, and deviations from the ideal band."""
        largest = [
            max((choice.amounts[at] for choice in block.choices), default=0.0)
            for block in self.task.blocks
        ]
        units = 10.0 ** math.floor(math.log10(SUM_OF_AMOUNTS / max(sum(largest), 1.0)))
        parts = defaultdict(list)
        most = 0
        for block, variables in zip(self.task.blocks, self.chosen):
            amounts = [whole(choice.amounts[at], units) for choice in block.choices]
            most += max(amounts, default=0)
            for choice, amount, variable in zip(block.choices, amounts, variables):
                parts[choice.rep].append(amount * variable)
        taking_part = [rep for rep, share in enumerate(balance.shares) if share > 0]
        held = {rep: self.model.new_int_var(0, most, "") for rep in taking_part}
        for rep in taking_part:
            self.model.add(held[rep] == cp_model.LinearExpr.sum(parts[rep]))
        total = self.model.new_int_var(0, most, "")
        self.model.add(total == cp_model.LinearExpr.sum(list(held.values())))
        together = self.model.new_int_var(0, most, "") if balance.largest else None
        for rep in taking_part:
            own = SHARE * held[rep]
            share = balance.shares[rep]
            if balance.max_ratio is not None:
                self.model.add(own <= whole(balance.max_ratio * share, SHARE) * total)
            if balance.min_ratio is not None:
                self.model.add(own >= whole(balance.min_ratio * share, SHARE) * total)
            if balance.cost_per_unit <= 0:
                continue
            outside = self.model.new_int_var(0, most, "") if together is None else together
            above = whole((1 + balance.ideal_within) * share, SHARE)
            below = whole((1 - balance.ideal_within) * share, SHARE)
            self.model.add(SHARE * outside >= own - above * total)
            self.model.add(SHARE * outside >= below * total - own)
            if together is None:
                self._cost(outside, balance.cost_per_unit / units)
        if together is not None:
            self._cost(together, balance.cost_per_unit / units)

    def worth(self, solver: cp_model.CpSolver) -> float:
        """Value of the solver's plan in money, recomputed without rounding."""
        chosen: list[Choice | None] = []
        for block, variables in zip(self.task.blocks, self.chosen):
            pairs = zip(block.choices, variables)
            chosen.append(next((one for one, var in pairs if solver.boolean_value(var)), None))
        bases = [
            next((at for at, var in enumerate(variables) if solver.boolean_value(var)), None)
            for variables in self.bases
        ]
        return self.task.worth(chosen, bases)


def run_cpsat(path: Path, writer: Writer, seconds: float, gap: float, threads: int) -> None:
    """Runs CP-SAT on the blocks and choices of a task."""
    model = Model(Task.read(path))
    answer = cpsat.solve(model.model, seconds, gap, threads, model.money)
    value, more = None, None
    if answer.value is not None:
        value = model.worth(answer.solver)
        more = value - answer.value
    writer.write(
        "assignment",
        cpsat.NAME,
        path.stem,
        seconds=answer.seconds,
        value=value,
        bound=answer.bound,
        status=answer.status,
        trace=answer.trace,
        recomputed=more,
    )


def run_highs(path: Path, writer: Writer, seconds: float, gap: float, threads: int) -> None:
    """Runs HiGHS on the program of a task."""
    answer = highs.solve(highs.read(path.with_suffix(".mps"), seconds, gap, threads))
    writer.write(
        "assignment",
        highs.NAME,
        path.stem,
        seconds=answer.seconds,
        value=answer.value,
        bound=answer.bound,
        status=answer.status,
        trace=answer.trace,
    )


def main() -> None:
    """Runs both on each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", help="names in the folder")
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--lines", type=Path, required=True, help="where lines are appended")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    writer = Writer(asked.lines)
    for path in (asked.folder / file for file in asked.files):
        run_highs(path, writer, asked.seconds, asked.gap, asked.threads)
        run_cpsat(path, writer, asked.seconds, asked.gap, asked.threads)


if __name__ == "__main__":
    main()
