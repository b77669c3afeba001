"""The text of saved pages: lines, positions of elements, and hostile input."""

# ruff: noqa: E501 - HTML

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable

import pytest

from speclient.diagnostics import FatalError
from speclient.pages.readers import read_page
from speclient.pages.text import PageText, SavedPage, page_of

from . import markup

MEMORY = 2_000_000_000
SECONDS = 60


def text_of(body: str) -> PageText:
    return PageText(page_of("page", "page.html", f"<!doctype html><html><body>{body}</body></html>".encode()))


def lines(body: str) -> list[str]:
    return text_of(body).lines


def test_blocks_are_lines_and_inline_elements_are_not() -> None:
    assert lines("<h1>Read <em>a</em> song</h1><p>It   sings.<br>Well.</p><ul><li>One<li>Two</ul>") == [
        "Read a song", "It sings.", "Well.", "One", "Two",
    ]  # fmt: skip


def test_verbatim_text_keeps_its_lines_and_indents() -> None:
    assert lines('<pre><code>{\n  "id": 4\n}</code></pre>') == ["{", '  "id": 4', "}"]


def test_navigation_and_scripts_are_not_text() -> None:
    body = (
        "<header>Top</header><nav>Menu</nav><div role='navigation'>Menu</div><aside>Note</aside><main><p>Text</p><script>var a</script>"
        "<style>p{}</style><template><p>Later</p></template><noscript>No script</noscript></main><footer>Foot</footer>"
    )
    assert lines(body) == ["Text"]


def test_the_position_of_an_element() -> None:
    text = text_of("<p>One</p><section><p>Two</p><p>Three</p></section>")
    section = text.tree.css_first("section")
    assert section is not None
    assert (text.line(section), text.end(section)) == (2, 3)


def test_invisible_characters_are_not_text() -> None:
    assert lines("<p>/songs\u200b/{song\u00adId}\ufeff</p>") == ["/songs/{songId}"]


@pytest.mark.parametrize("change", [markup.renamed, markup.wrapped, markup.with_navigation])
def test_lines_do_not_change_with_markup(change: Callable[[str], str]) -> None:
    html = '<!doctype html><html><body class="sc-aBcDe"><p>One <code>two</code></p><pre>a\n b</pre><table><tr><td>x<td>y</table></body></html>'
    pages = [page_of("page", "page.html", each.encode()) for each in (html, change(html))]
    assert PageText(pages[0]).lines == PageText(pages[1]).lines


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("<html><p>Größe</p>".encode(), "Größe"),
        ("\ufeff<html><p>Größe</p>".encode(), "Größe"),
        ("<html><p>Größe</p>".encode("utf-16"), "Größe"),
        ('<html><meta charset="iso-8859-1"><p>Größe</p>'.encode("latin-1"), "Größe"),
        ('<html><meta charset="no-such-charset"><p>Größe</p>'.encode("cp1252"), "Größe"),
        ("<html><p>Größe</p>".encode("cp1252"), "Größe"),
        (b"<html><p>a\x81\x8d\x90b</p>", "a"),
    ],
)
def test_encodings(data: bytes, expected: str) -> None:
    page = page_of("page", "page.html", data, ".html")
    assert expected in PageText(page).lines[0]


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03" * 100, b"PK\x03\x04" + bytes(60)])
def test_files_that_are_not_text(data: bytes) -> None:
    with pytest.raises(FatalError, match="not text"):
        page_of("page", "page.html", data, ".html")


def test_too_many_bytes() -> None:
    with pytest.raises(FatalError, match="MB"):
        page_of("page", "page.html", b"<html>" + b" " * 50_000_000, ".html")


