"""A run: what happened, what the brand saw of it, and the truth behind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import shown, whole
from cjlab.errors import SpecError
from cjlab.simulator._companions import companions
from cjlab.simulator._comparison import Comparison, results
from cjlab.simulator._effect import Effects, effects_of
from cjlab.simulator._engine import Engine
from cjlab.simulator._ledger import told
from cjlab.simulator._life import Life, life_of
from cjlab.simulator._lived import Lived
from cjlab.simulator._policy import policy_of
from cjlab.simulator._records import copied
from cjlab.simulator._stretch import Stretch
from cjlab.simulator._truth import Truth
from cjlab.simulator.kernel import DAYS
from cjlab.tables import Log

if TYPE_CHECKING:
    from cjlab.simulator._policy import Planned, Policy
    from cjlab.simulator.world import World


@dataclass(frozen=True, eq=False, repr=False)
class Run(Lived):
    """A market that was run for some days under a policy; :func:`simulate` makes one.

    Parameters
    ----------
    world : World
        The market.
    course : Course
        Which policy decided from which day on.
    days : int
        For how many days.
    written : Stretch
        What was written, in the order of people and time.
    people : ndarray
        The people's records at the end.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=30)
    Run('retail', 200 customers, 30 days, ... events, 0 contacts)
    """

    @cached_property
    def log(self) -> Log:
        """What the brand saw, as a log of the tables that real data is mapped to.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.log.check().ok
        True
        """
        tables: dict[str, Any] = companions(self.world, self.people, self.written.events, self.days)
        tables |= {"events": told(self.written.events, self.world).lazy(), "contacts": self.contacts.lazy()}
        return Log.of(**tables, timezone=self.world.timezone)

    @cached_property
    def truth(self) -> Truth:
        """What the brand cannot see.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.truth.customers["persona"].n_unique()
        5
        """
        return Truth(self.world, self.people, self.written, self.days)

    def branch(self, day: int, policy: Policy | Planned) -> Run:
        """Return the run of the same people under another policy from a day on.

        Parameters
        ----------
        day : int
            From which day, 0 to ``days``.
        policy : Policy
            Who decides from then on.

        Returns
        -------
        Run
            The other run; until that day the same, and afterwards with the same draws.

        Raises
        ------
        SpecError
            When the day lies outside the run, or the policy cannot be followed in its world.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.branch(20, cj.simulator.Everyone(("news",), every=7)).contacts.height > 0
        True
        """
        turn, chosen, names = self._day(day), policy_of(policy, self.world), list[str]()
        engine, people = Engine(self.world, self.days), self.people_at(turn)
        parts = engine.lived(people, chosen, turn, self.days, names, before=self.contacts)
        later = Stretch.of(parts, self.world, names)
        course = self.course.turned(turn, chosen)
        return Run(self.world, course, self.days, self.written.before(turn).then(later), people)

    def onward(self, policy: Policy | Planned, days: int, *, world: World | None = None) -> Run:
        """Return the run gone on with: the same people, some days more, under another policy.

        Parameters
        ----------
        policy : Policy
            Who decides from now on.
        days : int
            For how many days more.
        world : World, optional
            What the market has become: of the same people, channels and actions, such as with other effects. What lies
            before cannot be lived again then: branches and views are those of the last day alone.

        Returns
        -------
        Run
            The longer run: where the policy is the same, that which so many days make at once.

        Raises
        ------
        SpecError
            When the policy cannot be followed, the days are out of range, or the other world is of other people.

        Examples
        --------
        >>> import cjlab as cj
        >>> world, news = cj.simulator.World.retail(n_customers=50), cj.simulator.Everyone(("news",), every=7)
        >>> run = cj.simulator.simulate(world, days=30).onward(news, 30)
        >>> run.days, run.contacts["at"].min().date() > world.start
        (60, True)
        """
        becomes = self.world if world is None else _same_people(world, self.world)
        more = whole(days, name="days", least=1, most=DAYS - self.days)
        chosen, names, last = policy_of(policy, becomes), list[str](), self.days + more
        people = copied(self.people)
        parts = Engine(becomes, last).lived(people, chosen, self.days, last, names, before=self.contacts)
        written = self.written.then(Stretch.of(parts, becomes, names))
        return Run(becomes, self.course.turned(self.days, chosen), last, written, people)

    def effect_of(self, action: str, day: int, within: int, *, replicates: int = 200) -> Effects:
        """Return what sending an action to each customer on a day would change in the days after.

        Parameters
        ----------
        action : str
            What.
        day : int
            When, 0 to ``days``; nothing else is sent from then on.
        within : int
            Over how many days its consequences count.
        replicates : int
            How many futures the expected effect is the mean of; at least 2.

        Returns
        -------
        Effects
            ``realised``: the paired difference with the draws of this run; ``expected``: its mean over other futures of
            the same people, with its Monte-Carlo error. Each customer is written to alone; where people talk
            (``world.social``), ``others`` holds what that changes in the others of his circle.

        Raises
        ------
        SpecError
            When the action is unknown or the day lies outside the run.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=10)
        >>> run.effect_of("reminder", day=5, within=14, replicates=4).of("purchase").columns.tolist()[:2]
        ['realised', 'expected']
        """
        people = self.people_at(self._day(day))
        return effects_of(self.world, people, action, day=int(day), within=within, replicates=replicates)

    def life(self, customer: int) -> Life:
        """Return one customer's life: what happened, what the brand saw of it, and what lay behind.

        Parameters
        ----------
        customer : int
            Whose.

        Returns
        -------
        Life
            Events, contacts with their answers, and the true stage and satisfaction on every evening.

        Raises
        ------
        TableError
            When the run has no such customer.
        EvidenceError
            When the policy shares a budget and answers events, so that one life cannot be lived apart.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.life(2).persona
        'bargain'
        """
        self.truth.personas(np.array([whole(customer, name="customer", least=1)]))
        return life_of(self, customer)

    def against(self, other: Run, *, since: int = 0) -> Comparison:
        """Compare with another run of the same people, customer by customer.

        Parameters
        ----------
        other : Run
            The other one: a branch, or a run of the same world.
        since : int
            From which day on.

        Returns
        -------
        Comparison
            What this run brought more, with intervals over customers.

        Raises
        ------
        SpecError
            When the other is a run of another world or of other days, or the day lies outside.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> bool((run.against(run.branch(10, cj.simulator.Nobody())).to_frame()["difference"] == 0).all())
        True
        """
        if not isinstance(other, Run) or (other.world, other.days) != (self.world, self.days):
            raise SpecError(f"other is {shown(other)}; give a run of the same world over {self.days} days")
        start = self._day(since)
        ids = np.ascontiguousarray(self.people["customer"])
        return Comparison(ids, *(results(run.written.since(start), ids) for run in (self, other)))


def _same_people(world: World, before: World) -> World:
    """Return what a world has become, if its people are the same."""
    for name in ("n_customers", "seed", "start", "timezone"):
        if getattr(world, name) != getattr(before, name):
            raise SpecError(f"world: {name} is {getattr(world, name)}, and was {getattr(before, name)}; leave it")
    for name in ("personas", "channels", "actions", "goods", "places"):
        if list(getattr(world, name)) != list(getattr(before, name)):
            raise SpecError(f"world: {name} are {list(getattr(world, name))}, and were others; change what they do")
    return world
