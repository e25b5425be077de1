"""Every public name says what one gets, in numpydoc's form, with an example that runs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
from numpydoc.validate import validate

import cjlab

if TYPE_CHECKING:
    from collections.abc import Iterator

LEFT_OUT = {
    "GL08",  # that there is a docstring at all is ruff's business
    "SA01",  # a see-also section
    "ES01",  # an extended summary
}


def public_names() -> Iterator[str]:
    """Name every public object of every room, and every public member that a class of ours defines."""
    for room in (name for name in dir(cjlab) if not name.startswith("_")):
        for name in getattr(cjlab, room).__all__:
            thing = getattr(getattr(cjlab, room), name)
            if callable(thing):
                yield f"cjlab.{room}.{name}"
            if inspect.isclass(thing):
                yield from (f"cjlab.{room}.{name}.{member}" for member in members(thing))


def members(thing: type) -> Iterator[str]:
    """Name what a class offers, its own and what it has from other classes of ours."""
    ours = (one for one in thing.__mro__ if one.__module__.startswith("cjlab"))
    for name, member in {name: member for one in ours for name, member in vars(one).items()}.items():
        documented = isinstance(member, property | classmethod | staticmethod) or inspect.isfunction(member)
        if documented and not name.startswith("_"):
            yield name


@pytest.mark.parametrize("name", list(public_names()))
def test_a_public_name_is_documented(name: str) -> None:
    faults = [fault for fault in validate(name)["errors"] if fault[0] not in LEFT_OUT]
    assert not faults
