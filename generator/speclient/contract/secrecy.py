"""No error gives a credential away: not in its text, its repr, nor those of what caused it."""

from __future__ import annotations

from collections.abc import Iterator

from .client_call import Outcome, Raised
from .credentials import Credentials
from .findings import Finding
from .redaction import shortened


def judge_secrecy(operation: str, outcome: Outcome, credentials: Credentials) -> Iterator[Finding]:
    """Look for every credential in everything that the outcome shows when printed."""
    if not isinstance(outcome, Raised):
        return
    for error in _chain(outcome.error):
        shown = f"{error} {error!r} {getattr(error, 'violations', '')!r} {getattr(error, 'body_error', '')!r}"
        if credentials.shown_in(shown):
            got = shortened(credentials.redact(shown), 600)
            yield Finding(operation, "error.secret", "no credential in the error's text", got)
            return


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
