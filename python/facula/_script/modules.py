"""nn.Modules: the type of an instance, its compiled object, its methods.

Instances that are alike share one type, whose methods are compiled once. A type's `key` is what must be equal: the class,
the types of attributes, the values of constants, the types of sub-modules, hooks.
Longer than most files: making a type and making its instances follow each other member by member.
"""
import collections
import inspect
import textwrap
import types as python_types
import typing
import warnings

from .._facula import script as c
from . import functions, markers, state, torch_names
from . import types as t
from .meaning import host, is_constant, meaning
from .names import class_lookup, closure_lookup, qualified_name, type_name
from .scope import Scope, members
from .sources import defaults_of, text_of

_ignored = frozenset(
    "_version _parameters _buffers _non_persistent_buffers_set _backward_hooks _backward_pre_hooks _forward_hooks "
    "_forward_hooks_with_kwargs _forward_pre_hooks _forward_pre_hooks_with_kwargs _forward_hooks_always_called _state_dict_hooks "
    "_state_dict_pre_hooks _load_state_dict_pre_hooks _load_state_dict_post_hooks _modules _initializing dump_patches".split())

_types = {}         # (class, key) -> ConcreteType


class ConcreteType:
    """What is known about the compiled form of a kind of module."""

    def __init__(self, cls):
        self.cls = cls
        self.container = None
        self.attributes = []        # (name, type, is parameter, is buffer)
        self.modules = []           # (name, ConcreteType or interface type)
        self.constants = {}
        self.overloads = {}         # method -> names of its compiled versions
        self.functions = {}         # attribute -> compiled function
        self.builtins = {}          # attribute -> operator
        self.failed = {}            # attribute -> why it has no type
        self.ignored = set()
        self.hooks, self.pre_hooks = [], []
        self.container_names = []
        self.type = None
        self.compiled = False
        self.failure = None

    # --- what the compiler asks (scope.Members) ---

    def member(self, name):
        if name in self.overloads:
            made = [c.find_method(self.type, n, state.program) for n in self.overloads[name]]
            if made and all(f is not None for f in made):
                return c.method_overloads(made)
        if name in self.functions:
            return c.function(self.functions[name])
        if name in self.builtins:
            return c.builtin(self.builtins[name])
        fn = getattr(self.cls, name, None)
        if isinstance(inspect.getattr_static(self.cls, name, None), staticmethod):
            return meaning(fn)
        if inspect.ismethod(fn) or not inspect.isfunction(fn):
            return None
        if markers.is_ignored(fn):
            return host(fn, self.type, self.caller(fn))
        compile_method(self, fn, name)
        return c.method(name)

    def has_member(self, name):
        if name in self.overloads or name in self.functions or name in self.builtins:
            return True
        return inspect.isfunction(getattr(self.cls, name, None))

    def missing(self, name):
        if name in self.failed:
            return self.failed[name]
        if name in self.ignored:
            return "attribute was ignored during compilation"
        return ""

    def caller(self, fn):
        """Calls an @ignore'd method in Python: its object answers like the module it was made from."""
        from .meaning import to_torch

        def call(module, *args):
            return fn(PythonSelf(module, self), *[to_torch(a) for a in args])
        return call


class PythonSelf:
    """`self` of a method that runs in Python: the state of the compiled module, the methods of the Python class."""

    def __init__(self, module, concrete):
        object.__setattr__(self, "_module", module)
        object.__setattr__(self, "_concrete", concrete)

    def __getattr__(self, name):
        from .meaning import to_torch
        module, concrete = self._module, self._concrete
        if name in concrete.constants:
            return concrete.constants[name]
        if name in concrete.ignored and name in module.__dict__:
            return module.__dict__[name]
        fn = inspect.getattr_static(concrete.cls, name, None)
        if inspect.isfunction(fn) and (markers.is_ignored(fn) or not module._has_method(name)):
            return python_types.MethodType(fn, self)
        if isinstance(fn, staticmethod):
            return fn.__func__
        if isinstance(fn, property):
            return fn.fget(self)
        value = getattr(module, name)
        child = members.by_type.get(c.type_of_object(value)) if getattr(value, "_is_module", False) else None
        if callable(value) and not hasattr(value, "_type_name"):
            return lambda *a, **k: to_torch(value(*a, **k))
        return PythonSelf(value, child) if child is not None else to_torch(value)

    def __setattr__(self, name, value):
        setattr(self._module, name, value)

    def __call__(self, *args, **kwargs):
        from .meaning import to_torch
        return to_torch(self._module(*args, **kwargs))


