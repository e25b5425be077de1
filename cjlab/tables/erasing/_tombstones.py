"""Tombstones: what is left of customers who were erased, by which they are known if they come back, and only so."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab.errors import ErasedError, KeyMaterialError
from cjlab.tables._key import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

VARIABLE = "CJLAB_ERASURE_KEY"
CUSTOMER, VISITOR = "customer", "visitor"
MERGE = "merge"  # the kind of a link whose identifier is a customer's
_NAMED = {"customer_id": CUSTOMER, "other_customer_id": CUSTOMER, "visitor_id": VISITOR}


@dataclass(frozen=True, slots=True, repr=False)
class Tombstones:
    """What is left of erased customers: a keyed digest of each identifier, from which nobody finds it without the key.

    Parameters
    ----------
    mark
        The mark of the key.
    digests
        HMAC-SHA256 (RFC 2104) of each identifier and what it is, customer or visitor, in hexadecimal digits.
    """

    mark: str
    digests: frozenset[str]

    @classmethod
    def of(cls, key: Key, identifiers: Mapping[str, Iterable[str]]) -> Tombstones:
        """Make those of identifiers, by what they are."""
        return cls(
            key.mark, frozenset(digest for what, given in identifiers.items() for digest in _of(key, what, given))
        )

    def joined(self, before: Tombstones | None) -> Tombstones:
        """Return these with those of before."""
        return self if before is None else Tombstones(self.mark, self.digests | before.digests)

    def said(self) -> dict[str, Any]:
        """Return what is written down: digests in their own order, which tells nothing of when they came."""
        return {"key": self.mark, "digests": sorted(self.digests)}

    def met(self, key: Key, identifiers: Mapping[str, Iterable[str]]) -> int:
        """Count the identifiers that were erased."""
        return sum(digest in self.digests for digest in _digests(key, identifiers))

    def __repr__(self) -> str:
        """Say how many there are, and under which key."""
        return f"Tombstones({len(self.digests):,} identifiers, under the key {self.mark})"


def _digests(key: Key, identifiers: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for what, given in identifiers.items():
        yield from _of(key, what, given)


def _of(key: Key, what: str, identifiers: Iterable[str]) -> Iterator[str]:
    begun = hmac.new(key.secret, f"cjlab: erased {what}\0".encode(), "sha256")
    for identifier in identifiers:
        one = begun.copy()
        one.update(identifier.encode())
        yield one.hexdigest()


def refuse_erased(
    tables: Mapping[str, pl.LazyFrame],
    folder: Path,
    *,
    stones: Tombstones | None,
    stored: Mapping[str, pl.LazyFrame],
    key: Key | None,
) -> None:
    """Refuse rows that name a customer who was erased; whom the stored log has was not."""
    if stones is None:
        return
    named = _strangers(tables, stored)
    if not any(named.values()):
        return
    number = stones.met(_key(key, stones, folder), named)
    if number:
        who = "1 identifier" if number == 1 else f"{number:,} identifiers"
        raise ErasedError(
            f"the rows name {who} of customers who were erased from {folder}; whose they are is not said:"
            " take their rows out with Log.spared, and see to it that their source erases them too"
        )


def spared(
    tables: Mapping[str, pl.LazyFrame], key: Key, stones: Tombstones, *, folder: Path
) -> dict[str, frozenset[str]]:
    """Return the identifiers of tables that were erased, by what they are."""
    known_key(key, stones, folder)
    named = _strangers(tables, {})
    return {
        what: frozenset(
            one for one, digest in zip(given, _of(key, what, given), strict=True) if digest in stones.digests
        )
        for what, given in ((what, sorted(found)) for what, found in named.items())
    }


def _key(key: Key | None, stones: Tombstones, folder: Path) -> Key:
    try:
        found = Key.from_environment(VARIABLE) if key is None else key
    except KeyMaterialError as error:
        raise KeyMaterialError(
            f"customers were erased from {folder}, and only the key of their tombstones tells whether these rows bring"
            f" one of them back; give it as key=, or set {VARIABLE} to it"
        ) from error
    if found.mark != stones.mark:
        raise KeyMaterialError(
            f"the key has the mark {found.mark}, and the tombstones in {folder} are made with {stones.mark};"
            " give that one"
        )
    return found


def known_key(key: Key, stones: Tombstones | None, folder: Path) -> Key:
    """Return a key, if it is the one of the tombstones that there are."""
    return key if stones is None else _key(key, stones, folder)


def _strangers(tables: Mapping[str, pl.LazyFrame], stored: Mapping[str, pl.LazyFrame]) -> dict[str, frozenset[str]]:
    """Return the identifiers of persons in tables, as texts, without the customers of the stored log."""
    found: dict[str, set[str]] = {CUSTOMER: set(), VISITOR: set()}
    for column, what, frame in _named(tables):
        texts = frame.select(pl.col(column).cast(pl.String).alias("text")).drop_nulls().unique()
        if what == CUSTOMER and "customers" in stored:
            there = stored["customers"].select(pl.col("customer_id").cast(pl.String).alias("text"))
            texts = texts.join(there, on="text", how="anti")
        found[what].update(texts.collect(engine="streaming")["text"])
    return {what: frozenset(those) for what, those in found.items()}


def _named(tables: Mapping[str, pl.LazyFrame]) -> Iterator[tuple[str, str, pl.LazyFrame]]:
    """Go through the columns that name a person: the column, what it names, and the rows in which it does."""
    for table, frame in tables.items():
        for column in (one for one in frame.collect_schema().names() if one in _NAMED):
            yield column, _NAMED[column], frame
        if table == "links":
            merge = (pl.col("kind") == MERGE).fill_null(value=False)
            yield "identifier", CUSTOMER, frame.filter(merge)
            yield "identifier", VISITOR, frame.filter(~merge)
