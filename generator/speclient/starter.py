"""`speclient init`: create a folder with a first spec (drafted from a docs page, if there is one) and settings."""

from __future__ import annotations

import datetime
import errno
import os
import re
import shlex
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speclient.cli.output import counted
from speclient.diagnostics import Diagnostic, FatalError, Location, Severity
from speclient.pages.draft import Draft
from speclient.pages.edits import Edit
from speclient.pages.facts import Subject
from speclient.pages.readers import Reading, read_page
from speclient.pages.record import record
from speclient.pages.spec_file import edited
from speclient.pages.store import Page, page_name
from speclient.pages.text import load_page

_SPEC = """\
# yaml-language-server: $schema=https://spec.openapis.org/oas/3.1/schema/2022-10-07
# Describe what the docs page states. Mark what it does not state with `x-source`.
openapi: 3.1.0
info:
  title: {title}
  version: '1'
x-speclient:
  package: {name}-client
  client: {client}
servers:
  - url: https://api.example.com
security:
  - bearerAuth: []
tags:
  - name: things
    description: Things.
paths:
  /things/{{thingId}}:
    get:
      tags: [things]
      operationId: getThing
      summary: Get a thing.
      x-speclient:
        group: things
        method: get
      parameters:
        - name: thingId
          in: path
          required: true
          description: The id of the thing.
          schema:
            type: string
      responses:
        '200':
          description: The thing.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Thing'
        '404':
          description: There is no such thing.
components:
  securitySchemes:
    bearerAuth:
      type: http
      scheme: bearer
  schemas:
    Thing:
      type: object
      description: A thing.
      required: [id]
      properties:
        id:
          type: string
          description: The id.
          example: t-1
        createdAt:
          type: string
          format: date-time
          description: When it was made.
"""
_DRAFT = """\
# yaml-language-server: $schema=https://spec.openapis.org/oas/3.1/schema/2022-10-07
# Drafted from a docs page by `speclient init --page`. Write descriptions in your own words, and mark with `x-source`
# what the page does not state.
openapi: 3.1.0
info:
  title: {title}
  version: '1'
  x-source:
    basis: inference
    note: The page names no version of the API.
    properties: [version]
x-speclient:
  package: {name}-client
  client: {client}
"""
_PYPROJECT = """\
[tool.speclient]
specs = ["specs"]
output = "generated"
"""
_MAKEFILE = """\
.PHONY: all check pages generate

all: check pages generate

check:
\tspeclient check

pages:
\tspeclient pages check

generate:
\tspeclient generate
"""


def create(folder: Path, page: Path | None = None, url: str | None = None) -> str:
    """Create the folder and return the text to print.

    Args:
        folder: the new folder.
        page: a saved docs page to draft the spec from.
        url: the address of the page.

    Raises:
        FatalError: SC402, files exist there already, or it cannot be written; SC701, the page cannot be read.
    """
    plain = unicodedata.normalize("NFKD", folder.resolve().name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower()) or ["my", "api"]
    name = "-".join(words).removesuffix("-client")
    values = {"name": name, "title": " ".join(words).title(), "client": "".join(word.title() for word in words)}
    if folder.exists() and not folder.is_dir():
        raise _cannot("it is a file", folder)
    if folder.exists() and any(folder.iterdir()):
        raise _cannot("the folder is not empty", folder)
    draft = _Drafted.of(page, url, values) if page is not None else None
    try:
        _fill(folder, name, values, page, url, draft)
    except OSError as problem:
        raise _cannot(problem.strerror or str(problem), folder) from None
    files = {
        f"{folder}/specs/{name}.yaml": "the spec: describe what the docs page states",
        f"{folder}/pyproject.toml": "the settings",
        f"{folder}/Makefile": "`make` runs check, pages check and generate",
    }
    notes: list[str] = []
    if draft is not None and page is not None:
        files[f"{folder}/specs/pages.yaml"] = "the docs pages of the specs"
        files[f"{folder}/specs/facts/{page_name(page.stem)}.yaml"] = "what the page states"
        files[f"{folder}/.speclient/pages/{page_name(page.stem)}{page.suffix}"] = "the page; do not commit it"
        notes = ["", *draft.notes]
    width = max(map(len, files))
    lines = [f"{path:{width}}  {what}" for path, what in files.items()]
    extract = f"speclient pages extract {page_name(page.stem)} --lines && " if page is not None else ""
    step = f"Next: cd {shlex.quote(str(folder))} && {extract}speclient check && speclient generate"
    return "\n".join([*lines, *notes, "", step])


