"""The admin API of a served mock: what tests in other languages, and the page at `/`, can see and change."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from speclient.mock import faults
from speclient.mock.faults import OK, Fault
from speclient.mock.service import Mock, UnknownOperation
from speclient.mock.store import StoreError

FAULTS: dict[str, Callable[..., Fault]] = {
    "status": faults.status, "latency": faults.latency, "drip": faults.drip, "drop": faults.drop,
    "truncate": faults.truncate, "invalid-json": faults.invalid_json, "html": faults.html,
    "content-type": faults.content_type, "unknown-enum": faults.unknown_enum,
    "unknown-variant": faults.unknown_variant, "missing-required": faults.missing_required,
    "wrong-type": faults.wrong_type, "stuck-cursor": faults.stuck_cursor,
    "overlapping-page": faults.overlapping_page, "expired-token": faults.expired_token,
}  # fmt: skip
"""The faults by their names in the admin API and on the command line."""
_SHOWN_BODY = 4000


class AdminError(Exception):
    """A request to the admin API that cannot be fulfilled, with the HTTP status for it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def overview(mocks: Mapping[str, Mock]) -> dict[str, Any]:
    """The mocks with their operations and collections."""
    return {
        "mocks": [
            {
                "name": name,
                "title": str((mock.document.root.get("info") or mock.document.root).mapping.get("title") or name),
                "operations": _operations(mock),
                "collections": [
                    {
                        "path": plan.name,
                        "identity": plan.identity,
                        "states": list(plan.state.all) if plan.state is not None else [],
                    }
                    for plan in mock.store.resources.collections.values()
                ],
                "faults": [
                    {"operation": rule.operation, "steps": [step.name for step in rule.steps], "used": rule.used}
                    for rule in mock.rules.rules
                ],
                "calls": mock.journal.total,
            }
            for name, mock in mocks.items()
        ],
        "faults": sorted(FAULTS),
    }


def _operations(mock: Mock) -> list[dict[str, Any]]:
    verbs = mock.verbs()
    return [
        {
            "name": each.name,
            "method": each.method,
            "path": each.path,
            "summary": each.node.text("summary") or "",
            "verb": verbs[each.name].value,
            "parameters": [
                {"name": parameter.name, "in": parameter.place, "required": parameter.required}
                for parameter in each.parameters
            ],
            "body": each.body[0].name if each.body else None,
            "statuses": [answer.status for answer in each.answers],
        }
        for each in mock.operations
    ]


def administer(mock: Mock, method: str, what: str, value: Any, query: Mapping[str, str]) -> Any:
    """Perform one request to the admin API of a mock.

    Raises:
        AdminError: it cannot be fulfilled.
    """
    actions: dict[tuple[str, str], Callable[[], Any]] = {
        ("GET", "calls"): lambda: _calls(mock, query),
        ("GET", "har"): mock.journal.har,
        ("GET", "store"): mock.store.to_dict,
        ("PUT", "store"): lambda: _done(mock.store.load_dict, _object(value)),
        ("POST", "faults"): lambda: _add_fault(mock, _object(value)),
        ("DELETE", "faults"): lambda: _done(mock.rules.rules.clear),
        ("POST", "lifecycle"): lambda: _done(mock.lifecycle, **_arguments(mock.lifecycle, _object(value))),
        ("POST", "resources"): lambda: _add_resource(mock, _object(value)),
        ("POST", "reset"): lambda: _done(mock.reset),
    }
    action = actions.get((method, what))
    if action is None:
        known = ", ".join(f"{verb} {name}" for verb, name in actions)
        raise AdminError(f"{method} {what} is not part of the admin API; it has {known}", 404)
    try:
        return action()
    except (StoreError, UnknownOperation, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise AdminError(str(wrong) or repr(wrong)) from None


def _done(action: Callable[..., None], *arguments: Any, **named: Any) -> dict[str, Any]:
    action(*arguments, **named)
    return {"done": True}


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise AdminError("the body must be a JSON object")
    return value


def _arguments(function: Callable[..., Any], value: dict[str, Any]) -> dict[str, Any]:
    known = set(inspect.signature(function).parameters)
    wrong = [name for name in value if name not in known]
    if wrong:
        raise AdminError(f"{wrong[0]!r} is not an argument; there are {', '.join(sorted(known))}")
    return value


def _calls(mock: Mock, query: Mapping[str, str]) -> list[dict[str, Any]]:
    text = query.get("after", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise AdminError(f"after: expected a whole number, got {text[:40]!r}")
    after = int(text)
    first = mock.journal.total - len(mock.journal.calls)
    return [
        {
            "index": first + index + 1,
            "operation": call.operation,
            "number": call.number,
            "call": mock.journal.shown(call),
            "status": call.response.status,
            "reason": call.response.header("x-mock-reason"),
            "fault": call.fault,
            "body": call.response.body[:_SHOWN_BODY].decode("utf-8", "replace"),
        }
        for index, call in enumerate(mock.journal.calls)
        if first + index + 1 > after
    ]


def _add_fault(mock: Mock, value: dict[str, Any]) -> dict[str, Any]:
    wrong = set(value) - {"operation", "steps", "call", "probability", "always"}
    if wrong:
        raise AdminError(f"{min(wrong)!r} is not part of a fault: operation, steps, call, probability, always")
    rule = mock.on(value.get("operation"))
    if value.get("call") is not None:
        rule = rule.call(value["call"])
    if value.get("probability") is not None:
        rule = rule.sometimes(value["probability"])
    listed, always = value.get("steps"), value.get("always", False)
    if not isinstance(listed, list) or not listed:
        raise AdminError("steps: expected a list with at least one step")
    if not isinstance(always, bool):
        raise AdminError(f"always: expected true or false, got {always!r}")
    steps = [read_fault(step) for step in listed]
    if always:
        rule.always(steps[0])
    else:
        rule.respond(*steps)
    return {"steps": [step.name for step in steps]}


def read_fault(step: Any) -> Fault:
    """A fault from JSON: a status, a name, or `{"fault": name, ...arguments}`.

    Raises:
        AdminError: there is no such fault, or it has no such argument.
    """
    if isinstance(step, int) and not isinstance(step, bool):
        return faults.status(step)
    name = step.get("fault") if isinstance(step, dict) else step
    # The names of the Python functions are accepted too.
    name = name.replace("_", "-") if isinstance(name, str) else name
    if name in ("ok", "OK"):
        return OK
    if not isinstance(name, str) or name not in FAULTS:
        raise AdminError(f"no fault {name!r}; there are ok, {', '.join(sorted(FAULTS))}")
    given = {key: each for key, each in step.items() if key != "fault"} if isinstance(step, dict) else {}
    if not isinstance(given.get("headers", {}), dict):
        raise AdminError("headers: expected an object")
    return FAULTS[name](**_arguments(FAULTS[name], given))


def _add_resource(mock: Mock, value: dict[str, Any]) -> dict[str, Any]:
    scope = {name: str(each) for name, each in _object(value.get("scope", {})).items()}
    return mock.add(value["operation"], value.get("data"), id=value.get("id"), **scope)
