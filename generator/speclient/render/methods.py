"""Operations to what the template of a group shows. Every decision is made here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from speclient.ir import (
    AliasSchema,
    Anything,
    Api,
    ArrayOf,
    Encoding,
    EnumSchema,
    ItemLookup,
    MediaType,
    Named,
    ObjectSchema,
    Operation,
    Parameter,
    PartHeader,
    Polling,
    Scalar,
    ScalarKind,
    Schema,
    TypeRef,
    UnionOf,
)
from speclient.naming import BUILTINS, Names
from speclient.render.annotations import Annotations, joined
from speclient.render.escape import data_literal, docstring, literal, one_line

STREAMED = "bytes | IO[bytes] | Iterator[bytes]"
"""A body that can be sent piece by piece. Iterators alone of what can be iterated: they say that they give it once."""


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """One argument of a method."""

    name: str
    annotation: str
    default: str
    positional: bool
    doc: str = ""
    """What it is, as the document has it."""


@dataclass(frozen=True, slots=True)
class OverloadView:
    """A signature in which one argument has one value."""

    arguments: tuple[ArgumentView, ...]
    result: str


@dataclass(frozen=True, slots=True)
class MethodView:
    """A method and the constant that describes its operation."""

    name: str
    constant: str
    arguments: tuple[ArgumentView, ...]
    overloads: tuple[OverloadView, ...]
    result: str
    doc: str
    values: str
    body_arguments: str
    deprecated: str | None
    operation: tuple[tuple[str, str], ...]
    """Keyword arguments of `Operation`, as Python."""
    page: str
    """What one request gives; `result`, unless that is all pages."""
    pagination: str | None = None
    """How pages follow each other, as Python."""
    wait: str | None = None
    """Name of the method that waits for a final state."""
    wait_doc: str = ""
    polling: str | None = None
    """Which states are final, as Python."""
    stream: str | None = None
    """Name of the method that gives items while they come; its own where the answer has no other form."""
    items: str = ""
    """What one of them is."""
    stream_doc: str = ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A module with the methods of one group."""

    attribute: str
    class_name: str
    doc: str
    methods: tuple[MethodView, ...]
    has_errors: bool

    @property
    def constants(self) -> list[str]:
        """The operations as data, and how their pages and states go."""
        found: list[str] = []
        for method in self.methods:
            found.append(method.constant)
            found += [f"{method.constant}_PAGINATION"] if method.pagination else []
            found += [f"{method.constant}_POLLING"] if method.polling else []
        return found


def group_views(api: Api, names: Names, schemas: Mapping[str, Schema]) -> tuple[GroupView, ...]:
    """All groups, in the order of their first operation."""
    groups: dict[str, list[Operation]] = {}
    for operation in api.operations:
        groups.setdefault(names.operations[operation.key].group, []).append(operation)
    views: list[GroupView] = []
    for attribute, operations in groups.items():
        methods = {names.operations[operation.key].method for operation in operations}
        annotations = Annotations(schemas, names, frozenset(methods & BUILTINS))
        waits, streams = wait_names(api, names), stream_names(api, names)
        made = tuple(
            _Method(operation, names, schemas, annotations, api, waits, streams).view() for operation in operations
        )
        class_name = names.operations[operations[0].key].group_class
        doc = docstring(f"The operations of `client.{attribute}`.", 4)
        has_errors = any(name == "errors" for method in made for name, _ in method.operation)
        views.append(GroupView(attribute, class_name, doc, made, has_errors))
    return tuple(views)


def _listing_of(operation: Operation, api: Api) -> Operation | None:
    """The operation that tells the state in place of this one."""
    wanted = operation.polling.status_operation if operation.polling is not None else None
    return next((made for made in api.operations if wanted is not None and made.operation_id == wanted), None)


