"""Readers never fail on a page: they read it, or stop with SC701 within limits."""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speclient.diagnostics import FatalError
from speclient.pages.readers import READERS, Reading, read_page
from speclient.pages.text import page_of

from . import (
    test_docusaurus_text,
    test_hal,
    test_help_article,
    test_markdown,
    test_mdx_api,
    test_mintlify,
    test_slate,
)
from .test_readme import PAGE as README
from .texts import read, triples

SUFFIXES = (".txt", ".html", ".md", ".mdx")
PAGES = {
    "docusaurus-text": (test_docusaurus_text.LOST, ".txt"),
    "hal": (test_hal.PAGE, ".txt"),
    "help-article": (test_help_article.PAGE, ".txt"),
    "markdown": (test_markdown.PAGE, ".md"),
    "slate": (test_slate.PAGE, ".md"),
    "slate-html": (test_slate.html(), ".html"),
    "docusaurus-mdx": (test_mdx_api.COMPONENTS, ".mdx"),
    "mintlify": (test_mintlify.SOURCE, ".mdx"),
    "mintlify-html": (test_mintlify.HTML, ".html"),
    "readme": (README, ".html"),
}
LINES = sorted({line for page, _ in PAGES.values() for line in page.splitlines()})
EXAMPLES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def check(text: str, suffix: str) -> Reading | None:
    """Read with every reader: each returns a reading that refers to lines of its text, or refuses the page."""
    page = page_of("page", "page", text.encode("utf-8", errors="surrogatepass"), suffix)
    for reader in READERS:
        try:
            reading = reader(page)
        except FatalError:
            continue
        if reading is not None:
            count = len(reading.lines)
            assert all(0 <= fact.line <= fact.end <= max(count, fact.line) for fact in reading.facts.facts)
            assert all(fact.end <= count for fact in reading.facts.facts), reading.style
            assert all(1 <= section.first <= section.last <= count for section in reading.facts.sections), reading.style
    try:
        return read_page(page)
    except FatalError:
        return None


@EXAMPLES
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.sampled_from(SUFFIXES))
def test_any_text(text: str, suffix: str) -> None:
    check(text.replace("\0", ""), suffix)


@EXAMPLES
@given(st.lists(st.sampled_from(LINES), max_size=60), st.sampled_from(SUFFIXES))
def test_lines_of_all_styles_in_any_order(lines: list[str], suffix: str) -> None:
    check("\n".join(lines), suffix)


@EXAMPLES
@given(st.sampled_from(sorted(PAGES)), st.data())
def test_pages_with_missing_and_repeated_parts(name: str, data: st.DataObject) -> None:
    page, suffix = PAGES[name]
    first = data.draw(st.integers(0, len(page)))
    last = data.draw(st.integers(first, min(len(page), first + 300)))
    check(
        page[:first]
        + data.draw(st.sampled_from(["", page[first:last] * 2, "\n", "<", "|", '"', "{", "```"]))
        + page[last:],
        suffix,
    )


@pytest.mark.parametrize("name", sorted(PAGES))
def test_line_endings_change_no_fact(name: str) -> None:
    page, suffix = PAGES[name]
    expected = triples(read(page, suffix))
    assert expected
    assert triples(read(page.replace("\n", "\r\n"), suffix)) == expected
    assert triples(read(page.replace("\n", "\r"), suffix)) == expected
    assert triples(read(page + "\n\n\n", suffix)) == expected


@pytest.mark.parametrize("name", [name for name, (_, suffix) in PAGES.items() if suffix == ".txt"])
def test_spaces_of_text_change_no_fact(name: str) -> None:
    page, suffix = PAGES[name]
    expected = triples(read(page, suffix))
    assert triples(read(page.replace(" ", "\u00a0"), suffix)) == expected
    assert triples(read(page.replace(": ", ":  "), suffix)) == expected
    assert triples(read("\ufeff" + page, suffix)) == expected
    assert triples(read("\n".join(f"{line}\t " for line in page.splitlines()), suffix)) == expected


@pytest.mark.parametrize("name", [name for name, (_, suffix) in PAGES.items() if suffix == ".html"])
def test_navigation_and_markup_change_nothing(name: str) -> None:
    page, suffix = PAGES[name]
    before = read(page, suffix)
    changed = page.replace(
        "<body>", '<body class="dark"><nav><a>GET /menu</a></nav><header><p>New</p></header><script>x()</script>'
    )
    changed = changed.replace("</body>", "<footer>GET /footer</footer></body>").replace("<p>", '<p data-x="1">')
    after = read(changed, suffix)
    assert after.lines == before.lines
    assert triples(after) == triples(before)


