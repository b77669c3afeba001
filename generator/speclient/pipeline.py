"""The order of the stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speclient.config import Settings
from speclient.diagnostics import Diagnostic, Location, Severity, Sink
from speclient.outcome import Outcome
from speclient.stages import Stages

if TYPE_CHECKING:
    from speclient.document import Document
    from speclient.ir import Api

__all__ = ["Outcome", "check", "generate", "inspect"]


def check(spec: Path, settings: Settings) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a document, located.

    Raises:
        FatalError: it can't be read.
    """
    from speclient.document.locate import located
    from speclient.lint import lint

    sink = Sink(settings.levels)
    document = load_document(spec, settings, sink)
    with located(document):
        lint(document, sink)
    return sink.located(document.locate)


def generate(  # noqa: PLR0915 - one list of all stages, in their order
    spec: Path,
    settings: Settings,
    *,
    write: bool = True,
    force: bool = False,
    again: bool = False,
    taken: Collection[Path] = (),
) -> Outcome:
    """Generate the package of one document.

    Args:
        spec: the document.
        settings: of the run.
        write: False to compare only (`--check`).
        force: overwrite files that were changed by hand.
        again: generate although nothing changed.
        taken: folders of packages that this run generated from other documents.

    Raises:
        FatalError: the document can't be read, or the output not be written; nothing was changed then.
    """
    stages, sink, output = Stages(), Sink(settings.levels), Path(settings.output)
    templates = Path(settings.templates) if settings.templates is not None else None
    with stages.stage("compare input"):
        from speclient.publish.lock import Lock, LockedDocument, digest, document_path, read_lock
        from speclient.publish.packages import GENERATOR, inputs_of, package_of, refuse_taken, up_to_date
        from speclient.publish.staging import clean_leftovers

        if templates is not None:
            from speclient.render.template_folder import check_templates

            check_templates(templates)
        if write:
            clean_leftovers(output)
        if not again and (current := up_to_date(spec, output, settings.fingerprint())) is not None:
            return Outcome(spec.as_posix(), (), current, unchanged=True)
    with stages.stage("load"):
        document = load_document(spec, settings, sink)
    with stages.stage("build"):
        api = build(document, settings, sink)
    with stages.stage("names"):
        from speclient.naming import choose_names, package_version, read_name_lock, report_variables

        before = package_of(spec, output)
        known = read_lock(before) if before is not None else None
        memory = read_name_lock(known.names if known else None)
        names = choose_names(api, sink, package=settings.package, memory=memory)
        place = (document.root.get("info") or document.root).location
        report_variables(api, names, settings.allow_variables, place, sink)
        version = settings.package_version or package_version(api.version)
    with stages.stage("claim folder"):
        from speclient.build.indexes import degraded_operations, refused_count
        from speclient.publish.symbols import SymbolChanges, changed_sources, read_sources, symbol_changes
        from speclient.publish.write import compare, refuse_other_document
        from speclient.publish.write import write as write_package
        from speclient.report import report_empty

        refused = refused_count(api.limitations)
        if not api.operations and not api.webhooks:
            report_empty((document.root.get("paths") or document.root).location, sink, refused)
            return Outcome(
                spec.as_posix(), sink.located(document.locate), counts=(0, 0, refused), timings=stages.timings
            )
        folder = output / names.distribution
        refuse_taken(spec, folder, taken)
        locked = LockedDocument(document_path(spec, folder), api.title)
        if not force:
            # Before all the work; it is checked again when the package is written.
            refuse_other_document(folder, read_lock(folder), Lock(GENERATOR, {}, "", {}, document=locked))
    with stages.stage("models"):
        from speclient.models import make_models

        definitions, failed = make_models(api, names, sink)
        limitations = (*api.limitations, *failed)
    with stages.stage("examples"):
        from speclient.samples import choose_samples

        api = replace(api, samples=choose_samples(document, api))
    with stages.stage("bundle"):
        from speclient.document import bundle

        bundled = bundle(document)
    with stages.stage("render"):
        from speclient.render import render_package

        rendered = render_package(
            bundled,
            api,
            names,
            definitions,
            limitations,
            version,
            templates,
            settings.allow_variables,
            tests=settings.tests,
        )
    with stages.stage("format"):
        from speclient.publish.formatting import format_package

        files = format_package(rendered, names.package)
    with stages.stage("verify"):
        from speclient.render.allowlist import refuse_forbidden, refuse_forbidden_tests

        sources = ((file.path, file.content.decode()) for file in files if file.is_generated_python)
        refuse_forbidden(sources, frozenset(own.group_class for own in names.operations.values()))
        tests = ((file.path, file.content.decode()) for file in files if file.is_test and not file.by_user)
        refuse_forbidden_tests(tests, names.package)
    degraded = len(degraded_operations(api, limitations))
    pagination = Counter(
        operation.pagination.kind
        for operation in api.operations
        if operation.pagination is not None and operation.pagination.inferred
    )
    outcome = Outcome(
        spec.as_posix(),
        (),
        folder,
        (len(api.operations) - degraded, degraded, refused),
        len(definitions),
        pagination=tuple(pagination.most_common()),
    )
    with stages.stage("publish" if write else "compare output"):
        if write:
            diagnostics = sink.located(document.locate)
            lock = Lock(
                generator=GENERATOR,
                spec=inputs_of(spec, document),
                settings=digest(settings.fingerprint().encode()),
                files={file.path: digest(file.content) for file in files},
                names=names.memory.dump(),
                document=locked,
                errors=sink.count(Severity.ERROR),
            )
            before_files = read_sources(folder)
            changes = write_package(folder, files, lock, force=force)
            written = len((*changes.added, *changes.changed, *changes.removed))
            symbols = symbol_changes(*changed_sources(before_files, files)) if before_files else SymbolChanges()
            outcome = replace(outcome, diagnostics=diagnostics, unchanged=not changes, written=written, symbols=symbols)
        else:
            changes = compare(folder, files)
            if changes:
                sink.report("SC403", f"out of date: {changes.described()}", Location(folder.as_posix()))
            diagnostics = sink.located(document.locate)
            outcome = replace(outcome, diagnostics=diagnostics, unchanged=not changes, outdated=bool(changes))
    return replace(outcome, timings=stages.timings)


def inspect(spec: Path, settings: Settings, what: str) -> Any:
    """What speclient sees in a document, as JSON data: the `report`, its `pagination` alone, or the `ir`.

    Raises:
        FatalError: the document can't be read.
    """
    from speclient.models import make_models
    from speclient.naming import choose_names
    from speclient.report import generation_report, pagination_table

    sink = Sink()
    api = build(load_document(spec, settings, sink), settings, sink)
    if what == "ir":
        return asdict(api)
    if what == "pagination":
        return pagination_table(api)
    names = choose_names(api, sink, package=settings.package)
    return generation_report(api, (*api.limitations, *make_models(api, names, sink)[1]))


def load_document(spec: Path, settings: Settings, sink: Sink) -> Document:
    """The document with its overlays."""
    from speclient.document import apply_overlay, load

    document = load(spec, sink, allow_outside=settings.allow_outside_refs, allow_urls=settings.allow_urls)
    for overlay in settings.overlays:
        apply_overlay(document, Path(overlay), sink)
    return document


def build(document: Document, settings: Settings, sink: Sink) -> Api:
    """What the selected operations of a document mean."""
    from speclient.build import build_api
    from speclient.build.selection import Selection
    from speclient.document.locate import located

    selection = Selection(settings.include, settings.exclude)
    with located(document):
        return build_api(document, sink, selection, infer_pagination=settings.infer_pagination)
