"""A model taken apart: a tree that JSON can hold, its arrays, and xgboost's own bytes; and put together again."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.errors import ModelError
from cjlab.models._kinds import Storable, class_of, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part


@dataclass(frozen=True)
class Pieces:
    """What does not go into JSON, by the name that stands there for it."""

    arrays: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    boosters: dict[str, bytes] = field(default_factory=dict)

    def apart(self, part: Part) -> dict[str, Any]:
        """Return a part as JSON, each value under the word that says what it is."""
        if isinstance(part, np.ndarray):
            return {"array": self._kept(part)}
        if isinstance(part, bytes):
            name = f"booster_{len(self.boosters)}.ubj"
            self.boosters[name] = part
            return {"booster": name}
        if isinstance(part, dict):
            return {"map": {_key(name): self.apart(one) for name, one in part.items()}}
        if isinstance(part, list | tuple):
            return {"list": [self.apart(one) for one in part]}
        if isinstance(part, Storable):
            return {"kind": kind_of(part), "parts": {name: self.apart(one) for name, one in part._parts().items()}}  # noqa: SLF001 - the protocol of what is stored
        return _plain(part)

    def together(self, tree: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever was taken apart
        """Return the part that was taken apart."""
        if "kind" in tree:
            parts = {name: self.together(one) for name, one in tree["parts"].items()}
            return _made(tree["kind"], parts)
        ((word, value),) = tree.items()
        if word == "array":
            return self.arrays[value]
        if word == "booster":
            return self.boosters[value]
        if word == "map":
            return {name: self.together(one) for name, one in value.items()}
        if word == "list":
            return [self.together(one) for one in value]
        return float(value) if word == "float" else value

    def _kept(self, array: NDArray[np.generic]) -> str:
        if array.dtype.hasobject:
            raise ModelError("an array of Python objects cannot be stored; give numbers, flags, times or text")
        name = f"array_{len(self.arrays)}"
        self.arrays[name] = array
        return name


def _made(kind: object, parts: Mapping[str, object]) -> Storable:
    try:
        return class_of(kind)._of(parts)  # noqa: SLF001 - the protocol of what is stored
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"the stored {kind!r} was made of other parts than today ({', '.join(sorted(parts))}; {error}); learn the "
            "model again from its data and save it, or use the version of cjlab that made it"
        ) from error


def _plain(part: object) -> dict[str, Any]:
    """Return a number or a word; a number that JSON does not know goes as text."""
    value = part.item() if isinstance(part, np.generic) else part
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return {"value": value}
    raise ModelError(f"a {type(value).__name__} cannot be stored; give numbers, text, arrays, lists and maps of them")


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise ModelError(f"a map that is stored has names for keys; {name!r} is a {type(name).__name__}")
    return name
