"""SC113."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from speclient.lint.context import Context, Finding, at


class ComponentsUsed:
    """Every component is used by an operation or a webhook, directly or through other components.

    Discriminator mappings, security requirements and names in an extension (`x-...`) count as references. A
    document without operations is a library for other documents, and is not checked.

    Bad::

        components:
          schemas:
            Forgotten: {type: object}
    """

    code: ClassVar[str] = "SC113"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        if not context.index.of("operation"):
            return
        components = context.document.root.get("components")
        schemes = _required_schemes(context)
        for section_name, section in components.items() if components else ():
            if section_name.startswith("x-"):
                continue
            for name, component in section.items():
                if name.startswith("x-") or not isinstance(component.value, dict):
                    continue
                is_scheme = section_name == "securitySchemes"
                used = name in schemes if is_scheme else context.index.is_used(component)
                if not used:
                    yield at(component, f"the component {name!r} of {section_name} is not used")


def _required_schemes(context: Context) -> set[str]:
    owners = (context.document.root, *context.index.of("operation"))
    return {
        name
        for owner in owners
        if (section := owner.get("security")) is not None
        for requirement in section.elements()
        for name in requirement.mapping
    }
