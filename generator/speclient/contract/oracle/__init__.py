"""The oracle: what an operation called with these arguments must put on the wire, from the document alone.

It never builds a request. It takes one apart, as a server would, and asks whether the values are all there,
each in the form that the document prescribes, and nothing else. So it has no code to share with what it
judges.
"""

from .judge import judge_request
from .wire import Call, WireRequest

__all__ = ["Call", "WireRequest", "judge_request"]
