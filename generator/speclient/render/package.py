"""All files of a package, as text, before they are formatted."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jinja2

from speclient.build.indexes import degraded_operations, refused_count
from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity
from speclient.document import Document, bundle
from speclient.ir import Api, Limitation, Operation, Schema
from speclient.models import Definition, ModelDef, plan_modules
from speclient.naming import Names
from speclient.render.clients import client_view
from speclient.render.definitions import module_view
from speclient.render.errors import CORE_ERRORS, error_tree, error_views
from speclient.render.escape import address, docstring, literal, markdown, one_line, toml
from speclient.render.examples import Examples
from speclient.render.methods import (
    STREAMED,
    ArgumentView,
    GroupView,
    group_views,
    stream_names,
    wait_names,
    webhook_views,
)
from speclient.render.reference import reference_view


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file of a package: path below the package's project, with `/`, and content."""

    path: str
    content: bytes
    by_user: bool = False
    """Whether a template of the user's made it, who may write what the allow-list doesn't know."""


# Git then gives every checkout the files as they were generated, on Windows too.
_GIT_ATTRIBUTES = GeneratedFile(".gitattributes", b"* text=auto eol=lf\n")

RUNTIME_NAMES: tuple[tuple[str, str], ...] = (
    ("_auth", "Token"), ("_clock", "AsyncClock"), ("_clock", "Clock"),
    ("_model", "MissingPropertyError"),
    ("_options", "CallOptions"), ("_options", "Config"), ("_raw", "AsyncStreamedResponse"), ("_report", "Report"),
    ("_raw", "Response"), ("_raw", "StreamedResponse"), ("_retry", "Retry"), ("_tracing", "AsyncTracing"),
    ("_tracing", "Tracing"), ("_transport", "AsyncTransport"), ("_transport", "Transport"),
)  # fmt: skip
"""What of the runtime stands in the package's face, besides errors: module and name."""


def _signature(asynchronous: bool, arguments: Sequence[ArgumentView], options: str = "CallOptions") -> str:
    parts = ["self"]
    starred = False
    streamed = f"{STREAMED} | AsyncIterator[bytes]" if asynchronous else STREAMED
    for argument in arguments:
        if not argument.positional and not starred:
            parts.append("*")
            starred = True
        annotation = argument.annotation.replace(STREAMED, streamed)
        parts.append(f"{argument.name}: {annotation}" + (f" = {argument.default}" if argument.default else ""))
    return ", ".join([*parts, f"**options: Unpack[{options}]"])


