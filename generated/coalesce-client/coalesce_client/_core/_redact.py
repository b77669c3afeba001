"""Removes credentials from messages that contain text of a service."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote

HIDDEN = "[secret]"
_SHORTEST = 4
_CERTAIN = 8
"""Minimum length of a credential that is redacted within words too."""


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Return the text without the credentials, in any letter case, percent-encoded, escaped or in Base64.

    Credentials of fewer than four characters are not redacted, those of fewer than eight only as whole words.
    """
    forms: set[str] = set()
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            forms |= {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
            if len(secret) >= _CERTAIN:
                forms.add(b64encode(secret.encode("utf-8", "replace")).decode().rstrip("="))
    if not forms:
        return text
    patterns = [
        re.escape(form) if len(form) >= _CERTAIN else rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])"
        for form in sorted(forms, key=len, reverse=True)
    ]
    pattern = re.compile("|".join(patterns), re.IGNORECASE)
    text = pattern.sub(HIDDEN, text)
    decoded = unquote(text)
    # Percent-encoding has several notations.
    return pattern.sub(HIDDEN, decoded) if decoded != text and pattern.search(decoded) else text