def python_member(module, name):
    """A member of a compiled module that only its Python class has: an @ignore'd method. Raises AttributeError."""
    concrete = members.by_type.get(c.type_of_object(module))
    fn = inspect.getattr_static(concrete.cls, name, None) if concrete is not None else None
    if inspect.isfunction(fn) and (markers.is_ignored(fn) or getattr(fn, markers.MODIFIER, None) == markers.COPY):
        return python_types.MethodType(fn, PythonSelf(module, concrete))
    raise AttributeError("'%s' object has no attribute '%s'" % (module.original_name, name))


# --- the type of an instance ----------------------------------------------------------------------------------------------

def valid_constant(name, value, owner):
    if is_constant(value) and not isinstance(value, complex):
        return value
    if isinstance(value, (tuple, list)):
        return tuple(valid_constant(name, x, owner) for x in value)
    names = "bool, float, int, str, NoneType, torch.device, torch.layout, torch.dtype, torch.qscheme"
    raise TypeError(textwrap.dedent("""
        '%s' object in attribute '%s.%s' is not a valid constant.
        Valid constants are:
        1. a nn.ModuleList
        2. a value of type {%s}
        3. a list or tuple of (2)
        """ % (type_name(type(value)), owner, name, names)))


def _is_final(ann):
    if isinstance(ann, str):
        return ann.split("[")[0].split(".")[-1] == "Final"
    return ann is typing.Final or typing.get_origin(ann) is typing.Final


def check_initialized(module):
    if not hasattr(module, "_parameters"):
        raise RuntimeError("'%s' has not been initialized, did you forget to call 'super()'?" % type_name(module))
    if hasattr(module, "remote_parameters"):
        return
    for kind, table in (("parameters", module._parameters), ("buffers", module._buffers)):
        for name, value in table.items():
            if value is not None and hasattr(value, "materialize"):
                raise RuntimeError("'%s' has uninitialized %s %s. Did you forget to run a forward pass?" % (type_name(module), kind, name))


def concrete_type(module, share=True):
    """The ConcreteType of an nn.Module, made if there is none that is alike."""
    check_initialized(module)
    it = infer_concrete_type(module)
    key = _key(it)
    if share:
        known = _types.get(key)
        if known is not None and known.failure is None:
            return known
    _build(it)
    if share:
        _types[key] = it
    return it


def _key(it):
    def constant_key(v):
        return (type(v), tuple(constant_key(x) for x in v)) if isinstance(v, tuple) else (type(v), repr(v))
    return (it.cls, it.container, tuple(it.attributes),
            tuple((n, id(m) if isinstance(m, ConcreteType) else m) for n, m in it.modules),
            tuple((k, constant_key(v)) for k, v in sorted(it.constants.items())),
            tuple((k, tuple(v)) for k, v in it.overloads.items()), tuple((k, f._address) for k, f in it.functions.items()),
            tuple(it.builtins.items()), tuple(map(id, it.hooks)), tuple(map(id, it.pre_hooks)), frozenset(it.ignored))


def annotations_of(module):
    """Those of the instance or of the nearest class that has any."""
    own = module.__dict__.get("__annotations__")
    if own:
        return own
    for cls in type(module).__mro__:
        found = cls.__dict__.get("__annotations__")
        if found:
            return found
    return {}


