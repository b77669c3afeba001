"""Pagination: declared by `x-speclient`, or inferred from the names and types of the document.

Inferred pagination changes what a method returns, so a rule requires evidence on both sides: a parameter or a
header that selects the next page, and exactly one array of items in the response. Nothing is inferred in case of
doubt (docs/decisions/008-pagination-is-inferred.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, get_args

from speclient.build import pagination_words as words
from speclient.build.pagination_words import bare
from speclient.document import Node, split_pointer
from speclient.ir import (
    AliasSchema,
    Anything,
    ArrayOf,
    Const,
    EnumSchema,
    Json,
    Named,
    ObjectSchema,
    Operation,
    Pagination,
    PaginationKind,
    Parameter,
    Response,
    Scalar,
    ScalarKind,
    Schema,
    TypeRef,
    UnionOf,
    body_arguments,
)

_KINDS: Mapping[str, PaginationKind] = {kind: kind for kind in get_args(PaginationKind)}
_Plain: TypeAlias = "Schema | TypeRef | None"
_TEXT = (ScalarKind.STRING,)
_NUMBER = (ScalarKind.INTEGER, ScalarKind.NUMBER)


def read_pagination(extension: Node, parameters: tuple[Parameter, ...]) -> Pagination | None:
    """`pagination` of an operation's `x-speclient`, or None when it is absent or cannot be used."""
    node = extension.get("pagination")
    items = node.text("items") if node is not None else None
    if node is None or items is None:
        return None
    kind = _KINDS.get(node.text("kind") or "")
    parameter_name = node.text("parameter")
    if kind is None:
        return None
    if kind in ("cursor", "offset", "page") and all(parameter.name != parameter_name for parameter in parameters):
        return None
    last = node.get("last-item")
    member = last.text("property") if last is not None else None
    member_from = last.text("property-from") if last is not None and member is None else None
    default = next((parameter.default for parameter in parameters if parameter.name == member_from), None)
    first = node.mapping.get("first")
    return Pagination(
        kind=kind,
        items=split_pointer(items),
        parameter=parameter_name,
        first=first if isinstance(first, int) and not isinstance(first, bool) else None,
        next=split_pointer(node.text("next") or ""),
        more=split_pointer(node.text("more") or ""),
        member=member,
        member_from=member_from,
        member_default=default if isinstance(default, str) else None,
        size=node.text("size"),
        identity=split_pointer(node.text("identity") or ""),
        evidence=("x-speclient",),
    )


def infer_pagination(operation: Operation, schemas: Mapping[str, Schema]) -> Pagination | None:
    """Infer the pagination of an operation, as far as the document is unambiguous."""
    if operation.method not in ("GET", "POST") or operation.response_by is not None:
        return None
    responses = [response for response in operation.responses if response.status.startswith("2")]
    responses = responses or [response for response in operation.responses if response.status == "default"]
    paginations: set[Pagination | None] = set()
    for response in responses:
        # A response without a body, such as 204, has no items. If there are several media types, the service sends the
        # first one; frameworks list `text/plain` beside JSON for responses that are a single string.
        kinds = [media.kind for media in response.media if not media.name.startswith("text/plain")]
        if kinds[:1] != ["json"] and not (response.status == "204" and not response.media):
            return None
        paginations |= {
            _infer(operation, response, media.type, schemas) for media in response.media if media.kind == "json"
        }
    return paginations.pop() if len(paginations) == 1 else None


def _infer(operation: Operation, response: Response, body: TypeRef, schemas: Mapping[str, Schema]) -> Pagination | None:
    case = _read(operation, response, body, schemas)
    # A POST may create something on every page. Only a cursor from the response shows that it is a search.
    rules = _RULES if operation.method == "GET" else (_by_cursor,)
    paginations = [pagination for rule in rules if (pagination := rule(case)) is not None] if case is not None else []
    if case is None or not paginations:
        return None
    others = dict.fromkeys(
        f"{other.kind} pagination is documented too" for other in paginations[1:] if other.kind != paginations[0].kind
    )
    return replace(
        paginations[0], evidence=(*paginations[0].evidence, f"items at {_shown(case.items)}", *others), inferred=True
    )