@pytest.mark.parametrize("name", ["markdown", "slate"])
def test_markup_of_markdown_changes_no_fact(name: str) -> None:
    page, suffix = PAGES[name]
    before = read(page, suffix)
    after = read(
        page.replace("|---|---|", "|:---|---:|").replace("*Deprecated*", "_Deprecated_").replace("- `", "* `"), suffix
    )
    assert triples(after) == triples(before)
    assert [line for line in after.lines if line] == [line for line in before.lines if line]


def test_unknown_words_are_ignored() -> None:
    page = test_markdown.PAGE.replace("| integer | No |", "| frobnicator | Perhaps |")
    types = {str(fact.subject): fact.value for fact in read(page, ".md").facts.facts if fact.kind == "type"}
    assert "GET /runs query limit" not in types


DOCUSAURUS = "GET/a\nRequest\nResponses\n- 200\nx\n- application/json\n- Schema\nSchema\n"
ARTICLE = "- PATH:\n/a\n- METHOD:\nGET\n"
SLATE = (
    "---\nlanguage_tabs:\n---\n\n## a\n\n`GET /a`\n\n### Responses\n\n"
    "|Status|Meaning|Schema|\n|-|-|-|\n|200|x|S0|\n\n# Schemas\n\n"
)
MINTLIFY = '<html><body><div class="api-section-heading"><div class="method-pill">GET</div><div>/a</div></div>'
FIELD = '<div class="param-head"><div data-component-part="field-name">a</div></div>'
BADGE = '<div><div class="method-pill">GET</div></div>'
HOSTILE = {
    "json that never ends": (DOCUSAURUS + "{\n" * 40_000, ".txt"),
    "deep pseudo-json": (ARTICLE + "Response\n" + '{\n"a": {\n' * 20_000, ".txt"),
    "paths times parameters": (
        ARTICLE + "- PATH:\n" + "/a/{b}\n" * 20_000 + "- PARAMETERS:\n" + "x=long\n" * 20_000, ".txt",
    ),
    "constraints": (DOCUSAURUS + "Possible values: [a\n, b\n]\nd\n" * 20_000, ".txt"),
    "objects": ("URL Params\nGET /a\ncurl x\n" + "Foo object\nProperties\nid\nrequired\nstring\n" * 20_000, ".txt"),
    "table": ("## GET /a\n\n|Name|Type|\n|-|-|\n" + "|a|string|\n" * 30_000, ".md"),
    "operations": ("## GET /a\n\n`GET /b`\n\n" * 20_000, ".md"),
    "unclosed markup": ("[a](*b **`" * 20_000, ".md"),
    "quotes": (">" * 100_000 + "a", ".md"),
    "schemas that refer to each other": (
        SLATE + "".join(f"## S{n}\n\n|Name|Type|\n|-|-|\n|a|S{n + 1}|\n|b|S{n + 1}|\n\n" for n in range(2_000)), ".md",
    ),
    "yaml aliases": (
        "## GET /a\n\n```yaml\nopenapi: 3.1.0\na: &a [1,1]\n"
        + "".join(f"b{n}: &b{n} [*a,*a]\n" for n in range(100)) + "paths: {}\n```\n", ".md",
    ),
    "components": ('---\napi: "GET /a"\n---\n' + '<ParamField query="a" type="object">\n' * 20_000, ".mdx"),
    "attributes": ('---\napi: "GET /a"\n---\n<ParamField query="a">\n' + "<A b={" * 20_000, ".mdx"),
    "inline elements": ("<html><body><h2>GET /a</h2><p>" + "<span><b>a</b></span>" * 30_000, ".html"),
    "nested tables": ("<html><body><h2>GET /a</h2>" + "<table><tr><td>a" * 2_000, ".html"),
    "fields": (MINTLIFY + "<h4>Query</h4>" + FIELD * 20_000, ".html"),
    "badges": ('<html><body><p class="api-section-heading"></p>' + BADGE * 20_000, ".html"),
    "one long line": ("GET /a\n" + "word, " * 200_000, ".txt"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_pages_stay_within_limits(name: str) -> None:
    program = textwrap.dedent("""
        import sys
        from speclient.diagnostics import FatalError
        from speclient.pages.readers import read_page
        from speclient.pages.text import page_of

        try:
            read_page(page_of("page", "page", sys.stdin.buffer.read(), sys.argv[1]))
        except FatalError:
            pass
    """)
    page, suffix = HOSTILE[name]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    result = subprocess.run(
        [sys.executable, "-c", program, suffix], input=page.encode(), capture_output=True, preexec_fn=limit, check=False
    )
    assert result.returncode == 0, result.stderr.decode()[-2000:]
