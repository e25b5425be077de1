"""Engagement: what a customer did with the messages he got, machines apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import listed, shown, texts
from cjlab.errors import SpecError
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import counted, same, share, silence
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When

_HOURS = 24
REACTIONS = ("opened", "clicked")


@dataclass(frozen=True)
class Engagement(Builder):
    r"""Messages delivered, opened and clicked, by channel, and when and on what he reads.

    Messages are counted once (distinct ``contact_id``), however often they were opened. Opens by a machine
    (``machine``), as privacy proxies make them, are counted apart and in nothing else; what does not say is a person's.

    * ``delivered_C_W``, ``opened_C_W``, ``clicked_C_W``, ``machine_opened_C_W``: messages of channel *C* of which that
      was recorded within *W*;
    * ``open_rate_C_W`` :math:`= \min(1, o / d)`, ``click_rate_C_W`` :math:`= \min(1, c / d)` for *d* delivered, *o*
      opened and *c* clicked (a message delivered before the window may be opened in it);
    * ``days_since_reaction``: days of 24 hours since the last open by a person or click, of any time, on any of the
      channels;
    * ``reactions_D_W``: opens by a person and clicks on device *D*, in rows;
    * ``reactions_HH_HH_W``: those whose local hour lies in the band, in rows.

    Parameters
    ----------
    channels : tuple of str
        Through which messages come.
    window : str
        How far back.
    devices : tuple of str
        What they are read on.
    hours : tuple of int
        With which local hours the bands of the day begin, rising; each ends where the next begins, the last at 24.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time, there is no channel, or the hours do not rise within 0 to 23.

    References
    ----------
    Neslin, Taylor, Grantham, McNeil (2013), Overcoming the "recency trap" in customer relationship management,
    doi:10.1007/s11747-012-0312-7.

    Examples
    --------
    >>> import cjlab as cj
    >>> recipe = cj.features.Recipe(cj.features.Engagement(window="90D"))
    >>> recipe.names[:4]
    ('delivered_email_90D', 'opened_email_90D', 'clicked_email_90D', 'machine_opened_email_90D')
    """

    channels: tuple[str, ...] = ("email",)
    window: str = "365D"
    devices: tuple[str, ...] = ("mobile", "desktop")
    hours: tuple[int, ...] = (0, 6, 12, 18)

    def __post_init__(self) -> None:
        """Check the channels and the bands."""
        super().__post_init__()
        object.__setattr__(self, "channels", texts(self.channels, name="channels"))
        hours = list(self.hours)
        if hours != sorted(set(hours)) or any(not isinstance(one, int) or not 0 <= one < _HOURS for one in hours):
            raise SpecError(f"hours are {shown(self.hours)}; give hours that rise within {listed([0, _HOURS - 1])}")

    def columns(self) -> tuple[Column, ...]:
        """Return six columns a channel, one a device and a band, and the silence.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Engagement().columns())
        13
        """
        made = [column for channel in self.channels for column in self._channel(channel)]
        read = Where(REACTIONS, channel=self.channels, machine=False)
        what = "days since the last open or click of a person"
        made.append(silence("days_since_reaction", read, what, "he never reacted"))
        for device in self.devices:
            on_it = Where(REACTIONS, channel=self.channels, device=device, machine=False)
            name, what = f"reactions_{device}_{self.window}", f"opens and clicks of a person on {device}"
            made.append(counted(name, on_it, self.window, what))
        by_hour = Cell("by", read, of="hour", window=self.window)
        for first, end in zip(self.hours, (*self.hours[1:], _HOURS), strict=True):
            name, what = (
                f"reactions_{first:02}_{end:02}_{self.window}",
                f"opens and clicks from {first} to {end} o'clock",
            )
            made.append(Column(name, (by_hour,), partial(_band, first=first, end=end), "rows", what))
        return tuple(made)

    def _channel(self, channel: str) -> list[Column]:
        cells = {
            "delivered": messages("delivered", channel, self.window),
            "opened": messages("opened", channel, self.window, machine=False),
            "clicked": messages("clicked", channel, self.window),
            "machine_opened": messages("opened", channel, self.window, machine=True),
        }
        made = [
            Column(f"{name}_{channel}_{self.window}", (cell,), same, "messages", f"messages {name} by {channel}")
            for name, cell in cells.items()
        ]
        for name, act in (("open_rate", "opened"), ("click_rate", "clicked")):
            both = (cells["delivered"], cells[act])
            what, missing = f"share {act} of what was delivered by {channel}", "nothing was delivered"
            made.append(Column(f"{name}_{channel}_{self.window}", both, share, "share", what, missing))
        return made


def messages(event: str | tuple[str, ...], channel: str, window: str | None, *, machine: bool | None = None) -> Cell:
    """Return how many messages of a channel such events answer."""
    return Cell("distinct", Where(event, channel=channel, machine=machine), of="contact_id", window=window)


def _band(when: When, hours: NDArray[np.float64], *, first: int, end: int) -> NDArray[np.float64]:
    del when
    return np.asarray(hours[:, first:end].sum(axis=1))
