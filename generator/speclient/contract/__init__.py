"""Contract tests: compare generated clients and services with the OpenAPI document.

This package imports nothing else of speclient. It reads the document with a loader of its own, generates
values with schemathesis and judges them with jsonschema-rs, so that it cannot share a mistake with the
generator.
"""

from .client_call import Session
from .exclusions import NOT_ENFORCED, Exclusion
from .faults import check_faults, judge_faults
from .findings import ContractFailure, Finding, require
from .loopback import loopback
from .package import Method, Package, PackageError, load_package
from .profile import Profile
from .request_side import check_awkward_values, check_refusals, check_requests
from .response_side import ResponseContract
from .responses import DocumentedResponse, ResponseSpace
from .source import Document, DocumentError, load_document

__all__ = [
    "NOT_ENFORCED",
    "ContractFailure",
    "Document",
    "DocumentError",
    "DocumentedResponse",
    "Exclusion",
    "Finding",
    "Method",
    "Package",
    "PackageError",
    "Profile",
    "ResponseContract",
    "ResponseSpace",
    "Session",
    "check_awkward_values",
    "check_faults",
    "check_refusals",
    "check_requests",
    "judge_faults",
    "load_document",
    "load_package",
    "loopback",
    "require",
]
