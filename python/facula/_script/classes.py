"""Python classes compiled to TorchScript classes, dataclasses among them; interfaces."""
import ast
import dataclasses
import inspect
import textwrap
import types as python_types
import typing

from .._facula import script as c
from . import markers, state
from . import types as t
from .names import class_lookup, closure_lookup, qualified_name
from .scope import Scope, members
from .sources import defaults_of, has_source, text_of


def known(cls):
    try:
        found = state.classes.get(cls) or state.pending_classes.get(cls)
    except TypeError:
        return None
    return found


def can_compile(cls):
    """Whether the class has Python source."""
    if not inspect.isclass(cls) or cls.__module__ in ("builtins", "typing"):
        return False
    if is_dropped_class(cls) or issubclass(cls, BaseException):
        return False
    methods = [m for m in cls.__dict__.values() if inspect.isfunction(m) and m.__code__]
    if dataclasses.is_dataclass(cls):
        return True
    return bool(methods) and any(has_source(m) for m in methods)


def is_namespace(cls):
    """Whether the class has static methods of the program's own and nothing to make objects of (torch.autograd.Function's
    descendants, say): its attributes are asked for like a module's."""
    if cls.__module__ in ("builtins", "typing") or is_dropped_class(cls) or issubclass(cls, BaseException):
        return False
    return any(isinstance(m, staticmethod) and has_source(m.__func__) for m in cls.__dict__.values())


def is_dropped_class(cls):
    return getattr(cls, markers.MODIFIER, None) in (markers.IGNORE, markers.UNUSED)


def _is_static(cls, name):
    return isinstance(inspect.getattr_static(cls, name, None), staticmethod)


def _methods_of(cls):
    """The functions of the class's own body that become methods, in the order of their definition."""
    out = []
    for name, m in cls.__dict__.items():
        if isinstance(m, classmethod) and inspect.isfunction(m.__func__) and not markers.is_dropped(m.__func__):
            out.append((name, _ClassMethod(cls, m.__func__)))
        if inspect.isfunction(m) and not _is_static(cls, name) and markers.modifier(m) != markers.DROP:
            out.append((name, _unused(cls, m) if markers.is_dropped(m) else m))
    # Methods of bases belong to the class where it is no dataclass: `object` alone is above it otherwise.
    seen = {n for n, _ in out}
    for base in cls.__mro__[1:-1]:
        if base.__module__.startswith("torch."):    # what torch.no_grad inherits makes it a decorator, which programs never ask for
            continue
        for name, m in base.__dict__.items():
            if name not in seen and inspect.isfunction(m) and not markers.is_dropped(m) and has_source(m) \
                    and base.__module__ not in ("abc", "typing", "builtins"):
                seen.add(name)
                out.append((name, m))
    return out


