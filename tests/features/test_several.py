"""One of what may be several is taken as one, everywhere in the room."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from cjlab.errors import SpecError
from cjlab.features import RFM, Affinity, Contract, Engagement, Freshness, Pressure, Topics, freshness
from cjlab.simulator import World, simulate
from tests.features.samples import SAMPLES

if TYPE_CHECKING:
    from cjlab.features import Builder

PLACES = [
    pytest.param(sample, one.name, id=f"{kind}-{number}-{one.name}")
    for kind, samples in SAMPLES.items()
    for number, sample in enumerate(samples)
    for one in fields(sample)
    if str(one.type) in {"tuple[str, ...]", "tuple[float, ...]", "tuple[int, ...]"}
]


def said(builder: Builder, name: str, value: Any) -> object:
    """Return the builder with another value of a field, or why there is none."""
    try:
        return replace(builder, **{name: value})
    except SpecError as refused:
        return str(refused)


@pytest.mark.parametrize(("builder", "name"), PLACES)
def test_a_builder_takes_one_for_a_tuple_of_one(builder: Builder, name: str) -> None:
    of = next(str(one.type) for one in fields(builder) if one.name == name)
    word = next(iter(getattr(builder, name)), "web" if "str" in of else 1)
    assert said(builder, name, word) == said(builder, name, (word,)) == said(builder, name, [word])
    assert said(builder, name, "") != builder


def test_a_word_is_not_taken_for_its_letters() -> None:
    assert Engagement("email").channels == ("email",)  # type: ignore[arg-type] # the point, here and below
    assert Freshness("country", "30D") == Freshness(("country",), ("30D",))  # type: ignore[arg-type]
    assert Pressure(windows="7D").windows == ("7D",)  # type: ignore[arg-type]
    assert Affinity("email", 0.2, 3).means == (0.2,)  # type: ignore[arg-type]
    assert RFM(-30.0, 2, 20).frequency == (2.0,)  # type: ignore[arg-type]
    assert Contract("unpaid").reasons == ("unpaid",)  # type: ignore[arg-type]
    assert Topics.told({"money": "bill"}).words == ("bill",)


def test_fields_are_named_for_how_fresh_they_are() -> None:
    log = simulate(World.retail(n_customers=60), days=60).log
    every = freshness(log, "2024-02-20")
    some = list(every.index[::-1])[:2]
    assert freshness(log, "2024-02-20", fields=tuple(some)).equals(every.loc[some])
    assert freshness(log, "2024-02-20", fields=some[0]).equals(every.loc[some[:1]])  # type: ignore[arg-type]
    with pytest.raises(SpecError, match=r"^fields names 'cuontry', which nobody told before 2024-02-20; told are \("):
        freshness(log, "2024-02-20", fields=("cuontry",))