def wait_names(api: Api, names: Names) -> dict[str, str]:
    """Operation key -> name of the method of its group that waits for a final state."""
    found: dict[str, list[Operation]] = {}
    for operation in api.operations:
        polling = operation.polling
        if polling is None or operation.body is not None:
            continue
        listing, own = _listing_of(operation, api), names.operations[operation.key].group
        if polling.status_operation is not None and (
            listing is None
            or names.operations[listing.key].group != own
            or listing.pagination is None
            or not listing.pagination.identity
            or not operation.parameters
        ):
            continue
        found.setdefault(own, []).append(operation)
    chosen: dict[str, str] = {}
    for group, operations in found.items():
        taken = {own.method for own in names.operations.values() if own.group == group}
        for operation in operations:
            name = "wait" if len(operations) == 1 else f"wait_{names.operations[operation.key].method}"
            while name in taken:
                name += "_"
            taken.add(name)
            chosen[operation.key] = name
    return chosen


def streams(media: MediaType) -> bool:
    """Whether an answer of this media type can be read while it comes."""
    return media.kind in ("sse", "jsonl")


def stream_names(api: Api, names: Names) -> dict[str, str]:
    """Operation key -> name of the method of its group that gives the items of an answer while they come.

    It is the operation's own method where a good answer has no other form.
    """
    chosen: dict[str, str] = {}
    for operation in api.operations:
        media = [item for answer in success_media(operation) for item in answer]
        if not any(streams(item) for item in media) or operation.pagination is not None:
            continue
        own = names.operations[operation.key]
        name = own.method
        if not all(streams(item) for item in media):
            taken = {made.method for made in names.operations.values() if made.group == own.group}
            name = f"{own.method}_stream"
            while name in taken:
                name += "_"
        chosen[operation.key] = name
    return chosen


