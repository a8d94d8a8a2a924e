"""facula.script and what goes with it."""
import enum
import inspect
import textwrap

from .._facula import script as c
from . import classes, functions, markers, modules, state
from . import types as t
from .names import MISSING, callback_lookup, closure_lookup, frame_lookup, qualified_name
from .scope import Scope, members

__all__ = ["script", "interface", "CompilationUnit", "script_method", "_overload", "_overload_method"]

_overload, _overload_method = markers._overload, markers._overload_method


def script(obj, optimize=None, _frames_up=0, _rcb=None, example_inputs=None, _methods=None):
    """Compile a function, a class, an nn.Module or an instance of a class, from its Python source.

    A list or dict becomes one that shares its state with compiled code. What is compiled already comes back as it is.
    """
    import facula
    if not facula._markers.enabled():
        return obj
    obj = t.behind(obj)
    if functions.is_compiled(obj) or c.type_of_object(obj) is not None:
        return obj
    torch = state.torch()
    with state.lock:
        if example_inputs is not None:
            from .examples import annotate_from_examples
            annotate_from_examples(obj, example_inputs)
        if torch is not None and isinstance(obj, torch.nn.Module):
            return _script_module(obj, _methods)
        if hasattr(obj, "__prepare_scriptable__"):
            obj = obj.__prepare_scriptable__()
        if isinstance(obj, dict):
            return facula.ScriptDict(obj)
        if isinstance(obj, list):
            return facula.ScriptList(obj)
        if inspect.isclass(obj):
            return _script_class(obj, callback_lookup(_rcb) if _rcb else frame_lookup(_frames_up + 1))
        if inspect.isfunction(obj) or inspect.ismethod(obj):
            if obj in markers.function_overloads(obj):
                raise RuntimeError(functions.no_implementation("function", obj))
            if markers.function_overloads(obj):
                raise RuntimeError("Function %s cannot be directly compiled because it is overloaded. It must be used in a context of a "
                                   "function where its inputs can determine which overload to call." % obj)
            look = callback_lookup(_rcb) if _rcb else closure_lookup(obj)
            return functions.compile_function(obj, look)
        return _script_instance(obj)


def _script_module(module, stubs):
    prepared = {}
    module = _prepare(module, prepared)
    if stubs is None:
        return modules.script_module(module)
    given = []
    for s in stubs:
        look = callback_lookup(s.rcb) if s.rcb is not None else None
        if s.fn is not None:
            own = closure_lookup(s.fn)
            given.append(modules.stub_of(s.fn, s.name, _both(look, own) if look else own))
        else:
            given.append(modules.Stub(s.name, None, look or (lambda n: MISSING), (textwrap.dedent(s.source), "<string>", 1), {}, None))

    def stubs_of(m):
        return given if m is module else modules.methods_to_compile(m)
    return modules.script_module(module, stubs_of, share=False)


def _both(first, second):
    def look(name):
        found = first(name)
        return second(name) if found is MISSING else found
    return look


def _prepare(module, done):
    """Modules may offer a stand-in for themselves; sub-modules, too."""
    if not any(hasattr(m, "__prepare_scriptable__") for m in module.modules()):
        return module
    if id(module) in done:
        return done[id(module)]
    if hasattr(module, "__prepare_scriptable__"):
        module = module.__prepare_scriptable__()
    done[id(module)] = module
    for name, child in list(module._modules.items()):
        if child is not None and hasattr(child, "modules"):
            module._modules[name] = _prepare(child, done)
    return module


def _script_class(cls, look):
    torch = state.torch()
    if torch is not None and issubclass(cls, torch.nn.Module):
        raise RuntimeError("Type '%s' cannot be compiled since it inherits from nn.Module, pass an instance instead" % cls)
    if issubclass(cls, enum.Enum):
        return cls
    if len(cls.mro()) > 2:
        raise RuntimeError("TorchScript classes does not support inheritance yet. Please directly inherit from 'object'.")
    classes.compile_class(cls, _both(look, classes.class_lookup(cls)))
    return cls


def _script_instance(obj):
    """An object of a Python class: its class is compiled, its attributes become the compiled object's."""
    cls = type(obj)
    the_type = classes.known(cls) or classes.compile_class(cls)
    out = c.new_object(the_type, state.program)
    for name, _, _, _ in c.attributes(the_type):
        c.set_slot(out, name, getattr(obj, name))
    return out


def define_methods(module, source, _rcb=None, _frames_up=1):
    """ScriptModule.define: methods from source text."""
    look = callback_lookup(_rcb) if _rcb else frame_lookup(_frames_up + 1)
    with state.lock:
        modules.define(c.type_of_object(module), source, look)


def interface(cls, _rcb=None):
    """Declare a TorchScript interface: the signatures of the methods that a module or class must have."""
    look = callback_lookup(_rcb) if _rcb else frame_lookup(1)
    with state.lock:
        return classes.make_interface(cls, look)


def script_method(fn):
    """A method of an old-style ScriptModule."""
    return markers.export(fn)


class CompilationUnit:
    """Functions compiled from source text."""

    def __init__(self, lang=None, _frames_up=0):
        self._program = c.Program()
        self._functions = {}
        if lang is not None:
            self.define(lang, frame=_frames_up + 1)

    def define(self, source, _rcb=None, frame=0):
        look = callback_lookup(_rcb) if _rcb else frame_lookup(frame + 1)
        own = {name: (lambda f=f: c.function(f)) for name, f in self._functions.items()}
        with state.lock:
            found = c.define_all(self._program, "", (textwrap.dedent(source), "<string>", 1), Scope(look, own), members)
            own.update({name: (lambda f=f: c.function(f)) for name, f in found.items()})
            for f in found.values():
                c.compile(f)
        self._functions.update(found)

    def find_function(self, name):
        return self._functions.get(name)

    def get_functions(self):
        return list(self._functions.values())

    def __getattr__(self, name):
        if name.startswith("__") or name in ("_program", "_functions"):
            raise AttributeError(name)
        found = self._functions.get(name)
        if found is None:
            raise AttributeError("'CompilationUnit' has no attribute '%s'" % name)
        return found
