"""Fifteen months of the simulated shop and of its old habits, for whoever has no data at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._checks import whole

if TYPE_CHECKING:
    from cjlab.tables import Log

_DAYS = 456  # 2024 and the first quarter of 2025


def simulated_shop(n_customers: int = 6_000, seed: int = 0) -> Log:
    """Make the log of fifteen months of the simulated world ``retail``, in which nobody tests anything.

    The shop sends a newsletter by e-mail every two weeks to all who accept it, and a paper catalogue every 13 weeks to
    half of them; beside that it follows its old habits (:class:`cjlab.simulator.Legacy`): discounts to its best
    customers, reminders to those who are asleep, and one scenario from the start again for those who never react.

    Parameters
    ----------
    n_customers : int, default: 6000
        How many people the world has, at least 1.
    seed : int, default: 0
        Another seed gives other people under the same laws.

    Returns
    -------
    Log
        What the shop sees from 2024-01-01 to 2025-03-31, with its gaps; opens by machines are flagged.

    Raises
    ------
    SpecError
        When a number is no whole one, or out of range.

    Notes
    -----
    Synthetic, Apache-2.0. The truth stands in ``cj.simulator``.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.datasets.simulated_shop(n_customers=300)
    >>> log.contacts.select("campaign").unique().collect().height
    5
    """
    from cjlab.simulator import Legacy, Plan, Rules, World, simulate

    people = whole(n_customers, name="n_customers", least=1, most=1_000_000_000)
    world = World.retail(n_customers=people, seed=whole(seed, name="seed", least=0, most=2**63 - 1))
    news = Plan(actions=("news",), campaign="newsletter", every=14)
    paper = Plan(actions=("catalogue",), campaign="catalogue", every=91, first=20, share=0.5)
    return simulate(world, Rules((*Legacy().plans(world), news, paper)), days=_DAYS).log
