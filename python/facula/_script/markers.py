"""What marks on functions say, and the declarations of overloaded functions. The marks themselves: facula/_markers.py.

torch's own marks are understood as well: both store the same attribute on the function.
"""
import sys

from .._markers import (Attribute, Final, FunctionModifiers, annotate, export, ignore, is_scripting,  # noqa: F401
                        isinstance as isinstance_, unused)

MODIFIER = "_torchscript_modifier"
EXPORT, IGNORE, UNUSED, DEFAULT = (FunctionModifiers.EXPORT, FunctionModifiers.IGNORE, FunctionModifiers.UNUSED,
                                   FunctionModifiers.DEFAULT)
COPY, DROP = FunctionModifiers.COPY_TO_SCRIPT_WRAPPER, FunctionModifiers._DROP


def modifier(fn):
    """What was said about `fn`, as the text that torch and this package store; None for no function."""
    if not callable(fn):
        return None
    if hasattr(fn, "__func__"):
        fn = fn.__func__
    mod = getattr(fn, MODIFIER, None)
    return mod if mod is not None else DEFAULT


def is_ignored(fn):
    return modifier(fn) in (IGNORE, UNUSED, DROP)


def is_dropped(fn):
    return modifier(fn) in (UNUSED, DROP)


# --- overloads ----------------------------------------------------------------------------------------------------------

_function_overloads = {}    # qualified name -> declarations
_method_overloads = {}      # qualified name of the class -> {method: declarations}


def _name(fn):
    return "%s.%s" % (fn.__module__, fn.__qualname__)


def _only_declares(fn):
    """Whether the body of an overload's declaration is `pass` or `...` alone."""
    import ast
    from .sources import text_of
    body = ast.parse(text_of(fn)[0]).body[0].body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
        body = body[1:]
    return len(body) == 1 and (isinstance(body[0], ast.Pass) or (
        isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and body[0].value.value is ...))


def _check_declaration(fn, kind):
    if _only_declares(fn):
        return
    from .sources import text_of
    text, file, line = text_of(fn)
    raise RuntimeError(
        "Only `pass` statement or docstring can be the body of overload declaration:\n"
        '  File "%s", line %d\n%s<--- HERE' % (file, line + len(text.splitlines()) - 1, text))


def _overload(fn):
    """Declare one signature of an overloaded function; the implementation follows without the decorator."""
    _check_declaration(fn, "function")
    _function_overloads.setdefault(_name(fn), []).append(fn)
    return fn


def _overload_method(fn):
    """The same for a method."""
    _check_declaration(fn, "method")
    cls, _, name = fn.__qualname__.rpartition(".")
    entry = _method_overloads.setdefault("%s.%s" % (fn.__module__, cls), {})
    line = fn.__code__.co_firstlineno
    known = entry.setdefault(name, [])
    # The class statement ran again (a test that defines it twice): the new declarations replace the old ones.
    if known and line <= known[-1].__code__.co_firstlineno:
        known.clear()
    known.append(fn)
    return fn


def _internal():
    return sys.modules.get("torch._jit_internal")


# Declarations that torch keeps for its own compiler and that Facula has compiled: torch must still find them, another function
# of the same name must not. (The functions themselves are kept: their ids stay theirs.)
_used = {}


def function_overloads(fn):
    """The declarations of an overloaded function that it was not compiled with yet, or an empty list."""
    found = _function_overloads.get(_name(fn)) if hasattr(fn, "__qualname__") and hasattr(fn, "__module__") else None
    if found:
        return list(found)
    torch_internal = _internal()
    if torch_internal is not None:
        from .names import qualified_name
        try:
            declared = torch_internal._get_fn_overloads(qualified_name(fn)) or ()
        except Exception:
            return []
        declared = [d for d in declared if id(d) not in _used]
        return declared or _compiled_by_torch(fn)
    return []


def forget_overloads(fn, declared):
    _function_overloads.pop(_name(fn), None)
    _used.update((id(d), d) for d in declared)
    torch_internal = _internal()
    # The next function of that name within a function is another one.
    if torch_internal is not None and "<locals>" in getattr(fn, "__qualname__", ""):
        from .names import qualified_name
        torch_internal._overloaded_fns.pop(qualified_name(fn), None)


def _compiled_by_torch(fn):
    """torch forgets the declarations of what it has compiled; the compiled versions' schemas say the same."""
    import inspect
    if hasattr(fn, "__facula_overloads__"):
        return []
    state = sys.modules.get("torch.jit._state")
    try:
        compiled = state._try_get_jit_cached_overloads(fn) if state is not None else None
    except TypeError:       # what cannot be a key of a weak dictionary
        return []
    declared = []
    for version in compiled or ():
        given = {a.name for a in version.schema.arguments if a.has_default_value()}
        names = ["%s=%r" % (n, p.default) if n in given else n for n, p in inspect.signature(fn).parameters.items()]
        types = [a.type.annotation_str for a in version.schema.arguments]
        text = "def %s(%s):\n    # type: (%s) -> %s\n    pass\n" % (
            fn.__name__, ", ".join(names), ", ".join(types), version.schema.returns[0].type.annotation_str)

        def declaration():
            pass
        declaration._facula_source = (text, "<an overload that torch.jit has compiled>", 1)
        declaration.defaults = {a.name: a.default_value for a in version.schema.arguments if a.has_default_value()}
        declared.append(declaration)
    return declared


def method_overloads(cls):
    """name -> declarations, of the class and its bases."""
    out = {}
    for c in reversed(cls.__mro__):
        key = "%s.%s" % (c.__module__, c.__qualname__)
        for name, found in _method_overloads.get(key, {}).items():
            if name in c.__dict__:
                out[name] = list(found)
    torch_internal = _internal()
    if torch_internal is not None and torch_internal._overloaded_methods:
        from .names import qualified_name
        for name in dir(cls):
            item = cls.__dict__.get(name)
            if not callable(item) or not getattr(item, "__module__", None) or not hasattr(item, "__name__"):
                continue
            table = torch_internal._overloaded_methods.get(qualified_name(item))
            found = table.get(cls.__name__) if table else None
            if found:
                out[name] = list(found)
    return out


NO_IMPLEMENTATION = (
    'Implementation for the {kind} "{name}" is missing. Please make sure a definition is provided and defined after all overload '
    'declarations.\nFile "{file}", line {line}:\n{text}\nBelow is an example of how to define a {kind} overload ...')
