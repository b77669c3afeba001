"""All rules, in the order in which they run."""

from __future__ import annotations

from speclient.lint.context import Rule
from speclient.lint.rules.client_error import ClientErrorDocumented
from speclient.lint.rules.components_used import ComponentsUsed
from speclient.lint.rules.defaults_valid import DefaultsValid
from speclient.lint.rules.described import Described
from speclient.lint.rules.enum_distinct import EnumDistinct
from speclient.lint.rules.examples_valid import ExamplesValid
from speclient.lint.rules.extensions_known import ExtensionsKnown
from speclient.lint.rules.operation_id import OperationIdPresent, OperationIdUnique
from speclient.lint.rules.path_parameters import PathParametersFit
from speclient.lint.rules.polling_fits import PollingFits
from speclient.lint.rules.required_defined import RequiredDefined
from speclient.lint.rules.security_stated import SecurityStated

RULES: tuple[Rule, ...] = (
    ExamplesValid(),
    RequiredDefined(),
    EnumDistinct(),
    ComponentsUsed(),
    OperationIdPresent(),
    SecurityStated(),
    ClientErrorDocumented(),
    DefaultsValid(),
    Described(),
    OperationIdUnique(),
    PathParametersFit(),
    ExtensionsKnown(),
    PollingFits(),
)
