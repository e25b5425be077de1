"""From a log to a world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab._checks import whole
from cjlab._display import Shown
from cjlab.simulator.fitting._aftermath import aftermath
from cjlab.simulator.fitting._answers import contacted
from cjlab.simulator.fitting._basket import baskets, baskets_of, interests, units
from cjlab.simulator.fitting._kinds import kinds_of
from cjlab.simulator.fitting._observed import Observed
from cjlab.simulator.fitting._visits import visits
from cjlab.simulator.kernel import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from cjlab.simulator.fitting._estimate import Estimate
    from cjlab.simulator.fitting._kinds import Kinds
    from cjlab.simulator.fitting._part import Part
    from cjlab.simulator.world import World
    from cjlab.tables import Log

_STILL: dict[str, Any] = {  # what no log tells is left out: nothing of it bears on what people do
    "satisfaction": 0.0,
    "loyalty": 0.0,
    "discount": 0.0,
    "strain": 0.0,
    "tier": 0.0,
    "late_harm": 0.0,
    "prompt_joy": 0.0,
    "outage_harm": 0.0,
    "defect": 1.0,
    "defect_satisfaction": 0.0,
    "views": 0.0,
    "search": 0.0,
    "favourite": 0.0,
    "cart": 0.0,
    "laps": 0.0,
    "hairpin_laps": 0.0,
    "turn_back": 0.0,
    "switches": 0.0,
}
_PERSON: dict[str, Any] = {"response_spread": 0.0, "problems": 0.0, "recommends": 0.0}


@dataclass(frozen=True, eq=False, repr=False)
class Fit(Shown):
    """A world estimated from a log, with what it was estimated from.

    Parameters
    ----------
    world : World
        The world.
    estimates : tuple of Estimate
        What was estimated: field, value, 95 % interval, rows, how.
    notes : tuple of str
        What could not be estimated, and why.
    days : int
        For how many days the log runs.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=300, seed=7)
    >>> cj.simulator.fit(cj.simulator.simulate(world, days=60).log, personas=1).days
    60
    """

    world: World
    estimates: tuple[Estimate, ...]
    notes: tuple[str, ...] = ()
    days: int = 0

    def __repr__(self) -> str:
        """Say how much was estimated."""
        return f"Fit({self.world.name!r}, {len(self.estimates)} estimates, {len(self.notes)} notes, {self.days:,} days)"

    def __getitem__(self, name: str) -> Estimate:
        """Return the estimate of a field, such as ``"personas.p1.gap"``."""
        for one in self.estimates:
            if one.name == name:
                return one
        raise KeyError(name)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate.

        Returns
        -------
        DataFrame
            Columns ``name``, ``estimate``, ``low``, ``high``, ``n``, ``how``; then one row a note, with the note in
            ``how``.

        Examples
        --------
        >>> import cjlab as cj
        >>> world = cj.simulator.World.retail(n_customers=300, seed=7)
        >>> found = cj.simulator.fit(cj.simulator.simulate(world, days=60).log, personas=1)
        >>> found.to_frame()["name"].iloc[0]
        'personas.everyone.share'
        """
        import pandas as pd

        columns = ["name", "estimate", "low", "high", "n", "how"]
        notes = [("note", None, None, None, None, note) for note in self.notes]
        return pd.DataFrame([*self.estimates, *notes], columns=columns)


