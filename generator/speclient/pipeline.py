"""The order of the stages."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speclient import __version__
from speclient.config import Settings
from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink
from speclient.files import read_regular
from speclient.publish.lock import LOCK_NAME, Lock, LockedDocument, digest, document_path, read_lock
from speclient.publish.staging import clean_leftovers

if TYPE_CHECKING:
    from speclient.document import Document
    from speclient.ir import Api
    from speclient.naming import Names
    from speclient.publish.write import Changes
    from speclient.render import GeneratedFile

GENERATOR = f"speclient {__version__}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document. `counts` are operations emitted, degraded, refused."""

    spec: str
    diagnostics: tuple[Diagnostic, ...]
    folder: Path | None = None
    counts: tuple[int, int, int] = (0, 0, 0)
    models: int = 0
    unchanged: bool = False
    written: int = 0
    outdated: bool = False
    failed: bool = False
    """Whether the document could not be read, or the output not be written."""
    pagination: tuple[tuple[str, int], ...] = ()
    """The kinds of pages that were inferred, and for how many operations."""


def check(spec: Path, settings: Settings) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a document, located.

    Raises:
        FatalError: it can't be read.
    """
    from speclient.document import apply_overlay, load
    from speclient.lint import lint

    sink = Sink(settings.levels)
    document = load(spec, sink, allow_outside=settings.allow_outside_refs, allow_urls=settings.allow_urls)
    for overlay in settings.overlays:
        apply_overlay(document, Path(overlay), sink)
    with _located(document):
        lint(document, sink)
    return sink.located(document.locate)


def up_to_date(spec: Path, settings: Settings) -> Path | None:
    """The folder of a package that was made from exactly this input and not touched since; None when there is none."""
    try:
        content = digest(read_regular(spec))
    except OSError:
        return None
    output = Path(settings.output)
    for lock_path in sorted(output.glob(f"*/{LOCK_NAME}")):
        folder = lock_path.parent
        lock = read_lock(folder)
        if (
            lock is None
            or lock.pending
            or lock.errors
            or not _is_of(lock, spec, folder)
            or lock.generator != GENERATOR
            or lock.settings != digest(settings.fingerprint().encode())
        ):
            continue
        (name, first), *others = lock.spec.items() or [("", "")]
        if name != spec.name or first != content:
            continue
        if any(_hash(spec.parent / other) != value for other, value in others):
            continue
        if all(_hash(folder / path) == value for path, value in lock.files.items()):
            return folder
    return None


def package_of(spec: Path, output: Path) -> Path | None:
    """The folder of the package that was generated from a document."""
    for lock_path in sorted(output.glob(f"*/{LOCK_NAME}")):
        lock = read_lock(lock_path.parent)
        if lock is not None and _is_of(lock, spec, lock_path.parent):
            return lock_path.parent
    return None


def _is_of(lock: Lock, spec: Path, folder: Path) -> bool:
    """Whether a package is that of a document. Locks of earlier versions record only the file's name."""
    if lock.document is None:
        return next(iter(lock.spec), None) == spec.name
    return lock.document.path == document_path(spec, folder)


def _hash(path: Path) -> str | None:
    try:
        return digest(read_regular(path))
    except OSError:
        return None


