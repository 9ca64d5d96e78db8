"""HiGHS through highspy, with a trace of value and bound."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import highspy

from lines import Trace

NAME = f"highspy {version('highspy')}"


@dataclass(frozen=True)
class Answer:
    """What a run came to."""

    seconds: float
    value: float | None
    bound: float | None
    status: str
    trace: Trace


def empty(seconds: float, gap: float, threads: int) -> highspy.Highs:
    """A silent solver with limits."""
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("time_limit", float(seconds))
    highs.setOptionValue("mip_rel_gap", float(gap))
    highs.setOptionValue("threads", threads)
    return highs


def read(path: Path, seconds: float, gap: float, threads: int) -> highspy.Highs:
    """A solver that has read a program."""
    highs = empty(seconds, gap, threads)
    if highs.readModel(str(path)) == highspy.HighsStatus.kError:
        raise ValueError(f"HiGHS cannot read {path}")
    return highs


def solve(highs: highspy.Highs) -> Answer:
    """Solves what is loaded. Loading is not part of the time."""
    integers = highspy.HighsVarType.kInteger in highs.getLp().integrality_
    trace = Trace()

    def tell(event: highspy.highs.HighsCallbackEvent) -> None:
        out = event.data_out
        trace.tell(out.mip_primal_bound, out.mip_dual_bound)

    if integers:
        highs.cbMipImprovingSolution.subscribe(tell)
        highs.cbMipInterrupt.subscribe(tell)
    highs.run()
    seconds = trace.seconds()
    info = highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    value = info.objective_function_value if found else None
    status = highs.modelStatusToString(highs.getModelStatus())
    bound = info.mip_dual_bound if integers else value if status == "Optimal" else None
    return Answer(seconds, value, bound, status, trace)
