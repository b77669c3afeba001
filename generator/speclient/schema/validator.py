"""Validate values against schemas of the document, with jsonschema-rs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from speclient.document import Document, Node, escape_pointer
from speclient.schema.complexity import is_feasible
from speclient.schema.table import SchemaTable, Side, brief

_MASK = "the value"
_MOST_PARTS = 20_000
_PART_PAIRS = 20_000
# Formats of jsonschema-rs other than dates; asserting them in a linter would report more than authors intend.
_UNASKED: tuple[str, ...] = (
    "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri", "iri-reference",
    "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference", "uri-template", "uuid",
)  # fmt: skip


def _anything(_: str) -> bool:
    return True


_DATES_ONLY: dict[str, Callable[[str], bool]] = dict.fromkeys(_UNASKED, _anything)


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One violation of a schema; `pointer` is a JSON pointer into the value."""

    pointer: str
    message: str


class SchemaError(Exception):
    """The schema itself cannot be used."""


_Compiled = jsonschema_rs.Draft202012Validator | SchemaError


@dataclass(slots=True)
class Validator:
    """Validates values with schemas of one document. `all_formats`: assert every supported format, not only dates."""

    document: Document
    side: Side = Side.EITHER
    all_formats: bool = False
    table: SchemaTable = field(init=False)
    _feasible: dict[str, bool] = field(default_factory=dict[str, bool])
    _validators: dict[str, _Compiled] = field(default_factory=dict[str, "_Compiled"])
    _parts: dict[int, tuple[dict[str, Any], _Compiled]] = field(
        default_factory=dict[int, "tuple[dict[str, Any], _Compiled]"]
    )

    def __post_init__(self) -> None:
        self.table = SchemaTable(self.document, self.side)

    def violations(self, schema: Node, value: Any) -> tuple[SchemaViolation, ...]:
        """Every violation of the schema at a node by `value`.

        Raises:
            SchemaError: the schema cannot be used.
        """
        return self.violations_in(self.table.name(schema), value)

    def violations_in(self, name: str, value: Any) -> tuple[SchemaViolation, ...]:
        """The same, for a definition of `table`.

        Raises:
            SchemaError: validating the value takes too many steps.
        """
        validator = self._validator(name)
        if not self._is_feasible(name, value):
            raise SchemaError("validating the value takes too many steps")
        try:
            if validator.is_valid(value):
                return ()
            return tuple(_violation(error) for error in validator.iter_errors(value))
        except ValueError as problem:
            # Values without a JSON form: infinity, surrogates.
            return (SchemaViolation("", str(problem).splitlines()[0]),)

    def admits(self, name: str, value: Any) -> bool:
        """Whether `value` is an instance of a definition of `table`; False for a definition that cannot be used."""
        return self._is_feasible(name, value) and self.accepts(name, value)

    def accepts(self, name: str, value: Any) -> bool:
        """The same, for a value that is like one that was validated before: the cost is not computed."""
        try:
            return self._validator(name).is_valid(value)
        except (ValueError, SchemaError):
            return False

    def admits_part(self, schema: Any, value: Any) -> bool:
        """Whether `value` is an instance of any part of `table`; False for a part that cannot be used."""
        if not isinstance(schema, dict):
            return bool(schema)
        known = self._parts.get(id(schema))
        if known is None or known[0] is not schema:
            if len(self._parts) >= _MOST_PARTS:
                self._parts.clear()
            # The schema is kept beside its validator, because its id could otherwise be reused for another schema.
            known = self._parts[id(schema)] = (schema, self._compiled(self.table.closed(schema)))
        validator = known[1]
        if not is_feasible(self.table.definitions, schema, value, _PART_PAIRS):
            return False
        try:
            return not isinstance(validator, SchemaError) and validator.is_valid(value)
        except ValueError:
            return False

    def _is_feasible(self, name: str, value: Any) -> bool:
        if isinstance(value, (dict, list)):
            return is_feasible(self.table.definitions, self.table.definitions[name], value)
        # For a scalar, the cost depends on the schema alone.
        if name not in self._feasible:
            self._feasible[name] = is_feasible(self.table.definitions, self.table.definitions[name], None)
        return self._feasible[name]

    def _validator(self, name: str) -> jsonschema_rs.Draft202012Validator:
        validator = self._validators.get(name)
        if validator is None:
            validator = self._validators[name] = self._compiled(self.table.closed({"$ref": f"#/$defs/{name}"}))
        if isinstance(validator, SchemaError):
            raise validator
        return validator

    def _compiled(self, schema: dict[str, Any]) -> _Compiled:
        try:
            return jsonschema_rs.Draft202012Validator(
                schema,
                validate_formats=True,
                formats=None if self.all_formats else _DATES_ONLY,
                mask=_MASK,
                offline=True,
            )
        except ValueError as problem:
            return SchemaError(str(problem).splitlines()[0])


def _violation(error: jsonschema_rs.ValidationError) -> SchemaViolation:
    pointer = "".join(f"/{escape_pointer(str(token))}" for token in error.instance_path)
    shown = brief(error.instance)
    message = error.message.splitlines()[0]
    if isinstance(error.instance, (dict, list)):
        shown = "the object" if isinstance(error.instance, dict) else "the array"
    message = message.replace(_MASK, shown, 1)
    return SchemaViolation(pointer, message if len(message) <= 200 else message[:197] + "...")
