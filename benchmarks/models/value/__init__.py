"""What customers are worth: BG/NBD and gamma-gamma beside lifetimes and PyMC-marketing."""
