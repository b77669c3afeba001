"""Example values for each operation: the document's own examples where valid, generated values otherwise."""

from speclient.samples.choose import choose_samples

__all__ = ["choose_samples"]
