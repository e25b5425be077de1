"""The same person has the same pseudonym everywhere, and only the key can tell which."""

from __future__ import annotations

import copy
import hmac
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.errors import KeyMaterialError, TableError
from cjlab.tables import SCHEMA, Key, Log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

SECRET = b"thirty-two bytes or more of noise"
PERSONAL = {
    "events": ["customer_id", "visitor_id", "order_id", "contract_id", "case_id", "session", "other_customer_id"],
    "contacts": ["customer_id"],
    "customers": ["customer_id", "household"],
    "profiles": ["customer_id"],
    "consents": ["customer_id"],
    "links": ["customer_id", "identifier"],
}


def pseudonym(identifier: object) -> int:
    """Make a pseudonym with Python's own means."""
    return int.from_bytes(hmac.new(SECRET, str(identifier).encode(), "sha256").digest()[:8], "big") >> 1


def test_a_published_digest() -> None:  # RFC 4231, test case 6
    text = "Test Using Larger Than Block-Size Key - Hash Key First"
    assert Key(b"\xaa" * 131).pseudonyms([text]).tolist() == [0x60E431591EE0B67F >> 1]


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))), st.lists(st.one_of(st.none(), st.text())))
def test_every_identifier_is_its_keyed_digest(customers: list[int | None], visitors: list[str | None]) -> None:
    length = min(len(customers), len(visitors))
    types = {"customer_id": pl.Int64, "visitor_id": pl.String}
    rows = pl.DataFrame({"customer_id": customers[:length], "visitor_id": visitors[:length]}, schema=types)
    before = Log.of(events=rows)
    after = before.pseudonymise(Key(SECRET)).events.collect()
    expected = [[one if one is None else pseudonym(one) for one in row] for row in before.events.collect().rows()]
    assert [list(row) for row in after.rows()] == expected
    assert after.schema == {"customer_id": pl.Int64, "visitor_id": pl.Int64}


def test_all_personal_columns_of_all_tables_are_declared() -> None:
    declared = {name: [column.name for column in table.columns if column.personal] for name, table in SCHEMA.items()}
    assert {name: columns for name, columns in declared.items() if columns} == PERSONAL


def test_every_personal_column_is_replaced_and_no_other(frames: Mapping[str, pl.DataFrame]) -> None:
    more = frames["events"].with_columns(
        order_id=pl.lit("o1"),
        contract_id=pl.lit(5),
        case_id=pl.lit("k"),
        session=pl.lit(8),
        other_customer_id=pl.lit(2),
    )
    log = Log.of(**{**frames, "events": more})
    hidden = log.pseudonymise(Key(SECRET))
    for name, frame in log.tables.items():
        before, after = frame.collect(), getattr(hidden, name).collect()
        personal = PERSONAL.get("events" if name == "unassigned" else name, [])
        assert after.columns == before.columns
        assert after.drop(personal, strict=False).equals(before.drop(personal, strict=False))
        for column in personal:
            assert after[column].to_list() == [one if one is None else pseudonym(one) for one in before[column]]


def test_what_belonged_together_still_does(frames: Mapping[str, pl.DataFrame]) -> None:
    hidden = Log.of(**frames).pseudonymise(Key(SECRET))
    assert hidden.check(now="2025-06-01", arms=["mail", "control"]).ok
    assert hidden.links is not None
    visitors = hidden.events.filter(pl.col("visitor_id").is_not_null()).collect()["visitor_id"]
    assert hidden.links.collect()["identifier"].item() in visitors


def test_another_key_gives_other_pseudonyms(frames: Mapping[str, pl.DataFrame]) -> None:
    one, two = (
        set(Log.of(**frames).pseudonymise(Key(key)).customers.collect()["customer_id"])
        for key in (SECRET, SECRET[::-1])
    )
    assert not one & two


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Careless(Key):
    """A key under which all are one."""

    def pseudonyms(self, identifiers: Iterable[str]) -> NDArray[np.int64]:
        """Give everybody the same pseudonym."""
        return np.zeros(len(list(identifiers)), np.int64)


