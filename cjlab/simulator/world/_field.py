"""What a field of a world may hold, and how a value is declared."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, dataclass_transform

from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from cjlab._checks import shown
from cjlab.errors import SpecError
from cjlab.simulator.world._kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHOWN = 5  # faults named in one message
_READABLE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
_ADVICE = {"string_pattern_mismatch": "give text that is not blank and has no control characters"}

Number: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-50, le=50)]
Share: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Positive: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=1e9)]
Amount: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1e9)]
Spread: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=5)]
Duration: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=36_500)]
Pause: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=36_500)]
Days: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=36_500)]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=1)]
Name: TypeAlias = Annotated[str, Field(strict=True, min_length=1, max_length=60, pattern=_READABLE)]
Sentence: TypeAlias = Annotated[str, Field(strict=True, min_length=1, max_length=200, pattern=_READABLE)]
Flag: TypeAlias = Annotated[bool, Field(strict=True)]
Weights: TypeAlias = dict[Name, Amount]
Shares: TypeAlias = dict[Name, Share]


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(cls: type[Any]) -> type[Any]:
    """Make a class a frozen value whose fields are checked: unknown names, wrong types and bad numbers are refused."""
    cls.__post_init__ = _keeping(getattr(cls, "__post_init__", None))
    decorate: Callable[[type[Any]], type[Any]] = dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
    made = decorate(cls)
    made.__init__ = _refusing(made.__init__, cls.__name__)
    return made


def _keeping(then: Callable[[Any], None] | None) -> Callable[[Any], None]:
    """Let the mappings of a value stay as they were declared."""

    def __post_init__(self: Any) -> None:  # noqa: ANN401, N807 - of whatever class; the name is the one that is called
        for name, part in vars(self).items():
            if isinstance(part, dict):
                object.__setattr__(self, name, Kept(part))
        if then is not None:
            then(self)

    return __post_init__


def _refusing(begin: Callable[..., None], name: str) -> Callable[..., None]:
    """Let a constructor raise our own error, which names the field, its value, and what is allowed."""

    @wraps(begin)
    def checked(self: Any, *args: Any, **values: Any) -> None:  # noqa: ANN401 - whatever fields hold
        try:
            begin(self, *args, **values)
        except ValidationError as faults:
            raise SpecError(said_of(faults, name)) from None

    return checked


def said_of(faults: ValidationError, name: str) -> str:
    """Say the first faults of a value: where, what it is, what is allowed."""
    listed = faults.errors(include_url=False)
    shown = "; ".join(_said(fault, name) for fault in listed[:_SHOWN])
    more = len(listed) - _SHOWN
    return shown + (f"; and {more} more" if more > 0 else "")


def _said(fault: Mapping[str, Any], name: str) -> str:
    *path, last = fault["loc"] or ("it",)
    advice = _ADVICE.get(fault["type"], fault["msg"].lower())
    if last == "[key]":
        return f"{name}: {'.'.join(map(str, path[:-1]))} names {shown(fault['input'])}; {advice}"
    where = f"{name}: {'.'.join(map(str, (*path, last)))}"
    if fault["type"] == "value_error":  # our own, about parts that do not fit each other
        return str(fault["ctx"]["error"])
    if fault["type"] == "missing":
        return f"{where} is absent; it must be given"
    if fault["type"] == "unexpected_keyword_argument":
        return f"{where} is unknown; remove it or correct its name"
    return f"{where} is {shown(fault['input'])}; {advice}"
