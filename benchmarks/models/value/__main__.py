"""Rerun the value models beside lifetimes and PyMC-marketing, and write it into ``benchmarks/RESULTS.md``.

Each peer has an environment of its own; one that cannot be made is left out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.environment import interpreter
from benchmarks.experiments.measure import ROOT, Spread, ratios, rounds, run
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.page import provenance, put, table
from benchmarks.proof.values import HABITS, SPEND, lived
from cjlab.datasets import at_hand, cdnow_summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from benchmarks.experiments.measure import Run

PAGE: Final = ROOT / "benchmarks" / "RESULTS.md"
PACKAGES: Final = ("cjlab", "numpy", "scipy", "pandas")
CUSTOMERS, ROUNDS = 1_000_000, 3
PUBLISHED: Final = HABITS | SPEND | {"likelihood": -9582.4}
PEERS: Final = {
    "lifetimes": ("lifetimes==0.11.3", "pandas==2.2.3", "numpy==1.26.4"),
    "pymc_marketing": ("pymc-marketing==0.19.2",),
}
NAMES: Final = {"x": "frequency", "t_x": "recency", "T": "age", "zbar": "repeat_mean"}
FITS: Final = ("parameter", "published", "cjlab", "lifetimes", "PyMC-marketing, mode")
COSTS: Final = (
    "contender",
    "CPU s, BG/NBD",
    "CPU s, gamma-gamma",
    "CPU ÷ cjlab, both",
    "CPU s, the process",
    "peak GB",
)
TEXT: Final = (
    "BG/NBD and gamma-gamma. CDNOW is the table of 2,357 customers that the papers fitted; published are the "
    "parameters of Fader, Hardie & Lee (2005) and of Fader & Hardie (2013). PyMC-marketing's mode is that of a "
    "posterior, so that its priors move it where 2,357 customers say little (a and b). lifetimes' likelihood is of "
    "times that it scales, and PyMC-marketing's of its posterior; neither is shown."
)
MILLION: Final = (
    f"**{CUSTOMERS:,} customers**, drawn from both laws at the published parameters, watched for 27 to 39 weeks. Every "
    "contender reads the same file in a process of its own, in turn; CPU seconds are of the fits alone (those of the "
    "process add imports and reading; PyMC-marketing also compiles C, in processes of their own). Medians (least to "
    "most) of {rounds} rounds after one that is not counted; one thread. cjlab's fits come with the intervals of the "
    "parameters; lifetimes' with standard errors, PyMC-marketing's mode with none: its intervals need a chain, which "
    "was not run at this size."
)


def main() -> int:
    """Fit the published table and a million customers with every contender."""
    if at_hand("cdnow_summary") is None:
        sys.stderr.write("the summary of CDNOW is not at hand: nothing is measured\n")
        return 0
    before, pythons = Surroundings.now(), {"cjlab": sys.executable}
    pythons |= {name: str(made) for name, wanted in PEERS.items() if (made := interpreter(name, wanted))}
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "cdnow.csv"), Path(folder, "million.csv")
        cdnow_summary().to_csv(small, index=False)
        renamed(lived(0, CUSTOMERS).table).to_csv(large, index=False)
        found = {name: run(command(name, python, small)).answer for name, python in pythons.items()}
        many = rounds({name: command(name, python, large) for name, python in pythons.items()}, counted=ROUNDS)
    parts = [TEXT, table(FITS, fits(found)), MILLION.format(rounds=ROUNDS), table(COSTS, costs(many))]
    absent = [name for name in PEERS if name not in pythons]
    peers = "; ".join(", ".join(wanted) for name, wanted in PEERS.items() if name in pythons)
    left = f" Left out, since no environment could be made: {', '.join(absent)}." if absent else ""
    told = f"{provenance(PACKAGES, started=before.date)} Peers: {peers}.{left} {Surroundings.now().since(before)}"
    body = "\n\n".join([*parts, told])
    put(PAGE, heading="Models: what customers are worth", body=body, title="Results")
    sys.stdout.write(body + "\n")
    return 0


def renamed(customers: pd.DataFrame) -> pd.DataFrame:
    """Return a table under the papers' names."""
    return customers.rename(columns={ours: theirs for theirs, ours in NAMES.items()})


def command(name: str, python: str, file: Path) -> Sequence[str]:
    """Return how a contender is run."""
    return [python, "-W", "ignore", "-m", f"benchmarks.models.value.with_{name}", str(file)]


def fits(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[tuple[str, ...]]:
    """Write a row a parameter, of every contender that ran."""
    rows = []
    for name, published in PUBLISHED.items():
        job, own = "spend" if name in SPEND else "count", 1 if name == "likelihood" else 3
        told = [found.get(who, {}).get(job, {}).get(name) for who in ("cjlab", *PEERS)]
        each = ["–" if one is None else f"{one:.{own}f}" for one in told]
        rows.append((name, f"{published:g}", *each))
    return rows


def costs(many: Mapping[str, list[Run]]) -> list[tuple[str, ...]]:
    """Write a row a contender."""
    return [
        (
            name,
            *(str(Spread.of([seconds(one, (job,)) for one in runs])) for job in ("count", "spend")),
            str(ratios(runs, many["cjlab"], seconds)),
            str(Spread.of([one.cpu for one in runs])),
            f"{max(one.peak for one in runs) / 1e9:.2f}",
        )
        for name, runs in many.items()
    ]


def seconds(one: Run, jobs: tuple[str, ...] = ("count", "spend")) -> float:
    """Return the processor seconds of some jobs of a run."""
    return sum(float(one.answer[job]["seconds"]) for job in jobs)


if __name__ == "__main__":
    sys.exit(main())
