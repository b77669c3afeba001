"""Schemas of the ir to Python classes, by datamodel-code-generator. Nothing outside this folder knows that library."""

from speclient.models.modules import ModelModule, plan_modules
from speclient.models.stage import AliasDef, Definition, EnumDef, FieldDef, ModelDef, make_models

__all__ = [
    "AliasDef",
    "Definition",
    "EnumDef",
    "FieldDef",
    "ModelDef",
    "ModelModule",
    "make_models",
    "plan_modules",
]
