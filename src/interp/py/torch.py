from _torch import *
from _torch import _warn, _meshgrid

__version__ = "2.13.0"
pi = 3.141592653589793
e = 2.718281828459045
FloatTensor = DoubleTensor = HalfTensor = LongTensor = IntTensor = ShortTensor = CharTensor = ByteTensor = BoolTensor = Tensor


class Generator:
    def __init__(self, device="cpu"):
        self.device = device

    def manual_seed(self, seed):
        manual_seed(seed)
        return self


class _Context:
    def __init__(self, *args, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None

    def __call__(self, f):
        return f


class _Switch(_Context):
    # torch.no_grad as a decorator without parentheses, too.
    def __new__(cls, *args, **kwargs):
        if len(args) == 1 and callable(args[0]):
            return args[0]
        return object.__new__(cls)


class no_grad(_Switch):
    pass


class enable_grad(_Switch):
    pass


class inference_mode(_Switch):
    pass


class set_grad_enabled(_Context):
    pass


class autocast(_Context):
    pass


class finfo:
    def __init__(self, dtype=None):
        name = str(dtype).split(".")[-1]
        rows = {
            "float64": (2.220446049250313e-16, 1.7976931348623157e308, 2.2250738585072014e-308, 64),
            "float16": (0.0009765625, 65504.0, 6.103515625e-05, 16),
            "bfloat16": (0.0078125, 3.3895313892515355e38, 1.1754943508222875e-38, 16),
        }
        self.eps, self.max, self.tiny, self.bits = rows.get(name, (1.1920928955078125e-07, 3.4028234663852886e38, 1.1754943508222875e-38, 32))
        self.min = -self.max
        self.smallest_normal = self.tiny


class iinfo:
    def __init__(self, dtype=None):
        self.bits = {"uint8": 8, "int8": 8, "int16": 16, "int64": 64}.get(str(dtype).split(".")[-1], 32)
        if str(dtype) == "torch.uint8":
            self.min, self.max = 0, 255
        else:
            self.max = 9223372036854775807 if self.bits == 64 else 2 ** (self.bits - 1) - 1
            self.min = -self.max - 1


def is_grad_enabled():
    return False


def _assert(condition, message):
    assert condition, message


def meshgrid(*tensors, indexing="ij"):
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tensors[0]
    return tuple(_meshgrid(list(tensors), indexing=indexing))


def is_floating_point(t):
    return t.is_floating_point()


def is_storage(t):
    return False


def seed():
    return 0


def initial_seed():
    return 0


def set_default_dtype(dtype):
    pass


def set_num_threads(n):
    pass


def get_num_threads():
    return 1


def use_deterministic_algorithms(mode, warn_only=False):
    pass


def compile(model=None, **kwargs):
    return model if model is not None else (lambda m: m)


def typename(x):
    return type(x).__name__


def is_autocast_enabled(*args):
    return False


def load(*args, **kwargs):
    raise OSError("files are out of reach while a model is compiled; give weights with --weights")


def save(*args, **kwargs):
    raise OSError("files are out of reach while a model is compiled")


def from_numpy(array):
    return array._t


class _Namespace:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


cuda = _Namespace(is_available=lambda: False, device_count=lambda: 0)
backends = _Namespace(cudnn=_Namespace(enabled=False), mps=_Namespace(is_available=lambda: False), cuda=_Namespace())
distributed = _Namespace(is_available=lambda: False, is_initialized=lambda: False)
version = _Namespace(cuda=None)
random = _Namespace(manual_seed=manual_seed)

from torch import _C, nn, jit, utils, autograd, hub
