"""The names that documents use for pagination, without separators and case: `page[after]` is `pageafter`."""

from __future__ import annotations

import functools
import re

# Parameters of a request

SIZES = frozenset({
    "batchsize", "count", "entriesperpage", "itemsperpage", "limit", "limitperpage", "max", "maxcount", "maxitems",
    "maxpagesize", "maxrecords", "maxresults", "numberofresults", "numresults", "pagecount", "pagelimit", "pagesize",
    "perpage", "recordsperpage", "resultsperpage", "rows", "size", "take", "top",
})  # fmt: skip
CURSORS = frozenset({
    "aftercursor", "bookmark", "continuation", "continuationtoken", "cursor", "cursortoken", "marker",
    "nextcontinuationtoken", "nextcursor", "nextkey", "nextmarker", "nextpagecursor", "nextpagekey", "nextpagetoken",
    "nextpaginationtoken", "nexttoken", "pagecursor", "pagekey", "pagemarker", "pagetoken", "paginationtoken",
    "pagingtoken", "startcursor", "startingtoken",
})  # fmt: skip
WEAK_CURSORS = frozenset({
    "after", "next", "nextpage", "page", "pageafter", "pagestartingafter", "startafter", "startingafter", "startkey",
    "token",
})  # fmt: skip
"""Ambiguous names: the name of the response property or a description must confirm the meaning."""
AFTER_LAST = frozenset({"after", "afterid", "pageafter", "pagestartingafter", "startafter", "startingafter"})
OFFSETS = frozenset({"firstresult", "from", "offset", "pageoffset", "skip", "start", "startat", "startindex"})
SPANS = frozenset({"duration", "end", "endat", "enddate", "endtime", "stop", "to", "until"})
"""Beside one of these parameters, `start` and `from` are datetimes or positions."""
PAGES = frozenset({"currentpage", "page", "pageindex", "pageno", "pagenum", "pagenumber"})

# Properties of a response

NEXT_CURSORS = frozenset({
    "cursornext", "nextcontinuationtoken", "nextcursor", "nextcursortoken", "nextmarker", "nextpagecursor",
    "nextpagekey", "nextpagemarker", "nextpagetoken", "nextpaginationtoken", "nextstartingafter", "nexttoken",
})  # fmt: skip
NEXT_ADDRESSES = frozenset({
    "nexthref", "nextlink", "nextpagelink", "nextpageuri", "nextpageurl", "nexturi", "nexturl", "odatanextlink",
})  # fmt: skip
OTHER_LINKS = frozenset({"first", "last", "prev", "previous", "self"})
MORE = frozenset({
    "hasmore", "hasmoredata", "hasmoreitems", "hasmorepages", "hasmoreresults", "hasnext", "hasnextpage",
    "istruncated", "more", "moreavailable",
})  # fmt: skip
PAGE_COUNTS = frozenset(
    {"numberofpages", "numpages", "pagecount", "pages", "pagestotal", "totalpagecount", "totalpages"}
)
COUNTS = PAGE_COUNTS | MORE | frozenset({
    "currentpage", "lastpage", "nextpage", "page", "pageable", "pagenumber", "pagesize", "perpage", "total",
    "totalcount", "totalelements", "totalitems", "totalrecords", "totalresults",
})  # fmt: skip
"""Properties that are pagination metadata."""

# Items and their containers

ELEMENTS = frozenset({"data", "entries", "items", "list", "records", "result", "results", "value", "values"})
NOT_ELEMENTS = frozenset({
    "aggregations", "error", "errors", "facets", "included", "links", "messages", "meta", "metadata", "warnings",
})  # fmt: skip
IDENTITIES = frozenset({"guid", "id", "key", "sid", "uuid"})
TITLES = frozenset({"designation", "label", "name", "title"})
WRAPPERS = frozenset({"body", "content", "data", "embedded", "page", "payload", "response", "result", "results"})
TELLERS = re.compile(r"^(pag|meta|links|cursor|info|next|responsemeta|resultinfo)")

# Descriptions

ADDRESS = re.compile(r"\b(ur[li]s?|hyperlink|link|href)\b", re.IGNORECASE)
CURSOR = re.compile(r"\b(cursor|token|paginat\w+|next page|page of results)\b", re.IGNORECASE)
NEXT = re.compile(r"\b(next|subsequent|following|more results|remaining)\b", re.IGNORECASE)
YES_OR_NO = re.compile(r"\b(true|false)\b", re.IGNORECASE)
NO_OFFSET = re.compile(
    r"\bpages?\b.?(number|index|to)|number of (the )?pages?|(first|starting) page|time ?stamp|\bdate|\btime\b", re.I
)
"""Descriptions of an offset that counts pages or is a datetime."""
OF_ELEMENTS = re.compile(r"\b(items|records|elements|results) (in|on|listed|returned)\b", re.IGNORECASE)
"""Descriptions of a count that does not count pages."""
_COUNTED = (
    r"\b{0}[ -]?(based|indexed)|(starts?|starting|begins?|beginning) (at|from|with)\b.{{0,20}}\b{0}\b"
    r"|(first|initial) page( number| index)?( is|:| ?=) ?{0}\b|page {0} is the first|count(s|ed|ing) from {0}\b"
    r"|index(es|ed|ing)? (from|at) {0}\b|defaults?( value)?( is| to)?[:= ]+{0}\b|\({0}\.\."
)
ZERO = re.compile(_COUNTED.format("(0|zero)"), re.IGNORECASE)
ONE = re.compile(_COUNTED.format("(1|one)"), re.IGNORECASE)


@functools.lru_cache(maxsize=8192)
def bare(name: str) -> str:
    """A name without separators and case."""
    return "".join(char for char in name.lower() if char.isalnum())