def _environment(templates: Path | None) -> jinja2.Environment:
    own = jinja2.PackageLoader("speclient", "templates/package")
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(templates), own]) if templates is not None else own,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def render_package(
    document: Document,
    api: Api,
    names: Names,
    definitions: Mapping[str, Definition],
    limitations: Sequence[Limitation],
    version: str,
    templates: Path | None = None,
    allowed_variables: Collection[str] = (),
) -> tuple[GeneratedFile, ...]:
    """Every file of the package's project.

    Args:
        document: goes into the package as data, one file that needs no other.
        api: the ir.
        names: all names.
        definitions: the models, by schema id.
        limitations: the generation report.
        version: of the package.
        templates: a folder whose templates stand in for those of the same name.
        allowed_variables: environment variables of other programs that the package may read.

    Raises:
        FatalError: SC303, a template of the user's can't be rendered.
    """
    schemas: dict[str, Schema] = {schema.id: schema for schema in api.schemas}
    modules = plan_modules(definitions)
    groups = group_views(api, names, schemas)
    errors = error_views(api, names, schemas)
    client = client_view(api, names, allowed_variables)
    environment = _environment(templates)
    package = names.package
    files: dict[str, str] = {}

    by_user: set[str] = set()

    def add(path: str, template: str, **values: Any) -> None:
        try:
            files[path] = environment.get_template(template).render(**values)
        except jinja2.TemplateError as problem:
            place = (
                Location((templates / template).as_posix(), "", getattr(problem, "lineno", None)) if templates else None
            )
            raise FatalError(
                Diagnostic("SC303", Severity.ERROR, f"{template}: {problem}", place, CODES["SC303"].hint)
            ) from None
        if templates is not None and (templates / template).is_file():
            by_user.add(path)

    oauth2 = any(scheme.kind == "oauth2" for scheme in api.security_schemes)
    runtime = [*RUNTIME_NAMES, *([("_oauth2", "ClientCredentials")] if oauth2 else [])]
    if stream_names(api, names):
        runtime.append(("_events", "Event"))
    tree = error_tree(errors)
    public = [
        names.client,
        f"Async{names.client}",
        *(name for _, name in runtime),
        "errors",
        "models",
        "to_jsonable",
        "__version__",
        *_error_names(errors),
    ]
    summary = one_line(api.summary or api.description or api.title, 160)
    add(
        f"{package}/__init__.py",
        "init.py.jinja",
        doc=docstring(f"Client of {one_line(api.title, 100)}: see `{names.client}`.", 0),
        client=names.client,
        errors=_error_names(errors),
        public=sorted(public),
        runtime=runtime,
    )
    for path, template in (("_client.py", "client.py.jinja"), ("_async_client.py", "async_client.py.jinja")):
        add(
            f"{package}/{path}",
            template,
            title_comment=one_line(api.title, 80).replace('"', "'").replace("\\", "/"),
            version=version,
            package=package,
            distribution=names.distribution,
            client=names.client,
            groups=groups,
            quoted=literal,
            **client,
        )
    core = [name for name in CORE_ERRORS if name not in {view.name for view in errors}]
    add(
        f"{package}/errors.py",
        "errors.py.jinja",
        core=core,
        errors=errors,
        all=_error_names(errors),
        uses_models=any("models." in view.body for view in errors),
        tree="\n".join(f"    {line}" for line in tree.split("\n")),
    )
    hooks = webhook_views(api, names, schemas)
    if hooks:
        add(f"{package}/webhooks.py", "webhooks.py.jinja", hooks=hooks)
    files[f"{package}/resources/__init__.py"] = '"""Operations, in groups."""\n'
    files[f"{package}/async_resources/__init__.py"] = '"""Operations of the asynchronous client, in groups."""\n'
    for group in groups:
        for folder, asynchronous in (("resources", False), ("async_resources", True)):
            add(
                f"{package}/{folder}/{group.attribute}.py",
                "resource.py.jinja",
                group=group,
                signature=partial(_signature, asynchronous),
                asynchronous=asynchronous,
                prefix="Async" if asynchronous else "",
                define="async def" if asynchronous else "def",
                wait="await " if asynchronous else "",
            )
    listed = [{"name": module.name, "names": sorted(d.name for d in module.definitions)} for module in modules]
    add(f"{package}/models/__init__.py", "models_init.py.jinja", modules=listed)
    for module in modules:
        add(f"{package}/models/{module.name}.py", "models_module.py.jinja", module=module_view(module))
    add(
        "pyproject.toml",
        "pyproject.toml.jinja",
        distribution=names.distribution,
        package=package,
        version=version,
        description=toml(f"Client of {api.title}"),
    )
    fields = {
        key: [field.name for field in made.fields] for key, made in definitions.items() if isinstance(made, ModelDef)
    }
    examples = Examples(api, names, fields)
    readme = _readme(api, names, client, tree, summary) | {"reference": reference_view(api, names, groups, examples)}
    add("README.md", "README.md.jinja", **readme)
    add("REFERENCE.md", "REFERENCE.md.jinja", **readme)
    files[f"{package}/py.typed"] = ""
    files[f"{package}/_spec/operations.json"] = _json(
        operations_table(api, names, limitations, examples, _variables(client))
    )
    files[f"{package}/_spec/openapi.json"] = _json(bundle(document))
    files["report.json"] = _json(generation_report(api, limitations))
    made = [_GIT_ATTRIBUTES, *(GeneratedFile(path, text.encode(), path in by_user) for path, text in files.items())]
    made += _core_files(package, _unused(api, groups, hooks=bool(hooks), oauth2=oauth2, links=client["links"]))
    return tuple(sorted(made, key=lambda file: file.path))


def _unused(api: Api, groups: Sequence[GroupView], *, hooks: bool, oauth2: bool, links: bool) -> set[str]:
    """Modules of the runtime for what the document does not have."""
    methods = [method for group in groups for method in group.methods]
    polls = any(method.polling for method in methods)
    bodies = [operation.body for operation in api.operations if operation.body is not None]
    features = {
        "_links.py": links,
        "_async_links.py": links,
        "_forms.py": any(media.kind in ("form", "multipart") for body in bodies for media in body.media),
        "_webhooks.py": hooks,
        "_oauth2.py": oauth2,
        "_pagination.py": polls or any(method.pagination for method in methods),
        "_polling.py": polls,
        "_events.py": any(method.stream for method in methods),
        "_streams.py": any(method.stream for method in methods),
    }
    return {name for name, used in features.items() if not used}


def _core_files(package: str, without: set[str]) -> list[GeneratedFile]:
    """The runtime, byte for byte; modules of features that the document does not have stay away."""
    folder = importlib.resources.files("speclient") / "runtime"
    return [
        GeneratedFile(f"{package}/_core/{entry.name}", entry.read_bytes())
        for entry in folder.iterdir()
        if entry.name.endswith(".py") and entry.name not in without
    ]


def _error_names(errors: Sequence[Any]) -> list[str]:
    return sorted({*CORE_ERRORS, *(view.name for view in errors)})


