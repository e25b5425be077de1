"""The page of customer value: tiers, what may be spent on whom, who moved, and what the forecast came to before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cjlab._display import started
from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, Grid, method, section, text
from cjlab.reports.pages._listened import lines
from cjlab.reports.pages._valued import ENDS, Valued, three
from cjlab.reports.pages._voice import Voice, few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.models import Portfolio
    from cjlab.reports.pages._listened import Line
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order


@dataclass(frozen=True)
class ValuePage:
    """The parts of a page that says what customers are worth, and what may be spent on whom.

    Parameters
    ----------
    found : Portfolio
        What they are worth.
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
    >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), margin=0.3)
    >>> cj.reports.ValuePage(found, 0.5, "cdnow_sample").result.bundle["reader"]
    'decider'
    """

    found: Portfolio
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
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), margin=0.3)
        >>> [part.kind for part in cj.reports.ValuePage(found, 0.5, "cdnow_sample").top]
        ['header', 'decision', 'key-numbers', 'plan']
        """
        said, say = self._said, self._say
        facts = [say("v_kind"), say.title, say("v_customers", **said.words), say("v_horizon", **said.words)]
        plan = said.plan if said.key_numbers else []
        return self._answer.top(facts, numbers=(say("v_key"), said.key_numbers), plan=(say("v_plan"), plan))

    @property
    def tiers(self) -> Shown:
        """How the margin lies in tiers.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), margin=0.3)
        >>> len(cj.reports.ValuePage(found, 0.5, "cdnow_sample").tiers)
        3
        """
        from cjlab import plots

        say, said = self._say, self._said
        lead = section(say("v_tiers"), Body(lead=[say("v_tiers_lead", **said.words)]))
        rows = [self._row(name, one) for name, one in said.tiers.items()]
        grid = self._grid(("tier", "customers", "least", "each", "value", "between"), rows)
        return lead, plots.tiers(self.found, language=self.language), text("", Body(grid=grid))

    @property
    def spend(self) -> Shown:
        """What a contact or an offer may cost, for whom.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), margin=0.3)
        >>> cj.reports.ValuePage(found, 0.5, "cdnow_sample").spend[0].title
        'What a contact or an offer may cost'
        """
        say, said = self._say, self._said
        rows = [self._cap(name, one) for name, one in said.tiers.items()]
        grid = self._grid(("tier", "cap", "contacts", "pays", "budget"), rows)
        lead = [say("v_spend_lead", **said.words), *([say("v_spend_lowered")] if said.lowered else [])]
        return (section(say("v_spend"), Body(lead=lead, grid=grid)),)

    @property
    def moved(self) -> Shown:
        """Who moved between tiers.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), margin=0.3)
        >>> cj.reports.ValuePage(found, 0.5, "cdnow_sample").moved[0].kind
        'section'
        """
        say, words = self._say, self._said.words
        lead = say("v_moved_lead", **words | {"up": started(words["up"])})
        body = Body(lead=[lead], grid=self._said.moved.grid())
        return (section(say("v_moved", **words), body),)

    @property
    def past(self) -> Shown:
        """What the same forecast, made a horizon ago, came to.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), margin=0.3)
        >>> len(cj.reports.ValuePage(found, 0.5, "cdnow_sample").past)
        2
        """
        say, said, held = self._say, self._said, self.found.held
        if held is None:
            return (section(say("v_past"), Body(paragraphs=[say("v_past_none", **said.words)])),)
        from cjlab.plots import Level, levels

        every = Level(say("v_past_all"), float(held.tiers["customers"].sum()), *three(held.ratio), ink="muted")
        tiers = [
            Level(said.tier(name), one["customers"], one["ratio"], one["low"], one["high"])
            for name, one in lines(held.tiers[::-1]).items()
        ]
        found = [f"v_past_{held.verdict}", *(["v_past_apart"] if said.apart else [])]
        finding = " ".join(say(one, **said.words) for one in found)
        drawn = levels([every, *tiers], axis=say("v_past_axis"), finding=finding, limit=1.0, language=self.language)
        return section(say("v_past"), Body(lead=[say("v_past_lead", **said.words)])), drawn

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), margin=0.3)
        >>> cj.reports.ValuePage(found, 0.5, "cdnow_sample").method.kind
        'method'
        """
        say, said, model = self._say, self._said, self.found.model
        known = [
            f"{name} {self._three(value)} ({say.between(*one.limits[name][:2], self._three)})"
            for one in (model.counting.parameters, model.spending.parameters)
            for name, value in zip(one.names, one.estimates.tolist(), strict=True)
        ]
        told = {"parameters": ", ".join(known), "correlation": self._three(model.spending.correlation)}
        return method(say("method"), Body(paragraphs=[say("v_method", **said.words), say("v_fitted", **told)]))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), margin=0.3)
        >>> cj.reports.ValuePage(found, 0.5, "cdnow_sample").result.bundle["entries"][0]["metric"]
        'expected_margin'
        """
        last = self._say.last(self.found.as_of, self.found.timezone).isoformat()
        return self._answer.result(language=self.language, data_until=last, entries=self._entries())

    def _entries(self) -> list[dict[str, object]]:
        """Every number, with its interval; nothing of tiers with few customers."""
        found, buyers = self.found, int(self.found.tiers["customers"].sum())
        made = [_entry("base", "expected_margin", buyers, three(found.total))]
        if found.held is not None:
            made.append(
                _entry("base", "came_of_promised", int(found.held.tiers["customers"].sum()), three(found.held.ratio))
            )
            made += [
                _entry(
                    "tier", "came_of_promised", int(one["customers"]), [one[end] for end in ("ratio", "low", "high")]
                )
                | {"tier": name}
                for name, one in lines(found.held.tiers[::-1]).items()
                if name in self._said.told and not few(one["customers"])
            ]
        for name, one in self._said.told.items():
            for metric in ("value", "part", "each", "purchase"):
                ends = [one[f"{metric}{end}"] for end in ENDS]
                made.append(_entry("tier", metric, int(one["customers"]), ends) | {"tier": name})
            made.append(
                {"kind": "tier", "metric": "cap", "n": int(one["customers"]), "estimate": one["cap"], "tier": name}
            )
        return made

    @property
    def _answer(self) -> Answer:
        said, say = self._said, self._say
        return Answer(say("v_question"), said.headline, said.why, said.reservation, said.tone, say.note)

    def _row(self, name: str, one: Line) -> list[str]:
        say, said = self._say, self._said
        count = said.counts[name]
        if name not in said.told:
            return [started(said.tier(name)), count, *[say("unknown")] * 4]
        least = say("v_from", amount=say.money(max(one["least"], 0.0)))
        ends = said.between((one["value_low"], one["value_high"]), say.money)
        each = said.with_ends(one, "each", say.money)
        return [started(said.tier(name)), count, least, each, say.money(one["value"]), ends]

    def _cap(self, name: str, one: Line) -> list[str]:
        say, said = self._say, self._said
        if name not in said.told:
            return [started(said.tier(name)), *[say("unknown")] * 4]
        cap, budget = say.money(one["cap"]), say.money(one["budget"])
        return [started(said.tier(name)), cap, said.contacts(one), said.pays(one), budget]

    def _three(self, value: float) -> str:
        return self._say.numbers.decimal(value, digits=3)

    def _grid(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Grid:
        columns = [started(self._say(f"v_column_{name}", **self._said.words)) for name in names]
        return Grid(columns, rows, _RIGHT)

    @cached_property
    def _said(self) -> Valued:
        return Valued(self.found, self.cost, Voice(self.source, self.language, self.currency))

    @property
    def _say(self) -> Voice:
        return self._said.say


_RIGHT = frozenset(range(1, 20))


def _entry(kind: str, metric: str, n: int, ends: Sequence[object]) -> dict[str, object]:
    return {"kind": kind, "metric": metric, "n": n} | dict(zip(("estimate", "low", "high"), ends, strict=True))
