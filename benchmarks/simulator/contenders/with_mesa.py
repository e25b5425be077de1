"""The common model in mesa: an agent a person."""

import sys
from random import Random

import mesa

from benchmarks.simulator.contenders.answer import answer
from benchmarks.simulator.contenders.model import Person


class Customer(mesa.Agent):
    """A person as an agent."""

    def __init__(self, model: mesa.Model, person: Person) -> None:
        """Let an agent begin."""
        super().__init__(model)
        self.person = person


def main(people: int, days: int) -> list[tuple[int, int, float, str]]:
    """Run the model."""
    model, random, log = mesa.Model(), Random(0), []
    for number in range(people):
        Customer(model, Person(number, random, log))
    for day in range(days):
        model.agents.do(lambda agent, day=day: agent.person.day(day))
    return log


if __name__ == "__main__":
    answer(main, int(sys.argv[1]), int(sys.argv[2]))
