"""How many single edits of pages are noticed, and with which operation.

usage: python tests/pages/edit_rates.py [FOLDER...] [--count N] [--seed S] [--show]

Each edit changes one place of the text of a page: a number, a value of an enumeration, a status, a name, a type, a line
added or removed, or prose. It is noticed if `speclient pages diff` shows a change. The operation is right if one of the
changes names the operation in whose section the edited line is. Unchanged pages, and pages whose markup or navigation
changed, must show nothing. Without folders, the pages are written from the committed specs.
"""

from __future__ import annotations

import argparse
import html
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "generator"), str(ROOT / "tests")]

from pages.page_writer import write_page  # noqa: E402
from speclient.pages.diff import changes  # noqa: E402
from speclient.pages.readers import Reading, read_page  # noqa: E402
from speclient.pages.store import operation_at, page_facts, text_hash  # noqa: E402
from speclient.pages.text import PageText, SavedPage, load_page, page_of  # noqa: E402

KINDS = ("number", "word", "status", "name", "type", "line added", "line removed", "prose")
_TYPES = ("string", "integer", "number", "boolean", "array", "object")


@dataclass(frozen=True)
class Edited:
    """One edit: its kind, the page after it, and the line that it is in."""

    kind: str
    page: SavedPage
    line: int
    text: str


def pages_of(folders: Sequence[Path]) -> Iterator[SavedPage]:
    if not folders:
        for spec in sorted((ROOT / "specs").glob("*.yaml")):
            if spec.name != "pages.yaml":
                yield page_of(spec.stem, spec.stem, write_page(spec, spec.stem).encode(), ".md")
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.suffix in (".html", ".md", ".mdx", ".txt"):
                yield load_page(path)


def edit(page: SavedPage, reading: Reading, kind: str, random: random.Random) -> Edited | None:
    """An edit of a kind at a random line where it is possible."""
    numbers = list(range(1, len(reading.lines) + 1))
    random.shuffle(numbers)
    for number in numbers[:200]:
        line = reading.lines[number - 1]
        changed = _changed(line, kind, random)
        if changed is None or changed == line:
            continue
        text = _replaced(page, reading, number, line, changed)
        if text is not None:
            return Edited(kind, SavedPage(page.name, page.location, page.format, text), number, f"{line} -> {changed}")
    return None


def _changed(line: str, kind: str, random: random.Random) -> str | None:
    def one(pattern: str, new: str | Callable[[str], str]) -> str | None:
        found = list(re.finditer(pattern, line))
        if not found:
            return None
        match = random.choice(found)
        replacement = new if isinstance(new, str) else new(match[0])
        return line[: match.start()] + replacement + line[match.end() :]

    match kind:
        case "number":
            return one(r"(?<![\w.-])\d{1,6}(?![\w.-])", lambda text: str(int(text) + random.choice((1, 7, 100))))
        case "status":
            return one(
                r"(?<![\w.-])[2-5]\d\d(?![\w.-])",
                lambda text: random.choice(sorted({"202", "409", "418", "503"} - {text})),
            )
        case "type":
            return one(
                rf"\b(?:{'|'.join(_TYPES)})\b", lambda text: random.choice([name for name in _TYPES if name != text])
            )
        case "name":
            return one(r"\b[a-z]+(?:[A-Z][a-z]+|_[a-z]+)+\b", lambda text: f"{text}X")
        case "word":
            return one(r"\b[A-Za-z]{4,}\b", lambda text: f"{text}en")
        case "prose":
            return one(r"(?<=\w) (?=[a-z])", " also ") if len(line.split()) > 4 else None
        case _:
            return f"{line} (added)"


