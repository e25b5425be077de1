"""A name opens a data set, a path opens a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cjlab as cj
from cjlab.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_opens_as_the_log_that_was_written_there(tmp_path: Path) -> None:
    log = cj.datasets.promotion_test(n_customers=50)
    log.write(tmp_path / "log")
    for folder in (tmp_path / "log", str(tmp_path / "log")):
        assert cj.datasets.named(folder).fingerprint() == log.fingerprint()


def test_a_name_comes_before_a_folder_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cj.datasets.promotion_test(n_customers=50).write("promotion_test")
    assert cj.datasets.named("promotion_test").contacts.collect().height == 20_000
    assert cj.datasets.named("./promotion_test").contacts.collect().height == 50


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(DatasetError, match=r"'hilstrom' is neither a folder nor one of 'cdnow', 'cdnow_sample'"):
        cj.datasets.named("hilstrom")
