"""The command ``cjlab``."""

from __future__ import annotations

import click

import cjlab
from cjlab.cli._check import check
from cjlab.cli._commands import Commands
from cjlab.cli._cycle import cycle
from cjlab.cli._data import data
from cjlab.cli._demo import demo
from cjlab.cli._doctor import doctor
from cjlab.cli._erase import erase
from cjlab.cli._models import models, promote, rollback
from cjlab.cli._purge import purge
from cjlab.cli._report import report
from cjlab.cli._reports import reports


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(cjlab.__version__, prog_name="cjlab")
def main() -> None:
    """Know, understand, predict, decide, test, learn.

    Exit codes, for a scheduler: 0 done; 1 refused or failed (nothing half-done is left behind); 2 asked wrongly: an
    unknown option, parameter or value. With --json, before or behind the command, the answer is one line of JSON,
    whatever happens: what was found, or an object with "error", "message" and "exit_code".
    """


for command in (demo, report, reports, data, check, cycle, models, promote, rollback, erase, purge, doctor):
    main.add_command(command)
