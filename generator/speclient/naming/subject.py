"""What an API is called: its title without generic words, else its host."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

_GENERIC = re.compile(
    r"\b(?:the|rest|restful|open|public|official|swagger|openapi|apis?|specs?|specifications?|references?|docs?"
    r"|documentation|definitions?|environment|version|interactive|beta|alpha|preview|server|service definition)\b",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?:^|[\s(\[,:-])(?:v(?:ersion)?\s*\d+(?:\.\d+)*|\d+(?:\.\d+)+)(?:[-.]?(?:alpha|beta|rc|preview)[.\d]*)?[\s)\]]*$",
    re.IGNORECASE,
)
"""A version at the end of a title: `v2`, `1.0`, `version 3`, `v1.0-beta`."""
_SEPARATOR = re.compile(r"\s+[-–—+|/]\s+|[:;(\[|,]\s*|\s+(?:for|of|by|to|with)\s+(?:your|the|our)\b", re.IGNORECASE)
_HOSTS = frozenset(
    {"api", "apis", "www", "app", "dev", "staging", "sandbox", "localhost", "example", "test", "internal"}
)
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "edu"})


def subject_of(title: str, servers: Sequence[str]) -> str:
    """The title up to its first separator, without generic words and without its version; else the name of the host.

    `GitHub's official OpenAPI spec + Octokit extension` is `GitHub`. Digits that belong to a name stay: Auth0.

    Args:
        title: of the document.
        servers: URLs of the servers.
    """
    for part in (_SEPARATOR.split(title)[0], title):
        plain = _VERSION.sub("", _GENERIC.sub(" ", _VERSION.sub("", part)).rstrip())
        plain = re.sub(r"['’]s\b", "", plain)
        plain = re.sub(r"\s+", " ", plain).strip(" -–—_.,:;|/+&")
        if re.search(r"[^\W\d_]", plain):
            return plain
    return _host(servers) or title


def _host(servers: Sequence[str]) -> str:
    """The name in the domain of the first server: `api.example.co.uk` gives `example`."""
    for server in servers:
        labels = (urlsplit(server if "://" in server else f"https:{server}").hostname or "").split(".")
        if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
            labels = labels[:-1]
        if len(labels) > 1 and re.fullmatch(r"[a-z][a-z0-9-]*", labels[-2]) and labels[-2] not in _HOSTS:
            return labels[-2]
    return ""