class _Method:
    def __init__(
        self,
        operation: Operation,
        names: Names,
        schemas: Mapping[str, Schema],
        annotations: Annotations,
        api: Api,
        waits: Mapping[str, str],
        streams: Mapping[str, str],
    ) -> None:
        self._api = api
        self._stream = streams.get(operation.key)
        self._wait = waits.get(operation.key)
        self._pagination = operation.pagination
        self._operation = operation
        self._names = names
        self._schemas = schemas
        self._annotations = annotations
        self._own = names.operations[operation.key]

    def view(self) -> MethodView:
        operation, body, polling = self._operation, self._operation.body, self._operation.polling
        arguments = self._arguments()
        page = self._result()
        argument_names = [self._own.arguments[(p.place, p.name)] for p in operation.parameters]
        return MethodView(
            name=self._own.method,
            constant=f"_{self._own.method.upper()}",
            arguments=arguments,
            overloads=self._overloads(arguments),
            result=self._paged(page, self._page_types()),
            doc=docstring(self._doc(), 8),
            values="{" + ", ".join(f"{literal(name)}: {name}" for name in argument_names) + "}",
            body_arguments="" if body is None else ", body" if len(body.media) == 1 else ", body, content_type",
            deprecated=literal(f"{operation.method} {operation.path} is deprecated") if operation.deprecated else None,
            operation=tuple(self._description()),
            page=page,
            pagination=self._pagination_constant(),
            wait=self._wait,
            wait_doc=docstring(self._wait_doc(polling), 8) if self._wait and polling else "",
            polling=self._polling_constant(polling) if self._wait and polling else None,
            stream=self._stream,
            items=self._items() if self._stream else "",
            stream_doc=docstring(self._stream_doc(), 8) if self._stream else "",
        )

    # -- streams ------------------------------------------------------------------------------------------------

    def _items(self) -> str:
        return joined(
            self._item_of(item) for media in success_media(self._operation) for item in media if streams(item)
        )

    def _item_of(self, media: MediaType) -> str:
        item = self._annotations.result(media.type)
        return f"Event[{item}]" if media.kind == "sse" else item

    def _stream_doc(self) -> str:
        return "\n".join([
            f"Call `{self._own.method}`, and give the items of its answer while they come.",
            "",
            "Yields:",
            f"    {self._items().replace('models.', '')}",
        ])  # fmt: skip

    # -- pages and states ---------------------------------------------------------------------------------------

    def _page_types(self) -> list[TypeRef]:
        chosen = self._operation.response_by
        if chosen is not None:
            return [made for _, made in chosen.cases]
        return [item.type for media in success_media(self._operation) for item in media if item.kind == "json"]

    def _paged(self, page: str, types: Iterable[TypeRef]) -> str:
        if self._pagination is None:
            return page
        items = [
            self._annotations.result(item)
            for made in types
            for item in elements_of(made, self._pagination.items, self._schemas)
        ]
        return f"Paginator[{joined(items) if items else 'Any'}, {page}]"

    def _pagination_constant(self) -> str | None:
        pagination = self._pagination
        if pagination is None:
            return None
        given: tuple[tuple[str, str | int | tuple[str, ...] | None], ...] = (
            ("kind", pagination.kind), ("items", pagination.items), ("next", pagination.next),
            ("more", pagination.more),
            ("identity", pagination.identity), ("parameter", self._argument(pagination.parameter)),
            ("first", pagination.first),
            ("size", self._argument(pagination.size)), ("member", pagination.member),
            ("member_from", self._argument(pagination.member_from)),
            ("member_default", pagination.member_default),
        )  # fmt: skip
        parts = [f"{name}={literal(value)}" for name, value in given if value not in (None, ())]
        return f"Pagination({', '.join(parts)})"

    def _polling_constant(self, polling: Polling) -> str:
        parts = [
            f"status={literal(polling.status)}",
            f"success={literal(polling.success)}",
            f"failure={literal(polling.failure)}",
        ]
        if polling.message is not None:
            parts.append(f"message={literal(polling.message)}")
        listing = _listing_of(self._operation, self._api)
        if listing is not None:
            if polling.lookup is not None:
                parts.append(f"lookup={_lookup(polling.lookup, listing, self._names)}")
            constant = f"_{self._names.operations[listing.key].method.upper()}"
            parts.append(f"listing=lambda: ({constant}, {constant}_PAGINATION)")
        return f"Polling({', '.join(parts)})"

    def _wait_doc(self, polling: Polling) -> str:
        success = ", ".join(one_line(str(value), 60) for value in polling.success)
        failure = ", ".join(one_line(str(value), 60) for value in polling.failure)
        return "\n".join([
            f"Wait until `{self._own.method}` tells a final state, and give its answer.",
            "",
            f"Final are {success}, and of failure {failure or 'none'}; any other state is waited out.",
            "",
            "Args:",
            "    options: `wait_timeout` (seconds in all, default 3600), `first_interval` and `longest_interval`",
            "        (seconds), `raise_on_failure`, and for each call `timeout` (seconds), `max_retries`, `policy` and",
            "        `extra_headers`.",
            "",
            "Raises:",
            "    FailedStateError: it ended in a state of failure; `last` is the answer.",
            "    WaitTimeoutError: it did not end in time; `last` is the last answer.",
        ])  # fmt: skip

    # -- signature ----------------------------------------------------------------------------------------------

    def _arguments(self) -> tuple[ArgumentView, ...]:
        made: list[ArgumentView] = []
        docs = self._argument_docs()
        for parameter in self._operation.parameters:
            name = self._own.arguments[(parameter.place, parameter.name)]
            annotation = self._annotations.argument(parameter.type)
            if parameter.required:
                made.append(ArgumentView(name, annotation, "", parameter.place == "path", docs[name]))
            else:
                made.append(ArgumentView(name, _optional(annotation), "None", False, docs[name]))
        body = self._operation.body
        if body is not None:
            annotation = joined(self._body_annotation(media) for media in body.media)
            if body.required:
                made.append(ArgumentView("body", annotation, "", False, docs["body"]))
            else:
                made.append(ArgumentView("body", _optional(annotation), "None", False, docs["body"]))
        if body is not None and len(body.media) > 1:
            listed = ", ".join(literal(media.name) for media in body.media)
            annotation = f"Literal[{listed}] | None"
            made.append(ArgumentView("content_type", annotation, "None", False, docs["content_type"]))
        # Within the keywords, those that must be given come first.
        return tuple(sorted(made, key=lambda view: (not view.positional, view.default != "")))

    def _body_annotation(self, media: MediaType) -> str:
        if media.kind in ("text", "bytes"):
            return ("str | " if media.kind == "text" else "") + STREAMED
        annotation = self._annotations.argument(media.type)
        if media.kind in ("form", "multipart") and "Mapping" not in annotation and annotation != "Any":
            annotation = "Mapping[str, Any]"
        return annotation

    def _result(self) -> str:
        chosen = self._operation.response_by
        if chosen is not None:
            return " | ".join(dict.fromkeys(self._annotations.result(made) for _, made in chosen.cases))
        parts: dict[str, None] = {}
        for media in success_media(self._operation):
            if not media:
                parts["None"] = None
            for item in media:
                if self._stream in (None, self._own.method) or not streams(item):
                    parts[self._media_result(item)] = None
        if "Any" in parts:
            return "Any"
        ordered = [part for part in parts if part != "None"] + (["None"] if "None" in parts else [])
        return " | ".join(ordered) or "None"

    def _media_result(self, media: MediaType) -> str:
        if media.kind == "text":
            return "str"
        if streams(media):
            return f"list[{self._item_of(media)}]"
        return self._annotations.result(media.type) if media.kind == "json" else "bytes"

    def _overloads(self, arguments: tuple[ArgumentView, ...]) -> tuple[OverloadView, ...]:
        """One signature for each value that the deciding argument can have; left out, its default decides."""
        chosen = self._operation.response_by
        if chosen is None:
            return ()
        parameter = next(made for made in self._operation.parameters if made.name == chosen.parameter)
        name = self._own.arguments[(parameter.place, parameter.name)]
        views: list[OverloadView] = []
        for value, made in chosen.cases:
            first = value == chosen.cases[0][0]
            exact = f"Literal[{literal(value)}]"
            changed = [
                ArgumentView(name, f"{exact} | None" if first else exact, "None" if first else "", False)
                if view.name == name
                else view
                for view in arguments
            ]
            changed.sort(key=lambda view: (not view.positional, view.default != ""))
            views.append(OverloadView(tuple(changed), self._paged(self._annotations.result(made), [made])))
        return (*views, OverloadView(arguments, self._paged(self._result(), self._page_types())))

    # -- documentation ------------------------------------------------------------------------------------------

    def _doc(self) -> str:
        operation = self._operation
        summary = (operation.summary or "").strip() or f"{operation.method} {operation.path}"
        summary = one_line(summary, 200)
        lines = [summary if summary.endswith((".", "!", "?")) else summary + "."]
        if operation.deprecated:
            lines += ["", "Deprecated."]
        if operation.description and operation.description.strip() != (operation.summary or "").strip():
            lines += ["", operation.description.strip()]
        given = self._argument_docs()
        if given:
            lines += ["", "Args:", *(f"    {name}: {text}" for name, text in given.items())]
        success = next((answer for answer in operation.responses if answer.status.startswith("2")), None)
        result = self._result()
        if result != "None":
            said = one_line(success.description, 300) if success and success.description else ""
            lines += ["", "Returns:", f"    {said or result.replace('models.', '')}"]
        links = [link for answer in operation.responses for link in answer.links]
        if links:
            shown = (f"    {one_line(name, 60)}: {one_line(target, 120)}" for name, target in links)
            lines += ["", "Links:", *shown]
        errors = [answer for answer in operation.responses if not answer.status.startswith("2")]
        if errors:
            lines += ["", "Raises:"]
            for answer in errors:
                what = f"{answer.status}: {one_line(answer.description or '', 200)}".rstrip(": ")
                lines.append(f"    {error_class(answer.status)}: {what}")
        source = f"{operation.method} {operation.path}"
        lines += ["", f"Source: {source}" + (f", {one_line(operation.page, 300)}" if operation.page else "")]
        return "\n".join(lines)

    def _argument_docs(self) -> dict[str, str]:
        """Argument -> what it is."""
        body = self._operation.body
        docs = {
            self._own.arguments[(made.place, made.name)]: self._parameter_doc(made)
            for made in self._operation.parameters
        }
        if body is not None:
            text = one_line(body.description or "", 300) or "the request body"
            docs["body"] = f"{text} ({', '.join(media.name for media in body.media)})"
            headers = [_header_doc(rule) for media in body.media for rule in media.encoding if rule.headers]
            if headers:
                docs["body"] += f"; headers of parts: {'; '.join(headers)}"
            if len(body.media) > 1:
                docs["content_type"] = f"how the body is sent (default {literal(body.media[0].name)})."
        return docs

    def _parameter_doc(self, parameter: Parameter) -> str:
        text = one_line(parameter.description or "", 600).rstrip(".")
        facts: list[str] = []
        if parameter.unit:
            facts.append(one_line(parameter.unit, 60))
        facts += self._bounds(parameter.type)
        if parameter.default is not None:
            facts.append(f"default {data_literal(parameter.default)}")
        if parameter.deprecated:
            facts.append("deprecated")
        said = text or f"{parameter.place} parameter `{one_line(parameter.name, 80)}`"
        return f"{said} ({'; '.join(facts)})." if facts else f"{said}."

    def _bounds(self, ref: TypeRef) -> list[str]:
        match ref:
            case Scalar(_, constraints):
                words = {
                    "minimum": ">= {}", "maximum": "<= {}", "exclusiveMinimum": "> {}", "exclusiveMaximum": "< {}",
                    "minLength": "at least {} characters", "maxLength": "at most {} characters",
                    "multipleOf": "multiple of {}",
                    "pattern": "pattern {}",
                }  # fmt: skip
                return [words[key].format(one_line(str(value), 80)) for key, value in constraints]
            case Named(schema):
                found = self._schemas.get(schema)
                if isinstance(found, EnumSchema):
                    shown = ", ".join(one_line(str(value), 40) for value in found.values[:12])
                    return [f"one of {shown}{', ...' if len(found.values) > 12 else ''}"]
                return self._bounds(found.type) if isinstance(found, AliasSchema) and found.type != ref else []
            case UnionOf(members):
                return [fact for member in members if isinstance(member, Scalar) for fact in self._bounds(member)]
            case _:
                return []

    # -- the operation as data ----------------------------------------------------------------------------------

    def _description(self) -> Iterable[tuple[str, str]]:
        operation = self._operation
        yield "method", literal(operation.method)
        yield "path", literal(operation.path)
        if operation.parameters:
            params = (
                f"{literal(self._own.arguments[(made.place, made.name)])}: {_param(made)}"
                for made in operation.parameters
            )
            yield "params", "{" + ", ".join(params) + "}"
        if operation.body is not None:
            yield "body", literal(tuple((media.name, media.kind) for media in operation.body.media))
            if operation.body.required:
                yield "body_required", "True"
            encoding = [
                f"{literal(media.name)}: {{{', '.join(_member(rule) for rule in media.encoding)}}}"
                for media in operation.body.media
                if media.encoding
            ]
            if encoding:
                yield "encoding", "{" + ", ".join(encoding) + "}"
        yield "answers", self._answers()
        if operation.security:
            yield "security", literal(operation.security)
        both = self._stream is not None and self._stream != self._own.method
        accept = list(
            dict.fromkeys(
                media.name for answer in operation.responses for media in answer.media if not (both and streams(media))
            )
        )
        if accept:
            yield "accept", literal(", ".join(accept))
        if operation.response_by is not None:
            yield "chosen_by", self._chosen_by()
        if any(not answer.status.startswith("2") for answer in operation.responses):
            yield "errors", "_errors"
        if operation.idempotent is not None:
            yield "idempotent", str(operation.idempotent)
        if operation.servers and not operation.servers[0].variables:
            yield "servers", literal((operation.servers[0].url,))

    def _answers(self) -> str:
        entries = [
            f"{literal(answer.status)}: {_tuple(self._media(media) for media in answer.media)}"
            for answer in self._operation.responses
        ]
        return "{" + ", ".join(entries) + "}"

    def _media(self, media: MediaType) -> str:
        kind = media.kind if media.kind in ("json", "text", "sse", "jsonl") else "bytes"
        if kind not in ("json", "sse", "jsonl") or media.type == Scalar(ScalarKind.STRING):
            return f"Media({literal(media.name)}, {literal(kind)})"
        return f"Media({literal(media.name)}, {literal(kind)}, lambda: {self._runtime(media.type)})"

    def _runtime(self, ref: TypeRef) -> str:
        """The type as the decoder needs it; bodies are classes or have a name (see `build.parts`)."""
        match ref:
            case Named(schema):
                return f"models.{self._names.classes[schema]}"
            case Anything():
                return "Any"
            case UnionOf(members) if Scalar(ScalarKind.NULL) in members:
                return (
                    " | ".join(self._runtime(member) for member in members if member != Scalar(ScalarKind.NULL))
                    + " | None"
                )
            case _:
                raise AssertionError(f"a body of the type {ref} has no name")

    def _chosen_by(self) -> str:
        chosen = self._operation.response_by
        assert chosen is not None
        media = next(item for media in success_media(self._operation) for item in media if item.kind == "json")
        cases = ", ".join(
            f"{literal(value)}: (Media({literal(media.name)}, {literal(media.kind)}, lambda: {self._runtime(made)}),)"
            for value, made in chosen.cases
        )
        argument = self._argument(chosen.parameter)
        return f"({literal(argument)}, {literal(chosen.cases[0][0])}, {{{cases}}})"

    def _argument(self, parameter: str | None) -> str | None:
        """The argument that carries a parameter, by its wire name."""
        return _argument_of(self._operation, self._names, parameter)