def generate(
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
        taken: folders of packages that this run made of other documents.

    Raises:
        FatalError: the document can't be read, or the output not be written; nothing was changed then.
    """
    if settings.templates is not None:
        from speclient.render import check_templates

        check_templates(Path(settings.templates))
    if write:
        clean_leftovers(Path(settings.output))
    if not again and (folder := up_to_date(spec, settings)) is not None:
        return Outcome(spec.as_posix(), (), folder, unchanged=True)
    from speclient.build.indexes import degraded_operations, refused_count
    from speclient.models import make_models
    from speclient.publish.formatting import format_package
    from speclient.publish.write import compare, refuse_other_document
    from speclient.publish.write import write as write_package
    from speclient.render import render_package
    from speclient.samples import choose_samples

    sink = Sink(settings.levels)
    document, api = _read(spec, settings, sink)
    before = package_of(spec, Path(settings.output))
    known = read_lock(before) if before is not None else None
    names = _names(document, api, settings, known, sink)
    refused = refused_count(api.limitations)
    if not api.operations and not api.webhooks:
        _report_empty(document, sink, refused)
        return Outcome(spec.as_posix(), sink.located(document.locate), counts=(0, 0, refused))
    folder = Path(settings.output) / names.distribution
    if folder in taken:
        entry = CODES["SC405"]
        message = f"the package {names.distribution!r} is that of another document of this run"
        raise FatalError(
            Diagnostic("SC405", Severity.ERROR, message, Location(spec.as_posix(), "/info/title"), entry.hint)
        )
    locked = LockedDocument(document_path(spec, folder), api.title)
    if not force:
        # Before all the work; it is checked again when the package is written.
        refuse_other_document(folder, read_lock(folder), Lock(GENERATOR, {}, "", {}, document=locked))
    definitions, unmade = make_models(api, names, sink)
    limitations = (*api.limitations, *unmade)
    version = settings.package_version or _version(api.version)
    api = replace(api, samples=choose_samples(document, api))
    rendered = render_package(
        document, api, names, definitions, limitations, version, _folder(settings.templates), settings.allow_variables
    )
    files = format_package(rendered, names.package)
    calls = frozenset({own.group_class for own in names.operations.values()})
    _refuse_forbidden(files, calls)
    degraded = len(degraded_operations(api, limitations))
    pagination = Counter(
        made.pagination.kind for made in api.operations if made.pagination is not None and made.pagination.inferred
    )
    outcome = Outcome(
        spec.as_posix(),
        (),
        folder,
        (len(api.operations) - degraded, degraded, refused),
        len(definitions),
        pagination=tuple(pagination.most_common()),
    )
    if not write:
        changes = compare(folder, files)
        if changes:
            sink.report("SC403", f"out of date: {_listed(changes)}", Location(folder.as_posix()))
        found = sink.located(document.locate)
        return replace(outcome, diagnostics=found, unchanged=not changes, outdated=bool(changes))
    found = sink.located(document.locate)
    lock = Lock(
        generator=GENERATOR,
        spec=_inputs(spec, document),
        settings=digest(settings.fingerprint().encode()),
        files={file.path: digest(file.content) for file in files},
        names=names.memory.dump(),
        document=locked,
        errors=sink.count(Severity.ERROR),
    )
    changes = write_package(folder, files, lock, force=force)
    written = (*changes.added, *changes.changed, *changes.removed)
    return replace(outcome, diagnostics=found, unchanged=not changes, written=len(written))


def _folder(path: str | None) -> Path | None:
    return None if path is None else Path(path)


def _names(document: Document, api: Api, settings: Settings, known: Lock | None, sink: Sink) -> Names:
    from speclient.naming import choose_names, read_name_lock

    names = choose_names(api, sink, package=settings.package, memory=read_name_lock(known.names if known else None))
    _report_variables(document, api, names, settings.allow_variables, sink)
    return names


def _report_variables(document: Document, api: Api, names: Names, allowed: Collection[str], sink: Sink) -> None:
    """Report the environment variables of other programs that the names of the document would have the package read."""
    from speclient.naming import is_foreign, variable_of

    arguments = dict.fromkeys(name for parts in names.credentials.values() for name in parts.values())
    place = (document.root.get("info") or document.root).location
    hosts = [re.sub(r"^[A-Za-z]+://(?:[^/@]*@)?|[/?#].*$", "", server.url) for server in api.servers]
    for argument in arguments:
        variable = variable_of(names.environment, argument, {*allowed, f"{names.environment}_{argument.upper()}"})
        if variable is None or not is_foreign(variable):
            continue
        if variable in allowed:
            host = ", ".join(hosts) or "the server that a caller names"
            sink.report("SC209", f"the client reads {variable} and sends it to {host}", place)
        else:
            hint = f"give {argument}= to the client, or allow it: --allow-variable {variable}"
            sink.report(
                "SC209", f"{variable} belongs to other programs; the client does not read it", place,
                severity=Severity.NOTE, hint=hint,
            )  # fmt: skip


def _report_empty(document: Document, sink: Sink, refused: int) -> None:
    """Say why there is no package, unless it is the selection."""
    if all(found.code != "SC502" for found in sink):
        why = "no operation of the document could be expressed" if refused else "the document has no operation"
        place = (document.root.get("paths") or document.root).location
        sink.report("SC205", why, place, hint=None if refused else "describe an operation under `paths`")


def _refuse_forbidden(files: Sequence[GeneratedFile], calls: frozenset[str]) -> None:
    """Check all generated code against the allow-list of syntax."""
    from speclient.render.allowlist import violations

    for file in files:
        if file.path.endswith(".py") and "/_core/" not in file.path and not file.by_user:
            for what in violations(file.content.decode(), calls):
                raise FatalError(Sink().report("SC302", f"{file.path}:{what}"))


def _inputs(spec: Path, document: Document) -> dict[str, str]:
    """The files that a package depends on, with their hashes."""
    texts = {Path(name).name if name == document.root_file else name: text for name, text in document.texts()}
    overlays = [Path(os.path.relpath(overlay, spec.parent)).as_posix() for overlay in document.overlays]
    return {name: _input_digest(spec, name, texts) for name in (*texts, *overlays)}


def _read(spec: Path, settings: Settings, sink: Sink) -> tuple[Document, Api]:
    """The document with its overlays, and what the selected operations of it mean."""
    from speclient.build import build_api
    from speclient.build.selection import Selection
    from speclient.document import apply_overlay, load

    document = load(spec, sink, allow_outside=settings.allow_outside_refs, allow_urls=settings.allow_urls)
    for overlay in settings.overlays:
        apply_overlay(document, Path(overlay), sink)
    selection = Selection(settings.include, settings.exclude)
    with _located(document):
        return document, build_api(document, sink, selection, infer_pagination=settings.infer_pagination)


@contextmanager
def _located(document: Document) -> Generator[None]:
    """Fill in the line of what ends the run."""
    try:
        yield
    except FatalError as problem:
        found = problem.diagnostic
        if found.location is None:
            raise
        raise FatalError(replace(found, location=document.locate(found.location))) from None


def inspect(spec: Path, settings: Settings, what: str) -> Any:
    """What speclient sees in a document, as JSON data: the `report`, its `pagination` alone, or the `ir`.

    Raises:
        FatalError: the document can't be read.
    """
    from speclient.models import make_models
    from speclient.naming import choose_names
    from speclient.report import generation_report, pagination_table

    sink = Sink()
    _, api = _read(spec, settings, sink)
    if what == "ir":
        return asdict(api)
    if what == "pagination":
        return pagination_table(api)
    names = choose_names(api, sink, package=settings.package)
    return generation_report(api, (*api.limitations, *make_models(api, names, sink)[1]))


def _input_digest(spec: Path, name: str, texts: Mapping[str, str]) -> str:
    if name.startswith(("http://", "https://")):
        return digest(texts[name].encode())
    return digest(read_regular(spec if name == spec.name else spec.parent / name))


def _listed(changes: Changes) -> str:
    """The files that writing would touch, the first few by name."""
    kinds = (("missing", changes.added), ("different", changes.changed), ("no longer made", changes.removed))
    parts = []
    for what, paths in kinds:
        if paths:
            shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
            parts.append(f"{what} {shown}")
    return "; ".join(parts)


def _version(text: str) -> str:
    """The document's version as one that Python packages can have, else 0.1.0."""
    import re

    match = re.match(r"v?(\d+(?:\.\d+){0,3})", text.strip(), re.ASCII)
    return match[1] if match is not None and len(match[1]) < 30 else "0.1.0"


def exit_code(outcomes: Sequence[Outcome], *, strict: bool) -> int:
    """The exit code of a run: 0 fine, 1 findings, 2 the input or the output can't be used."""
    if any(outcome.failed for outcome in outcomes):
        return 2
    for outcome in outcomes:
        if outcome.outdated or (outcome.folder is None and not outcome.unchanged):
            return 1
        if any(found.severity is Severity.ERROR for found in outcome.diagnostics):
            return 1
        if strict and any(found.severity is not Severity.NOTE for found in outcome.diagnostics):
            return 1
    return 0
