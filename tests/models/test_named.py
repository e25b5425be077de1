"""A model shows its settings, and what it has learnt where that is short."""

from __future__ import annotations

import pytest

import cjlab as cj
from benchmarks.proof import values


@pytest.mark.parametrize(
    "name", ["CustomerValue", "NextInteraction", "NextOffer", "Personas", "BetaGeometric", "GammaGamma"]
)
def test_what_is_left_as_it_was_is_not_said(name: str) -> None:
    assert repr(getattr(cj.models, name)()) == f"{name}()"


def test_what_is_set_is_said() -> None:
    assert repr(cj.models.CustomerValue(within="26W", margin=0.3)) == "CustomerValue(within='26W', margin=0.3)"
    assert repr(cj.models.Tiers(names=("a", "b"), shares=(0.5, 0.5))) == (
        "Tiers(names=('a', 'b'), shares=(0.5, 0.5), spend=(0.05, 0.05))"
    )


def test_likeliest_parameters_are_shown_with_their_intervals() -> None:
    table = values.lived(0, 400).table
    fitted = cj.models.BetaGeometric(confidence=0.9).fit(table)
    assert repr(fitted).startswith(
        f"BetaGeometric(confidence=0.9) of {fitted.customers:,} customers\nparameter  estimate"
    )
