"""Hops: changes of channel and device between visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import texts
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import same
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When


@dataclass(frozen=True)
class Hops(Builder):
    r"""Changes of channel, and of device, from one visit to the next.

    ``hops_channel_W`` counts the visits whose channel is another than that of the visit before, among visits whose
    channel is one of those named; ``hop_rate_channel_W`` is :math:`h / (n - 1)` for *h* hops among *n* such visits.
    The same for devices.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows are visits.
    channels, devices : tuple of str
        The words that are told apart.
    window : str
        How far back.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Hops()).names[:2]
    ('hops_channel_365D', 'hop_rate_channel_365D')
    """

    of: Where = Where("visit")  # noqa: RUF009 - it is frozen
    channels: tuple[str, ...] = ("web", "app", "store", "call")
    devices: tuple[str, ...] = ("mobile", "desktop")
    window: str = "365D"

    def __post_init__(self) -> None:
        """Check the words."""
        super().__post_init__()
        for name in ("channels", "devices"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))

    def columns(self) -> tuple[Column, ...]:
        """Return hops and their rate, for channels and devices.

        Returns
        -------
        tuple of Column
            Four features.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Hops().columns())
        4
        """
        made: list[Column] = []
        for of, words in (("channel", self.channels), ("device", self.devices)):
            hops = Cell("changes", self.of, of=of, words=words, window=self.window)
            on_them = Cell("by", self.of, of=of, words=words, window=self.window)
            what = f"changes of {of} from one of {self.of} to the next"
            made += [
                Column(f"hops_{of}_{self.window}", (hops,), same, "hops", what),
                Column(f"hop_rate_{of}_{self.window}", (hops, on_them), _rate, "share", what, f"under two with a {of}"),
            ]
        return tuple(made)


def _rate(when: When, hops: NDArray[np.float64], visits: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    n = visits if visits.ndim == 1 else visits.sum(axis=1)
    return np.where(n > 1, hops[:, 0] / (n - 1), np.nan)
