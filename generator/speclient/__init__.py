"""Turn OpenAPI documents into typed Python client packages, and check every link of the chain by machine."""

__version__ = "0.1.0"
