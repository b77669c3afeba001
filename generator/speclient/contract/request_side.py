"""Request side: calling a method puts on the wire exactly what the document prescribes for the operation."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from .arguments import Arguments, ArgumentSpace
from .client_call import Outcome, Raised, Returned, Session, enum_members, reproduction
from .findings import Finding, require
from .jsontypes import Json
from .operations import ParameterKey
from .oracle import Call, judge_request
from .package import Method, Package
from .profile import Profile

_BASE_URLS = (
    None,
    "https://contract.test",
    "https://contract.test:8443/base/",
    "https://contract.test/a%20b",
)


def check_requests(package: Package, method: Method, profile: Profile | None = None) -> None:
    """Try the method with any arguments that the document allows. Raises `ContractFailure`."""
    profile = profile or Profile()
    space = ArgumentSpace(method.operation)

    @profile.settings()
    @given(
        arguments=space.strategy(),
        positional=st.booleans(),
        as_enums=st.booleans(),
        spelled_none=st.booleans(),
        base_url=st.sampled_from(_BASE_URLS),
    )
    def run(arguments: Arguments, positional: bool, as_enums: bool, spelled_none: bool, base_url: str | None) -> None:
        extra: dict[str, object] = _absent(method, arguments.values) if spelled_none else {}
        if as_enums:
            extra |= enum_members(package, arguments.values, method)
        session = Session(package, base_url)
        require(judge_call(session, method, arguments, positional=positional, extra=extra))

    run()


def check_awkward_values(session: Session, method: Method) -> None:
    """Each parameter with each value that breaks naive URL building. Raises `ContractFailure`."""
    least, space = smallest_arguments(method), ArgumentSpace(method.operation)
    found: list[Finding] = []
    for parameter in method.operation.parameters:
        for value in space.awkward(parameter):
            arguments = Arguments({**least.values, parameter.key: value}, least.body, least.body_type)
            found += judge_call(session, method, arguments)
    require(found[:20])


def judge_call(
    session: Session,
    method: Method,
    arguments: Arguments,
    *,
    positional: bool = False,
    extra: Mapping[str, object] | None = None,
) -> list[Finding]:
    """Call the method once, with nobody answering, and judge the one request that it makes."""
    session.requests.clear()
    outcome = session.call(method, arguments, positional=positional, extra=extra)
    where, how = method.operation.name, reproduction(method, arguments)
    if problem := _unexpected(session.package, outcome):
        return [Finding(where, "call.outcome", problem, str(outcome), how)]
    if len(session.requests) != 1:
        return [Finding(where, "call.requests", "one request", f"{len(session.requests)} requests", how)]
    call = Call(
        operation=method.operation,
        base_url=session.server_of(method.operation),
        arguments=_on_the_wire(arguments.values),
        credentials=session.credentials,
        body=arguments.body,
        body_type=arguments.body_type,
    )
    found = judge_request(session.requests[0], call)
    return [Finding(each.operation, each.check, each.expected, each.got, how) for each in found]


def check_refusals(package: Package, method: Method) -> None:
    """Text that no URL or header can hold ends in RequestError, and nothing is sent.

    Raises `ContractFailure`.
    """
    base, space = smallest_arguments(method), ArgumentSpace(method.operation)
    for parameter in method.operation.parameters:
        if parameter.media_type is not None or not space.judge(parameter).is_valid("any text"):
            continue
        impossible = ["\ud800", "a\udfffb"]
        if parameter.key.location == "header":
            impossible += ["a\r\nX-Injected: 1", "a\nb", "a\x00b"]
        elif parameter.key.location == "path":
            impossible.append("")
        for text in impossible:
            arguments = Arguments({**base.values, parameter.key: text}, base.body, base.body_type)
            session = Session(package)
            outcome = session.call(method, arguments)
            refused = isinstance(outcome, Raised) and isinstance(outcome.error, package.error("RequestError"))
            if not refused or session.requests:
                expected = f"RequestError for the {parameter.key} {text!r}"
                got = f"{outcome}; {len(session.requests)} requests sent"
                require([Finding(method.operation.name, "call.refusal", expected, got)])


def smallest_arguments(method: Method) -> Arguments:
    """Arguments for the method with the required parameters only, the simplest values that there are."""
    found: list[Arguments] = []

    # The first example of a derandomised run is the simplest; what hypothesis.find would shrink to, without
    # the search.
    @Profile(examples=1, shrink=False).settings()
    @given(arguments=ArgumentSpace(method.operation).strategy())
    def run(arguments: Arguments) -> None:
        found.append(arguments)

    run()
    required = {each.key for each in method.operation.parameters if each.required}
    first = found[0]
    return Arguments(
        {key: value for key, value in first.values.items() if key in required}, first.body, first.body_type
    )


def _unexpected(package: Package, outcome: Outcome) -> str:
    if isinstance(outcome, Returned) or not isinstance(outcome.error, package.error("APIConnectionError")):
        return "one request, then APIConnectionError as nobody answers"
    return ""


def _absent(method: Method, values: Mapping[ParameterKey, Json]) -> dict[str, object]:
    """Every optional argument that is not given, as None: the same as leaving it out."""
    optional = (each for each in method.operation.parameters if not each.required and each.key not in values)
    return {name: None for each in optional if (name := method.argument(each.key)) is not None}


def _on_the_wire(values: Mapping[ParameterKey, Json]) -> dict[ParameterKey, Json]:
    """None as an optional argument means that it is not sent."""
    return {key: value for key, value in values.items() if value is not None}
