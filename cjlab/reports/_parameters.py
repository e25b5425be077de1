"""A notebook's parameters, read from its tagged cell without running it."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from cjlab._display import Shown
from cjlab.errors import ParameterError
from cjlab.reports._annotations import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from nbformat import NotebookNode

TAG = "parameters"
_IMPORTS = ("__future__", "typing", "pathlib")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook.

    Parameters
    ----------
    name
        The name it has in the notebook.
    kind
        What values it takes.
    default
        The value it has when none is given.
    help
        What it is for: the comment behind it.
    """

    name: str
    kind: Kind
    default: Any
    help: str


@dataclass(frozen=True, slots=True)
class Declaration(Shown):
    """The parameters of a notebook, in the order of its cell."""

    notebook: str
    declared: tuple[Parameter, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a parameter: name, takes, default, help."""
        import pandas as pd

        rows = [(one.name, str(one.kind), repr(one.default), one.help) for one in self.declared]
        return pd.DataFrame(rows, columns=["name", "takes", "default", "help"])

    def check(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Return a value for every parameter: the one given, checked, or the default.

        Raises
        ------
        ParameterError
            When a name is unknown, or a value is not of the declared type.
        """
        return self._filled({name: self._with(name, Kind.check, value) for name, value in given.items()})

    def parse(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Read values typed as text, each by its declared type; those not given are left out.

        Raises
        ------
        ParameterError
            When a name is unknown, or a text cannot be read as the declared type.
        """
        return {name: self._with(name, Kind.parse, text) for name, text in texts.items()}

    def _with(self, name: str, read: Callable[[Kind, Any], Any], value: object) -> object:
        kind = self._named(name).kind
        try:
            return read(kind, value)
        except ParameterError as wrong:
            raise ParameterError(f"parameter {name!r} of notebook {self.notebook!r} is {wrong}") from None

    def _named(self, name: str) -> Parameter:
        found = next((one for one in self.declared if one.name == name), None)
        if found is not None:
            return found
        names = [one.name for one in self.declared]
        near = get_close_matches(name, names, n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise ParameterError(
            f"notebook {self.notebook!r} has no parameter {name!r}; {meant}"
            f"its parameters are {', '.join(names) or 'none'}"
        )

    def _filled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {one.name: given.get(one.name, one.default) for one in self.declared}


def read(notebook: NotebookNode, *, name: str) -> Declaration:
    """Read the parameters of a notebook from the cell tagged ``parameters``.

    Raises
    ------
    ParameterError
        When the cell holds more than annotated literals, or a default is not of its own type.
    """
    cells = [cell.source for cell in notebook.cells if TAG in cell.metadata.get("tags", [])]
    if len(cells) > 1:
        raise ParameterError(f"notebook {name!r} has {len(cells)} cells tagged {TAG!r}; one may be")
    return Declaration(name, tuple(_declared(cells[0], name)) if cells else ())


def _declared(source: str, name: str) -> list[Parameter]:
    try:
        statements = ast.parse(source).body
    except SyntaxError as wrong:
        raise ParameterError(f"the {TAG} cell of notebook {name!r} is not Python: {wrong}") from None
    helps = _comments(source)
    found = [_parameter(one, helps, name) for one in statements if not _harmless(one)]
    return [one for one in found if one is not None]


def _harmless(statement: ast.stmt) -> bool:
    """Whether it is an import of names for types, or a sentence."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module in _IMPORTS
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _parameter(statement: ast.stmt, helps: Mapping[int, str], notebook: str) -> Parameter:
    target = _target(statement)
    value = statement.value if isinstance(statement, ast.AnnAssign | ast.Assign) else None
    if target is None or value is None:
        raise ParameterError(
            f"line {statement.lineno} of the {TAG} cell of notebook {notebook!r} is {ast.unparse(statement)!r}; "
            "write `name: type = literal  # what it is for`"
        )
    try:
        default = _literal(value)
        kind = Kind.read(statement.annotation) if isinstance(statement, ast.AnnAssign) else Kind.of(default)
        checked = kind.check(default)
    except ValueError as wrong:
        raise ParameterError(f"parameter {target!r} of notebook {notebook!r}, as declared, is wrong: {wrong}") from None
    return Parameter(target, kind, checked, helps.get(statement.end_lineno or statement.lineno, ""))


def _literal(value: ast.expr) -> object:
    try:
        return ast.literal_eval(value)
    except ValueError:
        allowed = "a literal: a text, a number, True, False, None or a list of them"
        raise ValueError(f"its default is {ast.unparse(value)}; write {allowed}") from None


def _target(statement: ast.stmt) -> str | None:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else None


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {one.start[0]: one.string.lstrip("# ").strip() for one in tokens if one.type == tokenize.COMMENT}
