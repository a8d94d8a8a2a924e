"""Sizes of torch tensors that stay symbolic: integers and floats that remember the value of the trace they stand for.

While torch programs are traced, `x.shape` hands out `TracedInt`s: torch.SymInt, which torch's own argument parsers take and
pass through to the dispatcher unharmed, with arithmetic that is recorded (scalars.py). Where plain Python needs the number
itself (range, comparisons, int()), it becomes a constant, with a warning.
"""
from __future__ import annotations

import math
import operator

import torch

from . import places, scalars
from .recorder import Lit


class TorchSymbol(scalars.Symbol):
    """A Symbol with the protocol by which torch's C++ talks to symbolic numbers."""
    __slots__ = ()

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
        self.recorder.taken.append(self)   # the argument parser wants a number: see torch_front.TorchFront.align
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
        return TorchSymbol(self.recorder, Lit(n, "int"), n)

    def wrap_float(self, n):
        return TorchSymbol(self.recorder, Lit(n, "float"), n)

    def wrap_bool(self, n):
        return TorchSymbol(self.recorder, Lit(n, "bool"), n)

    def _graph_repr(self):
        return str(self.concrete)

    __str__ = __repr__ = str = _graph_repr

    def clone(self):
        return self


def _from_cpp(name, function):
    def method(self, *others):
        result = function(*[wrap(x) if isinstance(x, TorchSymbol) else x for x in (self, *others)])
        return result.node if isinstance(result, (torch.SymInt, torch.SymFloat)) else self.wrap_bool(result)
    setattr(TorchSymbol, name, method)


for _name, _function in {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
                         "float_truediv": operator.truediv, "int_truediv": operator.truediv,
                         "floordiv": operator.floordiv, "int_floordiv": operator.floordiv, "mod": operator.mod,
                         "pow": operator.pow, "float_pow": operator.pow, "pow_by_natural": operator.pow,
                         "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
                         "ge": operator.ge, "neg": operator.neg,
                         "sym_max": lambda a, b: a if concrete(a) >= concrete(b) else b,
                         "sym_min": lambda a, b: a if concrete(a) <= concrete(b) else b}.items():
    _from_cpp(_name, _function)


def symbol_of(x):
    """The symbol behind a torch.SymInt or SymFloat of ours, or None."""
    if isinstance(x, (torch.SymInt, torch.SymFloat)):
        node = x.node
        return node if isinstance(node, TorchSymbol) else None
    return None


def concrete(x):
    symbol = symbol_of(x)
    return x if symbol is None else symbol.concrete


def wrap(symbol):
    return (TracedFloat if symbol.is_float() else TracedInt)(symbol)


def traced(recorder, val, number):
    return wrap(TorchSymbol(recorder, val, number))


def float_of(x):
    symbol = symbol_of(x)
    return x if symbol is None else wrap(scalars.as_float(symbol))


def _unary(x, op, overload, type_, result):
    return wrap(scalars.unary(x.node, op, overload, type_, result))


def as_tensor(number):
    """The 0-dim tensor of a traced number (prim::NumToTensor)."""
    symbol = symbol_of(number)
    recorder = symbol.recorder
    (val,) = recorder.op("prim::NumToTensor", "Scalar", [symbol.val], ["Tensor"])
    with recorder.front.unseen():
        tensor = torch.scalar_tensor(symbol.concrete, dtype=torch.int64 if symbol.is_int() else torch.float64)
    recorder.bind(tensor, val)
    recorder.front.keep(tensor)
    return tensor


class _Number:
    """What TracedInt and TracedFloat share. A tensor on the other side takes the operation over."""
    __slots__ = ()

    def __repr__(self):
        return str(self.node.concrete)

    __str__ = __repr__

    def __format__(self, spec):
        places.warn("Converting a tensor to a Python number" + places.PYTHON_DATAFLOW)
        return format(self.node.concrete, spec)

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
        if name.startswith("_") or name == "node" or not hasattr(torch.Tensor, name):
            raise AttributeError("'%s' object has no attribute '%s'" % (type(self).__name__, name))
        return getattr(as_tensor(self), name)


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


for _class in (TracedInt, TracedFloat):
    scalars.define(_class, symbol_of, wrap)
