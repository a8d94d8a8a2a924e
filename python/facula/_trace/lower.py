"""From a recording to graphs: what each frame takes and gives, and the nodes of its method.

As in PyTorch, a traced sub-module's method takes the values that its nodes use and were made elsewhere, and gives those that
are used elsewhere (a tuple if they are several); they need not be what the Python call took and gave.
"""
from __future__ import annotations

import linecache

from .. import _facula
from .recorder import AttrVal, Group, Lit, Val, operands


class Plan:
    """What lowering knows of one frame."""

    def __init__(self, frame, has_self):
        self.frame, self.has_self = frame, has_self
        self.takes, self.gives = [], []    # values of other frames; own values that are used outside
        self.attributes = []               # AttrVals read through `self`, in order of use


def live_nodes(root):
    """The nodes that effects or results depend on."""
    live, kept = set(), set()

    def need(inputs):
        for x in operands(inputs):
            if isinstance(x, Val):
                live.add(x)

    def visit(frame):
        any_kept = False
        for node in reversed(frame.nodes):
            if node.kind == "frame":
                keep = visit(node.target)
            elif node.kind == "fork":
                wanted = node.outputs[0] in live
                if wanted:
                    need(node.target.results)
                keep = visit(node.target) or wanted
                if keep and not wanted:
                    need(node.target.results)
                    visit(node.target)
            else:
                keep = node.effect or node.random or any(v in live for v in node.outputs)
            if keep:
                kept.add(node)
                any_kept = True
                if node.kind != "frame":
                    need(node.inputs)
        return any_kept
    need(root.results)
    visit(root)
    return kept


_sources = {}


def source(file):
    known = _sources.get(file)
    if known is None:
        known = _sources[file] = _facula._Source(file, "".join(linecache.getlines(file)))
    return known


class Writer:
    """Writes one graph; values are numbers."""

    def __init__(self):
        self.graph = _facula._TraceGraph()
        self.input, self.constant, self.op = self.graph.input, self.graph.constant, self.graph.op
        self.unpack, self.get_attr, self.call_method = self.graph.unpack, self.graph.get_attr, self.graph.call_method
        self.call_function, self.fork, self.wait = self.graph.call_function, self.graph.fork, self.graph.wait
        self.set_name, self.returns = self.graph.set_name, self.graph.returns

    def place(self, place):
        if place is not None:
            self.graph.at(source(place.file), place.line, 0, 0, 0)   # the whole line, as PyTorch marks it

    def group(self, kind, type, items):
        if kind == "list":
            return self.graph.list(type, items)
        if kind == "dict":
            return self.graph.dict(type[0], type[1], items)
        return self.graph.tuple(items)


