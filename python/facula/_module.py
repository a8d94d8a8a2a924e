"""What compiled programs look like from Python: functions, modules, instances of compiled classes."""
from . import _facula


class ScriptFunction(_facula.Function):
    """A compiled function: made by script(), trace() and CompilationUnit."""

    def __new__(cls, *args, **kwargs):
        raise TypeError("compiled functions are made by facula.script and facula.trace")

    def __eq__(self, other):
        return isinstance(other, ScriptFunction) and self._address == other._address

    def __hash__(self):
        return hash(self._address)

    def __repr__(self):
        return "<facula.ScriptFunction {}>".format(self.qualified_name)


class ScriptMethod(_facula.Method):
    """A method of a compiled module or object, bound to it."""


class ScriptModule(_facula.Object):
    """A compiled module; feels like torch.nn.Module."""

    def __call__(self, *args, **kwargs):
        return self._call("forward", *args, **kwargs)

    def __getattr__(self, name):
        return self._get(name)

    def __setattr__(self, name, value):
        if self._has(name):
            self._set(name, value)
        else:
            object.__setattr__(self, name, value)

    def _get_method(self, name):
        if not self._has_method(name):
            raise AttributeError("Method '{}' is not defined.".format(name))
        return self._get(name)


class RecursiveScriptClass(_facula.Object):
    """An instance of a compiled class that has no Python class: one that an archive holds."""

    def __getattr__(self, name):
        return self._get(name)

    def __setattr__(self, name, value):
        if self._has(name):
            self._set(name, value)
        else:
            object.__setattr__(self, name, value)


class CompilationUnit:
    """Functions compiled from source text."""

    def __init__(self, lang=None):
        self._unit = _facula.Unit()
        if lang is not None:
            self.define(lang)

    def define(self, source, _rcb=None):
        self._unit.define(source)

    def find_function(self, name):
        return self._unit.find_function(name)

    def get_functions(self):
        return self._unit.get_functions()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        found = self._unit.find_function(name)
        if found is None:
            raise AttributeError("'CompilationUnit' object has no attribute '{}'".format(name))
        return found
