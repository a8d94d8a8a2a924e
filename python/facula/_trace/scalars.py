"""Numbers that stay values of the trace: what they remember, and arithmetic on them as TorchScript's scalar operators."""
from __future__ import annotations

import operator

from . import places
from .recorder import Lit


class Symbol:
    """A number: its value in the trace and what it is on the example inputs."""
    __slots__ = ("recorder", "val", "concrete")

    def __init__(self, recorder, val, concrete):
        self.recorder, self.val, self.concrete = recorder, val, concrete

    def operand(self):
        return self.val


# Python's operators: (kinds of the operands) -> (operator, overload, result type).
_OPERATORS = {
    "add": {"ii": ("aten::add", "int", "int"), "ff": ("aten::add", "float", "float"),
            "if": ("aten::add", "int_float", "float"), "fi": ("aten::add", "float_int", "float")},
    "sub": {"ii": ("aten::sub", "int", "int"), "ff": ("aten::sub", "float", "float"),
            "if": ("aten::sub", "int_float", "float"), "fi": ("aten::sub", "float_int", "float")},
    "mul": {"ii": ("aten::mul", "int", "int"), "ff": ("aten::mul", "float", "float"),
            "if": ("aten::mul", "int_float", "float"), "fi": ("aten::mul", "float_int", "float")},
    "truediv": {"ii": ("aten::div", "int", "float"), "ff": ("aten::div", "float", "float"),
                "if": ("aten::div", "", "float"), "fi": ("aten::div", "", "float")},
    "floordiv": {"ii": ("aten::floordiv", "int", "int"), "ff": ("aten::floordiv", "float", "float"),
                 "if": ("aten::floordiv", "int_float", "float"), "fi": ("aten::floordiv", "float_int", "float")},
    "mod": {"ii": ("aten::remainder", "int", "int"), "ff": ("aten::remainder", "float", "float"),
            "if": ("aten::remainder", "int_float", "float"), "fi": ("aten::remainder", "float_int", "float")},
    "pow": {"ii": ("aten::pow", "int", "float"), "ff": ("aten::pow", "float", "float"),
            "if": ("aten::pow", "int_float", "float"), "fi": ("aten::pow", "float_int", "float")},
}
PYTHON = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
          "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow}
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")


def arithmetic(name, a, b, symbol_of, wrap):
    """a (+) b, recorded; NotImplemented where one is no number. symbol_of(x): its Symbol or None; wrap(Symbol): the number."""
    symbols = symbol_of(a), symbol_of(b)
    values = [s.concrete if s is not None else int(v) if type(v) is bool else v for s, v in zip(symbols, (a, b))]
    if any(type(v) not in (int, float) for v in values):
        return NotImplemented
    result = PYTHON[name](*values)
    if type(result) not in (int, float):   # (-2) ** 0.5
        return NotImplemented
    kinds = "".join("f" if type(v) is float else "i" for v in values)
    op, overload, type_ = _OPERATORS[name][kinds]
    recorder = next(s for s in symbols if s is not None).recorder
    operands = [s.val if s is not None else Lit(v, type(v).__name__) for s, v in zip(symbols, values)]
    (val,) = recorder.op(op, overload, operands, [type_])
    if type(result) is int and type_ == "float":   # TorchScript's int ** int is a float
        (val,) = recorder.op("aten::Int", "float", [val], ["int"])
    return wrap(_same_kind(recorder, val, result, symbols))


def _same_kind(recorder, val, result, symbols):
    kind = type(next(s for s in symbols if s is not None))
    return kind(recorder, val, result)


def unary(symbol, op, overload, type_, result):
    (val,) = symbol.recorder.op(op, overload, [symbol.val], [type_])
    return type(symbol)(symbol.recorder, val, result)


def as_float(symbol):
    """The symbol of float(x) for a whole number."""
    return unary(symbol, "aten::Float", "int", "float", float(symbol.concrete)) if type(symbol.concrete) is int else symbol


def compare(name, mine, other, theirs):
    """A comparison gives a plain bool: what follows from it is not recorded. mine: Symbol; theirs: other's, or None."""
    value = theirs.concrete if theirs is not None else other
    if not isinstance(value, (int, float)):
        return NotImplemented
    if theirs is None or mine.val is not theirs.val:
        places.warn("Converting a tensor to a Python boolean" + places.PYTHON_DATAFLOW)
    return getattr(operator, name)(mine.concrete, value)


def define(cls, symbol_of, wrap):
    """Gives a class of numbers Python's arithmetic and comparisons."""
    for name in PYTHON:
        def forward(self, other, name=name):
            return arithmetic(name, self, other, symbol_of, wrap)

        def reverse(self, other, name=name):
            return arithmetic(name, other, self, symbol_of, wrap)
        setattr(cls, "__%s__" % name, forward)
        setattr(cls, "__r%s__" % name, reverse)
    for name in COMPARISONS:
        def method(self, other, name=name):
            return compare(name, symbol_of(self), other, symbol_of(other))
        setattr(cls, "__%s__" % name, method)
    cls.__divmod__ = lambda self, other: (self // other, self % other)
    cls.__hash__ = lambda self: hash(symbol_of(self).concrete)
