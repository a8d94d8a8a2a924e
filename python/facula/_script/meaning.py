"""What a Python object stands for in a program.

Everything here answers one question, `meaning(object)`, in the order in which TorchScript asks it: constants, compiled
functions, modules, operators, exceptions, classes, Python functions (compiled from their source), anything else (called as
Python). The compiler asks through the scopes of scope.py.
"""
import builtins
import enum
import inspect
import types as python_types

from .._facula import script as c
from . import markers, state, torch_names
from . import types as t
from .names import MISSING, qualified_name
from .sources import has_source

_constants = (bool, int, float, complex, str, type(None))
_cache = {}     # id of an object that never goes away -> meaning
_alive = []


def _keep(obj, m):
    _cache[id(obj)] = m
    _alive.append(obj)
    return m


def is_constant(obj):
    if isinstance(obj, enum.Enum):
        return False
    if isinstance(obj, _constants):
        return True
    torch = state.torch()
    if torch is not None and isinstance(obj, (torch.device, torch.dtype, torch.layout, torch.memory_format, torch.qscheme)):
        return True
    return type(obj).__module__.startswith("facula") and type(obj).__name__ in ("dtype", "device")


def constant(obj):
    if isinstance(obj, tuple) and not hasattr(obj, "_fields"):
        return c.tuple_([constant(x) if isinstance(x, tuple) or is_constant(x) else meaning(x) for x in obj])
    return c.constant(obj)


class Opaque:
    """A Python value that has no place in a program except where it is called."""
    attribute_error = ""
    is_compiled = False

    def __init__(self, obj):
        self.obj = obj
        self.kind = "python value of type '%s'" % type(obj).__name__
        self.value_hint = (". Perhaps it is a closed over global variable? If so, please consider passing it in as an argument or use "
                           "a local variable instead.")
        self.call_error = "%s cannot be called" % self.kind
        torch = state.torch()
        if torch is not None and isinstance(obj, (torch.nn.ModuleList, torch.nn.Sequential)):
            self.kind += ". Did you forget to add it to __constants__? "

    def attribute(self, name):
        return None

    def callee(self):
        """What a call of it means; None: it cannot be called."""
        if inspect.isclass(self.obj) and not has_source(self.obj):      # type(x), io.BytesIO(): left to Python
            return host(self.obj)
        torch = state.torch()
        if torch is not None and isinstance(self.obj, torch.nn.Module) and not self.is_compiled and self.kind.endswith("'"):
            # A module that is not compiled runs as Python.
            return host(self.obj.forward, caller=lambda *args: self.obj(*[to_torch(a) for a in args]), name="<python_value>")
        return None

    def has_attribute(self, name):
        return hasattr(self.obj, name)


class Namespace(Opaque):
    """A Python module."""
    attribute_error = "object has no attribute "

    def __init__(self, obj):
        super().__init__(obj)
        self.kind = "python value of type 'module'"
        self.found = {}

    def attribute(self, name):
        if name in self.found:
            m, of = self.found[name]
            if getattr(self.obj, name, MISSING) is of:
                return m
        value = getattr(self.obj, name, MISSING)
        if getattr(self.obj, "__name__", "") == "torch.jit":
            special = _torch_jit(name)
            if special is not None:
                return special
        if value is MISSING:
            return None
        m = meaning(value, constants=True)
        self.found[name] = (m, value)
        return m


class PythonClass(Opaque):
    """A compiled class: its Python class is asked first, for static methods and class attributes."""

    def attribute(self, name):
        if name in ("__new__", "__init__"):
            return None
        value = getattr(self.obj, name, MISSING)
        if value is MISSING or value is None:
            return None
        return meaning(value)


_jit_specials = {"fork": "fork", "_fork": "fork", "annotate": "annotate", "isinstance": "isinstance", "_awaitable": "awaitable"}
_jit_builtins = {"wait": "aten::wait", "_wait": "aten::wait", "_unwrap_optional": "aten::_unwrap_optional",
                 "_awaitable_wait": "prim::awaitable_wait", "_awaitable_nowait": "prim::awaitable_nowait"}


def _torch_jit(name):
    if name in _jit_specials:
        return c.special(_jit_specials[name])
    if name in _jit_builtins:
        return c.builtin(_jit_builtins[name])
    if name in ("is_scripting", "is_tracing"):
        return c.answer(name == "is_scripting")
    return None


