"""Document to ir."""

from speclient.build.api import build_api

__all__ = ["build_api"]
