"""Every public name, decided once: classes, fields, members, groups, methods, arguments, modules."""

from speclient.naming.name_lock import NameLock, read_name_lock
from speclient.naming.names import Names, OperationNames, choose_names
from speclient.naming.variables import is_foreign, variable_of
from speclient.naming.words import BUILTINS, constant, pascal, snake

__all__ = [
    "BUILTINS",
    "NameLock",
    "Names",
    "OperationNames",
    "choose_names",
    "constant",
    "is_foreign",
    "pascal",
    "read_name_lock",
    "snake",
    "variable_of",
]
