"""Scopes: what the compiler asks while it reads a function."""
from .._facula import script as c
from . import types as t
from .meaning import meaning
from .names import MISSING


class Scope:
    """The names of one function. own: names that mean something else here, the function itself among them."""

    def __init__(self, look, own=None):
        self.look = look
        self.own = own if own is not None else {}

    def value(self, name):
        if name in self.own:
            return self.own[name]()
        obj = self.look(name)
        if obj is MISSING or obj is None:
            return None
        # `from math import inf`: the two numbers that the language knows by name.
        return meaning(obj, constants=name in ("inf", "nan") and isinstance(obj, float))

    def type(self, name):
        obj = self.look(name)
        if obj is MISSING:
            return None
        if obj is None:
            return t.NONE
        try:
            return t.try_type(obj, self.look)
        except RuntimeError:
            if not isinstance(obj, type) and not hasattr(obj, "__origin__"):
                return None
            raise

    def annotation(self, text):
        return t.try_type(text, self.look)


class Members:
    """Members of compiled modules that their classes do not have (yet): modules.py knows them by their class."""

    def __init__(self):
        self.by_type = {}

    def member(self, cls, name):
        known = self.by_type.get(cls)
        return known.member(name) if known is not None else None

    def has_member(self, cls, name):
        known = self.by_type.get(cls)
        return known.has_member(name) if known is not None else None

    def missing(self, cls, name):
        known = self.by_type.get(cls)
        return known.missing(name) if known is not None else None


members = Members()
