"""Contract tests: the engine proved on a client of its own, then the generated clients."""
