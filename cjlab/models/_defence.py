"""Who to call before he leaves: how many leave without us, how many a call must keep, and what it costs to be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab import metrics
from cjlab._checks import finite, instance, shown, whole, within
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.models._arguments import meanings
from cjlab.models._door import framed
from cjlab.models._judge import Judged
from cjlab.models._reasons import reasons
from cjlab.models.propensity._propensity import Propensity
from cjlab.statistics import Plan

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


_SHARES = (0.05, 0.1, 0.2, 0.3)
_WANTED = 0.8
_DRAWS = 400


class Range(NamedTuple):
    """A figure and the ends of its interval, or of what was assumed.

    Parameters
    ----------
    estimate, low, high : float
        The figure and its ends.
    """

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, repr=False)
class Defence(Shown):
    """A list of customers to call before they leave, and what is known of it; made by :func:`defend`.

    Nothing in it is an effect: how many a call keeps is assumed, and no figure of those who stayed after a call tells
    it, since most of them would have stayed.

    Parameters
    ----------
    customers, contacted : int
        How many there are, and how many are called.
    leavers : Range
        How many of those called leave without us.
    found : Range
        The share of all leavers who are among those called.
    needed : Range
        The share of customers one must call to reach four of five leavers.
    saved : tuple of float
        The least and the most that calls are assumed to keep, as shares of those who would leave.
    kept, net : Range
        Customers kept, and what it brings less what it costs, over what is assumed and what is not known.
    break_even : Range
        The share of leavers that calls must keep to cover their cost.
    cost : float
        Of all calls.
    group : int
        Customers to call, and as many to leave alone, for a test that would see the break-even share kept.
    reach : pandas.DataFrame
        ``share``, ``contacted``, ``recall``, ``low``, ``high``: how many leavers larger budgets reach.
    reasons : pandas.DataFrame
        Customers called by the topic of their first reason, with its argument.
    contacts : pandas.DataFrame
        One row a customer called, the highest risk first: ``risk``, ``topic``, ``reason``, ``argument``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
    >>> y = X["complaints"] + np.arange(900) % 5 > 6
    >>> model = cj.models.Churn("logistic").fit(X, y)
    >>> plan = cj.models.defend(model, X, cj.models.judge(model, X, y), budget=200, value=100, cost=4)
    >>> plan.contacted, plan.verdict
    (200, 'call')
    """

    customers: int
    contacted: int
    leavers: Range
    found: Range
    needed: Range
    saved: tuple[float, float]
    kept: Range
    net: Range
    break_even: Range
    cost: float
    group: int
    reach: pd.DataFrame
    reasons: pd.DataFrame
    contacts: pd.DataFrame

    @property
    def verdict(self) -> str:
        """What follows: ``"call"`` where the least that is assumed pays, ``"leave"`` where the most does not.

        Between, ``"test"``: whether it pays depends on what nobody has measured.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
        >>> y = X["complaints"] + np.arange(900) % 5 > 6
        >>> model = cj.models.Churn("logistic").fit(X, y)
        >>> cj.models.defend(model, X, cj.models.judge(model, X, y), budget=200, value=100, cost=40).verdict
        'leave'
        """
        return "call" if self.net.low > 0 else "leave" if self.net.high <= 0 else "test"

    def to_frame(self) -> pd.DataFrame:
        """Return one row a figure.

        Returns
        -------
        pandas.DataFrame
            ``figure``, ``estimate``, ``low``, ``high``.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
        >>> y = X["complaints"] + np.arange(900) % 5 > 6
        >>> model = cj.models.Churn("logistic").fit(X, y)
        >>> plan = cj.models.defend(model, X, cj.models.judge(model, X, y), budget=200, value=100, cost=4)
        >>> plan.to_frame()["figure"].tolist()[:2]
        ['leavers', 'found']
        """
        import pandas as pd

        names = ("leavers", "found", "needed", "kept", "net", "break_even")
        rows = [(name, *getattr(self, name)) for name in names]
        return pd.DataFrame(rows, columns=["figure", "estimate", "low", "high"])


def defend(  # noqa: PLR0913 - each is a word of the question
    model: Propensity,
    X: Any,  # noqa: ANN401 - any table
    judged: Judged,
    *,
    budget: int,
    value: float,
    cost: float,
    saved: tuple[float, float] = (0.05, 0.15),
    language: str = "en",
) -> Defence:
    r"""Choose whom to call before he leaves, and say what is known of it and what is assumed.

    Called are the ``budget`` customers with the highest risk. Of *m* called, :math:`m \pi` leave without us, where the
    precision :math:`\pi` at that share is that of customers the model had not learnt from, with its interval. Calls
    that keep a share *s* of them bring :math:`m (s \pi v - c)` at a value *v* of a customer kept and a cost *c* of a
    call, and pay from :math:`s = c / (\pi v)` on.

    Parameters
    ----------
    model : Propensity or Churn
        One that has learnt.
    X : frame or array
        ``(n, p)`` the customers who are there today.
    judged : Judged
        How the model did with others, by :func:`judge`.
    budget : int
        How many customers can be called.
    value, cost : float
        What a customer kept is worth, and what a call costs, in one currency.
    saved : tuple of float
        The least and the most that calls are assumed to keep, as shares of those who would leave.
    language : {"en", "fr"}
        Of reasons and arguments.

    Returns
    -------
    Defence
        The list, and what is known of it.

    Raises
    ------
    SpecError
        When a number is out of its range.
    TableError
        When a column is absent.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(900) % 9}, index=pd.RangeIndex(900, name="customer_id"))
    >>> y = X["complaints"] + np.arange(900) % 5 > 6
    >>> model = cj.models.Churn("logistic").fit(X, y)
    >>> plan = cj.models.defend(model, X, cj.models.judge(model, X, y), budget=200, value=100, cost=4)
    >>> plan.contacts["argument"].iloc[0]
    'Put right what is open, say sorry, and call back a week later'
    """
    frame, _ = framed(X)
    instance(model, Propensity, name="model")
    instance(judged, Judged, name="judged")
    if not isinstance(saved, tuple | list) or len(saved) != 2:  # noqa: PLR2004 - the least and the most
        raise SpecError(
            f"saved is {shown(saved)}; give the least and the most of leavers who stay, such as (0.05, 0.15)"
        )
    called = min(whole(budget, name="budget", least=1), len(frame))
    worth = within(value, 0, 1e12, name="value", open_ends=True)
    price = within(cost, 0, 1e12, name="cost")
    least, most = (within(one, 0, 1, name="saved") for one in saved)
    if finite(least, name="saved") > most:
        raise SpecError(f"saved is {saved}; give the least before the most")
    share = called / len(frame)
    precise, recall = _at(judged, share, "precision"), _at(judged, share, "recall")
    even = Range(*(price / (worth * max(one, 1e-9)) for one in (precise.estimate, precise.high, precise.low)))
    kept = Range(
        called * precise.estimate * (least + most) / 2, called * precise.low * least, called * precise.high * most
    )
    return Defence(
        customers=len(frame),
        contacted=called,
        leavers=Range(*(called * one for one in precise)),
        found=recall,
        needed=_needed(judged),
        saved=(least, most),
        kept=kept,
        net=Range(*(worth * one - called * price for one in kept)),
        break_even=even,
        cost=called * price,
        group=_group(precise.estimate, even.estimate),
        reach=_reach(judged, len(frame)),
        **_list(model, frame, called, language),
    )


def _at(judged: Judged, share: float, what: str) -> Range:
    """Return precision or recall at a share contacted, of customers the model had not learnt from."""
    at = metrics.at_budget(judged.outcome, judged.score, shares=(share,), customer=_several(judged)).to_frame().iloc[0]
    return Range(float(at[what]), float(at[f"{what}_low"]), float(at[f"{what}_high"]))


def _several(judged: Judged) -> NDArray[np.generic] | None:
    return None if len(np.unique(judged.customer)) == len(judged.customer) else judged.customer


def _reach(judged: Judged, customers: int) -> pd.DataFrame:
    import pandas as pd

    rows = [(share, round(share * customers), *_at(judged, share, "recall")) for share in _SHARES]
    return pd.DataFrame(rows, columns=["share", "contacted", "recall", "low", "high"])


def _needed(judged: Judged) -> Range:
    """Return the share to call for four of five leavers, with the quantiles of resampled customers."""
    draw = np.random.default_rng(0)
    outcome = judged.outcome[np.argsort(-judged.score, kind="stable")]
    found = []
    for _ in range(_DRAWS):
        times = np.bincount(draw.integers(0, len(outcome), len(outcome)), minlength=len(outcome))
        found.append(_share(outcome * times, times))
    low, high = np.quantile(found, [0.025, 0.975])
    return Range(_share(outcome, np.ones(len(outcome))), float(low), float(high))


def _share(leavers: NDArray[np.float64], customers: NDArray[np.generic]) -> float:
    there = int(np.searchsorted(np.cumsum(leavers), _WANTED * leavers.sum()))
    return float(np.cumsum(customers)[min(there, len(customers) - 1)] / customers.sum())


def _group(share: float, kept: float) -> int:
    """Return the customers of each group of a test that would see so many of the leavers kept."""
    effect = share * min(kept, 1.0)
    rest = share - effect
    if not 0 < effect < share or share >= 1:
        return 0
    plan = Plan(deviation=(share * (1 - share)) ** 0.5, deviation_treated=(rest * (1 - rest)) ** 0.5)
    return ceil(plan.sample_size(effect))


def _list(model: Propensity, frame: pd.DataFrame, called: int, language: str) -> dict[str, pd.DataFrame]:
    """Return those called, the highest risk first, with the first reason and argument of each."""
    risk = model.predict_proba(frame)[:, 1]
    some = np.argsort(-risk, kind="stable")[:called]
    told = reasons(model, frame.iloc[some], top=1, topics=meanings(model.columns_.names), language=language)
    first = told.to_frame().set_index(told.to_frame().columns[0])[["topic", "reason", "argument"]]
    kept = frame.iloc[some].index
    ids = kept.get_level_values("customer_id") if "customer_id" in kept.names else kept
    contacts = first.reindex(ids)
    contacts.insert(0, "risk", risk[some])
    return {"reasons": told.first(), "contacts": contacts}
