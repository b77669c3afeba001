"""Masks values of examples that look like credentials, because facts files and specs are committed."""

from __future__ import annotations

import re
from typing import Any

_CREDENTIAL = re.compile(
    r"""
    \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*               # JSON Web Token
    | \b(?:sk|pk|rk)_(?:live|test)_\w{8,}            # keys with a common prefix
    | \bsk-[\w-]{16,}
    | \b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza|ya29\.)[\w./-]{12,}
    | (?<=Bearer\ )[\w.~+/-]{16,}=*
    | (?<=Basic\ )[\w+/]{12,}=*
    | (?<=://)[^\s:/@]+:[^\s/@]+(?=@)                # user and password in a URL
    """,
    re.VERBOSE,
)


def masked(value: Any) -> Any:
    """A JSON value with each credential replaced by text of the same form: `x` for letters and `0` for digits."""
    match value:
        case str():
            return _CREDENTIAL.sub(lambda found: _form(found[0]), value)
        case list():
            return [masked(element) for element in value]
        case dict():
            return {name: masked(inner) for name, inner in value.items()}
        case _:
            return value


def _form(text: str) -> str:
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "0", text))