def find_items(operation: Operation, schemas: Mapping[str, Schema]) -> tuple[str, ...] | None:
    """The location of the items in the JSON body of the first successful response; None when it is not a list."""
    segments = [part for part in operation.path.split("/") if part and "{" not in part]
    for response in operation.responses:
        if response.status.startswith("2") or response.status == "default":
            for media in response.media:
                array = _elements(media.type, bare(segments[-1]) if segments else "", schemas)
                if media.kind == "json" and array is not None:
                    return array[0]
    return None


# Input of the rules


@dataclass(frozen=True, slots=True)
class _Member:
    """A property of the body, except the items."""

    pointer: tuple[str, ...]
    type: _Plain
    description: str

    @property
    def name(self) -> str:
        return bare(self.pointer[-1])

    @property
    def parent(self) -> str:
        return bare(self.pointer[-2]) if len(self.pointer) > 1 else ""

    def is_a(self, *kinds: ScalarKind) -> bool:
        return isinstance(self.type, Scalar) and self.type.kind in kinds


@dataclass(frozen=True, slots=True)
class _Input:
    """A query parameter, or a property of the body of the request."""

    name: str
    type: Scalar
    description: str
    default: Json
    example: Json = None
    in_body: bool = False

    @property
    def word(self) -> str:
        return bare(self.name)


@dataclass(frozen=True, slots=True)
class _Case:
    """One successful body of an operation: the location and the type of its items, and the properties beside them."""

    operation: Operation
    response: Response
    items: tuple[str, ...]
    element: _Plain
    members: tuple[_Member, ...]
    inputs: tuple[_Input, ...]
    """The scalar query parameters and properties of the request's body, except those whose name is not unique."""
    id_of_body: bool
    """Whether the body has an identity of its own."""
    id_of_element: bool
    """Whether each item has a property `id` of its own."""

    def parameters(self, names: frozenset[str], kinds: tuple[ScalarKind, ...]) -> list[_Input]:
        return [each for each in self.inputs if each.word in names and each.type.kind in kinds]

    def size(self) -> str | None:
        """The parameter for the size of a page."""
        inputs = self.parameters(words.SIZES, (*_NUMBER, *_TEXT))
        return inputs[0].name if len(inputs) == 1 else None

    def more(self) -> tuple[str, ...]:
        flags = [member for member in self.members if member.name in words.MORE and member.is_a(ScalarKind.BOOLEAN)]
        return flags[0].pointer if len(flags) == 1 else ()

    def page_count(self) -> tuple[str, ...]:
        counts = [member for member in self.members if member.name in words.PAGE_COUNTS and member.is_a(*_NUMBER)]
        if len(counts) != 1 or words.OF_ELEMENTS.search(counts[0].description):
            return ()
        return counts[0].pointer


def _read(operation: Operation, response: Response, body: TypeRef, schemas: Mapping[str, Schema]) -> _Case | None:
    segments = [part for part in operation.path.split("/") if part and "{" not in part]
    items_and_array = _elements(body, bare(segments[-1]) if segments else "", schemas)
    if items_and_array is None:
        return None
    items, array = items_and_array
    whole, element = _plain(body, schemas), _plain(array.items, schemas)
    beside = {bare(property_.name) for property_ in whole.properties} if isinstance(whole, ObjectSchema) else set[str]()
    own = {property_.name: property_ for property_ in element.properties} if isinstance(element, ObjectSchema) else {}
    return _Case(
        operation, response, items, element,
        members=tuple(_members(whole, (), items[:-1], schemas)),
        inputs=tuple(_inputs(operation, schemas)),
        id_of_body=bool(beside & words.IDENTITIES),
        id_of_element="id" in own and isinstance(_plain(own["id"].type, schemas), Scalar),
    )  # fmt: skip


def _inputs(operation: Operation, schemas: Mapping[str, Schema]) -> Iterator[_Input]:
    arguments = body_arguments(operation, schemas) if operation.method == "POST" else None
    media = operation.body.media if operation.body is not None else ()
    is_json = arguments is not None and len(media) == 1 and arguments.media.kind == "json"
    properties = arguments.properties if is_json and arguments is not None else ()
    names = Counter([each.name for each in operation.parameters] + [each.name for each in properties])
    for parameter in operation.parameters:
        plain = _plain(parameter.type, schemas)
        if parameter.place == "query" and isinstance(plain, Scalar) and names[parameter.name] == 1:
            text = parameter.description or ""
            yield _Input(parameter.name, plain, text, parameter.default, parameter.example)
    for property_ in properties:
        plain = _plain(property_.type, schemas)
        if isinstance(plain, Scalar) and names[property_.name] == 1:
            yield _Input(property_.name, plain, property_.description or "", property_.default, in_body=True)


