"""Results that are one small table: each says its columns, and the rest is written once."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from cjlab._display import Shown
from cjlab.metrics._estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


class Tabled(Shown):
    """A result that names its columns."""

    @abstractmethod
    def _columns(self) -> Mapping[str, Any]:
        """Return the columns of the table, by name."""

    def to_frame(self) -> pd.DataFrame:
        """Return the result as a tidy frame: one row a measure, a bin, or a share contacted.

        Returns
        -------
        pandas.DataFrame
            A measure has the columns ``measure``, ``estimate``, ``standard_error``, ``low`` and ``high``, and counts of
            rows; of bins and curves each field that has one value a row is a column.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.metrics.roc([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]).to_frame()
        >>> found[["measure", "estimate", "n"]].to_dict("records")
        [{'measure': 'auc', 'estimate': 0.75, 'n': 4}]
        """
        import pandas as pd

        return pd.DataFrame(dict(self._columns()))


def measures(found: Mapping[str, Estimate], **counts: object) -> dict[str, Any]:
    """Return the columns of a table with one row an estimate, and counts that hold for all of them."""
    columns: dict[str, Any] = {"measure": list(found)}
    for place, name in enumerate(Estimate._fields):
        columns[name] = [one[place] for one in found.values()]
    return columns | {name: [value] * len(found) for name, value in counts.items()}
