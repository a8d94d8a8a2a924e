"""Records programs on facula.Tensor: the package's operators tell an observer what they were called with and what they gave.

Sizes are ints that remember the value of the trace they stand for (TracedInt); conversions to Python's numbers are seen by
wrappers around Tensor's own methods, which are in place from the first such trace on and look whether one runs.
"""
from __future__ import annotations

import contextlib

from .. import _facula
from . import places, scalars, state
from .recorder import Group, Lit, TracingError, Val

Tensor = _facula.Tensor


def has_our_tensor(x):
    if isinstance(x, Tensor):
        return True
    if isinstance(x, dict):
        return any(has_our_tensor(v) for v in x.values())
    return isinstance(x, (list, tuple)) and any(has_our_tensor(v) for v in x)


# --- sizes -----------------------------------------------------------------------------------------------------------
class TracedInt(int):
    """A size: works as its number, and remembers where it came from."""

    def __new__(cls, symbol):
        self = super().__new__(cls, symbol.concrete)
        self.symbol = symbol
        return self

    def __neg__(self):
        return wrap(scalars.unary(self.symbol, "aten::neg", "int", "int", -self.symbol.concrete))

    def __bool__(self):
        places.warn("Converting a tensor to a Python boolean" + places.PYTHON_DATAFLOW)
        return self.symbol.concrete != 0

    def __deepcopy__(self, memo):
        return self


class TracedFloat(float):
    def __new__(cls, symbol):
        self = super().__new__(cls, symbol.concrete)
        self.symbol = symbol
        return self


def symbol_of(x):
    return x.symbol if isinstance(x, (TracedInt, TracedFloat)) else None


def wrap(symbol):
    return (TracedFloat if type(symbol.concrete) is float else TracedInt)(symbol)


for _class in (TracedInt, TracedFloat):
    scalars.define(_class, symbol_of, wrap)


# --- what Tensor's own methods say while a trace runs ------------------------------------------------------------------
def _front():
    recorder = state.current()
    return recorder.front if recorder is not None and isinstance(recorder.front, NativeFront) else None


def _watch(name, handler):
    original = getattr(Tensor, name)

    def method(self, *args, **kwargs):
        front = _front()
        return original(self, *args, **kwargs) if front is None else handler(front, original, self, *args, **kwargs)
    method.__name__, method.__doc__ = name, getattr(original, "__doc__", None)
    setattr(Tensor, name, method)


def _size(front, original, x, dim=None):
    if dim is None:
        return tuple(front.size(x, original(x, i), i) for i in range(x.dim()))
    return front.size(x, original(x, dim), dim)


def _numel(front, original, x):
    return front.number(x, "aten::numel", "", [], original(x))


def _constant(text):
    def handler(front, original, x, *args, **kwargs):
        if isinstance(front.recorder.find(x), Val):
            places.warn(text)
        with front.unseen():
            return original(x, *args, **kwargs)
    return handler


def _iterate(front, original, x):
    if isinstance(front.recorder.find(x), Val):
        places.warn(places.ITERATION)
    return original(x)


def watch_tensors():
    """Once: Tensor's methods look whether a trace runs."""
    if getattr(Tensor, "_facula_watched", False):
        return
    Tensor._facula_watched = True
    shape = Tensor.shape
    _watch("size", _size)
    _watch("numel", _numel)
    Tensor.shape = property(lambda x: shape.__get__(x) if _front() is None else x.size(), doc=shape.__doc__)
    flow = places.PYTHON_DATAFLOW
    for name, text in {"__bool__": "Converting a tensor to a Python boolean" + flow,
                       "__int__": "Converting a tensor to a Python integer" + flow,
                       "__float__": "Converting a tensor to a Python float" + flow,
                       "__index__": "Converting a tensor to a Python index" + flow,
                       "item": "Converting a tensor to a Python number" + flow,
                       "tolist": "Converting a tensor to a Python list" + flow,
                       "numpy": "Converting a tensor to a NumPy array" + flow,
                       "__array__": "Converting a tensor to a NumPy array" + flow,
                       "__len__": places.LENGTH}.items():
        if hasattr(Tensor, name):
            _watch(name, _constant(text))
    if hasattr(Tensor, "__iter__"):
        _watch("__iter__", _iterate)


