"""Inputs and outputs of traced programs: tensors inside tuples, lists and dicts."""
from __future__ import annotations

from . import places
from .recorder import Group, Lit, TracingError

ONLY_TENSORS_OUT = ("Only tensors, lists, tuples of tensors, or dictionary of tensors can be output from traced functions")


def python_type(x):
    """The TorchScript type of an input, as PyTorch writes it in messages."""
    if isinstance(x, bool):
        return "bool"
    if isinstance(x, int):
        return "int"
    if isinstance(x, float):
        return "float"
    if isinstance(x, complex):
        return "complex"
    if isinstance(x, str):
        return "str"
    if x is None:
        return "NoneType"
    if isinstance(x, tuple):
        return "Tuple[%s]" % ", ".join(python_type(i) for i in x) if x else "Tuple[()]"
    if isinstance(x, list):
        return "List[%s]" % (python_type(x[0]) if x else "Tensor")
    if isinstance(x, dict):
        key, value = next(iter(x.items())) if x else ("", None)
        return "Dict[%s, %s]" % (python_type(key), python_type(value) if x else "Tensor")
    return "Tensor" if hasattr(x, "__dlpack__") else type(x).__name__


class Inputs:
    """Declares the example inputs as parameters of the traced program, and gives the tensors to run it on."""

    def __init__(self, recorder, is_tensor, fresh_alias):
        self.recorder, self.is_tensor, self.fresh_alias = recorder, is_tensor, fresh_alias

    def check(self, inputs):
        for x in inputs:
            self.check_consistent(x, inputs)
        if not all(self.traceable(x) for x in inputs):
            raise TracingError("Type '%s' cannot be traced. Only Tensors and (possibly nested) Lists, Dicts, and Tuples of Tensors"
                               " can be traced" % python_type(tuple(inputs)))

    def check_consistent(self, x, whole):
        if not isinstance(x, (tuple, list, dict)):
            return
        items = list(x.values()) if isinstance(x, dict) else x
        problem = None
        if not isinstance(x, tuple):
            kind = "List" if isinstance(x, list) else "Dictionary"
            if not items:
                problem = kind + (" trace inputs must have elements" if kind == "List" else " inputs must have entries")
            else:
                other = next((i for i in items if self.type(i) != self.type(items[0])), None)
                if other is not None:
                    problem = "%s inputs to traced functions must have consistent element type. Found %s and %s" % (
                        kind, python_type(items[0]), python_type(other))
        if problem:
            raise TracingError("Tracer cannot infer type of %s\n:%s" % (whole, problem))
        for i in items:
            self.check_consistent(i, whole)

    def traceable(self, x):
        if self.is_tensor(x):
            return True
        if isinstance(x, dict):
            return all(type(k) in (str, int) for k in x) and all(self.traceable(v) for v in x.values())
        return isinstance(x, (tuple, list)) and all(self.traceable(i) for i in x)

    def type(self, x):
        """In schema notation."""
        if isinstance(x, tuple):
            return "(%s)" % ", ".join(self.type(i) for i in x) if x else "()"
        if isinstance(x, list):
            return (self.type(x[0]) if x else "Tensor") + "[]"
        if isinstance(x, dict):
            key = type(next(iter(x))).__name__ if x else "str"
            return "Dict(%s, %s)" % (key, self.type(next(iter(x.values()))) if x else "Tensor")
        if self.is_tensor(x):
            return "Tensor"
        return type(x).__name__

    def declare(self, x, name):
        val = self.recorder.add_param(self.type(x), name)
        return self.bind(x, val)

    def bind(self, x, val):
        recorder = self.recorder
        if self.is_tensor(x):
            if recorder.find(x) is not None:   # the same tensor twice, or a parameter: each input is a value of its own
                x = self.fresh_alias(x)
            recorder.bind(x, val)
            recorder.forget_nothing.append(x)
            return x
        if isinstance(x, dict):
            out = type(x)() if type(x) is dict else {}
            for key, item in x.items():
                (got,) = recorder.op("aten::__getitem__", "Dict_" + type(key).__name__,
                                    [val, Lit(key, type(key).__name__)], [self.type(item)])
                out[key] = self.bind(item, got)
            return out
        parts = recorder.unpack(val, [self.type(i) for i in x], "list_unpack" if isinstance(x, list) else "tuple_unpack")
        items = [self.bind(i, v) for i, v in zip(x, parts)]
        if hasattr(x, "_fields"):
            return type(x)(*items)
        return tuple(items) if isinstance(x, tuple) else items


class Outputs:
    """The operands of what a traced program returned."""

    def __init__(self, recorder, is_tensor, value_of):
        self.recorder, self.is_tensor, self.value_of = recorder, is_tensor, value_of

    def operand(self, x, top=True, number=1):
        if self.is_tensor(x):
            val = self.value_of(x)
            if val is None:
                raise TracingError("output %d (%s) of traced region did not have observable data dependence with trace inputs; this"
                                   " probably indicates your program cannot be understood by the tracer." % (number, x))
            return val
        if isinstance(x, tuple):
            return Group("tuple", "", [self.operand(i, False, n + 1) for n, i in enumerate(x)])
        if isinstance(x, list):
            if not all(self.is_tensor(i) for i in x):
                raise TracingError(ONLY_TENSORS_OUT)
            if self.recorder.strict:
                places.warn("Encountering a list at the output of the tracer" + places.CONTAINER)
            return Group("list", "Tensor", [self.operand(i, False, n + 1) for n, i in enumerate(x)])
        if isinstance(x, dict):
            if self.recorder.strict:
                raise TracingError("Encountering a dict at the output of the tracer" + places.CONTAINER)
            return self.dict_operand(x, number)
        raise TracingError(ONLY_TENSORS_OUT)

    def dict_operand(self, x, number):
        keys_are_text = all(isinstance(k, str) for k in x)
        if not x or not (keys_are_text or all(self.is_tensor(k) for k in x)) or not all(self.is_value(v) for v in x.values()):
            raise TracingError("output %d (%s) of traced region cannot be understood by the tracer, only outputs matching"
                               " dict[Union[str, Tensor], Union[Tensor, Tuple[Tensor, ...]]] can be a dictionary output of a traced"
                               " function" % (number, x))
        items = []
        for key, value in x.items():
            items.append(Lit(key, "str") if keys_are_text else self.operand(key, False, number))
            items.append(self.operand(value, False, number))
        first = next(iter(x.values()))
        value_type = "(%s)" % ", ".join("Tensor" for _ in first) if isinstance(first, tuple) else "Tensor"
        return Group("dict", ("str" if keys_are_text else "Tensor", value_type), items)

    def is_value(self, v):
        return self.is_tensor(v) or isinstance(v, tuple) and all(self.is_tensor(i) for i in v)
