"""The card of a model: what it was made of, how good it is, what it must not be used for."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from cjlab._checks import one_of, shown, text, texts
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.models._figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjlab.models._kinds import Part
    from cjlab.models._taught import Taught
    from cjlab.models.alarm._leakage import Leakage

PURPOSES = ("marketing", "service", "dunning", "survey")
_UNJUDGED = "nobody has judged it with customers it has not learnt from"
_ALWAYS = (
    "Reasons and scores are signs, not causes: that a contact changes anything is for a test to show",
    "Figures are of customers like those that were judged; judge again when the market, the offer or the data change",
)


@dataclass(frozen=True, eq=False, repr=False)
class Card(Shown):
    """What is to be known of a model before it is used; made by :func:`card`.

    Parameters
    ----------
    question : str
        What it foretells, of whom, within which time.
    purpose : str
        The purpose of contacts that customers must have consented to: marketing, service, dunning or survey.
    model : str
        Which class, with what was chosen.
    rows, customers : int
        How many it learnt from.
    share : float
        Of rows with the outcome; NaN where there is no such thing, as of amounts.
    dates : tuple of str
        The first and the last date learnt from; empty where rows had none.
    features : tuple of str
        Names of the columns.
    judged : str
        How it was judged.
    figures : tuple of Figure
        With intervals.
    alarms : tuple of str
        What the leakage alarm found; None where nobody asked it.
    limits : tuple of str
        What it must not be used for, and what is not known.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> y = X["complaints"] + np.arange(300) % 5 > 6
    >>> model = cj.models.Churn("logistic").fit(X, y)
    >>> card = cj.models.card(model, cj.models.judge(model, X, y), question="Who leaves within 60 days?")
    >>> card.customers, card.purpose
    (300, 'marketing')
    """

    question: str
    purpose: str
    model: str
    rows: int
    customers: int
    share: float
    dates: tuple[str, ...]
    features: tuple[str, ...]
    judged: str
    figures: tuple[Figure, ...]
    alarms: tuple[str, ...] | None
    limits: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a line of the card.

        Returns
        -------
        pandas.DataFrame
            ``part`` (what, data, quality, limits), ``item`` and ``value``, words all of them.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
        >>> y = X["complaints"] + np.arange(300) % 5 > 6
        >>> model = cj.models.Churn("logistic").fit(X, y)
        >>> card = cj.models.card(model, cj.models.judge(model, X, y), question="Who leaves within 60 days?")
        >>> card.to_frame()["part"].unique().tolist()
        ['what', 'data', 'quality', 'limits']
        """
        import pandas as pd

        asked = "not asked" if self.alarms is None else "; ".join(self.alarms) or "nothing found"
        what = {"question": self.question, "consent needed for": self.purpose, "model": self.model}
        data = {
            "rows": f"{self.rows:,}" if self.rows else "not kept",
            "customers": f"{self.customers:,}" if self.rows else "not kept",
            **({} if isnan(self.share) else {"share with the outcome": f"{self.share:.4f}"}),
            "dates": " to ".join(self.dates) or "none",
            "features": f"{len(self.features)}: {', '.join(self.features)}",
            "leakage alarm": asked,
        }
        quality = {"judged": self.judged} | {one.called: one.said for one in self.figures}
        parts = {"what": what, "data": data, "quality": quality}
        rows = [(part, *item) for part, items in parts.items() for item in items.items()]
        rows += [("limits", str(place), limit) for place, limit in enumerate(self.limits, 1)]
        return pd.DataFrame(rows, columns=["part", "item", "value"])

    def _parts(self) -> Mapping[str, Part]:
        return {**vars(self), "figures": [list(one) for one in self.figures]}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Card:
        some: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in parts.items()}
        return cls(**{**some, "figures": tuple(Figure(*one) for one in parts["figures"])})


class Facts(NamedTuple):
    """What a model tells its card: its name, what it learnt from, and the figures and limits that are its own."""

    model: str
    taught: Taught
    features: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    limits: tuple[str, ...] = ()


@runtime_checkable
class Telling(Protocol):
    """A model that can have a card: it has learnt, and tells of what."""

    def _facts(self) -> Facts: ...


@runtime_checkable
class Verdict(Protocol):
    """What judged a model: its figures, and in words how they were had."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What was measured."""
        ...

    @property
    def how(self) -> str:
        """How."""
        ...


def card(
    model: Telling,
    judged: Verdict | None,
    *,
    question: str,
    purpose: str = "marketing",
    limits: tuple[str, ...] = (),
    leakage: Leakage | None = None,
) -> Card:
    """Write the card of a model: nothing is learnt or judged for it, so that every version can have one.

    Parameters
    ----------
    model : estimator
        Any model of this room that has learnt.
    judged : Judged, Challenge or another, or None
        How good it is: what :func:`judge`, :func:`judge_uplift` or the model's own ``judge`` made, or
        :func:`cjlab.loop.challenge`. With None the card says that nobody judged it.
    question : str
        What it foretells, of whom, within which time.
    purpose : {"marketing", "service", "dunning", "survey"}
        What customers must have consented to before they are contacted by it.
    limits : tuple of str
        What it must not be used for, and what is not known; the limits of every such model are added.
    leakage : Leakage, optional
        What the alarm found, by :func:`leakage`.

    Returns
    -------
    Card
        The card, which :func:`save` stores.

    Raises
    ------
    SpecError
        When a text is blank, the purpose is none, or ``model`` or ``judged`` is none that can be told of.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> y = X["complaints"] + np.arange(300) % 5 > 6
    >>> model = cj.models.Churn("logistic").fit(X, y)
    >>> judged, heard = cj.models.judge(model, X, y), cj.models.leakage(X, y)
    >>> cj.models.card(model, judged, question="Who leaves?", leakage=heard).alarms
    ()
    """
    if not isinstance(model, Telling):
        raise SpecError(f"model is {shown(model)}; give a model of cjlab.models that has learnt")
    if judged is not None and not isinstance(judged, Verdict):
        raise SpecError(
            f"judged is {shown(judged)}; give what judged the model, such as what cj.models.judge returned, or None"
        )
    facts = model._facts()  # noqa: SLF001 - its protocol
    return Card(
        question=text(question, name="question"),
        purpose=one_of(purpose, PURPOSES, name="purpose"),
        model=facts.model,
        **vars(facts.taught),
        features=facts.features,
        judged=_UNJUDGED if judged is None else judged.how,
        figures=(*facts.figures, *(() if judged is None else judged.figures)),
        alarms=None if leakage is None else tuple(one.message for one in leakage.findings),
        limits=(*texts(list(limits), name="limits"), *facts.limits, *_ALWAYS),
    )
