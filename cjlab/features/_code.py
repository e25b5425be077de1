"""Code of one's own: what tells a function from another that has its name."""

from __future__ import annotations

import inspect
import pickle
from hashlib import sha256
from types import CellType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from cjlab.features.reading._past import Told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjlab.features._recipe import Recipe


def codes(recipe: Recipe) -> dict[str, str]:
    """Return what tells the code of each signal, and of each builder of one's own, from other code, by its name.

    It is a digest of what Python compiled, with the values that are bound to it and, likewise, those things of the same
    package that it names; comments and line numbers are not in it. Another Python may compile the same text otherwise.
    """
    sources = [source for column in recipe.columns for source in column.cells]
    signals = {f"code of signal {one.function.__name__!r}": one.function for one in sources if isinstance(one, Told)}
    kinds = {f"code of builder {type(one).__name__!r}": type(one) for one in recipe.builders}
    own = {name: kind for name, kind in kinds.items() if _package(kind) != _package(Told)}
    return {name: _digest(thing) for name, thing in {**signals, **own}.items()}


def _digest(thing: Any) -> str:  # noqa: ANN401 - a function or a class
    return sha256(repr(_Told(_package(thing), set()).of(thing)).encode()).hexdigest()[:16]


def _package(thing: Any) -> str:  # noqa: ANN401 - whatever has a module
    return str(getattr(thing, "__module__", "")).partition(".")[0]


class _Told(NamedTuple):
    """What things say in plain values that are the same in every process; those of other packages by their names."""

    package: str
    seen: set[int]

    def of(self, thing: Any) -> object:  # noqa: ANN401 - whatever is bound to a name
        """Return it in plain values."""
        thing = inspect.unwrap(getattr(thing, "py_func", thing)) if callable(thing) else thing
        if isinstance(thing, ModuleType):
            return thing.__name__
        if isinstance(thing, CodeType):
            return thing.co_code, thing.co_exceptiontable, thing.co_names, [self.of(one) for one in thing.co_consts]
        if isinstance(thing, FunctionType | type):
            return list(self._parts(thing)) if self._mine(thing) else f"{thing.__module__}.{thing.__qualname__}"
        return self._held(thing)

    def _held(self, thing: object) -> object:
        """Return what a container holds, or the value that it is."""
        if isinstance(thing, set | frozenset):
            return sorted(repr(self.of(one)) for one in thing)
        if isinstance(thing, dict):
            return [(self.of(name), self.of(value)) for name, value in thing.items()]
        if isinstance(thing, list | tuple):
            return [self.of(one) for one in thing]
        return _pickled(thing)

    def _mine(self, thing: FunctionType | type) -> bool:
        """Tell whether it is of the package, and is met for the first time."""
        new = _package(thing) == self.package and id(thing) not in self.seen
        self.seen.add(id(thing))
        return new

    def _parts(self, thing: FunctionType | type) -> Iterator[object]:
        if isinstance(thing, type):
            members = {name: one for name, one in vars(thing).items() if not name.startswith("__")}
            functions = {name: getattr(one, "fget", getattr(one, "__func__", one)) for name, one in members.items()}
            yield from ((name, self.of(functions[name])) for name in sorted(functions))
            return
        yield self.of(thing.__code__)
        yield self.of([thing.__defaults__, thing.__kwdefaults__])
        yield self.of([_content(cell) for cell in thing.__closure__ or ()])
        yield self.of({name: thing.__globals__[name] for name in _names(thing.__code__) if name in thing.__globals__})


def _content(cell: CellType) -> object:
    """Return what is bound to a name of an outer function; nothing where it is not yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _names(code: CodeType) -> list[str]:
    """Return the names that code, and what is defined in it, may look up."""
    inner = [name for one in code.co_consts if isinstance(one, CodeType) for name in _names(one)]
    return sorted({*code.co_names, *inner})


def _pickled(thing: object) -> object:
    """Return a value as it is written, or, where it cannot be, what it is."""
    if thing is None or isinstance(thing, str | bytes | int | float | complex):
        return repr(thing)
    try:
        return sha256(pickle.dumps(thing, protocol=5)).hexdigest()
    except (pickle.PicklingError, TypeError, AttributeError, ValueError, RuntimeError):  # what libraries raise there
        return f"{type(thing).__module__}.{type(thing).__qualname__}"
