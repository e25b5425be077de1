"""What a world was declared with stays as it was: nothing of it can be changed by whoever holds it."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from cjlab.errors import SpecError
from cjlab.simulator import World

if TYPE_CHECKING:
    from collections.abc import Callable

WORLD = World.retail(n_customers=10)


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.clear(),
        lambda parts: parts.update(x=1),
        lambda parts: parts.pop("web"),
        lambda parts: parts.popitem(),
        lambda parts: parts.setdefault("x", 1),
        lambda parts: parts.__setitem__("web", 1),
        lambda parts: parts.__delitem__("web"),
        lambda parts: parts.__ior__({"x": 1}),
    ],
)
@pytest.mark.parametrize("parts", [WORLD.channels, WORLD.personas["faithful"].channels])
def test_no_mapping_of_a_world_can_be_changed(parts: dict[str, Any], change: Callable[[Any], object]) -> None:
    before = dict(parts)
    with pytest.raises(SpecError, match=r"a world is never changed; make another one, such as world\.but"):
        change(parts)
    assert parts == before


def test_a_world_read_and_a_world_made_are_kept_alike() -> None:
    made = WORLD.but(channels=dict(WORLD.channels))
    assert made == WORLD
    assert hash(made) == hash(WORLD)
    assert hash(WORLD.but(seed=1)) != hash(WORLD)
    assert hash(WORLD.but(places={"b": 1.0, "a": 2.0})) == hash(WORLD.but(places={"a": 2.0, "b": 1.0}))


def test_a_world_travels_to_another_process() -> None:
    for other in (pickle.loads(pickle.dumps(WORLD)), copy.deepcopy(WORLD)):  # noqa: S301 - what was just written
        assert other == WORLD
        assert other.fingerprint() == WORLD.fingerprint()
        with pytest.raises(SpecError, match="never changed"):
            other.personas.clear()
