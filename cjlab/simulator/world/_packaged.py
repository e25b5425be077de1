"""The worlds that come with the package, each with a page about it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from cjlab.simulator.world._page import page
from cjlab.simulator.world._reading import PACKAGED, packaged

if TYPE_CHECKING:
    from typing import Self

    from cjlab.simulator.world._world import World

    _Field = Any  # whatever a field of a world holds


class Packaged:
    """A world that can be one of those of the package."""

    name: str
    title: str

    @classmethod
    def retail(cls, **changes: _Field) -> Self:
        """Return the packaged world of a shop with stores, a site and a loyalty card.

        Parameters
        ----------
        **changes
            Fields to set otherwise, such as ``n_customers`` and ``seed``.

        Returns
        -------
        World
            The world.

        Examples
        --------
        >>> import cjlab as cj
        >>> sorted(cj.simulator.World.retail().channels)[:3]
        ['app', 'call', 'email']
        """
        return packaged(cls, "retail", **changes)

    @classmethod
    def telecom(cls, **changes: _Field) -> Self:
        """Return the packaged world of a mobile and internet operator, with its six journeys.

        Parameters
        ----------
        **changes
            Fields to set otherwise, such as ``n_customers`` and ``seed``.

        Returns
        -------
        World
            The world.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.World.telecom().contract.commitment
        365
        """
        return packaged(cls, "telecom", **changes)

    @classmethod
    def insurance(cls, **changes: _Field) -> Self:
        """Return the packaged world of an insurer, whose customers leave when their lives change.

        Parameters
        ----------
        **changes
            Fields to set otherwise, such as ``n_customers`` and ``seed``.

        Returns
        -------
        World
            The world.

        Examples
        --------
        >>> import cjlab as cj
        >>> 'move' in cj.simulator.World.insurance().life
        True
        """
        return packaged(cls, "insurance", **changes)

    @classmethod
    def travel(cls, **changes: _Field) -> Self:
        """Return the packaged world of a travel agency with a trip planner and insurance.

        Parameters
        ----------
        **changes
            Fields to set otherwise, such as ``n_customers`` and ``seed``.

        Returns
        -------
        World
            The world.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.World.travel().trips.insurance
        'cover'
        """
        return packaged(cls, "travel", **changes)

    @classmethod
    def car_brand(cls, **changes: _Field) -> Self:
        """Return the packaged world of a car maker, with prospects, catalogues and test drives.

        Parameters
        ----------
        **changes
            Fields to set otherwise, such as ``n_customers`` and ``seed``.

        Returns
        -------
        World
            The world.

        Examples
        --------
        >>> import cjlab as cj
        >>> 'test_drive' in cj.simulator.World.car_brand().moments
        True
        """
        return packaged(cls, "car_brand", **changes)

    def describe(self) -> str:
        """Return the page about a packaged world: its people, what is planted in it, the margins it was tuned to.

        Returns
        -------
        str
            Markdown; of a world of one's own, who is there, what the brand can send, and what is planted.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.World.retail().describe().splitlines()[0]
        '# A shop with stores, a site and a loyalty card'
        """
        if self.name not in PACKAGED:
            return page(cast("World", self))
        return (files("cjlab.simulator") / "worlds" / f"{self.name}.md").read_text(encoding="utf-8")