def _unused(cls, m):
    """An @unused method: it can be called by the compiler's lights, and raises."""
    parameters = [p for p in inspect.signature(m).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    args = ["%s%s" % (p.name, "" if i == 0 else ": _any") for i, p in enumerate(parameters)]
    returns = inspect.signature(m).return_annotation
    text = "def %s(%s)%s:\n    raise RuntimeError('Cannot call @unused methods')\n" % (
        m.__name__, ", ".join(args), "" if returns is inspect.Signature.empty else " -> _result")
    made = _made(cls, text, m.__name__)
    made.fields = {"_any": typing.Any, "_result": returns, "RuntimeError": RuntimeError}
    made.defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
    return made


class _ClassMethod:
    """A class method as TorchScript has it: a method whose first argument is the class inside."""

    def __init__(self, cls, fn):
        text, file, line = text_of(fn)
        definition = ast.parse(text).body[0]
        first, lines = definition.body[0], text.split("\n")
        at = first.lineno - 1
        indent = lines[at][:len(lines[at]) - len(lines[at].lstrip())]
        simple = not hasattr(first, "body")
        assign = "%s = %s" % (definition.args.args[0].arg, cls.__name__)
        lines[at] = indent + assign + ("; " if simple else "\n" + indent) + lines[at].lstrip()
        self._facula_source = ("\n".join(lines), file, line)
        self.defaults = defaults_of(fn)
        self.original = fn
        self.__name__, self.__module__ = fn.__name__, fn.__module__


def compile_class(cls, look=None):
    """The compiled type of a Python class. Its `__init__` is compiled first: it says which attributes there are."""
    found = known(cls)
    if found is not None:
        return found
    look = look or class_lookup(cls)
    _check_annotations(cls)
    name = state.program.unique_name(qualified_name(cls))
    the_type = c.new_class(state.program, name, False)
    state.pending_classes[cls] = the_type
    c.register_class(the_type, cls, state.program)
    members.by_type[the_type] = ClassAttributes(cls)
    try:
        methods = _methods_of(cls)
        if dataclasses.is_dataclass(cls):
            methods = _dataclass_methods(cls, methods)
        declared = []
        own = {cls.__name__: lambda: c.class_(the_type)}
        for n, m in methods:
            declared.append((n, _declare(the_type, name, n, m, Scope(_class_scope(look, closure_lookup(m), cls)))))
        for n, p in cls.__dict__.items():
            if isinstance(p, property) and n not in getattr(cls, "__jit_unused_properties__", ()) and not markers.is_dropped(p.fget):
                _property(the_type, name, n, p, look, declared)
        declared.sort(key=lambda d: d[0] != "__init__")
        for n, f in declared:
            c.compile(f)
        state.classes[cls] = the_type
    except BaseException:
        del state.pending_classes[cls]
        c.register_class(the_type, _Forgotten, state.program)
        raise
    del state.pending_classes[cls]
    return the_type


class ClassAttributes:
    """What the compiler asks about a class (scope.Members): why it lacks something."""

    def __init__(self, cls):
        self.names = {n for n, v in cls.__dict__.items() if not n.startswith("__") and not callable(v)
                      and not isinstance(v, (property, staticmethod, classmethod))}
        self.names |= {n for n in cls.__dict__.get("__annotations__", {}) if n in cls.__dict__}

    def member(self, name):
        return None

    def has_member(self, name):
        return False

    def missing(self, name):
        if name not in self.names:
            return None
        return (" '%s' is defined as a class attribute which currently is not supported. Consider converting this to an instance "
                "attribute." % name)


def _check_annotations(cls):
    """`self.x: int = ...` declares an attribute, which only `__init__` may do."""
    for name, m in cls.__dict__.items():
        if name == "__init__" or not inspect.isfunction(m) or markers.is_ignored(m) or not has_source(m):
            continue
        text, file, line = text_of(m)
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute) \
                    and isinstance(node.target.value, ast.Name) and node.target.value.id == "self":
                lines = text.splitlines()
                start, end = node.target.col_offset, node.annotation.end_col_offset
                mark = " " * start + "~" * (end - start) + " <--- HERE"
                at = node.lineno
                raise ValueError("Type annotations on instance attributes must be declared in __init__, not '%s':\n"
                                 '  File "%s", line %d\n%s' % (name, file, line + at - 1, "\n".join(lines[:at] + [mark] + lines[at:])))


class _Forgotten:
    """Takes the place of a Python class that could not be compiled."""


def _class_scope(first, second, cls):
    from .names import MISSING

    def look(name):
        if name == cls.__name__:
            return cls
        obj = first(name)
        return second(name) if obj is MISSING or obj is None else obj
    return look


def _declare(the_type, class_name, name, fn, scope, kind="method"):
    f = c.define(state.program, class_name + "." + name, text_of(fn), scope, members, defaults_of(fn), self=the_type)
    c.add_method(the_type, f, kind)
    return f


def _property(the_type, class_name, name, p, look, declared):
    getter = c.define(state.program, "%s.__%s_getter" % (class_name, name), text_of(p.fget), Scope(look), members, {}, self=the_type)
    c.add_method(the_type, getter, "method")
    declared.append(("__%s_getter" % name, getter))
    setter = None
    if p.fset is not None and not markers.is_dropped(p.fset):
        setter = c.define(state.program, "%s.__%s_setter" % (class_name, name), text_of(p.fset), Scope(look), members, {}, self=the_type)
        c.add_method(the_type, setter, "method")
        declared.append(("__%s_setter" % name, setter))
    c.add_property(the_type, name, getter, setter)


# --- dataclasses ----------------------------------------------------------------------------------------------------------

def _dataclass_methods(cls, methods):
    """Methods that the dataclass decorator made have no source: they are written here."""
    fields = [f for f in dataclasses.fields(cls)]
    params = cls.__dataclass_params__
    out = [(n, m) for n, m in methods if has_source(m) and not _made_by_decorator(cls, n, m)]
    have = {n for n, _ in out}
    if params.init and "__init__" not in have:
        out.append(("__init__", _made(cls, _init_text(cls, fields, "__post_init__" in have), "__init__")))
    if params.eq and "__eq__" not in have:
        out.append(("__eq__", _made(cls, _comparison_text(cls, fields, "__eq__", ["if {0} != {1}:", "    return False"], True), "__eq__")))
    if params.order:
        # Equal fields leave the answer to the next field, so `<=` asks for `<` first, and equality of all fields decides last.
        for method, sign, when_equal in (("__lt__", "<", False), ("__le__", "<", True), ("__gt__", ">", False), ("__ge__", ">", True)):
            if method not in have:
                test = ["if {0} %s {1}:" % sign, "    return True", "elif {1} %s {0}:" % sign, "    return False"]
                out.append((method, _made(cls, _comparison_text(cls, fields, method, test, when_equal), method)))
    if params.repr and "__repr__" not in have:
        parts = ", ".join("%s={self.%s}" % (f.name, f.name) for f in fields if f.repr)
        out.append(("__repr__", _made(cls, "def __repr__(self) -> str:\n    return f'%s(%s)'\n" % (cls.__name__, parts), "__repr__")))
    return out


