"""Runtime of a generated client: requests, responses, errors, retries. Copied into each package as `_core`."""
