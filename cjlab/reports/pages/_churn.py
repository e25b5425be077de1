"""The page of churn: whom to call before he leaves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from cjlab._display import started
from cjlab.plots import Level, levels
from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, Grid, method, section
from cjlab.reports.pages._top import KeyNumber
from cjlab.reports.pages._voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.models import Defence, Judged
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order

_TONES: Final = {"call": "good", "test": "wait", "leave": "neutral"}
_PROMISED: Final = 0.3  # the share that is said to find four of five leavers

_ENTRY: Final = ("kind", "metric", "estimate", "low", "high", "n")


@dataclass(frozen=True, slots=True)
class ChurnPage:
    """The parts of a page that says whom to call before he leaves, for which reasons, and what nobody knows yet.

    Parameters
    ----------
    plan : Defence
        The list, and what is known of it.
    judged : Judged
        How the model did with others.
    source : str
        The log: a packaged data set by its name, or what the log is called.
    as_of : str
        The day of the list, such as ``"2025-06-01"``.
    days : int
        Within how many days customers leave.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what costs are, an ISO 4217 code; that of the data set where it is empty, and no sign where that has none.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
    >>> y = X["complaints"] + np.arange(900) % 5 > 6
    >>> model = cj.models.Churn("logistic").fit(X, y)
    >>> judged = cj.models.judge(model, X, y)
    >>> plan = cj.models.defend(model, X, judged, budget=200, value=100, cost=4)
    >>> cj.reports.ChurnPage(plan, judged, "simulated_operator", "2025-06-01", 90).result.bundle["reader"]
    'decider'
    """

    plan: Defence
    judged: Judged
    source: str
    as_of: str
    days: int
    language: str = "en"
    currency: str = ""

    @property
    def top(self) -> Shown:
        """Question, decision, key numbers, and what to do.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
        >>> y = X["complaints"] + np.arange(900) % 5 > 6
        >>> model = cj.models.Churn("logistic").fit(X, y)
        >>> judged = cj.models.judge(model, X, y)
        >>> plan = cj.models.defend(model, X, judged, budget=200, value=100, cost=4)
        >>> page = cj.reports.ChurnPage(plan, judged, "simulated_operator", "2025-06-01", 90)
        >>> [part.kind for part in page.top]
        ['header', 'decision', 'key-numbers', 'plan']
        """
        say, words = self._say, self._words
        facts = [say("q_kind"), say.title, say("q_customers", **words), say("q_when", **words)]
        return self._answer.top(facts, numbers=(say("q_list"), self._key_numbers), plan=(say("q_plan"), self._lines))

    @property
    def why(self) -> Shown:
        """By which signs they are at risk, and what to say to each.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
        >>> y = X["complaints"] + np.arange(900) % 5 > 6
        >>> model = cj.models.Churn("logistic").fit(X, y)
        >>> judged = cj.models.judge(model, X, y)
        >>> plan = cj.models.defend(model, X, judged, budget=200, value=100, cost=4)
        >>> page = cj.reports.ChurnPage(plan, judged, "simulated_operator", "2025-06-01", 90)
        >>> "Service and complaints" in page.why[0].html
        True
        """
        say, numbers = self._say, self._say.numbers
        told = zip(*(self.plan.reasons[name].tolist() for name in ("topic", "argument")), strict=True)
        counts = numbers.parts(self.plan.reasons["customers"].tolist())
        rows = [
            [started(say(f"q_topic_{topic}")), count, said] for (topic, said), count in zip(told, counts, strict=True)
        ]
        columns = [say("q_sign"), say("q_first"), say("q_argument")]
        body = Body(lead=[say("q_signs")], grid=Grid(columns, rows, frozenset({1})))
        return (section(say("q_why"), body),)

    @property
    def reach(self) -> Shown:
        """How many of those who leave a longer list reaches.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
        >>> y = X["complaints"] + np.arange(900) % 5 > 6
        >>> model = cj.models.Churn("logistic").fit(X, y)
        >>> judged = cj.models.judge(model, X, y)
        >>> plan = cj.models.defend(model, X, judged, budget=200, value=100, cost=4)
        >>> len(cj.reports.ChurnPage(plan, judged, "simulated_operator", "2025-06-01", 90).reach)
        2
        """
        say = self._say
        lines = [
            Level(say("q_called", share=say.numbers.share(share, digits=0)), *told)
            for share, *told in self.plan.reach.itertuples(index=False)
        ]
        holds = "q_holds" if self.plan.needed.estimate <= _PROMISED else "q_holds_not"
        finding = say(holds, **self._words)
        drawn = levels(lines, axis=say("q_axis"), finding=finding, language=self.language)
        return section(say("q_reach"), Body(lead=[say("q_reach_lead")])), drawn

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
        >>> y = X["complaints"] + np.arange(900) % 5 > 6
        >>> model = cj.models.Churn("logistic").fit(X, y)
        >>> judged = cj.models.judge(model, X, y)
        >>> plan = cj.models.defend(model, X, judged, budget=200, value=100, cost=4)
        >>> cj.reports.ChurnPage(plan, judged, "simulated_operator", "2025-06-01", 90).method.kind
        'method'
        """
        say, decimal = self._say, self._say.numbers.decimal
        told = {name: self.judged.figure(name) for name in ("auc", "brier", "slope")}
        words = {
            name: f"{decimal(one.estimate, digits=3)} ({say.between(one.low, one.high, self._three)})"
            for name, one in told.items()
        }
        later = say("q_later" if self.judged.out_of_time else "q_same")
        count = say.numbers.count(len(self.judged.rows))
        said = [say("q_method"), say("q_judged", later=later, count=count, **words)]
        return method(say("method"), Body(paragraphs=said))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
        >>> y = X["complaints"] + np.arange(900) % 5 > 6
        >>> model = cj.models.Churn("logistic").fit(X, y)
        >>> judged = cj.models.judge(model, X, y)
        >>> plan = cj.models.defend(model, X, judged, budget=200, value=100, cost=4)
        >>> page = cj.reports.ChurnPage(plan, judged, "simulated_operator", "2025-06-01", 90)
        >>> page.result.bundle["entries"][0]["metric"]
        'leavers'
        """
        plan = [("plan", *row, self.plan.contacted) for row in self.plan.to_frame().itertuples(index=False)]
        model = [
            ("model", f"{one.measure}_{one.share:g}".removesuffix("_nan"), *one[2:], len(self.judged.rows))
            for one in self.judged.figures
        ]
        entries = [dict(zip(_ENTRY, row, strict=True)) for row in (*plan, *model)]
        last = self._day - dt.timedelta(days=1)
        return self._answer.result(language=self.language, data_until=last.isoformat(), entries=entries)

    @property
    def _answer(self) -> Answer:
        say, verdict = self._say, self.plan.verdict
        why = [say(f"q_why_{name}", **self._words) for name in ("kept", "net", "even")]
        headline = say(f"q_{verdict}", **self._words)
        return Answer(say("q_question"), headline, why, say("q_reserve"), _TONES[verdict], say.note)

    @property
    def _key_numbers(self) -> list[KeyNumber]:
        say, words = self._say, self._words
        return [
            KeyNumber(say("q_list"), str(words["called"]), say("q_list_of", **words)),
            KeyNumber(say("q_leavers"), str(words["leavers"]), say("q_leavers_of", **words)),
            KeyNumber(say("q_net"), say.money(self.plan.net.estimate), say("q_net_of", **words)),
        ]

    @property
    def _lines(self) -> list[tuple[str, str]]:
        verdict = self.plan.verdict
        made = ["whom", "say", f"hold_{verdict}", "test", "reading"] if verdict != "leave" else ["instead", "test"]
        made = [one for one in made if one != "test" or self.plan.group]
        heads = [self._say(f"q_{one.partition('_')[0]}_head") for one in made]
        return [(head, self._say(f"q_{one}_said", **self._words)) for head, one in zip(heads, made, strict=True)]

    @property
    def _words(self) -> dict[str, object]:
        """Every number of the page, written."""
        plan, say, count = self.plan, self._say, self._say.numbers.count
        return {
            "customers": count(plan.customers),
            "called": count(plan.contacted),
            "days": count(self.days),
            "date": say.numbers.date(self._day),
            "leavers": say.numbers.customers(round(plan.leavers.estimate)),
            "leavers_between": self._between(plan.leavers, count),
            "found": self._with(plan.found, say.share),
            "needed": self._with(plan.needed, say.share),
            "least": say.numbers.share(plan.saved[0], digits=0),
            "most": say.numbers.share(plan.saved[1], digits=0),
            "kept": self._between(plan.kept, count),
            "net": self._between(plan.net, say.money),
            "even": self._with(plan.break_even, say.share),
            "cost": say.money(plan.cost),
            "half": say.money(plan.cost / 2),
            "each": say.money(plan.cost / plan.contacted),
            "group": count(plan.group),
            "lists": count(ceil(2 * plan.group / plan.contacted)),
        }

    def _with(self, found: tuple[float, float, float], write: Callable[[float], str]) -> str:
        """Write a figure and its interval."""
        return f"{write(found[0])} ({self._between(found, write)})"

    def _between(self, found: tuple[float, float, float], write: Callable[[float], str]) -> str:
        return self._say.between(found[1], found[2], write)

    def _three(self, value: float) -> str:
        return self._say.numbers.decimal(value, digits=3)

    @property
    def _day(self) -> dt.date:
        return dt.date.fromisoformat(self.as_of)

    @property
    def _say(self) -> Voice:
        return Voice(self.source, self.language, self.currency)
