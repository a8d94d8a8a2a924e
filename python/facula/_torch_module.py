"""A compiled module as a torch.nn.Module, for programs that build modules of modules."""
import sys

from . import _facula
from ._facula import Tensor

_class = None


def _to_torch(torch, x):
    if isinstance(x, Tensor):
        return torch.from_dlpack(x)
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*(_to_torch(torch, v) for v in x))
    if type(x) in (list, tuple):
        return type(x)(_to_torch(torch, v) for v in x)
    if type(x) is dict:
        return {k: _to_torch(torch, v) for k, v in x.items()}
    return x


def _make_class(torch):
    class CompiledModule(torch.nn.Module):
        """Runs a module of Facula; parameters and buffers share its memory, results are torch tensors."""

        def __init__(self, module):
            super().__init__()
            object.__setattr__(self, "compiled", module)
            for name, value in module.named_parameters(recurse=False):
                self.register_parameter(name, torch.nn.Parameter(torch.from_dlpack(value), requires_grad=False))
            for name, value in module.named_buffers(recurse=False):
                self.register_buffer(name, torch.from_dlpack(value))
            for name, child in module.named_children():
                self.add_module(name, CompiledModule(child))
            self.training = bool(getattr(module, "training", False))

        def forward(self, *args, **kwargs):
            with torch.no_grad():
                return _to_torch(torch, self.compiled(*args, **kwargs))

        def train(self, mode=True):
            self.compiled.train(mode)
            return super().train(mode)

        def _apply(self, fn, recurse=True):
            super()._apply(fn, recurse)
            for name, value in list(self._parameters.items()) + list(self._buffers.items()):
                if value is not None:
                    setattr(self.compiled, name, value)
            return self

        def extra_repr(self):
            return "original_name={}".format(self.compiled.original_name)

    return CompiledModule


def torch_module(module):
    """`module` as a torch.nn.Module: a sub-module of others, with state_dict, parameters, to() and train(). torch must
    have been imported. There are no gradients."""
    global _class
    torch = sys.modules.get("torch")
    if torch is None:
        raise RuntimeError("import torch first: facula never does so by itself")
    if _class is None:
        _class = _make_class(torch)
    return _class(_facula.look_behind(module))
