"""cjlab, a customer-journey lab: know, understand, predict, decide, test, learn.

The rooms, from the street to the ground; imports only point down:

========================  ==============================================================
``cli``                   commands
``reports``               a notebook becomes a record: page, notebook, numbers, manifest
``plots``                 a result becomes a figure
``loop``                  what was promised and what came; a champion stays until a better one is proven
``decisions``             whom to send what, under rules, a budget and capacities, with which probability
``models``                who will buy, who will leave, what is each worth, whom a contact changes
``experiments``           a declared test is designed, read out and decided
``datasets``              public data sets, mapped to the tables
``features``              a log becomes one row a customer, as of a date
``metrics``             how good a score is, with the interval of each figure
``simulator``             a market whose truth is known
``statistics``            moments, intervals, multiple testing, power
``scale``                 one function over shards of customers: threads here, Spark beyond
``tables``                the log: every interaction, in four tables and their companions
``errors``                what can go wrong
========================  ==============================================================

A room is loaded when it is first named, so ``import cjlab`` costs next to nothing.

Examples
--------
>>> import cjlab as cj
>>> cj.statistics.holm([0.01, 0.04, 0.03]).tolist()
[0.03, 0.06, 0.06]
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from cjlab import (
        datasets,
        decisions,
        errors,
        experiments,
        features,
        loop,
        metrics,
        models,
        plots,
        reports,
        scale,
        simulator,
        statistics,
        tables,
    )

__all__ = [
    "__version__",
    "datasets",
    "decisions",
    "errors",
    "experiments",
    "features",
    "loop",
    "metrics",
    "models",
    "plots",
    "reports",
    "scale",
    "simulator",
    "statistics",
    "tables",
]

__version__ = "0.1.0"

_ROOMS = frozenset(__all__) - {"__version__"}


def __getattr__(name: str) -> "ModuleType":
    """Load a room when it is first named (PEP 562)."""
    if name in _ROOMS:
        return import_module(f"cjlab.{name}")
    said = f"cjlab has no room {name!r}; its rooms are {', '.join(sorted(_ROOMS))}"
    raise AttributeError(said, name=name, obj=import_module("cjlab"))


def __dir__() -> list[str]:
    """List the rooms, loaded or not."""
    return sorted(__all__)