# --- recording -------------------------------------------------------------------------------------------------------
class NativeFront:
    def __init__(self, recorder):
        self.recorder = recorder
        recorder.front = self
        recorder.identity = _facula._tensor_address
        watch_tensors()

    def keep(self, tensor):
        self.recorder.forget_nothing.append(tensor)

    @contextlib.contextmanager
    def active(self):
        before = _facula._set_operator_observer(self.called)
        try:
            yield
        finally:
            _facula._set_operator_observer(before)

    @contextlib.contextmanager
    def unseen(self):
        before = _facula._set_operator_observer(None)
        self.recorder.paused += 1
        try:
            yield
        finally:
            self.recorder.paused -= 1
            _facula._set_operator_observer(before)

    def size(self, x, number, dim):
        return self.number(x, "aten::size", "int", [Lit(int(dim), "int")], number)

    def number(self, x, op, overload, more, number):
        val = self.recorder.find(x)
        if not isinstance(val, Val):
            return number
        (size,) = self.recorder.op(op, overload, [val, *more], ["int"])
        return wrap(scalars.Symbol(self.recorder, size, number))

    def tensor(self, t):
        recorder = self.recorder
        val = recorder.find(t)
        if val is None:
            known = recorder.constants.get(recorder.identity(t))
            if known is None:
                known = recorder.constants[recorder.identity(t)] = t, Lit(t, "Tensor")
            return known[1]
        if isinstance(val, Val) and not val.name:
            val.name = places.variable_name(t)
        return val

    def called(self, name, overload, types, writes, args, results, given):
        """An operator was called. types: of the schema's arguments; given: what Python passed, sizes included."""
        if self.recorder.paused:
            return
        queue = _flatten(given)
        inputs = []
        for x, type_ in zip(args, types):
            count = len(_flatten([x]))
            source, queue = queue[:count], queue[count:]
            inputs.append(self.operand(x, type_, source if len(source) == count else ()))
        returned = [_type_of(r) for r in results]
        if not any("Tensor" in t for t in returned):
            return
        outputs = self.recorder.op(name, overload, inputs, returned, effect=bool(writes))
        for r, val in zip(results, outputs):
            if isinstance(r, Tensor):
                self.recorder.bind(r, val)
            elif isinstance(r, (list, tuple)):
                for t, v in zip(r, self.recorder.unpack(val, ["Tensor"] * len(r), "list_unpack")):
                    self.recorder.bind(t, v)

    def operand(self, x, type, source):
        if type.endswith("?"):
            if x is None:
                return Lit(None, "NoneType")
            type = type[:-1]
        if type.endswith("]"):
            element = type[:type.rindex("[")]
            items = [self.operand(i, element, source[n:n + 1]) for n, i in enumerate(x)]
            return Group("list", element, items)
        if isinstance(x, Tensor):
            return self.tensor(x)
        symbol = symbol_of(source[0]) if source else None
        if symbol is not None and symbol.concrete == x:
            return scalars.as_float(symbol).val if type == "float" else symbol.val
        if x is None:
            return Lit(None, "NoneType")
        if type in ("Device", "str", "bool", "int", "float", "complex"):
            return Lit(x, type)
        if type in ("ScalarType", "Layout", "MemoryFormat"):
            return Lit(int(x), "int")
        if isinstance(x, (bool, int, float, complex)):
            return Lit(x, x.__class__.__name__)
        raise TracingError("an argument of type %s cannot be part of a trace" % type)

    # --- for calls of compiled code (calls.py) -----------------------------------------------------------------------
    def is_tensor(self, x):
        return isinstance(x, Tensor)

    def concrete(self, x):
        return x

    def from_compiled(self, x):
        return x

    def call_operand(self, x, type):
        if isinstance(x, Tensor):
            return self.tensor(x)
        symbol = symbol_of(x)
        return symbol.val if symbol is not None else None

    def traced_number(self, val, number):
        return wrap(scalars.Symbol(self.recorder, val, number))

    def value_of_output(self, x):
        val = self.recorder.find(x)
        known = self.recorder.constants.get(self.recorder.identity(x))
        return known[1] if val is None and known is not None else val

    def finish(self, x):
        if symbol_of(x) is not None:
            (val,) = self.recorder.op("prim::NumToTensor", "Scalar", [symbol_of(x).val], ["Tensor"])
            with self.unseen():
                tensor = _facula.tensor(x.symbol.concrete)
            self.recorder.bind(tensor, val)
            self.keep(tensor)
            return tensor
        if isinstance(x, tuple):
            items = [self.finish(i) for i in x]
            return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
        return [self.finish(i) for i in x] if type(x) is list else x

    def warn_about_state(self, tree):
        pass


def _flatten(xs, out=None):
    out = [] if out is None else out
    for x in xs:
        if isinstance(x, (list, tuple)):
            _flatten(x, out)
        else:
            out.append(x)
    return out


def _type_of(x):
    if isinstance(x, Tensor):
        return "Tensor"
    if isinstance(x, (list, tuple)) and x and all(isinstance(i, Tensor) for i in x):
        return "Tensor[]"
    return x.__class__.__name__


class NativeTools:
    """What tracing asks of tensors, for facula.Tensor (torch_tools.py has the same for torch)."""
    name = "facula"

    def is_tensor(self, x):
        return isinstance(x, Tensor)

    is_any_tensor = is_tensor

    def to_tensor(self, x):
        return x

    def is_module(self, x):
        return False

    def front(self, recorder):
        return NativeFront(recorder)

    def alias(self, x):
        return x.view(x.size())

    def clone(self, x):
        if isinstance(x, Tensor):
            return x.clone()
        if isinstance(x, dict):
            return {k: self.clone(v) for k, v in x.items()}
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*[self.clone(v) for v in x])
        return type(x)(self.clone(v) for v in x) if isinstance(x, (list, tuple)) else x

    def for_compiled(self, x):
        return x

    def from_compiled(self, x):
        return x

    @contextlib.contextmanager
    def checking(self):
        yield

    def difference(self, a, b, tolerance):
        if list(a.size()) != list(b.size()):
            return "The sizes are %s and %s" % (a.size(), b.size())
        worst = 0.0
        for x, y in zip(_flatten([a.tolist()]), _flatten([b.tolist()])):
            if x != y and not (x != x and y != y):
                if abs(x - y) > 1e-5 + tolerance * abs(y):
                    worst = max(worst, abs(x - y))
        return "Greatest absolute difference: %s" % worst if worst else None

    def difference_of_constants(self, a, b):
        return self.difference(a, b, 1.3e-6)
