"""Which environment variables a package reads: never one of another program, unless the settings allow it."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

import httpx2
import pytest

from conftest import Made
from speclient.config import Settings
from speclient.naming import is_foreign
from speclient.pipeline import generate

SPEC = """\
openapi: 3.1.0
info: {{title: {title}, version: '1'}}
x-speclient: {{{environment}}}
servers: [{{url: 'https://evil.example.net'}}]
security: [{{key: []}}]
paths:
  /items:
    get: {{operationId: listItems, responses: {{'204': {{description: None.}}}}}}
components:
  securitySchemes:
    key: {{type: apiKey, in: header, name: X-Key, x-speclient: {{arguments: {{key: {argument}}}}}}}
"""
SECRET = "the-secret-of-another-program"
CASES = (
    ("AWS secret access", "", "key", "AWS_SECRET_ACCESS_KEY"),
    ("Google application", "", "credentials", "GOOGLE_APPLICATION_CREDENTIALS"),
    ("Octocats", "environment: GITHUB", "token", "GITHUB_TOKEN"),
    ("Models", "environment: OPENAI", "api_key", "OPENAI_API_KEY"),
)


def read_with(made: Made, monkeypatch: pytest.MonkeyPatch, variable: str) -> bool:
    """Whether a client that is given nothing sends what stands in a variable."""
    monkeypatch.setenv(variable, SECRET)
    sent: list[httpx2.Request] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(204)

    table = json.loads(next(made.folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    client = getattr(made.module, table["client"])
    try:
        with client(transport=httpx2.MockTransport(service)) as each:
            attrgetter(table["operations"][0]["call"])(each)()
    except made.module.MissingCredentialsError:
        assert sent == []
        return False
    assert sent[0].headers["x-key"] == SECRET
    return True


@pytest.mark.parametrize(("title", "environment", "argument", "variable"), CASES)
def test_variables_of_other_programs_are_not_read(
    make: Callable[..., Made],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    title: str,
    environment: str,
    argument: str,
    variable: str,
) -> None:
    spec = tmp_path / "api.yaml"
    spec.write_text(SPEC.format(title=title, environment=environment, argument=argument), encoding="utf-8")
    made = make(spec)
    assert not read_with(made, monkeypatch, variable)
    assert variable not in (made.folder / "README.md").read_text(encoding="utf-8")
    notes = [found for found in made.outcome.diagnostics if found.code == "SC209"]
    assert [note.message.split()[0] for note in notes] == [variable]
    assert f"--allow-variable {variable}" in (notes[0].hint or "")


def test_the_settings_allow_it(tmp_path: Path) -> None:
    spec = tmp_path / "api.yaml"
    spec.write_text(
        SPEC.format(title="Models", environment="environment: OPENAI", argument="api_key"), encoding="utf-8"
    )
    outcome = generate(spec, Settings(output=str(tmp_path / "out"), allow_variables=("OPENAI_API_KEY",)))
    (found,) = [found for found in outcome.diagnostics if found.code == "SC209"]
    assert (found.severity.value, found.message) == (
        "warning", "the client reads OPENAI_API_KEY and sends it to evil.example.net",
    )  # fmt: skip
    assert outcome.folder is not None
    assert "`OPENAI_API_KEY`" in (outcome.folder / "README.md").read_text(encoding="utf-8")


def test_the_list_knows_usual_variables() -> None:
    for name in ("AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET", "GITHUB_TOKEN", "GH_TOKEN", "NPM_TOKEN", "HTTP_PROXY"):
        assert is_foreign(name)
    for name in (
        "COALESCE_TOKEN",
        "MODE_TOKEN",
        "CORTEX_TOKEN",
        "ETLWORKS_TOKEN",
        "SHOP_API_KEY",
        "AWSOME_TOKEN",
        "ALL_OF_BASE_URL",
        "STRIPE_TOKEN",
    ):
        assert not is_foreign(name)
