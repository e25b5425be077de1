"""A randomised test in the simulated shop, for whoever has no data at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._checks import whole

if TYPE_CHECKING:
    from cjlab.tables import Log

_DAY, _DAYS = 90, 119  # the day of the mail, and of the end: 28 days after it


def simulated_test(n_customers: int = 40_000, seed: int = 0) -> Log:
    """Make the log of a randomised e-mail test in the simulated world ``retail``.

    On the 91st day of 2024 all customers who accept e-mail are drawn, with probability 1/3 each, to get a reminder, a
    discount of 10 %, or nothing. Nobody is contacted before or after.

    Parameters
    ----------
    n_customers : int, default: 40000
        How many people the world has, at least 1.
    seed : int, default: 0
        Another seed gives other people under the same laws.

    Returns
    -------
    Log
        What the shop sees, with its gaps: contacts of the campaign "simulated_test" with arms "control", "reminder" and
        "discount"; all events of 119 days; customers, items, profiles, consents, weather.

    Raises
    ------
    SpecError
        When a number is no whole one, or out of range.

    Notes
    -----
    Synthetic, Apache-2.0. The truth stands in ``cj.simulator``: the same run there knows the effect on each customer.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.datasets.simulated_test(n_customers=300)
    >>> log.contacts.select("arm").unique().sort("arm").collect()["arm"].to_list()
    ['control', 'discount', 'reminder']
    """
    from cjlab.simulator import Plan, Rules, World, simulate

    people = whole(n_customers, name="n_customers", least=1, most=1_000_000_000)
    world = World.retail(n_customers=people, seed=whole(seed, name="seed", least=0, most=2**63 - 1))
    mail = Plan(
        actions=("reminder", "discount"),
        campaign="simulated_test",
        first=_DAY,
        last=_DAY + 1,
        control=1 / 3,
        randomised=True,
    )
    return simulate(world, Rules((mail,)), days=_DAYS).log
