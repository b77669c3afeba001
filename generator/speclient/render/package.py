"""All files of a package, before they are formatted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speclient.ir import Api, Limitation, Schema
from speclient.models import Definition, ModelDef, plan_modules
from speclient.naming import Names
from speclient.render.clients import ClientView, client_view
from speclient.render.definitions import module_view
from speclient.render.dicts import dict_modules
from speclient.render.environment import Renderer
from speclient.render.errors import CORE_ERRORS, error_views
from speclient.render.escape import toml
from speclient.render.examples import Examples
from speclient.render.kinds import Name
from speclient.render.methods import group_views
from speclient.render.reference import reference_view
from speclient.render.runtime_modules import export_views, has_oauth2, runtime_files
from speclient.render.tests import test_views
from speclient.render.webhooks import webhook_views
from speclient.report import generation_report, operations_table


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file of a package: path below the package's project, with `/`, and content."""

    path: str
    content: bytes
    by_user: bool = False
    """Whether it comes from a user's template, which may write what the allow-list does not contain."""

    @property
    def is_test(self) -> bool:
        """Whether it is a test of the package."""
        return self.path.startswith("tests/")

    @property
    def is_generated_python(self) -> bool:
        """Whether it is Python from a template of the project; the runtime in `_core` is not."""
        return self.path.endswith(".py") and "/_core/" not in self.path and not self.is_test and not self.by_user


# Git then gives every checkout the files as they were generated, on Windows too.
_GIT_ATTRIBUTES = GeneratedFile(".gitattributes", b"* text=auto eol=lf\n")


def render_package(  # noqa: PLR0913, PLR0915
    bundled: Any,
    api: Api,
    names: Names,
    definitions: Mapping[str, Definition],
    limitations: Sequence[Limitation],
    version: str,
    templates: Path | None = None,
    allowed_variables: Collection[str] = (),
    *,
    tests: bool = False,
) -> tuple[GeneratedFile, ...]:
    """Every file of the package's project.

    Args:
        bundled: the document as JSON data without references to other files; it goes into the package.
        api: the ir.
        names: all names.
        definitions: the models, by schema id.
        limitations: for the generation report.
        version: of the package.
        templates: a folder of templates that replace those of the same name.
        allowed_variables: environment variables of other programs that the package may read.
        tests: whether to write tests of the package.

    Raises:
        FatalError: SC303, a user's template can't be rendered.
    """
    renderer = Renderer(templates)
    files: list[GeneratedFile] = []

    def add(path: str, template: str, **views: Any) -> None:
        text = renderer.render(template, **views)
        files.append(GeneratedFile(path, text.encode(), renderer.is_by_user(template)))

    def add_text(path: str, text: str) -> None:
        files.append(GeneratedFile(path, text.encode()))

    package = names.package
    schemas: dict[str, Schema] = {schema.id: schema for schema in api.schemas}
    groups = group_views(api, names, schemas)
    errors = error_views(api, names, schemas)
    client = client_view(api, names, version, allowed_variables)
    webhooks = webhook_views(api, names, schemas)
    modules = [module_view(module) for module in plan_modules(definitions)]
    dicts = dict_modules(api, names, schemas, modules)
    core_errors = tuple(Name(name) for name in CORE_ERRORS)
    add(
        f"{package}/__init__.py",
        "init.py.jinja",
        client=client,
        errors=errors,
        core_errors=core_errors,
        exports=export_views(api, groups),
        submodules=tuple(map(Name, ("errors", "models", "types") if dicts else ("errors", "models"))),
    )
    add(f"{package}/_client.py", "client.py.jinja", client=client, groups=groups, has_oauth2=has_oauth2(api))
    add(f"{package}/_async_client.py", "async_client.py.jinja", client=client, groups=groups)
    add(f"{package}/errors.py", "errors.py.jinja", errors=errors, core_errors=core_errors)
    if dicts:
        add(f"{package}/types/__init__.py", "types_init.py.jinja", modules=dicts)
    for dict_module in dicts:
        add(f"{package}/types/{dict_module.name}.py", "types_module.py.jinja", module=dict_module)
    if webhooks:
        add(f"{package}/webhooks.py", "webhooks.py.jinja", webhooks=webhooks)
    add(f"{package}/_operations/__init__.py", "operations_init.py.jinja")
    add(f"{package}/_operations/_errors.py", "operations_errors.py.jinja")
    for group in groups:
        add(f"{package}/_operations/{group.attribute}.py", "operations.py.jinja", group=group)
    for folder, asynchronous in (("resources", False), ("async_resources", True)):
        add(f"{package}/{folder}/__init__.py", "resources_init.py.jinja", asynchronous=asynchronous)
        for group in groups:
            add(f"{package}/{folder}/{group.attribute}.py", "resource.py.jinja", group=group, asynchronous=asynchronous)
    add(f"{package}/models/__init__.py", "models_init.py.jinja", modules=modules)
    for module in modules:
        add(f"{package}/models/{module.name}.py", "models_module.py.jinja", module=module)
    description = toml(f"Client of {api.title}")
    add("pyproject.toml", "pyproject.toml.jinja", client=client, description=description, tests=tests)
    fields = {
        schema_id: [field.name for field in definition.fields]
        for schema_id, definition in definitions.items()
        if isinstance(definition, ModelDef)
    }
    examples = Examples(api, names, fields)
    if tests:
        classes = {definition.name for definition in definitions.values() if isinstance(definition, ModelDef)}
        add("tests/conftest.py", "tests/conftest.py.jinja", package=package)
        for view in test_views(api, names, groups, examples, classes):
            add(f"tests/test_{view.group}.py", "tests/test_group.py.jinja", view=view)
    reference = reference_view(api, names, groups, examples)
    add("README.md", "README.md.jinja", client=client, errors=errors, reference=reference)
    add("REFERENCE.md", "REFERENCE.md.jinja", client=client, reference=reference)
    add_text(f"{package}/py.typed", "")
    values = {
        operation.key: None if examples.missing(operation) is not None else examples.arguments(operation)
        for operation in api.operations
    }
    table = operations_table(api, names, limitations, values, _variables(client))
    add_text(f"{package}/_spec/operations.json", _json(table))
    add_text(f"{package}/_spec/openapi.json", _json(bundled))
    add_text("report.json", _json(generation_report(api, limitations)))
    core = runtime_files(api, groups, client)
    files += [GeneratedFile(f"{package}/_core/{name}", content) for name, content in core.items()]
    return tuple(sorted([_GIT_ATTRIBUTES, *files], key=lambda file: file.path))


def _variables(client: ClientView) -> dict[str, str | None]:
    """Argument of the constructor -> environment variable that it is read from."""
    return {
        **{view.name: view.variable for view in client.credentials},
        **{view.argument: view.variable for view in client.variables},
        "base_url": client.base_url_variable,
    }


def _json(value: Any) -> str:
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:  # Half of a surrogate pair: JSON can escape it, UTF-8 has no form for it.
        text = json.dumps(value, indent=1) + "\n"
    return text
