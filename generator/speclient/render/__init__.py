"""Definitions and operations to files."""

from speclient.render.package import GeneratedFile, render_package
from speclient.render.template_folder import check_templates

__all__ = ["GeneratedFile", "check_templates", "render_package"]
