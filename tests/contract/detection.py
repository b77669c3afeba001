"""Runs the engine on a reference service, with or without a fault, on a clock of its own."""

from __future__ import annotations

from contract.services import SERVICES, Fault, FaultyService
from contract.services.served import FakeClock, ServiceTransport
from speclient.contract.service import Limits, Options, Report, run_service_contract
from tests_support import GENERATED, ROOT

LIMITS = Limits(requests=300, timeout=20, duration=600)


def judged(
    spec: str, fault: Fault | None = None, seed: int = 0, *, service_seed: int = 0, client: bool = False
) -> Report:
    """The report of a run."""
    service = SERVICES[spec](fault.seed if fault is not None else service_seed)
    clock = FakeClock()
    return run_service_contract(
        ROOT / "specs" / f"{spec}.yaml",
        f"http://service.test{service.base_path}",
        package=f"{spec}_client" if client else None,
        package_path=GENERATED / f"{spec}-client",
        params=service.params,
        environment=service.environment,
        limits=LIMITS,
        options=Options(seed=seed),
        service=ServiceTransport(FaultyService(service, fault), clock),
        clock=clock,
    )