def test_a_collision_is_refused(frames: Mapping[str, pl.DataFrame]) -> None:
    with pytest.raises(KeyMaterialError, match=r"'.+' or '.+' have the same pseudonym under this key; use another key"):
        Log.of(**frames).pseudonymise(Careless(SECRET))


def test_an_identifier_of_another_type_is_refused() -> None:
    log = Log.of(customers=pl.DataFrame({"customer_id": [1.5]}))
    with pytest.raises(
        TableError, match=r"customers.customer_id is Float64; to be pseudonymised it must be Int64 or String"
    ):
        log.pseudonymise(Key(SECRET))


def test_pseudonyms_are_made_once(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    hidden = Log.of(**frames).pseudonymise(Key(SECRET)).write(tmp_path / "log")
    with pytest.raises(KeyMaterialError, match="the log has pseudonyms already"):
        hidden.pseudonymise(Key(SECRET))


def test_logs_of_different_keys_are_not_mixed(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    log = Log.of(**frames)
    log.pseudonymise(Key(SECRET)).write(tmp_path / "log")
    with pytest.raises(
        KeyMaterialError, match=r"the log has no pseudonyms, but .* has pseudonyms of the key [0-9a-f]{16}"
    ):
        log.append(tmp_path / "log")
    with pytest.raises(KeyMaterialError, match="pseudonymise it under the key of the stored log"):
        log.pseudonymise(Key(SECRET * 2)).append(tmp_path / "log")
    assert log.pseudonymise(Key(SECRET)).append(tmp_path / "log", again=True).events.collect().height == 8


def test_a_key_is_read_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_bytes(SECRET + b"\n")
    monkeypatch.setenv("CJLAB_KEY", SECRET.decode())
    one, two = Key.read(tmp_path / "key"), Key.from_environment()
    assert one.mark == two.mark == Key(SECRET).mark
    assert one.file == tmp_path / "key"
    assert two.file is None


def test_absent_and_short_keys_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CJLAB_KEY", raising=False)
    with pytest.raises(
        KeyMaterialError, match=r"the environment has no CJLAB_KEY; set it to the key.*secrets.token_hex"
    ):
        Key.from_environment()
    with pytest.raises(KeyMaterialError, match=r"no key can be read from .*key: No such file or directory; make one"):
        Key.read(tmp_path / "key")
    with pytest.raises(KeyMaterialError, match=r"the key has 31 bytes; it needs 32 or more; make one"):
        Key(b"x" * 31)


def test_a_key_is_never_shown_or_carried_away() -> None:
    key = Key(SECRET)
    for shown in (repr(key), str(key), f"{key}", key.mark):
        assert SECRET.decode() not in shown
        assert SECRET.hex() not in shown
    for carry in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(KeyMaterialError, match="a key cannot be pickled or copied"):
            carry(key)


def test_no_log_lies_beside_its_key(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    for folder in ("data", "data/log", "keys"):
        (tmp_path / folder).mkdir()
    for place in ("data/key", "data/log/key"):
        (tmp_path / place).write_bytes(SECRET)
        hidden = Log.of(**frames).pseudonymise(Key.read(tmp_path / place))
        with pytest.raises(
            KeyMaterialError, match=r"the key lies beside the data: .*; move the key to a folder of its own"
        ):
            hidden.write(tmp_path / "data/new") if place == "data/key" else hidden.write(tmp_path / "data")
        (tmp_path / place).unlink()
    (tmp_path / "keys/key").write_bytes(SECRET)
    Log.of(**frames).pseudonymise(Key.read(tmp_path / "keys/key")).write(tmp_path / "data/new")


def test_nothing_of_the_key_is_stored(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    Log.of(**frames).pseudonymise(Key(SECRET)).write(tmp_path / "log")
    for file in (tmp_path / "log").rglob("*.*"):
        stored = file.read_bytes() if file.is_file() else b""
        assert SECRET not in stored
        assert SECRET.hex().encode() not in stored
