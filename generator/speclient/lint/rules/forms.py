"""Forms of the properties of an extension, as small functions from a node to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from speclient.diagnostics import did_you_mean
from speclient.document import Node, split_pointer
from speclient.lint.context import Finding, at
from speclient.schema.table import brief

Form = Callable[[Node], Iterator[Finding]]


def anything(_: Node) -> Iterator[Finding]:
    """Any JSON value."""
    return iter(())


def text(node: Node) -> Iterator[Finding]:
    """A non-empty string."""
    if not isinstance(node.value, str) or not node.value:
        yield _wrong(node, "a string")


def flag(node: Node) -> Iterator[Finding]:
    """`true` or `false`."""
    if not isinstance(node.value, bool):
        yield _wrong(node, "true or false")


def whole(node: Node) -> Iterator[Finding]:
    """An integer."""
    if not isinstance(node.value, int) or isinstance(node.value, bool):
        yield _wrong(node, "an integer")


def uri(node: Node) -> Iterator[Finding]:
    """An absolute URI."""
    try:
        absolute = isinstance(node.value, str) and bool(urlsplit(node.value).scheme)
    except ValueError:
        absolute = False
    if not absolute:
        yield _wrong(node, "an absolute URI")


def pointer(node: Node) -> Iterator[Finding]:
    """A JSON pointer (RFC 6901)."""
    if not isinstance(node.value, str) or (node.value and not node.value.startswith("/")):
        yield _wrong(node, "a JSON pointer, such as /data")


def scalar(node: Node) -> Iterator[Finding]:
    """A string, number, boolean or null."""
    if isinstance(node.value, (dict, list)):
        yield _wrong(node, "a string, a number or a boolean")


def one_of(*values: str) -> Form:
    """One of the strings."""

    def check(node: Node) -> Iterator[Finding]:
        if node.value not in values:
            yield _wrong(node, "one of " + ", ".join(values))

    return check


def or_false(form: Form) -> Form:
    """The form, or `false`."""

    def check(node: Node) -> Iterator[Finding]:
        if node.value is not False:
            yield from form(node)

    return check


def list_of(form: Form) -> Form:
    """A list whose items all have the form."""

    def check(node: Node) -> Iterator[Finding]:
        if not isinstance(node.value, list):
            yield _wrong(node, "a list")
        for element in node.elements():
            yield from form(element)

    return check


def map_of(form: Form) -> Form:
    """A mapping with free keys whose values all have the form."""

    def check(node: Node) -> Iterator[Finding]:
        if not isinstance(node.value, dict):
            yield _wrong(node, "a mapping")
        for _, member in node.items():
            yield from form(member)

    return check


def members(known: Mapping[str, Form], *, required: tuple[str, ...] = ()) -> Form:
    """A mapping with these properties and no others."""

    def check(node: Node) -> Iterator[Finding]:
        if not isinstance(node.value, dict):
            yield _wrong(node, "a mapping")
            return
        for name in required:
            if name not in node.value:
                yield at(node, f"`{node.last}` requires the property {name!r}")
        for name, member in node.items():
            form = known.get(name)
            if form is None:
                yield at(member, f"`{node.last}` has no property {name!r}{_near(name, known)}")
            else:
                yield from form(member)

    return check


def _wrong(node: Node, expected: str) -> Finding:
    *_, owner, name = ("", *split_pointer(node.pointer))
    name = f"{owner}[{name}]" if name.isdigit() else name
    return at(node, f"`{name}` must be {expected}, not {brief(node.value)}")


def _near(name: str, known: Mapping[str, Form]) -> str:
    return did_you_mean(name, known) or (f"; supported: {', '.join(known)}" if known else "")
