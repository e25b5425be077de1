"""Run every packaged market under clocks that show another moment, and print its digests; a program of a test."""

from __future__ import annotations

import datetime as dt
import sys
import time
from typing import Any

from cjlab.simulator import Interpreted, RandomContacts, World, simulate

WORLDS = ("retail", "telecom", "insurance", "travel", "car_brand")


def turn_clocks(moment: dt.datetime) -> None:
    """Let all that Python asks for the time answer with a moment."""
    seconds = moment.replace(tzinfo=dt.UTC).timestamp()
    real = {"time": time.time, "time_ns": time.time_ns}
    shift = seconds - real["time"]()

    class _Kind(type):
        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, cls.__mro__[1])

    class Date(dt.date, metaclass=_Kind):
        @classmethod
        def today(cls) -> dt.date:
            return moment.date()

    class DateTime(dt.datetime, metaclass=_Kind):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return moment.replace(tzinfo=tz)

        today = utcnow = now

    time.time = lambda: real["time"]() + shift
    time.time_ns = lambda: real["time_ns"]() + int(shift * 1e9)
    vars(dt).update(date=Date, datetime=DateTime)


def main(moment: str) -> None:
    """Run the markets at that moment."""
    turn_clocks(dt.datetime.fromisoformat(moment))
    said = [str(dt.datetime.now(dt.UTC).year)]
    for name in WORLDS:
        world = getattr(World, name)(n_customers=80, seed=9)
        run = simulate(world, Interpreted(RandomContacts(rate=0.1)), days=60)
        said += [world.fingerprint(), run.log.fingerprint()]
    sys.stdout.write("\n".join(said))


if __name__ == "__main__":
    main(sys.argv[1])
