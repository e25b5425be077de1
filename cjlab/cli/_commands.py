"""The group of all commands: with ``--json`` it answers in JSON, also where no command was reached."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from cjlab.cli._answer import FLAG, REFUSED, dumped

if TYPE_CHECKING:
    from collections.abc import Sequence


class Commands(click.Group):
    """A group whose ``--json`` may stand before or behind the command."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *rest: Any,  # noqa: ANN401 - click's signature
        **extra: Any,  # noqa: ANN401 - click's signature
    ) -> Any:  # noqa: ANN401 - click's signature
        """Run a command as click does; with ``--json`` every error is an object on one line, too."""
        given = list(sys.argv[1:] if args is None else args)
        if FLAG not in given or "--help" in given:
            return super().main(given, prog_name, *rest, **extra)
        command = next((word for word in given if not word.startswith("-")), "")
        if command in self.commands:  # before the command it means the same
            given.remove(FLAG)
            given.insert(given.index(command) + 1, FLAG)
        try:
            sys.exit(super().main(given, prog_name, *rest, **extra | {"standalone_mode": False}))
        except click.ClickException as wrong:
            wrong.show()
            sys.exit(_told(type(wrong).__name__, wrong.format_message(), code=wrong.exit_code))
        except click.Abort:
            sys.exit(_told("Abort", "stopped from the keyboard", code=REFUSED))
        except Exception as bug:  # a fault of ours is told in one line as well, and goes on with its traceback
            _told(type(bug).__name__, str(bug), code=REFUSED)
            raise


def _told(error: str, message: str, *, code: int) -> int:
    click.echo(dumped({"error": error, "message": " ".join(message.split()), "exit_code": code}))
    return code