def _readme(api: Api, names: Names, client: Mapping[str, Any], tree: str, summary: str) -> dict[str, Any]:
    read = [*(view.variable for view in (*client["credentials"], *client["variables"])), client["base_url_variable"]]
    variables = [f"`{variable}`" for variable in read if variable is not None]
    options = [f"`{argument.name}`" for argument in client["credentials"]]
    options += [f"`{variable.argument}`" for variable in client["variables"]]
    options += [
        "`base_url`",
        "the options of `_core/_options.py` (`timeout`, `deadline`, `max_retries`, `policy`, `on_violation`, "
        "`http_client`, `transport`, `middleware`, `clock`, `config`)",
    ]
    return {
        "distribution": names.distribution,
        "package": names.package,
        "client": names.client,
        "description": markdown(summary),
        "pages": [shown for page in api.pages if (shown := address(page))],
        "arguments": f"{', '.join(options[:-1])} and {options[-1]}",
        "variables": " and ".join(filter(None, [", ".join(variables[:-1]), *variables[-1:]])),
        "error_text": "All errors are below `APIError`; their messages hold no body and no credential.",
        "tree": tree,
        "links": client["links"],
        "retries": "up to twice",
    }


def _variables(client: Mapping[str, Any]) -> dict[str, str | None]:
    """Argument of the constructor -> environment variable that it is read from."""
    return {
        **{view.name: view.variable for view in client["credentials"]},
        **{view.argument: view.variable for view in client["variables"]},
        "base_url": client["base_url_variable"],
    }


def operations_table(
    api: Api, names: Names, limitations: Sequence[Limitation], examples: Examples, variables: Mapping[str, str | None]
) -> dict[str, Any]:
    """Operation to method, for tools that read a package (`_spec/operations.json`)."""
    degraded = degraded_operations(api, limitations)
    waits, streams = wait_names(api, names), stream_names(api, names)
    return {
        "package": names.package,
        "client": names.client,
        "environment": names.environment,
        "credentials": {scheme: dict(parts) for scheme, parts in names.credentials.items()},
        "variables": dict(variables),
        "operations": [
            _operation_row(operation, names, degraded, waits, streams)
            | {"example": None if examples.missing(operation) is not None else examples.arguments(operation)}
            for operation in api.operations
        ],
    }


def _operation_row(
    operation: Operation, names: Names, degraded: frozenset[str], waits: Mapping[str, str], streams: Mapping[str, str]
) -> dict[str, Any]:
    own = names.operations[operation.key]
    body = operation.body
    return {
        "method": operation.method,
        "path": operation.path,
        "operationId": operation.operation_id,
        "call": f"{own.group}.{own.method}",
        "parameters": [
            {"in": made.place, "name": made.name, "argument": own.arguments[(made.place, made.name)]}
            for made in operation.parameters
        ],
        "body": {"argument": "body", "mediaTypes": [media.name for media in body.media]} if body is not None else None,
        "answers": [answer.status for answer in operation.responses],
        "security": [list(requirement) for requirement in operation.security],
        "pages": operation.pagination is not None,
        "stream": f"{own.group}.{streams[operation.key]}" if operation.key in streams else None,
        "wait": f"{own.group}.{waits[operation.key]}" if operation.key in waits else None,
        "status": "degraded" if operation.key in degraded else "emitted",
    }


def generation_report(api: Api, limitations: Sequence[Limitation]) -> dict[str, Any]:
    """What became of each operation, and every place where the package says less than the document."""
    degraded = degraded_operations(api, limitations)
    unparsed = refused_count(limitations, webhooks=True)
    emitted = [operation.key for operation in api.operations if operation.key not in degraded]
    return {
        "operations": {
            "emitted": len(emitted),
            "degraded": len(api.operations) - len(emitted),
            "refused": refused_count(limitations),
        },
        **({"webhooks": {"emitted": len(api.webhooks), "refused": unparsed}} if api.webhooks or unparsed else {}),
        "degraded": sorted(degraded),
        "entries": [
            {
                "kind": limitation.kind.value,
                "owner": limitation.owner,
                "pointer": limitation.location.pointer,
                "why": limitation.why,
            }
            for limitation in limitations
        ],
        **({"pagination": pages} if (pages := pagination_table(api)) else {}),
    }


def pagination_table(api: Api) -> list[dict[str, Any]]:
    """How the pages of each operation that has some follow each other, and what says so."""
    return [
        {
            "operation": operation.key,
            "kind": operation.pagination.kind,
            "inferred": operation.pagination.inferred,
            "evidence": list(operation.pagination.evidence),
        }
        for operation in api.operations
        if operation.pagination is not None
    ]


def _json(value: Any) -> str:
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:  # Half of a surrogate pair: JSON can escape it, UTF-8 has no form for it.
        text = json.dumps(value, indent=1) + "\n"
    return text
