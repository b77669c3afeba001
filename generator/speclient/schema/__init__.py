"""The JSON Schema engine: the 3.0 dialect, merging, translation to JSON Schema 2020-12, and validation."""

from speclient.schema.dialect import schema_view
from speclient.schema.table import SchemaTable, Side
from speclient.schema.validator import SchemaError, SchemaViolation, Validator

__all__ = ["SchemaError", "SchemaTable", "SchemaViolation", "Side", "Validator", "schema_view"]
