"""The closed loop: what was promised and what came, and a champion who stays until a better one is proven.

Decisions are contacts with a ``decision_id`` and the chance of every arm. :func:`observe` joins them to what came,
mature, pending and censored told apart; :func:`measure` says what each action changed beside what it promised;
:func:`challenge` asks a new model the questions that it must pass before it may serve; a :class:`Registry` keeps every
version, and who served when, and why. A :class:`Cycle` does all of it, turn by turn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cjlab.loop._aim import Aim
    from cjlab.loop._alarms import Alarm
    from cjlab.loop._brought import Brought, Wave, brought, brought_by
    from cjlab.loop._challenge import Challenge, challenge
    from cjlab.loop._delay import Delay, delay
    from cjlab.loop._drift import Drifted, drift
    from cjlab.loop._evidence import Evidence
    from cjlab.loop._followed import Followed, followed
    from cjlab.loop._gate import Gate
    from cjlab.loop._gates import Limits
    from cjlab.loop._measure import Measured, Reading, measure
    from cjlab.loop._monitor import Monitored, monitor
    from cjlab.loop._observe import Observed, observe
    from cjlab.loop._play import Played, play
    from cjlab.loop._regained import Returning, regained
    from cjlab.loop._replay import Batch, Replayed, replay
    from cjlab.loop._rescored import Rescored, rescored
    from cjlab.loop._rule import Crossed
    from cjlab.loop._saved import Leaving, saved
    from cjlab.loop._shares import Share, Shares
    from cjlab.loop._watch import Watched, watch
    from cjlab.loop.cycle import Cycle, Step, Turn, Turns, turns
    from cjlab.loop.erasure import Erasure, Purged, erase, purge
    from cjlab.loop.registry import History, Move, Registry, Version, Versions

__all__ = [
    "Aim",
    "Alarm",
    "Batch",
    "Brought",
    "Challenge",
    "Crossed",
    "Cycle",
    "Delay",
    "Drifted",
    "Erasure",
    "Evidence",
    "Followed",
    "Gate",
    "History",
    "Leaving",
    "Limits",
    "Measured",
    "Monitored",
    "Move",
    "Observed",
    "Played",
    "Purged",
    "Reading",
    "Registry",
    "Replayed",
    "Rescored",
    "Returning",
    "Share",
    "Shares",
    "Step",
    "Turn",
    "Turns",
    "Version",
    "Versions",
    "Watched",
    "Wave",
    "brought",
    "brought_by",
    "challenge",
    "delay",
    "drift",
    "erase",
    "followed",
    "measure",
    "monitor",
    "observe",
    "play",
    "purge",
    "regained",
    "replay",
    "rescored",
    "saved",
    "turns",
    "watch",
]

_LATE = {
    "Aim": "_aim",
    "Alarm": "_alarms",
    "Batch": "_replay",
    "Brought": "_brought",
    "Challenge": "_challenge",
    "Crossed": "_rule",
    "Cycle": "cycle",
    "Delay": "_delay",
    "Drifted": "_drift",
    "Erasure": "erasure",
    "Evidence": "_evidence",
    "Followed": "_followed",
    "Gate": "_gate",
    "History": "registry",
    "Leaving": "_saved",
    "Limits": "_gates",
    "Measured": "_measure",
    "Monitored": "_monitor",
    "Move": "registry",
    "Observed": "_observe",
    "Played": "_play",
    "Purged": "erasure",
    "Reading": "_measure",
    "Registry": "registry",
    "Rescored": "_rescored",
    "Replayed": "_replay",
    "Returning": "_regained",
    "Share": "_shares",
    "Shares": "_shares",
    "Step": "cycle",
    "Turn": "cycle",
    "Turns": "cycle",
    "Version": "registry",
    "Versions": "registry",
    "Watched": "_watch",
    "Wave": "_brought",
    "brought": "_brought",
    "brought_by": "_brought",
    "challenge": "_challenge",
    "delay": "_delay",
    "drift": "_drift",
    "erase": "erasure",
    "followed": "_followed",
    "measure": "_measure",
    "monitor": "_monitor",
    "observe": "_observe",
    "purge": "erasure",
    "play": "_play",
    "regained": "_regained",
    "rescored": "_rescored",
    "replay": "_replay",
    "saved": "_saved",
    "turns": "cycle",
    "watch": "_watch",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a name loads when it is first asked for (PEP 562)
    """Load a name, and the libraries behind it, when it is first named."""
    if name in _LATE:
        return getattr(import_module(f"cjlab.loop.{_LATE[name]}"), name)
    said = f"cjlab.loop has no {name!r}; it has {', '.join(__all__)}"
    raise AttributeError(said, name=name, obj=import_module("cjlab.loop"))


def __dir__() -> list[str]:
    """List what the room offers, loaded or not."""
    return sorted(__all__)
