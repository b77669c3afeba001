"""Every public name, chosen once: classes, fields, members, groups, methods, arguments, modules."""

from speclient.naming.errors import error_class
from speclient.naming.model import Names, OperationNames
from speclient.naming.name_lock import NameLock, read_name_lock
from speclient.naming.names import choose_names
from speclient.naming.variables import is_foreign, report_variables, variable_of
from speclient.naming.version import package_version
from speclient.naming.words import BUILTINS, KEYWORDS, constant, pascal, snake

__all__ = [
    "BUILTINS",
    "KEYWORDS",
    "NameLock",
    "Names",
    "OperationNames",
    "choose_names",
    "constant",
    "error_class",
    "is_foreign",
    "package_version",
    "pascal",
    "read_name_lock",
    "report_variables",
    "snake",
    "variable_of",
]
