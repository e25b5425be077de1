"""Models: who will buy, who will leave, what each is worth, and whom a contact changes.

Every model learns from a table of features, one row a customer (or a customer and a date), and keeps scikit-learn's
contract. Splits and intervals go by customer. Models are stored without pickle, by :func:`save` and :func:`load`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cjlab.models._arguments import meanings
    from cjlab.models._card import Card, card
    from cjlab.models._defence import Defence, defend
    from cjlab.models._figure import Figure
    from cjlab.models._judge import Judged, judge
    from cjlab.models._reasons import Reasons, reasons
    from cjlab.models._store import load, save
    from cjlab.models.alarm import Leakage, leakage
    from cjlab.models.forecast import Forecast, Worth
    from cjlab.models.interactions import NextInteraction
    from cjlab.models.matching import match, weigh
    from cjlab.models.offers import NextOffer, OfferPlan
    from cjlab.models.personas import Gallery, Personas
    from cjlab.models.propensity import Churn, Propensity
    from cjlab.models.survival import Survival
    from cjlab.models.uplift import (
        Audience,
        Choice,
        Contacts,
        Runner,
        Uplift,
        choose,
        judge_uplift,
        score_groups,
        whom,
    )
    from cjlab.models.value import BetaGeometric, CustomerValue, GammaGamma, Portfolio, Tiers

__all__ = [
    "Audience",
    "BetaGeometric",
    "Card",
    "Choice",
    "Churn",
    "Contacts",
    "CustomerValue",
    "Defence",
    "Figure",
    "Forecast",
    "Gallery",
    "GammaGamma",
    "Judged",
    "Leakage",
    "NextInteraction",
    "NextOffer",
    "OfferPlan",
    "Personas",
    "Portfolio",
    "Propensity",
    "Reasons",
    "Runner",
    "Survival",
    "Tiers",
    "Uplift",
    "Worth",
    "card",
    "choose",
    "defend",
    "judge",
    "judge_uplift",
    "leakage",
    "load",
    "match",
    "meanings",
    "reasons",
    "save",
    "score_groups",
    "weigh",
    "whom",
]

_LATE = {
    "Audience": "uplift",
    "BetaGeometric": "value",
    "Card": "_card",
    "Choice": "uplift",
    "Churn": "propensity",
    "Contacts": "uplift",
    "CustomerValue": "value",
    "Defence": "_defence",
    "Figure": "_figure",
    "Forecast": "forecast",
    "Gallery": "personas",
    "GammaGamma": "value",
    "Judged": "_judge",
    "Leakage": "alarm",
    "NextInteraction": "interactions",
    "NextOffer": "offers",
    "OfferPlan": "offers",
    "Personas": "personas",
    "Portfolio": "value",
    "Propensity": "propensity",
    "Reasons": "_reasons",
    "Runner": "uplift",
    "Survival": "survival",
    "Tiers": "value",
    "Uplift": "uplift",
    "Worth": "forecast",
    "card": "_card",
    "choose": "uplift",
    "defend": "_defence",
    "judge": "_judge",
    "judge_uplift": "uplift",
    "leakage": "alarm",
    "load": "_store",
    "match": "matching",
    "meanings": "_arguments",
    "reasons": "_reasons",
    "save": "_store",
    "score_groups": "uplift",
    "weigh": "matching",
    "whom": "uplift",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a model loads when it is first named (PEP 562)
    """Load a name, and the libraries behind it, when it is first named."""
    if name in _LATE:
        return getattr(import_module(f"cjlab.models.{_LATE[name]}"), name)
    said = f"cjlab.models has no {name!r}; it has {', '.join(__all__)}"
    raise AttributeError(said, name=name, obj=import_module("cjlab.models"))


def __dir__() -> list[str]:
    """List what the room offers, loaded or not."""
    return sorted(__all__)
