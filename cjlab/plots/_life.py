"""One customer's life as a picture: lanes over days, with what the brand could not see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cjlab._display import Numbers, Wording, started
from cjlab.plots._lanes import Band, Lane, Lanes, Marks
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.simulator import Life

_INKS = {"loyalty": "good", "advocacy": "good", "lapsed": "muted", "gone": "bad"}
_TROUBLES = ("case_opened", "complaint", "payment_missed", "promise_broken", "contract_ended")
_TOLD = ("visit", "purchase", "subscribed", "unsubscribed", *_TROUBLES)
_ANSWERS = {
    ("accent", "circle", 10): ("opened", "unsubscribed"),
    ("good", "star", 13): ("clicked", "redeemed"),
    ("bad", "x", 10): ("spam_reported",),
    ("muted", "circle", 6): ("delivered", "bounced"),
}


def life(life: Life, *, language: str = "en") -> go.Figure:
    """Draw one simulated customer's life: contacts and their answers, visits, purchases, troubles, and the truth.

    Parameters
    ----------
    life : Life
        One customer of a run.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        A lane a channel of contacts, one each for visits, purchases and troubles, and above them the true stage and
        satisfaction.

    Raises
    ------
    SpecError
        When the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=50)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.Everyone(every=7), days=90)
    >>> cj.plots.life(run.life(2)).layout.meta["cjlab"]["finding"].startswith("In 90 days this made-up customer")
    True
    """
    said = _Said(life, language)
    last = int(life.states["day"].max() or 0) + 1  # type: ignore[arg-type]
    lanes = Lanes(
        days=last,
        start=life.start,
        language=language,
        bands=said.stages(),
        line=said.satisfaction(),
        lanes=[*said.contacts(), *said.deeds()],
        legend=said("life_legend"),
    )
    return lanes.figure(
        Told(
            finding=said.finding(last),
            columns=[said(key) for key in ("life_date", "life_channel", "life_what", "life_knew")],
            rows=said.rows(),
            summary=said("numbers"),
        )
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A life in a language."""

    life: Life
    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        return Wording.of("cjlab.plots", self.language)(key, **values)

    def name(self, kind: str, word: str) -> str:
        """Say a word of the world in the reader's language where the catalogue has it."""
        texts = Wording.of("cjlab.plots", self.language).texts
        return texts.get(f"{kind}_{word}", word.replace("_", " "))

    def stages(self) -> list[Band]:
        """Put days of one stage together."""
        states = self.life.states.with_columns(run=pl.col("stage").rle_id())
        joined = states.group_by("run", maintain_order=True).agg(
            pl.col("stage").first(), first=pl.col("day").min(), last=pl.col("day").max() + 1
        )
        return [
            Band(first, last, self.name("stage", stage), _INKS.get(stage, "accent"))
            for _, stage, first, last in joined.iter_rows()
        ]

    def satisfaction(self) -> tuple[list[int], list[float]]:
        """Return days and satisfaction."""
        return self.life.states["day"].to_list(), self.life.states["satisfaction"].to_list()

    def contacts(self) -> list[Lane]:
        """Make a lane of each channel of contacts, by what they were answered with."""
        sent = self.life.contacts.filter("sent").with_columns(pl.col("answer").fill_null("delivered"))
        return [
            Lane(
                started(self.name("channel", channel)), (*_answered(sent.filter(channel=channel)), *self._said(channel))
            )
            for channel in sent["channel"].unique(maintain_order=True)
        ]

    def _said(self, channel: str) -> tuple[Marks, Marks]:
        """Mark when the customer would hear no more by a channel, and when he agreed to it again."""
        mine = self.life.events.filter(pl.col("channel") == channel)
        stopped, agreed = (mine.filter(pl.col("event") == one) for one in ("unsubscribed", "subscribed"))
        return _marks(stopped, "bad", "x", 10), _marks(agreed, "good", "cross", 11)

    def deeds(self) -> list[Lane]:
        """Make lanes of what the customer did, seen and unseen."""
        events = self.life.events
        made = []
        for key, kinds, ink, symbol in (
            ("visits", ("visit",), "accent", "circle"),
            ("purchases", ("purchase",), "good", "square"),
            ("troubles", _TROUBLES, "bad", "triangle-up"),
        ):
            mine = events.filter(pl.col("event").is_in(kinds)).unique(["day", "event", "knew"], maintain_order=True)
            if mine.height:
                known, unknown = (mine.filter(pl.col("knew") == knew) for knew in (True, False))
                marks = (_marks(known, ink, symbol, 9), _marks(unknown, "muted", "diamond", 8))
                made.append(Lane(self(f"life_{key}"), marks))
        return made

    def finding(self, days: int) -> str:
        """Say how much was sent and read, and how much of what the customer did was seen."""
        sent = self.life.contacts.filter("sent")
        read = sent["answer"].is_in(["opened", "clicked", "redeemed", "unsubscribed"]).sum()
        came = self.life.events.filter(pl.col("event").is_in(["visit", "purchase"])).unique(["at", "event"])
        orders = came.filter(pl.col("event") == "purchase").unique(["day"]).height
        numbers = {"days": days, "sent": sent.height, "read": read, "orders": orders}
        numbers |= {"came": came.height, "knew": came["knew"].sum()}
        count = Numbers(self.language).count
        return self("life_found", **{key: count(int(value)) for key, value in numbers.items()})

    def rows(self) -> list[list[str]]:
        """Write what happened, in the order of time: contacts, visits, purchases, troubles."""
        frame = self.life.to_frame()
        kept = frame[frame["what"].isin(_TOLD) | frame["what"].str.contains(": ")]
        date = Numbers(self.language).date
        yes = {True: self("life_yes"), False: self("life_no")}
        return [
            [date(one["date"].date()), self.name("channel", one["channel"]), self._what(one["what"]), yes[one["knew"]]]
            for one in kept.drop_duplicates(["date", "channel", "what"]).to_dict("records")
        ]

    def _what(self, what: str) -> str:
        kind, _, action = what.rpartition(": ")
        return f"{self(f'life_{kind}')} {self.name('action', action)}" if kind else self.name("event", what)


def _answered(sent: pl.DataFrame) -> list[Marks]:
    """Mark messages by what they were answered with."""
    return [_marks(sent.filter(pl.col("answer").is_in(answers)), *look) for look, answers in _ANSWERS.items()]


def _marks(frame: pl.DataFrame, ink: str, symbol: str, size: int) -> Marks:
    return Marks(frame["day"].to_list(), ink, symbol, size)
