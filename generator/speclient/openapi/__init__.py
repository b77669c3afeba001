"""The typed reading of a document: operations, parameters, media types, security."""
