"""Runtime of a generated client: requests, responses, errors, retries. Copied whole into each package as `_core`."""
