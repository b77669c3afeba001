"""Help-centre articles: labels in capitals (`PATH:`, `METHOD:`) and a response in JSON with types for values.

In that JSON, words for types stand for values, and comments describe them: `"auditId": long, // unique audit ID`.
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote

from speclient.pages.facts import ITEM, Facts, Subject, operation_key
from speclient.pages.readers.lines import beside_prose, page_lines
from speclient.pages.readers.literals import Brackets, parse_json, parse_value
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.samples import MEDIA_TYPE, METHODS, URL, path_pattern, split_url
from speclient.pages.readers.type_text import TypeText, parse_type
from speclient.pages.text import SavedPage

STYLE: Final = "help-article"
MAX_DEPTH: Final = 50
MAX_COMMENT: Final = 2000
MAX_PARTS: Final = 500
"""The most parameters, and the most URLs, of an endpoint; it can have a tenth as many paths."""

_LABEL = re.compile(r"\s*(?:[-*•]\s*)?([A-Z][A-Z _/-]{2,40})(\s*\([^)]{0,200}\))?\s*:\s*(.*)")
_PATH = re.compile(r"(?:https?://[^\s/?#]+)?/[\w./{}:<>~-]*(?:\?\S*)?")
_TYPED = re.compile(r"\s*(?:[-*•]\s*)?([A-Za-z_][\w.\-]*)\s*=\s*([A-Za-z][\w\[\]<>-]*)\s*(?:[.(,:].*)?")
_OLD = re.compile(r"\b(?:LEGACY|DEPRECATED|OLD|OBSOLETE)\b")
_STATUS = re.compile(
    r"(?<![\w.])([1-5]\d\d)(?![\w.]\d|\w|\s*(?:ms|milliseconds|seconds|minutes|rows|records|characters|bytes|kb|mb|%))",
    re.IGNORECASE,
)
_NULL = re.compile(
    r"\bor null\b|\bnull (?:if|when|unless|otherwise)\b|\botherwise,? null\b|"
    r"\b(?:can|may|might|could) be null\b|\bnullable\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\bonly (?:available|present|included|returned|set) (?:if|when|for|after)\b|\boptional\b", re.IGNORECASE
)
_LISTED = re.compile(r":\s*((?:[\w.\-]+)(?:\s*(?:,\s*(?:or\s+)?|\s+or\s+|\|)\s*[\w.\-]+)+)\s*\.?\s*")
_ALTERNATIVES = re.compile(
    r"(?:one of:?\s+)?([\w.\-]+(?:\s*(?:,\s*(?:or\s+)?|\s+or\s+|\|)\s*[\w.\-]+)+)\s*\.?\s*", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*(?:,\s*(?:or\s+)?|\s+or\s+|\|)\s*")
_DEFAULT = re.compile(r"\bdefault(?:s to| is| value is| value:|:)\s*[`'\"]?([\w.\-]+)", re.IGNORECASE)
_MEMBER = re.compile(r'\s*"(?P<name>(?:[^"\\]|\\.){1,200})"\s*:\s*(?P<rest>.*)')
_AUTHORIZATION = re.compile(r"authorization\s*:\s*(basic|bearer)\b", re.IGNORECASE)


def read(page: SavedPage) -> Reading | None:
    """Read a help-centre article about an endpoint."""
    if page.format == "markdown":
        return None
    lines = page_lines(page)
    labels = {match[1].strip() for line in lines if len(line) < 2000 and (match := _LABEL.fullmatch(line)) is not None}
    if "METHOD" not in labels or not any(re.search(r"\b(?:PATH|URL|ENDPOINT)$", label) for label in labels):
        return None
    return _Article(lines).read()


@dataclass
class _Parameter:
    name: str
    type: TypeText
    line: int
    in_list: bool
    optional: tuple[bool, int] | None = None


@dataclass
class _Endpoint:
    """What the labels of one endpoint state; an endpoint can have several paths."""

    first: int
    paths: list[tuple[str, int, bool]] = field(default_factory=list)
    methods: list[tuple[str, int]] = field(default_factory=list)
    headers: list[tuple[str, str, int]] = field(default_factory=list)
    authentication: list[tuple[str, int]] = field(default_factory=list)
    parameters: list[_Parameter] = field(default_factory=list)
    urls: list[tuple[str, int]] = field(default_factory=list)
    statuses: list[tuple[str, int]] = field(default_factory=list)
    response: tuple[int, int] | None = None
    response_media: tuple[str, int] | None = None
    body: tuple[int, int] | None = None
    body_line: int = 0
    body_media: tuple[str, int] | None = None
    optional_query: int = 0
    last: int = 0


@dataclass
class _Article:
    lines: list[str]
    facts: Facts = field(default_factory=Facts)

    @cached_property
    def brackets(self) -> Brackets:
        """Where JSON ends."""
        return Brackets([_split_comment(line)[0] for line in self.lines])

    def read(self) -> Reading:
        self.facts.use(number for number, line in enumerate(self.lines, 1) if not line.strip())
        for endpoint in self._endpoints():
            self._add(endpoint)
        return Reading(STYLE, tuple(self.lines), self.facts)

    # Reading of labels.

    def _endpoints(self) -> list[_Endpoint]:
        endpoints: list[_Endpoint] = []
        current: _Endpoint | None = None
        label = ""
        index = 0
        while index < len(self.lines):
            text = self.lines[index]
            match = _LABEL.fullmatch(text) if len(text) < 2000 else None
            if match is not None:
                label, rest = match[1].strip(), match[3].strip()
                starts = re.search(r"\b(?:PATH|URL|ENDPOINT)$", label) is not None or label == "METHOD"
                if starts and (current is None or self._is_next(current, label)):
                    current = _Endpoint(index)
                    endpoints.append(current)
                if current is not None:
                    if rest:
                        self._value(current, label, rest, index)
                    else:
                        self._mark(index)
                index += 1
                continue
            heading = text.strip().lower().rstrip(":")
            if re.fullmatch(r"(?:response|http|status|return|error) ?(?:codes?|status(?:es)?)(?: codes?)?", heading):
                label = "RESPONSE CODES"
                self._mark(index)
            elif heading in (
                "response",
                "response body",
                "comments",
                "request body",
                "request",
                "example",
                "examples",
                "notes",
            ):
                label = "REQUEST BODY" if heading == "request body" else heading.upper()
            elif current is not None and text.strip() in ("{", "[") and label != "EXAMPLE":
                end = max(self.brackets.end(index, len(self.lines)), index + 1)
                if label.startswith("REQUEST BODY"):
                    current.body = current.body or (index, end)
                    current.body_line = current.body_line or index + 1
                else:
                    current.response = current.response or (index, end)
                index = end
                continue
            elif current is not None and text.strip():
                self._value(current, label, text.strip(), index)
            index += 1
        for position, endpoint in enumerate(endpoints):
            endpoint.last = endpoints[position + 1].first if position + 1 < len(endpoints) else len(self.lines)
        return endpoints

    def _mark(self, index: int) -> None:
        self.facts.use([index + 1])

    @staticmethod
    def _is_next(endpoint: _Endpoint, label: str) -> bool:
        """Whether a label begins another endpoint."""
        if _OLD.search(label):
            return False
        if label == "METHOD":
            return bool(endpoint.methods)
        return any(not old for _, _, old in endpoint.paths) and bool(
            endpoint.methods or endpoint.statuses or endpoint.response
        )

    def _value(self, endpoint: _Endpoint, label: str, text: str, index: int) -> None:
        line = index + 1
        if len(text) > 20_000:
            return
        if re.search(r"\b(?:PATH|URL|ENDPOINT)$", label) and _PATH.fullmatch(text):
            endpoint.paths.append((text, line, _OLD.search(label) is not None))
            if "optional" in text.partition("?")[2].lower():
                endpoint.optional_query = line
            self._mark(index)
            return
        if (
            label == "METHOD"
            and (words := [word for word in re.split(r"[\s,/]+", text) if word])
            and all(word in METHODS for word in words)
        ):
            endpoint.methods.extend((word, line) for word in words)
            return
        if label.startswith("HEADER"):
            self._header(endpoint, text, line)
        elif label in ("REQUEST CONTENT TYPE", "CONTENT TYPE") and re.fullmatch(MEDIA_TYPE, text.lower()):
            endpoint.body_media = (text.lower(), line)
        elif label in ("RESPONSE CONTENT TYPE",) and re.fullmatch(MEDIA_TYPE, text.lower()):
            endpoint.response_media = (text.lower(), line)
        elif (
            label == "REQUEST BODY"
            and text.lower().rstrip(".") not in ("none", "empty", "no", "n/a", "-")
            and not endpoint.body_line
        ):
            endpoint.body_line = line
        elif label == "RESPONSE CODES":
            endpoint.statuses.extend((match[1], line) for match in _STATUS.finditer(text))
        if (
            re.search(r"\bJSON\b", text)
            and re.search(r"\bresponse\b", text, re.IGNORECASE)
            and label.startswith("RESPONSE")
        ):
            endpoint.response_media = endpoint.response_media or ("application/json", line)
        typed = _TYPED.fullmatch(text)
        shape = parse_type(typed[2]) if typed is not None else None
        if typed is not None and shape is not None:
            endpoint.parameters.append(_Parameter(typed[1], shape, line, label.startswith(("PARAMETER", "QUERY"))))
        if endpoint.parameters and (
            found := re.search(r"\b(optional|required|mandatory) (?:query )?parameter\b", text, re.IGNORECASE)
        ):
            endpoint.parameters[-1].optional = (found[1].lower() == "optional", line)
        endpoint.urls.extend((match[0].rstrip("."), line) for match in URL.finditer(text))

    @staticmethod
    def _header(endpoint: _Endpoint, text: str, line: int) -> None:
        found = _AUTHORIZATION.search(text)
        if found is not None:
            endpoint.authentication.append((found[1].lower(), line))
            return
        name, separator, value = text.partition(":")
        name, value = name.strip(), value.strip().lower()
        if not separator or not re.fullmatch(r"[A-Za-z][\w-]*", name):
            return
        if name.lower() == "content-type" and re.fullmatch(MEDIA_TYPE, value):
            endpoint.body_media = (value, line)
        elif name.lower() == "accept" and re.fullmatch(MEDIA_TYPE, value):
            endpoint.response_media = (value, line)
        elif name.lower() != "authorization":
            endpoint.headers.append((name, value, line))

    # Facts.

    def _add(self, endpoint: _Endpoint) -> None:
        for parts, limit in (
            (endpoint.paths, MAX_PARTS // 10), (endpoint.methods, len(METHODS)), (endpoint.parameters, MAX_PARTS),
            (endpoint.urls, MAX_PARTS), (endpoint.headers, MAX_PARTS), (endpoint.statuses, MAX_PARTS),
        ):  # fmt: skip
            if len(parts) > limit:
                self.facts.note(f"Line {endpoint.first + 1}: an endpoint with too many parts; not all were read.")
                del parts[limit:]
        if not endpoint.paths or not endpoint.methods:
            self.facts.note(f"Line {endpoint.first + 1}: an endpoint without a path or without a method was not read.")
            return
        keys: list[str] = []
        hosts = {origin: line for url, line in reversed(endpoint.urls) if (origin := split_url(url)[0])}
        for path, line, old in endpoint.paths:
            origin, rest = split_url(path)
            for method, method_line in endpoint.methods:
                key = operation_key(method, rest or "/")
                keys.append(key)
                subject = Subject(key)
                self.facts.add(subject, "operation", key, line)
                self.facts.use([method_line])
                if old:
                    self.facts.add(subject, "deprecated", True, line)
                if origin:
                    self.facts.add(subject, "server", origin, line)
                self._operation(key, endpoint, hosts)
        first, last = endpoint.first + 1, endpoint.last
        for key in dict.fromkeys(keys):
            self.facts.section(key, first, last)

    def _operation(self, key: str, endpoint: _Endpoint, hosts: dict[str, int]) -> None:
        subject = Subject(key)
        for value, line in endpoint.authentication:
            self.facts.add(subject, "authentication", value, line)
        for name, _, line in endpoint.headers:
            self.facts.add(Subject(key, f"header {name}"), "parameter", name, line)
        self._parameters(key, endpoint)
        self._urls(key, endpoint, hosts)
        if endpoint.body_line:
            self.facts.add(Subject(key, "body"), "body", True, endpoint.body_line)
            part = "body"
            if endpoint.body_media is not None:
                name, line = endpoint.body_media
                part = f"body {name}"
                self.facts.add(Subject(key, part), "media-type", name, line)
            if endpoint.body is not None:
                self._json(Subject(key, part), *endpoint.body)
        for status, line in endpoint.statuses:
            with beside_prose(self.facts, line):
                self.facts.add(Subject(key, f"response {status}"), "status", status, line)
        good = [status for status, _ in endpoint.statuses if status.startswith("2")]
        part = f"response {good[0]}" if good else "response #1"
        if not good and (endpoint.response is not None or endpoint.response_media is not None):
            self.facts.lose(Subject(key, part), (endpoint.response or (endpoint.first, 0))[0] + 1)
        if endpoint.response_media is not None:
            name, line = endpoint.response_media
            part = f"{part} {name}"
            self.facts.add(Subject(key, part), "media-type", name, line)
        if endpoint.response is not None:
            self._json(Subject(key, part), *endpoint.response)

    def _parameters(self, key: str, endpoint: _Endpoint) -> None:
        in_path = {name.lower(): name for name in re.findall(r"\{([^{}/]+)\}", key)}
        path_line = next(
            line
            for path, line, _ in endpoint.paths
            if operation_key("", split_url(path)[1]).strip() == key.partition(" ")[2]
        )
        for name in in_path.values():
            subject = Subject(key, f"path {name}")
            self.facts.add(subject, "parameter", name, path_line)
            self.facts.add(subject, "required", True, path_line)
        for parameter in endpoint.parameters:
            name = in_path.get(parameter.name.lower())
            if name is not None:
                parameter.type.add_to(self.facts, Subject(key, f"path {name}"), parameter.line)
                continue
            if not parameter.in_list:
                continue
            subject = Subject(key, f"query {parameter.name}")
            self.facts.add(subject, "parameter", parameter.name, parameter.line)
            parameter.type.add_to(self.facts, subject, parameter.line)
            if parameter.optional is not None:
                optional, line = parameter.optional
                with beside_prose(self.facts, line):
                    self.facts.add(subject, "required", not optional, line)
            elif endpoint.optional_query:
                self.facts.add(subject, "required", False, endpoint.optional_query)

    def _urls(self, key: str, endpoint: _Endpoint, hosts: dict[str, int]) -> None:
        """The server and the examples in URLs. Paths of one endpoint share the server."""
        pattern = path_pattern(key.partition(" ")[2])
        names = re.findall(r"\{([^{}/]+)\}", key)
        types = {parameter.name.lower(): parameter.type.scalar for parameter in endpoint.parameters}
        matched = False
        for url, line in endpoint.urls:
            match = pattern.fullmatch(url) if len(url) < 2000 else None
            if match is None:
                continue
            matched = True
            self._example(Subject(key), "server", match["server"], line)
            for name, value in zip(names, match.groups()[1:], strict=False):
                if not re.search(r"[{}<>]", value):
                    self._example(
                        Subject(key, f"path {name}"),
                        "example",
                        parse_value(unquote(value), types.get(name.lower(), "")),
                        line,
                    )
            for pair in url.partition("?")[2].split("&"):
                name, separator, value = pair.partition("=")
                if separator and name.lower() in types and not re.search(r"[{}<>]", value):
                    self._example(
                        Subject(key, f"query {name}"), "example", parse_value(unquote(value), types[name.lower()]), line
                    )
        if not matched and len(hosts) == 1:
            for origin, line in hosts.items():
                self._example(Subject(key), "server", origin, line)

    def _example(self, subject: Subject, kind: Any, value: Any, line: int) -> None:
        """A fact from a URL. A line with a sentence around the URL stays residue."""
        words = URL.sub("", self.lines[line - 1]).split()
        with beside_prose(self.facts, line) if len(words) > 3 else nullcontext():
            self.facts.add(subject, kind, value, line)

    # JSON with types for values.

    def _json(self, subject: Subject, first: int, last: int) -> None:
        whole = parse_json("\n".join(self.lines[first:last]))
        if whole is not None:
            self.facts.add(subject, "example", whole, first + 1, last)
            return
        stack: list[tuple[str, ...]] = []
        pending: tuple[str, ...] = ()
        for index in range(first, last):
            text = self.lines[index].strip()
            code, comment = _split_comment(text)
            member = _MEMBER.fullmatch(code)
            rest = member["rest"].strip() if member is not None else code.strip()
            base = stack[-1] if stack else ()
            path = (*base, member["name"]) if member is not None else pending or base
            value = rest.rstrip(",").strip()
            if member is not None and len(path) <= MAX_DEPTH:
                with beside_prose(self.facts, index + 1) if comment else nullcontext():
                    self._member(subject.at(*path), member["name"], value, comment, index + 1)
            elif code.strip():
                self.facts.use([index + 1])
            for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', rest):
                if bracket == "{":
                    stack.append(path)
                elif bracket == "[":
                    path = (*path, ITEM)
                    stack.append(path)
                elif bracket in ("]", "}") and stack:
                    stack.pop()
                    path = stack[-1] if stack else ()
            pending = ()
            if len(stack) > MAX_DEPTH:
                self.facts.note("The JSON of the page is too deep; its deeper part was not read.")
                return

    def _member(self, subject: Subject, name: str, value: str, comment: str, line: int) -> None:
        self.facts.add(subject, "field", name, line)
        kind = ""
        if value.startswith("{"):
            self.facts.add(subject, "type", "object", line)
        elif value.startswith("["):
            self._array(subject, value, line)
        else:
            quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', value)
            shape = parse_type(quoted[1] if quoted is not None else value) if value != "null" else None
            if shape is not None:
                shape.add_to(self.facts, subject, line)
                kind = shape.scalar
            elif value:
                self.facts.add(subject, "example", parse_value(value, "string" if quoted is not None else ""), line)
        self._comment(subject, comment, kind, line)

    def _array(self, subject: Subject, value: str, line: int) -> None:
        self.facts.add(subject, "type", "array", line)
        inner = value[1:].rstrip("], ").strip().strip('"')
        shape = parse_type(inner) if inner else None
        if shape is not None:
            shape.add_to(self.facts, subject.at(ITEM), line)
        elif inner.startswith("{"):
            self.facts.add(subject.at(ITEM), "type", "object", line)

    def _comment(self, subject: Subject, comment: str, kind: str, line: int) -> None:
        if not comment or len(comment) > MAX_COMMENT:
            return
        if _NULL.search(comment):
            self.facts.add(subject, "nullable", True, line)
        if _ABSENT.search(comment):
            self.facts.add(subject, "required", False, line)
        elif re.search(r"\b(?:required|mandatory)\b", comment, re.IGNORECASE) and not re.search(
            r"\bnot required\b", comment, re.IGNORECASE
        ):
            self.facts.add(subject, "required", True, line)
        if re.search(r"\bdeprecated\b", comment, re.IGNORECASE):
            self.facts.add(subject, "deprecated", True, line)
        if (default := _DEFAULT.search(comment)) is not None:
            self.facts.add(subject, "default", parse_value(default[1].rstrip("."), kind), line)
        values = _values(comment)
        if values:
            self.facts.add(subject, "enum", [parse_value(value, kind) for value in values], line)


def _values(comment: str) -> list[str]:
    """The values that a comment lists clearly: all of it, or all after a colon, are single words."""
    match = _ALTERNATIVES.fullmatch(comment) or next(
        (
            found
            for found in _LISTED.finditer(comment)
            if found.end() == len(comment) or comment[found.end() - 1] in ". "
        ),
        None,
    )
    if match is None or (match.re is _LISTED and not _closed(comment, match)):
        return []
    values = [value.strip(".") for value in _SEPARATOR.split(match[1])]
    values = [value for value in values if value.lower() != "null"]
    return values if len(values) >= 2 else []


def _closed(comment: str, match: re.Match[str]) -> bool:
    """Whether a list ends with the comment or its sentence, so that no value has more than one word."""
    return match.end() == len(comment) or match[0].rstrip().endswith(".")


def _split_comment(text: str) -> tuple[str, str]:
    """A line of JSON and its comment."""
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|//|/\*|(?<=\s)#', text):
        if match[0] in ("//", "/*", "#"):
            return text[: match.start()].rstrip(), text[match.end() :].strip().removesuffix("*/").strip()
    return text, ""
