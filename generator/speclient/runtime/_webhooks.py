"""Bodies of webhooks."""

from __future__ import annotations

from typing import Any

from ._decode import Decoder, Invalid, Undecodable
from ._errors import WebhookError
from ._operation import Media


def parse(media: Media, content: bytes | str, name: str) -> Any:
    """Return the typed value of a body.

    Raises:
        WebhookError: it is not JSON, or violates its schema.
    """
    if media.decoder is None:
        media.decoder = Decoder(media.type() if media.type is not None else Any)
    try:
        return media.decoder.read(content.encode() if isinstance(content, str) else content)
    except Undecodable:
        raise WebhookError(f"{name}: the body is not JSON") from None
    except Invalid as problem:
        raise WebhookError(f"{name}: the body violates its schema: {problem.violations}", problem.violations) from None
