"""What stands on the card of a model of effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cjlab._checks import listed
from cjlab.models._card import Facts

if TYPE_CHECKING:
    from cjlab.models._taught import Taught
    from cjlab.models.uplift._uplift import Uplift


class Held(NamedTuple):
    """Which share of customers' 95 % intervals held, on drawn data and in a simulated market."""

    steep: float
    bent: float
    none: float
    truth: float
    allowed: float


COVERAGE: Final = {
    "s": Held(0.486, 0.527, 0.969, 0.583, 0.710),
    "forest": Held(0.930, 0.912, 0.963, 0.823, 0.950),
}
"""By learner, as measured in ``benchmarks/PROOF.md``, "Models: the interval of one customer"."""

_SAID = (
    "Whether the 95 % interval of one customer's effect holds cannot be measured on real data, and was not on these. "
    "Elsewhere this learner's held for {steep:.1%} of customers (drawn data, a steep effect), {bent:.1%} (a bent one), "
    "{none:.1%} (none), and in a simulated market for {truth:.1%} of true effects and {allowed:.1%} of what features "
    "tell of them (benchmarks/PROOF.md, “Models: the interval of one customer”)"
)
_UNMEASURED = (
    "Whether an interval of one customer's effect from this learner holds was measured nowhere; take intervals of "
    "groups (cj.models.score_groups)"
)
_RESPONSE = "It ranks by the outcome that is expected anyway, and says nothing of what a contact changes"
_LIMITS = (
    "Effects are those of the contacts that were tried, on customers like those that they were tried on",
    "Customers chosen for a large effect have, on average, a smaller one than was said of them",
)


def facts(model: Uplift, taught: Taught) -> Facts:
    """Return what its card tells."""
    named = f"Uplift, {model.learner!r}" + ("" if model.learner == "forest" else f" ({model.model})")
    arms = f"{listed(model.arms_)} against {model.control_!r}"
    return Facts(f"{named}: {arms}", taught, model.design_.columns.names, limits=(_coverage(model), *_LIMITS))


def _coverage(model: Uplift) -> str:
    """Say what is known of the interval of one customer."""
    if model.learner == "response":
        return _RESPONSE
    measured = model.replicates == 0 and (model.learner == "forest" or model.model == "linear")
    held = COVERAGE.get(model.learner) if measured else None
    return _UNMEASURED if held is None else _SAID.format(**held._asdict())
