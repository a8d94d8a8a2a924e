# Marks that the compiler reads; see Interp and compile_object.
import torch
from typing import Final


def _mark(f, name):
    target = f.fget if isinstance(f, property) else f
    try:
        target.__facula_mark__ = name
    except AttributeError:
        pass
    return f


def ignore(f=None, **kwargs):
    if f is None or isinstance(f, bool):
        return lambda g: _mark(g, "ignore")
    return _mark(f, "ignore")


def unused(f):
    return _mark(f, "unused")


def export(f):
    return _mark(f, "export")


def script(f=None, *args, **kwargs):
    return f


def script_if_tracing(f):
    return f


def script_method(f):
    return f


def interface(c):
    c.__facula_interface__ = c
    return c


def _overload(f):
    return f


_overloads = {}


def _overload_method(f):
    _overloads.setdefault(f.__module__ + "." + f.__qualname__, []).append(f)
    return f


def _script_if_tracing(f):
    return f


def trace(f, *args, **kwargs):
    raise NotImplementedError("torch.jit.trace is not available while a model is compiled")


def is_scripting():
    return False


def is_tracing():
    return False


def annotate(type, value):
    return value


def _copy_to_script_wrapper(f):
    return f


def fuser(*args):
    return torch.no_grad()


class Attribute:
    def __init__(self, value, type=None):
        self.value = value
        self.type = type


ScriptModule = object
ScriptFunction = object
