"""Customer ids that are probably one person, by what their profiles say: splink learns how alike is alike."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab._checks import texts, within
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.features._logged import logged
from cjlab.features._several import several
from cjlab.features._span import dated
from cjlab.features.persons._links import MERGE
from cjlab.tables import known

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa

    from cjlab.tables import Log

_ALIKE = (0.92, 0.8)
_FEWEST, _PAIRS = 100, 1e6


def probable(log: Log, as_of: str | dt.date, *, fields: tuple[str, ...], confidence: float = 0.9, seed: int = 0) -> Log:
    r"""Return a log with links between customer ids that are probably one person; it needs the extra ``links``.

    Two ids are compared by the last value of each field that was known before the date: the same, alike (Jaro and
    Winkler's similarity of 0.92 or 0.8), or apart; those are looked at that have two of the fields in common. How much
    each degree says is learned from the log alone by the model of Fellegi & Sunter (1969,
    doi:10.1080/01621459.1969.10501049) and expectation maximisation, as splink does it (Linacre et al. 2022,
    doi:10.23889/ijpds.v7i3.1794).

    A link has the kind "merge", the probability as its ``confidence``, and begins when the last of the values became
    known, so :func:`resolved` at an earlier date does not see it. What is learned is that of this date.

    Parameters
    ----------
    log : Log
        The log, with ``profiles``.
    as_of : date or text
        Nothing at or after it is read.
    fields : tuple of str
        The fields of profiles that are compared, from two, such as name, birth date and postcode.
    confidence : float
        How probable a link must be to be given, 0 to 1.
    seed : int
        Of the pairs that are drawn to learn how often strangers agree.

    Returns
    -------
    Log
        The log, with these links among its own.

    Raises
    ------
    SpecError
        When fewer than two fields are named, or a number is none, or splink is not installed.
    TableError
        When there are no profiles, or not all of the fields.
    EvidenceError
        When fewer than 100 customer ids have any of the fields before the date.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.probable(cj.tables.Log.of(), "2024-05-01", fields=("name",))
    Traceback (most recent call last):
    cjlab.errors.SpecError: fields is ('name',); give two or more, such as ('name', 'birth_date', 'postcode')
    """
    logged(log)
    names = texts(several(fields), name="fields")
    if len(names) < 2:  # noqa: PLR2004 - one alone cannot be told from chance
        raise SpecError(f"fields is {fields!r}; give two or more, such as ('name', 'birth_date', 'postcode')")
    within(confidence, 0, 1, name="confidence")
    records = _records(log, log.moment(as_of), names)
    pairs = pl.DataFrame(_matched(records.drop("customer_id", "told").to_arrow(), names, confidence, seed))
    ids = records.select("unique_id", "customer_id", "told")
    both = pairs.join(ids, left_on="unique_id_l", right_on="unique_id").join(
        ids.rename({"customer_id": "identifier", "told": "too"}), left_on="unique_id_r", right_on="unique_id"
    )
    since = pl.max_horizontal("told", "too")
    columns = {"kind": pl.lit(MERGE), "starts": since, "known_at": since, "confidence": pl.col("match_probability")}
    found = both.select("customer_id", "identifier", **columns).sort("customer_id", "identifier")
    parts = [found.lazy()] if log.links is None else [log.links, found.lazy()]
    return replace(log, links=pl.concat(parts, how="diagonal_relaxed"), stored=None)


def _records(log: Log, when: dt.datetime, names: tuple[str, ...]) -> pl.DataFrame:
    """Return a row a customer id: its number, the last value of each field, and when the latest of them was known."""
    if log.profiles is None:
        raise TableError("the log has no profiles, by which customer ids are compared; give Log.of(profiles=…)")
    told = log.profiles.filter(known(log.profiles) < when, pl.col("field").is_in(names), pl.col("value").is_not_null())
    rows = told.select("customer_id", "field", "value", "at", told=known(log.profiles)).collect()
    absent = sorted(set(names) - set(rows["field"]))
    if absent:
        day = dated(when, log.timezone)
        raise TableError(f"profiles.field has no {absent[0]!r} before {day}; name fields that it has")
    last = rows.sort("customer_id", "field", "at", "told", "value").group_by("customer_id", "field").last()
    wide = last.pivot("field", index="customer_id", values="value").join(
        last.group_by("customer_id").agg(pl.col("told").max()), on="customer_id"
    )
    if wide.height < _FEWEST:
        day = dated(when, log.timezone)
        raise EvidenceError(f"{wide.height} customer ids have any of {', '.join(names)} before {day}, too few")
    return wide.sort("customer_id").with_row_index("unique_id")


def _matched(records: pa.Table, names: tuple[str, ...], confidence: float, seed: int) -> pa.Table:
    """Return pairs of records that are probably of one person."""
    try:
        import splink.comparison_library as compared
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    except ImportError as error:
        raise SpecError("splink is not installed; install it with: pip install 'cjlab[links]'") from error
    blocks: list[Any] = [block_on(*two) for two in combinations(names, 2)]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[compared.JaroWinklerAtThresholds(name, _ALIKE) for name in names],
        blocking_rules_to_generate_predictions=blocks,
        retain_matching_columns=False,
    )
    linker = Linker(DuckDBAPI().register(records), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on(*names)], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS, seed=seed)
    for block in (blocks[0], blocks[-1]):
        linker.training.estimate_parameters_using_expectation_maximisation(block, record_sample_proportion=1.0)
    found: Any = linker.inference.predict(threshold_match_probability=confidence)
    pairs: pa.Table = found.as_pyarrow_table()
    return pairs
