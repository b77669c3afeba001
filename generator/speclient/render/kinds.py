"""The kinds of text that templates receive. A plain `str` in a view object is data: it needs the `literal` filter."""

from __future__ import annotations


class Name(str):
    """A Python name, dotted or not, or the name of a distribution; safe to write as it is."""

    __slots__ = ()


class Annotation(str):
    """A type annotation; safe to write as it is."""

    __slots__ = ()


class Text(str):
    """Documentation text of the document; it needs the `docstring` filter."""

    __slots__ = ()


class Markdown(str):
    """Documentation text that is already escaped for Markdown."""

    __slots__ = ()
