"""`python programs.py PAGE...`: run every ```python block of Markdown pages, print a line of JSON for each that fails.

One process for all of them. The package must be importable, and its base URL stand in the environment.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path


def programs(page: Path) -> Iterator[tuple[str, str]]:
    """Each block, with the heading that it stands under."""
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        headings = re.findall(r"^#+ (.*)$", text[: block.start()], re.MULTILINE)
        yield f"{page.name}: {headings[-1].strip('`') if headings else ''}", block[1]


def main(pages: list[str]) -> None:
    """Run the blocks of the pages."""
    count = 0
    for page in pages:
        for title, program in programs(Path(page)):
            count += 1
            try:
                code = compile(program, title, "exec")
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(code, {"__name__": "__main__"})
            except Exception as problem:
                failure = {"title": title, "error": f"{type(problem).__name__}: {problem}"[:500], "program": program}
                print(json.dumps(failure))
    print(json.dumps({"count": count}))


if __name__ == "__main__":
    main(sys.argv[1:])
