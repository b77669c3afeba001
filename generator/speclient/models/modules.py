"""Assign classes to modules: one module per strongly connected component, merged into its only user.

A module imports only modules below it, so each can be loaded separately, with just what it needs. A schema with a
single user shares its module: this keeps the number of files small, and a schema change affects one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from speclient.models.stage import Definition
from speclient.naming import snake


@dataclass(frozen=True, slots=True)
class ModelModule:
    """A module of models: its name, its definitions, and the modules and names that it imports from."""

    name: str
    definitions: tuple[Definition, ...]
    imports: tuple[tuple[str, tuple[str, ...]], ...]


def plan_modules(definitions: Mapping[str, Definition]) -> tuple[ModelModule, ...]:
    """All modules, ordered by name."""
    component = _components(definitions)
    users: dict[int, set[int]] = {}
    for schema, definition in definitions.items():
        for used in definition.uses:
            if component[used] != component[schema]:
                users.setdefault(component[used], set()).add(component[schema])
    # Components are numbered users last, so from the highest number on, the module of each user is known.
    home: dict[int, int] = {}
    for number in sorted(set(component.values()), reverse=True):
        above = {home[user] for user in users.get(number, ())}
        home[number] = above.pop() if len(above) == 1 else number
    members: dict[int, list[str]] = {}
    for schema in definitions:
        members.setdefault(home[component[schema]], []).append(schema)
    names = _module_names(members, component, definitions)
    modules: list[ModelModule] = []
    for number, schemas in members.items():
        imports: dict[str, set[str]] = {}
        for schema in schemas:
            for used in definitions[schema].uses:
                where = home[component[used]]
                if where != number:
                    imports.setdefault(names[where], set()).add(definitions[used].name)
        modules.append(
            ModelModule(
                names[number],
                tuple(definitions[schema] for schema in schemas),
                tuple((name, tuple(sorted(imports[name]))) for name in sorted(imports)),
            )
        )
    return tuple(sorted(modules, key=lambda module: module.name))


def _module_names(
    members: Mapping[int, list[str]], component: Mapping[str, int], definitions: Mapping[str, Definition]
) -> dict[int, str]:
    """Named after the first class of the component at the top of the module."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for number, schemas in members.items():
        top = [schema for schema in schemas if component[schema] == number]
        stem = "_" + snake(definitions[top[0]].name)
        name, count = stem, 1
        while name in taken:
            count += 1
            name = f"{stem}_{count}"
        taken.add(name)
        names[number] = name
    return names


def _components(definitions: Mapping[str, Definition]) -> dict[str, int]:
    """Tarjan's algorithm, without recursion: schema -> number of its component, dependencies before their users."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    count = 0
    for root in definitions:
        if root in index:
            continue
        work = [(root, iter(definitions[root].uses))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(definitions[successor].uses)))
                    break
                if successor in on_stack:
                    low[node] = min(low[node], index[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component[member] = count
                        if member == node:
                            break
                    count += 1
    return component
