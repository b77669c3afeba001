"""A program that repeats a call on a scripted service, for findings."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from ..arguments import Arguments
from ..jsontypes import as_text
from ..package import Method, Package

_SERVICE = """\
def respond(request):
    print(request.method, request.url, request.content)
    reply = replies[0] if len(replies) == 1 else replies.pop(0)
    if isinstance(reply, Exception):
        raise reply
    status, headers, content = reply
    return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(content), request=request)
"""


def program(
    package: Package,
    method: Method,
    arguments: Arguments,
    replies: Sequence[tuple[int, Sequence[tuple[str, str]], bytes] | Exception],
    options: Mapping[str, Any],
    *,
    asynchronous: bool,
    extra: Mapping[str, Any] | None = None,
) -> str:
    """The program as Python source; empty if an argument or an option has no source text.

    Args:
        package: the tested package.
        method: that is called.
        arguments: of the call.
        replies: status, headers and body of each response, or an exception of httpx2; the last one is repeated.
        options: of the client.
        asynchronous: which client is called.
        extra: further arguments by name.
    """
    named = {str(method.argument(key)): value for key, value in arguments.values.items()}
    if arguments.body_type is not None:
        named[str(method.body_argument)] = arguments.body
    named |= extra or {}
    options = {name: value for name, value in options.items() if name != "clock"}
    if not all(map(_has_source, (*named.values(), *options.values()))):
        return ""
    client = f"{'Async' if asynchronous else ''}{as_text(package.table.get('client'))}"
    credentials = {name: f"the-{name}" for name in package.arguments_of_credentials()}
    settings = _arguments({**credentials, **options})
    settings += ", transport=httpx2.MockTransport(respond)"
    call = f"client.{method.call}({_arguments(named)})"
    lines = [
        *(["import asyncio", ""] if asynchronous else []), "import httpx2", f"from {package.name} import {client}", "",
        "replies = [", *(f"    {_reply(reply)}," for reply in replies), "]", "", "", _SERVICE, "",
        f"client = {client}({settings})",
        f"print(asyncio.run({call}))" if asynchronous else f"print({call})",
    ]  # fmt: skip
    return "\n".join(lines)


def _reply(reply: tuple[int, Sequence[tuple[str, str]], bytes] | Exception) -> str:
    if isinstance(reply, Exception):
        return f"httpx2.{type(reply).__name__}({str(reply)!r})"
    status, headers, content = reply
    return f"({status}, {list(headers)!r}, {content!r})"


def _arguments(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


def _has_source(value: object) -> bool:
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
