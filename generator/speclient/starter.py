"""`speclient init`: create a folder with a first spec, settings and a Makefile."""

from __future__ import annotations

import re
import shlex
import unicodedata
from pathlib import Path

from speclient.diagnostics import Diagnostic, FatalError, Location, Severity

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
_PYPROJECT = """\
[tool.speclient]
specs = ["specs/{name}.yaml"]
output = "generated"
"""
_MAKEFILE = """\
.PHONY: all check generate

all: check generate

check:
\tspeclient check

generate:
\tspeclient generate
"""


def create(folder: Path) -> str:
    """Create the folder and return the text to print.

    Raises:
        FatalError: SC402, files exist there already, or it cannot be written.
    """
    plain = unicodedata.normalize("NFKD", folder.resolve().name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower()) or ["my", "api"]
    name = "-".join(words).removesuffix("-client")
    values = {"name": name, "title": " ".join(words).title(), "client": "".join(word.title() for word in words)}
    if folder.exists() and not folder.is_dir():
        raise _cannot("it is a file", folder)
    if folder.exists() and any(folder.iterdir()):
        raise _cannot("the folder is not empty", folder)
    try:
        (folder / "specs").mkdir(parents=True)
        (folder / "specs" / f"{name}.yaml").write_text(_SPEC.format(**values), encoding="utf-8")
        (folder / "pyproject.toml").write_text(_PYPROJECT.format(**values), encoding="utf-8")
        (folder / "Makefile").write_text(_MAKEFILE, encoding="utf-8")
    except OSError as problem:
        raise _cannot(problem.strerror or str(problem), folder) from None
    made = {
        f"{folder}/specs/{name}.yaml": "the spec: describe what the docs page states",
        f"{folder}/pyproject.toml": "the settings",
        f"{folder}/Makefile": "`make` runs check and generate",
    }
    width = max(map(len, made))
    lines = [f"{path:{width}}  {what}" for path, what in made.items()]
    return "\n".join([*lines, "", f"Next: cd {shlex.quote(str(folder))} && speclient check && speclient generate"])


def _cannot(why: str, folder: Path) -> FatalError:
    return FatalError(
        Diagnostic("SC402", Severity.ERROR, why, Location(folder.as_posix()), "pass a folder that does not exist yet")
    )
