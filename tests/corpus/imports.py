"""`python imports.py FOLDER PACKAGE`: import every module of a generated package and complete every model."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from pydantic import BaseModel, TypeAdapter


def complete(folder: str, name: str) -> None:
    """Raise whatever a module or a model raises."""
    sys.path.insert(0, folder)
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        importlib.import_module(module.name)
    models = importlib.import_module(f"{name}.models")
    for made in dir(models):
        kind = getattr(models, made)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind.model_rebuild()
            assert kind.__pydantic_complete__, made
        else:
            TypeAdapter(kind)


if __name__ == "__main__":
    complete(sys.argv[1], sys.argv[2])
