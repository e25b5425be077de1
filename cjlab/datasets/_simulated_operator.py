"""Seventeen months of the simulated operator, whose customers have contracts and end them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._checks import whole

if TYPE_CHECKING:
    from cjlab.tables import Log

_DAYS = 519  # 2024 and the first five months of 2025, and a day
_RATE = 0.03


def simulated_operator(n_customers: int = 8_000, seed: int = 0) -> Log:
    """Make the log of seventeen months of the simulated world ``telecom``: contracts, bills, service, and who leaves.

    The operator sends messages at random, so that nothing that it does depends on who is about to leave.

    Parameters
    ----------
    n_customers : int, default: 8000
        How many people the world has, at least 1.
    seed : int, default: 0
        Another seed gives other people under the same laws.

    Returns
    -------
    Log
        What the operator sees from 2024-01-01 to 2025-06-02.

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
    >>> log = cj.datasets.simulated_operator(n_customers=300)
    >>> "contract_ended" in log.events.select("event").unique().collect()["event"]
    True
    """
    from cjlab.simulator import RandomContacts, World, simulate

    people = whole(n_customers, name="n_customers", least=1, most=1_000_000_000)
    world = World.telecom(n_customers=people, seed=whole(seed, name="seed", least=0, most=2**63 - 1))
    return simulate(world, RandomContacts(rate=_RATE), days=_DAYS).log
