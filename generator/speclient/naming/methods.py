"""Candidates for the name of a method, from the one that a person would write to the longest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from speclient.ir import Operation
from speclient.naming.words import singular, words

LONG: Final = 45
"""Names with more characters are replaced by the name that method and path give, if that is shorter."""

_NOISE: Final = frozenset({"api", "apis", "rest", "restful", "controller", "endpoint", "endpoints", "resource", "v"})
_VERSION = re.compile(r"v?\d+|v\d+(?:beta|alpha|p)\d*", re.IGNORECASE)
_ARTICLES: Final = frozenset({"a", "an", "the"})
_PREPOSITIONS: Final = frozenset({"for", "of", "in", "to", "by", "from", "with", "on", "at", "and", "or", "as", "into"})
_ACTIONS: Final = frozenset(
    [
        "abort",
        "accept",
        "acknowledge",
        "activate",
        "add",
        "analyze",
        "answer",
        "append",
        "apply",
        "approve",
        "archive",
        "assign",
        "attach",
        "authenticate",
        "authorize",
        "ban",
        "batch",
        "begin",
        "block",
        "bulk",
        "calculate",
        "call",
        "cancel",
        "capture",
        "change",
        "charge",
        "check",
        "claim",
        "clear",
        "clone",
        "close",
        "combine",
        "commit",
        "compare",
        "complete",
        "compute",
        "confirm",
        "connect",
        "convert",
        "copy",
        "count",
        "create",
        "deactivate",
        "decline",
        "decrypt",
        "delete",
        "deploy",
        "detach",
        "detect",
        "disable",
        "disconnect",
        "discover",
        "download",
        "duplicate",
        "edit",
        "enable",
        "encrypt",
        "end",
        "evaluate",
        "execute",
        "expire",
        "export",
        "extract",
        "fetch",
        "finalize",
        "find",
        "finish",
        "follow",
        "forward",
        "generate",
        "get",
        "grant",
        "hide",
        "import",
        "increment",
        "init",
        "initialize",
        "install",
        "invite",
        "invoke",
        "join",
        "kick",
        "leave",
        "like",
        "link",
        "list",
        "lock",
        "log",
        "login",
        "logout",
        "lookup",
        "mark",
        "merge",
        "modify",
        "move",
        "mute",
        "notify",
        "open",
        "parse",
        "pause",
        "pay",
        "pin",
        "ping",
        "play",
        "post",
        "predict",
        "preview",
        "process",
        "promote",
        "publish",
        "purge",
        "put",
        "query",
        "read",
        "rebuild",
        "recover",
        "refresh",
        "refund",
        "register",
        "reject",
        "release",
        "reload",
        "remove",
        "rename",
        "renew",
        "reopen",
        "replace",
        "reply",
        "report",
        "request",
        "resend",
        "reset",
        "resolve",
        "restart",
        "restore",
        "restrict",
        "resume",
        "retry",
        "revert",
        "review",
        "revoke",
        "rotate",
        "run",
        "save",
        "scan",
        "schedule",
        "search",
        "select",
        "send",
        "set",
        "share",
        "show",
        "sign",
        "simulate",
        "skip",
        "solve",
        "split",
        "start",
        "stop",
        "store",
        "submit",
        "subscribe",
        "suspend",
        "sync",
        "tag",
        "test",
        "toggle",
        "track",
        "transfer",
        "transform",
        "translate",
        "trigger",
        "unarchive",
        "unban",
        "unblock",
        "undelete",
        "undo",
        "unfollow",
        "uninstall",
        "unlink",
        "unlock",
        "unmute",
        "unpin",
        "unsubscribe",
        "update",
        "upgrade",
        "upload",
        "use",
        "validate",
        "verify",
        "view",
        "void",
        "vote",
        "withdraw",
        "write",
    ]
)
"""Verbs that services use as the last word of a path: `POST /runs/{id}/cancel`."""


def candidates(operation: Operation, group: str) -> tuple[str, ...]:
    """Names for the method of an operation: the first that is free in its group is used.

    Args:
        operation: the operation, without an explicit name.
        group: the name of its group.

    Returns:
        Words joined by underscores; each name but the first tells the operation apart from more others.
    """
    own = [singular(word) for word in group.split("_")]
    structural = _from_path(operation, own)
    spoken = _spoken(operation)
    if not spoken or _is_structural(spoken, operation):
        return structural
    by_id = _from_id(spoken, operation, own)
    if len(by_id[0]) > LONG and len(structural[0]) < len(by_id[0]):
        return (*structural, *by_id)
    return (*by_id, *structural[1:])


def path_words(path: str) -> list[list[str]]:
    """The words of each static segment of a path, without versions and words such as `api`."""
    segments: list[list[str]] = []
    for segment in path.split("/"):
        plain = re.sub(r"\{[^{}]*\}", " ", segment)
        plain = re.sub(r"\.(json|xml|php|html|do|action)$", "", plain)
        kept = [word for word in _lower(plain) if not is_noise(word)]
        if kept and re.search(r"[^\W_]", plain):
            segments.append(kept)
    return segments


def is_noise(word: str) -> bool:
    """Whether a word says nothing about an operation: a version, or `api`."""
    return word in _NOISE or _VERSION.fullmatch(word) is not None


def is_action(segment: Sequence[str]) -> bool:
    """Whether a segment of a path is a verb, with or without its object: `cancel`, `send_message`."""
    return bool(segment) and segment[0] in _ACTIONS


def _lower(text: str) -> list[str]:
    return [word.lower() for word in words(text.replace("OAuth", "Oauth"))] if re.search(r"[^\W_]", text) else []


# -- from the operationId ---------------------------------------------------------------------------------------------


def _spoken(operation: Operation) -> list[str]:
    """The words of the operationId, without what frameworks add to it."""
    if not operation.operation_id:
        return []
    spoken = _lower(operation.operation_id)
    method = operation.method.lower()
    slug = [*_lower(re.sub(r"\W", "_", operation.path)), method]
    if len(spoken) > len(slug) and spoken[-len(slug) :] == slug:
        spoken = spoken[: -len(slug)]
    while len(spoken) > 2 and spoken[-1].isdigit() and "using" in spoken:
        spoken = spoken[:-1]
    if len(spoken) > 2 and spoken[-2:] == ["using", method]:
        spoken = spoken[:-2]
    kept = [word for word in spoken if not is_noise(word) or (word.isdigit() and word == spoken[-1])]
    return [word for index, word in enumerate(kept) if not (word in _ARTICLES and index + 1 < len(kept))]


def _is_structural(spoken: Sequence[str], operation: Operation) -> bool:
    """Whether an operationId only repeats method and path."""
    available = Counter(singular(word) for word in _lower(re.sub(r"[{}]", " ", operation.path)))
    available.update([operation.method.lower(), "by", "and"])
    needed = Counter(singular(word) for word in spoken)
    return not needed - available and (
        spoken[0] == operation.method.lower() or spoken[-1] == operation.method.lower() or operation.method == "QUERY"
    )


def _from_id(spoken: Sequence[str], operation: Operation, group: Sequence[str]) -> tuple[str, ...]:
    long = "_".join(spoken)
    with_by = _without_group(spoken, group)
    short = _without_by(with_by, operation)
    candidates = [_tidy(short), _tidy(with_by), long]
    if not candidates[0]:
        # `search` in the group search stays; `events` in the group events becomes `list`.
        candidates[0] = long if is_action(spoken) else _verb(operation, plural=singular(spoken[-1]) != spoken[-1])
    return tuple(dict.fromkeys(name for name in candidates if name))


def _without_group(spoken: Sequence[str], group: Sequence[str]) -> list[str]:
    """The words without each occurrence of those of the group."""
    rest = list(spoken)
    plain = [singular(word) for word in rest]
    index, size = 0, len(group)
    while size and index + size <= len(rest):
        if plain[index : index + size] == list(group):
            del rest[index : index + size], plain[index : index + size]
        else:
            index += 1
    return rest


def _without_by(spoken: Sequence[str], operation: Operation) -> list[str]:
    """The words without `by_id` at the end, where the path says the same."""
    if "by" not in spoken[1:]:
        return list(spoken)
    start = len(spoken) - 1 - list(reversed(spoken)).index("by")
    named = {
        singular(word) for name in re.findall(r"\{([^{}]*)\}", operation.path) for word in (*_lower(name), "id", "and")
    }
    return list(spoken[:start]) if {singular(word) for word in spoken[start + 1 :]} <= named else list(spoken)


def _tidy(spoken: Sequence[str]) -> str:
    """A name without prepositions that lost their object."""
    rest = list(spoken)
    while rest and rest[-1] in _PREPOSITIONS:
        rest.pop()
    kept: list[str] = []
    for word in rest:
        if word in _PREPOSITIONS and (not kept or kept[-1] in _PREPOSITIONS):
            continue
        if kept and word == kept[-1]:
            continue
        kept.append(word)
    return "_".join(kept)


# -- from method and path ---------------------------------------------------------------------------------------------


def _from_path(operation: Operation, group: Sequence[str]) -> tuple[str, ...]:
    """`POST /runs/{id}/steps` in group steps gives create, create_for_run, create_by_id, create_runs_steps, ..."""
    segments = path_words(operation.path)
    ends_with_item = operation.path.rstrip("/").endswith("}")
    last = segments[-1] if segments else []
    context = segments[:-1]
    if last and not ends_with_item and is_action(last) and (operation.method != "GET" or len(last) > 1 or not context):
        verb, target = "", _tidy(_without_group(last, group)) or "_".join(last)
        if target in _PREPOSITIONS:
            target = "_".join(last)
    else:
        plural = bool(last) and singular(last[-1]) != last[-1]
        verb = _verb(operation, plural=plural and not ends_with_item, item=ends_with_item)
        rest = _without_group(last, group)
        if verb != "list" and rest:
            rest = [*rest[:-1], singular(rest[-1])]
        target = _tidy(rest)
    short = "_".join(part for part in (verb, target) if part)
    # The one of two updates that replaces everything, and the one that changes a part.
    exact = {"PUT": "replace", "PATCH": "patch"}.get(operation.method, verb) if verb == "update" else verb
    middle = "_".join(part for part in (exact, target) if part)
    near = _context(context, group)
    around = f"{middle}_for_{near}" if near else middle
    names = re.findall(r"\{([^{}]*)\}", operation.path)
    by = ["by", *[word for name in names for word in _lower(name)]] if names else []
    described = "_".join([middle, *by])
    long = "_".join([operation.method.lower(), *[word for segment in segments for word in segment], *by])
    listed = "_".join(part for part in (verb, "_".join(word for segment in segments for word in segment)) if part)
    return tuple(dict.fromkeys(name for name in (short, middle, around, described, listed, long) if name))


def _context(segments: Sequence[Sequence[str]], group: Sequence[str]) -> str:
    """The nearest object around the last segment that the group does not name."""
    for segment in reversed(segments):
        rest = _without_group(segment, group)
        if rest and not is_action(rest):
            return "_".join([*rest[:-1], singular(rest[-1])])
    return ""


def _verb(operation: Operation, *, plural: bool, item: bool = False) -> str:
    match operation.method:
        case "GET" if plural or (operation.pagination is not None and not item):
            return "list"
        case "POST":
            return "update" if item else "create"
        case "PUT" | "PATCH":
            return "update"
        case method:
            return method.lower()
