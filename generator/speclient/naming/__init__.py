"""Every public name, decided once: classes, fields, members, groups, methods, arguments, modules."""

from speclient.naming.names import Names, OperationNames, choose_names
from speclient.naming.words import BUILTINS, constant, pascal, snake

__all__ = ["BUILTINS", "Names", "OperationNames", "choose_names", "constant", "pascal", "snake"]
