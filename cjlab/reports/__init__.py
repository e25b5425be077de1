"""From notebook to record: the only room that knows papermill and nbconvert."""

from cjlab.reports._exporter import PageExporter

__all__ = ["PageExporter"]
