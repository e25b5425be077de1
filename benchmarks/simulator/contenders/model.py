"""A person of the common model in plain Python, as the contenders' own users would write him."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

RATE, CONTROL, OCCASIONS, IMPULSE = 0.025, 0.5, 0.05, 0.05
DELIVERED, CLICK, UNSUBSCRIBE, FATIGUE = 0.98, 0.15, 0.002, 0.15
DESIRE, ATTENTION, HALF_LIFE, FATIGUE_DAYS = 0.5, 0.3, 7.0, 14.0
KEPT, LEFT = math.exp(-math.log(2.0) / HALF_LIFE), math.exp(-1.0 / FATIGUE_DAYS)


class Person:
    """Somebody who comes, buys, is written to and answers; every day is one call."""

    def __init__(self, number: int, random: Random, log: list[tuple[int, int, float, str]]) -> None:
        """Let a person begin."""
        self.number, self.random, self.log = number, random, log
        self.desire = self.attention = self.fatigue = 0.0
        self.consent, self.delivery = True, -1
        logit = math.log(0.3 / 0.7) + 0.8 * random.gauss(0.0, 1.0)
        self.opens = 1.0 / (1.0 + math.exp(-logit))

    def day(self, day: int) -> None:
        """Live through a day."""
        draw = self.random.random
        self.desire *= KEPT
        self.attention *= KEPT
        self.fatigue *= LEFT
        if self.consent and draw() < RATE:
            self.contact(day)
        if self.delivery == day:
            self.write(day, 36_000 + 21_600 * draw(), "delivery")
            self.delivery = -1
        if draw() < OCCASIONS * math.exp(self.attention):
            second = (8 + 14 * max(draw(), draw())) * 3600
            self.write(day, second, "visit")
            if draw() < min(1.0, IMPULSE * math.exp(min(3.0, self.desire))):
                self.write(day, second + 50, "purchase")
                if self.delivery < 0:
                    self.delivery = day + 1 + int(3 * (0.5 + draw()))

    def contact(self, day: int) -> None:
        """Be written to, or not."""
        draw = self.random.random
        if draw() < CONTROL:
            self.write(day, 32_400, "withheld")
            return
        self.write(day, 32_400, "sent")
        if draw() >= DELIVERED:
            self.write(day, 32_460, "bounced")
            return
        self.write(day, 32_405, "delivered")
        opened = draw() < self.opens * math.exp(-FATIGUE * self.fatigue)
        tired, self.fatigue = self.fatigue, self.fatigue + 1.0
        if opened:
            self.opened(day)
        if draw() < UNSUBSCRIBE * (1.0 + tired):
            self.write(day, 33_600, "unsubscribed")
            self.consent = False

    def opened(self, day: int) -> None:
        """Open a message, and perhaps click."""
        draw = self.random.random
        later = 32_400 + 7_200 * -math.log1p(-draw())
        self.write(day, later, "opened")
        self.desire += DESIRE
        self.attention += ATTENTION
        if draw() < CLICK:
            self.write(day, later + 20, "clicked")
            self.write(day, later + 25, "visit")

    def write(self, day: int, second: float, event: str) -> None:
        """Note what happened."""
        self.log.append((self.number, day, second, event))