def _special(obj):
    """Functions with a meaning of their own in compiled code, of torch or of this package."""
    if obj is markers.annotate:
        return c.special("annotate")
    if obj is markers.isinstance_:
        return c.special("isinstance")
    if obj is markers.is_scripting:
        return c.answer(True)
    if obj is builtins.slice:
        return c.special("slice")
    if obj is builtins.super:
        return c.special("super")
    import facula
    for name, form in _jit_specials.items():
        if obj is getattr(facula, name, MISSING):
            return c.special(form)
    for name, op in _jit_builtins.items():
        if obj is getattr(facula, name, MISSING):
            return c.builtin(op)
    if obj is getattr(facula, "is_tracing", MISSING):
        return c.answer(False)
    torch = state.torch()
    if torch is None:
        return None
    jit = torch.jit
    for name in (*_jit_specials, *_jit_builtins, "is_tracing", "is_scripting"):
        if obj is getattr(jit, name, MISSING):
            return _torch_jit(name)
    internal = torch._jit_internal
    if obj is internal.is_scripting:
        return c.answer(True)
    overrides = torch.overrides
    for name in ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic"):
        if obj is getattr(overrides, name, MISSING) or obj is getattr(torch._C, "_" + name, MISSING):
            return c.answer(False)
    return None


def meaning(obj, constants=False):
    if constants:
        if isinstance(obj, tuple) and not hasattr(obj, "_fields"):
            return constant(obj)
        if is_constant(obj):
            return c.constant(obj)
    found = _cache.get(id(obj))
    if found is not None:
        return found
    real = t.behind(obj)
    from . import functions
    if functions.is_compiled(real):
        return c.function(functions.handle(real))
    if isinstance(obj, python_types.ModuleType):
        return _module(obj)
    special = _special(obj) if callable(obj) else None
    if special is not None:
        return _keep(obj, special)
    if c.type_of_object(real) is not None and c.is_module(c.type_of_object(real)):
        opaque = Opaque(obj)
        opaque.is_compiled = True
        opaque.call_error = "Cannot call a ScriptModule that is not a submodule of the caller"
        return c.object_(opaque)
    operator = _operator(obj)
    if operator is not None:
        return _keep(obj, operator)
    if inspect.isclass(obj) and issubclass(obj, BaseException):
        return c.exception(obj.__module__ + "." + obj.__name__)
    if isinstance(obj, python_types.BuiltinFunctionType):
        opaque = Opaque(obj)
        opaque.call_error = opaque.kind = "Python builtin %s is currently not supported in Torchscript" % (obj,)
        opaque.value_hint = ""
        return c.object_(opaque)
    both = torch_names.dispatched(obj) if callable(obj) else None
    if both is not None:
        versions = {True: both["if_true"], False: both["if_false"]}
        return _keep(obj, c.dispatch(both["index"], both["arg_name"], bool(both["default"]), lambda which: meaning(versions[which])))
    if inspect.isclass(obj):
        return _class(obj)
    if isinstance(obj, enum.Enum):
        return c.constant(obj, t.enum_type(type(obj)))
    if inspect.isfunction(obj) or inspect.ismethod(obj):
        return _function(obj)
    return _python_value(obj)


def _module(obj):
    m = c.object_(Namespace(obj))
    return _keep(obj, m)


def _operator(obj):
    if not callable(obj):
        return None
    kind = type(obj).__name__
    if kind == "OpOverloadPacket":
        return c.builtin(obj._qualified_op_name)
    if kind == "OpOverload":
        return c.builtin(obj._schema.name)
    name = torch_names.find(obj)
    if name is not None:
        return c.builtin(name)
    name = getattr(obj, "__facula_operator__", None)     # facula.relu and the like
    return c.builtin(name) if isinstance(name, str) else None


def _class(cls):
    from . import classes
    if classes.known(cls) is not None:
        return c.object_(PythonClass(cls), c.class_(classes.known(cls)))
    if t.is_named_tuple(cls):
        return c.class_(t.named_tuple_type(cls))
    if issubclass(cls, enum.Enum):
        return c.class_(t.enum_type(cls))
    torch = state.torch()
    if classes.can_compile(cls) and not (torch is not None and issubclass(cls, torch.nn.Module)):
        return c.object_(PythonClass(cls), c.class_(classes.compile_class(cls)))
    if classes.is_namespace(cls) and not (torch is not None and issubclass(cls, torch.nn.Module)):
        opaque = PythonClass(cls)
        opaque.call_error = "Cannot instantiate class '%s' in a script function" % cls.__name__
        return c.object_(opaque)
    return _python_value(cls)


