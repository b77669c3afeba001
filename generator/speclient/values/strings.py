"""Realistic strings: by format, by pattern, by the name of the property."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from speclient.values.effort import LONGEST_TEXT, check_size
from speclient.values.facts import CannotMakeError, Facts
from speclient.values.patterns import is_match, text_matching

_START = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)
_WORDS = (
    "amber", "atlas", "birch", "cedar", "cobalt", "coral", "delta", "ember", "falcon", "harbor", "indigo", "juniper",
    "lagoon", "maple", "meadow", "nimbus", "onyx", "pearl", "quartz", "raven", "river", "sierra", "summit", "willow",
)  # fmt: skip
_NAMES = (
    "Ada Lovelace",
    "Alan Turing",
    "Grace Hopper",
    "Edsger Dijkstra",
    "Barbara Liskov",
    "Tony Hoare",
    "Frances Allen",
)
_HEX = "0123456789abcdef"


def date_time(rng: Random) -> datetime:
    """A datetime in the year after March 2024, in whole seconds."""
    return _START + timedelta(seconds=rng.randrange(365 * 86400))


def text(facts: Facts, rng: Random, hint: str, otherwise: str | None = None) -> str:
    """A string with the right format, pattern and length; `otherwise` where the name gives no hint."""
    least, most = facts.limits.get("minLength", 0), facts.limits.get("maxLength")
    if most is not None and least > most:
        raise CannotMakeError(f"no string has at least {least} and at most {most} characters")
    check_size(least, LONGEST_TEXT, "characters")
    makers = [_FORMATS[name] for name in facts.formats if name in _FORMATS]
    if makers:
        made = makers[0](rng)
        return made if not facts.patterns else _first_fitting(facts, rng, makers[0], least, most)
    if facts.patterns:
        return _matching(facts, rng, least, most)
    if facts.encoding == "base64":
        return base64.b64encode(rng.randbytes(9)).decode()
    return _sized(_by_name(rng, hint, otherwise), rng, least, most)


def _first_fitting(facts: Facts, rng: Random, maker: Callable[[Random], str], least: int, most: int | None) -> str:
    for _ in range(10):
        made = maker(rng)
        if all(is_match(pattern, made) for pattern in facts.patterns):
            return made
    return _matching(facts, rng, least, most)


def _matching(facts: Facts, rng: Random, least: int, most: int | None) -> str:
    for attempt in range(40):
        if attempt % 2 == 0:
            made = text_matching(facts.patterns[attempt // 2 % len(facts.patterns)], rng, least, most)
        else:
            # One string per pattern, concatenated: enough when each pattern is about a part of its own.
            made = "".join(text_matching(pattern, rng, 0, most) for pattern in facts.patterns)
        if all(is_match(pattern, made) for pattern in facts.patterns):
            return made
    raise CannotMakeError(f"no string was found for the patterns {facts.patterns}")


def _sized(value: str, rng: Random, least: int, most: int | None) -> str:
    parts, length = ([value] if value else []), len(value)
    while length < least:
        parts.append(rng.choice(_WORDS))
        length += len(parts[-1]) + (len(parts) > 1)
    value = "-".join(parts)
    if most is not None and len(value) > most:
        shorter = [word for word in _WORDS if least <= len(word) <= most]
        value = rng.choice(shorter) if shorter and most < 12 else value[:most].strip(" -") or value[:most]
        value += "x" * (least - len(value))
    return value


def _by_name(rng: Random, hint: str, otherwise: str | None) -> str:
    name = re.sub(r"[^a-z]", "", hint.lower())
    word, other = rng.choice(_WORDS), rng.choice(_WORDS)
    if name.endswith(("email", "emailaddress")):
        return f"{word}@example.com"
    if name.endswith(("url", "uri", "href", "link", "website")):
        return f"https://example.com/{word}/{other}"
    if name.endswith(("uuid", "guid")):
        return str(_uuid(rng))
    if name.endswith(("hash", "sha", "commit", "checksum", "digest", "etag")):
        return "".join(rng.choices(_HEX, k=40))
    if name.endswith(("id", "token", "key", "slug", "code", "tag")):
        return f"{word}-{rng.randrange(100, 10_000)}"
    if name in ("firstname", "givenname"):
        return rng.choice(_NAMES).split()[0]
    if name in ("lastname", "surname", "familyname"):
        return rng.choice(_NAMES).split()[1]
    if name.endswith(("username", "login")):
        return word
    if name in ("fullname", "author", "owner", "displayname") or name.endswith("edby"):
        return rng.choice(_NAMES)
    if name.endswith(("time", "date", "timestamp", "edat")):
        return _date_time(rng)
    if name.endswith(("description", "message", "detail", "details", "note", "reason", "summary", "comment", "text")):
        return f"The {word} {other} is described here."
    if name.endswith(("sql", "query")):
        return f"select * from {word}"
    if name.endswith(("name", "title", "label")):
        return f"{word.capitalize()} {other}"
    if name.endswith(("country", "countrycode")):
        return rng.choice(("DE", "FR", "NL", "US"))
    if name.endswith("currency"):
        return rng.choice(("EUR", "USD", "GBP"))
    if name.endswith(("phone", "phonenumber", "mobile")):
        return f"+49301234{rng.randrange(1000, 10_000)}"
    if name.endswith("city"):
        return rng.choice(("Berlin", "Lyon", "Utrecht", "Porto"))
    return f"{word} {other}" if otherwise is None else otherwise


def _date_time(rng: Random) -> str:
    return date_time(rng).strftime("%Y-%m-%dT%H:%M:%SZ")


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _host(rng: Random) -> str:
    return f"{rng.choice(_WORDS)}.example.com"


def _octets(rng: Random) -> str:
    return f"192.0.2.{rng.randrange(1, 255)}"


_FORMATS: dict[str, Callable[[Random], str]] = {
    "date-time": _date_time,
    "date": lambda rng: date_time(rng).strftime("%Y-%m-%d"),
    "time": lambda rng: date_time(rng).strftime("%H:%M:%SZ"),
    "duration": lambda rng: f"PT{rng.randrange(1, 90)}M",
    "uuid": lambda rng: str(_uuid(rng)),
    "email": lambda rng: f"{rng.choice(_WORDS)}@example.com",
    "idn-email": lambda rng: f"{rng.choice(_WORDS)}@example.com",
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": _octets,
    "ipv6": lambda rng: f"2001:db8::{rng.randrange(1, 0xFFFF):x}",
    "uri": lambda rng: f"https://{_host(rng)}/{rng.choice(_WORDS)}",
    "url": lambda rng: f"https://{_host(rng)}/{rng.choice(_WORDS)}",
    "iri": lambda rng: f"https://{_host(rng)}/{rng.choice(_WORDS)}",
    "uri-reference": lambda rng: f"/{rng.choice(_WORDS)}/{rng.randrange(1, 1000)}",
    "iri-reference": lambda rng: f"/{rng.choice(_WORDS)}/{rng.randrange(1, 1000)}",
    "uri-template": lambda rng: f"/{rng.choice(_WORDS)}/{{id}}",
    "json-pointer": lambda rng: f"/{rng.choice(_WORDS)}",
    "relative-json-pointer": lambda rng: f"0/{rng.choice(_WORDS)}",
    "regex": lambda rng: f"^{rng.choice(_WORDS)}$",
    "decimal": lambda rng: f"{rng.randrange(1, 100_000) / 100:.2f}",
    "byte": lambda rng: base64.b64encode(rng.choice(_WORDS).encode()).decode(),
}


def word(rng: Random) -> str:
    """One word, for a key."""
    return rng.choice(_WORDS)
