from _torch import _parameters, _is_kind


class _Empty:
    pass


class Parameter:
    empty = _Empty
    POSITIONAL_ONLY = 0
    POSITIONAL_OR_KEYWORD = 1
    VAR_POSITIONAL = 2
    KEYWORD_ONLY = 3
    VAR_KEYWORD = 4

    def __init__(self, name, kind, default=_Empty, annotation=_Empty):
        self.name = name
        self.kind = kind
        self.default = default
        self.annotation = annotation


class Signature:
    empty = _Empty

    def __init__(self, parameters):
        self.parameters = parameters
        self.return_annotation = _Empty


def signature(f, **kwargs):
    while hasattr(f, "__wrapped__"):
        f = f.__wrapped__
    if isinstance(f, type):
        f = f.__init__
        rows = _parameters(f)[1:]
    else:
        rows = _parameters(f)
    return Signature({n: Parameter(n, kind, *default) for n, kind, *default in rows})


def getmembers(obj, predicate=None):
    return [(n, getattr(obj, n)) for n in dir(obj) if predicate is None or predicate(getattr(obj, n))]


def isclass(x):
    return isinstance(x, type)


def ismodule(x):
    return _is_kind(x, "module")


def isfunction(x):
    return _is_kind(x, "function")


def ismethod(x):
    return _is_kind(x, "method")


def isroutine(x):
    return isfunction(x) or ismethod(x)


def isabstract(x):
    return False


def getfullargspec(f):
    class Spec:
        pass

    s = Spec()
    rows = _parameters(f)
    s.args = [n for n, kind, *d in rows if kind in (0, 1)]
    s.kwonlyargs = [n for n, kind, *d in rows if kind == 3]
    s.varargs = next((n for n, kind, *d in rows if kind == 2), None)
    s.varkw = next((n for n, kind, *d in rows if kind == 4), None)
    s.defaults = tuple(d[0] for n, kind, *d in rows if d)
    return s
