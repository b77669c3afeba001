"""Service side: tests a service against the document, with checks of its own, schemathesis and the client."""

from .inspector import Options
from .parameters import UsageError, parse_parameters
from .report import Report
from .run import planned_requests, run_service_contract
from .transport import Limits

__all__ = ["Limits", "Options", "Report", "UsageError", "parse_parameters", "planned_requests", "run_service_contract"]
