"""The path of a request against the path template of its operation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from ..findings import Finding
from ..operations import Parameter, ParameterKey
from .styles import carries_in_path
from .text import percent_decoded
from .wire import Call, WireRequest

_PART = re.compile(r"\{([^{}]*)\}")


def judge_path(wire: WireRequest, call: Call) -> Iterator[Finding]:
    """Origin and path: every literal of the template, every value in its place and, decoded, unchanged."""
    base = urlsplit(call.base_url)
    origin = f"{base.scheme}://{base.netloc}"
    if wire.origin.lower() != origin.lower():
        yield Finding(call.operation.name, "wire.origin", origin, wire.origin)
    parts = _split(base.path.rstrip("/") + call.template)
    shown = {part: call.arguments.get(ParameterKey("path", part)) for part in parts[1::2]}
    expected = f"{base.path.rstrip('/')}{call.template} with {shown}"
    fixed = "&".join(wire.query.split("&")[: call.fixed_pairs])
    sent = f"{wire.path}?{fixed}" if call.fixed_pairs else wire.path
    if not _matches(sent, parts, call):
        yield Finding(call.operation.name, "wire.path", expected, sent)
    elif any(segment in (".", "..") for segment in wire.path.split("/")):
        # Every client, proxy and server on the way is free to fold these (RFC 3986, 5.2.4).
        yield Finding(call.operation.name, "wire.path", "`.` and `..` as data encoded (%2E)", wire.path)
    if "#" in wire.target:
        yield Finding(call.operation.name, "wire.path", "no fragment", wire.target)


def _split(template: str) -> list[str]:
    """Literals at even places, parameter names at odd ones."""
    return _PART.split(template)


def _matches(raw: str, parts: Sequence[str], call: Call) -> bool:
    """Whether some division of `raw` fits.

    Two parameters in one segment have no delimiter but their values.
    """
    literal = parts[0]
    end = _literal_end(raw, literal)
    if end is None:
        return False
    if len(parts) == 1:
        return end == len(raw)
    parameter = _parameter(call, parts[1])
    value = call.arguments.get(parameter.key)
    stop = raw.find("/", end)
    for cut in range(end, (len(raw) if stop < 0 else stop) + 1):
        if carries_in_path(raw[end:cut], value, parameter) and _matches(raw[cut:], parts[2:], call):
            return True
    return False


def _literal_end(raw: str, literal: str) -> int | None:
    """Where `literal` ends in `raw`; escaped or bare, a literal is the same path (RFC 3986, 6.2.2)."""
    if raw.startswith(literal):
        return len(literal)
    for end in range(len(literal), min(len(raw), 9 * len(literal)) + 1):
        if raw[:end].count("/") == literal.count("/") and percent_decoded(raw[:end]) == literal:
            return end
    return None


def _parameter(call: Call, name: str) -> Parameter:
    key = ParameterKey("path", name)
    # A template may name a parameter that no Parameter Object describes: then it is a plain string.
    return call.operation.parameter(key) or Parameter(key, True, True, "simple", False, False, None)
