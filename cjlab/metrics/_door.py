"""What comes in: numbers, labels and frames, checked once and trusted from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cjlab._checks import listed, shown
from cjlab.errors import EvidenceError, SpecError, TableError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.intp]
Flags: TypeAlias = NDArray[np.bool_]
Given: TypeAlias = ArrayLike
Columns: TypeAlias = Any  # a frame of pandas or Polars, or a mapping of arms to numbers or columns

_LARGEST = 1e100


class Labels(NamedTuple):
    """A column of labels: the code of each row, and the label of each code."""

    codes: Codes
    names: tuple[Any, ...]


def same_rows(**given: object) -> None:
    """Refuse pandas columns whose indexes differ: they would be put side by side wrongly."""
    indexed = [(name, one.index) for name, one in given.items() if hasattr(one, "index") and hasattr(one, "iloc")]
    for name, index in indexed[1:]:
        first, expected = indexed[0]
        if not index.equals(expected):
            raise TableError(
                f"{name} and {first} have different indexes; bring them to one order of rows, such as "
                f"{name}.reindex({first}.index), or give arrays"
            )


def numbers(values: Given, *, name: str, n: int | None = None) -> Floats:
    """Return a column of finite numbers, ``(n,)`` float64; a frame of one column is one."""
    column = _array(values, name)
    if column.ndim == 2 and column.shape[1] == 1:  # noqa: PLR2004 - rows and columns
        column = column[:, 0]
    if column.ndim != 1:
        raise TableError(f"{name} has the shape {column.shape}; give one number a row, (n,)")
    found = _floats(column, name)
    _rows(len(found), name, n)
    wrong = np.flatnonzero(~np.isfinite(found))
    if len(wrong):
        raise TableError(
            f"{name} is {found[wrong[0]]} in row {wrong[0]} and {len(wrong)} of {len(found)} rows are missing or "
            "infinite; give a finite number a row, or leave those rows out of every argument"
        )
    if np.abs(found).max() > _LARGEST:
        row = int(np.abs(found).argmax())
        raise TableError(
            f"{name} is {found[row]:g} in row {row}; give numbers from −1e100 to 1e100, whose squares add up"
        )
    return found


def events(values: Given, *, name: str, n: int | None = None) -> Floats:
    """Return a column that says 1 or 0 (or true or false), with both among its rows."""
    found = numbers(values, name=name, n=n)
    wrong = np.flatnonzero((found != 0) & (found != 1))
    if len(wrong):
        raise TableError(f"{name} is {found[wrong[0]]:g} in row {wrong[0]}; give 1 where it happened and 0 elsewhere")
    if not 0 < found.sum() < len(found):
        raise EvidenceError(
            f"{name} is {found[0]:g} in all {len(found)} rows; a score is judged where some rows are 1 and others 0"
        )
    return found


def chances(values: Given, *, name: str, n: int | None = None) -> Floats:
    """Return a column of probabilities, each from 0 to 1."""
    found = numbers(values, name=name, n=n)
    wrong = np.flatnonzero((found < 0) | (found > 1))
    if len(wrong):
        raise TableError(f"{name} is {found[wrong[0]]:g} in row {wrong[0]}; a probability lies from 0 to 1")
    return found


def labels(values: Given, *, name: str, n: int | None = None) -> Labels:
    """Return a column of labels (text, whole numbers or truth values), none of them missing; codes follow the order."""
    column = _array(values, name)
    if column.ndim != 1:
        raise TableError(f"{name} has the shape {column.shape}; give one label a row, (n,)")
    _rows(len(column), name, n)
    from pandas import factorize

    codes, names = factorize(column)
    if len(codes) and codes.min() < 0:
        raise TableError(f"{name} is missing in row {int(np.argmin(codes))}; give every row a label")
    order = _rising(names)
    places = np.empty(len(names), dtype=np.intp)
    places[order] = np.arange(len(names))
    return Labels(places[codes], tuple(names[order].tolist()))


def clusters(customer: Given | None, n: int) -> Codes | None:
    """Return the code of the customer of each row, or None where every row is a customer of its own."""
    if customer is None:
        return None
    found = labels(customer, name="customer", n=n)
    return None if len(found.names) == n else found.codes


def by_arm(values: Columns, arms: Iterable[Hashable], *, name: str, n: int) -> Floats:
    """Return one column an arm, ``(n, arms)``, from a frame or mapping that names them."""
    wanted = list(arms)
    present = named(values)
    if present is None:
        raise TableError(f"{name} does not name its columns; give a frame, or a mapping, with the columns {wanted}")
    absent = [one for one in wanted if one not in present]
    if absent:
        raise TableError(f"{name} has no column {listed(absent)}; its columns are {present}")
    columns = [values[one] for one in wanted]
    return np.column_stack(
        [
            np.full(n, float(column)) if np.ndim(column) == 0 else numbers(column, name=f"{name}[{arm!r}]", n=n)
            for arm, column in zip(wanted, columns, strict=True)
        ]
    )


def named(values: object) -> list[Any] | None:
    """Return the names of the columns of a frame or mapping; None of anything else."""
    if isinstance(values, Mapping):
        return list(values)
    columns = getattr(values, "columns", None)
    return None if columns is None else list(columns)


def member(value: object, names: Iterable[object], *, name: str) -> int:
    """Return the place of a label among those that occur."""
    known = list(names)
    if not isinstance(value, str | int | float | np.generic) or value not in known:
        raise SpecError(f"{name} is {shown(value)}; the arms are {listed(known)}")
    return known.index(value)


def _array(values: object, name: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as refused:
        raise TableError(f"{name} is no column of values: {refused}") from refused


def _floats(column: NDArray[Any], name: str) -> Floats:
    if column.dtype.kind not in "biufO":
        raise TableError(f"{name} is of type {column.dtype}; give numbers")
    text = next((one for one in column.ravel() if isinstance(one, str)), None) if column.dtype.kind == "O" else None
    if text is not None:
        raise TableError(f"{name} holds text, such as {shown(text)}; give numbers")
    try:
        return column.astype(np.float64)
    except (TypeError, ValueError) as refused:
        raise TableError(f"{name} holds what is no number: {refused}") from refused


def _rows(found: int, name: str, n: int | None) -> None:
    if found == 0:
        raise EvidenceError(f"{name} has no rows; there is nothing to measure")
    if n is not None and found != n:
        raise TableError(f"{name} has {found} rows and outcome has {n}; give one value for each row of outcome")


def _rising(names: NDArray[Any]) -> NDArray[np.intp]:
    """Return the order of labels; those of several types by their types first."""
    if names.dtype.kind != "O":
        return np.argsort(names, kind="stable")
    rising = sorted(range(len(names)), key=lambda place: (str(type(names[place])), names[place]))
    return np.array(rising, dtype=np.intp)
