"""Calls of compiled functions and modules, and forked tasks, while a program is traced: they stay calls in the graph."""
from __future__ import annotations

from . import places, state
from .recorder import Frame, Group, Lit, Node, TracingError, Val


def split_elements(text):
    """"(Tensor, (int, Tensor))" -> ["Tensor", "(int, Tensor)"]"""
    parts, depth, begin = [], 0, 0
    for i, c in enumerate(text):
        depth += c in "([" and 1 or c in ")]" and -1 or 0
        if c == "," and depth == 0:
            parts.append(text[begin:i].strip())
            begin = i + 1
    parts.append(text[begin:].strip())
    return [p for p in parts if p]


def element_of_list(text):
    return text[:-2] if text.endswith("[]") else None


def elements_of_tuple(text):
    return split_elements(text[1:-1]) if text.startswith("(") and text.endswith(")") else None


def element_of_dict(text):
    return split_elements(text[5:-1]) if text.startswith("Dict(") else None


class Calls:
    """`front` knows the tensors: find a tensor's operand, a number's value, make its tensors of results."""

    def __init__(self, recorder, front):
        self.recorder, self.front = recorder, front

    def observe(self, callee, method, args, kwargs):
        if self.recorder.paused:
            return callee(*args, **kwargs) if method in (None, "forward") else getattr(callee, method)(*args, **kwargs)
        recorder, front = self.recorder, self.front
        with recorder.pause():
            schema = callee.schema if method is None else callee._get_method(method).schema
        parameters = [(a.name, a.type.str(), a) for a in schema.arguments][0 if method is None else 1:]
        given = dict(zip((n for n, _, _ in parameters), args))
        given.update(kwargs)
        inputs = []
        for name, type_, a in parameters:
            if name in given:
                inputs.append(self.operand(given[name], type_))
            elif a.has_default_value():
                inputs.append(self.operand(a.default_value, type_))
            else:
                inputs.append(Lit(None, "NoneType"))   # the call itself reports what is missing
        if method is not None:
            owner = recorder.objects.get(callee._address)
            if owner is None:
                raise TracingError("Tried to trace %s but it is not part of the active trace. Modules that are called during a"
                                   " trace must be registered as submodules of the thing being traced." % (callee,))
            inputs.insert(0, owner)
        place = places.here()
        with front.unseen():
            function = callee if method is None else callee._get_method(method)
            result = function(*[front.concrete(a) for a in args], **{k: front.concrete(v) for k, v in kwargs.items()})
            result = front.from_compiled(result)
        returned = schema.returns[0].type.str() if schema.returns else "NoneType"
        kind = "call_function" if method is None else "call_method"
        (val,) = recorder.emit(kind, callee if method is None else method, inputs, [returned], effect=True, place=place)
        return self.bind(result, val, returned)

    def operand(self, x, type):
        if type.endswith("?"):
            if x is None:
                return Lit(None, "NoneType")
            type = type[:-1]
        element = element_of_list(type)
        if element is not None and isinstance(x, (list, tuple)):
            return Group("list", element, [self.operand(i, element) for i in x])
        elements = elements_of_tuple(type)
        if elements is not None and isinstance(x, tuple) and len(x) == len(elements):
            return Group("tuple", "", [self.operand(i, t) for i, t in zip(x, elements)])
        pair = element_of_dict(type)
        if pair and isinstance(x, dict):
            items = []
            for k, v in x.items():
                items += [self.operand(k, pair[0]), self.operand(v, pair[1])]
            return Group("dict", tuple(pair), items)
        operand = self.front.call_operand(x, type)
        if operand is not None:
            return operand
        owner = self.recorder.objects.get(getattr(x, "_address", None))
        if owner is not None:
            return owner
        return Lit(x, type)

    def bind(self, result, val, type):
        """Ties what a call gave to the value of its node; gives what the program goes on with."""
        recorder, front = self.recorder, self.front
        if front.is_tensor(result):
            if type.endswith("?"):
                (val,) = recorder.op("prim::unchecked_unwrap_optional", "", [val], ["Tensor"])
            recorder.bind(result, val)
            front.keep(result)
            return result
        if type.endswith("?") and result is not None:
            (val,) = recorder.op("prim::unchecked_unwrap_optional", "", [val], [type[:-1]])
            type = type[:-1]
        element = element_of_list(type)
        if element is not None and isinstance(result, list):
            values = recorder.unpack(val, [element] * len(result), "list_unpack")
            return [self.bind(r, v, element) for r, v in zip(result, values)]
        elements = elements_of_tuple(type)
        if isinstance(result, tuple):
            if elements is None:   # a named tuple prints by its name
                elements = ["Tensor" if front.is_tensor(r) else builtin_type(r) for r in result]
            values = recorder.unpack(val, elements, "tuple_unpack")
            items = [self.bind(r, v, t) for r, v, t in zip(result, values, elements)]
            return type_like(result, items)
        pair = element_of_dict(type)
        if pair and isinstance(result, dict) and all(isinstance(k, (str, int, float)) for k in result):
            out = {}
            for k, r in result.items():
                (v,) = recorder.op("aten::__getitem__", "Dict_" + pair[0], [val, Lit(k, pair[0])], [pair[1]])
                out[k] = self.bind(r, v, pair[1])
            return out
        if type in ("int", "float") and not isinstance(result, bool):
            number = front.traced_number(val, result)
            if number is not None:
                return number
        if isinstance(result, (bool, int, float, str)):
            places.warn("Converting the result of a compiled function to a Python number" + places.PYTHON_DATAFLOW)
        return result

    # --- fork and wait -----------------------------------------------------------------------------------------------
    def fork(self, func, args, kwargs):
        recorder = self.recorder
        frame = Frame(recorder.frame, None, "fork")
        node = Node("fork", frame, [], places.here(), recorder.frame)
        recorder.frame.nodes.append(node)
        outer, recorder.frame = recorder.frame, frame
        try:
            result = func(*args, **kwargs)
            type_, operand = self.result_of_fork(result)
            frame.results = [operand]
        finally:
            recorder.frame = outer
        recorder.unbind_inside(frame)
        node.outputs = [Val(outer, "Future(%s)" % type_, "", node)]
        return TracedFuture(self, node.outputs[0], type_, result)

    def result_of_fork(self, x):
        if self.front.is_tensor(x):
            return "Tensor", self.front.tensor(x)
        if isinstance(x, tuple):
            parts = [self.result_of_fork(i) for i in x]
            return "(%s)" % ", ".join(t for t, _ in parts), Group("tuple", "", [o for _, o in parts])
        if isinstance(x, list) and x and all(self.front.is_tensor(i) for i in x):
            return "Tensor[]", Group("list", "Tensor", [self.front.tensor(i) for i in x])
        raise TracingError("a task that is forked in a trace must give tensors, or tuples or lists of tensors")

    def wait(self, future):
        (val,) = self.recorder.emit("wait", None, [future.val], [future.type], effect=True)
        return self.bind(future.result, val, future.type)


class TracedFuture:
    """What fork gives while a program is traced."""

    def __init__(self, calls, val, type, result):
        self.calls, self.val, self.type, self.result = calls, val, type, result

    def wait(self):
        return self.calls.wait(self) if state.current() is not None else self.result

    def value(self):
        return self.result

    def done(self):
        return True


def builtin_type(x):
    return {bool: "bool", int: "int", float: "float", str: "str"}.get(type(x), "t")


def type_like(x, items):
    return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
