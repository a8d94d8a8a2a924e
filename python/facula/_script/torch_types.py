"""Types of graphs as torch's own type objects, where the program has torch: its tools take no others.

Only the plain type classes of torch are used; nothing of its compiler is.
"""
from .._facula import script as c
from . import state

_simple = ("Tensor", "Int", "Float", "Bool", "String", "None", "Complex", "Number", "Any")
_of_one = ("List", "Optional", "Future")


def to_torch(the_type):
    """The torch type, or None where it has no equal."""
    torch = state.torch()
    if torch is None:
        return None
    kind = the_type.kind()
    kind = kind[:-4] if kind.endswith("Type") else kind
    make = getattr(torch._C, kind + "Type", None)
    if make is None:
        return None
    if kind in _simple:
        return make.get()
    parts = [to_torch(e) for e in c.elements(the_type)]
    if any(p is None for p in parts):
        return None
    if kind in _of_one or kind == "Dict":
        return make(*parts)
    if kind == "Tuple" and not c.type_name(the_type):
        return make(parts)
    return None

