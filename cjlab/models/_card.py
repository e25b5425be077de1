"""The card of a model: what it was made of, how good it is, what it must not be used for."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from cjlab._checks import one_of, text, texts
from cjlab._display import Shown
from cjlab.models._judge import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjlab.models._judge import Judged
    from cjlab.models._kinds import Part
    from cjlab.models._leakage import Leakage
    from cjlab.models._propensity import Propensity
    from cjlab.models.interactions._compared import Compared

PURPOSES = ("marketing", "service", "dunning", "survey")
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
        Of rows with the outcome.
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
            "rows": f"{self.rows:,}",
            "customers": f"{self.customers:,}",
            "share with the outcome": f"{self.share:.4f}",
            "dates": " to ".join(self.dates) or "none",
            "features": f"{len(self.features)}: {', '.join(self.features)}",
            "leakage alarm": asked,
        }
        quality = {"judged": self.judged} | {_called(one): _written(one) for one in self.figures}
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


def _called(one: Figure) -> str:
    return one.measure if isnan(one.share) else f"{one.measure} at {one.share:.0%}"


def _written(one: Figure) -> str:
    return f"{one.estimate:.4f} ({one.low:.4f} to {one.high:.4f})"


class Facts(NamedTuple):
    """What a model and how it was judged tell a card; the names are those of :class:`Card`."""

    model: str
    rows: int
    customers: int
    share: float
    dates: tuple[str, ...]
    features: tuple[str, ...]
    judged: str
    figures: tuple[Figure, ...]
    limits: tuple[str, ...] = ()


@runtime_checkable
class Telling(Protocol):
    """A model that tells its card by itself."""

    def _facts(self, judged: Any) -> Facts:  # noqa: ANN401 - whatever its judge makes
        ...


def card(
    model: Propensity | Telling,
    judged: Judged | Compared,
    *,
    question: str,
    purpose: str = "marketing",
    limits: tuple[str, ...] = (),
    leakage: Leakage | None = None,
) -> Card:
    """Write the card of a model.

    Parameters
    ----------
    model : Propensity, Churn or NextInteraction
        One that has learnt.
    judged : Judged or Compared
        How good it is, by :func:`judge`, or by the model's own ``judge``.
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
        When a text is blank, or the purpose is none.

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
    facts = model._facts(judged) if isinstance(model, Telling) else _facts(model, judged)  # noqa: SLF001 - its protocol
    own = {name: value for name, value in facts._asdict().items() if name != "limits"}
    return Card(
        question=text(question, name="question"),
        purpose=one_of(purpose, PURPOSES, name="purpose"),
        alarms=None if leakage is None else tuple(one.message for one in leakage.findings),
        limits=(*texts(list(limits), name="limits"), *facts.limits, *_ALWAYS),
        **own,
    )


def _facts(model: Any, judged: Any) -> Facts:  # noqa: ANN401 - a Propensity and its Judged
    """Return what a classifier tells."""
    chosen = ", ".join(f"{name} {value:g}" for name, value in model.chosen_.items() if not name.endswith("_loss"))
    how = f"{judged.folds} parts of the customers, {judged.repeats} times, {len(judged.rows):,} rows judged"
    return Facts(
        f"{type(model).__name__}, {model.member} ({chosen})",
        model.usual_.rows,
        model.usual_.customers,
        model.usual_.share,
        model.usual_.dates,
        model.columns_.names,
        f"{how}, {'at a later date than was learnt from' if judged.out_of_time else 'at the same dates'}",
        judged.figures,
    )
