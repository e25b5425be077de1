"""Views of all customers, and of one: the base, bands of it, how it moved, a whole life."""
