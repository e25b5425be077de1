"""Features beside the bare read of their columns and beside the same features written by hand."""
