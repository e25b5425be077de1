"""Personas: a few groups of customers by rules that a person can read."""

from cjlab.models.personas._asked import Split
from cjlab.models.personas._gallery import Gallery
from cjlab.models.personas._personas import Personas

__all__ = ["Gallery", "Personas", "Split"]
