"""Every public name, decided once: classes, fields, members, groups, methods, arguments, modules."""

from speclient.naming.memory import Memory, read_memory
from speclient.naming.names import Names, OperationNames, choose_names
from speclient.naming.variables import is_foreign, variable_of
from speclient.naming.words import BUILTINS, constant, pascal, snake

__all__ = [
    "BUILTINS",
    "Memory",
    "Names",
    "OperationNames",
    "choose_names",
    "constant",
    "is_foreign",
    "pascal",
    "read_memory",
    "snake",
    "variable_of",
]
