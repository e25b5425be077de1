"""A registry gives back what was registered, says who moved what, and refuses the rest."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.errors import ModelError, RegistryError, SpecError
from cjlab.loop import History, Move, Registry
from cjlab.loop.registry._ledger import drafted
from cjlab.loop.registry._where import Where

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.loop import Version

AT = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def pointed(registry: Registry) -> dict[str, int]:
    """Return MLflow's own aliases."""
    return registry._server.pointed("churn")


def test_a_version_predicts_as_it_did(registry: Registry, first: Any, customers: Any) -> None:
    model, version = registry.load("churn")
    assert (model.predict_proba(customers) == first.model.predict_proba(customers)).all()
    assert (version.number, version.model, version.question) == (1, "Churn", "Who leaves?")
    assert version.trained_on == {"log": "abc", "as_of": "2026-05-01"}
    assert set(version.files) == {"model/model.json", "model/arrays.npz", "card/model.json"}
    assert not version.cached
    assert registry.card("churn").question == "Who leaves?"
    assert registry.load("churn", 2)[1].number == 2


def test_the_same_again_is_no_new_version(registry: Registry, first: Any) -> None:
    again = registry.register("churn", *first, trained_on={"as_of": "2026-05-01", "log": "abc"})
    assert (again.number, again.aliases) == (1, ("champion",))
    assert registry.register("churn", *first, trained_on={"log": "abd"}).number == 3
    assert [one.number for one in registry.versions("churn").rows] == [3, 2, 1]


def test_moves_that_are_made_again_stand_there_once_and_leave_the_next_challenger(registry: Registry) -> None:
    registry.promote("churn", 2, "to try", alias="challenger")
    for _ in range(2):
        registry.promote("churn", 2, "it wins", over=1)
        registry.retire("churn", "challenger", "it serves everybody now", over=2)
        registry.promote("churn", 1, "to try again", alias="challenger")
    assert [(move.alias, move.before, move.after) for move in registry.history("churn").moves[1:]] == [
        ("challenger", None, 2),
        ("champion", 1, 2),
        ("challenger", 2, None),
        ("challenger", None, 1),
    ]
    registry.retire("churn", "challenger", "it serves everybody now", over=2)
    assert pointed(registry) == {"champion": 2, "challenger": 1}


def test_only_the_version_that_is_meant_is_retired(registry: Registry) -> None:
    registry.promote("churn", 2, "to try", alias="challenger")
    with pytest.raises(RegistryError, match="the challenger of 'churn' is version 2, and not version 1"):
        registry.retire("churn", "challenger", "tired", over=1)
    assert registry.history("churn").holder("challenger") == 2


def test_every_move_stands_in_the_history(registry: Registry) -> None:
    registry.promote("churn", 2, "it wins", over=1, by="ben")
    registry.promote("churn", 1, "to watch", alias="shadow", by="ben")
    registry.rollback("churn", "complaints have doubled", by="ana")
    registry.retire("churn", "shadow", "seen enough", by="ana")
    rows = registry.history("churn").to_frame().drop(columns="at").astype(object)
    assert rows.where(rows.notna(), None).values.tolist() == [
        [1, "champion", "promotion", None, 1, "ana", "the first one"],
        [2, "champion", "promotion", 1, 2, "ben", "it wins"],
        [3, "shadow", "promotion", None, 1, "ben", "to watch"],
        [4, "champion", "rollback", 2, 1, "ana", "complaints have doubled"],
        [5, "shadow", "retirement", 1, None, "ana", "seen enough"],
    ]
    assert pointed(registry) == {"champion": 1}
    assert all(move.at.tzinfo for move in registry.history("churn").moves)
    assert registry.versions().to_frame()["aliases"].tolist() == ["", "champion"]


def test_rollbacks_go_back_step_by_step(registry: Registry) -> None:
    registry.promote("churn", 2, "better")
    registry.promote("churn", 1, "better still")
    assert registry.rollback("churn", "worse").after == 2
    assert registry.rollback("churn", "worse").after == 1
    with pytest.raises(RegistryError, match="'churn' cannot go back: version 1 is its first champion; promote"):
        registry.rollback("churn", "worse")


def test_what_is_done_already_is_done_once(registry: Registry) -> None:
    move = registry.promote("churn", 2, "it wins", over=1)
    assert registry.promote("churn", 2, "it wins", over=1) == move
    back = registry.rollback("churn", "worse", leaving=2)
    assert registry.rollback("churn", "worse", leaving=2) == back
    assert [one.after for one in registry.history("churn").moves] == [1, 2, 1]


def test_who_beat_another_than_the_champion_is_refused(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="the champion of 'churn' is version 1, and not version 7; nothing was"):
        registry.promote("churn", 2, "it wins", over=7)
    with pytest.raises(RegistryError, match="the champion of 'churn' is version 1, and not version 2; nothing was"):
        registry.rollback("churn", "worse", leaving=2)
    with pytest.raises(RegistryError, match="the shadow of 'churn' is none, and not version 1"):
        registry.promote("churn", 2, "to watch", alias="shadow", over=1)
    assert len(registry.history("churn").moves) == 1


