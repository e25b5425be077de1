"""What can be stored: every kind by the name that stands in a file, and where its class lies."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from cjlab.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

# What a model is made of: numbers, words, arrays, xgboost's own bytes, further models, and lists and maps of these.
Part: TypeAlias = (
    "bool | int | float | str | bytes | NDArray[np.generic] | Storable | Sequence[Part] | Mapping[str, Part] | None"
)

# A file names a kind; what is imported stands here and nowhere else.
_KINDS = {
    "beta_geometric": "cjlab.models.value._beta_geometric:BetaGeometric",
    "blend": "cjlab.models.propensity._blend:Blend",
    "card": "cjlab.models._card:Card",
    "churn": "cjlab.models.propensity._churn:Churn",
    "columns": "cjlab.models._columns:Columns",
    "correction": "cjlab.models.value._correction:Correction",
    "customer_value": "cjlab.models.value._customer_value:CustomerValue",
    "design": "cjlab.models.propensity._design:Design",
    "gamma_gamma": "cjlab.models.value._gamma_gamma:GammaGamma",
    "logistic": "cjlab.models.propensity._logistic:Logistic",
    "interaction_order": "cjlab.models.interactions._order:Order",
    "interaction_pace": "cjlab.models.interactions._pace:Pace",
    "next_interaction": "cjlab.models.interactions._next_interaction:NextInteraction",
    "next_offer": "cjlab.models.offers._next_offer:NextOffer",
    "offer_profile": "cjlab.models.offers._profile:Profile",
    "offer_taste": "cjlab.models.offers._taste:Taste",
    "offer_weights": "cjlab.models.offers._choice:Weights",
    "parameters": "cjlab.models.value._parameters:Parameters",
    "persona_asked": "cjlab.models.personas._asked:Asked",
    "persona_stability": "cjlab.models.personas._stability:Stability",
    "persona_tree": "cjlab.models.personas._tree:Tree",
    "personas": "cjlab.models.personas._personas:Personas",
    "propensity": "cjlab.models.propensity._propensity:Propensity",
    "scale": "cjlab.models.propensity._scale:Scale",
    "survival": "cjlab.models.survival._survival:Survival",
    "survival_baseline": "cjlab.models.survival._baseline:Baseline",
    "taught": "cjlab.models._taught:Taught",
    "tiers": "cjlab.models.value._tiers:Tiers",
    "trees": "cjlab.models.propensity._trees:Trees",
    "uplift": "cjlab.models.uplift._uplift:Uplift",
    "uplift_apart": "cjlab.models.uplift._apart:Apart",
    "uplift_apart_sure": "cjlab.models.uplift._apart:SureApart",
    "uplift_bins": "cjlab.models.uplift._bins:Bins",
    "uplift_boosters": "cjlab.models.uplift._boosters:Boosters",
    "uplift_coefficients": "cjlab.models.uplift._coefficients:Coefficients",
    "uplift_design": "cjlab.models.uplift._design:Design",
    "uplift_forest": "cjlab.models.uplift._forest:Forest",
    "uplift_grove": "cjlab.models.uplift._grove:Grove",
    "uplift_levels": "cjlab.models.uplift._learners:Levels",
    "usual": "cjlab.models.propensity._usual:Usual",
}


@runtime_checkable
class Storable(Protocol):
    """What takes itself apart and is put together again; its class stands in the table above."""

    def _parts(self) -> Mapping[str, Part]:
        """Return everything that was learnt or set, by name."""
        ...

    @classmethod
    def _of(cls, parts: Mapping[str, object]) -> Storable:
        """Make the same again; tuples come back as lists."""
        ...


def kind_of(model: Storable) -> str:
    """Return the name under which a model is stored."""
    path = f"{type(model).__module__}:{type(model).__qualname__}"
    for kind, known in _KINDS.items():
        if known == path:
            return kind
    raise ModelError(f"a {type(model).__name__} cannot be stored; what can is {', '.join(sorted(_KINDS))}")


def class_of(kind: object) -> type[Storable]:
    """Return the class of a kind that a file names."""
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ModelError(f"the stored model is of kind {kind!r}; this version knows {', '.join(sorted(_KINDS))}")
    module, _, name = _KINDS[kind].partition(":")
    found: type[Storable] = getattr(import_module(module), name)
    return found
