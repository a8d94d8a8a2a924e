"""Which operator a function of torch, math or this package is.

The tables are read from torch's public modules by the identity of the functions; nothing of its compiler is used.
"""
import cmath
import collections
import math
import sys
import types
import warnings

from . import state

_table = {}         # id -> operator
_kept = []          # the functions: their ids stay theirs
_filled = {"python": False, "torch": False, "facula": False}

_renamed_math = {"gcd": "gcd", "isfinite": "isfinite", "remainder": "mathremainder"}
_math = ("ceil copysign erf erfc exp expm1 fabs floor gamma lgamma log log10 log1p pow sqrt isnan asinh atanh cosh sinh tanh acos asin "
         "atan atan2 cos sin tan acosh fmod modf factorial frexp isinf degrees radians ldexp").split()
_cmath = {"phase": "angle", "rect": "polar"}
_cmath.update({n: n for n in "isnan isfinite isinf log log10 sqrt exp sin tan cos asin acos atan sinh cosh tanh asinh acosh atanh".split()})
# torch.functional's own versions are compiled from their source; elsewhere torch.X is the operator X.
_from_source = "stft istft lu cdist norm unique unique_consecutive tensordot".split()


def _original(f):
    """torch's function, where facula.trace stands in its place for a while (_trace/torch_patches.py)."""
    return f.__dict__.get("_facula_original", f) if isinstance(f, types.FunctionType) else f


def _add(f, name):
    f = _original(f)
    _table[id(f)] = name
    _kept.append(f)


def _fill_python():
    for n in _math:
        _add(getattr(math, n), "aten::" + n)
    for n, op in _renamed_math.items():
        _add(getattr(math, n), "aten::" + op)
    for n, op in _cmath.items():
        _add(getattr(cmath, n), "aten::" + op)
    _add(collections.OrderedDict, "aten::dict")
    _add(warnings.warn, "aten::warn")


def _fill_torch(torch):
    skip = {id(getattr(torch.functional, n)) for n in _from_source}
    skip.update((id(torch.no_grad), id(torch.autocast), id(torch.enable_grad), id(torch.set_grad_enabled), id(torch.inference_mode)))
    parts = [torch] + [getattr(torch._C, n) for n in "_nn _fft _linalg _nested _sparse _special".split() if hasattr(torch._C, n)]
    for part in parts:
        for name in dir(part):
            try:
                f = getattr(part, name)
            except Exception:
                continue
            if callable(f) and id(f) not in skip and not (isinstance(f, type) and f.__module__ == "typing"):
                _add(f, "aten::" + ("segment_reduce" if name == "_segment_reduce" else name))
    utils = torch.nn.modules.utils
    for n, op in {"_pair": "_pair", "_quadruple": "_quadruple", "_single": "_single", "_triple": "_triple",
                  "_list_with_default": "list_with_default"}.items():
        _add(getattr(utils, n), "aten::" + op)
    functional, init, vf = torch.nn.functional, torch.nn.init, torch._VF
    for owner, n, op in ((torch, "_assert", "_assert"), (torch.autograd, "grad", "grad"), (torch.autograd, "backward", "backward"),
                         (torch._C, "_infer_size", "_infer_size"), (torch, "broadcast_shapes", "broadcast_shapes"),
                         (functional, "_no_grad_embedding_renorm_", "_no_grad_embedding_renorm_"),
                         (functional, "assert_int_or_pair", "_assert_int_or_pair"),
                         (init, "_no_grad_fill_", "_no_grad_fill_"), (init, "_no_grad_normal_", "_no_grad_normal_"),
                         (init, "_no_grad_uniform_", "_no_grad_uniform_"), (init, "_no_grad_zero_", "_no_grad_zero_"),
                         (torch, "manual_seed", "manual_seed"), (torch._C, "_get_tracing_state", "_get_tracing_state"),
                         (torch._C, "_get_cpu_capability", "_get_cpu_capability"),
                         (torch._C, "_set_grad_enabled", "set_grad_enabled"), (torch, "set_grad_enabled", "set_grad_enabled")):
        if hasattr(owner, n):
            _add(getattr(owner, n), "aten::" + op)
    for n in "stft istft cdist norm unique_dim unique_consecutive nuclear_norm frobenius_norm tensordot".split():
        if hasattr(vf, n):
            _add(getattr(vf, n), "aten::" + n)


def find(f):
    """The operator that f is, or None."""
    if not _filled["python"]:
        _filled["python"] = True
        _fill_python()
    torch = state.torch()
    if torch is not None and not _filled["torch"] and hasattr(torch, "nn"):
        _filled["torch"] = True
        _fill_torch(torch)
    return _table.get(id(_original(f)))


def _torch_attribute(path):
    obj = state.torch()
    for part in path.split("."):
        if obj is None:
            return None
        obj = getattr(obj, part, None)
    return obj


def is_any(f, paths):
    """Whether f is one of torch's functions of these dotted names."""
    return state.torch() is not None and any(f is _torch_attribute(p) for p in paths)


def dispatched(f):
    """The two versions of a function that a flag chooses (torch.nn.functional.max_pool2d), or None."""
    internal = sys.modules.get("torch._jit_internal")
    if internal is None:
        return None
    try:
        return internal.boolean_dispatched.get(f)
    except TypeError:
        return None
