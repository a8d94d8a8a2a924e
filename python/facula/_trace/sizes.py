"""Sizes that stay symbolic: integers and floats that remember the value of the trace they stand for.

While torch programs are traced, `x.shape` hands out `TracedInt`s: torch.SymInt, which torch's own argument parsers take and
pass through to the dispatcher unharmed, with arithmetic of our own that is recorded as TorchScript's scalar operators. Where
plain Python needs the number itself (range, comparisons, int()), it becomes a constant, with a warning.
"""
from __future__ import annotations

import math
import operator

import torch

from . import places
from .recorder import Lit


class _Symbol:
    """The protocol by which torch's C++ talks to a symbolic number."""

    def __init__(self, recorder, val, concrete):
        self.recorder, self.val, self.concrete = recorder, val, concrete

    def is_int(self):
        return type(self.concrete) is int

    def is_float(self):
        return type(self.concrete) is float

    def is_bool(self):
        return type(self.concrete) is bool

    def is_symbolic(self):
        return True

    def is_constant(self):
        return False

    def is_nested_int(self):
        return False

    def nested_int(self):
        return None

    def has_hint(self):
        return True

    @property
    def hint(self):
        return self.concrete

    def require_hint(self, fallback=None):
        return self.concrete

    def maybe_as_int(self):
        return None

    maybe_as_float = maybe_as_bool = maybe_as_int

    def guard_int(self, file, line):
        self.recorder.taken.append(self)   # the argument parser wants a number: see torch_front.TracingMode.align
        return self.concrete

    guard_float = guard_bool = guard_size_oblivious = guard_or_false = guard_or_true = guard_int

    def expect_true(self, file, line):
        return bool(self.concrete)

    expect_size = expect_true

    def int_(self):
        places.warn("Converting a tensor to a Python index" + places.PYTHON_DATAFLOW)
        return int(self.concrete)

    def bool_(self):
        return bool(self.concrete)

    def float_(self):
        return float(self.concrete)

    def wrap_int(self, n):
        return _Symbol(self.recorder, Lit(n, "int"), n)

    def wrap_float(self, n):
        return _Symbol(self.recorder, Lit(n, "float"), n)

    def wrap_bool(self, n):
        return _Symbol(self.recorder, Lit(n, "bool"), n)

    def _graph_repr(self):
        return str(self.concrete)

    __str__ = __repr__ = str = _graph_repr

    def clone(self):
        return self


def _from_cpp(name, function):
    def method(self, *others):
        values = [wrap(self)] + [wrap(o) if isinstance(o, _Symbol) else o for o in others]
        result = function(*values)
        return result.node if isinstance(result, (torch.SymInt, torch.SymFloat)) else self.wrap_bool(result)
    setattr(_Symbol, name, method)


for _name, _function in {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
                         "float_truediv": operator.truediv, "int_truediv": operator.truediv,
                         "floordiv": operator.floordiv, "int_floordiv": operator.floordiv, "mod": operator.mod,
                         "pow": operator.pow, "float_pow": operator.pow, "pow_by_natural": operator.pow,
                         "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
                         "ge": operator.ge, "neg": operator.neg,
                         "sym_max": lambda a, b: a if concrete(a) >= concrete(b) else b,
                         "sym_min": lambda a, b: a if concrete(a) <= concrete(b) else b}.items():
    _from_cpp(_name, _function)


def concrete(x):
    node = getattr(x, "node", None)
    return node.concrete if isinstance(node, _Symbol) else x


def symbol_of(x):
    """The _Symbol behind a torch.SymInt or SymFloat of ours, or None."""
    if isinstance(x, (torch.SymInt, torch.SymFloat)):
        node = x.node
        return node if isinstance(node, _Symbol) else None
    return None


def wrap(symbol):
    return (TracedFloat if symbol.is_float() else TracedInt)(symbol)


def traced(recorder, val, number):
    return wrap(_Symbol(recorder, val, number))


def _operand(x):
    symbol = symbol_of(x)
    if symbol is not None:
        return symbol.val
    return Lit(x, type(x).__name__)