def _plain(ref: TypeRef, schemas: Mapping[str, Schema]) -> _Plain:
    """The one type or schema behind names and `| null`; None for several alternatives."""
    for _ in range(16):
        if isinstance(ref, UnionOf):
            others = [member for member in ref.members if member != Scalar(ScalarKind.NULL)]
            if len(others) != 1:
                return None
            ref = others[0]
        elif isinstance(ref, Named):
            schema = schemas.get(ref.schema)
            if not isinstance(schema, AliasSchema):
                return schema
            ref = schema.type
        else:
            return ref
    return None


def _elements(body: TypeRef, segment: str, schemas: Mapping[str, Schema]) -> tuple[tuple[str, ...], ArrayOf] | None:
    """The location of the only array that can hold the items. `segment` is the last word of the path."""
    plain = _plain(body, schemas)
    if isinstance(plain, ArrayOf):
        return (), plain
    if not isinstance(plain, ObjectSchema):
        return None
    if any(isinstance(_plain(property_.type, schemas), ArrayOf) for property_ in plain.properties):
        return _chosen((), plain, segment, schemas)
    inner: list[tuple[tuple[str, ...], ArrayOf]] = []
    for property_ in plain.properties:
        below = _plain(property_.type, schemas)
        wraps = len(plain.properties) == 1 or bare(property_.name) in {*words.WRAPPERS, segment}
        if isinstance(below, ObjectSchema) and wraps:
            candidate = _chosen((property_.name,), below, segment, schemas)
            inner += [candidate] if candidate is not None else []
    return inner[0] if len(inner) == 1 else None


def _chosen(
    at: tuple[str, ...], owner: ObjectSchema, segment: str, schemas: Mapping[str, Schema]
) -> tuple[tuple[str, ...], ArrayOf] | None:
    """The array that is named after the last word of the path or conventionally; or the only array of objects."""
    types = {property_.name: _plain(property_.type, schemas) for property_ in owner.properties}
    arrays = {name: type_ for name, type_ in types.items() if isinstance(type_, ArrayOf)}
    for usual in ({segment}, words.ELEMENTS):
        named = [name for name in arrays if bare(name) in usual]
        if named:
            return ((*at, named[0]), arrays[named[0]]) if len(named) == 1 else None
    lone = [name for name, type_ in types.items() if bare(name) not in words.NOT_ELEMENTS and _may_hold(name, type_)]
    names = {bare(name) for name in types}
    # An object with an identity or a name is more often a thing with parts than a page of results.
    if len(lone) != 1 or names & words.IDENTITIES or (names & words.TITLES and not names & words.COUNTS):
        return None
    array = arrays.get(lone[0])
    # An object with a list of words is more often a thing, too.
    if array is None or isinstance(_plain(array.items, schemas), Scalar | Const | EnumSchema):
        return None
    return (*at, lone[0]), array


def _may_hold(name: str, type_: _Plain) -> bool:
    """Whether a property may be an array, or the document leaves its type open."""
    return isinstance(type_, ArrayOf) or (isinstance(type_, Anything) and bare(name) not in words.COUNTS)


def _members(
    owner: _Plain, at: tuple[str, ...], wrapper: tuple[str, ...], schemas: Mapping[str, Schema]
) -> Iterator[_Member]:
    """Properties around the items, and those inside a property with a name of pagination metadata."""
    for property_ in owner.properties if isinstance(owner, ObjectSchema) else ():
        pointer, plain = (*at, property_.name), _plain(property_.type, schemas)
        yield _Member(pointer, plain, property_.description or "")
        if len(pointer) < 4 and (words.TELLERS.search(bare(property_.name)) or pointer == wrapper[: len(pointer)]):
            yield from _members(plain, pointer, wrapper, schemas)


# Rules, the most explicit first


