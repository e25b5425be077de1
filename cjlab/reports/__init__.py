"""From notebook to record: the only room that knows papermill and nbconvert.

:func:`run` checks a notebook's parameters, runs it in a kernel of its own and publishes a record: a page for a person
who decides, the executed notebook, every number in full precision, and a manifest of where it came from. What an output
must look like to become part of the page stands in ``cjlab/reports/_page.py``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cjlab.reports._index import rebuild
from cjlab.reports._record import Record, records
from cjlab.reports._run import IncompleteError, parameters, run, start_kernel
from cjlab.reports._withdrawn import Withdrawn, withdraw

if TYPE_CHECKING:
    from cjlab.reports._exporter import PageExporter
    from cjlab.reports.pages import (
        ChurnPage,
        CustomersPage,
        DesignPage,
        EngagementPage,
        ExperimentPage,
        FeaturesPage,
        FitPage,
        LoopPage,
        MonitoringPage,
        NextOfferPage,
        PersonasPage,
        PropensityPage,
        SimulationPage,
        UpliftPage,
        ValuePage,
    )

__all__ = [
    "ChurnPage",
    "CustomersPage",
    "DesignPage",
    "EngagementPage",
    "ExperimentPage",
    "FeaturesPage",
    "FitPage",
    "IncompleteError",
    "LoopPage",
    "MonitoringPage",
    "NextOfferPage",
    "PageExporter",
    "PersonasPage",
    "PropensityPage",
    "Record",
    "SimulationPage",
    "UpliftPage",
    "ValuePage",
    "Withdrawn",
    "parameters",
    "rebuild",
    "records",
    "run",
    "start_kernel",
    "withdraw",
]


_LATE = {
    "ChurnPage": "cjlab.reports.pages",
    "CustomersPage": "cjlab.reports.pages",
    "DesignPage": "cjlab.reports.pages",
    "EngagementPage": "cjlab.reports.pages",
    "ExperimentPage": "cjlab.reports.pages",
    "FeaturesPage": "cjlab.reports.pages",
    "FitPage": "cjlab.reports.pages",
    "LoopPage": "cjlab.reports.pages",
    "MonitoringPage": "cjlab.reports.pages",
    "NextOfferPage": "cjlab.reports.pages",
    "PageExporter": "cjlab.reports._exporter",
    "PersonasPage": "cjlab.reports.pages",
    "PropensityPage": "cjlab.reports.pages",
    "SimulationPage": "cjlab.reports.pages",
    "UpliftPage": "cjlab.reports.pages",
    "ValuePage": "cjlab.reports.pages",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - pages and nbconvert's exporter are loaded when they are named
    """Load a page or the exporter, and nbconvert with it, when it is first named."""
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    said = f"cjlab.reports has no {name!r}; it has {', '.join(__all__)}"
    raise AttributeError(said, name=name, obj=import_module("cjlab.reports"))


def __dir__() -> list[str]:
    """List what the room offers, loaded or not."""
    return sorted(__all__)
