"""Making: a log written shard by shard, in any order, and whole at the end."""
