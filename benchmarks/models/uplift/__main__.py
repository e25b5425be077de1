"""Rerun the comparison of uplift learners on a real test and write it into ``benchmarks/RESULTS.md``.

EconML and scikit-uplift run in an environment of their own; where it cannot be made they are left out.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict

from benchmarks.environment import interpreter
from benchmarks.experiments.measure import ROOT, run
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.models.uplift import million, pace
from benchmarks.models.uplift.job import PROBLEMS, read
from benchmarks.models.uplift.table import measured, said
from benchmarks.page import provenance, put, table
from cjlab.datasets import at_hand

PAGE = ROOT / "benchmarks" / "RESULTS.md"
SEEDS = 8
PACKAGES = ("cjlab", "causalml", "scikit-learn", "xgboost", "numpy")
PEERS = (
    "econml==0.17.0",
    "scikit-uplift==0.5.1",
    "scikit-learn==1.9.1",
    "xgboost==3.2.0",
    "pandas==2.3.3",
    "numpy==2.4.6",
)
TEXT = (
    "The Hillstrom test (64,000 customers, randomised), cut into random halves with the seeds 0 to 7: learnt on one "
    "half, judged on the other, every row on the same customers. Qini is `cj.metrics.qini`, per customer of all; its "
    "interval is that on one half (mean of the eight), and is wide: most rows tie. The differences from the default "
    "are paired by split, with Student's interval over the eight; the halves share customers, so it speaks of these "
    "customers. The default, `Uplift()` (learner `s`, penalised regression with interactions), was fixed before any "
    "of this was seen. Ours learn from the table as it is, peers from numbers made of it beforehand; the probability "
    "of treatment is given wherever a learner takes one; one thread."
)


def main() -> int:
    """Run every contender on every split, and the timings."""
    folder = at_hand("hillstrom")
    if folder is None:
        sys.stderr.write("the Hillstrom file is not at hand: nothing is measured\n")
        return 0
    file, before = str(folder / "hillstrom.csv"), Surroundings.now()
    with tempfile.TemporaryDirectory() as kept:
        seconds: dict[str, list[float]] = defaultdict(list)
        for seed in range(SEEDS):
            for python, name in contenders():
                told = run([python, "-m", f"benchmarks.models.uplift.{name}", file, kept, str(seed)]).answer
                for key, took in told.items():
                    seconds[key].append(took)
        customers = read(file)
        parts = [said(problem, measured(customers, problem, seconds, kept)) for problem in PROBLEMS]
    parts += [_paces(file), _millions()]
    around = Surroundings.now().since(before)
    provenance_said = f"{provenance(PACKAGES, started=before.date)} {around}{_foreign()}"
    body = "\n\n".join([TEXT, *parts, provenance_said])
    put(PAGE, heading="Models: uplift on a real test", body=body, title="Results")
    sys.stdout.write(body + "\n")
    return 0


def contenders() -> list[tuple[str, str]]:
    """Return each script and the Python that runs it."""
    own = [(sys.executable, "with_cjlab"), (sys.executable, "with_causalml")]
    foreign = interpreter("uplift", PEERS)
    return own + ([(str(foreign), "with_econml"), (str(foreign), "with_scikit_uplift")] if foreign else [])


def _paces(file: str) -> str:
    """Write what learning of both e-mails at once costs, beside the peer's same learner."""
    told = run([sys.executable, "-m", "benchmarks.models.uplift.pace", file]).answer
    lines = [line for learner in pace.LEARNERS for line in pace.lines(learner, told)]
    text = (
        f"**Both e-mails against none, 64,000 customers, visit**: processor seconds to learn, in turn in one process, "
        f"{pace.ROUNDS} rounds; causalml on XGBoost with the probability given."
    )
    return f"{text}\n\n{table(pace.COLUMNS, lines)}"


def _millions() -> str:
    """Write what a million customers cost."""
    script = [sys.executable, "-m", "benchmarks.models.uplift.million"]
    told = {learner: run([*script, learner, str(million.CUSTOMERS)]).answer for learner in million.LEARNERS}
    return f"{million.SAID}\n\n{table(million.COLUMNS, [million.row(*one) for one in told.items()])}"


def _foreign() -> str:
    """Say which versions the peers were."""
    return f" In an environment of their own: {', '.join(PEERS)}." if interpreter("uplift", PEERS) else ""


if __name__ == "__main__":
    sys.exit(main())