def _by_address(case: _Case) -> Pagination | None:
    """The response contains the URL of the next page."""
    addresses = [member for member in case.members if member.is_a(*_TEXT) and _is_address(member, case.members)]
    if len(addresses) != 1 or case.id_of_body:  # `next` of a thing may be the thing after it.
        return None
    return Pagination(
        "hal", case.items, next=addresses[0].pointer, evidence=(f"URL at {_shown(addresses[0].pointer)}",)
    )


def _is_address(member: _Member, members: tuple[_Member, ...]) -> bool:
    if member.name in words.NEXT_ADDRESSES or (member.name == "href" and member.parent in ("next", "nextpage")):
        return True
    if member.name not in ("next", "nextpage"):
        return False
    said = isinstance(member.type, Scalar) and (member.type.format or "").startswith(("uri", "url", "iri"))
    beside = {other.name for other in members if other.pointer[:-1] == member.pointer[:-1]}
    links = member.parent == "links" and bool(beside & words.OTHER_LINKS)  # JSON:API, section "Pagination".
    return said or links or words.ADDRESS.search(member.description) is not None


def _by_cursor(case: _Case) -> Pagination | None:
    """A parameter takes the cursor, the offset or the page number that the previous response contains."""
    pairs = [
        (parameter, member)
        for kinds in (_TEXT, _NUMBER)
        for parameter in case.parameters(_PLACES, kinds)
        for member in case.members
        if member.is_a(*kinds) and not _is_address(member, case.members) and _leads_to(member, parameter.word, case)
    ]
    if len(pairs) > 1:
        same = [(parameter, member) for parameter, member in pairs if member.name.endswith(parameter.word)]
        pairs = same or pairs
    if len(pairs) != 1:
        return None
    ((parameter, member),) = pairs
    kind = _kind_of(parameter)
    return Pagination(
        kind, case.items, parameter.name, next=member.pointer, more=case.more(), size=case.size(),
        identity=_identity(case) if kind != "cursor" else (), in_body=parameter.in_body,
        evidence=(f"{_shown_input(parameter)} <- {_shown(member.pointer)}",),
    )  # fmt: skip


_PLACES = words.CURSORS | words.WEAK_CURSORS | words.OFFSETS | words.PAGES


def _kind_of(parameter: _Input) -> PaginationKind:
    if parameter.type.kind not in _NUMBER:
        return "cursor"
    return "page" if parameter.word in words.PAGES else "offset" if parameter.word in words.OFFSETS else "cursor"


def _shown_input(parameter: _Input) -> str:
    return f"{'property' if parameter.in_body else 'parameter'} {parameter.name!r}"


def _leads_to(member: _Member, parameter: str, case: _Case) -> bool:
    """Whether a property of a response is the next value of a parameter."""
    name, parent, strong = member.name, member.parent, parameter in words.CURSORS
    is_text = member.is_a(*_TEXT)
    below_next = parent in ("next", "nextpage")
    if name in (f"next{parameter}", f"{parameter}next") or (below_next and name == parameter):
        return strong or words.YES_OR_NO.search(member.description) is None
    if name == "next" and not is_text and parameter in words.PAGES:
        return parent.startswith("pag")
    if not strong and parameter not in words.WEAK_CURSORS:
        return False
    if name in words.NEXT_CURSORS:
        return strong or parameter in ("after", "token")
    if name == "nextpage" and strong:
        return "page" in parameter and words.YES_OR_NO.search(member.description) is None
    if below_next and name in ("after", "cursor", "token", "marker"):
        return True
    if parent in ("cursor", "cursors") and name == "after":
        return strong or parameter == "after"
    if name == parameter:  # It may be the cursor of the current page.
        is_described = name.startswith("continuation") or words.NEXT.search(member.description) is not None
        return strong and is_described
    if name == "next":  # It may be a URL under an unusual name.
        is_cursor = words.CURSOR.search(member.description) is not None
        return is_cursor or (strong and (not is_text or parent not in ("", "links")))
    return name in ("endcursor", "lastid") and bool(case.more()) and (strong or parameter in words.AFTER_LAST)


