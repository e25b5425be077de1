"""An argument for every reason: what to say to a customer whose score is made of this."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cjlab._display import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping

# The first kind one of whose stems stands in the name of a column, or of its topic, is what is spoken of.
_STEMS = {
    "payment": r"arrear|unpaid|missed|dunning|overdue|payment",
    "service": r"complain|case|service_|support|friction|satisf|nps|unhappy|answer|topic|word|assist|promise",
    "commitment": r"contract|commit|renew|tenure|_age$",
    "pressure": r"pressure|contact|unsub|open|click|mail(?!_provider)|sms|reaction|reached|delivered|sent_",
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


def argument(column: str, topic: str, given: Mapping[str, str], language: str) -> str:
    """Return the argument given for a column or its topic, or the one that its name calls for."""
    for name in (column, topic):
        if name in given:
            return given[name]
    return Wording.of("cjlab.models", language)(kind_of(column, topic))
