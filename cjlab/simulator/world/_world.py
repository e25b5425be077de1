"""The description of a market."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from pydantic import Field

from cjlab._checks import one_of
from cjlab.simulator.world._changed import Changed
from cjlab.simulator.world._coherence import coherent
from cjlab.simulator.world._contacts import Action, Block, Channel, Consent, Effect, Order
from cjlab.simulator.world._field import (
    Amount,
    Count,
    Days,
    Duration,
    Flag,
    Name,
    Sentence,
    Share,
    Weights,
    value,
)
from cjlab.simulator.world._journey import MOVES, STAGES, Moment, Move, Observation, Regime, Stage
from cjlab.simulator.world._listing import PARTS
from cjlab.simulator.world._market import Competitor, Habit, Trips
from cjlab.simulator.world._packaged import Packaged
from cjlab.simulator.world._persona import Persona
from cjlab.simulator.world._reading import read
from cjlab.simulator.world._service import Contract, Errand, LifeEvent, Service, Survey
from cjlab.simulator.world._social import Social
from cjlab.simulator.world._told import Told
from cjlab.simulator.world._trade import Category, Points, Trade, Use

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from cjlab.tables import Log

    _Field = Any  # whatever a field of a world holds

_EARLIEST, _LATEST = dt.date(1800, 1, 1), dt.date(2100, 12, 31)  # a century on either side still has dates


@value
class World(Packaged, Changed, Told):
    """A market whose truth is known: who its people are, how they live with a brand, what each contact changes.

    A world is a frozen value, made in code, read from TOML, or taken from those that come with the package.

    Parameters
    ----------
    name : str
        What it is called.
    title : str
        One sentence about it.
    n_customers : int
        How many people.
    seed : int
        Which market of this description; another seed gives other people with the same laws.
    start : datetime.date
        The first day, local, from 1800 to 2100.
    timezone : str
        The brand's zone.
    history : int
        Days before the start over which those who are already there have joined.
    newcomers : float
        Share of the people who join later, evenly over ``horizon`` days.
    enters : float
        Share of newcomers who join because they need something that day.
    horizon : int
        Days over which newcomers join; afterwards nobody does, and the market shrinks by those who leave. For a longer
        run see :meth:`lasting`.
    launched : bool
        Whether the brand is new: everybody joins after the start, and nobody is aware of it when he does.
    personas, channels, goods : mapping of str to Persona, Channel, Category
        What kinds of people there are; by what they come and are written to; what is sold. Their fields, with what is
        usual, stand in ``help(cj.simulator.world.Persona)`` and its like; a packaged world can be changed with
        :meth:`but`.
    actions : mapping of str to Action
        What the brand can send, and what each changes in whom.
    orders : tuple of Order
        What a contact does more when it follows another channel's within ``order_days``.
    order_days : int
        Those days.
    consent : Consent
        How consent changes after people have joined; only by unsubscriptions unless declared.
    blocks : mapping of str to Block
        Providers that let nothing of the brand through for some days.
    trade, points, use, trips, service, survey, contract : values
        How people buy; the loyalty programme; the use of products; trips; problems; questions; contracts. What is
        not declared does not happen.
    errands, life, competitors : mapping
        What people come for beside buying; what happens in their lives; other brands.
    social : Social, optional
        What people tell those around them; everybody lives for himself unless given.
    habits : mapping of str to Habit
        Whom the brand has written to so far, see :class:`cjlab.simulator.Legacy`.
    stages, moves, moments, regimes : mapping or tuple of values
        What stages mean; how people move; planted moments; changes of the market.
    weekdays, months : tuple of float
        Factors on occasions, Monday to Sunday and January to December.
    shopping : tuple of float
        Share of needs met on each weekday when they are due, Monday to Sunday; the others wait for the next day.
    weather : float
        How strongly the day's weather bears on occasions: standard deviation of its logarithm.
    places : mapping of str to float
        Where people live, as weights.
    fatigue_days : float
        Days after which 1/e of fatigue is left.
    irritation : float
        What a contact takes from the satisfaction of a tired person, per unit of fatigue.
    observation : Observation
        What the brand sees of all this.

    Raises
    ------
    SpecError
        When something in it cannot be, with the name of the field, its value and what is allowed.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=1_000, seed=7)
    >>> world.name, len(world.personas), world.fingerprint()[:0]
    ('retail', 5, '')

    Prospects hear of a car from people who drive it; in a file, that is a table ``[social]``:

    >>> World.car_brand(n_customers=1_000, social={"circle": 6.0, "refers": 0.4}).social.refers
    0.4
    """

    name: Name
    title: Sentence = "A simulated market"
    n_customers: Count = Field(default=10_000, le=1_000_000_000)
    seed: int = Field(default=0, ge=0, lt=2**63, strict=True)
    start: dt.date = Field(default=dt.date(2024, 1, 1), ge=_EARLIEST, le=_LATEST)
    timezone: Name = "Europe/Paris"
    history: Days = 730
    newcomers: Share = 0.15
    enters: Share = 0.0
    horizon: Days = 730
    launched: Flag = False
    personas: dict[Name, Persona]
    channels: dict[Name, Channel]
    goods: dict[Name, Category]
    actions: dict[Name, Action] = Field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    order_days: Days = 7
    consent: Consent | None = None
    blocks: dict[Name, Block] = Field(default_factory=dict)
    trade: Trade = Field(default_factory=Trade)
    points: Points | None = None
    use: Use | None = None
    trips: Trips | None = None
    service: Service | None = None
    survey: Survey | None = None
    contract: Contract | None = None
    errands: dict[Name, Errand] = Field(default_factory=dict)
    life: dict[Name, LifeEvent] = Field(default_factory=dict)
    competitors: dict[Name, Competitor] = Field(default_factory=dict)
    social: Social | None = None
    habits: dict[Name, Habit] = Field(default_factory=dict)
    stages: dict[Name, Stage] = Field(default_factory=lambda: dict(STAGES))
    moves: tuple[Move, ...] = MOVES
    moments: dict[Name, Moment] = Field(default_factory=dict)
    regimes: tuple[Regime, ...] = ()
    weekdays: tuple[Amount, ...] = Field(default=(1.0,) * 7, min_length=7, max_length=7)
    months: tuple[Amount, ...] = Field(default=(1.0,) * 12, min_length=12, max_length=12)
    shopping: tuple[Share, ...] = Field(default=(1.0,) * 7, min_length=7, max_length=7)
    weather: Amount = 0.0
    places: Weights = Field(default_factory=lambda: {"here": 1.0})
    fatigue_days: Duration = 14.0
    irritation: Amount = 0.0
    observation: Observation = Field(default_factory=Observation)

    def __post_init__(self) -> None:
        """Check that what the parts say of each other holds."""
        coherent(self)

    def __repr__(self) -> str:
        """Say how large it is, and of what it is made."""
        counts = ", ".join(f"{part}: {len(getattr(self, part))}" for part in PARTS)
        return f"World({self.name!r}, {self.n_customers:,} customers, seed {self.seed}; {counts})"

    @classmethod
    def read(cls, path: str | Path, **changes: _Field) -> Self:
        """Read a world from a TOML file.

        Parameters
        ----------
        path : str or pathlib.Path
            The file; its tables are named like the parameters above. Or the name of a packaged world.
        **changes
            Fields to set otherwise, such as ``n_customers`` and ``seed``.

        Returns
        -------
        World
            The world.

        Raises
        ------
        SpecError
            When the file is no TOML or describes no world.

        Examples
        --------
        >>> World.read("no_such_world.toml")
        Traceback (most recent call last):
        cjlab.errors.SpecError: no_such_world.toml is no file; give the path of a world's TOML file, or 'retail', ...
        """
        return read(cls, path, **changes)

    @classmethod
    def fit(cls, log: Log, *, personas: int | None = None, seed: int = 0) -> World:
        """Return a world estimated from a log; :func:`cjlab.simulator.fit` also says from what, and how surely.

        Parameters
        ----------
        log : Log
            A real or a simulated log.
        personas : int, optional
            Into how many personas its customers fall; as many as the log tells apart unless given.
        seed : int
            The seed of the world.

        Returns
        -------
        World
            The world.

        Raises
        ------
        EvidenceError
            When the log is too small, has no purchases, or nobody comes back.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(World.retail(n_customers=300, seed=7), days=60).log
        >>> World.fit(log, personas=1).horizon
        60
        """
        from cjlab.simulator.fitting import fit

        return fit(log, personas=personas, seed=seed).world

    def effect(self, action: str, persona: str) -> Effect:
        """Return what an action changes in people of a persona, before fatigue, wear, stage and their own response.

        Parameters
        ----------
        action, persona : str
            Names of this world.

        Returns
        -------
        Effect
            The planted effect.

        Raises
        ------
        SpecError
            When the world has no such action or persona.

        Examples
        --------
        >>> World.retail().effect("reminder", "indifferent").desire
        0.0
        """
        one_of(persona, self.personas, name="persona")
        effects = self.actions[one_of(action, self.actions, name="action")].effects
        return effects.get(persona, effects.get("*", Effect()))
