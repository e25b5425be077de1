"""The brand's old habits: it wrote to the best, the riskiest or the indifferent, and logged no probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.simulator._plan import Plan
from cjlab.simulator._policy import Planned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjlab.simulator.world import Habit, World

    _When = Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True)
class Legacy(Planned):
    """The habits that a world declares, carried out as the brand always has: by rules, and without propensities.

    Followed by :meth:`Run.branch` it makes the past of a log that another policy then continues. A habit of several
    actions is a scenario: one after the other, and from the start again when it has ended, also for those who never
    react to it.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=300)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.Legacy(), days=90)
    >>> run.contacts["propensity"].null_count() == run.contacts.height > 0
    True
    """

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return a plan for each step of each habit.

        Parameters
        ----------
        world : World
            The market.

        Returns
        -------
        tuple of Plan
            The plans; none for a world without habits.

        Examples
        --------
        >>> import cjlab as cj
        >>> [plan.campaign for plan in cj.simulator.Legacy().plans(cj.simulator.World.travel())]
        ['best_customers', 'endless_day', 'endless_day']
        """
        return tuple(plan for name, habit in world.habits.items() for plan in _steps(name, habit))


def _steps(name: str, habit: Habit) -> Iterator[Plan]:
    for step, action in enumerate(habit.actions):
        yield Plan(
            actions=(action,),
            campaign=name,
            every=habit.every * len(habit.actions),
            first=habit.every * step,
            share=habit.share,
            when=_whom(habit),
            consent=habit.consent,
            step=step + 1,
        )


def _whom(habit: Habit) -> _When:
    """Return what must hold of those whom a habit is for."""
    silent = (float(habit.silent), None)
    targets: dict[str, _When] = {
        "all": {},
        "best": {"spent": (habit.spent, None)},
        "riskiest": {"last_order": silent, "orders": (1.0, None)},
        "renewing": {"committed_until": (-float(habit.silent), 0.0)},
        "indifferent": {"last_open": silent, "last_click": silent, "joined": silent},
    }
    return targets[habit.targets]
