"""Budgets over Hill curves with certified optima.

Reads the forms of `hill_instances.json` and of `robyn_model.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Slopes below 1 are infinite where nothing is spent; solvers get the slope at this share of kappa.
NEAR_ZERO = 1e-12


@dataclass(frozen=True)
class Budget:
    """Maximize the sum of beta z^slope / (z^slope + kappa^slope), z = x + carry, sum x = total."""

    name: str
    kind: str
    total: float
    low: np.ndarray
    high: np.ndarray
    beta: np.ndarray
    kappa: np.ndarray
    slope: np.ndarray
    carry: np.ndarray
    upper_bound: float

    @staticmethod
    def read(path: Path) -> list[Budget]:
        """Reads either kind of file."""
        with path.open(encoding="utf-8") as file:
            document = json.load(file)
        return _cases(document) if isinstance(document, dict) else _instances(document)

    def parts(self, spend: np.ndarray) -> np.ndarray:
        """Response of each channel; `spend` may hold several plans, one a row."""
        power = ((spend + self.carry) / self.kappa) ** self.slope
        return self.beta * power / (1 + power)

    def value(self, spend: np.ndarray) -> float:
        """Response of a plan."""
        return float(self.parts(spend).sum())

    def gradient(self, spend: np.ndarray) -> np.ndarray:
        """Response that a little more for each channel would bring, for each unit of it."""
        amount = np.maximum(spend + self.carry, NEAR_ZERO * self.kappa)
        power = (amount / self.kappa) ** self.slope
        return self.beta * self.slope * power / (amount * (1 + power) ** 2)


def _instances(document: list[dict]) -> list[Budget]:
    return [
        Budget(
            name=f"{entry['kind']} {entry['n']} {entry['bounds']} {entry['seed']}",
            kind=entry["kind"],
            total=entry["budget"],
            carry=np.zeros(entry["n"]),
            upper_bound=entry["upper_bound"],
            low=np.array(entry["lo"]),
            high=np.array(entry["hi"]),
            **{name: np.array(entry[name]) for name in ("beta", "kappa", "slope")},
        )
        for entry in document
    ]


def _cases(document: dict) -> list[Budget]:
    return [
        Budget(
            name=f"robyn {case['name']}",
            kind="robyn",
            total=case["budget"],
            low=np.array(case["lo"]),
            high=np.array(case["hi"]),
            beta=np.array(document["beta"]),
            kappa=np.array(document["inflexion"]),
            slope=np.array(document["alpha"]),
            carry=np.array(document["mean_carryover"]),
            upper_bound=case["upper_bound"],
        )
        for case in document["cases"]
    ]
