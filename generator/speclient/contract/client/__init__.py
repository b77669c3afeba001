"""Proof of a generated client: every operation, called by four kinds of clients against scripted services."""

from __future__ import annotations

from .run import ClientOptions, ClientReport, prove_client

__all__ = ["ClientOptions", "ClientReport", "prove_client"]
