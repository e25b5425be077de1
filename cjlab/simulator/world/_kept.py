"""Mappings that stay as they were declared."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from cjlab.errors import SpecError

_Part = TypeVar("_Part")


class Kept(dict[str, _Part]):
    """A mapping of a frozen value: it can be read, compared, hashed and sent to another process, and not changed."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise SpecError("a world is never changed; make another one, such as world.but(actions={**world.actions, …})")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override] # what cannot change can be hashed
        """Hash what it holds, in whatever order, as it is compared."""
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how it is made again elsewhere."""
        return type(self), (dict(self),)
