"""Compiled code that is kept on disk, and thrown away as soon as any of its sources has changed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numba import njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator, UserWideCacheLocator

if TYPE_CHECKING:
    from collections.abc import Callable


class _Stamped:
    """A place for compiled code, stamped with every source of the folder: numba looks at the outermost file only."""

    _py_file: str

    def get_source_stamp(self) -> str:
        """Return what must be the same for compiled code to be used again."""
        files = sorted(Path(self._py_file).parent.glob("*.py"))
        return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


class _Beside(_Stamped, InTreeCacheLocator):
    """Beside the sources, where that can be written."""


class _Elsewhere(_Stamped, UserWideCacheLocator):
    """In the user's cache."""


class _Implementation(CompileResultCacheImpl):
    """How compiled code is kept, in one of those places."""

    _locator_classes = [_Beside, _Elsewhere]  # noqa: RUF012 - numba's own attribute


class _Cache(FunctionCache):
    """The cache of one kernel."""

    _impl_class = _Implementation


def kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function when it is first called, without the interpreter's lock, and keep the result on disk."""
    compiled: Any = njit(nogil=True, error_model="numpy")(function)
    compiled._cache = _Cache(function)  # noqa: SLF001 - numba's own door looks at one file only
    result: Callable[..., Any] = compiled
    return result