def test_a_move_that_another_came_before_does_not_count(registry: Registry) -> None:
    other, seen = Registry(registry.uri), list[History]()

    def decide(history: History) -> Move:
        if not seen:
            other.promote("churn", 2, "faster")
        seen.append(history)
        return drafted("champion", "promotion", before=history.holder(), after=1, by="ana", why="slower")

    done = registry._catalogue("churn").ledger.write(decide)
    assert [history.holder() for history in seen] == [1, 2]
    assert done is not None
    assert (done.number, done.before) == (4, 2)  # the third was written, and counts for nothing
    assert [move.why for move in registry.history("churn").moves] == ["the first one", "faster", "slower"]


def test_of_many_promoters_at_once_one_wins(registry: Registry, first: Any) -> None:
    numbers = [registry.register("churn", *first, trained_on={"run": str(n)}).number for n in range(4)]
    start = Barrier(len(numbers))

    def promote(number: int) -> str:
        start.wait()
        try:
            return str(Registry(registry.uri).promote("churn", number, "I win", over=1).after)
        except RegistryError as refused:
            return str(refused)

    with ThreadPoolExecutor(len(numbers)) as pool:
        said = sorted(pool.map(promote, numbers), key=len)
    winner = registry.history("churn").holder()
    assert said[0] == str(winner)
    assert all(f"is version {winner}, and not version 1; nothing was moved" in one for one in said[1:])
    assert len(registry.history("churn").moves) == 2
    assert pointed(registry) == {"champion": winner}


def damaged(registry: Registry, version: Version) -> list[Path]:
    """List the files of a version."""
    place = registry._catalogue("churn").shelf.place(version.files)
    return [place / name for name in version.files]


def test_one_byte_less_or_other_is_refused(registry: Registry) -> None:
    version = registry.versions("churn").rows[0]
    for file in damaged(registry, version):
        sound = file.read_bytes()
        for wrong in (sound[:-1] + bytes([sound[-1] ^ 1]), sound[:-1], b""):
            file.write_bytes(wrong)
            with pytest.raises(RegistryError, match=rf"{file.name} is not as it was registered; restore it"):
                registry.load("churn", 2)
            with pytest.raises(RegistryError, match=rf"{file.name} is not as it was registered; restore it"):
                registry.promote("churn", 2, "it wins")
        file.unlink()
        with pytest.raises(RegistryError, match=rf"{file.name} is not as it was registered; restore it"):
            registry.load("churn", 2)
        file.write_bytes(sound)
    extra = damaged(registry, version)[0].parent / "more.bin"
    extra.touch()
    with pytest.raises(RegistryError, match=r"more\.bin is not as it was registered"):
        registry.load("churn", 2)
    assert len(registry.history("churn").moves) == 1
    assert registry.load("churn")[1].number == 1


def test_a_rollback_to_damaged_files_is_refused(registry: Registry) -> None:
    registry.promote("churn", 2, "it wins")
    damaged(registry, registry.versions("churn").rows[1])[0].write_bytes(b"?")
    with pytest.raises(RegistryError, match="is not as it was registered"):
        registry.rollback("churn", "worse")
    assert registry.load("churn")[1].number == 2


def test_registering_again_mends_damaged_files(registry: Registry, second: Any) -> None:
    damaged(registry, registry.versions("churn").rows[0])[0].write_bytes(b"?")
    assert registry.register("churn", *second).number == 2
    assert registry.load("churn", 2)[1].number == 2


def test_files_and_digests_changed_together_are_refused(registry: Registry, second: Any) -> None:
    """The registry knows the digests: a folder that is sound in itself is not enough."""
    from cjlab import models

    version = registry.versions("churn").rows[1]
    file = damaged(registry, version)[0]
    for old in file.parents[1].joinpath("model").iterdir():
        old.unlink()
    file.parents[1].joinpath("model").rmdir()
    models.save(second.model, file.parents[1] / "model")
    with pytest.raises(RegistryError, match="is not as it was registered"):
        registry.load("churn")


def test_what_others_register_is_theirs(registry: Registry) -> None:
    server = registry._server
    server.add("churn", "models:/churn/1", {}, about="somebody's")
    server.add("sales report", "models:/churn/1", {}, about="somebody's")
    assert [one.number for one in registry.versions().rows] == [2, 1]
    with pytest.raises(RegistryError, match="version 3 of 'churn' has no digests: something else registered it"):
        registry.load("churn", 3)
    with pytest.raises(RegistryError, match="version 3 of 'churn' has no digests"):
        registry.promote("churn", 3, "it wins")
    server.add("churn", "models:/churn/1", {"cjlab.format": "9", "cjlab.content": "0"}, about="a later cjlab")
    with pytest.raises(RegistryError, match="version 4 of 'churn' has format 9; give one that this version"):
        registry.load("churn", 4)