def _by_last(case: _Case) -> Pagination | None:
    """A parameter takes the id of the last item, and a flag of the response marks the last page."""
    more = case.more()
    inputs = [
        parameter
        for parameter in case.parameters(words.AFTER_LAST, _TEXT)
        if parameter.word != "after" or words.CURSOR.search(parameter.description)
    ]
    if not more or len(inputs) != 1 or not case.id_of_element:
        return None
    return Pagination(
        "cursor", case.items, inputs[0].name, more=more, member="id", size=case.size(),
        evidence=(f"parameter {inputs[0].name!r} <- 'id' of the last item", f"the end at {_shown(more)}"),
    )  # fmt: skip


def _by_link(case: _Case) -> Pagination | None:
    """The response has a `Link` header (RFC 8288), and the request has a pagination parameter."""
    names = words.SIZES | words.PAGES | words.OFFSETS | words.CURSORS
    inputs = case.parameters(names, (*_NUMBER, *_TEXT))
    if not inputs or all(name.lower() != "link" for name in case.response.headers):
        return None
    return Pagination("link", case.items, size=case.size(), evidence=(f"header 'Link', parameter {inputs[0].name!r}",))


def _by_offset(case: _Case) -> Pagination | None:
    """One parameter is the number of items to skip, another one the number of items to return."""
    offsets, size = case.parameters(words.OFFSETS, _NUMBER), case.size()
    if len(offsets) != 1 or size is None or words.NO_OFFSET.search(offsets[0].description):
        return None
    spans = offsets[0].word in ("start", "from") and any(each.word in words.SPANS for each in case.inputs)
    if spans or case.page_count():  # A response with page numbers suggests page numbers in the request.
        return None
    first = _first(case, offsets[0], 0)
    if first is None:
        return None
    return Pagination(
        "offset", case.items, offsets[0].name, first, more=case.more(), size=size, identity=_identity(case),
        evidence=(f"parameters {offsets[0].name!r} from {first}, and {size!r}",),
    )  # fmt: skip


def _by_page(case: _Case) -> Pagination | None:
    """A parameter is the page number."""
    inputs, size = case.parameters(words.PAGES, _NUMBER), case.size()
    counts = [member for member in case.members if member.name in words.COUNTS]
    if len(inputs) != 1 or (size is None and not counts):
        return None
    # A wrong first number would skip a page. Where `per_page` is the size, the first page is 1 by convention.
    first = _first(case, inputs[0], 1 if bare(size or "") == "perpage" else None)
    if first is None:
        return None
    beside = repr(size) if size is not None else _shown(counts[0].pointer)
    return Pagination(
        "page", case.items, inputs[0].name, first, more=case.more() or case.page_count(), size=size,
        identity=_identity(case), evidence=(f"parameter {inputs[0].name!r} from {first}, with {beside}",),
    )  # fmt: skip


_RULES = (_by_address, _by_cursor, _by_last, _by_link, _by_offset, _by_page)


def _first(case: _Case, parameter: _Input, usual: int | None) -> int | None:
    """The first number; None where the document leaves it open."""
    if parameter.default is not None:
        return int(parameter.default) if parameter.default in (0, 1) else None
    echoes = [each for each in case.members if each.is_a(*_NUMBER) and each.name in {parameter.word, *_ECHOES}]
    texts = [parameter.description, *(echo.description for echo in echoes if parameter.word in words.PAGES)]
    for text in texts:
        numbers = {value for value, pattern in ((0, words.ZERO), (1, words.ONE)) if pattern.search(text)}
        if len(numbers) == 1:
            return numbers.pop()
    constraints = dict(parameter.type.constraints)
    least, above = constraints.get("minimum"), constraints.get("exclusiveMinimum")
    if least in (0, 1):
        return int(least)
    if above in (-1, 0) and parameter.type.kind is ScalarKind.INTEGER:
        return int(above) + 1
    return 0 if parameter.example == 0 else usual


_ECHOES = ("currentpage", "pagenumber")
"""Properties of a response with the number of the page."""


def _identity(case: _Case) -> tuple[str, ...]:
    """`id`, unless items of several kinds may share one."""
    names = (
        {bare(property_.name) for property_ in case.element.properties}
        if isinstance(case.element, ObjectSchema)
        else set()
    )
    return ("id",) if case.id_of_element and not names & {"type", "kind", "object", "objecttype"} else ()


def _shown(pointer: tuple[str, ...]) -> str:
    return "".join(f"/{step}" for step in pointer) or "the body itself"
