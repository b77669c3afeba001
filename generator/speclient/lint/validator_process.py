"""The process that runs openapi-spec-validator: a script, run by file name, that does not import speclient.

It reads {"root", "version", "files": {name: data}, "limit"} as JSON and writes one JSON object per line: `{"path",
"message"}` for each error, and finally `{"end": true}` or `{"crash": why}`. It reads no file and opens no connection
for a reference.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

# A host that cannot exist; relative references only join to URLs of a scheme that Python knows.
ORIGIN = "http://document.invalid/"
_MEMORY = 2 * 1024**3
_PATH = "speclient_path"


class _Files(dict[str, Any]):
    """Handlers for references: they serve every scheme, with the files from the input only."""

    def __init__(self, files: dict[str, Any]) -> None:
        super().__init__()
        self._files = files

    def __contains__(self, scheme: object) -> bool:
        return True

    def __getitem__(self, scheme: str) -> Callable[[str], Any]:
        return self._read

    def _read(self, uri: str) -> Any:
        if uri.startswith(ORIGIN):
            name = unquote(urlsplit(uri).path).lstrip("/")
            if name in self._files:
                return self._files[name]
        raise LookupError(f"the reference to {uri.removeprefix(ORIGIN)!r} was not followed")


class _Structure:
    """Validates the structure of a document: fast for valid documents, else by the path with better messages.

    jsonschema-rs reports no context of an error: any error in a response would be "not valid under any of the schemas".
    """

    def __init__(self, fast: Any) -> None:
        self._fast = fast

    def iter_errors(self, data: Any) -> Iterator[Any]:
        """Errors as jsonschema reports them."""
        validator_for: Any = importlib.import_module("jsonschema.validators").validator_for
        if not self._fast.is_valid(data):
            schema = self._fast.schema
            yield from validator_for(schema)(schema).iter_errors(data)


def _place_errors() -> None:
    """Add the path of the validated schema to each error, because the error itself has a path inside that schema."""
    from openapi_spec_validator.validation import keywords
    from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

    def placed(call: Callable[..., Iterator[Any]], suffix: list[Any]) -> Callable[..., Iterator[Any]]:
        @functools.wraps(call)
        def wrapper(self: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
            path = next((list(argument.parts) for argument in args if hasattr(argument, "parts")), [])
            for error in call(self, *args, **kwargs):
                known = (
                    error if isinstance(error, OpenAPIValidationError) else OpenAPIValidationError.create_from(error)
                )
                if not hasattr(known, _PATH):
                    setattr(known, _PATH, [*path, *suffix, *known.absolute_path])
                yield known

        return wrapper

    for found in list(vars(keywords).values()):
        if isinstance(found, type) and issubclass(found, keywords.KeywordValidator) and "__call__" in vars(found):
            suffix = ["default"] if issubclass(found, keywords.ValueValidator) else []
            setattr(found, "__call__", placed(vars(found)["__call__"], suffix))  # noqa: B010


def _told(error: Any) -> Any:
    """The most useful nested error: what the most likely branch of a choice lacks."""
    while error.context:
        branches: dict[Any, list[Any]] = {}
        for inner in error.context:
            branches.setdefault(inner.relative_schema_path[0], []).append(inner)
        # OpenAPI allows a reference by a choice of two branches; without `$ref`, the other branch is intended.
        meant = [
            each for each in branches.values() if not any("'$ref' is a required" in inner.message for inner in each)
        ]
        error = min(meant or list(branches.values()), key=lambda each: (len(each), -len(each[0].relative_path)))[0]
    return error


def _message(error: Any) -> str:
    text = str(error.message).splitlines()[0] if str(error.message) else str(error.validator)
    if isinstance(error.instance, (dict, list)):
        kind = "the object" if isinstance(error.instance, dict) else "the array"
        text = text.replace(repr(error.instance), kind)
    return text


def _validator(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    import openapi_spec_validator as library

    _place_errors()
    version = tuple(request["version"])
    base = {(3, 0): library.OpenAPIV30SpecValidator, (3, 1): library.OpenAPIV31SpecValidator}
    validator: Any = base.get(version, library.OpenAPIV32SpecValidator)
    members = {
        "resolver_handlers": _Files(request["files"]),
        "schema_validator": _Structure(validator.schema_validator),
    }
    guarded = type("Guarded", (validator,), members)
    root = request["root"]
    validator = guarded(request["files"][root], base_uri=ORIGIN + quote(root))
    for count, error in enumerate(validator.iter_errors()):
        if count >= request["limit"]:
            break
        told = _told(error)
        path = [*getattr(error, _PATH, error.absolute_path)]
        inside = list(told.absolute_path)[len(error.absolute_path) :]
        yield {"path": [*path, *inside], "message": _message(told)}


def main() -> None:
    """Validate one document. Every failure except a dead process ends with a line that reports it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))

    def say(line: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(line, default=str) + "\n")
        sys.stdout.flush()

    try:
        for line in _validator(json.load(sys.stdin)):
            say(line)
        say({"end": True})
    except BaseException as problem:
        say({"crash": f"{type(problem).__name__}: {str(problem)[:200]}"})


if __name__ == "__main__":
    main()
