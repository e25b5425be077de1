"""Persons: who is one, over several identifiers, devices and visitors."""