def fit(log: Log, *, personas: int | None = None, seed: int = 0, name: str = "fitted") -> Fit:
    """Estimate a world from a log, with only what a brand can see.

    Parameters
    ----------
    log : Log
        A real or a simulated log; at least 100 customers, 200 orders and 28 days.
    personas : int, optional
        Into how many personas its customers fall, 1 to 12; as many as Bayes' criterion asks for unless given (at
        most 4).
    seed : int
        The seed of the world.
    name : str
        Its name.

    Returns
    -------
    Fit
        The world, each estimate with its interval and its rows, and what could not be estimated.

    Raises
    ------
    EvidenceError
        When the log is too small, has no purchases, or nobody comes back.

    Notes
    -----
    A customer's order days are those of a renewal process with Erlang gaps around his own mean gap, which he leaves
    with some probability after each order; mean gaps, and order values, are lognormal within a persona. Personas are a
    mixture, fitted by expectation and maximisation over all customers' likelihoods, with the wait from the last order
    to the end of the log, and, where customers are no register, with those who were there and ordered on no day. It is
    the Pareto/NBD model's thought (Schmittlein, Morrison & Colombo 1987, doi:10.1287/mnsc.33.1.1) with gaps that may
    be regular (Platzer & Reutterer 2016, doi:10.1287/mksc.2015.0963).

    Several purchases of a customer on a day are one order. Effects of contacts are read only from those that were
    randomised with a logged propensity and a control. What the log has no events of is not simulated, or leaves no
    row.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=400, seed=7)
    >>> found = cj.simulator.fit(cj.simulator.simulate(world, days=120).log, personas=1)
    >>> list(found.world.personas), found["personas.everyone.gap"].n
    (['everyone'], 353)
    """
    from cjlab.simulator.world import World

    if personas is not None:
        whole(personas, name="personas", least=1, most=12)
    observed = Observed.of(log)
    kinds = kinds_of(observed, count=personas)
    parts = [
        kinds.part,
        baskets(observed, kinds),
        visits(observed, kinds),
        aftermath(observed, kinds),
        contacted(observed, kinds),
    ]
    said = _said(observed, kinds, parts)
    return Fit(
        World(name=name, seed=seed, title="A market estimated from a log", **said),
        tuple(one for part in parts for one in part.estimates),
        tuple(_notes(observed, parts)),
        observed.days,
    )


def _said(observed: Observed, kinds: Kinds, parts: list[Part]) -> dict[str, Any]:
    """Put the values of all parts together."""
    said: dict[str, Any] = {"trade": dict(_STILL), "channels": {}}
    personas = _personas(observed, kinds, parts)
    for part in parts:
        for field_, value in part.values.items():
            if field_ in {"trade", "channels"}:
                said[field_] = said[field_] | _merged(said[field_], value)
            elif field_ not in {"personas", "shares"}:
                said[field_] = value
    _need_channels(said)
    return said | {
        "start": observed.start,
        "timezone": observed.timezone,
        "personas": personas,
        "moves": (),
        "enters": 0.0 if observed.registered else 1.0,
        "observation": {"visitors": 0.0, "stale": 0.0, "guesses": 0.0, "unseen": _unseen(observed, said)},
    }


def _merged(before: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Let what a later part says of a thing complete what an earlier one said."""
    return {
        name: before[name] | value if isinstance(value, dict) and name in before else value
        for name, value in more.items()
    }


def _personas(observed: Observed, kinds: Kinds, parts: list[Part]) -> dict[str, dict[str, Any]]:
    found = {one.name: one.estimate for one in kinds.part.estimates}
    sizes = baskets_of(kinds, units(observed))
    tastes = interests(observed, kinds, list(parts[1].values["goods"]))
    made = {}
    for k, name in enumerate(kinds.names):
        fields = ("gap", "gap_spread", "pull", "basket_spread")
        one: dict[str, Any] = _PERSON | {field_: found[f"personas.{name}.{field_}"] for field_ in fields}
        one["regularity"] = int(found[f"personas.{name}.regularity"])
        one |= {"basket": sizes[k], "interests": tastes[k], "loyalty_spread": 0.0}
        one["share"] = kinds.part.values["shares"][k]
        for part in parts[2:]:
            one |= part.values["personas"][k]
        made[name] = one
    return made


def _need_channels(said: dict[str, Any]) -> None:
    """Add channels that only cases, surveys and bills name."""
    named = {said[part]["channel"] for part in ("survey", "contract") if part in said}
    named |= set(said["service"]["channels"]) if "service" in said else set()
    for name in sorted(named - set(said["channels"])):
        said["channels"][name] = {"digital": False}


def _unseen(observed: Observed, said: dict[str, Any]) -> tuple[str, ...]:
    """Name what happens in the world and leaves no row in such a log."""
    there = set(observed.events["event"].unique())
    quiet = set() if said.get("actions") else {"delivered", "bounced", "opened", "clicked"}
    return tuple(name for name in EVENTS if name not in there | quiet)


def _notes(observed: Observed, parts: Iterable[Part]) -> list[str]:
    notes = [note for part in parts for note in part.notes]
    if observed.nobody:
        notes.append(f"{observed.nobody:,} rows of events have no customer and are left out")
    absent = [
        name
        for name in ("visit", "return", "delivery", "case_opened", "survey_answer", "invoice")
        if not observed.count(name)
    ]
    if absent:
        notes.append(f"the log has no {', '.join(absent)}: a world fitted to it shows none")
    other = sorted(set(observed.events["event"].unique()) - set(EVENTS))
    if other:
        notes.append(f"events that no world knows are left out: {', '.join(other[:12])}")
    return notes
