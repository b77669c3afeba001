"""Build the intermediate representation from a document."""

from speclient.build.api import build_api

__all__ = ["build_api"]
