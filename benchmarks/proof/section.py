"""A section of the page: what it says, and how many of its bars do not hold."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.page import provenance, put, table
from benchmarks.proof.bar import COLUMNS, Part, Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PAGE = Path(__file__).parents[1] / "PROOF.md"
PACKAGES = ("cjlab", "numpy", "scipy", "polars", "pyarrow")
RULE = (
    "A nominal rate holds when the exact 99 % binomial interval of the observed count contains it; a bar to be reached "
    "or not to be passed holds unless the interval lies wholly on its wrong side. Seeds are 0 … n − 1, never chosen."
)


class Section(NamedTuple):
    """What a section says, as Markdown, and how many of its bars do not hold."""

    body: str
    failed: int = 0


def rates(found: Iterable[Rate | Part], *said: str) -> Section:
    """Set rates against their bars, behind what is said of them."""
    kept = list(found)
    return Section("\n\n".join([*said, barred(kept)]), missed(kept))


def barred(found: Sequence[Rate | Part]) -> str:
    """Write rates beside their bars, with the rule they are judged by."""
    return f"{RULE}\n\n{table(COLUMNS, [rate.row() for rate in found])}"


def missed(found: Iterable[Rate | Part]) -> int:
    """Count the bars that do not hold."""
    return sum(not rate.holds for rate in found)


def write(heading: str, measure: Callable[[], Section | None]) -> int:
    """Measure a section, put it into the page under its heading, and count what does not hold.

    A section whose data is not at hand is None, and what the page says stays.
    """
    started = _now()
    section = measure()
    if section is None:
        sys.stdout.write(f"{heading}: its data is not at hand\n")
        return 0
    body = f"{section.body}\n\n{provenance(PACKAGES, started=started)}"
    put(PAGE, heading=heading, body=body, title="Proof")
    sys.stdout.write(f"{heading}: {(_now() - started).total_seconds():.0f} s\n")
    return section.failed


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)
