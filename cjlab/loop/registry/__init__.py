"""The registry: versions of models, and every move of the names they serve under.

MLflow keeps the names; the files of a version lie in a folder named after their content. A move is one version of the
registered model ``<name>.moves``, which one request makes whole: it says who serves from then on, who did before, who
moved it and why, and which move it follows. A move that does not follow the last one counts for nothing, so of two who
move at once one is refused. MLflow's own alias is set right after, and again by whoever moves next.
"""

from cjlab.loop.registry._moves import History, Move
from cjlab.loop.registry._registry import MARKS, Registry
from cjlab.loop.registry._version import Version, Versions

__all__ = ["MARKS", "History", "Move", "Registry", "Version", "Versions"]
