"""The contract: what each table holds, and every rule that is held against a log."""
