"""Uplift on a real test: our learners beside causalml, EconML and scikit-uplift, on the same halves."""
