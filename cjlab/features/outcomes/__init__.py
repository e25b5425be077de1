"""Outcomes: what came after a date, of whom it is asked, and what is learnt from both."""
