"""An argument for every reason: what to say to a customer whose score is made of this."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cjlab._display import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The first kind one of whose stems stands in the name of a column, or of its topic, is what is spoken of.
_STEMS = {
    "notice": r"notice|terminat",
    "life": r"(?:^|days_since_)life_",
    "payment": r"arrear|unpaid|missed|dunning|overdue|payment",
    "service": r"complain|case|service_|support|friction|satisf|nps|unhappy|answer|topic|word|assist|promise",
    "commitment": r"contract|commit|renew|tenure|anniversary|value_\w+_age$",
    "pressure": r"pressure|contact|unsub|open|click|mail(?!_provider)|sms|reaction|reached|delivered|sent(?:_|$)"
    r"|targeted|^affinity",
    "price": r"charge|price|fee|discount|spend|monetary|amount|margin|offer|bill",
    "silence": r"recency|silence|visit|frequency|session|login|rhythm|activ|passive|trend|days_since|gap|channel"
    r"|purchase|order|rfm|pages|search|cart|favourite|hop|step|through",
    "product": r"security|backup|protection|internet|line|device|stream|categor|item|affinity|interest",
}
KINDS = (*_STEMS, "ask")


def kind_of(*names: str) -> str:
    """Return what kind of argument a column, or its topic, calls for."""
    for name in names:
        for kind, stems in _STEMS.items():
            if re.search(stems, name, re.IGNORECASE):
                return kind
    return "ask"


def meanings(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Part columns by what they tell of, as their names have it: topics for :func:`reasons`.

    A cause shows in many columns, each of which carries a part of it; added up they tell of it once. The kinds are
    ``notice`` (the end is asked for), ``life`` (changes in his life), ``payment``, ``service`` (cases, complaints,
    satisfaction), ``commitment`` (contract and time with us), ``pressure`` (our messages and his answers), ``price``
    (what he spends), ``silence`` (visits and purchases), ``product`` (what he uses), and ``ask`` for what no name
    tells.

    Parameters
    ----------
    names : iterable of str
        The columns.

    Returns
    -------
    dict
        The columns of each kind that has some, in their order.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.models.meanings(["tenure", "complaints_365D", "commitment_left"])
    {'commitment': ('tenure', 'commitment_left'), 'service': ('complaints_365D',)}
    """
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(kind_of(name), []).append(name)
    return {kind: tuple(some) for kind, some in kinds.items()}


def argument(column: str, topic: str, given: Mapping[str, str], language: str) -> str:
    """Return the argument given for a column or its topic, or the one that its name calls for."""
    for name in (column, topic):
        if name in given:
            return given[name]
    return Wording.of("cjlab.models", language)(kind_of(column, topic))
