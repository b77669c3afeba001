"""The version of a package."""

from __future__ import annotations

import re


def package_version(text: str) -> str:
    """The document's version as a valid version of a Python package; 0.1.0 if it has no valid version."""
    match = re.match(r"v?(\d+(?:\.\d+){0,3})", text.strip(), re.ASCII)
    return match[1] if match is not None and len(match[1]) < 30 else "0.1.0"
