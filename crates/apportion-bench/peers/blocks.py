"""Assignment tasks as blocks and choices, as `apportion-bench export` writes them.

The head of `src/export.rs` says what each field means.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rep:
    """A rep with hours by period and costs in money."""

    hours: list[float]
    overtime_hours: list[float]
    overtime_cost: float
    fixed_cost: list[float]
    candidate: bool
    open: bool
    min_slots: int | None
    max_slots: int | None


@dataclass(frozen=True)
class Choice:
    """A rep at a base for a whole block."""

    rep: int
    base: int
    value: float
    kept: int
    kept_potential: float
    hours: list[float]
    amounts: list[float]


@dataclass(frozen=True)
class Block:
    """Slots that go to one rep together, or to nobody."""

    mandatory: bool
    idle: float
    visits: list[list[float]]
    distinct: list[int]
    choices: list[Choice]

    def hours(self, choice: Choice) -> list[float]:
        """Hours of a choice in each period."""
        return [
            sum(visit * hours for visit, hours in zip(column, choice.hours))
            for column in zip(*self.visits)
        ]


@dataclass(frozen=True)
class Balance:
    """A metric that is spread over reps."""

    shares: list[float]
    ideal_within: float
    cost_per_unit: float
    largest: bool
    min_ratio: float | None
    max_ratio: float | None


@dataclass(frozen=True)
class Task:
    """A whole task."""

    offset: float
    reps: list[Rep]
    blocks: list[Block]
    balances: list[Balance]
    min_kept: float | None
    min_kept_potential: float | None
    min_hires: int | None
    max_hires: int | None

    @staticmethod
    def read(path: Path) -> Task:
        """Reads a file."""
        with path.open(encoding="utf-8") as file:
            document = json.load(file)
        del document["name"]
        blocks = document.pop("blocks")
        return Task(
            reps=[Rep(**rep) for rep in document.pop("reps")],
            blocks=[
                Block(**(block | {"choices": [Choice(*choice) for choice in block["choices"]]}))
                for block in blocks
            ],
            balances=[Balance(**balance) for balance in document.pop("balances")],
            **document,
        )

    def worth(self, chosen: Sequence[Choice | None], bases: Sequence[int | None]) -> float:
        """Value in money, without rounding, of a choice for each block and a base for each rep."""
        total = self.offset
        loads = [[0.0] * len(rep.hours) for rep in self.reps]
        amounts = [[0.0] * len(self.reps) for _ in self.balances]
        for block, choice in zip(self.blocks, chosen):
            total += block.idle if choice is None else choice.value
            if choice is None:
                continue
            for period, hours in enumerate(block.hours(choice)):
                loads[choice.rep][period] += hours
            for balance, amount in enumerate(choice.amounts):
                amounts[balance][choice.rep] += amount
        for rep, load, base in zip(self.reps, loads, bases):
            over = sum(max(0.0, used - hours) for used, hours in zip(load, rep.hours))
            total -= rep.overtime_cost * over
            if rep.open and base is not None:
                total -= rep.fixed_cost[base]
        for metric, by_rep in zip(self.balances, amounts):
            total -= metric.cost_per_unit * _deviation(metric, by_rep)
        return total


def _deviation(balance: Balance, amounts: list[float]) -> float:
    """How far reps lie outside the ideal band: together, or the farthest."""
    whole = sum(amount for amount, share in zip(amounts, balance.shares) if share > 0)
    outside = []
    for amount, share in zip(amounts, balance.shares):
        if share > 0:
            fair, band = share * whole, balance.ideal_within * share * whole
            outside.append(max(0.0, amount - fair - band, fair - band - amount))
    return max(outside, default=0.0) if balance.largest else sum(outside)
