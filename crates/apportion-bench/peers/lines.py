"""JSON lines: one for each run, with what was reached when."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import TextIO

# Solvers give numbers of this size while they have none.
NO_NUMBER = 1e30


def finite(number: float | None) -> float | None:
    """A number that says something, or none."""
    if number is None or not math.isfinite(number) or abs(number) >= NO_NUMBER:
        return None
    return float(number)


def relative_gap(value: float | None, bound: float | None) -> float | None:
    """|bound - value| / |bound|, or none where one is missing."""
    if value is None or bound is None:
        return None
    return abs(bound - value) / max(abs(bound), sys.float_info.min)


class Trace:
    """Value and bound of a run over time."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.points: list[tuple[float, float | None, float | None]] = []

    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self.began

    def tell(self, value: float | None, bound: float | None) -> None:
        """Keeps what is told if value or bound is another one."""
        value, bound = finite(value), finite(bound)
        if not self.points or self.points[-1][1:] != (value, bound):
            self.points.append((round(self.seconds(), 4), value, bound))


class Writer:
    """Appends lines to a file and shows each in short."""

    def __init__(self, path: Path) -> None:
        self.out: TextIO = path.open("a", encoding="utf-8")

    def write(
        self,
        task: str,
        solver: str,
        file: str,
        *,
        seconds: float,
        value: float | None,
        bound: float | None,
        status: str,
        trace: Trace | None = None,
        **more: object,
    ) -> None:
        """Writes the line of a run."""
        value, bound = finite(value), finite(bound)
        gap = relative_gap(value, bound)
        line = {
            "task": task,
            "solver": solver,
            "file": file,
            "status": status,
            "seconds": seconds,
            "value": value,
            "bound": bound,
            "gap": gap,
            "trace": trace.points if trace else [],
            **more,
        }
        self.out.write(json.dumps(line) + "\n")
        self.out.flush()
        shown = "none" if gap is None else f"{100 * gap:.4f} %"
        print(f"{task} {file} {solver}: {value} gap {shown} {seconds:.3f} s {status}")
