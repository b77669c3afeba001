"""A generated package, taken by its public face and its table of methods, and by nothing else of it."""

from __future__ import annotations

import importlib
import json
import operator
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urljoin

from .credentials import Credential, Credentials, credential, made_up
from .findings import Finding
from .jsontypes import Json, as_array, as_json, as_object, as_text
from .operations import Operation, ParameterKey, operations, same_key, security_schemes, servers
from .source import Document, load_document, parse_document


class PackageError(LookupError):
    """The package does not exist, or lacks a part of every generated package."""


@dataclass(frozen=True)
class Method:
    """One row of the package's table.

    The operation, the dotted method, and the argument of each parameter.
    """

    operation: Operation
    call: str
    arguments: Mapping[ParameterKey, str]
    body_argument: str | None
    status: str
    body_properties: Mapping[str, str] = field(default_factory=dict[str, str])
    """Argument -> wire name of the property of an object body that it stands for."""
    stream: str = ""
    """The dotted method that reads the response item by item."""
    wait: str = ""
    """The dotted method that waits for a terminal state."""

    def argument(self, key: ParameterKey) -> str | None:
        """The name of the method's argument for this parameter; None if it has none."""
        return next((name for each, name in self.arguments.items() if same_key(each, key)), None)


@dataclass(frozen=True)
class Package:
    """An imported package with the document that it is judged by."""

    module: ModuleType
    document: Document
    table: Mapping[str, Json]

    @property
    def name(self) -> str:
        """The import name."""
        return self.module.__name__

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        """The methods that were emitted, in the document's order."""
        return tuple(_method(operation, row) for operation, row in self._rows() if row is not None)

    @cached_property
    def server(self) -> str:
        """The base URL of calls; clients get one where the document has no complete URL."""
        url = servers(self.document)[0]
        return url if self._has_server else f"https://contract.test{url if url.startswith('/') else ''}".rstrip("/")

    def server_of(self, operation: Operation) -> str:
        """The base URL of the calls of an operation: its own servers take precedence over those of the document."""
        return (
            urljoin(f"{self.server}/", operation.servers[0]) if operation.servers and self._has_server else self.server
        )

    @property
    def _has_server(self) -> bool:
        return servers(self.document)[0].startswith(("http://", "https://"))

    def exports(self, name: str) -> bool:
        """Whether the package has a public name."""
        return hasattr(self.module, name)

    def error(self, name: str) -> type[Exception]:
        """The exported exception of this name."""
        kind: object = getattr(self.module, name, None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise PackageError(f"{self.name} exports no exception {name}")
        return kind

    @cached_property
    def models(self) -> ModuleType:
        """The module of the models."""
        return importlib.import_module(f"{self.name}.models")

    def function(self, method: Method, *, asynchronous: bool = False) -> Callable[..., Any]:
        """The function of a method, as its class defines it."""
        client = self.client(self.accepted(made_up(self.document)), asynchronous=asynchronous)
        function: Callable[..., Any] = operator.attrgetter(method.call)(client)
        return function

    def to_jsonable(self, value: object) -> object:
        """A result as plain JSON data, by the package's own function."""
        convert: Callable[[object], object] = self.module.to_jsonable
        return convert(value)

    def client(
        self, credentials: Credentials, *, asynchronous: bool = False, defaults: bool = False, **settings: object
    ) -> Any:
        """A client with all credentials that its constructor takes.

        Strict and without retries, unless `settings` say otherwise, or `defaults` leaves both to the package.
        """
        name = as_text(self.table.get("client"))
        factory: Callable[..., Any] = getattr(self.module, f"Async{name}" if asynchronous else name)
        # A tolerant client returns what the judges expect to be refused.
        plain: dict[str, object] = {} if defaults else {"max_retries": 0, "policy": "strict"}
        if not self._has_server:
            plain["base_url"] = self.server
        return factory(**{**self._arguments(credentials), **plain, **settings})

    def accepted(self, credentials: Credentials) -> Credentials:
        """Those of `credentials` that the constructor has arguments for.

        Schemes that share an argument have one secret.
        """
        schemes, given, found = security_schemes(self.document), dict[str, str](), list[Credential]()
        for each in credentials.each:
            table = as_object(as_object(self.table.get("credentials")).get(each.scheme))
            parts = {
                part: given.setdefault(as_text(table[part]), value)
                for part, value in each.parts.items()
                if part in table
            }
            if parts:
                found.append(credential(each.scheme, schemes[each.scheme], {**each.parts, **parts}))
        return Credentials(tuple(found))

    def variables(self) -> dict[str, dict[str, str]] | None:
        """Scheme -> part -> environment variable that the client reads; None if the table has none of them."""
        if "variables" not in self.table:
            return None
        variables, schemes = as_object(self.table["variables"]), as_object(self.table.get("credentials"))
        return {
            scheme: {part: as_text(variable) for part, name in as_object(parts).items()
                     if (variable := variables.get(as_text(name)))}
            for scheme, parts in schemes.items()
            if scheme in security_schemes(self.document)
        }  # fmt: skip

    def judge_table(self) -> Iterator[Finding]:
        """Every operation of the document has its row, and every parameter and body its argument."""
        for operation, row in self._rows():
            if row is None:
                yield Finding(operation.name, "table.operation", "a row in operations.json", "none")
                continue
            method = _method(operation, row)
            for parameter in method.operation.parameters:
                if method.argument(parameter.key) is None:
                    yield Finding(operation.name, "table.argument", f"an argument for the {parameter.key}", "none")
            if operation.body is not None and method.body_argument is None:
                yield Finding(operation.name, "table.argument", "an argument for the body", "none")

    @cached_property
    def enums(self) -> tuple[type[Enum], ...]:
        """The enumerations that the package exports."""
        exported = (getattr(self.module, name, None) for name in getattr(self.module, "__all__", ()))
        return tuple(each for each in exported if isinstance(each, type) and issubclass(each, Enum))

    def _rows(self) -> Iterator[tuple[Operation, dict[str, Json] | None]]:
        rows = {
            (as_text(row.get("method")).upper(), as_text(row.get("path"))): row
            for row in map(as_object, as_array(self.table.get("operations")))
        }
        for operation in operations(self.document):
            yield operation, rows.get((operation.method, operation.path))

    def parts(self, given: Credential) -> dict[str, str]:
        """The arguments of the constructor for a credential, with their values."""
        table = as_object(as_object(self.table.get("credentials")).get(given.scheme))
        return {as_text(argument): given.parts[part] for part, argument in table.items() if part in given.parts}

    def arguments_of_credentials(self) -> list[str]:
        """The arguments of the constructor for credentials."""
        table = as_object(self.table.get("credentials"))
        names = dict.fromkeys(as_text(name) for parts in table.values() for name in as_object(parts).values())
        return [name for name in names if not name.startswith("client_")]

    def _arguments(self, credentials: Credentials) -> dict[str, str]:
        return {name: value for each in credentials.each for name, value in self.parts(each).items()}


def load_package(name: str, *, path: Path | str | None = None, spec: Path | str | None = None) -> Package:
    """Import the generated package `name`, from the folder `path` if given.

    `spec` is the document as its author wrote it. Without it the package's own copy is taken, which cannot
    show that the generator misread the original. Raises `PackageError`, or `DocumentError` for the
    document.
    """
    if path is not None and str(path) not in sys.path:
        sys.path.insert(0, str(path))
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise PackageError(f"{name}: the package cannot be imported: {type(error).__name__}: {error}") from error
    try:
        data = resources.files(module) / "_spec"
        table = as_json(json.loads((data / "operations.json").read_text(encoding="utf-8")))
        copy = (data / "openapi.json").read_text(encoding="utf-8")
    except (OSError, TypeError, ValueError):
        raise PackageError(f"{name}: speclient did not generate this package: it has no table of operations") from None
    document = load_document(spec) if spec is not None else parse_document(copy, name=f"{name}/_spec/openapi.json")
    return Package(module, document, as_object(table))


def _method(operation: Operation, row: Mapping[str, Json]) -> Method:
    rows = [*map(as_object, as_array(row.get("parameters")))]
    body = as_object(row.get("body"))
    if as_text(row.get("status")) == "degraded":
        # The generation report lists the parameters that cannot be sent.
        sent = {ParameterKey(as_text(each.get("in")), as_text(each.get("name"))) for each in rows}
        parameters = tuple(each for each in operation.parameters if any(same_key(each.key, key) for key in sent))
        operation = replace(operation, parameters=parameters)
    return Method(
        operation=operation,
        call=as_text(row.get("call")),
        arguments={
            ParameterKey(as_text(each.get("in")), as_text(each.get("name"))): as_text(each.get("argument"))
            for each in rows
        },
        body_argument=as_text(body.get("argument")) or None,
        status=as_text(row.get("status"), "emitted"),
        body_properties={name: as_text(wire) for name, wire in as_object(body.get("properties")).items()},
        stream=as_text(row.get("stream")),
        wait=as_text(row.get("wait")),
    )
