"""What Python code does to torch tensors beyond calling operators: sizes, conversions, iteration, indexing, construction."""
from __future__ import annotations

import sys

import torch

from . import indexing, places, sizes
from .recorder import Lit, Val

HANDLERS = {}


def handles(*functions):
    def register(handler):
        for f in functions:
            if f is not None:
                HANDLERS[f] = handler
        return handler
    return register


def _call(front, func, args, kwargs):
    """The call itself, unseen: its result is no value of the trace."""
    with front.unseen():
        return func(*[front_tensor(a) for a in args], **kwargs)


def front_tensor(x):
    return sizes.concrete(x)


# --- sizes -----------------------------------------------------------------------------------------------------------
def size_of(front, x, dim):
    """x.size(dim) as a traced number. Sizes of parameters and constants are what they are."""
    recorder = front.recorder
    with front.unseen():
        number = x.size(dim)
    val = recorder.find(x)
    if not isinstance(val, Val):
        return number
    if not val.name:
        val.name = places.variable_name(x)
    (size,) = recorder.op("aten::size", "int", [val, Lit(dim, "int")], ["int"])
    return sizes.traced(recorder, size, number)


@handles(torch.Tensor.shape.__get__)
def _shape(front, func, args, kwargs):
    x = args[0]
    with front.unseen():
        rank = x.dim()
    return torch.Size([size_of(front, x, i) for i in range(rank)])


@handles(torch.Tensor.size)
def _size(front, func, args, kwargs):
    dim = args[1] if len(args) > 1 else kwargs.get("dim")
    if dim is None:
        return _shape(front, func, args[:1], {})
    return size_of(front, args[0], sizes.concrete(dim))


@handles(torch.Tensor.numel, torch.Tensor.nelement, torch.numel)
def _numel(front, func, args, kwargs):
    x = args[0] if args else kwargs["input"]
    with front.unseen():
        number = x.numel()
    val = front.recorder.find(x)
    if not isinstance(val, Val):
        return number
    (count,) = front.recorder.op("aten::numel", "", [val], ["int"])
    return sizes.traced(front.recorder, count, number)


@handles(torch.Tensor.device.__get__)
def _device(front, func, args, kwargs):
    device = _call(front, func, args, kwargs)
    val = front.recorder.find(args[0])
    if val is not None:
        front.devices[id(device)] = (device, val)   # kept, so that its id stays its own
    return device


# --- what becomes a constant -----------------------------------------------------------------------------------------
def _constant(what):
    def handler(front, func, args, kwargs):
        if front.is_traced(args[0]):
            places.warn("Converting a tensor to " + what + places.PYTHON_DATAFLOW)
        return _call(front, func, args, kwargs)
    return handler


for _names, _what in {("__bool__",): "a Python boolean", ("__int__", "__long__"): "a Python integer",
                      ("__float__",): "a Python float", ("__complex__",): "a Python complex",
                      ("__index__",): "a Python index", ("item",): "a Python number", ("tolist",): "a Python list",
                      ("numpy", "__array__"): "a NumPy array"}.items():
    for _name in _names:
        if hasattr(torch.Tensor, _name):
            handles(getattr(torch.Tensor, _name))(_constant(_what))


@handles(torch.Tensor.__contains__)
def _contains(front, func, args, kwargs):
    if front.is_traced(args[0]):
        places.warn("Converting a tensor to a Python boolean" + places.PYTHON_DATAFLOW)
    return _call(front, func, args, kwargs)


@handles(torch.Tensor.__format__)
def _format(front, func, args, kwargs):
    return _call(front, func, args, kwargs)


@handles(torch.Tensor.__repr__)
def _repr(front, func, args, kwargs):
    return _call(front, func, args, kwargs)


@handles(torch.Tensor.__len__)
def _len(front, func, args, kwargs):
    if front.is_traced(args[0]):
        places.warn(places.LENGTH)
    return _call(front, func, args, kwargs)


