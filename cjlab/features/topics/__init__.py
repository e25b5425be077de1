"""Topics: what texts are about, and which of it is new or grows."""
