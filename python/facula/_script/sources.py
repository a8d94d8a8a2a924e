"""The source text of Python functions and classes, dedented, with its place in the user's file."""
import inspect
import textwrap
import weakref

_texts = weakref.WeakKeyDictionary()      # function or class -> (text, file, first line)


def text_of(obj):
    """(source, file, first line) of a function, method or class."""
    obj = getattr(obj, "__func__", obj)
    if inspect.isfunction(obj):
        obj = inspect.unwrap(obj)
    given = getattr(obj, "_facula_source", None)
    if given is not None:
        return given
    key = obj       # not its code: code objects of other files are equal where only annotations differ
    try:
        return _texts[key]
    except (KeyError, TypeError):
        pass
    try:
        file = inspect.getsourcefile(obj)
        lines, first = inspect.getsourcelines(obj)
    except OSError as e:
        raise OSError("Can't get source for %s. TorchScript requires source access in order to carry out compilation, make sure "
                      "original .py files are available." % (obj,)) from e
    found = (textwrap.dedent("".join(lines)), file or "<unknown>", max(first, 1))
    try:
        _texts[key] = found
    except TypeError:
        pass
    return found


def has_source(obj):
    try:
        text_of(obj)
        return True
    except (OSError, TypeError):
        return False


def defaults_of(fn):
    """Names and values of the default arguments."""
    made = getattr(fn, "_facula_source", None)
    if made is not None:
        return dict(fn.defaults)
    fn = inspect.unwrap(getattr(fn, "__func__", fn))
    try:
        signature = inspect.signature(fn)
    except (ValueError, TypeError):
        return {}
    return {k: v.default for k, v in signature.parameters.items() if v.default is not inspect.Parameter.empty}