def infer_concrete_type(module):
    torch = state.torch()
    cls = type(module)
    it = ConcreteType(cls)
    nn = torch.nn
    for kind, classes in (("dict", nn.ModuleDict), ("list", (nn.ModuleList, nn.Sequential)), ("parameters", nn.ParameterList),
                          ("parameter dict", nn.ParameterDict)):
        if isinstance(module, classes):
            it.container = kind
    annotations = annotations_of(module)
    module_annotations = nn.Module.__annotations__
    it.ignored = set(getattr(module, "__jit_ignored_attributes__", ()))
    look = None

    def typed(name, value):
        nonlocal look
        if name in annotations and annotations[name] is not module_annotations.get("forward"):
            look = look or class_lookup(cls)
            ann = annotations[name]
            try:
                return t.need_type(ann, look), False
            except RuntimeError as e:
                raise RuntimeError("Error inferring type for %s: %s: %s" % (name, value, e)) from e
        if isinstance(value, (markers.Attribute, torch.jit.Attribute)):
            return t.need_type(value.type, look or class_lookup(cls)), False
        return t.infer(value), True

    added = set()
    for name, value in module._parameters.items():
        if name in it.ignored:
            continue
        if value is not None and not hasattr(value, "__dlpack__"):
            raise AssertionError("Expected parameter '%s' to be None or Tensor, got %s" % (name, type(value)))
        it.attributes.append((name, typed(name, value)[0], True, False))
        added.add(name)
    for name, value in module._buffers.items():
        if name in it.ignored:
            continue
        it.attributes.append((name, typed(name, value)[0], False, True))
        added.add(name)
    for name, value in module._modules.items():
        if name in it.ignored:
            continue
        added.add(name)
        if value is None:
            it.attributes.append((name, t.NONE, False, False))
            continue
        face = None
        if name in annotations and annotations[name] is not module_annotations.get("forward"):
            look = look or class_lookup(cls)
            try:
                face = t.try_type(annotations[name], look)
            except Exception:
                face = None
        if face is not None and c.is_interface(face):
            it.modules.append((name, face))
        else:
            it.modules.append((name, type_of_child(value)))
    if it.container in ("dict", "list"):
        it.container_names = [n for n, m in it.modules]
    elif it.container is not None:
        it.container_names = list(module._parameters)

    constants = set(getattr(module, "__constants__", ()))
    constants.update(n for n, a in annotations.items() if _is_final(a))
    for name in sorted(constants):
        if name in added:
            hint = ("submodule" if name in module._modules else "buffer" if name in module._buffers else "parameter")
            warnings.warn("'%s' was found in ScriptModule constants,  but it is a non-constant %s. Consider removing it." % (name, hint),
                          stacklevel=2)
            continue
        if not hasattr(module, name):
            warnings.warn("'%s' was found in ScriptModule constants, but was not actually set in __init__. Consider removing it." % name,
                          stacklevel=2)
            continue
        it.constants[name] = valid_constant(name, getattr(module, name), cls.__name__)
        added.add(name)

    overloads = dict(getattr(module, "__overloads__", {}) or {})
    for name, declared in markers.method_overloads(cls).items():
        overloads[name] = ["%s__%d" % (name, i) for i in range(len(declared))]
    it.overloads = overloads

    for name, value in module.__dict__.items():
        if name in _ignored or name.startswith("__") or name in it.ignored or name in added:
            continue
        if type(value).__name__ == "OpOverloadPacket":
            it.builtins[name] = value._qualified_op_name
            continue
        if inspect.isfunction(value):
            if not markers.is_ignored(value) and torch_names.find(value) is None and torch_names.dispatched(value) is None:
                try:
                    it.functions[name] = functions.compile_called(value)
                except Exception as e:
                    it.failed[name] = ("(This function exists as an attribute on the Python module, but we failed to compile it to a "
                                       "TorchScript function. \nThe error stack is reproduced here:\n%s)" % e)
                continue
        operator = torch_names.find(value) if callable(value) else None
        if operator is not None:
            it.builtins[name] = operator
            continue
        real = t.behind(value)
        if functions.is_compiled(real):
            it.functions[name] = real
            continue
        try:
            found, inferred = typed(name, value)
            it.attributes.append((name, found, False, False))
        except t.NotInferred as e:
            it.failed[name] = ("(This attribute exists on the Python module, but we failed to convert Python type: '%s' to a TorchScript "
                               "type. %s. Its type was inferred; try adding a type annotation for the attribute.)"
                               % (type_name(type(value)), e))
    it.hooks = list(module._forward_hooks.values())
    it.pre_hooks = list(module._forward_pre_hooks.values())
    return it


