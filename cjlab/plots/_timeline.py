"""One customer's life in a log as a picture: a lane for each thing he did, and for each channel of messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from cjlab._checks import flag
from cjlab._display import Numbers, Wording, started
from cjlab.plots._lanes import Lane, Lanes, Marks
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.features import Chronicle

_MOST: Final = 7  # lanes of events
_PART: Final = 30  # days of a line of the table, where there are no months
_INKS: Final = {
    "purchase": ("good", "square", 9),
    "return": ("bad", "triangle-down", 9),
    "complaint": ("bad", "triangle-up", 10),
    "case_opened": ("bad", "triangle-up", 9),
    "payment_missed": ("bad", "triangle-up", 9),
}
_ANSWERED: Final = {
    ("accent", "circle", 10): ("opened", "clicked", "redeemed"),
    ("bad", "x", 10): ("unsubscribed", "spam_reported"),
    ("muted", "circle", 6): ("delivered", "bounced"),
}


def timeline(life: Chronicle, *, language: str = "en", dated: bool = True) -> go.Figure:
    """Draw one customer's life: purchases, whatever else he did most often, and messages with their answers.

    The customer is not named. The table counts by month, or by 30 days from his first row where the picture is not
    dated, so that no single moment of his stands in it.

    Parameters
    ----------
    life : Chronicle
        His life.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    dated : bool, default: True
        Whether days are dates; otherwise they are counted from his first row, so that who knows when he did one thing
        does not recognise him by it.

    Returns
    -------
    plotly.graph_objects.Figure
        A lane for each of the seven most frequent kinds of events, purchases first, and for each channel of messages.

    Raises
    ------
    SpecError
        When the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> life = cj.features.Chronicle.of(cj.datasets.simulated_shop(n_customers=200))
    >>> cj.plots.timeline(life).layout.meta["cjlab"]["table"]["columns"][:2]
    ['Month', 'Purchase']
    """
    said = _Said(life, language, flag(dated, name="dated"))
    lanes = Lanes(
        days=max(life.days, 1),
        start=life.start if dated else None,
        language=language,
        bands=(),
        line=((), ()),
        lanes=[*said.deeds(), *said.messages()],
        legend=said("timeline_legend") if life.contacts.height else said("timeline_legend_alone"),
    )
    columns, rows = said.table()
    return lanes.figure(Told(finding=said.finding(), columns=columns, rows=rows, summary=said("numbers")))


@dataclass(frozen=True, slots=True)
class _Said:
    """A life in a language."""

    life: Chronicle
    language: str
    dated: bool

    def __call__(self, key: str, /, **values: object) -> str:
        return Wording.of("cjlab.plots", self.language)(key, **values)

    def name(self, kind: str, word: str) -> str:
        """Say a word of the log in the reader's language where the catalogue has it."""
        texts = Wording.of("cjlab.plots", self.language).texts
        return started(texts.get(f"{kind}_{word}", word.replace("_", " ")))

    @property
    def kinds(self) -> list[str]:
        """The kinds of events that have a lane: purchases first, then those that happened most often."""
        counts = self.life.events["event"].value_counts().sort("count", "event", descending=[True, False])
        every = counts["event"].to_list()
        first = [one for one in ("purchase", "return") if one in every]
        return [*first, *(one for one in every if one not in first)][:_MOST]

    @property
    def channels(self) -> list[str]:
        """The channels of messages."""
        return self.life.contacts["channel"].unique(maintain_order=True).to_list()

    def deeds(self) -> list[Lane]:
        """Make a lane of each kind of event, a mark a day."""
        made = []
        for kind in self.kinds:
            days = self.life.events.filter(event=kind)["day"].unique().sort().to_list()
            made.append(Lane(self.name("event", kind), (Marks(days, *_INKS.get(kind, ("accent", "circle", 8))),)))
        return made

    def messages(self) -> list[Lane]:
        """Make a lane of each channel of messages, by what they were answered with."""
        sent = self.life.contacts.with_columns(pl.col("answer").fill_null("delivered"))
        made = []
        for channel in self.channels:
            mine = sent.filter(channel=channel)
            marks = [
                Marks(mine.filter(pl.col("answer").is_in(answers))["day"].to_list(), *look)
                for look, answers in _ANSWERED.items()
            ]
            made.append(Lane(self("timeline_sent", channel=self.name("channel", channel).lower()), marks))
        return made

    def finding(self) -> str:
        """Say for how long, how often he bought, and how much of what was sent he read."""
        count = Numbers(self.language).count
        bought = self.life.events.filter(event="purchase")["day"].n_unique()
        read = self.life.contacts["answer"].is_in(["opened", "clicked", "redeemed"]).sum()
        key = "timeline_one_day" if bought == 1 else "timeline_many_days"
        words = {"days": count(self.life.days), "bought": self(key, count=count(bought))}
        if not self.life.contacts.height:
            return self("timeline_found_alone", **words)
        return self("timeline_found", **words, sent=count(self.life.contacts.height), read=count(int(read)))

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Count by month or thirty days: days with each kind of event, and messages of each channel."""
        day = pl.col("day")
        date = pl.lit(self.life.start) + pl.duration(days=day)
        part = date.dt.strftime("%Y-%m") if self.dated else day // _PART
        done = self.life.events.unique(["day", "event"]).select(part=part, lane=pl.col("event"))
        sent = self.life.contacts.select(part=part, lane=pl.lit("sent ") + pl.col("channel"))
        lanes = [*self.kinds, *(f"sent {channel}" for channel in self.channels)]
        every = pl.concat([done, sent]).filter(pl.col("lane").is_in(lanes))
        wide = every.pivot(on="lane", index="part", values="lane", aggregate_function="len").sort("part")
        count = Numbers(self.language).count
        rows = [[self._part(row["part"]), *(count(row.get(lane) or 0) for lane in lanes)] for row in wide.to_dicts()]
        names = [lane.name for lane in (*self.deeds(), *self.messages())]
        return [self("month") if self.dated else self("timeline_days"), *names], rows

    def _part(self, part: str | int) -> str:
        """Name a line of the table: a month, or days since the first."""
        return part if isinstance(part, str) else f"{part * _PART}\u2013{(part + 1) * _PART - 1}"