# Python's operators as TorchScript's on scalars: (operand types) -> (operator, overload, result type).
_SCALAR_OPS = {
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
_PYTHON = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
           "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow}


def _arithmetic(name, a, b):
    values = [concrete(a), concrete(b)]
    for v in values:
        if type(v) not in (int, float, bool):
            return NotImplemented
    values = [int(v) if type(v) is bool else v for v in values]
    a, b = (x if symbol_of(x) is not None else v for x, v in zip((a, b), values))
    result = _PYTHON[name](*values)
    recorder = (symbol_of(a) or symbol_of(b)).recorder
    kinds = "".join("f" if type(v) is float else "i" for v in values)
    op, overload, type_ = _SCALAR_OPS[name][kinds]
    (val,) = recorder.op(op, overload, [_operand(a), _operand(b)], [type_])
    if type(result) is int and type_ == "float":   # TorchScript's int ** int is a float
        (val,) = recorder.op("aten::Int", "float", [val], ["int"])
    return traced(recorder, val, result)


def float_of(x):
    symbol = symbol_of(x)
    if symbol is None or symbol.is_float():
        return x
    (val,) = symbol.recorder.op("aten::Float", "int", [symbol.val], ["float"])
    return traced(symbol.recorder, val, float(symbol.concrete))


def _unary(x, op, overload, type_, result):
    symbol = symbol_of(x)
    (val,) = symbol.recorder.op(op, overload, [symbol.val], [type_])
    return traced(symbol.recorder, val, result)


def _compare(name):
    function = getattr(operator, name)

    def method(self, other):
        value = concrete(other)
        if not isinstance(value, (int, float)):
            return NotImplemented
        # Two sizes of one and the same value never differ.
        mine, theirs = symbol_of(self), symbol_of(other)
        if theirs is None or mine.val is not theirs.val:
            places.warn("Converting a tensor to a Python boolean" + places.PYTHON_DATAFLOW)
        return function(mine.concrete, value)
    return method


class _Number:
    """What TracedInt and TracedFloat share. A tensor on the other side takes the operation over."""
    __slots__ = ()

    def __repr__(self):
        return str(self.node.concrete)

    __str__ = __repr__

    def __format__(self, spec):
        places.warn("Converting a tensor to a Python number" + places.PYTHON_DATAFLOW)
        return format(self.node.concrete, spec)

    def __hash__(self):
        return hash(self.node.concrete)

    def __bool__(self):
        places.warn("Converting a tensor to a Python boolean" + places.PYTHON_DATAFLOW)
        return bool(self.node.concrete)

    def __int__(self):
        places.warn("Converting a tensor to a Python integer" + places.PYTHON_DATAFLOW)
        return int(self.node.concrete)

    __trunc__ = __int__

    def __float__(self):
        places.warn("Converting a tensor to a Python float" + places.PYTHON_DATAFLOW)
        return float(self.node.concrete)

    def __neg__(self):
        kind = "int" if self.node.is_int() else "float"
        return _unary(self, "aten::neg", kind, kind, -self.node.concrete)

    def __pos__(self):
        return self

    def __abs__(self):
        return -self if self.node.concrete < 0 else self

    def __deepcopy__(self, memo):
        return self

    def __copy__(self):
        return self

    def __getattr__(self, name):
        # While torch.jit traces, sizes are tensors; programs that use them as such go on working.
        if name.startswith("_") or not hasattr(torch.Tensor, name):
            raise AttributeError("'%s' object has no attribute '%s'" % (self.node.__class__.__name__, name))
        return getattr(as_tensor(self), name)


def as_tensor(number):
    """The 0-dim tensor of a traced number (prim::NumToTensor)."""
    symbol = symbol_of(number)
    recorder = symbol.recorder
    (val,) = recorder.emit("op", ("prim::NumToTensor", "Scalar"), [symbol.val], ["Tensor"])
    with recorder.front.unseen():
        tensor = torch.scalar_tensor(symbol.concrete, dtype=torch.int64 if symbol.is_int() else torch.float64)
    recorder.bind(tensor, val)
    recorder.front.keep(tensor)
    return tensor


class TracedInt(_Number, torch.SymInt):
    def __index__(self):
        places.warn("Converting a tensor to a Python index" + places.PYTHON_DATAFLOW)
        return self.node.concrete

    def __round__(self, digits=None):
        return self

    def __floor__(self):
        return self

    __ceil__ = __floor__

    def is_integer(self):
        return True

    def item(self):
        return self.__int__()


class TracedFloat(_Number, torch.SymFloat):
    def __floor__(self):
        return _unary(self, "aten::floor", "float", "int", math.floor(self.node.concrete))

    def __ceil__(self):
        return _unary(self, "aten::ceil", "float", "int", math.ceil(self.node.concrete))

    def __round__(self, digits=None):
        places.warn("Converting a tensor to a Python float" + places.PYTHON_DATAFLOW)
        return round(self.node.concrete, digits)

    def is_integer(self):
        return self.node.concrete.is_integer()

    def item(self):
        return self.__float__()


def _define():
    for name in _SCALAR_OPS:
        def forward(self, other, name=name):
            return _arithmetic(name, self, other)

        def reverse(self, other, name=name):
            return _arithmetic(name, other, self)
        for cls in (TracedInt, TracedFloat):
            setattr(cls, "__%s__" % name, forward)
            setattr(cls, "__r%s__" % name, reverse)
    for name in ("lt", "le", "gt", "ge", "eq", "ne"):
        for cls in (TracedInt, TracedFloat):
            setattr(cls, "__%s__" % name, _compare(name))
    for cls in (TracedInt, TracedFloat):
        cls.__divmod__ = lambda self, other: (self // other, self % other)
        cls.__hash__ = _Number.__hash__


_define()
