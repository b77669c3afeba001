"""Documentation pages: what a saved page states, and whether a document states the same."""
