"""Read a document: YAML 1.2 or JSON, with a source map and resolved references."""

from speclient.document.bundle import bundle
from speclient.document.limits import Limits
from speclient.document.load import Document, load
from speclient.document.node import Node, escape_pointer, split_pointer
from speclient.document.overlay import apply_overlay

__all__ = [
    "Document",
    "Limits",
    "Node",
    "apply_overlay",
    "bundle",
    "escape_pointer",
    "load",
    "split_pointer",
]