def type_of_child(module):
    own = c.type_of_object(t.behind(module))
    if own is not None:
        return members.by_type.get(own) or Compiled(own)
    return concrete_type(module)


class Compiled(ConcreteType):
    """The type of a module that was compiled before, loaded or traced: nothing is added to it."""
    _known = {}

    def __new__(cls, the_type):
        known = cls._known.get(the_type)
        if known is None:
            known = cls._known[the_type] = object.__new__(cls)
        return known

    def __init__(self, the_type):
        super().__init__(object)
        self.type = the_type
        self.compiled = True


def _build(it):
    name = state.program.unique_name(qualified_name(it.cls))
    it.type = c.new_class(state.program, name, True)
    for a in it.attributes:
        c.add_attribute(it.type, *a)
    for n, m in it.modules:
        c.add_attribute(it.type, n, m.type if isinstance(m, ConcreteType) else m, False, False)
    for n, v in it.constants.items():
        c.add_constant(it.type, n, v)
    kinds = {"list": "list", "dict": "dict", "parameters": "parameters", "parameter dict": "parameter dict"}
    if it.container:
        c.set_container(it.type, kinds[it.container], it.container_names)
    members.by_type[it.type] = it


# --- methods --------------------------------------------------------------------------------------------------------------

Stub = collections.namedtuple("Stub", "name fn look text defaults signature")


def stub_of(fn, name, look=None, signature=None):
    plain = getattr(fn, "__func__", fn)
    if name == "forward" and plain is state.torch().nn.TransformerEncoder.forward:
        from .replaced import replacement
        plain = replacement(plain)
    text, look = functions.source_of(plain, look or closure_lookup(plain))
    return Stub(name, plain, look, text, defaults_of(signature if signature is not None else plain),
                text_of(signature) if signature is not None else None)


def declare(it, stub, kind="method"):
    scope = Scope(stub.look, {})
    signature = stub.signature
    if signature is None and stub.fn is not None:
        signature = functions._head(stub.fn, None, scope)
    full = c.type_name(it.type) + "." + stub.name
    if state.program.has(full):
        full = state.program.unique_name(full) if kind != "method" else full
    f = c.define(state.program, full, stub.text, scope, members, stub.defaults, self=it.type, signature=signature)
    f.__doc__ = getattr(stub.fn, "__doc__", None)
    c.add_method(it.type, f, kind)
    return f


def compile_method(it, fn, name):
    f = declare(it, stub_of(fn, name))
    c.compile(f)
    return f


def methods_to_compile(module):
    """forward and exported methods, as stubs; overloaded methods once for each declaration."""
    torch = state.torch()
    cls = type(module)
    overloaded = markers.method_overloads(cls)
    stubs = []
    for name, declared in overloaded.items():
        implementation = getattr(cls, name)
        if implementation in declared:
            raise RuntimeError(functions.no_implementation("method", implementation))
        for i, d in enumerate(declared):
            functions._need_signature(d)
            functions.check_overload_defaults(d, implementation)
            stubs.append(stub_of(implementation, "%s__%d" % (name, i), signature=d))
    given = dict(getattr(module, "__overloads__", {}) or {})
    names = []
    forward = getattr(module, "forward", None)
    if forward is not None and not markers.is_ignored(forward):
        if getattr(forward, "__func__", forward) is not torch.nn.Module.forward:
            names.append("forward")
    skip = set(getattr(module, "__jit_ignored_attributes__", ()))
    for name, item in _class_items(cls):
        if name not in skip and getattr(item, markers.MODIFIER, None) == markers.EXPORT:
            names.append(name)
    for name, value in module.__dict__.items():
        if getattr(value, markers.MODIFIER, None) == markers.EXPORT and callable(value):
            names.append(name)
    seen = set(overloaded) | set(given)
    for name in names:
        if name not in seen:
            seen.add(name)
            stubs.append(stub_of(getattr(module, name), name))
    for versions in given.values():
        for name in versions:
            if name not in seen and hasattr(cls, name):
                seen.add(name)
                stubs.append(stub_of(getattr(cls, name), name))
    return stubs


