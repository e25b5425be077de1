"""What a field of a world may hold, and how a value is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, dataclass_transform

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

Number: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Share: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Positive: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Amount: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
Days: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=36_500)]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=1)]
Name: TypeAlias = Annotated[str, Field(strict=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
Sentence: TypeAlias = Annotated[str, Field(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Flag: TypeAlias = Annotated[bool, Field(strict=True)]
Weights: TypeAlias = dict[Name, Amount]
Shares: TypeAlias = dict[Name, Share]


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(cls: type[Any]) -> type[Any]:
    """Make a class a frozen value whose fields are checked: unknown names, wrong types and bad numbers are refused."""
    decorate: Callable[[type[Any]], type[Any]] = dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
    return decorate(cls)