def _function(fn):
    from . import functions
    if markers.is_ignored(fn):
        return host(fn)
    overloads = functions.overloads_of(fn)
    if overloads is not None:
        return c.overloads([functions.handle(f) for f in overloads])
    return c.function(functions.handle(functions.compile_called(fn)))


def _python_value(obj):
    if callable(obj) and not inspect.isclass(obj):
        torch = state.torch()
        if torch is None or not isinstance(obj, torch.nn.Module):
            return host(obj)
    opaque = Opaque(obj)
    if inspect.isclass(obj):
        opaque.call_error = "Cannot instantiate class '%s' in a script function" % obj.__name__
    return c.object_(opaque)


# --- calls of Python ------------------------------------------------------------------------------------------------------

def to_torch(value):
    """Tensors as the user's Python knows them: torch's where torch is there."""
    torch = state.torch()
    if torch is None:
        return value
    if isinstance(value, list):
        return [to_torch(v) for v in value]
    if isinstance(value, tuple):
        items = [to_torch(v) for v in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, dict):
        return {to_torch(k): to_torch(v) for k, v in value.items()}
    if hasattr(type(value), "__dlpack__") and not isinstance(value, torch.Tensor):
        made = torch.from_dlpack(value)
        if getattr(value, "requires_grad", False):
            made.requires_grad_(True)
        return made
    return value


def signature_of(fn, self_type=None):
    """Names, types and result type (None: not annotated) of a Python function that is called as Python."""
    from .names import closure_lookup
    plain = inspect.unwrap(getattr(fn, "__func__", fn))
    if not inspect.isfunction(plain):
        call = getattr(type(fn), "__call__", None)
        plain = call if inspect.isfunction(call) else None
        if plain is None:
            return [], [], [], None, True
        names = list(inspect.signature(fn).parameters)
        return names, [t.TENSOR] * len(names), [], None, False
    spec = inspect.getfullargspec(plain)
    names = list(spec.args)
    look = closure_lookup(plain)
    annotations = dict(spec.annotations)
    comment = _comment_types(plain, look, len(names) - (1 if self_type is not None or inspect.ismethod(fn) else 0))
    if inspect.ismethod(fn) and self_type is None:
        names = names[1:]
    types_, result = [], None
    for i, n in enumerate(names):
        if i == 0 and self_type is not None:
            types_.append(self_type)
        elif comment is not None:
            types_.append(comment[0][i - (1 if self_type is not None else 0)])
        elif n in annotations:
            types_.append(t.need_type(annotations[n], look))
        else:
            types_.append(t.TENSOR)
    if comment is not None:
        result = comment[1]
    elif "return" in annotations:
        result = t.need_type(annotations["return"], look)
    elif annotations:
        result = t.TENSOR
    return names, types_, list(spec.defaults or ()), result, spec.varargs is not None


def _comment_types(fn, look, count):
    """The types of a `# type: (int, Tensor) -> Tensor` comment, or None."""
    from .sources import has_source, text_of
    if not has_source(fn):
        return None
    lines = [l for l in text_of(fn)[0].split("\n") if "# type:" in l and "# type: ignore" not in l and "->" in l]
    if not lines:
        return None
    text = lines[0][lines[0].index("# type:") + len("# type:"):]
    left, _, right = text.partition("->")
    args = t.try_type("typing_Tuple[%s]" % (left.strip()[1:-1].strip() or "()"), _with_tuple(look))
    result = t.try_type(right.strip(), look)
    if args is None or result is None or len(c.elements(args)) != count:
        return None
    return c.elements(args), result


def _with_tuple(look):
    import typing
    return lambda name: typing.Tuple if name == "typing_Tuple" else look(name)


def host(fn, self_type=None, caller=None, name=None):
    """A call of `fn` in Python; with self_type a method, whose object is passed first."""
    names, types_, defaults, result, vararg = signature_of(fn, self_type)
    name = name or getattr(fn, "__name__", "<python_value>")

    def call(*args):
        return fn(*[to_torch(a) for a in args])
    h = c.host_function(name, names, types_, defaults, result, vararg, caller or call)
    if markers.is_dropped(fn):
        return c.dropped(h, "This Python function is annotated to be ignored and cannot be run", self_type is not None)
    return c.host_method(h) if self_type is not None else c.host(h)
