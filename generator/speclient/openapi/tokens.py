"""Names in HTTP messages."""

from __future__ import annotations

import re

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A name of a header or a method (RFC 9110, section 5.6.2)."""
