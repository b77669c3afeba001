"""The result for each operation: the generation report, and the operations table for tools."""

from speclient.report.empty import report_empty
from speclient.report.generation import generation_report, pagination_table
from speclient.report.operations import operations_table

__all__ = ["generation_report", "operations_table", "pagination_table", "report_empty"]
