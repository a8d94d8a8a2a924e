"""Python functions compiled from their source."""
import inspect
import re

from .._facula import script as c
from . import examples, ignored_blocks, markers, state
from .names import closure_lookup, qualified_name
from .scope import Scope, members
from .sources import defaults_of, text_of


def _function_class():
    from .._facula import Function
    return Function


def is_compiled(obj):
    return isinstance(obj, _function_class())


def handle(f):
    return f


def cached(fn):
    try:
        return state.functions.get(fn)
    except TypeError:
        return None


def remember(fn, compiled):
    try:
        state.functions[fn] = compiled
    except TypeError:
        pass


def compile_called(fn):
    """A function that another one calls."""
    fn = fn.__prepare_scriptable__() if hasattr(fn, "__prepare_scriptable__") else fn
    return compile_function(fn, closure_lookup(fn))


def compile_function(fn, look, name=None, signature=None):
    if hasattr(fn, "__script_if_tracing_wrapper"):
        fn = fn.__original_fn
        look = closure_lookup(fn)
    if hasattr(fn, "__script_unsupported"):
        raise RuntimeError("TorchScript error: " + fn.__script_unsupported)
    if signature is None:
        known = cached(fn)
        if known is not None:
            return known
    text, look = source_of(fn, look)
    scope = Scope(look)
    defaults = defaults_of(signature if signature is not None else fn)
    wanted = name or qualified_name(fn)
    compiled = c.define(state.program, state.program.unique_name(wanted), text, scope, members, defaults,
                        signature=_head(fn, signature, scope))
    # The function by its own name is this one, also where the caller's scope has another of that name.
    name = getattr(fn, "__name__", "")
    scope.own[name] = lambda: _itself(compiled, name)
    c.compile(compiled)
    compiled.__doc__ = fn.__doc__
    compiled.__wrapped__ = fn
    if signature is None:
        remember(fn, compiled)
    return compiled


_wrong_prefix = re.compile(r"#[\t ]*type[\t ]*(?!: ignore(\[.*\])?$):")


def source_of(fn, look):
    """(text, look) of a function whose source is compiled: what is left to Python is taken out of it."""
    text = text_of(fn)
    if "#" in text[0] and "# type:" not in text[0]:
        for i, line in enumerate(text[0].splitlines()):
            if _wrong_prefix.search(line):
                raise RuntimeError("The annotation prefix in line %d is probably invalid.\nIt must be '# type:'\nSee PEP 484 "
                                   "(https://www.python.org/dev/peps/pep-0484/#suggested-syntax-for-python-2-7-and-straddling-code)\n"
                                   "for examples" % i)
    return ignored_blocks.take_out(fn, text, look)


def _itself(compiled, name):
    if not c.is_compiled(compiled):
        raise RuntimeError("function '%s' is called recursively. Recursive calls are not supported" % name)
    return c.function(compiled)


def _head(fn, signature, scope):
    """The text whose signature counts: an overload's declaration, or what example inputs have shown; None: the function's own."""
    if signature is not None:
        return text_of(signature)
    shown = examples.signature_text(fn)
    if shown is None:
        return None
    text, names = shown
    look = scope.look
    scope.look = lambda name: names[name] if name in names else look(name)
    return (text, "<types of the example inputs>", 1)


def overloads_of(fn):
    """The compiled versions of an overloaded function, or None."""
    known = getattr(fn, "__facula_overloads__", None)
    declared = markers.function_overloads(fn)
    if not declared:
        return known
    if fn in declared:
        raise RuntimeError(no_implementation("function", fn))
    made = []
    for i, declaration in enumerate(declared):
        _need_signature(declaration)
        name = qualified_name(fn) + ("__%d" % i if len(declared) > 1 else "")
        check_overload_defaults(declaration, fn)
        made.append(compile_function(fn, closure_lookup(fn), name, declaration))
    if known is not None:
        made = known + made
    markers.forget_overloads(fn, declared)
    fn.__facula_overloads__ = made
    return made


def check_overload_defaults(declaration, implementation):
    """A default must be the same wherever it is written."""
    ours, theirs = defaults_of(declaration), defaults_of(implementation)
    for name, value in ours.items():
        if name not in theirs or theirs[name] is value:
            continue
        try:
            same = bool(theirs[name] == value)
        except Exception:
            same = False
        if not same:
            raise RuntimeError("Default parameters on overloads do not affect the runtime so they must all equal to the default "
                               "parameter on the implementation function. Found on parameter %s" % name)


def no_implementation(kind, fn):
    text, file, line = text_of(fn)
    return markers.NO_IMPLEMENTATION.format(kind=kind, name=qualified_name(fn).rpartition(".")[2], file=file, line=line, text=text)


def _need_signature(fn):
    plain = inspect.unwrap(getattr(fn, "__func__", fn))
    if not inspect.getfullargspec(plain).annotations and "# type:" not in text_of(plain)[0]:
        raise RuntimeError("Must explicitly add type annotations to overloaded functions: %s" % qualified_name(fn))