def test_an_alias_set_by_hand_is_set_right_with_the_next_move(registry: Registry) -> None:
    registry._server.point("churn", "champion", 2)
    registry._server.add("churn.moves", "models:/churn/2", {}, about="a hand")
    assert registry.load("churn")[1].number == 1
    registry.promote("churn", 1, "once more")
    assert pointed(registry) == {"champion": 1}
    assert registry.promote("churn", 2, "it wins").number == 3
    assert pointed(registry) == {"champion": 2}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda one: one.load("sales"), "'sales' has no champion; promote a version to it first"),
        (lambda one: one.load("churn", "shadow"), "'churn' has no shadow; promote a version to it first"),
        (lambda one: one.load("churn", 9), "there is no version 9 of 'churn'; there is 2, 1"),
        (lambda one: one.load("sales", 1), "there is no version 1 of 'sales'; there is none"),
        (lambda one: one.load("churn", "best"), "which is 'best'; allowed: 'champion', 'challenger' or 'shadow'"),
        (lambda one: one.load("churn", 0), "version is 0; give a whole number from 1"),
        (lambda one: one.load("../churn"), "name is '../churn'; give letters, digits"),
        (lambda one: one.load("churn.moves"), "no '.moves' at the end"),
        (lambda one: one.load("x" * 101), "at most 100 in all"),
        (lambda one: one.load("it's"), "give letters, digits"),
        (lambda one: one.promote("churn", 9, "it wins"), "there is no version 9 of 'churn'"),
        (lambda one: one.promote("churn", "2", "it wins"), "version is '2'; give a whole number from 1"),
        (lambda one: one.promote("churn", 2, " "), "why is ' '; give text that is not blank"),
        (lambda one: one.promote("churn", 2, "x" * 5_001), "why has 5,001 characters; at most 5,000 are kept"),
        (lambda one: one.promote("churn", 2, "so", alias="best"), "alias is 'best'; allowed: 'champion', 'chall"),
        (lambda one: one.retire("churn", "shadow", "tired"), "'churn' has no shadow; there is nothing to retire"),
        (lambda one: one.rollback("sales", "worse"), "'sales' cannot go back: it has no champion; promote"),
    ],
)
def test_what_cannot_be_is_said(registry: Registry, asked: Any, words: str) -> None:
    import re

    with pytest.raises(RegistryError, match=re.escape(words)):
        asked(registry)
    assert len(registry.history("churn").moves) == 1


def test_what_cannot_be_registered_leaves_nothing(registry: Registry, first: Any, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ModelError, match=r"model is 'a model'; give a model of cjlab\.models that has learnt"):
        registry.register("churn", "a model", first.card)
    with pytest.raises(RegistryError, match="trained_on names 'the log'; give letters, digits"):
        registry.register("churn", *first, trained_on={"the log": "abc"})
    with pytest.raises(RegistryError, match="trained_on 'log' is 7; give text"):
        registry.register("churn", *first, trained_on={"log": 7})  # type: ignore[dict-item]
    assert sorted(tmp_path.rglob("*")) == before
    assert len(registry.versions("churn").rows) == 2


def test_a_rollback_takes_less_than_a_second(registry: Registry) -> None:
    registry.promote("churn", 2, "it wins")
    began = time.process_time()
    registry.rollback("churn", "worse")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("uri", "artifacts", "words"),
    [
        ("postgresql://ann:secret@db/mlflow", None, r"postgresql://ann:\*\*\*@db/mlflow keeps names and no files"),
        ("ftp://ann:secret@db", None, r"uri is 'ftp://ann:\*\*\*@db'; give a folder, or an address that starts with"),
        ("", None, "uri is ''; give a folder, or the address of a database"),
        ("a\0b", None, "give a folder, or the address of a database"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_its_password(uri: str, artifacts: None, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        Registry(uri, artifacts)


def test_an_address_says_where_files_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert Where.of("here", None) == Where(f"sqlite:///{tmp_path}/here/registry.db", tmp_path / "here" / "models")
    assert Where.of("sqlite:///one.db", "files") == Where(f"sqlite:///{tmp_path}/one.db", tmp_path / "files")
    assert Where.of("postgresql+psycopg://db/x", "files").shelf == tmp_path / "files"
    served = Where.of("http://127.0.0.1:5000/", None)
    assert served.uri == "http://127.0.0.1:5000"
    assert served.shelf.parent == tmp_path / "cache" / "cjlab" / "registry"
    assert str(Where.of("postgresql://ann:secret@db/x", "files")) == "postgresql://ann:***@db/x"


steps = st.lists(st.one_of(st.integers(1, 4), st.just("back")), max_size=12)


@given(steps)
def test_a_rollback_undoes_the_last_promotion_that_stands(steps: list[Any]) -> None:
    """Played beside a stack: what was promoted is on it, a rollback takes the top away."""
    stack, moves = list[int](), list[Move]()
    for step in steps:
        history = History("churn", tuple(moves))
        assert history.holder() == (stack[-1] if stack else None)
        assert history.earlier() == (stack[-2] if len(stack) > 1 else None)
        if step == "back" and len(stack) < 2:
            continue
        gone = stack.pop() if step == "back" else (stack[-1] if stack else None)
        if step != "back":
            stack.append(step)
        kind = "rollback" if step == "back" else "promotion"
        moves.append(Move(len(moves) + 1, AT, "champion", kind, gone, stack[-1], "ana", "so"))