# What a page can contain that costs more than its size: Python code that builds the page.
HOSTILE = {
    "deep nesting": "'<div>' * 600_000",
    "deep nesting of inline elements": "'<b>' * 600_000 + 'x'",
    "deep lists": "'<ul><li>' * 300_000",
    "deep tables": "'<table><tr><td>' * 200_000",
    "formatting elements that are opened again": "'<p><b><i><u>' * 100_000",
    "deep nesting with misleading attributes": "'<div a=\"</div>\">' * 300_000",
    "deep nesting with misleading scripts": "'<div><script></div></script>' * 300_000",
    "deep nesting with misleading comments": "'<div><!--</div>-->' * 300_000",
    "deep nesting of elements that look closed": "'<div/>' * 600_000",
    "deep nesting after SVG": "'<svg><div></div>' + '<path/>' * 600_000",
    "formatting elements with attributes of their own": "''.join(f'<b a{n}>' for n in range(2_000)) + '<p>x' * 300_000",
    "many elements": "'<p>a</p>' * 1_500_000",
    "many lines": "'<br>a' * 1_500_000",
    "one long line": "'a ' * 8_000_000",
    "one long word": "'a' * 16_000_000",
    "many attributes": "'<p ' + ' '.join(f'a{n}=1' for n in range(800_000)) + '>x'",
    "a long attribute": "'<p class=\"' + 'a ' * 7_000_000 + '\">x'",
    "an unclosed script": "'<script>' + 'a=1;' * 4_000_000",
    "an unclosed comment": "'<!--' + '-' * 15_000_000",
    "entities": "'&amp;' * 3_000_000",
    "brackets": "'<' * 15_000_000",
    "deep Docusaurus rows": "'Docusaurus openapi-' + '<details><summary><span><strong>a</strong></span></summary><div>' * 20_000",
    "deep Redoc tables": "'data-section-id <button>get /a</button><table><tbody>' + '<tr><td kind=field title=a>a<td>b<tr><td colspan=2><table><tbody>' * 20_000",
    "deep Swagger models": "'<div class=opblock><span class=opblock-summary-method>GET</span><span data-path=/a>/a</span><table><tr class=response data-code=200><td>"
    "<select class=content-type><option value=a/b></select><div data-name=modelPanel>' + '<span class=model>' * 20_000",
    "deep Elements rows": "'<div class=HttpOperation><div title=x><div>get</div><span>/a</span></div><h3>Path Parameters</h3><div class=JsonSchemaViewer>' + '<div data-level=0>' * 20_000",
    "many Swagger models": "'<div class=opblock><span class=opblock-summary-method>GET</span><span data-path=/a>/a</span><table><tr class=response data-code=200><td>"
    "<select class=content-type><option value=a/b></select><div data-name=modelPanel><span class=model>' + '<table><tr class=property-row><td>a<td><span class=model><span class=prop-type>string</span></span></table>' * 20_000",
    "many tabs": "'Docusaurus openapi-' + '<ul role=tablist>' + '<li role=tab>200' * 20_000 + '</ul>' + '<div role=tabpanel>x</div>' * 20_000",
    "many lists of tabs": "'Docusaurus openapi-' + '<div><ul role=tablist><li role=tab>200</ul></div>' * 20_000",
    "many Redoc operations": "'data-section-id ' + '<div><button><i>get</i> /a</button></div>' * 20_000",
    "long enum": "'Docusaurus openapi-<details><summary><h3>Query Parameters</h3></summary><ul><li><strong>a</strong><p><strong>Possible values:</strong> [' + 'a, ' * 500_000 + ']</p></ul></details>'",
    "a long number": "'Docusaurus openapi-<details><summary><h3>Query Parameters</h3></summary><ul><li><strong>a</strong><span>integer</span><p><strong>Default value:</strong> <code>' + '9' * 1_000_000 + '</code></p></ul></details>'",
    "deep JSON": "'Docusaurus openapi-<details><summary><h3>Query Parameters</h3></summary><ul><li><strong>a</strong><span>object</span><div><strong>Default value:</strong> <code>' + '[' * 1_000_000 + '</code></div></ul></details>'",
}  # fmt: skip


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_end_within_limits(page: str) -> None:
    script = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
        resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
        from speclient.diagnostics import FatalError
        from speclient.pages.readers import READERS
        from speclient.pages.text import PageText, page_of
        data = ("<!doctype html><html><body>" + {page}).encode()
        try:
            page = page_of("page", "page.html", data, ".html")
            PageText(page)
            reading = [reader(page) for reader in READERS]
            print("read")
        except FatalError as problem:
            print(problem.diagnostics[0].code if hasattr(problem, "diagnostics") else problem)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "read" in done.stdout or "SC701" in done.stdout


def test_a_page_of_an_unknown_style_is_read() -> None:
    page = SavedPage("page", "page.html", "html", "<html><body><p>Only prose.</p></body></html>")
    try:
        assert read_page(page).lines == ("Only prose.",)
    except StopIteration:
        pytest.skip("no reader of other pages")