@handles(torch.Tensor.unbind)
def _unbind(front, func, args, kwargs):
    asking = sys._getframe(3)   # Tensor.__iter__ asks no mode, but it calls unbind
    if asking.f_code is torch.Tensor.__iter__.__code__ and front.is_traced(args[0]):
        places.warn(places.ITERATION)
    return func(*args, **kwargs)


@handles(torch.Tensor.to)
def _to(front, func, args, kwargs):
    """x.to(other): the parser would take other's dtype and device for constants."""
    other = args[1] if len(args) > 1 else kwargs.get("other")
    if not isinstance(other, torch.Tensor):
        return front.call(func, args, kwargs)
    given = dict(zip(("non_blocking", "copy", "memory_format"), args[2:]))
    given.update({k: v for k, v in kwargs.items() if k != "other"})
    return torch.ops.aten.to.other(args[0], other, **given)


@handles(torch.tensor, torch.Tensor.new_tensor)
def _tensor(front, func, args, kwargs):
    name = "torch.tensor" if func is torch.tensor else "new_tensor"
    places.warn(name + places.CONSTRUCTOR)
    return _call(front, func, [_plain(a) for a in args], {k: _plain(v) for k, v in kwargs.items()})


def _plain(x):
    if isinstance(x, (list, tuple)):
        return type(x)(_plain(i) for i in x) if not hasattr(x, "_fields") else [_plain(i) for i in x]
    return sizes.concrete(x)


@handles(torch.as_tensor, torch.asarray)
def _as_tensor(front, func, args, kwargs):
    data = args[0] if args else kwargs.get("data", kwargs.get("obj"))
    if sizes.symbol_of(data) is not None:
        data = sizes.as_tensor(data)
    if isinstance(data, torch.Tensor):
        options = {k: v for k, v in kwargs.items() if k in ("dtype", "device") and v is not None}
        return data.to(**options) if options else data
    places.warn("torch.as_tensor" + places.CONSTRUCTOR)
    return _call(front, func, [_plain(a) for a in args], {k: _plain(v) for k, v in kwargs.items()})


@handles(torch.scalar_tensor)
def _scalar_tensor(front, func, args, kwargs):
    if sizes.symbol_of(args[0]) is not None:
        t = sizes.as_tensor(args[0])
        return t.to(**{k: v for k, v in kwargs.items() if k in ("dtype", "device")})
    return func(*args, **kwargs)


@handles(torch.sym_int)
def _sym_int(front, func, args, kwargs):
    """How torch.nn.functional rounds sizes: of a computed tensor it stays computed, too."""
    x = args[0]
    if not front.is_traced(x):
        return func(*args, **kwargs)
    with front.unseen():
        number = int(x)
    (val,) = front.recorder.op("aten::Int", "Tensor", [front.tensor(x)], ["int"])
    return sizes.traced(front.recorder, val, number)


@handles(torch.is_tensor)
def _is_tensor(front, func, args, kwargs):
    return isinstance(args[0], torch.Tensor)


@handles(torch.Tensor.data.__get__)
def _data(front, func, args, kwargs):
    x = args[0]
    val = front.recorder.find(x)
    if val is None or not isinstance(val, Val):   # of a parameter or constant: the values are what they are
        with front.unseen():
            t = x.detach()
        if val is not None:
            front.recorder.bind(t, val)
        return t
    places.warn("Reading .data cuts a tensor off from the trace; its present value will be treated as a constant. Use"
                " .detach() to keep it an input-dependent value.")
    return _call(front, func, args, kwargs)


@handles(torch.Tensor.resize_, torch.Tensor.resize_as_)
def _resize(front, func, args, kwargs):
    places.warn(("resize_" if func is torch.Tensor.resize_ else "resize_as_") + places.RESIZE)
    return _call(front, func, [_plain(a) for a in args], kwargs)


# --- indexing --------------------------------------------------------------------------------------------------------
@handles(torch.Tensor.__getitem__)
def _getitem(front, func, args, kwargs):
    return indexing.get(front, args[0], args[1])


@handles(torch.Tensor.__setitem__)
def _setitem(front, func, args, kwargs):
    indexing.put(front, args[0], args[1], args[2])