def _hook_stubs(hooks, module, kind, seen):
    stubs = []
    for hook in hooks:
        name = hook.__name__
        if name in seen:
            if seen[name] is not hook:
                raise RuntimeError("%s '%s' on %s has at least two different python definitions. Please use unique names for all hooks."
                                   % (kind, name, type(module).__name__))
        seen[name] = hook
        stubs.append(stub_of(hook, name))
    return stubs


def _class_items(cls):
    """(name, item as it stands in the class) of a class and its bases, the nearest one of each name."""
    seen = {}
    for base in cls.__mro__:
        for name, item in base.__dict__.items():
            seen.setdefault(name, item)
    return sorted(seen.items())


def _property_stubs(module):
    cls = type(module)
    unused = set(getattr(cls, "__jit_unused_properties__", ())) | set(getattr(module, "__jit_ignored_attributes__", ()))
    out = []
    for name, p in _class_items(cls):
        if not isinstance(p, property) or name in unused:
            continue
        if not p.fget:
            raise RuntimeError("Property %s of %s must have a getter" % (name, cls.__name__))
        if markers.is_dropped(p.fget) or markers.is_ignored(p.fget):
            continue
        out.append((name, p))
    return out


def compile_methods(it, module, stubs):
    """Declares all methods first, since they call each other, then compiles them in order."""
    it.compiled = True
    declared = []
    seen = {}
    hooks = _hook_stubs(it.hooks, module, "Hook", seen)
    pre_hooks = _hook_stubs(it.pre_hooks, module, "Pre-hook", seen)
    for name, p in _property_stubs(module):
        getter = declare(it, stub_of(p.fget, "__%s_getter" % name))
        setter = None
        if p.fset is not None and not markers.is_ignored(p.fset):
            setter = declare(it, stub_of(p.fset, "__%s_setter" % name))
        c.add_property(it.type, name, getter, setter)
        declared += [getter] + ([setter] if setter is not None else [])
    for stub in sorted(stubs, key=lambda s: s.name == "__setstate__"):
        if c.find_method(it.type, stub.name, state.program) is None:
            if stub.name == "__setstate__":
                stub = _with_state_type(it, stub)
            declared.append(declare(it, stub))
    for f in declared:
        c.compile(f)
    made = {}
    for stubs_, kind in ((hooks, "hook"), (pre_hooks, "pre_hook")):
        for stub in stubs_:
            f = made.get((kind, stub.name))
            if f is None:
                _check_hook(it, stub, kind)
                f = made[(kind, stub.name)] = declare(it, stub, kind)
                c.compile(f)
            else:
                c.add_method(it.type, f, kind)
    _container_methods(it, module)


def _with_state_type(it, stub):
    """`__setstate__(self, state)` takes what `__getstate__` gives, where it does not say what it takes."""
    getstate = c.find_method(it.type, "__getstate__", state.program)
    if stub.fn is None or getstate is None:
        return stub
    parameters = list(inspect.signature(stub.fn).parameters.values())
    if len(parameters) != 2 or parameters[1].annotation is not inspect.Parameter.empty or "# type:" in stub.text[0]:
        return stub
    c.compile(getstate)
    given = getstate.schema.returns[0].type
    look = stub.look
    head = "def __setstate__(%s, %s: _type_of_state) -> None:\n    pass\n" % (parameters[0].name, parameters[1].name)
    return stub._replace(look=lambda n: given if n == "_type_of_state" else look(n), signature=(head, stub.text[1], stub.text[2]))


