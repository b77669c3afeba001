"""SC113."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from speclient.document import Document
from speclient.lint.context import Context, Finding, at


class ComponentsUsed:
    """Every component is reached from an operation or a webhook, directly or through other components.

    Discriminator mappings, `x-speclient: {response-by: ...}` and security requirements count as references. A document
    without operations is a library for others, and is not judged.

    Bad::

        components:
          schemas:
            Forgotten: {type: object}
    """

    code: ClassVar[str] = "SC113"

    def check(self, context: Context) -> Iterator[Finding]:
        """Everything that breaks the rule."""
        if not context.index.of("operation"):
            return
        components = context.document.root.get("components")
        schemes = _required_schemes(context)
        named = _named_elsewhere(context.document)
        for section_name, section in components.items() if components else ():
            if section_name.startswith("x-"):
                continue
            for name, component in section.items():
                if name.startswith("x-") or not isinstance(component.value, dict):
                    continue
                if section_name == "securitySchemes":
                    used = name in schemes
                else:
                    used = component.id in context.index.used or f"#{component.pointer}" in named
                if not used:
                    yield at(component, f"nothing uses the component {name!r} of {section_name}")


def _required_schemes(context: Context) -> set[str]:
    owners = (context.document.root, *context.index.of("operation"))
    return {
        name
        for owner in owners
        if (section := owner.get("security")) is not None
        for requirement in section.elements()
        for name in requirement.mapping
    }


def _named_elsewhere(document: Document) -> set[str]:
    """References inside extensions, whose meaning only their vendor knows."""
    found: set[str] = set()
    stack: list[tuple[Any, bool]] = [(document.root.value, False)]
    while stack:
        value, inside = stack.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if inside and isinstance(reference, str):
                found.add(reference)
            stack.extend((each, inside or key.startswith("x-")) for key, each in value.items())
        elif isinstance(value, list):
            stack.extend((each, inside) for each in value)
    return found
