"""Where in the user's files the program stands: positions of nodes, names of variables, and tracer warnings."""
from __future__ import annotations

import os
import sys
import warnings

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_PACKAGE = os.path.dirname(os.path.dirname(_HERE)) + os.sep     # .../facula/
# Parts of torch that only pass a call on: the caller is who matters.
_PASSING = ("torch/_ops.py", "torch/_library/utils.py", "torch/_compile.py", "torch/_dynamo/eval_frame.py",
            "torch/overrides.py", "torch/nn/modules/module.py", "torch/_tensor.py", "torch/utils/_python_dispatch.py", "torch/utils/_contextlib.py")
_passing = {}
_positions = {}


class TracerWarning(Warning):
    """A value became a constant of the trace, or the trace differs from the program in another way."""

    @staticmethod
    def ignore_lib_warnings():
        """As PyTorch's: warnings from inside torch. Facula's tracer gives none (see warn)."""
        warnings.filterwarnings("ignore", category=TracerWarning, module="torch.(?!jit)")


class Place:
    __slots__ = ("file", "line", "column", "end_line", "end_column", "function")

    def __init__(self, file, line, column, end_line, end_column, function):
        self.file, self.line, self.column = file, line, column
        self.end_line, self.end_column, self.function = end_line, end_column, function

    def __str__(self):
        return "%s(%d): %s" % (self.file, self.line, self.function)


def _is_passing(code):
    known = _passing.get(code)
    if known is None:
        file = code.co_filename
        known = (file.startswith(_HERE) or file.startswith(_PACKAGE) or file.startswith("<frozen")
                 or file.replace(os.sep, "/").endswith(_PASSING))
        _passing[code] = known
    return known


def caller(frame=None):
    """The innermost Python frame that is the program's own."""
    frame = frame or sys._getframe(1)
    while frame is not None and _is_passing(frame.f_code):
        frame = frame.f_back
    return frame


def of_frame(frame):
    code, at = frame.f_code, frame.f_lasti
    key = (code, at)
    place = _positions.get(key)
    if place is None:
        line, column, end_line, end_column = frame.f_lineno, 0, None, None
        if hasattr(code, "co_positions") and at >= 0:
            for i, p in enumerate(code.co_positions()):
                if i == at // 2:
                    if p[0] is not None and p[2] is not None:
                        line, end_line, column, end_column = p
                    break
        place = Place(code.co_filename, line, column, end_line, end_column, code.co_name)
        _positions[key] = place
    return place


def here():
    frame = caller(sys._getframe(1))
    return of_frame(frame) if frame is not None else Place("<unknown>", 1, 0, None, None, "")


def stack():
    """The program's own frames as places, innermost first."""
    found, frame = [], caller(sys._getframe(1))
    while frame is not None:
        if not _is_passing(frame.f_code):
            found.append(of_frame(frame))
        frame = frame.f_back
    return found


def variable_name(obj):
    """The name under which the program's innermost frame knows an object, "" if it does not."""
    frame = caller(sys._getframe(1))
    if frame is not None:
        for name, value in frame.f_locals.items():
            if value is obj:
                return "" if name == "self" or not name.isidentifier() else name
    return ""


# The sentences are PyTorch's: people search for them.
PYTHON_DATAFLOW = (" might cause the trace to be incorrect. We can't record the data flow of Python values, so this value"
                   " will be treated as a constant in the future. This means that the trace might not generalize to other"
                   " inputs!")
CONSTRUCTOR = (" results are registered as constants in the trace. You can safely ignore this warning if you use this"
               " function to create tensors out of constant variables that would be the same every time you call this"
               " function. In any other case, this might cause the trace to be incorrect.")
CONTAINER = (" might cause the trace to be incorrect, this is only valid if the container structure does not change based"
             " on the module's inputs. Consider using a constant container instead (e.g. for `list`, use a `tuple` instead."
             " for `dict`, use a `NamedTuple` instead). If you absolutely need this and know the side effects, pass"
             " strict=False to trace() to allow this behavior.")
RESIZE = (" can't be represented in the JIT at the moment, so we won't connect any uses of this value with its current"
          " trace. If you happen to use it again, it will show up as a constant in the graph.")
ITERATION = ("Iterating over a tensor might cause the trace to be incorrect. Passing a tensor of different shape won't change"
             " the number of iterations executed (and might lead to errors or silently give incorrect results).")
LENGTH = ("Using len to get tensor shape might cause the trace to be incorrect. Recommended usage would be tensor.shape[0]."
          " Passing a tensor of different shape might lead to errors or silently give incorrect results.")


def _is_library(file):
    """torch's own modules check shapes all the time; their warnings say nothing to the user."""
    file = file.replace(os.sep, "/")
    return "/torch/" in file and "/torch/jit/" not in file and "/torch/testing/" not in file


def warn(text):
    """A TracerWarning at the program's line. Warnings that come from inside torch are dropped, as PyTorch does."""
    frame = caller(sys._getframe(1))
    if frame is None:
        warnings.warn(text, TracerWarning, stacklevel=2)
        return
    if _is_library(frame.f_code.co_filename):
        return
    warnings.warn_explicit(text, TracerWarning, frame.f_code.co_filename, frame.f_lineno,
                           module=frame.f_globals.get("__name__", "<unknown>"),
                           registry=frame.f_globals.setdefault("__warningregistry__", {}))
