"""The common model in simpy: a process a person."""

import sys
from collections.abc import Generator
from random import Random

import simpy

from benchmarks.simulator.contenders.answer import answer
from benchmarks.simulator.contenders.model import Person


def life(environment: simpy.Environment, person: Person) -> Generator[simpy.Timeout, None, None]:
    """Live day by day."""
    while True:
        person.day(int(environment.now))
        yield environment.timeout(1)


def main(people: int, days: int) -> list[tuple[int, int, float, str]]:
    """Run the model."""
    environment, random, log = simpy.Environment(), Random(0), []
    for number in range(people):
        environment.process(life(environment, Person(number, random, log)))
    environment.run(until=days)
    return log


if __name__ == "__main__":
    answer(main, int(sys.argv[1]), int(sys.argv[2]))
