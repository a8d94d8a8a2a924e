"""facula.Tensor as a good citizen: operators, indexing, construction."""
from . import _facula
from ._facula import Tensor


def tensor(data, dtype=None, device=None, requires_grad=False):
    """A tensor with a copy of `data`: a number, nested lists, an array or another tensor."""
    raise NotImplementedError


def from_numpy(array):
    """A tensor that shares memory with a NumPy array."""
    return _facula.from_dlpack(array)


def install(names):
    """Makes functions and Tensor methods of the operators."""
    for name, is_method in _facula._operator_names():
        operator = _facula._operator("aten::" + name)
        names.setdefault(name, operator)
        if is_method and name not in Tensor.__dict__:
            setattr(Tensor, name, operator)