class Lowering:
    def __init__(self, recorder, root_type=None):
        """root_type: the module whose method is traced, None for a function."""
        self.recorder, self.root_type, self.is_module = recorder, root_type, root_type is not None
        self.kept = live_nodes(recorder.root)
        self.plans = {}
        self.plan_frame(recorder.root)

    # --- what crosses frames -----------------------------------------------------------------------------------------
    def plan(self, frame):
        plan = self.plans.get(frame)
        if plan is None:
            has_self = frame.module is not None or (frame.parent is None and self.is_module)
            plan = self.plans[frame] = Plan(frame, has_self)
        return plan

    def plan_frame(self, frame):
        self.plan(frame)
        for node in frame.nodes:
            if node not in self.kept:
                continue
            for x in operands(node.inputs):
                self.use(x, frame)
            if node.kind in ("frame", "fork"):
                self.plan_frame(node.target)
        for x in operands(frame.results):
            self.use(x, frame)

    def use(self, x, frame):
        if isinstance(x, AttrVal):
            while not self.reaches(frame, x):
                self.take(frame, x)
                frame = frame.parent
            plan = self.plan(frame)
            if x not in plan.attributes:
                plan.attributes.append(x)
        elif isinstance(x, Val) and x.frame is not frame:
            up, down = x.frame, frame
            while up is not down:
                if up.depth > down.depth:
                    self.give(up, x)
                    up = up.parent
                else:
                    self.take(down, x)
                    down = down.parent

    def reaches(self, frame, attr):
        if not self.plan(frame).has_self:
            return False
        return self.path_from(frame, attr) is not None

    def path_from(self, frame, attr):
        for start in frame.module.paths if frame.module is not None else [()]:
            for path in attr.paths:
                if path[:len(start)] == start:
                    return path[len(start):]
        return None

    def take(self, frame, x):
        plan = self.plan(frame)
        if x not in plan.takes:
            plan.takes.append(x)

    def give(self, frame, x):
        plan = self.plan(frame)
        if x not in plan.gives:
            plan.gives.append(x)

    # --- nodes -------------------------------------------------------------------------------------------------------
    def graph(self, frame, method_of):
        """The graph of a frame. method_of(AttrVal, graph) -> name: where sub-modules' methods go."""
        plan = self.plan(frame)
        g = Writer()
        ids = {}
        if plan.has_self:
            ids["self"] = g.input("self", frame.module.type if frame.module is not None else self.root_type)
        for x in frame.params + plan.takes:
            ids[x] = g.input(x.name, x.type)
        # Attributes stand at the top, the last one first, as PyTorch has them.
        for attr in reversed(plan.attributes):
            self.attribute(g, ids, frame, attr)
        for node in frame.nodes:
            if node in self.kept:
                self.node(g, ids, node, method_of)
        if frame.parent is None or frame.kind == "fork":
            results = [self.operand(g, ids, x) for x in frame.results]
        else:
            results = [ids[x] for x in plan.gives]
        g.returns(self.packed(g, results))
        return g

    def packed(self, g, results):
        if len(results) == 1:
            return results[0]
        return g.group("tuple", "", results) if results else g.constant(None, "NoneType")

    def attribute(self, g, ids, frame, attr):
        path = self.path_from(frame, attr)
        at = ids["self"]
        for i in range(len(path)):
            key = ("path", path[:i + 1])
            if key not in ids:
                ids[key] = g.get_attr(at, path[i])
            at = ids[key]
        ids[attr] = at

    def operand(self, g, ids, x):
        if isinstance(x, Lit):
            if x.type == "Tensor" and x in ids:
                return ids[x]
            made = g.constant(x.value, x.type)
            if x.type == "Tensor":
                ids[x] = made
            return made
        if isinstance(x, Group):
            return g.group(x.kind, x.type, [self.operand(g, ids, i) for i in x.items])
        return ids[x]

    def node(self, g, ids, node, method_of):
        g.place(node.place)
        if node.kind in ("frame", "fork"):
            return self.frame_node(g, ids, node, method_of)
        inputs = [self.operand(g, ids, x) for x in node.inputs]
        if node.kind == "op":
            outputs = g.op(*node.target, inputs, [v.type for v in node.outputs])
        elif node.kind in ("list_unpack", "tuple_unpack"):
            outputs = g.unpack(inputs[0], len(node.outputs))
        elif node.kind == "call_method":
            outputs = [g.call_method(inputs[0], node.target, inputs[1:])]
        elif node.kind == "call_function":
            outputs = [g.call_function(node.target, inputs)]
        elif node.kind == "wait":
            outputs = [g.wait(inputs[0])]
        else:
            raise AssertionError(node.kind)
        for val, made in zip(node.outputs, outputs):
            ids[val] = made
            if val.name:
                g.set_name(made, val.name)

    def frame_node(self, g, ids, node, method_of):
        inner = node.target
        plan = self.plan(inner)
        graph = self.graph(inner, method_of)
        inputs = [ids[x] for x in plan.takes]
        if node.kind == "fork":
            ids[node.outputs[0]] = g.fork(graph.graph, inputs)
            return
        result = g.call_method(ids[inner.module], method_of(inner.module, graph), inputs)
        if len(plan.gives) == 1:
            made = [result]
        else:
            made = g.unpack(result, len(plan.gives)) if plan.gives else []
        for val, m in zip(plan.gives, made):
            ids[val] = m
            if val.name:
                g.set_name(m, val.name)


# --- text ------------------------------------------------------------------------------------------------------------
class Line:
    def __init__(self, text, place, tensors):
        self.text, self.place, self.tensors = text, place, tensors


def canonical_lines(recorder):
    """The program as numbered text lines, calls inlined: how two traces of one program are compared."""
    kept = live_nodes(recorder.root)
    numbers, lines = {}, []

    def name(v):
        return "%" + str(numbers.setdefault(v, len(numbers)))

    def text(x, tensors):
        if isinstance(x, Lit):
            if x.type == "Tensor":
                tensors.append(x.value)
                return "<Tensor>"
            return repr(x.value)
        if isinstance(x, AttrVal):
            return "self." + ".".join(x.paths[0])
        if isinstance(x, Group):
            return "[" + ", ".join(text(i, tensors) for i in x.items) + "]"
        return name(x)

    def visit(frame):
        for node in frame.nodes:
            if node not in kept:
                continue
            if node.kind in ("frame", "fork"):
                visit(node.target)
                continue
            tensors = []
            target = node.target
            if node.kind == "op":
                what = target[0]
            elif node.kind in ("list_unpack", "tuple_unpack"):
                what = "prim::ListUnpack" if node.kind == "list_unpack" else "prim::TupleUnpack"
            else:
                what = node.kind + " " + (target if isinstance(target, str) else getattr(target, "name", ""))
            inputs = ", ".join(text(x, tensors) for x in node.inputs)
            outputs = ", ".join("%s : %s" % (name(v), v.type) for v in node.outputs)
            lines.append(Line("%s = %s(%s)\n" % (outputs, what, inputs), node.place, tensors))
    for p in recorder.root.params:
        name(p)
    head = "graph(%s):\n" % ", ".join(name(p) for p in recorder.root.params)
    visit(recorder.root)
    tensors = []
    tail = "return (%s)\n" % ", ".join(text(x, tensors) for x in recorder.root.results)
    return [Line(head, None, [])] + lines + [Line(tail, None, tensors)]
