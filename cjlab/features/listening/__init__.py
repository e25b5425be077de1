"""Listening: who of those we write to still does, and what the others cost."""
