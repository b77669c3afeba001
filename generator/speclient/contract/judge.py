"""Whether a JSON value fits a schema, says jsonschema-rs: a judge that shares no code with the client."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import jsonschema_rs

from .exclusions import relaxed, relaxed_components
from .jsontypes import Json, as_object
from .rfc3339 import instant

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Verdict(Enum):
    """What a client has to make of a value."""

    VALID = "valid"
    INVALID = "invalid"
    # Breaks nothing but rules in NOT_ENFORCED: the client may take it or refuse it.
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Judge:
    """Judges values against one schema, whose references lead into `components` (see `schemas.Bundler`)."""

    schema: Json
    components: Mapping[str, Json]

    def verdict(self, value: Json) -> Verdict:
        """What a client has to make of `value`."""
        if self.is_valid(value):
            return Verdict.VALID
        return Verdict.UNDECIDED if self._relaxed.is_valid(value) else Verdict.INVALID

    def is_valid(self, value: Json) -> bool:
        """Whether `value` fits the schema as written."""
        return self._strict.is_valid(value)

    def why(self, value: Json) -> str:
        """The first rule that `value` breaks, in words; empty if it breaks none."""
        try:
            # Not `iter_errors`, which makes all errors at once: of a large value, millions.
            self._strict.validate(value)
        except jsonschema_rs.ValidationError as error:
            pointer = "".join(f"/{step}" for step in error.instance_path)
            return f"{pointer or '/'}: {error.message}"
        return ""

    def where(self, value: Json) -> tuple[str | int, ...]:
        """The place of the first violation; empty for a valid value, or if the whole value is invalid."""
        try:
            self._strict.validate(value)
        except jsonschema_rs.ValidationError as error:
            return tuple(error.instance_path)
        return ()

    @cached_property
    def _strict(self) -> jsonschema_rs.Validator:
        return _validator(self.schema, self.components)

    @cached_property
    def _relaxed(self) -> jsonschema_rs.Validator:
        return _validator(relaxed(self.schema), relaxed_components(self.components))


def _validator(schema: Json, components: Mapping[str, Json]) -> jsonschema_rs.Validator:
    root = {"allOf": [schema]} if isinstance(schema, bool) else as_object(schema)
    return jsonschema_rs.validator_for(
        {**root, "$schema": _DIALECT, "components": {"schemas": dict(components)}},
        validate_formats=True,
        # jsonschema-rs knows date-time too; ours also serves `equality`, and the two must agree.
        formats={"date-time": _is_date_time, "byte": _is_base64, "decimal": _is_decimal},
    )


def _is_base64(text: str) -> bool:
    try:
        return b64encode(b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def _is_decimal(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text, re.ASCII) is not None


def _is_date_time(text: str) -> bool:
    return instant(text) is not None
