"""The one door to MLflow: plain rows come out, and errors with names.

It is loaded when a registry is first asked. MLflow's telemetry is off, and so are its own lines on the screen.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cjlab.errors import AwayError, RegistryError
from cjlab.loop.registry._database import made

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjlab.loop.registry._where import Where

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
for _name, _value in {
    "MLFLOW_CONFIGURE_LOGGING": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # MLflow's own seven keep a caller waiting for minutes
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}.items():
    os.environ.setdefault(_name, _value)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the libraries among themselves
    import mlflow.artifacts
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from requests import RequestException
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    for _name in ("model_registry", "tracking"):  # set up their tables when they are imported
        import_module(f"mlflow.store.{_name}.sqlalchemy_store")

logging.getLogger("mlflow").addHandler(logging.NullHandler())

_EXISTS = "RESOURCE_ALREADY_EXISTS"
_REFUSALS = (
    _EXISTS,
    "RESOURCE_DOES_NOT_EXIST",
    "INVALID_PARAMETER_VALUE",
    "INVALID_STATE",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
)
_FULL = ("disk is full", "disk I/O error")  # as SQLite says
_LINE = 300  # characters of what is said, which may hold a whole request
_PAGE = 1_000
_SECONDS = 5  # until a database that does not answer is away
_EXPERIMENT, _CONTENT = "cjlab", "cjlab.content"


class Row(NamedTuple):
    """A version of a registered model, as MLflow keeps it."""

    number: int
    at: dt.datetime
    source: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """MLflow behind an address."""

    where: Where

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - MLflow has no types
        if self.where.door:  # or MLflow tries for minutes
            socket.create_connection(self.where.door, _SECONDS).close()
        return MlflowClient(tracking_uri=self.where.uri, registry_uri=self.where.uri)

    @contextmanager
    def _asked(self) -> Iterator[Any]:
        """Hand out MLflow's client, and name what it answers."""
        file = self.where.file
        if file is not None and not file.is_file():
            advice = "register a model there first, or restore the file if there was one"
            raise AwayError(f"there is no registry at {file}; {advice}")
        try:
            yield self._client
        except MlflowException as refused:
            raise self._named(refused, refused.error_code) from refused
        except (SQLAlchemyError, RequestException, ConnectionError, TimeoutError, socket.gaierror) as failed:
            raise self._named(failed, "") from failed
        except ImportError as absent:
            raise RegistryError(f"{self.where} needs its database's driver: {absent}; install it") from absent

    def _named(self, failed: Exception, code: str) -> RegistryError:
        database = next((one.orig for one in (failed, failed.__cause__) if isinstance(one, DBAPIError)), None)
        line = next(filter(None, str(database or failed).splitlines()), code)[:_LINE]
        if code in _REFUSALS:
            return RegistryError(f"{self.where} refuses: {line}")
        full = any(word in line for word in _FULL)
        advice = "free space on its disk" if full else "see that it runs and can be reached"
        return AwayError(f"the registry at {self.where} does not answer ({line}); {advice}, and try again")

    def make(self) -> None:
        """Make the database where it is a file that is not there."""
        if self.where.file is not None:
            made(self.where.file)

    def names(self) -> list[str]:
        """Name every registered model."""
        return sorted(one.name for one in self._paged("search_registered_models"))

    def rows(self, name: str) -> list[Row]:
        """Return every version of a registered model, the newest first; none where there is no such model."""
        found = self._paged("search_model_versions", f"name='{name}'")
        return sorted(map(_row, found), key=lambda row: -row.number)

    def _paged(self, verb: str, asked: str | None = None) -> Iterator[Any]:
        token = None
        while True:
            with self._asked() as client:
                page = getattr(client, verb)(asked, max_results=_PAGE, page_token=token)
            yield from page
            token = page.token
            if not token:
                return

    def add(
        self, name: str, source: str, tags: Mapping[str, str], *, about: str, run: str | None = None, new: bool = True
    ) -> int:
        """Add a version to a registered model, which may be ``new``: all of it in one request. Return its number."""
        if new:
            self._begin(name)
        with self._asked() as client:
            made = client.create_model_version(name, source, run_id=run, tags=dict(tags), description=about)
        return int(made.version)

    def _begin(self, name: str) -> None:
        with self._asked() as client:
            try:
                client.create_registered_model(name)
            except MlflowException as refused:
                if refused.error_code != _EXISTS:
                    raise

    def tag(self, name: str, number: int, key: str, value: str) -> None:
        """Set a tag of a version."""
        with self._asked() as client:
            client.set_model_version_tag(name, str(number), key, value)

    def point(self, name: str, alias: str, number: int | None) -> None:
        """Set an alias to a version, or take it away."""
        with self._asked() as client:
            if number is None:
                client.delete_registered_model_alias(name, alias)
            else:
                client.set_registered_model_alias(name, alias, str(number))

    def pointed(self, name: str) -> dict[str, int]:
        """Return MLflow's own aliases of a registered model."""
        with self._asked() as client:
            return {alias: int(number) for alias, number in client.get_registered_model(name).aliases.items()}

    def upload(self, folder: Path, name: str) -> tuple[str, str]:
        """Give the server a folder named after its content, and return its address and the run that holds it."""
        with self._asked() as client:
            asked = f"tags.`{_CONTENT}` = '{folder.name}'"
            place = self._experiment(client)
            runs = client.search_runs([place], asked, max_results=1)
            run = runs[0] if runs else client.create_run(place, run_name=name, tags={_CONTENT: folder.name})
            client.log_artifacts(run.info.run_id, str(folder), folder.name)
            client.set_terminated(run.info.run_id)
        return f"{run.info.artifact_uri}/{folder.name}", run.info.run_id

    @staticmethod
    def _experiment(client: Any) -> str:  # noqa: ANN401 - MLflow has no types
        with suppress(MlflowException):  # somebody else may just have made it
            if client.get_experiment_by_name(_EXPERIMENT) is None:
                client.create_experiment(_EXPERIMENT)
        return str(client.get_experiment_by_name(_EXPERIMENT).experiment_id)

    def download(self, source: str, into: Path) -> None:
        """Bring the files at an address into a folder."""
        with self._asked():
            uri = self.where.uri
            found = Path(mlflow.artifacts.download_artifacts(source, dst_path=str(into), tracking_uri=uri))
        if found != into:
            for one in found.iterdir():
                one.rename(into / one.name)
            found.rmdir()


def _row(found: Any) -> Row:  # noqa: ANN401 - MLflow has no types
    at = dt.datetime.fromtimestamp(found.creation_timestamp / 1_000, tz=dt.UTC)
    return Row(int(found.version), at, str(found.source), dict(found.tags))
