"""Keys of translated schemas with facts for the generation of values; a validator ignores them.

A translated schema contains only known keywords of the document's schema, so no document can set these keys.
"""

LENIENT = "speclient:lenient"
"""Marks a branch that authors intend, although the specification does not allow it."""
OMIT = "speclient:omit"
"""Marks a property that is not sent in this direction (`readOnly`, `writeOnly`)."""
SECRET = "speclient:secret"
"""Marks a value that must never be shown."""
UNIT = "speclient:unit"
"""The unit of a value."""
TAGGED = "speclient:tagged"
"""The discriminator properties whose value is already selected."""
DECIDED = "speclient:decided"
"""The unions of which a branch is already selected, by identity."""
