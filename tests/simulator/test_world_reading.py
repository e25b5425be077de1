"""A world that cannot be is refused by the name of the field, its value and what is allowed, before anything runs."""

from __future__ import annotations

import copy
import tomllib
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjlab.errors import SpecError
from cjlab.simulator import RandomContacts, World, simulate
from cjlab.simulator.world import Action, Channel, Effect, Moment, Persona
from cjlab.simulator.world._reading import make

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("retail", "telecom", "insurance", "travel", "car_brand")
SAID = {
    name: tomllib.loads((files("cjlab.simulator") / "worlds" / f"{name}.toml").read_text(encoding="utf-8"))
    for name in NAMES
}


def retail(**changes: Any) -> World:
    return World.retail(n_customers=10).but(**changes)


def with_persona(**traits: Any) -> dict[str, Any]:
    said = copy.deepcopy(SAID["retail"])
    said["personas"]["faithful"].update(traits)
    return said


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_customers": 0}, "world 'retail': n_customers is 0; input should be greater than or equal to 1"),
        (
            {"n_customers": 10_000_000_000},
            "n_customers is 10000000000; input should be less than or equal to 1000000000",
        ),
        ({"n_customers": 2.5}, "n_customers is 2.5; input should be a valid integer"),
        ({"seed": -1}, "seed is -1; input should be greater than or equal to 0"),
        ({"weekdays": [1.0, 1.0]}, "weekdays is .*; tuple should have at least 7 items"),
        (
            {"timezone": "Europe/Lutetia"},
            "timezone is 'Europe/Lutetia'; give a zone of the IANA list, such as",
        ),
        ({"timezone": "../etc"}, "timezone is '../etc'; give a zone of the IANA list"),
        ({"colour": "red"}, "colour is unknown; remove it or correct its name"),
        ({"personas": {}}, "world 'retail': personas is empty; declare at least one"),
        ({"goods": {}}, "goods is empty; declare at least one"),
    ],
)
def test_a_field_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        World.retail(**changes)


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        (
            {"opens": {"email": 1.2}},
            r"faithful\.opens\.email is 1\.2; input should be less than or equal to 1",
        ),
        ({"pull": -0.1}, r"personas\.faithful\.pull is -0\.1; input should be greater than or equal to 0"),
        (
            {"channels": {"fax": 1.0}},
            r"faithful\.channels names 'fax', which this world has not; allowed: 'web'",
        ),
        ({"channels": {"webb": 1.0}}, "did you mean 'web'"),
        ({"channels": {}}, r"personas\.faithful\.channels is empty; say by which channels they come"),
        ({"channels": {"web": 0.0}}, r"personas\.faithful\.channels are all 0; give at least one weight above 0"),
        ({"interests": {"cars": 1.0}}, r"personas\.faithful\.interests names 'cars'"),
        ({"stages": {"gone": 1.0}}, r"personas\.faithful\.stages names 'gone'"),
        ({"regularity": 99}, r"personas\.faithful\.regularity is 99; input should be less than or equal to 40"),
        ({"gap_spread": float("inf")}, r"personas\.faithful\.gap_spread is inf; input should be a finite number"),
        ({"devices": {f"d{n}": 1.0 for n in range(9)}}, r"personas\.faithful\.devices has 9 entries; .* room for 6"),
    ],
)
def test_a_persona_that_cannot_be(traits: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        make(World, with_persona(**traits), name="world 'retail'")


def test_effects_for_an_unknown_action_or_persona() -> None:
    said = copy.deepcopy(SAID["retail"])
    said["actions"]["reminder"]["effects"]["faithfull"] = {"desire": 0.1}
    with pytest.raises(SpecError, match=r"actions\.reminder\.effects names 'faithfull', .*did you mean 'faithful'"):
        make(World, said, name="world")
    with pytest.raises(SpecError, match=r"habits\.sleepers\.actions names 'letter'"):
        make(World, SAID["retail"] | {"habits": {"sleepers": {"actions": ["letter"]}}}, name="world")


def test_a_channel_that_nobody_has() -> None:
    with pytest.raises(SpecError, match="nobody has channel 'kiosk'; name it in a persona's channels, or remove it"):
        retail(channels={**World.retail().channels, "kiosk": Channel()})


def test_an_action_through_a_channel_that_carries_nothing() -> None:
    with pytest.raises(SpecError, match=r"actions\.banner\.channel names 'web', .* allowed: 'email'"):
        retail(actions={**World.retail().actions, "banner": Action(channel="web")})


def test_a_stage_that_no_path_leads_to() -> None:
    moments = {"reunion": Moment(on="visit", share=0.1, stages=("advocacy",))}
    moves = tuple(move for move in World.retail().moves if move.to != "advocacy")
    with pytest.raises(SpecError, match="no path leads to stage 'advocacy'; add a move to it, or start"):
        retail(moments=moments, moves=moves)


def test_a_moment_with_the_name_of_an_event() -> None:
    with pytest.raises(SpecError, match=r"moments\.purchase has the name of an event; choose another"):
        retail(moments={"purchase": Moment(on="visit", share=0.1)})


def test_ends_before_their_beginnings() -> None:
    with pytest.raises(SpecError, match=r"competitors\.rival\.until is 5; it must be above day, which is 10"):
        make(World, SAID["retail"] | {"competitors": {"rival": {"day": 10, "until": 5}}}, name="world")
    with pytest.raises(SpecError, match=r"regimes\.0\.until is 3"):
        make(World, SAID["retail"] | {"regimes": [{"day": 3, "factor": "pull", "by": 2.0, "until": 3}]}, name="world")


def test_trips_without_countries() -> None:
    said = {**SAID["travel"]["trips"], "insurance": "visa"}
    with pytest.raises(SpecError, match=r"trips\.insurance names 'visa'"):
        make(World, SAID["travel"] | {"trips": said}, name="world")


def test_a_part_made_in_code_is_refused_like_one_that_is_read() -> None:
    with pytest.raises(SpecError, match="Persona: pull is 2; input should be less than or equal to 1"):
        Persona(share=1.0, channels={"web": 1.0}, pull=2)
    with pytest.raises(SpecError, match="Effect: desire is 'much'; input should be a valid number"):
        Effect(desire="much")
    with pytest.raises(SpecError, match="Persona: channels is absent; it must be given"):
        Persona(share=1.0)
    with pytest.raises(SpecError, match="Persona: share is -1"):
        replace(World.retail().personas["faithful"], share=-1.0)


def test_a_file_that_is_none_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"absent\.toml is no file; give the path of a world's TOML file"):
        World.read(tmp_path / "absent.toml")
    (tmp_path / "broken.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(SpecError, match=r"broken\.toml is not TOML"):
        World.read(tmp_path / "broken.toml")


def test_what_is_read_is_what_was_packaged(tmp_path: Path) -> None:
    text = (files("cjlab.simulator") / "worlds" / "telecom.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert World.read(tmp_path / "mine.toml", seed=3) == World.telecom(seed=3)


def paths(said: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value that is no table."""
    if isinstance(said, dict):
        return [path for key, value in said.items() for path in paths(value, (*here, key))]
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return [path for place, value in enumerate(said) for path in paths(value, (*here, place))]
    return [here]


def put(said: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(said)
    part: Any = changed
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return changed


def at(said: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        said = said[key]
    return said


PLACES = [(name, path) for name in NAMES for path in paths(SAID[name])]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from([float("nan"), {"a": 1}, [[1]], -1e300, 1e300]))
def test_a_value_of_a_wrong_kind_is_refused_by_its_name(place: tuple[str, tuple[Any, ...]], wrong: object) -> None:
    name, path = place
    with pytest.raises(SpecError) as refused:
        make(World, put(SAID[name], path, wrong), name="world")
    keys = [str(key) for key in path if not isinstance(key, int)]
    assert keys[-1] in str(refused.value)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES))
def test_an_unknown_name_is_refused(place: tuple[str, tuple[Any, ...]]) -> None:
    name, path = place
    if not isinstance(at(SAID[name], path[:-1]), dict):
        return
    changed = put(SAID[name], (*path[:-1], "no such thing"), "no such value")
    with pytest.raises(SpecError, match="no such thing"):
        make(World, changed, name="world")


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from([0, 0.0, 1, 1.0, -1, 0.5, 40, 1e3, 1e6, "web", True]))
def test_whatever_is_accepted_can_run(place: tuple[str, tuple[Any, ...]], value: object) -> None:
    """Either a world is refused with our own error, or it lives: no other error, and a clean log."""
    name, path = place
    try:
        world = make(World, put(SAID[name], path, value) | {"n_customers": 4}, name="world")
    except SpecError:
        return
    run = simulate(world, RandomContacts(rate=0.3), days=20)
    assert run.log.check().ok


def silent(**traits: Any) -> dict[str, Any]:
    """Retail with what all its personas say of messages replaced."""
    personas = {name: replace(one, **traits) for name, one in World.retail().personas.items()}
    return {"personas": personas, "consent": None}


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        (
            {"consents": {}},
            "actions.reminder goes by 'email', and no persona allows marketing there; say what share does",
        ),
        (
            {"consents": {"email": 0.5}},
            "actions.text goes by 'sms', and no persona allows .* such as personas.faithful.consents = ",
        ),
        (
            {"opens": {}},
            "actions.reminder has effects, and no persona opens anything; say .* such as personas.faithful.opens = ",
        ),
    ],
)
def test_messages_that_nobody_could_get_or_open_are_refused(traits: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        retail(**silent(**traits))


def test_consent_may_also_be_given_later_or_not_be_needed() -> None:
    assert retail(**silent(consents={}) | {"consent": {"given": {"purchase": 0.5}}}).consent
    actions = {"answer": Action(channel="email", purpose="service")}
    assert retail(**silent(consents={}, opens={}) | {"actions": actions, "habits": {}, "orders": ()}).actions


def test_something_deep_is_set_by_its_path_and_all_beside_it_stays() -> None:
    world = retail()
    paths = {"personas.faithful.pull": 0.9, "personas.faithful.channels.app": 0.5, "actions.text.effects.bargain": {}}
    other = world.but({**paths, "trade.cart": 0.2}, seed=5)
    faithful = other.personas["faithful"]
    assert (faithful.pull, faithful.channels["app"], other.trade.cart, other.seed) == (0.9, 0.5, 0.2, 5)
    assert other.effect("text", "bargain") == Effect()
    back = {path: 0.8 if path.endswith("pull") else 0.15 for path in list(paths)[:2]}
    back |= {"actions.text.effects.bargain": world.effect("text", "bargain"), "trade.cart": world.trade.cart}
    assert other.but(back, seed=world.seed) == world


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("person.faithful.pull", "person.faithful.pull: 'person' is unknown; did you mean 'personas'"),
        ("personas.faithful.pul", "'pul' is unknown; did you mean 'pull'"),
        ("personas.nobody.pull", "'nobody' is unknown; allowed: 'faithful', 'occasional', "),
        ("personas.faithful.pull.up", "nothing lies below 0.8; end the path before 'up'"),
        ("points.tiers.0", "nothing lies below .*; end the path before '0'"),
        ("contract.commitment", "nothing lies below None"),
    ],
)
def test_a_path_that_leads_nowhere_is_named(path: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        retail().but({path: 1.0})
    with pytest.raises(SpecError, match=r"parts is .*; give paths and values"):
        retail().but([path])  # type: ignore[arg-type] # that is the point
