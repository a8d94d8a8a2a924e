"""Names of Python objects in programs, and what a name means where a function was written."""
import builtins
import enum
import inspect
import sys
import typing

MISSING = object()


def qualified_name(obj):
    """`__torch__.package.module.Name`: how archives call a class or function."""
    override = getattr(obj, "_jit_override_qualname", None)
    if override is not None:
        return override
    name = getattr(obj, "__name__", None)
    if not name:
        if isinstance(obj, enum.Enum):
            name = obj.name
        else:
            raise RuntimeError("Could not get name of python class object")
    if name == "<lambda>":
        name = "_lambda"
    module = obj.__module__
    if module is None:
        raise RuntimeError("Could not get qualified name for class '%s': __module__ can't be None." % name)
    if "." in name:
        raise RuntimeError("Could not get qualified name for class '%s': '%s' is not a valid identifier" % (name, name))
    module = module.replace("<", "_").replace(">", "_")
    return ("__torch__." if module == "__main__" else "__torch__." + module + ".") + name


def type_name(obj_or_type):
    """torch.typename: 'torch.nn.modules.linear.Linear', 'int'."""
    t = obj_or_type if isinstance(obj_or_type, type) else type(obj_or_type)
    module = t.__module__
    return t.__qualname__ if module in (None, "builtins") else module + "." + t.__qualname__


def _dotted(find):
    """A look-up that also takes `a.b.c`."""
    def look(name):
        first, *rest = name.split(".")
        obj = find(first)
        for part in rest:
            if obj is MISSING:
                return MISSING
            obj = getattr(obj, part, MISSING)
        return obj
    return look


def closure_lookup(fn):
    """What names mean inside a Python function: its closure, its module, typing, the builtins."""
    fn = getattr(fn, "original", fn)
    fields = getattr(fn, "fields", None)
    if fields is not None and hasattr(fn, "_facula_source"):     # a dataclass's method that only exists as text
        return lambda name: fields.get(name, MISSING)
    fn = getattr(fn, "__func__", fn)
    fn = inspect.unwrap(fn)
    if not hasattr(fn, "__globals__"):
        return lambda name: MISSING
    cells = {}
    for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or ()):
        cells[name] = cell
    module = fn.__globals__

    def find(name):
        if name in cells:
            try:
                return cells[name].cell_contents
            except ValueError:      # not assigned yet
                return MISSING
        if name in module:
            return module[name]
        return _everywhere(name)
    return _dotted(find)


def class_lookup(cls):
    """What names mean inside the methods of a class; classes made in a function may use each other."""
    methods = [m for m in vars(cls).values() if inspect.isfunction(m)]
    lookups = [closure_lookup(m) for m in methods]
    module = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}

    def look(name):
        for each in lookups:
            obj = each(name)
            if obj is not MISSING:
                return obj
        return _dotted(lambda n: module[n] if n in module else _everywhere(n))(name)
    return look


def frame_lookup(frames_up):
    """What names mean in the frame of a caller."""
    frame = inspect.currentframe()
    for _ in range(frames_up + 1):
        if frame is None:
            break
        frame = frame.f_back
    if frame is None:
        return lambda name: MISSING
    local, module = frame.f_locals, frame.f_globals

    def find(name):
        if name in local:
            return local[name]
        if name in module:
            return module[name]
        return _everywhere(name)
    return _dotted(find)


def callback_lookup(rcb):
    """The same of a resolver given by the caller: it answers None for unknown names."""
    def look(name):
        obj = rcb(name)
        return MISSING if obj is None else obj
    return look


def _everywhere(name):
    obj = getattr(builtins, name, MISSING)
    if obj is MISSING:
        obj = getattr(typing, name, MISSING)
    return obj
