"""Commands: the package for a terminal, a Makefile and a scheduler."""

from cjlab.cli._main import main

__all__ = ["main"]
