"""Valid values of the definitions of one validator: generated, validated, and retried on failure."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from speclient.schema.table import brief
from speclient.schema.validator import SchemaError, Validator
from speclient.values.effort import STEPS, Effort, LimitError
from speclient.values.facts import CannotMakeError
from speclient.values.generator import Generator
from speclient.values.wanted import Wanted, nothing

_ATTEMPTS = 12
_LEAN = 3
"""The first attempt that omits optional properties."""


@dataclass(slots=True)
class ValueMaker:
    """Generates values for the definitions of one validator."""

    validator: Validator
    _flat_parts: dict[int, tuple[Any, Any]] = field(default_factory=dict[int, "tuple[Any, Any]"])
    _refused: dict[str, str] = field(default_factory=dict[str, str])
    """Definitions without a value within the limits, with the reason: they are not retried."""

    def value(
        self,
        schema: str,
        key: str,
        *,
        wanted: Wanted = nothing,
        examples: tuple[Any, ...] = (),
        hint: str = "",
    ) -> Any:
        """A JSON value that a definition allows.

        Args:
            schema: name of the definition.
            key: the seed; equal keys give equal values.
            wanted: the values that properties should have where their schemas allow them.
            examples: values of the document that may be used.
            hint: name of the parameter or property that the value is for.

        Raises:
            CannotMakeError: no valid value was found; names the schema.
        """
        if schema in self._refused:
            raise self._problem(schema, self._refused[schema])
        reason = "the value is not valid"
        spent, attempt = 0, -1
        while attempt < _ATTEMPTS - 1:
            attempt += 1
            effort = Effort()
            rng = Random(f"{key}\0{attempt}")
            if attempt >= _ATTEMPTS // 2:
                wanted = nothing
            try:
                usable = [example for example in examples if not _is_placeholder(example)]
                if usable and attempt == 0 and rng.random() < 0.2:
                    value = _with_wanted(copy.deepcopy(rng.choice(usable)), wanted)
                else:
                    value = Generator(
                        self.validator.table.definitions,
                        rng,
                        self.validator.admits_part,
                        wanted,
                        lean=attempt % 4 == _LEAN,
                        flat_parts=self._flat_parts,
                        effort=effort,
                    ).value({"$ref": f"#/$defs/{schema}"}, hint=hint)
            except LimitError as problem:
                reason = str(problem)
                if attempt >= _LEAN:
                    self._refused[schema] = reason
                    break
                attempt = _LEAN - 1  # Only a smaller value may be within the limits.
                continue
            except CannotMakeError as problem:
                reason = str(problem)
                spent += STEPS - effort.left
                if spent > STEPS:
                    self._refused[schema] = reason
                    break
                continue
            except RecursionError:
                reason = self._refused[schema] = "the schema is nested too deeply"
                break
            try:
                violations = self.validator.violations_in(schema, value)
            except SchemaError as problem:
                reason = self._refused[schema] = f"the schema cannot be used: {problem}"
                break
            if not violations:
                return value
            reason = f"{violations[0].message} at {violations[0].pointer!r}"
        raise self._problem(schema, reason)

    def _problem(self, schema: str, reason: str) -> CannotMakeError:
        place = self.validator.table.place(schema).location
        return CannotMakeError(f"no value was found for the schema {place.file}#{place.pointer}: {brief(reason, 200)}")


def _is_placeholder(example: Any) -> bool:
    """Whether an example contains type names instead of values, as the examples of many docs pages do."""
    if isinstance(example, dict):
        return any(_is_placeholder(each) for each in example.values())
    if isinstance(example, list):
        return any(_is_placeholder(each) for each in example)
    return isinstance(example, str) and example == "string"


def _with_wanted(value: Any, wanted: Wanted) -> Any:
    if isinstance(value, dict):
        for name, old in value.items():
            value[name] = next((each for each in wanted(name) if type(each) is type(old)), old)
    return value