def _fill(
    folder: Path, name: str, values: Mapping[str, str], page: Path | None, url: str | None, draft: _Drafted | None
) -> None:
    """Write the files next to the folder, and move them there when they are complete."""
    place = folder.resolve()
    if place.parent.is_file():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as temporary:
        work = Path(temporary, "project")
        (work / "specs").mkdir(parents=True)
        spec = work / "specs" / f"{name}.yaml"
        spec.write_text(draft.text if draft is not None else _SPEC.format(**values), encoding="utf-8")
        (work / "pyproject.toml").write_text(_PYPROJECT, encoding="utf-8")
        (work / "Makefile").write_text(_MAKEFILE, encoding="utf-8")
        (work / ".gitignore").write_text(".speclient/\n", encoding="utf-8")
        if draft is not None and page is not None:
            copy = work / ".speclient" / "pages" / f"{page_name(page.stem)}{page.suffix}"
            copy.parent.mkdir(parents=True)
            shutil.copyfile(page, copy)
            entry = Page(page_name(page.stem), spec.name, url=url)
            record(spec.parent, entry, draft.reading, datetime.date.today().isoformat())
        if place.exists():
            # An empty folder may be the current one, so it stays.
            for child in sorted(work.iterdir()):
                os.replace(child, place / child.name)
        else:
            os.replace(work, place)


@dataclass(frozen=True)
class _Drafted:
    """A spec that was drafted from a page."""

    text: str
    reading: Reading
    notes: tuple[str, ...]

    @classmethod
    def of(cls, page: Path, url: str | None, values: Mapping[str, str]) -> _Drafted:
        reading = read_page(load_page(page))
        draft = Draft(reading.facts.facts)
        edits = list(_document_edits(draft, url))
        operations = counted(len(draft.operations), "operation")
        notes = [f"Read {counted(len(reading.facts.facts), 'fact')} of {operations} (page style: {reading.style})."]
        if not draft.operations:
            notes.append("The page names no operation (method and path); add it to the spec by hand.")
        if reading.facts.lost:
            lost = counted(len(reading.facts.lost), "name")
            facts = f"specs/facts/{page_name(page.stem)}.yaml"
            notes.append(f"Missing from the saved page: {lost} (`#1`, ...); add them under `names` in {facts}.")
        notes += reading.facts.notes
        return cls(edited(_DRAFT.format(**values), edits), reading, tuple(notes))


def _document_edits(draft: Draft, url: str | None) -> Iterator[Edit]:
    """The parts of a document that come from a page."""
    if url is not None:
        yield Edit("set", ("x-speclient", "pages"), "", [url])
    servers: list[dict[str, Any]] = [{"url": server} for server in draft.servers]
    unknown = {
        "url": "https://api.example.com",
        "x-source": {"basis": "inference", "note": "The page names no server."},
    }
    yield Edit("set", ("servers",), "", servers or [unknown])
    schemes = {_scheme_name(kind): _scheme(kind) for kind in draft.authentication}
    if schemes:
        yield Edit("set", ("security",), "", [{name: []} for name in schemes])
    operations = {key: draft.operation(key) for key in draft.operations}
    tags = dict.fromkeys(tag for operation in operations.values() for tag in operation["tags"])
    if tags:
        yield Edit("set", ("tags",), "", [{"name": tag} for tag in tags])
    yield Edit("set", ("paths",), "", {})
    for key, operation in operations.items():
        method, _, path = key.partition(" ")
        yield Edit("set", ("paths", path, method.lower()), "", operation)
    for name, scheme in schemes.items():
        yield Edit("set", ("components", "securitySchemes", name), "", scheme)
    for name in draft.schemas:
        key = "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", name))
        yield Edit("set", ("components", "schemas", key), "", draft.schema(Subject("", f"schema {name}")))


def _scheme_name(kind: str) -> str:
    return {"basic": "basicAuth", "bearer": "bearerAuth"}.get(kind, "apiKey" if kind.startswith("apiKey") else kind)


def _scheme(kind: str) -> dict[str, Any]:
    """A security scheme object for the kind of a fact."""
    if kind.startswith("apiKey in "):
        place, _, name = kind.removeprefix("apiKey in ").partition(" ")
        return {"type": "apiKey", "in": place, "name": name}
    if kind in ("oauth2", "openIdConnect"):
        # The page does not say where tokens come from; a token is sent the same way.
        return {"type": "http", "scheme": "bearer"}
    return {"type": "http", "scheme": kind}


def _cannot(why: str, folder: Path) -> FatalError:
    return FatalError(
        Diagnostic("SC402", Severity.ERROR, why, Location(folder.as_posix()), "pass a folder that does not exist yet")
    )
