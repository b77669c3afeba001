"""Headings and short paragraphs that announce what follows: `Query parameters`, `Response body`, `404 Not found`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

SCHEMAS: Final = frozenset({
    "schemas", "models", "schema", "objects", "data models", "definitions", "data types", "object definitions",
    "types", "components", "resources",
})  # fmt: skip
"""Headings above the descriptions of named schemas."""
OBJECT: Final = re.compile(
    r"(?:the )?(?P<name>[\w.\-]+(?: [\w.\-]+){0,3}) (?:object|model|schema|resource)"
    r"(?: (?:properties|attributes|fields))?",
    re.IGNORECASE,
)
"""A heading above the description of one schema."""
MEDIA_WORD: Final = re.compile(r"\b(?:application|text|multipart|image|audio|video)/[\w.+-]+")
CONTENT_TYPE: Final = re.compile(
    rf"(?:content[- ]?|media |mime )types?\s*:?\s*`?({MEDIA_WORD.pattern[2:]})`?", re.IGNORECASE
)


@dataclass
class Place:
    """What the blocks after a heading or a label are about.

    Attributes:
        kind: `parameters`, `body`, `responses`, `response`, `headers`, `schema`, `authentication`, `enum`, or empty.
        name: the location of parameters (`url` for the path or the query), the status of a response, the name of a
            schema.
        level: the level of the heading, 7 for a label in a paragraph.
        media: the media type of a response or body, if the page names it.
    """

    kind: str = ""
    name: str = ""
    level: int = 0
    media: str = ""


_PARAMETERS: Final = r"param(?:eter)?s?"
_MEMBERS: Final = rf"(?:{_PARAMETERS}|arguments|fields|attributes|properties|schema|object|data|elements|values)"
_AFTER_BODY: Final = rf"(?:\ \(?(?:{_MEMBERS}|required|optional|json)\)?)*"
_AFTER_RESPONSE: Final = rf"(?:\ \(?(?:{_MEMBERS}|body|format|payload|structure|json|example)\)?)*"

_LABELS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "parameters", "path",
        rf"(?:(?:url|uri|http|required|optional|request)\ )*(?:path|route)[\ -]?(?:{_PARAMETERS}|variables?|segments?)",
    ),
    ("parameters", "url", rf"(?:url|uri)[\ -]?(?:{_PARAMETERS}|variables?|segments?)"),
    (
        "parameters", "query",
        rf"(?:(?:optional|required|request|url)\ )*query(?:[\ -]?string)?[\ -]?"
        rf"(?:{_PARAMETERS}|variables?|options|arguments)?",
    ),
    ("parameters", "header", rf"(?:(?:request|http|required|optional)\ )*headers?(?:\ {_PARAMETERS})?"),
    ("parameters", "cookie", rf"cookies?(?:\ {_PARAMETERS})?"),
    (
        "parameters", "",
        rf"(?:(?:optional|required|request|input|method|http|api)\ )*(?:{_PARAMETERS}|arguments?|inputs?)(?:\ \(.*\))?",
    ),
    ("body", "", rf"(?:http\ |json\ |raw\ )?(?:request\ )?(?:body|payload){_AFTER_BODY}"),
    ("body", "", rf"(?:body|payload|form|json|post)[\ -]?(?:(?:data|{_PARAMETERS}|fields|attributes)\ ?)+"),
    ("body", "", rf"request\ {_MEMBERS}"),
    ("body", "", r"(?:example\ |sample\ )?request\ body(?:\ example)?|body\ example"),
    ("headers", "response", r"response\ headers?"),
    ("response", "", rf"(?:the\ )?(?:json\ |api\ |success(?:ful)?\ )?response{_AFTER_RESPONSE}"),
    ("response", "", r"(?:example|sample)s?\ responses?(?:\ body|\ \(json\))?|response\ examples?"),
    ("response", "", r"returns|return\ values?|result|output|the\ above\ command\ returns\ .*"),
    ("responses", "", r"responses|error\ responses|errors|http\ status(?:es)?"),
    ("responses", "", r"(?:http\ )?(?:response\ |status\ |error\ |return\ )+codes?(?:\ and\ messages)?"),
    ("authentication", "", r"authentication|authorizations?|security|auth|permissions|scopes"),
    ("enum", "", r"enumerated\ values|enums?"),
    ("properties", "", r"properties|attributes|fields"),
    ("", "", r"(?:example|sample)s?(?:\ requests?|\ usage|\ call|\ code)?|code\ (?:samples?|examples?)|usage|curl"),
    ("", "", r"request(?:s|\ example|\ sample)?|http\ request|endpoint|url|method|description|notes?|overview|details"),
)  # fmt: skip
_PATTERNS: Final = tuple(
    (kind, name, re.compile(pattern, re.IGNORECASE | re.VERBOSE)) for kind, name, pattern in _LABELS
)
_STATUS: Final = re.compile(
    r"""
    (?: (?:status(?:\ code)? | http(?:\ status)? | response(?:\ code|\ status)? | example\ response
        | success(?:\ response)? | error(?:\ response)?) )?
    [\s:(`*✅❌🟢🔴-]*
    (?P<status>[1-5]\d\d|[1-5]XX)\b
    [\s):`*.–—-]*
    [\w'’\-\ /]{0,40} \)? \s*
    (?:\((?P<media>[\w/+.-]+)\))?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DEFAULT: Final = re.compile(r"(?P<status>default) (?:response|example)(?P<media>)?", re.IGNORECASE)


def label_of(text: str) -> Place | None:
    """The place that a heading or a short paragraph announces; None if it is not a label."""
    bare = re.sub(r"\s+", " ", text.strip().strip("*_`#:").strip())
    if not bare or len(bare) > 80:
        return None
    for kind, name, pattern in _PATTERNS:
        if pattern.fullmatch(bare):
            return Place(kind, name)
    match = _STATUS.fullmatch(bare) or _DEFAULT.fullmatch(bare)
    if match is None:
        return None
    status = match["status"].lower() if match["status"].lower() == "default" else match["status"].upper()
    return Place("response", status, media=match["media"] or "")
