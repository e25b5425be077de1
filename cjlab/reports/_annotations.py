"""Types a notebook's parameter may declare, read from its source and never executed."""

from __future__ import annotations

import ast
import datetime as dt
import json
import math
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from cjlab._checks import listed
from cjlab.errors import ParameterError

SCALARS = ("str", "int", "float", "bool")
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_ALLOWED = "str, int, float, bool, list[…], Literal[…], Path, or one of these | None"


@dataclass(frozen=True, slots=True)
class Kind:
    """What values a parameter takes.

    Parameters
    ----------
    names
        Of ``str``, ``int``, ``float``, ``bool``, ``Path`` and ``None`` those it may be.
    choices
        Values it may be, from ``Literal``.
    item
        What the items of a list are; None where it is no list.
    """

    names: tuple[str, ...] = ()
    choices: tuple[object, ...] = ()
    item: Kind | None = None

    @classmethod
    def read(cls, node: ast.expr) -> Kind:
        """Read an annotation; raises ValueError for one that is not allowed."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return cls.read(node.left) | cls.read(node.right)
        if isinstance(node, ast.Constant) and node.value is None:
            return cls(names=("None",))
        if isinstance(node, ast.Name) and node.id in {*SCALARS, "Path"}:
            return cls(names=(node.id,))
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            return cls._subscripted(node.value.id, node.slice)
        raise ValueError(f"{ast.unparse(node)} is no type of a parameter; allowed: {_ALLOWED}")

    @classmethod
    def _subscripted(cls, name: str, inside: ast.expr) -> Kind:
        if name == "list":
            return cls(item=cls.read(inside))
        if name == "Literal":
            choices = ast.literal_eval(inside)
            return cls(choices=choices if isinstance(choices, tuple) else (choices,))
        raise ValueError(f"{name}[…] is no type of a parameter; allowed: {_ALLOWED}")

    @classmethod
    def of(cls, value: object) -> Kind:
        """Give the type of a default that was written without one; raises ValueError where there is none."""
        if type(value).__name__ in SCALARS:
            return cls(names=(type(value).__name__,))
        raise ValueError(f"the type of {value!r} is not written; write one of {_ALLOWED}")

    def __or__(self, other: Kind) -> Kind:
        return Kind(self.names + other.names, self.choices + other.choices, self.item or other.item)

    def __str__(self) -> str:
        words = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
        words |= {"Path": "a file or folder", "None": "none"}
        lists = [f"a list, each item {self.item}"] if self.item else []
        choices = [listed(self.choices)] if self.choices else []
        return " or ".join([*choices, *(words[name] for name in self.names), *lists])

    def check(self, value: object) -> Any:  # noqa: ANN401 - a literal of the declared type
        """Return ``value`` as the plain literal that is meant; raises ParameterError where it is not of this type."""
        plain = literal(value)
        if plain is None and "None" in self.names:
            return None
        if any(type(plain) is type(choice) and plain == choice for choice in self.choices):
            return plain
        if isinstance(plain, list) and self.item is not None:
            return [self.item.check(one) for one in plain]
        for name in self.names:
            if name == type(plain).__name__ or (name == "Path" and isinstance(plain, str)):
                return plain
            if name == "float" and type(plain) is int:
                return float(plain)
        raise ParameterError(f"{value!r} ({type(value).__name__}); allowed: {self}")

    def parse(self, text: str) -> Any:  # noqa: ANN401 - a literal of the declared type
        """Read a value typed on a command line; raises ParameterError where it cannot be of this type."""
        for name in ("choices", "None", "int", "float", "bool", "list", "text"):
            try:
                return self.check(_READERS[name](text, self))
            except (ValueError, TypeError):
                continue
        raise ParameterError(f"{text!r}; allowed: {self}")


def literal(value: object) -> object:
    """Turn what numpy, pandas and pathlib make of a value into the plain literal it stands for.

    Raises
    ------
    ParameterError
        When it stands for none, such as a frame or an array, or is not finite.
    """
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return literal(value.item())
    if isinstance(value, list | tuple):
        return [literal(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ParameterError(f"{value!r}; give a finite number")
    if value is not None and type(value).__name__ not in SCALARS:
        kind = f"{type(value).__module__}.{type(value).__name__}"
        raise ParameterError(
            f"of type {kind}, which cannot be written into a notebook; give a plain value, such as the path of a file"
        )
    return value


def _choice(text: str, kind: Kind) -> object:
    return next(iter([choice for choice in kind.choices if str(choice) == text]), float("nan"))


def _none(text: str, _: Kind) -> None:
    if text.lower() not in {"none", "null"}:
        raise ValueError(text)


def _bool(text: str, _: Kind) -> bool:
    if text.lower() not in {*_TRUE, *_FALSE}:
        raise ValueError(text)
    return text.lower() in _TRUE


def _list(text: str, kind: Kind) -> list[object]:
    if kind.item is None:
        raise ValueError(text)
    if text.startswith("["):
        return list(json.loads(text))
    return [kind.item.parse(part.strip()) for part in text.split(",") if part.strip()]


_READERS: dict[str, Any] = {
    "choices": _choice,
    "None": _none,
    "bool": _bool,
    "int": lambda text, _: int(text),
    "float": lambda text, _: float(text),
    "list": _list,
    "text": lambda text, _: text,
}
