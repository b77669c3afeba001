"""Convert schemas of the ir to Python classes with datamodel-code-generator. Only this folder uses it."""

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
