"""What a traced program did, as a tree of frames of nodes over values.

A recording is made in program order by a front end (torch_front.py, native_front.py) and turned into graphs by lower.py.
A `Frame` is the traced function or one call of a sub-module; values may be used in any frame, and lowering finds out what
each frame takes and gives. Nothing here knows torch.
"""
from __future__ import annotations

import contextlib
import weakref

from .. import _facula
from . import places


class Val:
    """One value of the program (SSA). `type` is written as in operator schemas: "Tensor", "int", "Tensor[]"."""
    __slots__ = ("frame", "type", "name", "node", "concrete")

    def __init__(self, frame, type, name="", node=None):
        self.frame, self.type, self.name, self.node = frame, type, name, node
        self.concrete = None


class AttrVal:
    """A parameter, buffer or sub-module of the traced module; `paths`: the ways that lead to it from the root."""
    __slots__ = ("paths", "type", "name", "is_module")

    def __init__(self, path, type, is_module=False):
        self.paths, self.type, self.is_module = [tuple(path)], type, is_module
        self.name = path[-1] if path else "self"


class Lit:
    """A constant operand: becomes a prim::Constant of its own before its use."""
    __slots__ = ("value", "type")

    def __init__(self, value, type):
        self.value, self.type = value, type


class Group:
    """An operand made of others: prim::ListConstruct, TupleConstruct or DictConstruct (keys and values by turns)."""
    __slots__ = ("kind", "type", "items")

    def __init__(self, kind, type, items):
        self.kind, self.type, self.items = kind, type, items


class Node:
    __slots__ = ("kind", "target", "inputs", "outputs", "place", "frame", "effect", "random", "unpack_of")

    def __init__(self, kind, target, inputs, place, frame, effect=False, random=False):
        self.kind, self.target, self.inputs, self.outputs = kind, target, inputs, []
        self.place, self.frame, self.effect, self.random = place, frame, effect, random


class Frame:
    """`module`: the AttrVal whose forward this is; None for a function or a forked body."""

    def __init__(self, parent, module=None, kind="module"):
        self.parent, self.module, self.kind = parent, module, kind
        self.depth = 0 if parent is None else parent.depth + 1
        self.nodes = []
        self.params = []     # of the outermost frame: its inputs
        self.results = []    # of the outermost frame and of forks: what is returned (operands)

    @property
    def path(self):
        frame = self
        while frame.module is None:
            if frame.parent is None:
                return ()
            frame = frame.parent
        return frame.module.paths[0]


class TracingError(RuntimeError):
    pass


class Recorder:
    def __init__(self, strict=True):
        self.strict = strict
        self.root = self.frame = Frame(None)
        self._values = {}     # id(tensor) -> (weak reference, Val or AttrVal)
        self.constants = {}   # id(tensor) -> (tensor, Lit)
        self.modules = {}     # id(module object) -> AttrVal
        self.objects = {}     # id(compiled module behind it) -> AttrVal
        self.forget_nothing = []   # objects whose ids are keys above
        self.paused = 0
        self.fork_depth = 0

    # --- values ------------------------------------------------------------------------------------------------------
    identity = staticmethod(id)   # what makes two tensor objects the same tensor

    def bind(self, tensor, val):
        key, values = self.identity(tensor), self._values
        if self.identity is not id:   # many objects may stand for one tensor: it is kept, so that its key stays its own
            values[key] = (lambda: tensor), val
            return

        def gone(ref, key=key):
            if values.get(key, (None,))[0] is ref:
                del values[key]
        values[key] = (weakref.ref(tensor, gone), val)

    def find(self, tensor):
        """The value that a tensor stands for, or None."""
        entry = self._values.get(self.identity(tensor))
        return entry[1] if entry is not None and (self.identity is not id or entry[0]() is tensor) else None

    def unbind_inside(self, frame):
        """Forgets the tensors that were made in a frame: they are no values outside it."""
        def inside(f):
            while f is not None:
                if f is frame:
                    return True
                f = f.parent
            return False
        for key, (_, val) in list(self._values.items()):
            if isinstance(val, Val) and inside(val.frame):
                del self._values[key]

    def known_operator(self, name, overload):
        return _facula._known_operator(name, overload)

    def value(self, type, name="", node=None):
        return Val(self.frame, type, name, node)

    def add_param(self, type, name=""):
        val = Val(self.root, type, name)
        self.root.params.append(val)
        return val

    # --- nodes -------------------------------------------------------------------------------------------------------
    def emit(self, kind, target, inputs, types, effect=False, random=False, place=None):
        """Records a node; gives its results."""
        node = Node(kind, target, inputs, place or places.here(), self.frame, effect, random)
        node.outputs = [Val(self.frame, t, "", node) for t in types]
        self.frame.nodes.append(node)
        return node.outputs

    def op(self, name, overload, inputs, types, **facts):
        return self.emit("op", (name, overload), inputs, types, **facts)

    def unpack(self, val, types, kind):
        return self.emit(kind, None, [val], types)

    # --- frames ------------------------------------------------------------------------------------------------------
    def enter_module(self, attr):
        frame = Frame(self.frame, attr)
        node = Node("frame", frame, [attr], places.here(), self.frame)
        self.frame.nodes.append(node)
        self.frame = frame

    def leave_module(self, attr):
        while self.frame is not self.root and self.frame.module is not attr:
            self.frame = self.frame.parent     # frames left by an exception
        if self.frame is not self.root:
            self.frame = self.frame.parent

    @contextlib.contextmanager
    def pause(self):
        """What runs inside is not recorded."""
        self.paused += 1
        try:
            yield
        finally:
            self.paused -= 1


def operands(inputs):
    """The values below a list of operands, left to right."""
    for x in inputs:
        if isinstance(x, Group):
            yield from operands(x.items)
        elif x is not None:
            yield x


def all_nodes(frame):
    """Every node in program order; the node of a nested frame comes before the frame's own."""
    for node in frame.nodes:
        yield node
        if node.kind in ("frame", "fork"):
            yield from all_nodes(node.target)
