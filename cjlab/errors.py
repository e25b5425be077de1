"""What can go wrong, said so that a person can mend it.

Every error is a :class:`CjlabError` and also the builtin that a reader expects. A message names the thing
(table, column, field), the value, what is allowed, and what to do next.
"""

__all__ = [
    "AwayError",
    "CjlabError",
    "DatasetError",
    "ErasedError",
    "EvidenceError",
    "KeyMaterialError",
    "ModelError",
    "ParameterError",
    "RegistryError",
    "ReportError",
    "SpecError",
    "TableError",
    "TurnError",
    "UnheardWarning",
]


class CjlabError(Exception):
    """Anything that cjlab refuses, with the reason and the way out.

    Examples
    --------
    >>> import cjlab as cj
    >>> try:
    ...     cj.datasets.named("no_such_log")
    ... except cj.errors.CjlabError as refused:
    ...     print(type(refused).__name__)
    DatasetError
    """


class TableError(CjlabError, ValueError):
    """A table breaks the contract: a column is absent, a type is wrong, a value is not allowed.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.tables.Log.of(events=["visit"])
    Traceback (most recent call last):
        ...
    cjlab.errors.TableError: events is a list; give a pandas, Polars or Arrow frame, or anything that exports ...
    """


class ErasedError(TableError):
    """Rows name a customer who was erased from the log that they are added to; the message does not say whom.

    Examples
    --------
    >>> import cjlab as cj
    >>> from tempfile import TemporaryDirectory
    >>> import polars as pl
    >>> log = cj.tables.Log.of(customers=pl.DataFrame({"customer_id": [7, 8], "joined": None}))
    >>> key = cj.tables.Key(b"a second key of at least 32 bytes")
    >>> with TemporaryDirectory() as home:
    ...     _ = log.write(f"{home}/log")
    ...     _ = cj.tables.Log.erase(f"{home}/log", [7], key=key)
    ...     log.append(f"{home}/log", key=key)
    Traceback (most recent call last):
    cjlab.errors.ErasedError: the rows name 1 identifier of customers who were erased from ...
    """


class SpecError(CjlabError, ValueError):
    """A declared value (an experiment, a metric, an arm) cannot mean what it says.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.experiments.Metric(name="visit", kind="rate", event="visit")
    Traceback (most recent call last):
        ...
    cjlab.errors.SpecError: metric 'visit': kind is 'rate'; allowed: 'share', 'count', 'sum', 'mean' or 'ratio'
    """


class EvidenceError(CjlabError, ValueError):
    """The data cannot answer the question that was asked of it.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> test.design(cj.datasets.promotion_test(n_customers=40), as_of="2025-09-01")
    Traceback (most recent call last):
        ...
    cjlab.errors.EvidenceError: the history has 40 customers with a known 'purchase', and ...; a plan needs at least ...
    """


class DatasetError(CjlabError, OSError):
    """A public data set is not at hand, or is not the file it should be.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.datasets.named("hilstrom")
    Traceback (most recent call last):
        ...
    cjlab.errors.DatasetError: 'hilstrom' is neither a folder nor one of 'cdnow', ..., 'hillstrom', ...
    """


class KeyMaterialError(CjlabError, ValueError):
    """The key for pseudonyms is absent, too short, or lies where it must not.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.tables.Key(b"secret")
    Traceback (most recent call last):
        ...
    cjlab.errors.KeyMaterialError: the key has 6 bytes; it needs 32 or more; make one: ...
    """


class ModelError(CjlabError, ValueError):
    """A model cannot be stored or read: the folder is damaged, of a newer format, or holds none.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.models.save("a model", "folder")
    Traceback (most recent call last):
        ...
    cjlab.errors.ModelError: model is 'a model'; give a model of cjlab.models that has learnt
    """


class ParameterError(CjlabError, ValueError):
    """A notebook's parameter has an unknown name, or a value of the wrong type.

    Examples
    --------
    >>> import cjlab as cj
    >>> import tempfile
    >>> from pathlib import Path
    >>> import nbformat
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nbformat.write(nbformat.v4.new_notebook(), Path(folder, "10_toy.ipynb"))
    ...     cj.reports.run("toy", notebooks=folder, reports=folder, weeks=2)
    Traceback (most recent call last):
        ...
    cjlab.errors.ParameterError: notebook 'toy' has no parameter 'weeks'; its parameters are none
    """


class RegistryError(CjlabError, RuntimeError):
    """The registry refuses: no such version, files that are not what was registered, somebody who moved first.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.Registry("no/such/folder").promote("churn", 0, "because")
    Traceback (most recent call last):
        ...
    cjlab.errors.RegistryError: version is 0; give a whole number from 1 to 1000000000000
    """


class AwayError(RegistryError, ConnectionError):
    """The registry does not answer; what it holds is as it was.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.Registry("no/such/folder").history("churn")
    Traceback (most recent call last):
        ...
    cjlab.errors.AwayError: there is no registry at ...no/such/folder/registry.db; ...
    """


class ReportError(CjlabError, RuntimeError):
    """A report could not be made; nothing of it was published.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.reports.run("experiment", notebooks="no/such/folder")
    Traceback (most recent call last):
        ...
    cjlab.errors.ReportError: no notebooks: looked for the folder ...no/such/folder; run where notebooks/ lies, ...
    """


class TurnError(CjlabError, RuntimeError):
    """A turn of the loop cannot be taken: another is being taken, a later one was, or its home cannot be written.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.turns("no/such/folder")
    Traceback (most recent call last):
        ...
    cjlab.errors.TurnError: no/such/folder is no home of a loop: it has no folder 'log'; ...
    """


class UnheardWarning(UserWarning):
    """Something is asked for that a log never has: a name misspelt, or what nobody has done yet.

    Examples
    --------
    >>> import warnings
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=20), days=30).log
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error", cj.errors.UnheardWarning)  # whoever wants no such feature
    ...     cj.features.Recipe(cj.features.Recency("vist")).build(log, "2024-01-20")
    Traceback (most recent call last):
        ...
    cjlab.errors.UnheardWarning: feature 'recency_vist' asks for the event 'vist', which the log never has, at any ...
    """
