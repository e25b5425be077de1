"""Making a plan: draws first, then the reserve, then prices, then everybody's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import shown, text
from cjlab.decisions._draws import numbers_of
from cjlab.decisions._eligibility import Eligibility
from cjlab.decisions._exact import exact
from cjlab.decisions._lagrange import priced
from cjlab.decisions._offers import Offers, Scarce
from cjlab.decisions._plan import Plan
from cjlab.decisions._prices import Prices, tie_of
from cjlab.decisions._reserve import left
from cjlab.decisions._signature import Signature
from cjlab.decisions._terms import Terms
from cjlab.decisions._values import valued
from cjlab.errors import EvidenceError, SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_FEW = 20_000  # allowed pairs for which whole numbers are solved
_ENOUGH = 1e-3  # of the bound: what prices may lose before that is done


class Own(NamedTuple):
    """What the policy itself would do with everybody."""

    prices: Prices
    arms: NDArray[np.int8]
    bound: float
    worth: float
    exact: bool


def plan(
    eligibility: Eligibility,
    value: Any,  # noqa: ANN401 - a frame of any kind
    terms: Terms,
    *,
    campaign: str = "plan",
    model_version: str | Sequence[str] | NDArray[np.str_] | None = None,
    recipe: str | None = None,
) -> Plan:
    r"""Choose one action at most for each customer, worth as much as the limits allow, and explore.

    Parameters
    ----------
    eligibility : Eligibility
        Who may be sent what; the decision is of its moment.
    value : frame
        A row a customer (index or column ``customer_id``), a column an action: the incremental value that is expected
        of it, before its cost. Customers beyond those of the eligibility are left aside.
    terms : Terms
        Budget, capacities, shares that are drawn, salt.
    campaign : str
        What the contacts are called.
    model_version : str or array of str, optional
        Which model told the values; ``(n,)``, in the order of the eligibility, where customers have different ones.
    recipe : str, optional
        The fingerprint of the features it read.

    Returns
    -------
    Plan
        The plan, with its prices, its bound, and the probability of everything that could have been chosen.

    Raises
    ------
    SpecError
        When something given is none, or the random slice alone may pass a limit.
    TableError
        When a value is absent or no number for an action that is allowed, or a customer stands twice.
    EvidenceError
        When the draws passed the reserve, which happens once in a million plans: nothing is cut off silently.

    Notes
    -----
    The policy's own choice :math:`a^*` is made for *everybody*, also for those who are drawn into the random slice,
    under limits less a reserve that the draws do not move. So the slice is independent of scores, and scores of the
    slice; the probability of every allowed action is exactly :math:`\varepsilon / (k + 1) + (1 - \varepsilon)
    \,1\{a = a^*\}` with :math:`k` allowed actions, also when a budget binds; the terms may add a control. The policy is
    a rule of prices (:class:`Prices`), so that a customer scored alone gets what he gets in the plan. The gap to the
    bound of the Lagrangian dual is stated.

    Examples
    --------
    >>> import cjlab as cj
    >>> import pandas as pd
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=500), days=30).log
    >>> rules = cj.decisions.Rules((cj.decisions.Action("news", "email", 0.1),))
    >>> asked = cj.decisions.eligible(log, "2024-01-20", rules)
    >>> value = pd.DataFrame({"customer_id": asked.customers, "news": 0.5})
    >>> made = cj.decisions.plan(asked, value, cj.decisions.Terms("spring"))
    >>> made.contacts()["slice"].unique().sort().to_list()
    ['policy', 'random']
    """
    if not isinstance(eligibility, Eligibility):
        raise SpecError(f"eligibility is {shown(eligibility)}; give what cj.decisions.eligible returned")
    if not isinstance(terms, Terms):
        raise SpecError(f"terms are {shown(terms)}; give cj.decisions.Terms(…)")
    signature = Signature(text(campaign, name="campaign"), _versions(model_version, len(eligibility)), recipe)
    values, allowed = valued(value, eligibility), eligibility.allowed
    numbers, scarce = numbers_of(eligibility.customers), Scarce.of(eligibility.rules.actions, terms)
    for_policy = left(scarce, allowed, terms.explore)
    free = Prices(eligibility.rules.actions, terms, eligibility.as_of, (0.0,) * len(scarce.names), tie_of(values))
    offers = Offers(free.nets(numbers, values, allowed), scarce.use, for_policy, np.zeros(len(for_policy)))
    own = _own(offers, free)
    done = own.prices.done(numbers, own.arms, allowed).holding(eligibility.held)
    _refuse_excess(scarce, done.arms)
    return Plan(eligibility, values, own.prices, done, own.bound, own.worth, for_policy, signature, own.exact)


def _versions(given: str | Sequence[str] | NDArray[np.str_] | None, n: int) -> str | NDArray[np.str_] | None:
    """Return the model of all customers, or that of each."""
    if given is None or isinstance(given, str):
        return given
    each = np.asarray(given, dtype=np.str_)
    if each.shape != (n,):
        raise SpecError(f"model_version has the shape {each.shape} for {n:,} customers; give one, or one for each")
    return each


def _own(offers: Offers, free: Prices) -> Own:
    """Return the policy's own choices: by prices, or by whole numbers where that is asked for or better."""
    found = priced(offers)
    prices = replace(free, shadow=tuple(found.prices.tolist()))
    arms = prices.own(offers.nets)
    bound = found.bound + free.tie * offers.nets.shape[1]  # what ties were broken with
    worth = offers.worth(arms)
    asked = free.terms.exact
    few = np.count_nonzero(offers.nets > 0) <= _FEW
    if asked or (asked is None and few and bound - worth > _ENOUGH * bound):
        whole, best = exact(offers)
        bound = min(best, bound)
        if asked or offers.worth(whole) > worth:
            return Own(prices, whole, bound, offers.worth(whole), exact=True)
    return Own(prices, arms, bound, worth, exact=False)


def _refuse_excess(scarce: Scarce, arms: NDArray[np.int8]) -> None:
    used = scarce.use @ np.bincount(arms, minlength=scarce.use.shape[1] + 1)[1:]
    for name, limit, taken in zip(scarce.names, scarce.limits, used, strict=True):
        if taken > limit * (1 + 1e-9):
            raise EvidenceError(
                f"the draws of the random slice take {taken:,.6g} of {name}, past the limit of {limit:,.6g}: nothing is"
                " cut off, as propensities would be wrong then; plan with another salt, or explore less"
            )
