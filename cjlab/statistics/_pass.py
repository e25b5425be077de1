"""The door to a pass over rows: what is to be reduced is checked, then read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cjlab._checks import distinct, shown, text, whole
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
        Columns of numbers or booleans. A null is unknown, and so is NaN. Whole numbers and decimals lie within 2⁵³,
        beyond which floats lose digits.
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
        When nothing is asked for or a name is no text; when a column is absent, is of another type, or holds an
        infinite value or a whole number or decimal of 2⁵³ or more; when a path holds no Parquet file.
    SpecError
        When ``threads`` is not a whole number from 1.

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

    declared = tuple(_pair(one) for one in _listed(pairs, name="pairs"))
    asked = [*_listed(columns, name="columns"), *(name for pair in declared for name in pair)]
    names = tuple(dict.fromkeys(text(name, name="columns", error=TableError) for name in asked))
    by = distinct(
        [text(name, name="by", error=TableError) for name in _listed(by, name="by")], name="by", error=TableError
    )
    if not by and not names:
        raise TableError("by and columns are both empty; name a column to reduce, or one that makes groups")
    threads = min(_THREADS, allowed()) if threads is None else whole(threads, name="threads", least=1, most=1024)
    return Moments(by, names, declared, *reduced(rows, by=by, columns=names, pairs=declared, threads=threads))


def _listed(names: Any, *, name: str) -> list[Any]:  # noqa: ANN401 - what a person might write
    if isinstance(names, str | bytes | Mapping) or not isinstance(names, Iterable):
        raise TableError(f"{name} is {shown(names)}; give a list of columns, such as ['spend']")
    return list(names)


def _pair(pair: Any) -> tuple[str, str]:  # noqa: ANN401 - what a person might write
    if not isinstance(pair, list | tuple) or len(pair) != 2:  # noqa: PLR2004 - y and x
        raise TableError(
            f"pairs holds {shown(pair)}; give two columns for each pair, such as ('visit', 'visit_before')"
        )
    return pair[0], pair[1]