def _argument_of(operation: Operation, names: Names, parameter: str | None) -> str | None:
    own = names.operations[operation.key].arguments
    return next((own[(p.place, p.name)] for p in operation.parameters if p.name == parameter), parameter)


def _lookup(lookup: ItemLookup, listing: Operation, names: Names) -> str:
    """How one element of a listing is asked for, as Python."""
    parts = [f"parameter={literal(_argument_of(listing, names, str(lookup.parameter)))}"]
    if lookup.offset is not None:
        parts.append(f"offset={literal(lookup.offset)}")
    if lookup.order:
        given = {_argument_of(listing, names, name): value for name, value in lookup.order}
        parts.append(f"order={data_literal(given)}")
    return f"ItemLookup({', '.join(parts)})"


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A function that parses what the service sends."""

    name: str
    constant: str
    result: str
    type: str
    label: str
    doc: str


def webhook_views(api: Api, names: Names, schemas: Mapping[str, Schema]) -> tuple[WebhookView, ...]:
    """All parsers."""
    annotations = Annotations(schemas, names)
    views: list[WebhookView] = []
    for hook in api.webhooks:
        name = names.webhooks[hook.key]
        of = f"callback of {hook.owner}" if hook.owner else "webhook"
        text = f"Parse the {of} `{one_line(hook.name, 100)}`."
        if hook.description:
            text += f"\n\n{hook.description.strip()}"
        kind = f"models.{names.classes[hook.type.schema]}" if isinstance(hook.type, Named) else "Any"
        result = annotations.result(hook.type)
        views.append(WebhookView(name, f"_{name.upper()}", result, kind, literal(hook.name), docstring(text, 4)))
    return tuple(views)


def elements_of(ref: TypeRef, pointer: Sequence[str], schemas: Mapping[str, Schema]) -> Iterator[TypeRef]:
    """What stands in the array at a place of a body."""
    match ref:
        case Named(schema):
            found = schemas.get(schema)
            if isinstance(found, AliasSchema):
                yield from elements_of(found.type, pointer, schemas)
                return
            member = None
            if isinstance(found, ObjectSchema) and pointer:
                member = next((made for made in found.properties if made.name == pointer[0]), None)
            if member is not None:
                yield from elements_of(member.type, pointer[1:], schemas)
            else:
                yield Anything()
        case ArrayOf(items) if not pointer:
            yield items
        case UnionOf(members):
            for made in members:
                if made != Scalar(ScalarKind.NULL):
                    yield from elements_of(made, pointer, schemas)
        case _:
            yield Anything()


def success_media(operation: Operation) -> list[tuple[MediaType, ...]]:
    """The bodies that a call can return: those of 2xx, or of `default` where no 2xx is documented; of HEAD none."""
    if operation.method == "HEAD":
        return [()]
    found = [answer.media for answer in operation.responses if answer.status.startswith("2")]
    return found or [answer.media for answer in operation.responses if answer.status == "default"]


def _param(parameter: Parameter) -> str:
    """A call of `Param` or of one of its short forms, with what differs from their defaults."""
    kinds = {"path": ("PathParam", "simple", False), "header": ("HeaderParam", "simple", False)}
    function, style, explode = kinds.get(parameter.place, ("Param", "form", True))
    parts = [literal(parameter.name)]
    if parameter.place == "cookie":
        parts.append('"cookie"')
    if parameter.style != style:
        parts.append(f"style={literal(parameter.style)}")
    if parameter.explode != explode:
        parts.append(f"explode={parameter.explode}")
    if parameter.required and parameter.place != "path":
        parts.append("required=True")
    if parameter.allow_reserved and parameter.place == "query":
        parts.append("allow_reserved=True")
    if parameter.content is not None:
        parts.append("json=True")
    return f"{function}({', '.join(parts)})"


def _member(rule: Encoding) -> str:
    """How a member of a form is written, as an item of a dict."""
    how = literal(rule.content_type)
    if rule.style is not None:
        parts = [literal(rule.member)]
        if rule.style != "form":
            parts.append(f"style={literal(rule.style)}")
        if not rule.explode:
            parts.append("explode=False")
        if rule.allow_reserved:
            parts.append("allow_reserved=True")
        how = f"Param({', '.join(parts)})"
    if rule.headers:
        headers = _tuple(f"({_part_header(header)}, {literal(header.value)})" for header in rule.headers)
        how = f"({how}, {headers})"
    return f"{literal(rule.member)}: {how}"


def _header_doc(rule: Encoding) -> str:
    """The headers of a part that a caller gives as `(file name, content, media type, headers)`."""
    listed = (
        one_line(header.name, 80) + (" (required)" if header.required and header.value is None else "")
        for header in rule.headers
    )
    return f"{one_line(rule.member, 80)} has {', '.join(listed)}"


def _part_header(header: PartHeader) -> str:
    flags = {"explode": header.explode, "required": header.required, "json": header.is_json}
    return f"HeaderParam({', '.join([literal(header.name), *(f'{name}=True' for name, on in flags.items() if on)])})"


def _tuple(parts: Iterable[str]) -> str:
    made = list(parts)
    return f"({made[0]},)" if len(made) == 1 else f"({', '.join(made)})"


def _optional(annotation: str) -> str:
    return annotation if annotation in ("Any", "None") or annotation.endswith("| None") else f"{annotation} | None"


_ERROR_NAMES = {
    400: "BadRequestError", 401: "UnauthorizedError", 402: "PaymentRequiredError", 403: "ForbiddenError",
    404: "NotFoundError", 405: "MethodNotAllowedError", 406: "NotAcceptableError", 408: "RequestTimeoutError",
    409: "ConflictError", 410: "GoneError", 412: "PreconditionFailedError", 413: "ContentTooLargeError",
    415: "UnsupportedMediaTypeError", 422: "UnprocessableContentError", 423: "LockedError", 429: "TooManyRequestsError",
    500: "InternalServerError", 501: "NotImplementedStatusError", 502: "BadGatewayError",
    503: "ServiceUnavailableError",
    504: "GatewayTimeoutError",
}  # fmt: skip


def error_class(status: str) -> str:
    """The class that an error status raises; a test holds the table to the runtime's own."""
    if status.isdigit():
        return _ERROR_NAMES.get(int(status), f"Status{status}Error")
    return "StatusError"


__all__ = [
    "ArgumentView",
    "GroupView",
    "MethodView",
    "OverloadView",
    "elements_of",
    "error_class",
    "group_views",
    "stream_names",
    "success_media",
    "wait_names",
]
