"""From notebook to record: the only room that knows papermill and nbconvert.

:func:`run` checks a notebook's parameters, runs it in a kernel of its own and publishes a record: a page for a person
who decides, the executed notebook, every number in full precision, and a manifest of where it came from. What an output
must look like to become part of the page stands in ``cjlab/reports/_page.py``.
"""

from typing import TYPE_CHECKING, Any

from cjlab.reports._index import rebuild
from cjlab.reports._record import Record, records
from cjlab.reports._run import IncompleteError, parameters, run, start_kernel
from cjlab.reports._threads import threads

if TYPE_CHECKING:
    from cjlab.reports._exporter import PageExporter

__all__ = [
    "IncompleteError",
    "PageExporter",
    "Record",
    "parameters",
    "rebuild",
    "records",
    "run",
    "start_kernel",
    "threads",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - nbconvert's exporter is loaded when it is named
    """Load the exporter, and nbconvert with it, when it is first named."""
    if name == "PageExporter":
        from cjlab.reports._exporter import PageExporter

        return PageExporter
    raise AttributeError(f"cjlab.reports has no {name!r}")
