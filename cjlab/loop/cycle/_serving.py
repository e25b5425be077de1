"""Who serves: the champion and the version on the ramp, as the registry names them, ready to foretell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cjlab._random import uniform
from cjlab.errors import AwayError
from cjlab.loop.registry import History, Registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.loop._rule import Foretells
    from cjlab.loop.cycle._home import Home
    from cjlab.loop.cycle._turn import Turn


@dataclass(frozen=True, eq=False)
class Served:
    """A version and its model; None for a number where nothing may be registered."""

    number: int | None
    model: Foretells

    def __str__(self) -> str:
        """Name it."""
        return "a new version" if self.number is None else f"version {self.number}"


@dataclass(frozen=True, eq=False)
class Standing:
    """How the aliases stand.

    Parameters
    ----------
    champion, challenger
        Who has them; None for nobody.
    stopped
        Whether the champion decides no more.
    demoted
        Actions that only the random slice may give.
    earlier
        The version to which a rollback goes.
    away
        What the registry answered, where it did not.
    """

    champion: Served | None = None
    challenger: Served | None = None
    stopped: bool = False
    demoted: tuple[str, ...] = ()
    earlier: int | None = None
    away: AwayError | None = None

    @property
    def serving(self) -> Served | None:
        """Who decides for everybody."""
        return None if self.stopped else self.champion

    def rule(self, arms: Sequence[str]) -> Foretells | None:
        """Return what the champion would do, as a challenge takes it: what he may not give, he foretells nothing of."""
        return None if self.serving is None else Tempered(self.serving.model, tuple(arms), self.demoted)


@dataclass(frozen=True, eq=False)
class Tempered:
    """A model that foretells nothing good of actions that it may not give, or does not know."""

    model: Foretells
    arms: tuple[str, ...]
    demoted: tuple[str, ...] = ()

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803 - scikit-learn's name
        """Return the effect of every arm, one column an arm, in the order of ``arms``."""
        import pandas as pd

        known = self.model.predict(X)
        found = {name: known[name] if name in known else pd.Series(0.0, X.index) for name in self.arms}
        return pd.DataFrame({name: one.clip(upper=0.0) if name in self.demoted else one for name, one in found.items()})


def opened(home: Home) -> Registry:
    """Return the registry of a home."""
    return Registry(home.registry)


def standing(home: Home, name: str, last: Turn | None) -> Standing:
    """Return who serves by the registry, or by what it said last where it is away."""
    registry = opened(home)
    never = last is None or (last.champion is None and last.challenger is None and last.learnt is None)
    if never and not (home.registry / "registry.db").exists():
        return Standing()
    try:
        history = registry.history(name)
    except AwayError as away:
        return _cached(registry, name, last, away)
    champion, challenger = (_held(registry, name, history, alias) for alias in ("champion", "challenger"))
    now = Standing(champion, challenger, earlier=history.earlier())
    if last is None or champion is None or champion.number not in {last.champion, last.stopped}:
        return now  # somebody else serves than did at the last turn
    return replace(now, stopped=champion.number == last.stopped, demoted=last.demoted)


def _held(registry: Registry, name: str, history: History, alias: str) -> Served | None:
    number = history.holder(alias)
    return None if number is None else Served(number, registry.load(name, number)[0])


def _cached(registry: Registry, name: str, last: Turn | None, away: AwayError) -> Standing:
    """Return the champion that was known last."""
    if last is None or last.champion is None:
        return Standing(away=away, stopped=last is not None and last.stopped is not None)
    model, version = registry.load(name, last.champion)
    return Standing(Served(version.number, model), demoted=last.demoted, away=away)


def ramped(customers: NDArray[Any], *, salt: str, version: int | None, share: float) -> NDArray[np.bool_]:
    """Tell on which customers a version decides while it is on the ramp: by salted hash, others for each version."""
    return uniform(f"loop/ramp/{version}/{salt}", customers) < share
