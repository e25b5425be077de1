"""What several features read of the same numbers is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Made = TypeVar("Made")


class Once(Generic[Made]):
    """A function of arrays that keeps what it made last, as long as it is asked of the same arrays.

    They are told apart by identity, so they must not be written to; threads may ask at once.
    """

    def __init__(self, make: Callable[..., Made]) -> None:
        """Keep the function."""
        self._make = make
        self._last: tuple[tuple[ref[NDArray[Any]], ...], Made] | None = None

    def __call__(self, *arrays: NDArray[Any]) -> Made:
        """Return what is made of the arrays."""
        last = self._last
        if last is None or any(known() is not one for known, one in zip(last[0], arrays, strict=True)):
            last = (tuple(map(ref, arrays)), self._make(*arrays))
            self._last = last
        return last[1]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without what was made."""
        return Once, (self._make,)
