"""Types from example inputs: what a function without annotations was called with, as Python's own run shows it."""
import inspect
import typing

from .._facula import script as c
from . import state
from . import types as t

_seen = {}      # (file, line, name) of a function -> {argument: type}


def _place(code):
    return code.co_filename, code.co_firstlineno, code.co_name


def types_of(fn):
    """What the examples say about the arguments of fn; an empty dict without examples."""
    fn = inspect.unwrap(getattr(fn, "__func__", fn))
    return _seen.get(_place(fn.__code__), {}) if hasattr(fn, "__code__") else {}


def signature_text(fn):
    """A signature for fn with the types of the examples where it has no annotation: (text, names of the types), or None."""
    fn = inspect.unwrap(getattr(fn, "__func__", fn))
    found = types_of(fn)
    if not found:
        return None
    parts, names = [], {}
    for p in inspect.signature(fn).parameters.values():
        text = p.name
        if p.annotation is inspect.Parameter.empty and p.name in found:
            names["_type_of_" + p.name] = found[p.name]
            text += ": _type_of_" + p.name
        elif p.annotation is not inspect.Parameter.empty:
            names["_type_of_" + p.name] = p.annotation
            text += ": _type_of_" + p.name
        if p.default is not inspect.Parameter.empty:
            text += " = None"
        parts.append(text)
    returns = ""
    annotation = fn.__annotations__.get("return", inspect.Parameter.empty)
    if annotation is not inspect.Parameter.empty:
        names["_type_of_result"] = annotation
        returns = " -> _type_of_result"
    return "def %s(%s)%s:\n    pass\n" % (fn.__name__, ", ".join(parts), returns), names


def annotate_from_examples(obj, examples):
    """Remember the types that each function below `obj` is called with while Python runs the examples."""
    import sys
    torch = state.torch()
    if isinstance(examples, dict):
        runs = [(fn, args) for fn, many in examples.items() for args in many]
    elif isinstance(examples, list):
        runs = [(obj, args) for args in examples]
    else:
        raise ValueError("Error: Unable to infer types. Please format the inputs to type `List[Tuple]` or `Dict[Callable, List[Tuple]]` "
                         "to be run with MonkeyType.")

    def look(frame, event, arg):
        code = frame.f_code
        if event != "call" or code.co_filename.startswith("<") or (torch and "/torch/" in code.co_filename):
            return
        found = _seen.setdefault(_place(code), {})
        for name in code.co_varnames[:code.co_argcount]:
            if name == "self":
                continue
            try:
                one = t.infer(frame.f_locals[name])
            except (t.NotInferred, KeyError):
                continue
            before = found.get(name)
            found[name] = one if before is None else (c.unify(before, one, True) or one)
    before = sys.getprofile()
    sys.setprofile(look)
    try:
        for fn, args in runs:
            fn(*args)
    finally:
        sys.setprofile(before)
