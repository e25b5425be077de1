"""The same world with something in it set otherwise: fields, what lies at a path, how long people join, no effects."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

from cjlab._checks import listed, shown, whole
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from cjlab.simulator.world._world import World

    _Field = Any  # whatever a field of a world holds

_LONGEST = 36_500


class Changed:
    """A world from which others can be made."""

    def but(self, parts: Mapping[str, _Field] | None = None, /, **changes: _Field) -> Self:
        """Return the same world with some fields, or something deep in them, set otherwise.

        Parameters
        ----------
        parts : mapping of str to value, optional
            Paths, as they stand in a TOML file and in messages, and what stands there from now on; all beside them
            stays.
        **changes
            Whole fields and their values.

        Returns
        -------
        World
            The other world.

        Raises
        ------
        SpecError
            When a path leads nowhere, or the other world cannot be.

        Examples
        --------
        >>> import cjlab as cj
        >>> retail = cj.simulator.World.retail()
        >>> other = retail.but({"personas.faithful.pull": 0.9, "channels.email.cost": 0.02}, seed=3)
        >>> other.personas["faithful"].pull, other.channels["email"].cost, other.seed
        (0.9, 0.02, 3)
        >>> retail.but({"personas.faithfull.pull": 0.9})
        Traceback (most recent call last):
        cjlab.errors.SpecError: personas.faithfull.pull: 'faithfull' is unknown; did you mean 'faithful'?
        """
        world = cast("World", self)
        return cast("Self", replace(world, **within(world, {} if parts is None else parts), **changes))

    def lasting(self, days: int) -> Self:
        """Return the same market for a longer run: people go on joining at the same pace.

        Parameters
        ----------
        days : int
            Until which day, at least one.

        Returns
        -------
        World
            A market with as many people at the start, as many newcomers a day, and so with more customers in all where
            ``days`` is longer than ``horizon``.

        Raises
        ------
        SpecError
            When the days are no whole number from 1 to 36,500.

        Examples
        --------
        >>> import cjlab as cj
        >>> seven = cj.simulator.World.retail(n_customers=1_000).lasting(7 * 365)
        >>> seven.n_customers, seven.horizon, round(seven.n_customers * (1 - seven.newcomers))
        (1375, 2555, 850)
        """
        world = cast("World", self)
        until = whole(days, name="days", least=1, most=_LONGEST)
        late = 1.0 if world.launched else world.newcomers
        joining = world.n_customers * late * until / max(world.horizon, 1)
        everybody = max(round(world.n_customers * (1 - late) + joining), 1)
        share = min(joining / everybody, 1.0)
        return cast("Self", replace(world, n_customers=everybody, newcomers=share, horizon=until))

    def without_effects(self) -> Self:
        """Return the same world in which no contact changes anything.

        Messages are still delivered, opened and clicked; what people buy does not depend on them.

        Returns
        -------
        World
            The null world.

        Examples
        --------
        >>> import cjlab as cj
        >>> all(not action.effects for action in cj.simulator.World.retail().without_effects().actions.values())
        True
        """
        world = cast("World", self)
        answers = {"delivered", "bounced", "spam_reported", "opened", "clicked", "redeemed", "unsubscribed"}
        null = replace(
            world,
            actions={
                name: replace(action, effects={}, discount=0.0, pulls_forward=0.0)
                for name, action in world.actions.items()
            },
            moves=tuple(move for move in world.moves if move.on not in answers),
            moments={name: moment for name, moment in world.moments.items() if moment.on not in answers},
            contract=replace(world.contract, dunning=1.0) if world.contract else None,
            irritation=0.0,
        )
        return cast("Self", null)


def within(world: World, parts: object) -> dict[str, Any]:
    """Return the fields of a world after values were set at paths such as ``"personas.faithful.pull"``."""
    if not isinstance(parts, dict) or not all(isinstance(path, str) for path in parts):
        raise SpecError(f"parts is {shown(parts)}; give paths and values, such as {{'personas.faithful.pull': 0.9}}")
    made: dict[str, Any] = {}
    for path, value in parts.items():
        first, *rest = path.split(".")
        known = {one.name: made.get(one.name, getattr(world, one.name)) for one in fields(world)}
        made[first] = _set(_named(known, first, path), rest, value, path)
    return made


def _set(part: Any, steps: list[str], value: object, path: str) -> Any:  # noqa: ANN401 - any part of a world
    if not steps:
        return value
    first, *rest = steps
    if isinstance(part, dict):
        inner = _named(part, first, path) if rest else None
        return {**part, first: _set(inner, rest, value, path)}
    if is_dataclass(part) and not isinstance(part, type):
        known = {one.name: getattr(part, one.name) for one in fields(part)}
        return replace(part, **{first: _set(_named(known, first, path), rest, value, path)})
    raise SpecError(f"{path}: nothing lies below {shown(part)}; end the path before {first!r}")


def _named(parts: Mapping[str, Any], name: str, path: str) -> Any:  # noqa: ANN401 - any part of a world
    if name not in parts:
        near = get_close_matches(name, parts, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"allowed: {listed(list(parts))}" if parts else "none is there"
        raise SpecError(f"{path}: {name!r} is unknown; {hint}")
    return parts[name]
