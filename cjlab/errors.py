"""What can go wrong, said so that a person can mend it.

Every error is a :class:`CjlabError` and also the builtin that a reader expects. A message names the thing
(table, column, field), the value, what is allowed, and what to do next.
"""

__all__ = [
    "CjlabError",
    "DatasetError",
    "EvidenceError",
    "KeyMaterialError",
    "ParameterError",
    "ReportError",
    "SpecError",
    "TableError",
]


class CjlabError(Exception):
    """Anything that cjlab refuses, with the reason and the way out."""


class TableError(CjlabError, ValueError):
    """A table breaks the contract: a column is absent, a type is wrong, a value is not allowed."""


class SpecError(CjlabError, ValueError):
    """A declared value (an experiment, a metric, an arm) cannot mean what it says."""


class EvidenceError(CjlabError, ValueError):
    """The data cannot answer the question that was asked of it."""


class DatasetError(CjlabError, OSError):
    """A public data set is not at hand, or is not the file it should be."""


class KeyMaterialError(CjlabError, ValueError):
    """The key for pseudonyms is absent, too short, or lies where it must not."""


class ParameterError(CjlabError, ValueError):
    """A notebook's parameter has an unknown name, or a value of the wrong type."""


class ReportError(CjlabError, RuntimeError):
    """A report could not be made; nothing of it was published."""