def _replaced(page: SavedPage, reading: Reading, number: int, line: str, changed: str) -> str | None:
    """The source of the page with one line changed, if the line can be found in it exactly once."""
    if page.format == "html":
        for source, target in ((html.escape(line, quote=False), html.escape(changed, quote=False)), (line, changed)):
            at = [match.start() for match in re.finditer(rf"(?<=>){re.escape(source)}(?=<)", page.text)]
            if len(at) == 1:
                return page.text[: at[0]] + target + page.text[at[0] + len(source) :]
        return None
    lines = page.text.splitlines()
    index = number - 1
    if index >= len(lines) or line.strip() not in lines[index]:
        return None
    if changed == f"{line} (added)":
        lines.insert(index + 1, "A new sentence about this.")
        return "\n".join(lines) + "\n"
    lines[index] = lines[index].replace(line.strip(), changed.strip(), 1)
    return "\n".join(lines) + "\n"


def removed(page: SavedPage, reading: Reading, random: random.Random) -> Edited | None:
    lines = page.text.splitlines()
    if page.format == "html":
        return None
    start = _front_matter(lines)
    numbers = [
        number
        for number, line in enumerate(lines, 1)
        if number > start and len(line.strip()) > 3 and not _MARKUP.match(line)
    ]
    if not numbers:
        return None
    number = random.choice(numbers)
    text = "\n".join(lines[: number - 1] + lines[number:]) + "\n"
    return Edited("line removed", SavedPage(page.name, page.location, page.format, text), number, lines[number - 1])


_MARKUP = re.compile(r"```|\| ---|\s*</?\w|import |\s*[{}\]>]|\s*\w+=\{")
"""Lines of Markdown and MDX that a reader of the page does not see."""


def _front_matter(lines: Sequence[str]) -> int:
    """The number of lines of the front matter."""
    return lines.index("---", 1) + 1 if lines[:1] == ["---"] and "---" in lines[1:] else 0


def same_text(page: SavedPage) -> Iterator[SavedPage]:
    """The page with other navigation and markup."""
    yield page
    if page.format == "html":
        text = re.sub(
            r"<body[^>]*>", lambda match: f"{match[0]}<nav><a href='#'>A new entry 200</a></nav>", page.text, count=1
        )
        yield SavedPage(page.name, page.location, page.format, text)
        yield SavedPage(page.name, page.location, page.format, re.sub(r'class="([^"]*)"', r'class="\1 x1"', page.text))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print the edits that were missed")
    options = parser.parse_args()
    choose = random.Random(options.seed)
    pages = [(page, read_page(page)) for page in pages_of(options.folders)]
    quiet = 0
    for page, reading in pages:
        for other in same_text(page):
            again = read_page(other)
            if text_hash(again.lines) != text_hash(reading.lines) and changes(page_facts(reading), page_facts(again)):
                quiet += 1
                print(f"{page.name}: changes although only markup or navigation changed")
    made, shown, right = Counter[str](), Counter[str](), Counter[str]()
    for _ in range(options.count * 5):
        if made.total() >= options.count:
            break
        page, reading = choose.choice(pages)
        kind = choose.choice(KINDS)
        edited = removed(page, reading, choose) if kind == "line removed" else edit(page, reading, kind, choose)
        if edited is None:
            continue
        if page.format == "html" and PageText(page).lines == PageText(edited.page).lines:
            continue  # The text is in the navigation.
        made[kind] += 1
        found = changes(page_facts(reading), page_facts(read_page(edited.page)))
        shown[kind] += bool(found)
        operation = operation_at(reading, edited.line)
        known = {change.operation for change in found}
        # An edit of the method or path names the operation itself.
        right[kind] += operation in known or (
            bool(found) and any(change.new and change.new.kind == "operation" for change in found)
        )
        if options.show and (not found or operation not in known):
            print(
                f"{page.name}:{edited.line} {kind}: {edited.text[:120]!r} in {operation!r}, shown for {sorted(known)}"
            )
    print(f"{len(pages)} pages, seed {options.seed}; {quiet} pages with false changes")
    print(f"{'edit':14} {'made':>5} {'shown':>8} {'operation':>10}")
    for kind in (*KINDS, "all"):
        number = made.total() if kind == "all" else made[kind]
        seen, exact = (shown.total(), right.total()) if kind == "all" else (shown[kind], right[kind])
        if number:
            print(f"{kind:14} {number:5} {seen / number:8.1%} {exact / number:10.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
