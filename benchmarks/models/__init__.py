"""Models beside the libraries that people use for them, on real data."""
