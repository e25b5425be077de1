"""A version of a model: what it is made of, what it was trained on, and which names it serves under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab._display import Shown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model; what it is made of never changes.

    Parameters
    ----------
    name : str
        The model.
    number : int
        Which version, from 1.
    model : str
        Its class.
    question : str
        What it answers, by its card.
    content : str
        The SHA-256 of all its files, their names included.
    files : mapping
        The SHA-256 of each file, by its name.
    trained_on : mapping
        What was said of its training set.
    registered : datetime
        When, in UTC, by the registry's clock.
    aliases : tuple of str
        The names it has.
    confirmed : datetime
        When the registry said all this, in UTC: now, unless it was away and a copy served on.
    cached : bool
        Whether the registry was away.
    erased : str
        Whether it learnt from customers who were erased since: ``"trained on erased"``, ``"training set unknown"`` when
        nothing tells, or nothing.

    Examples
    --------
    >>> import datetime as dt
    >>> import cjlab as cj
    >>> at = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    >>> one = cj.loop.Version("churn", 3, "Churn", "Who leaves?", "9f…", {}, {}, at, ("champion",), at)
    >>> one.number, one.cached
    (3, False)
    """

    name: str
    number: int
    model: str
    question: str
    content: str
    files: Mapping[str, str]
    trained_on: Mapping[str, str]
    registered: dt.datetime
    aliases: tuple[str, ...]
    confirmed: dt.datetime
    cached: bool = False
    erased: str = ""

    def __str__(self) -> str:
        """Name it."""
        return f"version {self.number} of {self.name!r}"


@dataclass(frozen=True, eq=False, repr=False)
class Versions(Shown):
    """Versions of models, the newest first.

    Parameters
    ----------
    rows : tuple of Version
        The versions.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.Versions(()).rows
    ()
    """

    rows: tuple[Version, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a version.

        Returns
        -------
        pandas.DataFrame
            ``name``, ``version``, ``aliases``, ``model``, ``registered``, ``question``, ``trained_on``, ``content``,
            ``erased``.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.loop.Versions(()).to_frame())
        0
        """
        import pandas as pd

        names = ["name", "version", "aliases", "model", "registered", "question", "trained_on", "content", "erased"]
        return pd.DataFrame([_row(one) for one in self.rows], columns=names)


def _row(one: Version) -> tuple[Any, ...]:
    aliases = ", ".join(one.aliases)
    trained_on = ", ".join(f"{key} {value}" for key, value in one.trained_on.items())
    return one.name, one.number, aliases, one.model, one.registered, one.question, trained_on, one.content, one.erased
