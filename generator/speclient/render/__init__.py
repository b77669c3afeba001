"""Definitions and operations to files."""

from speclient.render.package import GeneratedFile, render_package

__all__ = ["GeneratedFile", "render_package"]
