"""What features are, in words: a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import pandas as pd

    from cjlab.features.builders._builder import Column
    from cjlab.features.reading._source import Source


def described(columns: Iterable[tuple[Column, dt.datetime | None]], *, hindsight: bool) -> pd.DataFrame:
    """Return what each feature is, by its name, and when its builder learned what it holds."""
    import pandas as pd

    lines = {
        one.name: {
            "what": one.what,
            "unit": one.unit,
            "looks_back": _once(source.looks_back for source in one.cells),
            "reads": _once(map(_read, one.cells), between="; ") or "customers",
            "missing": one.missing,
            "learned": learned,
            "hindsight": hindsight,
        }
        for one, learned in columns
    }
    frame = pd.DataFrame.from_dict(lines, orient="index").rename_axis("feature")
    return frame.assign(learned=pd.to_datetime(frame["learned"], utc=True).dt.as_unit("us"))


def _read(source: Source) -> str:
    return str(source.where) + (f": {', '.join(source.columns)}" if source.columns else "")


def _once(words: Iterable[str], *, between: str = ", ") -> str:
    return between.join(dict.fromkeys(words))