def _container_methods(it, module):
    """What torch defines on containers, so that len() and `in` work on them in programs and archives."""
    if it.container not in ("list", "dict"):
        return
    text = []
    if c.find_method(it.type, "__len__", state.program) is None:
        text.append("def __len__(self):\n   return %d\n" % len(module))
    if it.container == "dict" and c.find_method(it.type, "__contains__", state.program) is None:
        keys = list(module.keys())
        body = "key in %r" % keys if keys else "False"
        text.append("def __contains__(self, key: str):\n   return %s\n" % body)
    if text:
        define(it.type, "".join(text), lambda name: None)


def define(the_type, source, look, file="<string>", line=1):
    """Methods from source text."""
    from .names import MISSING
    found = c.define_all(state.program, c.type_name(the_type) + ".", (textwrap.dedent(source), file, line),
                         Scope(lambda n: MISSING if look(n) is None else look(n)), members, the_type)
    for f in found.values():
        c.add_method(the_type, f, "method")
    for f in found.values():
        c.compile(f)
    return list(found)


def _check_hook(it, stub, made):
    """A hook is a method of the class in archives: nothing else may have its name."""
    if c.find_method(it.type, stub.name, state.program) is not None:
        raise RuntimeError("Can't define hook: %s on class: %s because a method or hook with that name already exists."
                           % (stub.name, c.type_name(it.type)))


# --- the compiled object --------------------------------------------------------------------------------------------------

def script_module(module, stubs_of=methods_to_compile, share=True, done=None):
    """The compiled form of an nn.Module. done: modules met before, since several may hold the same one."""
    check_initialized(module)
    it = concrete_type(module, share)
    from .check import warn_about_init
    warn_about_init(module)
    return make_object(it, module, stubs_of, {} if done is None else done)


def _imported(value, is_parameter, done):
    """The tensor of the compiled module: the same one wherever the user's modules hold the same one."""
    key = ("tensor", id(value))
    if key not in done:
        done[key] = (c.import_tensor(value, is_parameter, value.requires_grad), value)
    return done[key][0]


def make_object(it, module, stubs_of, done):
    if id(module) in done:
        return done[id(module)][0]
    torch = state.torch()
    stubs = stubs_of(module)
    out = c.new_object(it.type, state.program)
    done[id(module)] = (out, module)
    for name, _, is_parameter, _ in it.attributes:
        value = getattr(module, name)
        if isinstance(value, (markers.Attribute, torch.jit.Attribute)):
            value = value.value
        if isinstance(value, torch.Tensor):
            value = _imported(value, is_parameter, done)
        c.set_slot(out, name, value)
    for name, sub in it.modules:
        child = getattr(module, name)
        real = t.behind(child)
        if c.type_of_object(real) is not None:
            compiled = real
        elif isinstance(sub, ConcreteType):
            compiled = make_object(sub, child, stubs_of, done)
        else:
            names = c.method_names(sub)
            compiled = script_module(child, lambda m: [stub_of(getattr(m, n), n) for n in names], done=done)
            if not c.is_subtype(c.type_of_object(compiled), sub):
                raise RuntimeError("Could not convert the value of attribute '%s' to its interface type %s. %s" % (
                    name, c.annotation(sub), c.why_not_subtype(c.type_of_object(compiled), sub)))
        c.set_slot(out, name, compiled)
    for name in it.ignored:     # what is no part of the program stays with the Python object
        value = getattr(module, name, None)
        if value is not None and not isinstance(inspect.getattr_static(type(module), name, None), property):
            out.__dict__[name] = value
    for name, value in module.__dict__.items():     # an @ignore'd method that replaces the class's on this instance
        if inspect.ismethod(value) and markers.is_ignored(value):
            out.__dict__[name] = python_types.MethodType(value.__func__, PythonSelf(out, it))
    if not it.compiled:
        try:
            compile_methods(it, module, stubs)
        except BaseException as e:
            it.failure = e
            raise
    elif it.failure is not None:
        raise it.failure
    return out
