"""Service side: tests a real or mock service against the document, by schemathesis and through the client."""

from .parameters import UsageError, parse_parameters
from .report import Report
from .run import run_service_contract
from .transport import Limits

__all__ = ["Limits", "Report", "UsageError", "parse_parameters", "run_service_contract"]
