# What models compute with NumPy while they are made: numbers, ranges and small tables. An array is a tensor of double precision
# or of integers; its elements are Python's numbers.
import math
import torch

pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None
float16, float32, float64, float_ = torch.float16, torch.float32, torch.float64, torch.float64
int8, int16, int32, int64, uint8, bool_ = torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool


def _tensor(x, dtype=None):
    if isinstance(x, ndarray):
        t = x._t
    elif isinstance(x, torch.Tensor):
        t = x
    else:
        x = [i.tolist() if isinstance(i, ndarray) else i for i in x] if isinstance(x, (list, tuple)) else x
        t = torch.tensor(x)
        if t.dtype == torch.float32:
            t = torch.tensor(x, dtype=torch.float64)
    return t if dtype is None else t.to(_dtype(dtype))


def _dtype(d):
    return torch.float64 if d is float else torch.int64 if d is int else torch.bool if d is bool else d


def _out(t):
    return t.item() if t.dim() == 0 else ndarray(t)


def _operand(x):
    return x._t if isinstance(x, ndarray) else x


class ndarray:
    def __init__(self, t):
        self._t = t

    shape = property(lambda self: tuple(self._t.shape))
    ndim = property(lambda self: self._t.dim())
    size = property(lambda self: self._t.numel())
    dtype = property(lambda self: self._t.dtype)
    T = property(lambda self: ndarray(self._t.permute(*reversed(range(self._t.dim())))))

    def __len__(self):
        return self._t.shape[0]

    def __iter__(self):
        return iter([self[i] for i in range(len(self))])

    def __getitem__(self, i):
        return _out(self._t[i])

    def __setitem__(self, i, v):
        self._t[i] = _operand(v)

    def __add__(self, o):
        return _out(self._t + _operand(o))

    def __sub__(self, o):
        return _out(self._t - _operand(o))

    def __mul__(self, o):
        return _out(self._t * _operand(o))

    def __truediv__(self, o):
        return _out(self._t.to(torch.float64) / _operand(o))

    def __pow__(self, o):
        return _out(self._t ** _operand(o))

    def __radd__(self, o):
        return _out(o + self._t)

    def __rsub__(self, o):
        return _out(o - self._t)

    def __rmul__(self, o):
        return _out(o * self._t)

    def __rtruediv__(self, o):
        return _out(o / self._t.to(torch.float64))

    def __rpow__(self, o):
        return power(o, self)

    def __neg__(self):
        return ndarray(-self._t)

    def tolist(self):
        return self._t.tolist()

    def item(self):
        return self._t.item()

    def copy(self):
        return ndarray(self._t.clone())

    def astype(self, dtype):
        return ndarray(self._t.to(_dtype(dtype)))

    def reshape(self, *sizes):
        return ndarray(self._t.reshape(*sizes))

    def flatten(self):
        return ndarray(self._t.reshape(-1))

    def transpose(self, *dims):
        return ndarray(self._t.permute(*dims)) if dims else self.T

    def sum(self):
        return self._t.sum().item()

    def prod(self):
        return self._t.prod().item()

    def mean(self):
        return self._t.to(torch.float64).mean().item()

    def max(self):
        return self._t.max().item()

    def min(self):
        return self._t.min().item()

    def cumsum(self):
        return cumsum(self)


def array(x, dtype=None):
    return _out(_tensor(x, dtype).clone())


asarray = array


def arange(*args, dtype=None):
    t = torch.arange(*args)
    return ndarray(t.to(_dtype(dtype)) if dtype is not None else torch.arange(*args, dtype=torch.float64) if t.is_floating_point() else t)


def linspace(start, stop, num=50, dtype=None):
    return ndarray(torch.linspace(start, stop, num, dtype=torch.float64 if dtype is None else _dtype(dtype)))


def zeros(shape, dtype=torch.float64):
    return ndarray(torch.zeros(shape, dtype=_dtype(dtype)))


def ones(shape, dtype=torch.float64):
    return ndarray(torch.ones(shape, dtype=_dtype(dtype)))


def full(shape, value, dtype=torch.float64):
    return ndarray(torch.full([shape] if isinstance(shape, int) else list(shape), value, dtype=_dtype(dtype)))


def eye(n, dtype=torch.float64):
    return ndarray(torch.eye(n, dtype=_dtype(dtype)))


def _real(x):
    return _tensor(x).to(torch.float64)


def sqrt(x):
    return _out(torch.sqrt(_real(x)))


def exp(x):
    return _out(torch.exp(_real(x)))


def log(x):
    return _out(torch.log(_real(x)))


def log2(x):
    return _out(torch.log2(_real(x)))


def log10(x):
    return _out(torch.log10(_real(x)))


def sin(x):
    return _out(torch.sin(_real(x)))


def cos(x):
    return _out(torch.cos(_real(x)))


def floor(x):
    return _out(torch.floor(_real(x)))


def ceil(x):
    return _out(torch.ceil(_real(x)))


def round(x, decimals=0):
    return _out(torch.round(_real(x), decimals=decimals))


def abs(x):
    return _out(torch.abs(_tensor(x)))


def power(x, y):
    return _out(torch.pow(_real(x), _real(y)))


def prod(x):
    return _tensor(x).prod().item() if len(x) else 1.0


def sum(x):
    return _tensor(x).sum().item()


def mean(x):
    return _real(x).mean().item()


def max(x):
    return _tensor(x).max().item()


def min(x):
    return _tensor(x).min().item()


amax, amin = max, min


def maximum(x, y):
    return _out(torch.maximum(_real(x), _real(y)))


def minimum(x, y):
    return _out(torch.minimum(_real(x), _real(y)))


def cumsum(x):
    return ndarray(torch.cumsum(_tensor(x), 0))


def cumprod(x):
    return ndarray(torch.cumprod(_tensor(x), 0))


def outer(x, y):
    return ndarray(torch.outer(_tensor(x), _tensor(y)))


def concatenate(parts, axis=0):
    return ndarray(torch.cat([_tensor(p) for p in parts], axis))


def stack(parts, axis=0):
    return ndarray(torch.stack([_tensor(p) for p in parts], axis))


def expand_dims(x, axis):
    return ndarray(_tensor(x).unsqueeze(axis))
