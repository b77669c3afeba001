"""Format once, compare, replace what changed, record it in the lock."""
