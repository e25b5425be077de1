"""The page of an audience: whom a message is for, and what more and more contacts bring."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab._display import started
from cjlab.reports.pages._aimed import KINDS, Aimed
from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, Grid, method, section
from cjlab.reports.pages._voice import Voice

if TYPE_CHECKING:
    from cjlab.metrics import Curve
    from cjlab.models import Audience
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order


@dataclass(frozen=True, slots=True)
class UpliftPage:
    """The parts of a page that says whom a message is for, and what it brings there.

    Parameters
    ----------
    found : Audience
        Whom it is for.
    source : str
        The log: a packaged data set by its name, or what the log is called.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what value and cost are, an ISO 4217 code; that of the data set where it is empty.
    until : str, default: ""
        The last day of the data, such as ``"2025-09-30"``, where it is known.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
    >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
    >>> found = cj.models.Audience.of(X, rng.normal(size=900), treated="mail", **given)
    >>> cj.reports.UpliftPage(found, "a test").result.bundle["decision"]
    'Do not send “mail” yet: nothing shows that it pays'
    """

    found: Audience
    source: str
    language: str = "en"
    currency: str = ""
    until: str = ""

    @property
    def top(self) -> Shown:
        """Question, decision, key numbers, and what to do.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> found = cj.models.Audience.of(X, rng.normal(size=900), treated="mail", **given)
        >>> [part.kind for part in cj.reports.UpliftPage(found, "a test").top]
        ['header', 'decision', 'plan']
        """
        said, say = self._said, self._say
        facts = [say("u_kind"), say.title, say("u_customers", **said.words), say("u_worth", **said.words)]
        return self._answer.top(facts, numbers=(say("l_key"), said.key_numbers), plan=(say("l_plan"), said.plan))

    @property
    def people(self) -> Shown:
        """Four kinds of customers: how many, and what a contact brings on them.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> found = cj.models.Audience.of(X, rng.normal(size=900), treated="mail", **given)
        >>> cj.reports.UpliftPage(found, "a test").people[0].title
        'Four kinds of customers'
        """
        columns = [started(self._say(f"u_column_{name}")) for name in ("kind", "customers", "worth", "net")]
        grid = Grid(columns, [self._row(name) for name in KINDS], frozenset({1, 2, 3}))
        return (section(self._say("u_people"), Body(lead=[self._say("u_people_lead", **self._said.words)], grid=grid)),)

    @property
    def value(self) -> Shown:
        """What more and more contacts bring, by the model and by today's rule.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> found = cj.models.Audience.of(X, rng.normal(size=900), treated="mail", **given)
        >>> len(cj.reports.UpliftPage(found, "a test").value)
        2
        """
        from cjlab import plots

        n, numbers = self.found.customers, self._say.numbers
        axis = plots.Axis(self._say("u_axis"), {n * part / 5: numbers.count(n * part / 5) for part in range(6)})
        lines = [
            self._course("u_line_model", self.found.curve, "accent"),
            self._course("u_line_today", self.found.today, "muted"),
        ]
        chart = plots.courses(
            lines,
            across=axis,
            upwards=self._say("u_upwards" if self._say.unit else "u_upwards_plain"),
            finding=self._finding(),
            unit=self._say.unit or "number",
            spot=self._spot(),
            language=self.language,
        )
        return section(self._say("u_value"), Body(lead=[self._say("u_value_lead", **self._said.words)])), chart

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> found = cj.models.Audience.of(X, rng.normal(size=900), treated="mail", **given)
        >>> cj.reports.UpliftPage(found, "a test").method.kind
        'method'
        """
        return method(self._say("method"), Body(paragraphs=[self._say("u_method")]))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> found = cj.models.Audience.of(X, rng.normal(size=900), treated="mail", **given)
        >>> len(cj.reports.UpliftPage(found, "a test").result.bundle["entries"])
        8
        """
        return self._answer.result(language=self.language, data_until=self.until, entries=self._entries())

    def _row(self, name: str) -> list[str]:
        line = self._said.kind(name)
        count, told = self._said.counts[name]
        if not told or not math.isfinite(line["net"]):
            return [started(self._say(f"u_kind_{name}")), count, self._say("unknown"), self._say("unknown")]
        worth = [self.found.value * line[end] for end in ("effect", "low", "high")]
        return [
            started(self._say(f"u_kind_{name}")),
            count,
            self._told(*worth),
            self._told(*(line[end] for end in _NET)),
        ]

    def _told(self, estimate: float, low: float, high: float) -> str:
        low, high = sorted((_PER * low, _PER * high))
        return f"{self._say.money(_PER * estimate)} ({self._say.between(low, high, self._say.money)})"

    def _course(self, name: str, curve: Curve, ink: str) -> Any:  # noqa: ANN401 - a line of a chart
        from cjlab import plots

        shown = slice(None, None, 2)
        x = (self.found.customers * curve.share[shown]).tolist()
        y, low, high = (one[shown].tolist() for one in (curve.estimate, curve.low, curve.high))
        return plots.Course(self._say(name), x, y, low, high, ink)

    def _spot(self) -> tuple[float, float, str]:
        """Mark what was chosen where it lies; the model's choice where nobody is contacted."""
        n, one = self.found.customers, self._said.marked
        said = self._say("u_spot_model" if self._said.key == "nobody" else "u_spot", net=self._said.brought(one)["net"])
        return n * one.contacted, n * one.brought, said

    def _finding(self) -> str:
        """Say what is marked, with the interval of the decision, and what today's rule brings with as many contacts."""
        said = self._said
        words = {"count": said.contacts, **said.brought(said.marked)}
        found = self._say("u_found_model" if said.key == "nobody" else "u_found", **words)
        if said.key in {"everyone", "response"} or not said.marked.contacted:
            return found
        return self._say("u_found_beside", found=found, today="{net} ({interval})".format(**said.as_many))

    @property
    def _answer(self) -> Answer:
        said = self._said
        return Answer(self._question, said.headline, said.why, said.reservation, self._tone, self._say.note)

    def _entries(self) -> list[dict[str, object]]:
        """Every number, with its interval."""
        made: list[dict[str, object]] = []
        for name in KINDS:
            line = self._said.kind(name)
            ends = {"estimate": line["net"], "low": line["net_low"], "high": line["net_high"]}
            made.append({"kind": "group", "metric": name, "n": int(line["customers"]), **ends})
        for one in self.found.choice.runners:
            ends = {"estimate": one.brought, "low": one.brought_low, "high": one.brought_high}
            made.append({"kind": "contender", "metric": one.name, "n": self.found.customers, **ends})
        return made

    @property
    def _question(self) -> str:
        return self._say("u_question", arm=self._said.arm)

    @property
    def _tone(self) -> str:
        return "wait" if self._said.key == "nobody" else "good"

    @property
    def _say(self) -> Voice:
        return Voice(self.source, self.language, self.currency)

    @property
    def _said(self) -> Aimed:
        return Aimed(self.found, self._say)


_NET, _PER = ("net", "net_low", "net_high"), 1_000  # contacts
