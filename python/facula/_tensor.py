"""facula.Tensor as a good citizen: operators, arithmetic, NumPy."""
import sys

from . import _facula
from ._facula import Tensor


def from_numpy(array):
    """A tensor that shares memory with a NumPy array."""
    if not array.flags.writeable:
        raise ValueError("the array is not writeable; facula.tensor(array) makes a copy")
    return _facula.from_dlpack(array)


def as_tensor(data, dtype=None, device=None):
    """`data` as a tensor, sharing memory where that is possible."""
    if hasattr(data, "__dlpack__"):
        t = _facula.from_dlpack(data)
        return t if dtype is None else t.to(dtype)
    return _facula.tensor(data, dtype, device)


def _numpy():
    try:
        import numpy
    except ImportError:
        raise RuntimeError("NumPy is not installed") from None
    return numpy


def numpy(self, *, force=False):
    """A NumPy array on the same memory."""
    if self.dtype == _facula._dtypes["bfloat16"]:
        raise TypeError("Got unsupported ScalarType BFloat16")
    np = _numpy()
    if self.numel() == 0:
        return np.empty(self.shape, dtype=str(self.dtype).rsplit(".", 1)[-1])
    return np.from_dlpack(self)


def __array__(self, dtype=None, copy=None):
    array = numpy(self)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError("the conversion to {} needs a copy".format(dtype))
        return array.astype(dtype)
    return array.copy() if copy else array


def __iter__(self):
    if self.dim() == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind(0))


def __contains__(self, element):
    return bool((self == element).any())


def __format__(self, spec):
    return format(self.item(), spec) if self.dim() == 0 and spec else object.__format__(self, spec)


def __reduce__(self):
    return _from_parts, (self.contiguous().numpy().tobytes() if self.dtype != _facula._dtypes["bfloat16"] else
                         self.contiguous().view(_facula._dtypes["int16"]).numpy().tobytes(),
                         self.dtype, self.shape, self.requires_grad)


def _from_parts(data, dtype, shape, requires_grad):
    np = _numpy()
    plain = _facula._dtypes["int16"] if dtype == _facula._dtypes["bfloat16"] else dtype
    array = np.frombuffer(bytearray(data), dtype=str(plain).rsplit(".", 1)[-1]).reshape(shape)
    t = _facula.from_dlpack(array) if array.size else _facula.tensor(array.tolist(), dtype=plain)
    t = t.view(dtype) if plain != dtype else t
    t.requires_grad = requires_grad
    return t


def __deepcopy__(self, memo):
    if id(self) not in memo:
        memo[id(self)] = self.clone()
        memo[id(self)].requires_grad = self.requires_grad
    return memo[id(self)]


def __torch_function__(cls, func, types, args=(), kwargs=None):
    """torch's functions take facula tensors as torch tensors on the same memory."""
    torch = sys.modules["torch"]

    def lend(x):
        if isinstance(x, Tensor):
            return torch.from_dlpack(x)
        if isinstance(x, (list, tuple)) and type(x) in (list, tuple):
            return type(x)(lend(v) for v in x)
        if type(x) is dict:
            return {k: lend(v) for k, v in x.items()}
        return x
    return func(*lend(args), **lend(kwargs or {}))


def _binary(name, reverse=False):
    operator = _facula._operator("aten::" + name)

    def method(self, other):
        try:
            return operator(other, self) if reverse else operator(self, other)
        except TypeError:
            return NotImplemented
    return method


def _scalar_first(name):
    # 2 / t, 2 // t, 2 << t: the number becomes a tensor of no dimensions, so that the result's dtype is as for numbers.
    operator = _facula._operator("aten::" + name)

    def method(self, other):
        if isinstance(other, (bool, int, float, complex)):
            other = _facula.tensor(other)
        try:
            return operator(other, self)
        except TypeError:
            return NotImplemented
    return method


def _divide_number(self, other):
    return self.reciprocal() * other


_ARITHMETIC = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder", "pow": "pow",
    "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "lshift": "bitwise_left_shift",
    "rshift": "bitwise_right_shift",
}
_IN_PLACE = {
    "iadd": "add_", "isub": "sub_", "imul": "mul_", "itruediv": "div_", "ifloordiv": "floor_divide_", "imod": "remainder_",
    "ipow": "pow_", "iand": "bitwise_and_", "ior": "bitwise_or_", "ixor": "bitwise_xor_",
}
_UNARY = {"neg": "neg", "pos": "positive", "abs": "abs", "invert": "bitwise_not"}
_PROPERTIES = {"T": "numpy_T", "mT": "mT", "H": "matrix_H", "mH": "mH", "real": "real", "imag": "imag", "data": "detach"}
# Python's own classes and functions whose names a module had better not hide, and names that mean something else here.
_KEPT = {"bool", "int", "float", "complex", "str", "len", "list", "dict", "set", "format", "save", "load", "device", "dtype",
         "tensor", "copy"}


def install(names):
    """Functions of the module and methods of Tensor from the table of operators."""
    for name, is_method in _facula._operator_names():
        operator = _facula._operator("aten::" + name)
        if not name.startswith("__") and name not in _KEPT and not name.endswith("_") or name.startswith("_"):
            names.setdefault(name, operator)
        if is_method and name not in Tensor.__dict__ and not name.startswith("__"):
            setattr(Tensor, name, operator)
    for python, name in _ARITHMETIC.items():
        setattr(Tensor, "__%s__" % python, _binary(name))
    for python in ("add", "mul", "matmul", "and", "or", "xor"):
        setattr(Tensor, "__r%s__" % python, _binary(_ARITHMETIC[python], reverse=python == "matmul"))
    setattr(Tensor, "__rsub__", _binary("rsub"))
    setattr(Tensor, "__rtruediv__", _divide_number)
    setattr(Tensor, "__rpow__", _scalar_first("pow"))
    for python in ("floordiv", "mod", "lshift", "rshift"):
        setattr(Tensor, "__r%s__" % python, _scalar_first(_ARITHMETIC[python]))
    for python in ("eq", "ne", "lt", "le", "gt", "ge"):
        setattr(Tensor, "__%s__" % python, _binary(python))
    for python, name in _IN_PLACE.items():
        if _facula._operator("aten::" + name) is not None:
            setattr(Tensor, "__%s__" % python, _binary(name))
    for python, name in _UNARY.items():
        operator = _facula._operator("aten::" + name)
        if operator is not None:
            setattr(Tensor, "__%s__" % python, operator)
    for name, operator in _PROPERTIES.items():
        found = _facula._operator("aten::" + operator)
        if found is not None:
            setattr(Tensor, name, _property(found, operator))
    for name, dtype in (("float", "float32"), ("double", "float64"), ("half", "float16"), ("bfloat16", "bfloat16"),
                        ("int", "int32"), ("long", "int64"), ("short", "int16"), ("char", "int8"), ("byte", "uint8"),
                        ("bool", "bool")):
        setattr(Tensor, name, _cast(name, _facula._dtypes[dtype]))
    for method in (numpy, __array__, __iter__, __contains__, __format__, __reduce__, __deepcopy__):
        setattr(Tensor, method.__name__, method)
    Tensor.__torch_function__ = classmethod(__torch_function__)
    Tensor.__array_priority__ = 1000


def _property(operator, name):
    def get(self):
        return operator(self)
    get.__doc__ = "aten::{} of the tensor.".format(name)
    return property(get)


def _cast(name, dtype):
    def method(self):
        return self.to(dtype)
    method.__name__ = name
    method.__doc__ = "The tensor as {}.".format(dtype)
    return method
