"""The correct services as ASGI applications, and one with a fault, for `--app`."""

from __future__ import annotations

import os

from contract.services import FAULTS, SERVICES, FaultyService
from contract.services.served import asgi

coalesce, cortex, etlworks, mode = (
    asgi(FaultyService(SERVICES[name](), None)) for name in ("coalesce", "cortex", "etlworks", "mode")
)
_fault = next((fault for fault in FAULTS if fault.name == os.environ.get("FAULT")), FAULTS[0])
faulty = asgi(FaultyService(SERVICES[_fault.spec](_fault.seed), _fault))
