"""Pressure: how many messages a customer was sent lately."""

from __future__ import annotations

from dataclasses import dataclass

from cjlab._checks import offset, texts
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import counted, silence
from cjlab.features.reading._where import Where


@dataclass(frozen=True)
class Pressure(Builder):
    """Messages sent, by channel and window, and days since the last; what was withheld does not count.

    Columns ``sent_C_W`` for every channel *C* and window *W*, ``sent_W`` through whatever channel, and
    ``days_since_sent`` (days of 24 hours).

    Parameters
    ----------
    channels : tuple of str
        Channels that are told apart.
    windows : tuple of str
        How far back.
    purposes : tuple of str
        Of which messages; all unless given.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When a window is no length of time.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Pressure(windows=("7D",))).names
    ('sent_7D', 'sent_email_7D', 'sent_sms_7D', 'days_since_sent')
    """

    channels: tuple[str, ...] = ("email", "sms")
    windows: tuple[str, ...] = ("7D", "30D", "90D")
    purposes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the channels, the windows and the purposes."""
        super().__post_init__()
        for name in ("channels", "windows", "purposes"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))
        for window in self.windows:
            offset(window, name="windows")

    def columns(self) -> tuple[Column, ...]:
        """Return a column a window, one a window and channel, and the days since the last.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Pressure().columns())
        10
        """
        purpose = self.purposes or None
        sent = Where(table="contacts", sent=True, purpose=purpose)
        made = []
        for window in self.windows:
            made.append(counted(f"sent_{window}", sent, window, f"messages sent in {window}"))
            for channel in self.channels:
                by_it = Where(table="contacts", sent=True, purpose=purpose, channel=channel)
                made.append(
                    counted(f"sent_{channel}_{window}", by_it, window, f"messages sent by {channel} in {window}")
                )
        return (*made, silence("days_since_sent", sent, "days since the last message", "nothing was ever sent to him"))
