"""Sources of pages by docusaurus-openapi-docs (`.api.mdx`).

The front matter contains the operation, as JSON or as base64 of compressed JSON. The text contains the method and path
and, in pages by older versions, a component for each parameter and property. Both give facts.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from bisect import bisect_right
from typing import Any, Final

from speclient.pages.facts import ITEM, Facts, Subject, operation_key
from speclient.pages.readers.blocks import Blocks, page_blocks, used_blank
from speclient.pages.readers.constraints import parse_bounds
from speclient.pages.readers.embedded import add_operation, add_schema
from speclient.pages.readers.literals import parse_value
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.samples import MEDIA_TYPE
from speclient.pages.readers.type_text import parse_type
from speclient.pages.text import SavedPage, normalised

STYLE: Final = "docusaurus-mdx"
MAX_UNPACKED: Final = 5_000_000
"""The longest JSON that a compressed front matter may contain, in bytes."""
MAX_TAGS: Final = 20_000
MAX_DESCRIPTIONS: Final = 100_000
"""The most characters of descriptions that are compared."""

_API = re.compile(r"^api:[ \t]*(?P<value>.*)$", re.MULTILINE)
_COMPONENT = re.compile(
    r"<(?P<open>MethodEndpoint|ParamsItem|ParamsDetails|RequestSchema|StatusCodes|SchemaItem|TabItem)\b"
    r"|</(?P<close>SchemaItem|TabItem)>"
)
_NAME = re.compile(r"\s*([A-Za-z_$][\w$.-]*)\s*(=)?\s*")
_WORD = re.compile(r"\{\s*(undefined|-?[\w.]+)\s*\}")
_QUOTED = re.compile(r"""\{\s*'((?:[^'\\]|\\.)*)'\s*\}|"([^"]*)"|'([^']*)'""")
_SUMMARY = re.compile(
    r"<strong\b[^>]*>\s*(?:\{\s*)?[\"']?([^<>{}\"']+)[\"']?(?:\s*\})?\s*</strong>(?P<rest>.{0,400})", re.DOTALL
)
_DATA = re.compile(r"""["']?\s*(?:\{|[A-Za-z0-9+/]{8}[A-Za-z0-9+/=\s]*["']?$)""")
_CODES = re.compile(r"[1-5]\d\d|[1-5]XX|default", re.IGNORECASE)


def read(page: SavedPage) -> Reading | None:
    """Read the source of a page by docusaurus-openapi-docs."""
    if page.format != "markdown":
        return None
    blocks = page_blocks(page)
    value = _api(blocks.front)
    has_endpoint = "<MethodEndpoint" in page.text or "@theme/ApiTabs" in page.text or "@theme/ParamsItem" in page.text
    if value is None and not has_endpoint:
        return None
    facts = Facts()
    facts.use(used_blank(blocks))
    lines = _source_lines(page, blocks)
    first = next((number for number, line in enumerate(page.text.splitlines(), 1) if line.startswith("api:")), 0)
    key = ""
    if value:
        unpacked = unpack(value)
        if isinstance(unpacked, str):
            facts.note(f"The operation in the front matter was not read: {unpacked}.")
        else:
            key = add_operation(facts, unpacked, first, first)
            if not key:
                facts.note("The front matter contains no method and path.")
            # Facts do not contain descriptions: the line stays residue, with them as its text.
            facts.used.discard(first)
            if 0 < first <= len(lines):
                lines[first - 1] = _descriptions(unpacked)
    _Text(page.text.replace("\r\n", "\n").replace("\r", "\n"), facts, key).read()
    operations = list(dict.fromkeys(fact.value for fact in facts.facts if fact.kind == "operation"))
    if len(operations) > 1:
        facts.note("The front matter and the text are about different operations.")
    if operations:
        facts.section(operations[0], 1, len(lines))
    return Reading(STYLE, tuple(lines), facts)


def _api(front: str) -> str | None:
    """The value of `api` in the front matter."""
    match = _API.search(front)
    if match is None:
        return None
    value = match["value"].strip()
    if value in ("", "|", ">", "|-", ">-"):
        rows: list[str] = []
        for row in front[match.end() :].lstrip("\n").split("\n"):
            if row.strip() and not row.startswith((" ", "\t")):
                break
            rows.append(row.strip())
        value = "".join(rows)
    return value if _DATA.match(value) else None


def unpack(value: str) -> dict[str, Any] | str:
    """The operation in a front matter, or a text that says why it could not be read."""
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].replace("''", "'") if value[0] == "'" else str(_json(value) or "")
    text: str
    if value.lstrip().startswith("{"):
        text = value
    else:
        try:
            data = base64.b64decode(re.sub(r"\s+", "", value), validate=True)
        except (binascii.Error, ValueError):
            return "it is neither JSON nor base64"
        # 32: zlib and gzip headers are told apart.
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        try:
            content = unpacker.decompress(data, MAX_UNPACKED + 1)
        except zlib.error:
            return "it is not compressed with zlib or gzip"
        if len(content) > MAX_UNPACKED:
            return f"it unpacks to more than {MAX_UNPACKED // 1_000_000} MB"
        if not unpacker.eof:
            return "its compressed data is incomplete"
        text = content.decode("utf-8", errors="replace")
    if len(text) > MAX_UNPACKED:
        return f"it has more than {MAX_UNPACKED // 1_000_000} MB"
    parsed = _json(text)
    return parsed if isinstance(parsed, dict) else "it is not a JSON object"


def _descriptions(value: Any) -> str:
    """The descriptions within an operation, in order."""
    texts: list[str] = []
    stack = [value]
    size = 0
    while stack and size < MAX_DESCRIPTIONS:
        current = stack.pop()
        if isinstance(current, dict):
            for name in ("summary", "description"):
                text = current.get(name)
                if isinstance(text, str) and text.strip():
                    texts.append(normalised(text))
                    size += len(text)
            stack.extend(reversed(list(current.values())))
        elif isinstance(current, list):
            stack.extend(reversed(current))
    return " | ".join(texts)[:MAX_DESCRIPTIONS]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _source_lines(page: SavedPage, blocks: Blocks) -> list[str]:
    """The lines of the source: what Markdown shows, and the tags, which are components and not markup."""
    lines = list(blocks.lines)
    for index, row in enumerate(re.split(r"\r\n|\r|\n", page.text)[: len(lines)]):
        if not lines[index] and index >= blocks.front_lines and re.match(r"\s*(?:<[A-Z]|\w+=\{)", row):
            lines[index] = " ".join(row.split())[:2000]
    return lines


class _Text:
    """What the components of the text state."""

    def __init__(self, text: str, facts: Facts, key: str) -> None:
        self.text = text
        self.facts = facts
        self.key = key
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.status = ""
        self.media = ""
        self.tabs: list[tuple[str, str]] = []
        self.path: list[tuple[str, ...]] = [()]

    def read(self) -> None:
        """Read the components in order."""
        for count, match in enumerate(_COMPONENT.finditer(self.text)):
            if count > MAX_TAGS:
                self.facts.note("The page has too many components; the rest was not read.")
                return
            line = self._line(match.start())
            if match["close"] == "TabItem" and self.tabs:
                self.status, self.media = self.tabs.pop()
            elif match["close"] == "SchemaItem" and len(self.path) > 1:
                self.path.pop()
            if match["open"] is None:
                continue
            attributes, end = tag_attributes(self.text, match.end())
            last = self._line(end)
            if match["open"] == "MethodEndpoint":
                self._endpoint(attributes, line, last)
            elif not self.key:
                continue
            elif match["open"] == "TabItem":
                self._tab(attributes, line)
            elif match["open"] == "SchemaItem":
                self._item(attributes, end, line, last)
            else:
                self._data(match["open"], attributes, line, last)

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def _endpoint(self, attributes: dict[str, Any], first: int, last: int) -> None:
        method, path = attributes.get("method"), attributes.get("path")
        if isinstance(method, str) and isinstance(path, str) and path.startswith("/"):
            key = operation_key(method, path)
            self.facts.add(Subject(key), "operation", key, first, last)
            self.facts.use(range(first, last + 1))
            self.key = self.key or key

    def _tab(self, attributes: dict[str, Any], line: int) -> None:
        self.tabs.append((self.status, self.media))
        label = attributes.get("label")
        if not isinstance(label, str):
            return
        if _CODES.fullmatch(label):
            self.status, self.media = label, ""
            self.facts.add(Subject(self.key, f"response {label}"), "status", label, line)
        elif re.fullmatch(MEDIA_TYPE, label.lower()):
            self.media = label.lower()
            self.facts.add(Subject(self.key, self._part()), "media-type", self.media, line)

    def _part(self) -> str:
        part = f"response {self.status}" if self.status else "body"
        return f"{part} {self.media}" if self.media else part

    def _item(self, attributes: dict[str, Any], end: int, first: int, last: int) -> None:
        """A property. One with properties of its own has its name in a summary."""
        name, kind, required = attributes.get("name"), attributes.get("schemaName"), attributes.get("required")
        if attributes.get("collapsible") is True:
            summary = _SUMMARY.search(self.text, end, end + 1500)
            if summary is not None:
                name = name or summary[1].strip()
                rest = " ".join(re.sub(r"<[^>]*>|[{}\"']", " ", summary["rest"].split("</summary>")[0]).split())
                words = [word for word in rest.split() if word not in ("required", "nullable", "deprecated")]
                kind = kind or " ".join(words)
                required = "required" in rest.split()
                last = self._line(summary.end(1))
        parent = self.path[-1]
        if not isinstance(name, str) or not name or len(parent) > 60:
            self.path.append(parent)
            return
        subject = Subject(self.key, self._part(), (*parent, name))
        self.facts.add(subject, "field", name, first, last)
        own = subject.field
        shape = parse_type(kind) if isinstance(kind, str) else None
        if shape is not None:
            shape.add_to(self.facts, subject, first, last)
            while shape is not None and shape.scalar == "array":
                own = (*own, ITEM)
                shape = shape.items
        self.path.append(own)
        if isinstance(required, bool):
            self.facts.add(subject, "required", required, first, last)
        schema = attributes.get("schema")
        if isinstance(schema, dict) and schema:
            add_schema(self.facts, subject, schema, first, last)
        elif isinstance(message := attributes.get("qualifierMessage"), str):
            for bound in parse_bounds(message):
                self.facts.add(subject, bound.kind, bound.value, first, last)

    def _data(self, tag: str, attributes: dict[str, Any], first: int, last: int) -> None:
        """The data of parameters, of the body, or of the responses."""
        operation: dict[str, Any] = {}
        parameters = attributes.get("parameters") if tag == "ParamsDetails" else [attributes.get("param")]
        if tag in ("ParamsDetails", "ParamsItem") and isinstance(parameters, list):
            operation["parameters"] = [each for each in parameters if isinstance(each, dict)]
        elif tag == "RequestSchema" and isinstance(attributes.get("body"), dict):
            operation["requestBody"] = attributes["body"]
        elif tag == "StatusCodes" and isinstance(attributes.get("responses"), dict):
            operation["responses"] = attributes["responses"]
        if not operation:
            return
        method, _, path = self.key.partition(" ")
        inner = Facts()
        add_operation(inner, {**operation, "method": method.lower(), "path": path}, first, last)
        for fact in inner.facts:
            if fact.kind not in ("operation", "server", "authentication"):
                self.facts.add(fact.subject, fact.kind, fact.value, fact.line, fact.end)


def tag_attributes(text: str, start: int) -> tuple[dict[str, Any], int]:
    """The attributes of a JSX tag that are data, and the offset behind them."""
    values: dict[str, Any] = {}
    position = start
    while len(values) < 60:
        name = _NAME.match(text, position)
        if name is None:
            break
        if name[2] is None:
            values[name[1]] = True
            position = name.end()
            continue
        value: Any = None
        if (word := _WORD.match(text, name.end())) is not None:
            value = {"undefined": None, "true": True, "false": False, "null": None}.get(word[1], parse_value(word[1]))
            end = word.end()
        elif (quoted := _QUOTED.match(text, name.end())) is not None:
            value = next(group for group in quoted.groups() if group is not None)
            end = quoted.end()
        elif text.startswith("{", name.end()):
            try:
                value, end = _DECODER.raw_decode(text, _after_spaces(text, name.end() + 1))
            except (ValueError, RecursionError):
                break
            end = _after_spaces(text, end)
            if not text.startswith("}", end):
                break
            end += 1
        else:
            break
        values[name[1]] = value
        position = end
    return values, position


_DECODER: Final = json.JSONDecoder()
_SPACES = re.compile(r"\s*")


def _after_spaces(text: str, offset: int) -> int:
    match = _SPACES.match(text, offset)
    return match.end() if match is not None else offset
