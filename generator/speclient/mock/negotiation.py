"""Response selection: the status and the media type that a request asks for."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from speclient.mock.messages import Request
from speclient.mock.plan import MediaPlan, OperationPlan, ResponsePlan
from speclient.openapi.media import MediaKind

_EASE = (
    MediaKind.JSON, MediaKind.JSON_LINES, MediaKind.EVENTS, MediaKind.TEXT, MediaKind.FORM, MediaKind.BYTES,
    MediaKind.XML, MediaKind.MULTIPART,
)  # fmt: skip
"""The kinds of bodies, the most reliably generated first."""


def requested_status(request: Request) -> int | None:
    """The status that `X-Mock-Status: 429` or `Prefer: code=429` requests."""
    text = request.header("x-mock-status")
    if text is None and request.header("prefer") is None:
        return None
    if text is None:
        found = re.search(r"(?:^|[,;\s])code\s*=\s*\"?([1-5]\d\d)\b", request.header("prefer") or "")
        text = found[1] if found else None
    return int(text) if text is not None and re.fullmatch(r"[1-5]\d\d", text.strip()) else None


def answer_for(operation: OperationPlan, status: int) -> ResponsePlan | None:
    """The documented response for a status: exact, then its range, then `default`."""
    for wanted in (str(status), f"{status // 100}XX", "default"):
        for answer in operation.answers:
            if answer.status == wanted:
                return answer
    return None


def success(operation: OperationPlan) -> tuple[int, ResponsePlan] | None:
    """The first documented success response: a 2xx, then any other status that is not an error, then `default`."""
    for answer in operation.answers:
        if answer.status.isdigit() and 200 <= int(answer.status) < 300:
            return int(answer.status), answer
    for answer in operation.answers:
        if answer.status == "2XX":
            return 200, answer
    for answer in operation.answers:
        if answer.status == "default":
            return 200, answer
    exact = ((int(each.status), each) for each in operation.answers if each.status.isdigit())
    return next(((status, answer) for status, answer in exact if 200 <= status < 400), None)


def preferred_media(request: Request, media: Sequence[MediaPlan]) -> list[MediaPlan]:
    """The media types that `Accept` allows, best first (RFC 9110, section 12.5.1); all of them when it allows none."""
    ranges = _ranges(request.header("accept") or "*/*")
    weighed = [(_quality(plan, ranges), plan) for plan in media]
    kept = [(weight, plan) for weight, plan in weighed if weight > 0] or weighed
    return [plan for _, plan in sorted(kept, key=lambda pair: (-pair[0], _EASE.index(pair[1].kind)))]


def is_acceptable(request: Request, media: Sequence[MediaPlan]) -> bool:
    """Whether `Accept` allows one of the media types."""
    accept = request.header("accept")
    return accept is None or any(_quality(plan, _ranges(accept)) > 0 for plan in media)


def _quality(plan: MediaPlan, ranges: dict[str, float]) -> float:
    essence = plan.name.split(";")[0].strip().lower()
    main, _, sub = essence.partition("/")
    if "*" in essence:
        return max((weight for name, weight in ranges.items() if main in ("*", name.partition("/")[0], "")), default=0)
    for name in (essence, f"{main}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    # A client that asks for JSON takes every type that is JSON.
    return ranges.get("application/json", 0) if sub.endswith("+json") else 0


@functools.lru_cache(maxsize=256)
def _ranges(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if re.fullmatch(r"q=[01](\.\d*)?", parameter):
                weight = float(parameter[2:])
        if name:
            found[name] = weight
    return found
