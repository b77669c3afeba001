"""Security schemes that a page lists, and operations that name them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from speclient.pages.facts import Facts, Subject
from speclient.pages.readers.blocks import Block
from speclient.pages.readers.operations import PageOperation


class Schemes:
    """The security schemes of a page by their names; `#` begins the kind of one without a name."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._known: dict[str, tuple[str, int]] = {}

    def read(self, blocks: Sequence[Block], index: int) -> None:
        """Read a security scheme in the list of them."""
        text, line = blocks[index].text.strip(), blocks[index].line
        if (match := re.match(r"API Key \(([^)]*)\)", text, re.IGNORECASE)) is not None:
            for other in blocks[index : index + 3]:
                found = re.search(r"Parameter Name:\s*\**([\w.\-]+)\**,?\s*in:?\s*(\w+)", other.text, re.IGNORECASE)
                if found is not None:
                    self._known[match[1].lower()] = (f"apiKey in {found[2].lower()} {found[1]}", line)
                    self.facts.use([line])
                    return
        elif (match := re.match(r"HTTP Authentication,\s*scheme:\s*(\w+)", text, re.IGNORECASE)) is not None:
            self._known[f"#{match[1].lower()}"] = (match[1].lower(), line)
            self.facts.use([line])
        elif re.match(r"oAuth2 authentication", text, re.IGNORECASE):
            self._known["#oauth2"] = ("oauth2", line)
            self.facts.use([line])

    def require(self, operation: PageOperation, text: str, line: int) -> None:
        """The schemes of an operation, by the names that the list of schemes has, or by words for their kinds."""
        operation.secured = True
        unnamed = {value for name, (value, _) in self._known.items() if name.startswith("#")}
        for name in re.split(r",(?![^(]*\))", text):
            bare = re.sub(r"\(.*?\)", "", name).strip().lower()
            if not bare:
                continue
            values = [self._known[bare][0]] if bare in self._known else sorted(unnamed)
            if len(values) > 1:
                values = [value for value in values if value.rstrip("2") in bare]
            if len(values) == 1:
                self.facts.add(Subject(operation.key), "authentication", values[0], line)
            else:
                self.facts.note(f"The page does not say what kind of authentication `{bare}` is.")
