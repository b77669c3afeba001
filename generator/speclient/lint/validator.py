"""Run openapi-spec-validator in a process with a time limit, so that a crash does not affect speclient."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from speclient.diagnostics import Location, Severity, Sink
from speclient.document import Document, bundle, escape_pointer
from speclient.lint import cache, validator_process

SHOWN = 50
"""The number of errors of one document that are reported individually."""
_COUNTED = 10_000
_LONGEST = 200
_LARGEST = 2_000_000
_VAGUE = "is not valid under any of the"


_REPORTED_BY_RULES = re.compile(r"Operation ID '.*' for '.*' in '.*' is not unique", re.DOTALL)
"""Errors of the validator that a rule reports with both locations (SC119)."""


@dataclass(slots=True)
class ValidatorRun:
    """A validator process for one document. Start it, do other work, then call `report`."""

    document: Document
    time_limit: float
    _output: str = ""
    _failure: str | None = None
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the process; files that the document refers to must already be loaded."""
        # One thread only waits: the output must be read while the process runs, or the process would block.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._validator()
        except Exception as problem:
            self._failure = self._failure or type(problem).__name__

    def _validator(self) -> None:
        document = self.document
        # Where references were resolved in place, the files refer to each other differently than as written.
        bundled = bundle(document) if document.inlined else None
        if any(_size(loaded.data, {}) > _LARGEST for loaded in document.files.values()):
            self._failure = f"the document has more than {_LARGEST:,} values, with YAML aliases expanded"
            return
        # Names are relative to the document's folder, as references are; only the root's name is as the user wrote it.
        root = Path(document.root_file).name
        files = {name: loaded.data for name, loaded in document.files.items() if name != document.root_file}
        request = {
            "root": root,
            "version": document.version,
            "files": {**files, root: document.root.value} if bundled is None else {root: bundled},
            "limit": _COUNTED,
        }
        asked = json.dumps(request)
        remembered = cache.path_of(asked)
        if remembered is not None and (known := cache.read(remembered)) is not None:
            self._output = known
            return
        # -P: nothing of the working folder or of this folder is imported in place of a library.
        command = [sys.executable, "-P", str(Path(validator_process.__file__))]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        except OSError as problem:
            self._failure = f"it could not be started: {problem.strerror or problem}"
            return
        try:
            self._output, _ = process.communicate(asked, timeout=self.time_limit)
        except subprocess.TimeoutExpired:
            process.kill()
            self._output, _ = process.communicate()
            self._failure = f"it did not finish within {self.time_limit:g} seconds"
        except BaseException:
            process.kill()
            process.wait()
            raise
        whole = [line for line in self._output.splitlines() if line.startswith('{"end"')]
        if remembered is not None and self._failure is None and whole:
            cache.write(remembered, self._output)

    def report(self, sink: Sink) -> None:
        """Wait for the end and report the result: SC101 for errors of the document, SC102 when the validator failed."""
        if self._thread is None:
            self.start()
        assert self._thread is not None
        self._thread.join()
        ended = False
        errors: list[dict[str, Any]] = []
        for line in self._output.splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                continue  # The line at which the process was stopped.
            if "crash" in said:
                self._failure = self._failure or said["crash"]
            elif "end" in said:
                ended = True
            elif not _REPORTED_BY_RULES.match(str(said["message"])):
                errors.append(said)
        self._report_errors(sink, errors, ended)
        if self._failure is not None or not ended:
            why = _short(self._failure or "its process died")
            sink.report(
                "SC102",
                f"openapi-spec-validator did not finish: {why}",
                Location(self.document.root_file, ""),
            )

    def _report_errors(self, sink: Sink, errors: Sequence[dict[str, Any]], ended: bool) -> None:
        found = _distinct((find_place(self.document, said["path"]), _short(said["message"])) for said in errors)
        for place, message in found[:SHOWN]:
            sink.report("SC101", message, place)
        more = len(found) - SHOWN
        if more > 0:
            least = "" if ended and len(errors) < _COUNTED else "at least "
            sink.report(
                "SC101",
                f"openapi-spec-validator reports {least}{more:,} more errors, not shown",
                Location(self.document.root_file, ""),
                severity=Severity.WARNING,
            )


def _size(value: Any, known: dict[int, int]) -> int:
    """The number of values when aliases are copies, as they would be in JSON."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        members = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(member, known) for member in members)
    return known[id(value)]


def _distinct(errors: Iterable[tuple[Location, str]]) -> list[tuple[Location, str]]:
    """Each error once; "matches no branch of a choice" is omitted where a more specific error exists."""
    found = list(dict.fromkeys(errors))
    telling = {place for place, message in found if _VAGUE not in message}
    return [(place, message) for place, message in found if _VAGUE not in message or place not in telling]


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST else message[: _LONGEST - 3] + "..."


def find_place(document: Document, path: Sequence[object]) -> Location:
    """The location of a path, where the path treats references as if they were their targets."""
    node = document.root
    for token in map(str, path):
        below = document.at(node.file, f"{node.pointer}/{escape_pointer(token)}")
        if below is None and node.text("$ref") is not None:
            try:
                node = node.resolve()
            except Exception:
                break
            below = document.at(node.file, f"{node.pointer}/{escape_pointer(token)}")
        if below is None:
            break
        node = below
    return node.location