def _made_by_decorator(cls, name, m):
    return name in ("__init__", "__eq__", "__repr__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__") \
        and m.__code__.co_filename.startswith("<")


def _annotation_text(f):
    """The annotation as text where it can be said so; names are resolved where the class was written."""
    a = f.type
    if isinstance(a, str):
        return a
    if isinstance(a, type) and getattr(a, "__origin__", None) is None and not getattr(a, "__args__", None):
        return a.__name__
    return str(a).replace("typing.", "")


def _init_text(cls, fields, post_init):
    args, body = [], []
    for f in fields:
        if not f.init:
            if f.default is not dataclasses.MISSING:
                body.append("self.%s = %r" % (f.name, f.default))
            continue
        if f.default_factory is not dataclasses.MISSING:
            raise NotImplementedError("Default factory initializers are not supported in TorchScript dataclasses")
        text = "%s: _type_of_%s" % (f.name, f.name)
        if f.default is not dataclasses.MISSING:
            text += " = %r" % (f.default,) if isinstance(f.default, (int, float, str, bool, type(None))) else " = None"
        args.append(text)
        body.append("self.%s = %s" % (f.name, f.name))
    if post_init:
        body.append("self.__post_init__()")
    return "def __init__(self, %s) -> None:\n    %s\n" % (", ".join(args), "\n    ".join(body or ["pass"]))


def _is_optional(annotation):
    return typing.get_origin(annotation) in (typing.Union, getattr(python_types, "UnionType", None)) \
        and type(None) in typing.get_args(annotation)


def _comparison_text(cls, fields, method, test, otherwise):
    """Field by field: `test` decides for two values, None only equals None, and what is left is `otherwise`."""
    lines = ["def %s(self, other: %s) -> bool:" % (method, cls.__name__)]
    for i, f in enumerate(f for f in fields if f.compare):
        mine, theirs = "mine_%d" % i, "theirs_%d" % i
        lines += ["    %s = self.%s" % (mine, f.name), "    %s = other.%s" % (theirs, f.name)]
        decide = [line.format(mine, theirs) for line in test]
        if not _is_optional(f.type):
            lines += ["    " + line for line in decide]
            continue
        lines.append("    if %s is not None and %s is not None:" % (mine, theirs))
        lines += ["        " + line for line in decide]
        lines.append("    elif (%s is None) != (%s is None):" % (mine, theirs))
        lines.append("        return False" if method == "__eq__" else
                     "        raise TypeError('Cannot compare %s with None')" % cls.__name__)
    lines.append("    return %s" % otherwise)
    return "\n".join(lines) + "\n"


class _made:
    """A method that only exists as text."""

    def __init__(self, cls, text, name):
        self._facula_source = (text, "<%s of the dataclass %s>" % (name, cls.__name__), 1)
        self.__name__ = name
        self.__module__ = cls.__module__
        self.cls = cls
        fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()
        self.fields = {"_type_of_" + f.name: f.type for f in fields}
        self.defaults = {f.name: f.default for f in fields if f.default is not dataclasses.MISSING} if name == "__init__" else {}


# --- interfaces -----------------------------------------------------------------------------------------------------------

def make_interface(cls, look):
    torch = state.torch()
    is_module = torch is not None and issubclass(cls, torch.nn.Module)
    if not inspect.isclass(cls):
        raise RuntimeError("interface must be applied to a class")
    if not is_module and len(cls.mro()) > 2 or is_module and len(cls.mro()) > 3:
        raise RuntimeError("TorchScript interface does not support inheritance yet. Please directly inherit from 'object' or 'nn.Module'.")
    name = state.program.unique_name(qualified_name(cls))
    face = c.new_interface(state.program, name, is_module)
    cls.__torch_script_interface__ = face
    scope = Scope(look)
    for n, m in cls.__dict__.items():
        if inspect.isfunction(m) and not markers.is_dropped(m):
            _check_body(m)
            c.add_interface_method(face, text_of(m), scope, members, defaults_of(m))
    return cls


def _check_body(m):
    body = ast.parse(textwrap.dedent(text_of(m)[0])).body[0].body
    if body and isinstance(body[0], ast.Expr) and isinstance(getattr(body[0], "value", None), ast.Constant):
        body = body[1:] or [ast.Pass()]
    if len(body) != 1 or not isinstance(body[0], ast.Pass):
        text, file, line = text_of(m)
        raise RuntimeError("interfaces declarations should only contain a single 'pass' statement.:\n"
                           '  File "%s", line %d\n%s~~~~ <--- HERE' % (file, line, text))
