"""Format files, compare them with the existing package, replace what changed, and record it in the lock file."""
