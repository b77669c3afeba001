"""The plan of modules: each imports only modules below it, whatever refers to what."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from speclient.diagnostics import Location
from speclient.ir import AliasSchema, Anything, NameHint
from speclient.models import AliasDef, Definition, plan_modules

PLACE = Location("openapi.yaml")


def _definitions(edges: dict[str, list[str]]) -> dict[str, Definition]:
    return {
        name: AliasDef(name.title(), AliasSchema(name, NameHint((name,)), PLACE, Anything()), "Any", tuple(uses))
        for name, uses in edges.items()
    }


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"n{number}" for number in range(draw(st.integers(0, 12)))]
    return {name: draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) for name in names}


def _closure(edges: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    stack = list(edges.get(start, ()))
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            stack.extend(edges.get(name, ()))
    return seen


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_imports_are_acyclic_and_complete(edges: dict[str, list[str]]) -> None:
    definitions = _definitions(edges)
    modules = plan_modules(definitions)
    home = {made.name: module.name for module in modules for made in module.definitions}
    assert sorted(home) == sorted(made.name for made in definitions.values())
    assert len({module.name for module in modules}) == len(modules)
    imports = {module.name: {name for name, _ in module.imports} for module in modules}
    for module in modules:
        assert module.name not in _closure(imports, module.name), "a module imports itself"
        given_names = {name for _, names in module.imports for name in names}
        own = {made.name for made in module.definitions}
        used = {definitions[used].name for made in module.definitions for used in made.uses}
        assert used <= own | given_names
        assert given_names == used - own
        for source, names in module.imports:
            assert {home[name] for name in names} == {source}


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_what_refers_to_one_another_lives_together(edges: dict[str, list[str]]) -> None:
    modules = plan_modules(_definitions(edges))
    home = {made.name.lower(): module.name for module in modules for made in module.definitions}
    reach = {name: _closure({key: set(uses) for key, uses in edges.items()}, name) for name in edges}
    for one in edges:
        for other in reach[one]:
            if one in reach[other]:
                assert home[one] == home[other]


def test_a_schema_lives_with_its_only_user() -> None:
    edges = {"order": ["line", "money"], "line": ["money", "size"], "money": [], "size": [], "list": ["money"]}
    modules = plan_modules(_definitions(edges))
    assert {module.name: [made.name for made in module.definitions] for module in modules} == {
        "_list": ["List"],
        "_money": ["Money"],
        "_order": ["Order", "Line", "Size"],
    }
    order = next(module for module in modules if module.name == "_order")
    assert order.imports == (("_money", ("Money",)),)


def test_a_deep_chain_needs_no_deep_stack() -> None:
    edges = {f"n{number}": [f"n{number + 1}"] for number in range(5000)}
    edges["n5000"] = ["n0"]
    assert len(plan_modules(_definitions(edges))) == 1
