"""A cycle: what the loop decides on, learns and asks, declared once and kept by every turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjlab._declared import declared
from cjlab._written import fingerprint, said_in, write
from cjlab.loop._aim import Aim
from cjlab.loop._gates import Limits
from cjlab.loop.cycle._checked import checked
from cjlab.loop.cycle._said import given_in, said_of
from cjlab.models import Uplift

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from typing import Self

    from cjlab.decisions import Rules, Terms
    from cjlab.features import Recipe
    from cjlab.loop.cycle._turn import Turn


@dataclass(frozen=True, kw_only=True, eq=False)
class Cycle:
    """The loop of one model: who may be sent what, what it is for, what is learnt when, and what must be proven.

    Parameters
    ----------
    name : str
        The model in the registry, and the campaign of its decisions.
    rules : Rules
        What can be done, and what keeps it back; the holdout is in them.
    terms : Terms
        Budget and capacities of a turn, and the shares that are drawn.
    recipe : Recipe
        The features that models read.
    aim : Aim, optional
        What contacts are for; the margin of 30 days unless given.
    learner : Uplift, optional
        What learns; the default :class:`cjlab.models.Uplift` unless given.
    value : float, default: 1.0
        What one unit of the aim is worth, in currency.
    pilot : float, default: 0.5
        The share of customers that is drawn by lot until a first model has passed its gates.
    every : str, default: "28D"
        How long after it learnt it learns again; sooner after a missed aim, moved features, an erasure.
    enough : int, default: 500
        How many decisions must have become mature since, or it waits.
    held : int, default: 1
        How many of the last mature waves are kept for the challenge, and not learnt from.
    folds : int, default: 1
        Into how many parts what is learnt from is cut, by customer, to be judged too; 1: only the held waves judge.
    memory : int, optional
        How many waves before them are learnt from, the last ones; all unless given.
    margin : float, default: 0.0
        How much more a customer a challenger must bring, in currency.
    confidence : float, default: 0.95
        Of every interval.
    limits : Limits, optional
        What a challenger may take and promise.
    least : float, default: 0.5
        Which part of what was promised an action must bring, or it is demoted.
    ramp : float or None, default: 0.1
        The share of customers on whom a version that passed decides for one wave, before it serves all; None: at once.
    patience : int, default: 2
        How many of its last mature waves a champion's actions and guardrails are judged by, once there are so many.
    unsubscribed : float, optional
        The largest share of contacts of a champion after which customers may unsubscribe within the aim's time.
    segment : str, optional
        A field of the profiles, as last known before a decision: in no value of it may a challenger be surely worse.

    Raises
    ------
    SpecError
        When a value is not allowed.

    Examples
    --------
    >>> import cjlab as cj
    >>> cycle = cj.loop.Cycle(
    ...     name="spring",
    ...     rules=cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.01),)),
    ...     terms=cj.decisions.Terms("spring"), recipe=cj.features.Recipe(cj.features.Recency("purchase")),
    ... )
    >>> cj.loop.Cycle.of(cycle.said) == cycle
    True
    """

    name: str
    rules: Rules
    terms: Terms
    recipe: Recipe
    aim: Aim = field(default_factory=Aim)
    learner: Uplift = field(default_factory=Uplift)
    value: float = 1.0
    pilot: float = 0.5
    every: str = "28D"
    enough: int = 500
    held: int = 1
    folds: int = 1
    memory: int | None = None
    margin: float = 0.0
    confidence: float = 0.95
    limits: Limits = field(default_factory=Limits)
    least: float = 0.5
    ramp: float | None = 0.1
    patience: int = 2
    unsubscribed: float | None = None
    segment: str | None = None

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)

    def __eq__(self, other: object) -> bool:
        """Compare what was said."""
        return isinstance(other, Cycle) and self.said == other.said

    def __hash__(self) -> int:
        """Tell cycles apart by what was said."""
        return hash(self.fingerprint)

    def turn(self, home: str | Path, as_of: str | dt.date, *, dry: bool = False) -> Turn:
        """Take one turn of the loop: observe, measure, learn, challenge, decide, write down.

        For a date that has had its turn, that turn is returned: nothing is decided twice. A turn that was killed is
        finished, or begun again, by the next call, to the same end.

        Parameters
        ----------
        home : str or path
            The loop's home: a stored ``log``, a ``registry``, and ``turns``; the latter two are made.
        as_of : date or text
            When; a bare date is its local midnight. Nothing at or after it is read.
        dry : bool, default: False
            Whether only to say what would be done: nothing is registered, moved, recorded or written.

        Returns
        -------
        Turn
            What was found and done, and why.

        Raises
        ------
        TurnError
            When another process is taking a turn here, a later turn was taken already, or the home cannot be written.
        RegistryError
            When the registry is not whole, or away and no champion was known before.
        TableError
            When the log lacks a table or a column that a rule, a feature or the segment needs.

        Notes
        -----
        In order: what came of earlier decisions, mature, pending and censored apart (:func:`cjlab.loop.observe`); what
        each action of the champion changed beside its promise, and an action that missed its aim is demoted: from then
        on only the random slice may give it, until another version, proven on drawn decisions, serves
        (:func:`cjlab.loop.measure`); the champion's guardrails, and back to the version before where one is broken, or
        to nobody; a version on the ramp, once its wave is mature; a new version, where that is due, by time, by a
        missed aim, by an erasure of somebody from whom the champion learnt (:func:`cjlab.loop.erase`), or by features
        that have moved (:func:`cjlab.loop.drift`), taught the mature waves but the last ``held`` and challenged on
        these, and by ``folds`` on waves that it was taught and the champion was not (:func:`cjlab.loop.challenge`);
        then scores, rules, plan, decisions. A model learns from decisions that chance could have made otherwise, with
        logged chances, each arm from customers who could have received it or none, never from the holdout.

        Where the registry is away, the champion it named last decides, and nothing is learnt or moved; the turn says
        so. The decisions are recorded first and the aliases moved then, each once; an alias that a hand has moved in
        between stays as the hand has set it.

        Examples
        --------
        >>> import tempfile
        >>> import cjlab as cj
        >>> cycle = cj.loop.Cycle(
        ...     name="spring",
        ...     rules=cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.01),)),
        ...     terms=cj.decisions.Terms("spring"),
        ...     recipe=cj.features.Recipe(cj.features.Recency("purchase")),
        ... )
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> with tempfile.TemporaryDirectory() as home:
        ...     stored = log.write(f"{home}/log")
        ...     turn = cycle.turn(home, "2024-03-01")
        >>> turn.champion is None, turn.counts["random"] > 50
        (True, True)
        """
        from cjlab.loop.cycle._taking import taken

        return taken(self, Path(home), as_of, dry=dry)

    @property
    def said(self) -> dict[str, Any]:
        """What was said, as plain values; what is as it would be anyway is left out.

        Examples
        --------
        >>> import cjlab as cj
        >>> news, recency = {"name": "news", "channel": "email", "cost": 0.1}, {"kind": "Recency"}
        >>> said = {"name": "spring", "terms": {"salt": "a"}, "actions": [news], "builders": [recency]}
        >>> cycle = cj.loop.Cycle.of(said)
        >>> list(cycle.said)
        ['name', 'terms', 'actions', 'builders']
        """
        return said_of(self)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Return the cycle that was said.

        Parameters
        ----------
        said : mapping
            As :attr:`said` returns it.

        Returns
        -------
        Cycle
            The cycle.

        Raises
        ------
        SpecError
            When a name is unknown or missing, or a value is not allowed.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Cycle.of({"actions": [{"name": "news", "channel": "email", "cost": 0.1}], "builders": []})
        Traceback (most recent call last):
        cjlab.errors.SpecError: a recipe without builders makes nothing; ...
        """
        return declared(cls, given_in(said), where="the cycle")

    def write(self, file: str | Path) -> None:
        """Write the cycle down as TOML, or as JSON where the file is not called ``.toml``.

        Parameters
        ----------
        file : str or path
            Where; ``cycle.toml`` in the loop's home is what ``cjlab cycle`` reads.

        Examples
        --------
        >>> import tempfile, cjlab as cj
        >>> news, recency = {"name": "news", "channel": "email", "cost": 0.1}, {"kind": "Recency"}
        >>> said = {"name": "spring", "terms": {"salt": "a"}, "actions": [news], "builders": [recency]}
        >>> cycle = cj.loop.Cycle.of(said)
        >>> with tempfile.TemporaryDirectory() as home:
        ...     cycle.write(f"{home}/cycle.toml")
        ...     cj.loop.Cycle.read(f"{home}/cycle.toml") == cycle
        True
        """
        write(self.said, Path(file))

    @classmethod
    def read(cls, file: str | Path) -> Self:
        """Return a cycle from TOML or JSON.

        Parameters
        ----------
        file : str or path
            Where it was written: single values, tables ``[terms]``, ``[aim]``, ``[learner]``, ``[limits]``, and lists
            of tables ``[[actions]]``, ``[[caps]]`` and the other parts of rules, and ``[[builders]]`` of the recipe.

        Returns
        -------
        Cycle
            The cycle.

        Raises
        ------
        SpecError
            When it is none.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Cycle.read("nowhere.toml")
        Traceback (most recent call last):
        cjlab.errors.SpecError: nowhere.toml cannot be read (...); give the file of a cycle
        """
        return cls.of(said_in(Path(file), kind="a cycle"))

    @property
    def fingerprint(self) -> str:
        """What tells this cycle from others: the sha256 of what was said.

        Examples
        --------
        >>> import cjlab as cj
        >>> news, recency = {"name": "news", "channel": "email", "cost": 0.1}, {"kind": "Recency"}
        >>> said = {"name": "spring", "terms": {"salt": "a"}, "actions": [news], "builders": [recency]}
        >>> one, other = (cj.loop.Cycle.of({**said, "margin": margin}) for margin in (0.0, 0.1))
        >>> one.fingerprint == other.fingerprint
        False
        """
        return fingerprint(self.said)
