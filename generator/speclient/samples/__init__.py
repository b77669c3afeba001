"""Values with which each operation can be called: the document's own where they are valid, others where not."""

from speclient.samples.choose import choose_samples

__all__ = ["choose_samples"]
