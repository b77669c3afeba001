"""The rules that infer pagination from a listing, the most explicit first."""

from __future__ import annotations

from speclient.build import pagination_words as words
from speclient.build.listings import NUMBER, TEXT, BodyProperty, Input, Listing
from speclient.build.pagination_words import bare
from speclient.ir import (
    ObjectSchema,
    Pagination,
    PaginationKind,
    Scalar,
    ScalarKind,
)


def _by_address(listing: Listing) -> Pagination | None:
    """The response contains the URL of the next page."""
    addresses = [member for member in listing.members if member.is_a(*TEXT) and _is_address(member, listing.members)]
    if len(addresses) != 1 or listing.id_of_body:  # `next` of a thing may be the thing after it.
        return None
    return Pagination(
        "hal", listing.items, next=addresses[0].pointer, evidence=(f"URL at {shown_pointer(addresses[0].pointer)}",)
    )


def _is_address(member: BodyProperty, members: tuple[BodyProperty, ...]) -> bool:
    if member.name in words.NEXT_ADDRESSES or (member.name == "href" and member.parent in ("next", "nextpage")):
        return True
    if member.name not in ("next", "nextpage"):
        return False
    said = isinstance(member.type, Scalar) and (member.type.format or "").startswith(("uri", "url", "iri"))
    beside = {other.name for other in members if other.pointer[:-1] == member.pointer[:-1]}
    links = member.parent == "links" and bool(beside & words.OTHER_LINKS)  # JSON:API, section "Pagination".
    return said or links or words.ADDRESS.search(member.description) is not None


def by_cursor(listing: Listing) -> Pagination | None:
    """A parameter takes the cursor, the offset or the page number that the previous response contains."""
    pairs = [
        (parameter, member)
        for kinds in (TEXT, NUMBER)
        for parameter in listing.parameters(_PLACES, kinds)
        for member in listing.members
        if member.is_a(*kinds)
        and not _is_address(member, listing.members)
        and _leads_to(member, parameter.word, listing)
    ]
    if len(pairs) > 1:
        same = [(parameter, member) for parameter, member in pairs if member.name.endswith(parameter.word)]
        pairs = same or pairs
    if len(pairs) != 1:
        return None
    ((parameter, member),) = pairs
    kind = _kind_of(parameter)
    return Pagination(
        kind, listing.items, parameter.name, next=member.pointer, more=listing.more(), size=listing.size(),
        identity=_identity(listing) if kind != "cursor" else (), in_body=parameter.in_body,
        evidence=(f"{_shown_input(parameter)} <- {shown_pointer(member.pointer)}",),
    )  # fmt: skip


_PLACES = words.CURSORS | words.WEAK_CURSORS | words.OFFSETS | words.PAGES


def _kind_of(parameter: Input) -> PaginationKind:
    if parameter.type.kind not in NUMBER:
        return "cursor"
    return "page" if parameter.word in words.PAGES else "offset" if parameter.word in words.OFFSETS else "cursor"


def _shown_input(parameter: Input) -> str:
    return f"{'property' if parameter.in_body else 'parameter'} {parameter.name!r}"


def _leads_to(member: BodyProperty, parameter: str, listing: Listing) -> bool:
    """Whether a property of a response is the next value of a parameter."""
    name, parent, strong = member.name, member.parent, parameter in words.CURSORS
    is_text = member.is_a(*TEXT)
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
    return name in ("endcursor", "lastid") and bool(listing.more()) and (strong or parameter in words.AFTER_LAST)


def _by_last(listing: Listing) -> Pagination | None:
    """A parameter takes the id of the last item, and a flag of the response marks the last page."""
    more = listing.more()
    inputs = [
        parameter
        for parameter in listing.parameters(words.AFTER_LAST, TEXT)
        if parameter.word != "after" or words.CURSOR.search(parameter.description)
    ]
    if not more or len(inputs) != 1 or not listing.id_of_element:
        return None
    return Pagination(
        "cursor", listing.items, inputs[0].name, more=more, member="id", size=listing.size(),
        evidence=(f"parameter {inputs[0].name!r} <- 'id' of the last item", f"the end at {shown_pointer(more)}"),
    )  # fmt: skip


def _by_link(listing: Listing) -> Pagination | None:
    """The response has a `Link` header (RFC 8288), and the request has a pagination parameter."""
    names = words.SIZES | words.PAGES | words.OFFSETS | words.CURSORS
    inputs = listing.parameters(names, (*NUMBER, *TEXT))
    if not inputs or all(name.lower() != "link" for name in listing.response.headers):
        return None
    return Pagination(
        "link", listing.items, size=listing.size(), evidence=(f"header 'Link', parameter {inputs[0].name!r}",)
    )


def _by_offset(listing: Listing) -> Pagination | None:
    """One parameter is the number of items to skip, another one the number of items to return."""
    offsets, size = listing.parameters(words.OFFSETS, NUMBER), listing.size()
    if len(offsets) != 1 or size is None or words.NO_OFFSET.search(offsets[0].description):
        return None
    spans = offsets[0].word in ("start", "from") and any(each.word in words.SPANS for each in listing.inputs)
    if spans or listing.page_count():  # A response with page numbers suggests page numbers in the request.
        return None
    first = _first(listing, offsets[0], 0)
    if first is None:
        return None
    return Pagination(
        "offset", listing.items, offsets[0].name, first, more=listing.more(), size=size, identity=_identity(listing),
        evidence=(f"parameters {offsets[0].name!r} from {first}, and {size!r}",),
    )  # fmt: skip


def _by_page(listing: Listing) -> Pagination | None:
    """A parameter is the page number."""
    inputs, size = listing.parameters(words.PAGES, NUMBER), listing.size()
    counts = [member for member in listing.members if member.name in words.COUNTS]
    if len(inputs) != 1 or (size is None and not counts):
        return None
    # A wrong first number would skip a page. Where `per_page` is the size, the first page is 1 by convention.
    first = _first(listing, inputs[0], 1 if bare(size or "") == "perpage" else None)
    if first is None:
        return None
    beside = repr(size) if size is not None else shown_pointer(counts[0].pointer)
    return Pagination(
        "page", listing.items, inputs[0].name, first, more=listing.more() or listing.page_count(), size=size,
        identity=_identity(listing), evidence=(f"parameter {inputs[0].name!r} from {first}, with {beside}",),
    )  # fmt: skip


RULES = (_by_address, by_cursor, _by_last, _by_link, _by_offset, _by_page)


def _first(listing: Listing, parameter: Input, usual: int | None) -> int | None:
    """The first number; None where the document leaves it open."""
    if parameter.default is not None:
        return int(parameter.default) if parameter.default in (0, 1) else None
    echoes = [each for each in listing.members if each.is_a(*NUMBER) and each.name in {parameter.word, *_ECHOES}]
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


def _identity(listing: Listing) -> tuple[str, ...]:
    """`id`, unless items of several kinds may share one."""
    names = (
        {bare(property_.name) for property_ in listing.element.properties}
        if isinstance(listing.element, ObjectSchema)
        else set()
    )
    return ("id",) if listing.id_of_element and not names & {"type", "kind", "object", "objecttype"} else ()


def shown_pointer(pointer: tuple[str, ...]) -> str:
    """A JSON pointer as evidence."""
    return "".join(f"/{step}" for step in pointer) or "the body itself"
