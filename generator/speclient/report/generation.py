"""The generation report (`report.json`): every location where a package expresses less than its document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from speclient.build.indexes import degraded_operations, refused_count
from speclient.ir import Api, Limitation


def generation_report(api: Api, limitations: Sequence[Limitation]) -> dict[str, Any]:
    """The report as JSON data.

    Args:
        api: the ir.
        limitations: of the document and of its models.
    """
    degraded = degraded_operations(api, limitations)
    refused_webhooks = refused_count(limitations, webhooks=True)
    emitted = [operation.key for operation in api.operations if operation.key not in degraded]
    report: dict[str, Any] = {
        "operations": {
            "emitted": len(emitted),
            "degraded": len(api.operations) - len(emitted),
            "refused": refused_count(limitations),
        }
    }
    if api.webhooks or refused_webhooks:
        report["webhooks"] = {"emitted": len(api.webhooks), "refused": refused_webhooks}
    report["degraded"] = sorted(degraded)
    report["entries"] = [
        {
            "kind": limitation.kind.value,
            "owner": limitation.owner,
            "pointer": limitation.location.pointer,
            "why": limitation.why,
        }
        for limitation in limitations
    ]
    pagination = pagination_table(api)
    if pagination:
        report["pagination"] = pagination
    binary = [
        {"operation": operation.key, "inferred": operation.binary.inferred, "evidence": operation.binary.evidence}
        for operation in api.operations
        if operation.binary is not None
    ]
    if binary:
        report["binary"] = binary
    return report


def pagination_table(api: Api) -> list[dict[str, Any]]:
    """The pagination of each operation that has it, and the evidence for it."""
    return [
        {
            "operation": operation.key,
            "kind": operation.pagination.kind,
            "inferred": operation.pagination.inferred,
            "evidence": list(operation.pagination.evidence),
        }
        for operation in api.operations
        if operation.pagination is not None
    ]
