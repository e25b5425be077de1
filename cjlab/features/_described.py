"""What features are, in words: a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from cjlab.features._builder import Column
    from cjlab.features._cell import Cell


def described(columns: Sequence[Column]) -> pd.DataFrame:
    """Return what each feature is, by its name."""
    import pandas as pd

    lines = {
        one.name: {
            "what": one.what,
            "unit": one.unit,
            "looks_back": _once(cell.window or cell.span or "everything" for cell in one.cells),
            "reads": _once(map(_read, one.cells), between="; ") or "customers",
            "missing": one.missing,
        }
        for one in columns
    }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("feature")


def _read(cell: Cell) -> str:
    columns = [name for name in (cell.number, cell.code) if name]
    return str(cell.where) + (f": {', '.join(columns)}" if columns else "")


def _once(words: Iterable[str], *, between: str = ", ") -> str:
    return between.join(dict.fromkeys(words))
