"""Marks that Python code carries for the compiler.

They are written the way torch.jit writes them (the attribute `_torchscript_modifier` of a function), so that code marked
by either package is understood by both. Nothing here imports torch.
"""
import collections
import functools
import sys
import typing
import warnings

__all__ = ["Attribute", "Final", "annotate", "export", "ignore", "is_scripting", "isinstance", "unused", "overload"]

Attribute = collections.namedtuple("Attribute", ["value", "type"])
Attribute.__doc__ = "An attribute of a module with its type: self.xs = facula.Attribute([], List[int])"
Final = typing.Final


class FunctionModifiers:
    """Values of `_torchscript_modifier`; the texts are torch's."""
    UNUSED = "unused (ignored and replaced with raising of an exception)"
    IGNORE = "ignore (leave as a call to Python, cannot be torch.jit.save'd)"
    EXPORT = "export (compile this function even if nothing calls it)"
    DEFAULT = "default (compile if called from a exported function / forward)"
    COPY_TO_SCRIPT_WRAPPER = "if this method is not scripted, copy the python method onto the scripted model"
    _DROP = "_drop (function is fully ignored, declaration can be unscriptable)"


def modifier(fn):
    """The mark of a function or method: one of FunctionModifiers."""
    return getattr(getattr(fn, "__func__", fn), "_torchscript_modifier", FunctionModifiers.DEFAULT)


def is_ignored(fn):
    return modifier(fn) in (FunctionModifiers.UNUSED, FunctionModifiers.IGNORE, FunctionModifiers._DROP)


def export(fn):
    """Compiles the method even if nothing calls it."""
    fn._torchscript_modifier = FunctionModifiers.EXPORT
    return fn


def unused(fn):
    """Leaves the body out: a call of it in compiled code raises. Also for properties."""
    if type(fn) is property:
        for part in (fn.fget, fn.fset):
            if part is not None:
                part._torchscript_modifier = FunctionModifiers.UNUSED
        return fn
    fn._torchscript_modifier = FunctionModifiers.UNUSED
    return fn


def ignore(drop=False, **kwargs):
    """Leaves the function to Python: compiled code calls back, and cannot be saved then. `drop=True`: as unused."""
    if callable(drop):
        drop._torchscript_modifier = FunctionModifiers.IGNORE
        return drop
    if type(drop) is not bool:
        raise RuntimeError("Argument to @facula.ignore must be a bool or a function but got {}".format(drop))
    if kwargs.pop("drop_on_export", None) is not None:
        warnings.warn("ignore(drop_on_export=True) has been deprecated: use facula.unused instead", FutureWarning, stacklevel=2)
        drop = True

    def decorator(fn):
        fn._torchscript_modifier = FunctionModifiers.UNUSED if drop else FunctionModifiers.IGNORE
        return fn
    return decorator


def annotate(the_type, the_value):
    """Gives an expression a type in compiled code; in Python it is the value."""
    return the_value


def is_scripting():
    """True in compiled code, False in Python."""
    return False


_python_isinstance = isinstance


def isinstance(obj, target_type):  # noqa: A001
    """isinstance that also takes List[int], Dict[str, T], Optional[T] and Tuple[...]: containers are looked into."""
    origin = typing.get_origin(target_type)
    if target_type in (typing.List, typing.Dict, typing.Tuple, typing.Optional) or target_type is typing.Union:
        name = getattr(target_type, "__name__", None) or str(target_type).rpartition(".")[2]
        raise RuntimeError("Attempted to use Dict without contained types. Please add contained type, e.g. Dict[int, int]" if name == "Dict"
                           else "Attempted to use {0} without a contained type. Please add a contained type, e.g. {0}[int]".format(name))
    if _python_isinstance(target_type, tuple):
        return any(isinstance(obj, t) for t in target_type)
    if target_type is None:
        return obj is None
    if origin is None:
        return _python_isinstance(obj, target_type)
    args = typing.get_args(target_type)
    if origin is list:
        return _python_isinstance(obj, list) and (_warn_if_empty(obj) or all(isinstance(x, args[0]) for x in obj))
    if origin is dict:
        return _python_isinstance(obj, dict) and (_warn_if_empty(obj) or all(
            isinstance(k, args[0]) and isinstance(v, args[1]) for k, v in obj.items()))
    if origin is tuple:
        if not _python_isinstance(obj, tuple):
            return False
        if args == ((),) or not args:
            return len(obj) == 0
        return len(obj) == len(args) and all(isinstance(x, t) for x, t in zip(obj, args))
    if origin is typing.Union or type(target_type).__name__ == "UnionType":
        return any(obj is None if t is type(None) else isinstance(obj, t) for t in args)
    return _python_isinstance(obj, origin)


def _warn_if_empty(container):
    if container:
        return False
    warnings.warn("The inner type of a container is lost when calling facula.isinstance in eager mode. For example, List[int] "
                  "would become list and therefore falsely return True for List[float] or List[str].", stacklevel=3)
    return True


_overloads = {}


def overload(fn):
    """One signature of a function that has several; the definition without the mark is the body of all."""
    torch_internal = sys.modules.get("torch._jit_internal")
    if torch_internal is not None:  # one list for both packages' users
        return torch_internal._overload(fn)
    _overloads.setdefault("{}.{}".format(fn.__module__, fn.__qualname__), []).append(fn)
    return fn


def overloads_of(fn):
    """The signatures that were marked for a function of this name, in order."""
    name = "{}.{}".format(fn.__module__, fn.__qualname__)
    torch_internal = sys.modules.get("torch._jit_internal")
    found = torch_internal._get_fn_overloads(name) if torch_internal is not None else None
    return list(found or ()) + _overloads.get(name, [])


def copy_to_script_wrapper(fn):
    """The Python method is there on the compiled module, too."""
    fn._torchscript_modifier = FunctionModifiers.COPY_TO_SCRIPT_WRAPPER
    return fn


@functools.lru_cache(maxsize=None)
def enabled():
    """False where FACULA_JIT=0 asks for plain Python."""
    import os
    return os.environ.get("FACULA_JIT", "1") not in ("0", "false", "off")
