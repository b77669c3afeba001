"""Names of groups: the attributes of a client that hold its methods."""

from __future__ import annotations

import unicodedata

from speclient.ir import Operation
from speclient.naming.methods import is_action, is_noise, path_words
from speclient.naming.words import WINDOWS_DEVICES, snake, words


def group_word(operation: Operation, subject: str) -> str:
    """The name that a group should have, before conflicts.

    It is the one of `x-speclient`, else the first tag without words such as `api` and versions, else the first segment
    of the path. A tag that is a path is not a name. An operation whose path is a single verb belongs to the service.

    Args:
        operation: the operation.
        subject: the title of the document without generic words.
    """
    if operation.group is not None:
        return _module_word(snake(operation.group, "api"))
    tag = next((tag for tag in operation.tags if words(tag) and not any(sign in tag for sign in "/{}")), None)
    if tag is not None:
        return _module_word(_plain(tag))
    segments = path_words(operation.path)
    parameters = "{" in operation.path
    if not segments or (len(segments) == 1 and not parameters and is_action(segments[0])):
        return _module_word(_plain(subject))
    return _module_word(snake("_".join(segments[0]), "group"))


def _plain(text: str) -> str:
    kept = [word for word in words(text) if not is_noise(word.lower())]
    return snake(" ".join(kept) if kept else text, "group")


def _module_word(word: str) -> str:
    """A word for a module name: not a Windows device name, also with a superscript digit (`com¹`)."""
    plain = unicodedata.normalize("NFKC", word).lower()
    return f"{word}_" if plain in WINDOWS_DEVICES else word
