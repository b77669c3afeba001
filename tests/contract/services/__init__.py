"""Reference services of the four specs, written by hand, and faults that are put into them.

They share no code with the mock or the contract engine: plain functions over a small store.
"""

from __future__ import annotations

from .base import Reply, Request, Service
from .coalesce import CoalesceService
from .cortex import CortexService
from .etlworks import EtlworksService
from .faults import FAULTS, Fault, FaultyService
from .mode import ModeService

SERVICES: dict[str, type[Service]] = {
    "coalesce": CoalesceService,
    "cortex": CortexService,
    "etlworks": EtlworksService,
    "mode": ModeService,
}

__all__ = ["FAULTS", "SERVICES", "Fault", "FaultyService", "Reply", "Request", "Service"]
