"""What a world says of itself: a table of its parts, and a digest of them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cjlab._display import Shown
from cjlab.simulator.world._digest import digest
from cjlab.simulator.world._listing import listing

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.simulator.world._world import World


class Told(Shown):
    """A world that can be looked at, and told from others."""

    def to_frame(self) -> pd.DataFrame:
        """Return what the world is made of: a row a persona, channel, kind of goods, action and moment.

        Returns
        -------
        pandas.DataFrame
            ``part``, ``name``, and in ``says`` what was declared otherwise than usual.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.World.retail().to_frame().query("part == 'channels'")["name"].tolist()
        ['web', 'app', 'store', 'email', 'sms', 'paper', 'call']
        """
        return listing(cast("World", self))

    def fingerprint(self) -> str:
        """Return a digest of all that the description says; what it does not declare plays no part.

        It is the same in every process and on every version of Python.

        Returns
        -------
        str
            64 hexadecimal digits.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.World.retail().fingerprint() == cj.simulator.World.retail(seed=1).fingerprint()
        False
        """
        return digest(cast("World", self))
