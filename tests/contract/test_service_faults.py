"""Each fault of a service is found, and a correct service has no finding, whatever its document leaves open."""

from __future__ import annotations

from collections import Counter

import pytest

from contract.detection import judged
from contract.services import FAULTS, SERVICES, Fault

CLASSES = {
    "body type", "missing", "extra", "enum", "format", "null", "status", "header", "content type", "auth", "rejection",
    "limit", "order", "overlap", "gap", "stuck cursor", "filter", "echo", "lifecycle", "identity", "pair interaction",
    "slow", "cut",
}  # fmt: skip
SEEDS = 20


def test_the_faults_are_spread_over_the_classes_and_specs() -> None:
    assert len(FAULTS) >= 60
    assert {fault.kind for fault in FAULTS} == CLASSES
    assert min(Counter(fault.spec for fault in FAULTS).values()) >= 10
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found(fault: Fault) -> None:
    report = judged(fault.spec, fault)
    assert report.findings, str(report)
    assert all(finding.reproduction.startswith("curl ") for finding in report.findings)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("spec", SERVICES)
def test_a_correct_service_has_no_findings(spec: str, seed: int) -> None:
    report = judged(spec, seed=seed, service_seed=seed)
    assert report.exit_code == 0, str(report)
    assert report.findings == (), str(report)


@pytest.mark.parametrize("spec", SERVICES)
def test_the_client_gets_along_with_a_correct_service(spec: str) -> None:
    report = judged(spec, client=True)
    assert report.findings == (), str(report)


def test_a_run_is_reproducible() -> None:
    first, second = (judged("coalesce", next(fault for fault in FAULTS if fault.kind == "filter"), 5) for _ in "ab")
    assert [str(finding) for finding in first.findings] == [str(finding) for finding in second.findings]
    assert first.requests == second.requests
    assert "seed 5" in str(first)
