"""The door to a pass over rows: what is to be reduced is checked, then read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjlab._checks import distinct
from cjlab._threads import threads as allowed
from cjlab.errors import TableError
from cjlab.statistics._moments import Moments

if TYPE_CHECKING:
    from collections.abc import Sequence

_THREADS = 4  # each holds a batch of its own: more would cost memory


def moments(
    rows: Any,  # noqa: ANN401 - a frame of any kind, or paths
    *,
    by: Sequence[str],
    columns: Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    threads: int | None = None,
) -> Moments:
    """Reduce rows to counts, means, variances and covariances by group, in one pass.

    Parquet is read by row group, other frames batch by batch, so memory is bounded by a few batches and not by the
    rows. Within a block of rows values are centred on the block's own mean before they are squared, and sums are kept
    in twice the digits: a large offset costs no precision, and the answer is the same to about 1e-15 whatever the order
    of the rows, the number of threads, the split into files and the kind of frame.

    Parameters
    ----------
    rows : frame, path or sequence of paths
        Anything that ``cjlab`` takes for a frame (pandas, Polars eager or lazy, Arrow, …), a Parquet file, a folder of
        Parquet files, or several of these paths.
    by : sequence of str
        Columns of whole numbers, strings, booleans, dates or times that make the groups; nulls make one of their own,
        labelled None. None at all makes one group of all rows.
    columns : sequence of str
        Columns of numbers or booleans. A null is unknown, and so is NaN.
    pairs : sequence of (str, str), optional
        Pairs ``(y, x)`` whose covariance is wanted, over the rows where both are known; their columns are reduced too.
    threads : int, optional
        How many parts are read side by side; by default ``CJLAB_THREADS``, or one a processor, at most 4.

    Returns
    -------
    Moments
        Groups in rising order of their labels.

    Raises
    ------
    TableError
        When a column is absent, is of another type, or holds an infinite value; when a path holds no Parquet file.

    Examples
    --------
    >>> import cjlab as cj
    >>> import polars as pl
    >>> rows = pl.DataFrame({"arm": ["b", "a", "b"], "visit": [True, False, False], "before": [3.0, 1.0, 5.0]})
    >>> found = cj.statistics.moments(rows, by=["arm"], columns=["visit"], pairs=[("visit", "before")])
    >>> found.sample("visit").mean.tolist(), found.joint("visit", "before").covariance.tolist()
    ([0.0, 0.5], [nan, -1.0])
    """
    from cjlab.statistics._reduce import reduced

    declared = tuple((y, x) for y, x in pairs)
    names = tuple(dict.fromkeys([*_listed(columns, name="columns"), *(name for pair in declared for name in pair)]))
    by = distinct(_listed(by, name="by"), name="by", error=TableError)
    threads = threads or min(_THREADS, allowed())
    return Moments(by, names, declared, *reduced(rows, by=by, columns=names, pairs=declared, threads=threads))


def _listed(names: Sequence[str], *, name: str) -> Sequence[str]:
    if isinstance(names, str):
        raise TableError(f"{name} is {names!r}; give a list of columns, such as [{names!r}]")
    return names
