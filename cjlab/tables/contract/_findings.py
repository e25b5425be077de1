"""What a check found: every broken rule, with the rows that break it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from cjlab._display import Shown, in_a_notebook, tabled
from cjlab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

_SHOWN = 5  # rules named in an error; the findings hold them all


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    Parameters
    ----------
    rule : str
        Its name, such as ``"duplicate"`` or ``"range"``.
    table, column : str
        What breaks it.
    count : int
        How many rows do.
    first : tuple of Mapping
        The first of them: what identifies the row, and the value.
    message : str
        What is wrong, what is allowed, and what to do.

    Examples
    --------
    >>> import polars as pl
    >>> from cjlab.tables import Log
    >>> (finding,) = Log.of(items=pl.DataFrame({"item": ["shoe", "hat", "shoe"]})).check()
    >>> finding.message
    'items.item stands in several rows (2 rows); keep one row for each'
    """

    rule: str
    table: str
    column: str
    count: int
    first: tuple[Mapping[str, Any], ...]
    message: str


@dataclass(frozen=True, slots=True, repr=False)
class Findings(Shown):
    """Every rule that a log breaks; none for a clean one.

    Parameters
    ----------
    findings : tuple of Finding
        One for each broken rule of each column, in the order of the tables.
    unassigned : int
        How many events have neither customer nor visitor: no fault, but worth knowing.

    Examples
    --------
    >>> Findings(findings=(), unassigned=0).ok
    True
    """

    findings: tuple[Finding, ...]
    unassigned: int = 0

    @property
    def ok(self) -> bool:
        """Whether no rule is broken.

        Returns
        -------
        bool
            True for a clean log.

        Examples
        --------
        >>> from cjlab.tables import Log
        >>> Log.of().check().ok
        True
        """
        return not self.findings

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings."""
        return iter(self.findings)

    def __len__(self) -> int:
        """Count the findings."""
        return len(self.findings)

    def require(self) -> Findings:
        """Return the findings, if there are none.

        Returns
        -------
        Findings
            These findings.

        Raises
        ------
        TableError
            When a rule is broken; the message names the rules.

        Examples
        --------
        >>> import polars as pl
        >>> from cjlab.tables import Log
        >>> Log.of(items=pl.DataFrame({"item": [None]})).check().require()
        Traceback (most recent call last):
        cjlab.errors.TableError: the log breaks its rules:
        - items.item is null; no row may lack it (1 row); fill it, or leave the row out
        """
        if self.ok:
            return self
        said = [f"- {finding.message}" for finding in self.findings[:_SHOWN]]
        more = len(self) - len(said)
        raise TableError("\n".join(["the log breaks its rules:", *said, *([f"- and {more} more"] if more else [])]))

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a frame.

        Returns
        -------
        pandas.DataFrame
            One row a finding: rule, table, column, count, first, message.

        Examples
        --------
        >>> import polars as pl
        >>> from cjlab.tables import Log
        >>> Log.of(items=pl.DataFrame({"item": [None]})).check().to_frame()[["rule", "table", "column", "count"]]
           rule  table column  count
        0  null  items   item      1
        """
        import pandas as pd

        frame = pd.DataFrame(self.findings, columns=[field.name for field in fields(Finding)])
        return frame.assign(first=["; ".join(map(_said, finding.first)) for finding in self.findings])

    def __repr__(self) -> str:
        """Say how many rules are broken, and each of them."""
        return "\n".join([f"Findings: {self._summary}", *(f"- {finding.message}" for finding in self.findings)])

    def _repr_html_(self) -> str:
        table = tabled(self.to_frame()) if self.findings else ""
        return in_a_notebook(f"<p>{self._summary}</p>{table}")

    @property
    def _summary(self) -> str:
        count, events = len(self), self.unassigned
        said = [f"{count or 'no'} {'rules are' if count > 1 else 'rule is'} broken"]
        if events:
            said.append(f"{events:,} {'events have' if events > 1 else 'event has'} neither customer nor visitor")
        return "; ".join(said)


def _said(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items())
