"""Read a document: YAML 1.2 or JSON, line marks, the graph of references, and 3.0 schemas seen as 3.1."""

from speclient.document.bundle import bundle
from speclient.document.load import Document, Limits, load
from speclient.document.node import Node, escape_pointer, split_pointer
from speclient.document.normalize import schema_view
from speclient.document.overlay import apply_overlay

__all__ = [
    "Document",
    "Limits",
    "Node",
    "apply_overlay",
    "bundle",
    "escape_pointer",
    "load",
    "schema_view",
    "split_pointer",
]
