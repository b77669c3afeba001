"""SC117."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from speclient.lint.context import Context, Finding, at
from speclient.schema.table import Side
from speclient.schema.validator import SchemaError


class DefaultsValid:
    """A `default` is an instance of its schema; that of a server variable is one of the variable's `enum`.

    Bad::

        type: integer
        maximum: 100
        default: 250
    """

    code: ClassVar[str] = "SC117"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        for schema in context.index.of("schema"):
            default = schema.get("default")
            if default is None:
                continue
            try:
                violations = context.validator(Side.EITHER).violations(schema, default.value)
            except SchemaError:
                continue
            if violations:
                yield at(default, f"the default violates its schema: {violations[0].message}")
        for variable in context.index.of("server variable"):
            default, values = variable.get("default"), variable.mapping.get("enum")
            if default is not None and isinstance(values, list) and default.value not in values:
                yield at(default, f"the default {default.value!r} is not in the variable's `enum`")
