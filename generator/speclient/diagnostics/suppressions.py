"""Suppressions: findings that a person accepted, each with a reason.

- code: SC705
fingerprint: 4f1c2a90b7de
reason: The page rounds the number; the service sends it exactly.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from speclient.diagnostics.codes import CODES
from speclient.diagnostics.model import CheckedDiagnostic, Diagnostic, FatalError, Location, Severity

DEFAULT: Final = "suppressions.yaml"
_MAX_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry of the file; `line` is its line."""

    code: str
    fingerprint: str
    reason: str
    line: int


def fingerprint(diagnostic: Diagnostic) -> str:
    """Twelve hexadecimal digits that stay the same when lines move.

    They depend on code, file, pointer and message. Line numbers in the message do not count.
    """
    location = diagnostic.location or Location("")
    message = re.sub(r"\bline \d+", "line", diagnostic.message)
    if isinstance(diagnostic, CheckedDiagnostic):
        # Values of a response differ in each run.
        message = f"{diagnostic.operation} {diagnostic.check} {diagnostic.key}"
    text = "\0".join((diagnostic.code, location.file, location.pointer, message))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]


@dataclass
class Suppressions:
    """The suppressions of a run.

    Args:
        path: the file, for messages.
        entries: what it contains.
    """

    path: Path
    entries: tuple[Suppression, ...] = ()
    _used: set[Suppression] = field(default_factory=set[Suppression])

    def filter(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The diagnostics that are not suppressed."""
        known = {(entry.code, entry.fingerprint): entry for entry in self.entries}
        kept: list[Diagnostic] = []
        for diagnostic in diagnostics:
            entry = known.get((diagnostic.code, fingerprint(diagnostic)))
            if entry is None:
                kept.append(diagnostic)
            else:
                self._used.add(entry)
        return tuple(kept)

    def stale(self, codes: Iterable[str]) -> tuple[Diagnostic, ...]:
        """An error for each entry that matched nothing.

        Args:
            codes: the beginnings of the codes that the run can report, such as `SC7`; other entries are ignored.
        """
        prefixes = tuple(codes)
        return tuple(
            Diagnostic(
                "SC504",
                Severity.ERROR,
                f"the suppression of {entry.code} {entry.fingerprint} matches no finding",
                Location(self.path.as_posix(), line=entry.line),
                CODES["SC504"].hint,
            )
            for entry in self.entries
            if entry not in self._used and entry.code.startswith(prefixes)
        )


def read_suppressions(path: Path) -> Suppressions:
    """Read a file of suppressions.

    Raises:
        FatalError: SC503, the file cannot be read or has an invalid entry.
    """
    import yaml  # Only here: most runs have no file of suppressions.

    name = path.as_posix()
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _invalid("the file is larger than 1 MB", name)
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        entries: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as problem:
        raise _invalid(f"the file cannot be read: {str(problem).splitlines()[0]}", name) from None
    if entries is None:
        return Suppressions(path)
    if not isinstance(entries, list) or not isinstance(root, yaml.SequenceNode):
        raise _invalid("the file must contain a list", name)
    found: list[Suppression] = []
    for entry, node in zip(entries, root.value, strict=True):
        line = node.start_mark.line + 1
        if not isinstance(entry, dict) or set(entry) != {"code", "fingerprint", "reason"}:
            raise _invalid("an entry must have `code`, `fingerprint` and `reason`", name, line)
        code, digits, reason = (str(entry[key]).strip() for key in ("code", "fingerprint", "reason"))
        if code not in CODES:
            raise _invalid(f"{code!r} is not a code; `speclient explain` lists all codes", name, line)
        if not isinstance(entry["fingerprint"], str):
            raise _invalid("write the fingerprint in quotes: YAML reads it as a number", name, line)
        if not reason or entry["reason"] is None:
            raise _invalid("an entry needs a reason", name, line)
        found.append(Suppression(code, digits, reason, line))
    return Suppressions(path, tuple(found))


def _invalid(message: str, file: str, line: int | None = None) -> FatalError:
    return FatalError(Diagnostic("SC503", Severity.ERROR, message, Location(file, line=line), CODES["SC503"].hint))
