"""Next offers beside implicit: quality and processor seconds, for the same customers."""
