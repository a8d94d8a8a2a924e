"""What tracing asks of tensors, for torch: recognising, cloning, comparing."""
from __future__ import annotations

import contextlib

import torch

from .. import _facula
from . import sizes, torch_front
from .recorder import Lit


class TorchTools:
    name = "torch"

    def is_tensor(self, x):
        return isinstance(x, torch.Tensor)

    def is_any_tensor(self, x):
        return isinstance(x, (torch.Tensor, _facula.Tensor))

    def to_tensor(self, x):
        return x if isinstance(x, torch.Tensor) else torch.from_dlpack(x)

    def is_module(self, x):
        return isinstance(x, torch.nn.Module)

    def front(self, recorder):
        return Front(recorder)

    def alias(self, x):
        return x.view_as(x)

    def clone(self, x):
        """A copy of example inputs that a run may write to."""
        if isinstance(x, torch.Tensor):
            return x.detach().clone(memory_format=torch.preserve_format).requires_grad_(x.requires_grad)
        if isinstance(x, dict):
            return {k: self.clone(v) for k, v in x.items()}
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*[self.clone(v) for v in x])
        if isinstance(x, (list, tuple)):
            return type(x)(self.clone(v) for v in x)
        return x

    def for_compiled(self, x):
        """Arguments as compiled code takes them: without gradients."""
        if isinstance(x, torch.Tensor):
            return x.detach() if x.requires_grad else x
        if isinstance(x, dict):
            return {k: self.for_compiled(v) for k, v in x.items()}
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*[self.for_compiled(v) for v in x])
        if isinstance(x, (list, tuple)):
            return type(x)(self.for_compiled(v) for v in x)
        return x

    def from_compiled(self, x):
        if isinstance(x, _facula.Tensor):
            return torch.from_dlpack(x)
        if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
            return type(x)(self.from_compiled(v) for v in x)
        return {k: self.from_compiled(v) for k, v in x.items()} if isinstance(x, dict) else x

    @contextlib.contextmanager
    def checking(self):
        with torch.no_grad():
            yield

    def difference(self, a, b, tolerance):
        """Why two results are not equal, None if they are."""
        a, b = a.detach(), b.detach()
        wide = torch.cdouble if a.is_complex() or b.is_complex() else torch.double
        absolute = max(_ABSOLUTE.get(a.dtype, 0.0), _ABSOLUTE.get(b.dtype, 0.0))
        return self._difference(a.to(wide), b.to(wide), rtol=tolerance, atol=absolute)

    def difference_of_constants(self, a, b):
        return self._difference(a.detach(), b.detach())

    def _difference(self, a, b, **tolerances):
        try:
            torch.testing.assert_close(a, b, equal_nan=True, **tolerances)
        except (AssertionError, RuntimeError) as e:
            return str(e)
        return None


_ABSOLUTE = {torch.float16: 1e-5, torch.bfloat16: 1e-5, torch.float32: 1e-5, torch.float64: 1e-7, torch.complex64: 1e-5,
             torch.complex128: 1e-7}


class Front(torch_front.TorchFront):
    """torch_front with what calls of compiled code need."""

    def is_tensor(self, x):
        return isinstance(x, torch.Tensor)

    def concrete(self, x):
        if isinstance(x, torch.Tensor):
            return x.detach() if x.requires_grad else x
        if isinstance(x, dict):
            return {k: self.concrete(v) for k, v in x.items()}
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*[self.concrete(v) for v in x])
        if isinstance(x, (list, tuple)):
            return [self.concrete(v) for v in x] if not isinstance(x, tuple) else tuple(self.concrete(v) for v in x)
        return sizes.concrete(x)

    def from_compiled(self, x):
        if isinstance(x, _facula.Tensor):
            return torch.from_dlpack(x)
        if isinstance(x, dict):
            return {self.from_compiled(k): self.from_compiled(v) for k, v in x.items()}
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*[self.from_compiled(v) for v in x])
        if isinstance(x, (list, tuple)):
            return type(x)(self.from_compiled(v) for v in x)
        return x

    def call_operand(self, x, type):
        if isinstance(x, torch.Tensor):
            if type in ("int", "float", "bool", "Scalar"):
                name = {"int": "aten::Int", "float": "aten::Float", "bool": "aten::Bool", "Scalar": "aten::ScalarImplicit"}[type]
                (val,) = self.recorder.op(name, "" if type == "Scalar" else "Tensor", [self.tensor(x)], [type])
                return val
            return self.tensor(x)
        symbol = sizes.symbol_of(x)
        if symbol is not None:
            if type == "Tensor":
                return self.recorder.find(sizes.as_tensor(x))
            return sizes.symbol_of(sizes.float_of(x)).val if type == "float" else symbol.val
        code = torch_front.enumerator(x)
        if code is not None:
            return Lit(code, "int")
        if isinstance(x, torch.device):
            return Lit(str(x), "Device")
        if isinstance(x, (bool, int, float)) and type == "Scalar":
            return Lit(x, torch_front.builtin_name(x))
        return None

    def traced_number(self, val, number):
        return sizes.traced(self.recorder, val, number)

    def value_of_output(self, x):
        """The operand of a result; None for a tensor that the trace does not know."""
        val = self.recorder.find(x)
        if val is None and id(x) in self.recorder.constants:
            return self.recorder.constants[id(x)][1]
        return val

    def finish(self, x):
        """Numbers among the results become tensors, as they are while torch.jit traces."""
        if sizes.symbol_of(x) is not None:
            return sizes.as_tensor(x)
        if isinstance(x, tuple):
            items = [self.finish(i) for i in x]
            return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
        if type(x) is list:
            return [self.finish(i) for i in x]
        return x
