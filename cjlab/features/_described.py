"""What features are, in words: a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from cjlab.features._builder import Column
    from cjlab.features._source import Source


def described(columns: Sequence[Column]) -> pd.DataFrame:
    """Return what each feature is, by its name."""
    import pandas as pd

    lines = {
        one.name: {
            "what": one.what,
            "unit": one.unit,
            "looks_back": _once(source.looks_back for source in one.cells),
            "reads": _once(map(_read, one.cells), between="; ") or "customers",
            "missing": one.missing,
        }
        for one in columns
    }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("feature")


def _read(source: Source) -> str:
    return str(source.where) + (f": {', '.join(source.columns)}" if source.columns else "")


def _once(words: Iterable[str], *, between: str = ", ") -> str:
    return between.join(dict.fromkeys(words))
