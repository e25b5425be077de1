"""Rerun next offers beside implicit, and write the figures into ``benchmarks/RESULTS.md``.

implicit has an environment of its own; where that cannot be made nothing is measured.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from typing import TYPE_CHECKING, Final

from benchmarks.environment import interpreter
from benchmarks.experiments.measure import ROOT
from benchmarks.page import provenance, put, table
from benchmarks.proof.offered import FOREIGN, SETTINGS, Case, cases, implicit
from cjlab.models import NextOffer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cjlab.models.offers._offers import Hits

PAGE: Final = ROOT / "benchmarks" / "RESULTS.md"
PACKAGES: Final = ("cjlab", "numpy", "scipy", "polars")
COLUMNS: Final = ("where", "offers by", "hit", "95 % interval", "ours ahead by", "95 % interval of that", "CPU s")
TEXT: Final = (
    "Share of customers who bought one of three offers within 28 days, of those who bought anything that could have "
    "been offered; nothing at or after the date was learned of. Differences are of pairs, for the same customers. "
    "implicit is shown as it comes, and by the luckiest of seven settings of its factors, chosen on these very "
    "customers; the defaults of `NextOffer` were fixed on earlier dates. CPU seconds are of learning and of offers "
    "for all customers, in one thread: ours begin with the log, which is read and learned of twice (before the "
    "horizon, for the weights; and again), those of implicit with a table that is made already. `NextOffer` knows "
    "when things were bought, and implicit does not: much of the difference is what is popular lately."
)


def main() -> int:
    """Measure every log that is at hand."""
    python = interpreter("implicit", FOREIGN)
    if python is None:
        return 0
    started = dt.datetime.now(tz=dt.UTC)
    rows = [row for case in cases() for row in measured(case, python)]
    body = f"{TEXT}\n\n{table(COLUMNS, rows)}\n\n{provenance(PACKAGES, started=started)} Peers: {', '.join(FOREIGN)}."
    put(PAGE, heading="Models: what to offer next", body=body, title="Results")
    return 0


def measured(case: Case, python: Path) -> Iterator[tuple[str, ...]]:
    """Yield a row a method."""
    began = time.process_time()
    model = NextOffer(per=case.per, again=case.again).fit(case.log, as_of=case.as_of)
    model.suggest(case.log, as_of=case.as_of)
    seconds = time.process_time() - began
    own = model.judge(case.log, as_of=case.as_of)
    yield _row(case, own, 0, seconds)
    for place, name in enumerate(own.names):
        if name in {"popularity", "item to item"}:
            yield _row(case, own, place, None)
    peers = implicit(case, model, own, python)
    luckiest = max(peers[:SETTINGS], key=lambda one: one.hits.hits[:, 1].mean())
    for peer in (*peers[SETTINGS:], luckiest):
        yield _row(case, peer.hits, 1, peer.seconds)


def _row(case: Case, hits: Hits, place: int, seconds: float | None) -> tuple[str, ...]:
    row = hits.to_frame().iloc[place]
    ends = f"{row['ahead_low']:+.3f} to {row['ahead_high']:+.3f}"
    ahead = (f"{row['ahead']:+.3f}", ends) if place else ("", "")
    name = str(row["method"]) if place else "cjlab, NextOffer"
    told = "" if seconds is None else f"{seconds:.2f}"
    return (case.where, name, f"{row['hit']:.3f}", f"{row['low']:.3f} to {row['high']:.3f}", *ahead, told)


if __name__ == "__main__":
    sys.exit(main())
