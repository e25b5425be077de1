"""How a page about a log speaks: of which log, in which language and currency."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cjlab import datasets
from cjlab._display import LEAST, Numbers, Wording, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_YEAR = range(364, 368)
_TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Voice:
    """What every part of a page about a log asks: how things are said.

    Parameters
    ----------
    source
        The log: a packaged data set by its name, or the folder of a log.
    language
        The reader's.
    currency
        In what its amounts are, an ISO 4217 code; that of the data set where it is empty.
    """

    source: str
    language: str
    currency: str = ""

    def __call__(self, key: str, /, **values: object) -> str:
        """Fill a sentence of the room's catalogue."""
        return Wording.of("cjlab.reports.pages", self.language)(key, **values)

    def word(self, kind: str, name: str) -> str:
        """Say a word of the log in the reader's language where the catalogue has it."""
        texts = Wording.of("cjlab.reports.pages", self.language).texts
        return texts.get(f"{kind}_{name}", name.replace("_", " "))

    def channel(self, name: str) -> str:
        """Say a channel as figures do."""
        texts = Wording.of("cjlab.plots", self.language).texts
        return texts.get(f"channel_{name}", name.replace("_", " "))

    @property
    def numbers(self) -> Numbers:
        """The formats of the language."""
        return Numbers(self.language)

    @property
    def title(self) -> str:
        """What the log is called."""
        return self.word("source", Path(self.source).name)

    @property
    def note(self) -> str:
        """What must be said first: that nobody in the log exists, where it is so."""
        made = {one.name for one in datasets.catalogue().entries if not one.sources}
        return self("made_up") if self.source in made else ""

    def money(self, amount: float) -> str:
        """Write an amount, in its currency where that is known: cents below ten, none above."""
        return self.numbers.amount(amount, self.unit)

    @property
    def unit(self) -> str:
        """In what amounts are, an ISO 4217 code; empty where nobody says."""
        known = {one.name: one.currency for one in datasets.catalogue().entries}
        return self.currency or known.get(self.source, "")

    def share(self, value: float) -> str:
        """Write a share with one decimal."""
        return self.numbers.share(value, digits=1)

    def decimal(self, value: float) -> str:
        """Write a number with one decimal."""
        return self.numbers.decimal(value, digits=1)

    def between(self, low: float, high: float, write: Callable[[float], str]) -> str:
        """Write the ends of an interval; a sign of per cent stands once, at its end."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return self("unknown")
        first, last = write(low), write(high)
        if first.endswith("%"):
            first = first[:-1].rstrip()
        return self("from_to", low=first, high=last)

    def last(self, moment: dt.datetime, timezone: str) -> dt.date:
        """Return the last day before a moment, where the brand is."""
        return (moment - _TICK).astimezone(ZoneInfo(timezone)).date()

    def span(self, days: int) -> str:
        """Say for how long: a year, or so many days."""
        return self("for_a_year") if days in _YEAR else self("for_days", days=self.numbers.count(days))

    def times(self, count: int) -> str:
        """Say how often: in a word where there is one."""
        texts = Wording.of("cjlab.reports.pages", self.language).texts
        return texts.get(f"count_{count}") or self("count_times", count=self.numbers.count(count))

    def joined(self, names: Sequence[str]) -> str:
        """Join names: ``a, b and c``."""
        return joined(names, language=self.language)

    def quoted(self, name: str) -> str:
        """Put a name of the log between quotation marks, its underscores read as spaces."""
        said = name.replace("_", " ")
        return f"«\u202f{said}\u202f»" if self.language == "fr" else f"“{said}”"


def few(count: float) -> bool:
    """Whether so few customers are not counted out."""
    return 0 < count < LEAST
