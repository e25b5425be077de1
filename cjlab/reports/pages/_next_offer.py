"""The page of next offers: whom to offer what, what that replaces, and whether there is enough of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab._display import LEAST
from cjlab.plots import Level, levels
from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, Grid, method, section
from cjlab.reports.pages._offering import Offering
from cjlab.reports.pages._voice import Voice, few

if TYPE_CHECKING:
    from cjlab.models import OfferPlan
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order

_SHOWN: Final = 12  # kinds in the table
_BESIDE: Final = ("model", "popularity", "item to item", "association")
_SEGMENTS: Final = ("lately", "while", "long")
_LEADING: Final = 3


@dataclass(frozen=True)
class NextOfferPage:
    """The parts of a page that says whom to offer what next.

    Parameters
    ----------
    plan : OfferPlan
        Whom to offer what.
    cost : float
        What one contact costs, in the log's currency.
    source : str
        The log: a packaged data set by its name, or what the log is called.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what amounts are, an ISO 4217 code; that of the data set where it is empty.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
    >>> page = cj.reports.NextOfferPage(cj.models.OfferPlan.of(log), 0.1, "simulated_shop")
    >>> page.result.bundle["reader"]
    'decider'
    """

    plan: OfferPlan
    cost: float
    source: str
    language: str = "en"
    currency: str = ""

    @property
    def top(self) -> Shown:
        """Question, decision, key numbers, and what to do.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> page = cj.reports.NextOfferPage(cj.models.OfferPlan.of(log), 0.1, "simulated_shop")
        >>> [part.kind for part in page.top]
        ['header', 'decision', 'key-numbers', 'plan']
        """
        said, say = self._said, self._say
        facts = [say("o_kind"), say.title, say("o_scored", **said.words)]
        return self._answer.top(facts, numbers=(say("l_key"), said.key_numbers), plan=(say("l_plan"), said.lines))

    @property
    def whom(self) -> Shown:
        """Which offers for whom, by how long ago they bought.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> page = cj.reports.NextOfferPage(cj.models.OfferPlan.of(log), 0.1, "simulated_shop")
        >>> page.whom[0].title
        'Which offers, for whom'
        """
        say = self._say
        columns = [say(f"o_col_{name}") for name in ("segment", "customers", "leading", "taken", "today")]
        counts = self._say.numbers.parts([int((self.plan.segment == place).sum()) for place in range(len(_SEGMENTS))])
        rows = [self._segment(place, count) for place, count in enumerate(counts)]
        lead = [say("o_whom_lead", **self._said.words)]
        return (section(say("o_whom"), Body(lead=lead, grid=Grid(columns, rows, frozenset({1, 3, 4})))),)

    @property
    def replaced(self) -> Shown:
        """What it replaces: how often offers by other rules were bought, of the same customers.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> page = cj.reports.NextOfferPage(cj.models.OfferPlan.of(log), 0.1, "simulated_shop")
        >>> len(page.replaced)
        2
        """
        say, inks = self._say, {"model": "accent", "popularity": "bad"}
        lines = [
            Level(
                say(f"o_by_{name.replace(' ', '_')}"),
                self.plan.hits.offered,
                *self._taken(name),
                inks.get(name, "muted"),
            )
            for name in _BESIDE
            if name in self.plan.hits.names
        ]
        drawn = levels(
            lines,
            axis=say("o_axis", **self._said.words),
            finding=say("o_found", **self._said.words),
            language=self.language,
        )
        return section(say("o_replaced"), Body(lead=[say("o_replaced_lead", **self._said.words)])), drawn

    @property
    def stock(self) -> Shown:
        """What is offered, to how many, and whether there is enough of it.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> page = cj.reports.NextOfferPage(cj.models.OfferPlan.of(log), 0.1, "simulated_shop")
        >>> page.stock[0].title
        'Is there enough of it?'
        """
        say, known = self._say, self.plan.stock is not None
        names = ["kind", "offered", "expected", *(["stock", "enough"] if known else [])]
        rows = [self._kind(*row, known=known) for row in self._said.cover.head(_SHOWN).itertuples(index=False)]
        grid = Grid([say(f"o_col_{name}") for name in names], rows, frozenset(range(1, len(names)))) if rows else None
        lead = [say(f"o_stock_{'known' if known else 'unknown'}_lead", **self._said.words)]
        more = len(self._said.cover) - _SHOWN
        lead += [say("o_stock_more", count=say.numbers.count(more))] if more > 0 else []
        return (section(say("o_stock"), Body(lead=lead, grid=grid)),)

    @property
    def method(self) -> Part:
        """How it was computed, and what weighs how much.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> cj.reports.NextOfferPage(cj.models.OfferPlan.of(log), 0.1, "simulated_shop").method.kind
        'method'
        """
        say, told = self._say, self.plan.model.weights.to_frame().set_index("ingredient")
        rows = [
            [say.word("o_weight", name), self._two(weight), say.between(low, high, self._two)]
            for name, (weight, low, high) in zip(told.index.tolist(), told.to_numpy(float).tolist(), strict=True)
        ]
        columns = [say("o_col_weight"), say("o_col_value"), say("p_col_interval")]
        body = Body(paragraphs=[say("o_method", **self._said.words)], grid=Grid(columns, rows, frozenset({1, 2})))
        return method(say("method"), body)

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> page = cj.reports.NextOfferPage(cj.models.OfferPlan.of(log), 0.1, "simulated_shop")
        >>> page.result.bundle["entries"][0]["metric"]
        'taken'
        """
        last = self._say.last(self.plan.as_of, self.plan.timezone).isoformat()
        return self._answer.result(
            language=self.language, data_until=last, contacts=self._said.count, entries=self._entries()
        )

    @property
    def _answer(self) -> Answer:
        said, say = self._said, self._say
        return Answer(say("o_question"), said.headline, said.why, say("o_reservation"), said.tone, say.note)

    def _entries(self) -> list[dict[str, object]]:
        """Every number, with its interval: the shares taken and hit by each rule, and how far ahead the offers are."""
        hits, n = self.plan.hits.to_frame().set_index("method")[["hit", "low", "high"]], self.plan.hits.offered
        made: list[tuple[object, ...]] = [("taken", name, n, *self._taken(name)) for name in self.plan.hits.names]
        for name, row in zip(self.plan.hits.names, hits.to_numpy(float).tolist(), strict=True):
            made.append(("hit", name, len(self.plan.hits.hits), *row))
        made.append(("ahead", "popularity", n, *(float(one) for one in self.plan.ahead)))
        names = ("metric", "by", "n", "estimate", "low", "high")
        return [{"kind": "offers", **dict(zip(names, row, strict=True))} for row in made]

    def _taken(self, name: str, segment: int | None = None) -> tuple[float, float, float]:
        estimate, low, high = (float(one) for one in self.plan.taken(name, segment))
        return estimate, low, high

    def _segment(self, place: int, count: str) -> list[str]:
        """Write a row of a segment: how many, what is offered first, and what was taken then."""
        say, mine = self._say, self.plan.segment == place
        name = say(f"o_segment_{_SEGMENTS[place]}", **self._horizons)
        then = int(self.plan.all_offered[place])
        unknown = [say("unknown")] * 2
        told = unknown if few(then) or not then else [self._share(self._taken(one, place)) for one in _BESIDE[:2]]
        return [name, count, self._leading(mine), *told]

    def _leading(self, mine: Any) -> str:  # noqa: ANN401 - flags
        """Name what is offered first to most of some customers."""
        items, counts = np.unique(self._said.items[mine, 0], return_counts=True)
        order = [
            place for place in np.argsort(-counts, kind="stable")[:_LEADING] if counts[place] >= LEAST and items[place]
        ]
        if not order:
            return self._say("unknown")
        return "; ".join(
            f"{self._said.named(str(items[place]))} ({self._say.numbers.count(counts[place])})" for place in order
        )

    @property
    def _horizons(self) -> dict[str, str]:
        """The ends of the segments, in days."""
        days = float(self._said.days.replace(",", "."))
        return {"one": self._said.days, "three": self._say.numbers.decimal(3 * days, digits=0)}

    def _kind(self, *row: Any, known: bool) -> list[str]:  # noqa: ANN401 - of a frame
        """Write a row of what is offered."""
        item, offered, _, expected, held, _ = row
        say, count = self._say, self._say.numbers.count
        told = [self._said.named(str(item)), count(offered), count(math.ceil(expected))]
        if not known:
            return told
        if math.isnan(held):
            return [*told, say("unknown"), say("unknown")]
        enough = "enough_all" if held >= offered else "enough_expected" if held >= expected else "enough_not"
        return [*told, count(held), say(f"o_{enough}")]

    def _share(self, found: tuple[float, float, float]) -> str:
        return f"{self._say.share(found[0])} ({self._say.between(found[1], found[2], self._say.share)})"

    def _two(self, value: float) -> str:
        return self._say.numbers.decimal(value, digits=2)

    @cached_property
    def _said(self) -> Offering:
        return Offering(self.plan, self.cost, Voice(self.source, self.language, self.currency))

    @property
    def _say(self) -> Voice:
        return self._said.say
