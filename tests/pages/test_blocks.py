"""Pages as blocks: headings, paragraphs, lists, tables, code, definitions."""

from __future__ import annotations

from speclient.pages.readers.blocks import Block, Blocks, page_blocks
from speclient.pages.text import page_of


def blocks(text: str, suffix: str) -> Blocks:
    return page_blocks(page_of("page", "page", text.encode(), suffix))


def shown(found: Blocks) -> list[tuple[str, str]]:
    return [(block.kind, block.text.strip()) for block in found.blocks]


def rows(block: Block) -> list[list[str]]:
    return [[cell.text for cell in row] for row in block.rows]


HTML = """<html><body><nav>Menu</nav><main>
<h2 id="runs">Runs <a href="#runs">#</a></h2>
<p>First <b>bold</b> words.<br>Second line.</p>
<ul><li>One<ul><li>Inner</li></ul></li><li><p>Two</p></li></ul>
<table><thead><tr><th>Name</th><th>Type</th></tr></thead>
<tbody><tr><td><code>limit</code><em>integer</em></td><td>a very<wbr>long</td></tr></tbody></table>
<pre class="highlight tab tab-json"><code>{
  "a": 1
}</code></pre>
<dl><dt>state</dt><dd>The state.</dd></dl>
<blockquote><p>200 Response</p></blockquote>
</main></body></html>"""

MARKDOWN = """---
title: Runs
---
import Tabs from '@theme/Tabs';

## Runs

First **bold**
words.

- One
  - Inner

| Name | Type |
|------|------|
| `limit` | integer \\| null |

```json
{
  "a": 1
}
```

> 200 Response

<h3 id="x">Inner heading</h3>
"""


def test_html() -> None:
    found = blocks(HTML, ".html")
    kinds = [block.kind for block in found.blocks]
    assert kinds == [
        "heading",
        "paragraph",
        "paragraph",
        "item",
        "item",
        "item",
        "table",
        "code",
        "definition",
        "quote",
    ]
    heading = found.blocks[0]
    assert (heading.level, heading.name, heading.line) == (2, "runs", 1)
    table, code, definition = found.blocks[6:9]
    assert rows(table) == [["Name", "Type"], ["limit integer", "a verylong"]]
    assert code.language == "json"
    assert [text for text, _ in code.code] == ["{", '  "a": 1', "}"]
    assert found.lines[code.code[1][1] - 1] == '  "a": 1'
    assert rows(definition) == [["state", "The state."]]


def test_markdown_keeps_the_lines_of_the_file() -> None:
    found = blocks(MARKDOWN, ".md")
    source = MARKDOWN.split("\n")
    assert [block.kind for block in found.blocks] == [
        "heading", "paragraph", "item", "item", "table", "code", "quote", "heading",
    ]  # fmt: skip
    assert source[found.blocks[0].line - 1] == "## Runs"
    assert found.lines[found.blocks[1].line - 1] == "First bold words."
    table = found.blocks[4]
    assert rows(table)[1] == ["limit", "integer | null"]
    assert source[table.rows[1][0].line - 1].startswith("| `limit`")
    assert found.blocks[5].language == "json"
    assert found.blocks[7].level == 3


def test_components_of_mdx_are_markup() -> None:
    found = blocks(
        'import X from "y"\n\n<Tabs>\n  <Tab title="a > b">\n    Some words.\n\n'
        '    ```json\n    {"a": 1}\n    ```\n  </Tab>\n</Tabs>\n',
        ".mdx",
    )
    assert shown(found)[0] == ("paragraph", "Some words.")
    assert found.blocks[1].kind == "code"


def test_line_endings_change_nothing() -> None:
    assert shown(blocks(MARKDOWN.replace("\n", "\r\n"), ".md")) == shown(blocks(MARKDOWN, ".md"))


def test_markup_changes_no_line() -> None:
    changed = (
        HTML.replace("<p>", '<p class="new">').replace("<main>", "<main><div>").replace("</main>", "</div></main>")
    )
    changed = changed.replace("Menu", "Another menu").replace("\n<ul>", "<ul>")
    assert blocks(changed, ".html").lines == blocks(HTML, ".html").lines
