"""Programs for test_save.py: each is a scripted or traced module with inputs, and uses something that the writer of archives
must get right. Longer than most files: a list of programs."""
import enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

PROGRAMS = {}


def program(make):
    PROGRAMS[make.__name__] = make
    return make


def ramp(*shape):
    return torch.arange(float(torch.Size(shape).numel())).reshape(shape) * 0.1 - 0.4


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Word(enum.Enum):
    A = "a"
    QUOTED = "say 'hi'"


class Point(NamedTuple):
    x: Tensor
    y: int
    tags: Dict[str, int]


class WithDefault(NamedTuple):
    x: int
    y: float = 2.5


@torch.jit.script
class Pair:
    def __init__(self, a: int, b: Tensor):
        self.a = a
        self.b = b

    def total(self) -> Tensor:
        return self.b + self.a

    @staticmethod
    def make(n: int):
        return Pair(n, torch.ones([2]))

    @property
    def doubled(self) -> int:
        return self.a * 2

    @doubled.setter
    def doubled(self, v: int):
        self.a = v // 2

    def __add__(self, other: "Pair") -> "Pair":
        return Pair(self.a + other.a, self.b + other.b)


@torch.jit.interface
class Shape(object):
    def area(self, k: int) -> Tensor:
        pass


@torch.jit.script
class Square:
    def __init__(self, s: float):
        self.s = s

    def area(self, k: int) -> Tensor:
        return torch.tensor(self.s * self.s * k)


@torch.jit.script
class Circle:
    def __init__(self, r: float):
        self.r = r

    def area(self, k: int) -> Tensor:
        return torch.tensor(3.0 * self.r * self.r * k)


@torch.jit.interface
class Layer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


@torch.jit.script
class Counted:
    def __init__(self, log: List[int]):
        self.log = log

    def __enter__(self) -> int:
        self.log.append(1)
        return 7

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        self.log.append(-1)


@program
def control_flow():
    class M(nn.Module):
        def forward(self, x: Tensor, n: int) -> Tuple[Tensor, int]:
            y = x
            k = 0
            if n > 2:
                y = y * 2
                k = k + 1
            elif n == 2:
                y = y - 1
            else:
                k = -1
            for i in range(n):
                if i % 2 == 0:
                    continue
                if i > 4:
                    break
                y = y + i
            while k < 3:
                k += 1
                if bool((y > 100).any()):
                    return y, k
            for a, b in zip([1, 2], [3, 4]):
                y = y * a - b
            while True:
                k += 2
                if k > 10:
                    break
            return y, k

    return torch.jit.script(M()), (ramp(3), 6)


@program
def early_returns():
    class M(nn.Module):
        def forward(self, x: Tensor, n: int) -> Tensor:
            if n == 0:
                return x
            for i in range(n):
                if i == 3:
                    return x * i
                x = x + 1
            if n > 100:
                raise ValueError("too many: {}".format(n))
            assert n > 0, "positive"
            return x - 1

    return torch.jit.script(M()), (ramp(2), 5)


@program
def containers():
    class M(nn.Module):
        table: Dict[str, List[int]]
        empty: List[Tensor]
        nested: List[Tuple[int, Optional[str]]]
        maybe: Optional[Tensor]

        def __init__(self):
            super().__init__()
            self.names: List[str] = ["a", "b"]
            self.table = {"x": [1, 2], "y": []}
            self.maybe = None
            self.by_int: Dict[int, float] = {3: 0.5, -70000: 1.0}
            self.flags: List[bool] = [True, False]
            self.empty = []
            self.pair = (1, "two", 3.0, None)
            self.nested = [(1, None), (2, "z")]
            self.numbers = [0, 255, 256, 65535, 65536, -1, 2**31 - 1, 2**31, -2**31 - 1, 2**62]

        def forward(self, x: Tensor):
            d: Dict[str, Tensor] = {}
            for n in self.names:
                d[n] = x
            l: List[Optional[int]] = [1, None]
            e: List[int] = []
            e.extend([4, 5])
            e.append(len(self.table["x"]))
            s = {"k": (1, 2.0)}
            o = self.maybe
            if o is None:
                o = x
            l2 = [i * 2 for i in e]
            d2 = {str(i): i for i in e}
            return d, l, e, s["k"], o, e[1:], x[0], x[..., None], l2, d2, self.numbers, self.nested, "a" in d

    return torch.jit.script(M()), (ramp(2, 2),)


@program
def literals():
    class M(nn.Module):
        def forward(self, x: Tensor):
            a = [1e-8, 0.1, 1.0 / 3.0, 9999999999.0, -0.0, 2.5e-300, 1e300]
            b = float("inf")
            c = -float("inf")
            s = "tab\t nl\n quote\" apostrophe' back\\ bell\a null\0 del\x7f esc\x1b"
            t = "naïve ☃"
            z = 2j + 1.5
            w = complex(1.0, -2.0)
            many = ["é", "plain"]
            return x * a[0], a, b, c, s, t, z, w, many, torch.float16, torch.device("cpu"), 1 < 2, None, 10**9

    return torch.jit.script(M()), (ramp(2),)


@program
def nan_constants():
    class M(nn.Module):
        nan: torch.jit.Final[float]
        low: torch.jit.Final[float]

        def __init__(self):
            super().__init__()
            self.nan = float("nan")
            self.low = float("-inf")

        def forward(self, x: Tensor):
            return x.masked_fill(x > 0, self.low), x.masked_fill(x < 0, self.nan)

    return torch.jit.script(M()), (ramp(6),)


@program
def class_instances():
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.p = Pair(3, torch.full([2], 4.0))

        def forward(self, x: Tensor):
            q = Pair.make(2) + self.p
            q.doubled = 10
            if isinstance(q, Pair):
                q.a += 1
            return q.total() + x, q.doubled, self.p.total()

    return torch.jit.script(M()), (ramp(2),)


@program
def enums():
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.c = Color.GREEN
            self.w = Word.QUOTED

        def forward(self, x: Tensor):
            c = Color.RED
            if self.c == c:
                return x, c.name, self.w.value
            d = [Color.RED, Color.GREEN, self.c]
            return x * self.c.value * len(d), d[1].name, self.w.value

    return torch.jit.script(M()), (ramp(2),)


@program
def named_tuples():
    class M(nn.Module):
        def forward(self, x: Tensor, p: Optional[Point] = None):
            q = Point(x, 2, {"a": 1})
            if p is not None:
                q = p
            w = WithDefault(1)
            return q, q.x + q.y + w.y, w

    return torch.jit.script(M()), (ramp(2),)


@program
def interfaces():
    class Double(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * 2

    class Add(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x + 1

    class M(nn.Module):
        layer: Layer

        def __init__(self):
            super().__init__()
            self.layer = Double()
            self.add = Add()

        def forward(self, x: Tensor):
            return self.add(self.layer.forward(x))

    return torch.jit.script(M()), (ramp(2),)


@program
def indexed_containers():
    class Double(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * 2

    class Add(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x + 1

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleDict({"d": Double(), "a": Add()})
            self.list = nn.ModuleList([Add(), Double()])

        def forward(self, x: Tensor, key: str, i: int):
            m: Layer = self.layers[key]
            n: Layer = self.list[i]
            return n.forward(m.forward(x))

    return torch.jit.script(M()), (ramp(2), "a", 1)


@program
def class_interfaces():
    class M(nn.Module):
        def forward(self, x: Tensor, big: bool):
            shapes: List[Shape] = []
            shapes.append(Square(2.0))
            if big:
                shapes.append(Circle(3.0))
            for s in shapes:
                x = x + s.area(2)
            return x

    return torch.jit.script(M()), (ramp(2), True)


@program
def hooks():
    def pre(self, input: Tuple[Tensor]) -> Tensor:
        return input[0] + 1

    def post(self, input: Tuple[Tensor], output: Tensor) -> Tensor:
        return output * input[0]

    class Inner(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * 2

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = Inner()

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(x)

    m = M()
    m.inner.register_forward_pre_hook(pre)
    m.inner.register_forward_hook(post)
    m.inner.register_forward_hook(post)
    return torch.jit.script(m), (ramp(3),)


@program
def fork_and_wait():
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(3, 3)

        def forward(self, x: Tensor):
            futures = [torch.jit.fork(self.lin, x) for i in range(2)]
            a = torch.jit.fork(torch.relu, x)
            y = x
            for f in futures:
                y = y + torch.jit.wait(f)
            return y * torch.jit.wait(a)

    return torch.jit.script(M()), (ramp(2, 3),)


@program
def with_statements():
    class M(nn.Module):
        def forward(self, x: Tensor) -> Tuple[Tensor, List[int]]:
            log: List[int] = []
            with Counted(log) as k:
                x = x + k
                with Counted(log):
                    x = x * 2
            with torch.no_grad():
                x = x - 1
            return x, log

    return torch.jit.script(M()), (ramp(3),)


@program
def unions():
    class M(nn.Module):
        def forward(self, x: Tensor, u: Union[int, str, List[int]]):
            if isinstance(u, int):
                return x + u
            elif isinstance(u, str):
                return x * len(u)
            else:
                return x - u[0]

    return torch.jit.script(M()), (ramp(2), 3)


@program
def state_methods():
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.ones(3)
            self.k = 2
            self.training = False

        @torch.jit.export
        def __getstate__(self):
            return (self.w * 2, self.k, self.training)

        @torch.jit.export
        def __setstate__(self, state: Tuple[Tensor, int, bool]):
            self.w = state[0] / 2
            self.k = state[1]
            self.training = state[2]

        def forward(self, x: Tensor):
            return x + self.w * self.k

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.m = M()

        def forward(self, x: Tensor):
            return self.m(x)

    return torch.jit.script(Outer()), (ramp(3),)


@program
def shared_tensors():
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(3, 3)
            self.b = nn.Linear(3, 3)
            self.b.weight = self.a.weight
            self.register_buffer("part", self.a.weight.detach()[1:, 1:])
            self.register_buffer("flipped", self.a.weight.detach().t())
            self.same = self.a

        def forward(self, x: Tensor):
            return self.same(self.b(self.a(x)))[:, 1:] @ self.part + self.flipped.sum()

    return torch.jit.script(M()), (ramp(2, 3),)


@program
def tensors_of_every_dtype():
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            for d in ("uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "bool", "bfloat16", "complex64", "complex128"):
                self.register_buffer("of_" + d, torch.arange(4).to(getattr(torch, d)))
            self.register_buffer("nothing", torch.zeros(0, 3))
            self.register_buffer("scalar", torch.tensor(3.5))
            self.register_buffer("cl", torch.randn(1, 2, 3, 3).to(memory_format=torch.channels_last))

        def forward(self, x: Tensor):
            return self.of_uint8 + self.of_int8, self.of_int16.float() * x, self.of_float64, self.of_bool, self.of_bfloat16.float(), self.cl.stride()[1], self.scalar

    return torch.jit.script(M()), (ramp(4),)


@program
def properties_and_defaults():
    class M(nn.Module):
        scale: torch.jit.Final[int]
        __constants__ = ["names"]

        def __init__(self):
            super().__init__()
            self.scale = 3
            self.names = ("a", "b")
            self.k = 1.5

        @property
        def half(self) -> float:
            return self.k / 2

        @half.setter
        def half(self, v: float):
            self.k = v * 2

        @torch.jit.export
        def helper(self, x: Tensor, a: int = 3, b: Optional[float] = None, c: str = "x", d: bool = True, e: Tuple[int, float] = (1, 2.0)):
            return x * a + (b if b is not None else 1.0)

        def forward(self, x: Tensor, bias: float = 0.5):
            self.half = 4.0
            return self.helper(x, 3, bias, "c", True, (1, 2.0)) * self.scale + self.half, self.names

    return torch.jit.script(M()), (ramp(2),)


@program
def many_operators():
    class M(nn.Module):
        def forward(self, x: Tensor, w: Tensor):
            y = torch.add(x, w, alpha=2)
            y = F.conv2d(x[None], w[None], None, [1, 1], padding=1)
            y = F.relu(y, inplace=True)
            z = torch.zeros(2, 3, dtype=torch.float64)
            z += 1
            z[0, 1] = 5
            z[:, 0] *= 2
            y = F.interpolate(y, scale_factor=2.0, mode="nearest")
            y = F.avg_pool2d(y, 2).clamp(min=-0.5)
            v, i = torch.topk(y.flatten(), k=2)
            t = torch.full([2], 3) / 2
            g = F.gelu(v) + F.gelu(v, approximate="tanh")
            q = torch.linspace(0.0, 1.0, 3)
            n = F.layer_norm(x, [3])
            s, m = torch.std_mean(x, dim=[0], unbiased=False, keepdim=True)
            return y, z, v, i, t, g, q, n, s, m, x.size(0), x.shape, x.to(torch.int64), x.mean(dim=-1, keepdim=True)

    return torch.jit.script(M()), (ramp(2, 3, 3), ramp(2, 3, 3))


@program
def strings():
    class M(nn.Module):
        def forward(self, s: str, n: int):
            parts = s.split(",")
            out: List[str] = []
            for p in parts:
                out.append(p.strip().upper() + "-{}-{:d}".format(p, n) + f"{n}!" + "%s %d" % (p, n))
            return out, s.find("b"), ord("a"), chr(100), "x".join(out), s[1:3], s[-1], int("12"), float("1.5"), sorted([3, 1, 2])

    return torch.jit.script(M()), ("a, b,c", 4)


@program
def functions_and_recursion_of_calls():
    def scale(x: Tensor, by: float = 2.0) -> Tensor:
        return x * by

    def both(x: Tensor, n: int = 1) -> Tuple[Tensor, Tensor]:
        return scale(x), scale(x, float(n))

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.seq = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Dropout(0.1))
            self.blocks = nn.ModuleList([nn.Linear(3, 3) for _ in range(3)])

        def forward(self, x: Tensor):
            x = self.seq(x)
            for b in self.blocks:
                x = b(x) + x
            a, c = both(x, 3)
            return a + c + scale(x)

    return torch.jit.script(M().eval()), (ramp(2, 3),)


@program
def long_lines():
    class N(nn.Module):
        def forward(self, first_argument: Tensor, second_argument: Tensor):
            long_text = "a constant so long that the printer gives it a variable of its own at the top of the function"
            x = torch.cat([first_argument.relu() + second_argument.sigmoid() * first_argument.tanh(), second_argument.exp().add_(first_argument.mul(second_argument)), first_argument], dim=0).sum(dim=0, keepdim=True).neg_()
            return x, long_text, [first_argument.size(0), second_argument.size(0), len(long_text), 4], {"a": first_argument.relu().relu(), "b": second_argument.relu().relu().sigmoid()}

    return torch.jit.script(N()), (ramp(2, 3), ramp(2, 3))


@program
def lists_of_tensors_in_constants():
    class M(nn.Module):
        def forward(self, x: Tensor):
            return x + torch.tensor([1.0, 2.0, 3.0]) * 2 + torch.tensor([[1], [2]]).sum()

    return torch.jit.trace(M(), (ramp(3),)), (ramp(3),)


@program
def traced_convnet():
    torch.manual_seed(0)
    m = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 5), nn.Softmax(dim=1)).eval()
    x = ramp(1, 3, 8, 8)
    return torch.jit.trace(m, (x,)), (x,)


@program
def traced_attention():
    torch.manual_seed(0)
    m = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    x = ramp(1, 5, 8)
    return torch.jit.trace(m, (x,), check_trace=False), (x,)


@program
def traced_sizes():
    class M(nn.Module):
        def forward(self, x: Tensor):
            b, c = x.shape
            return x.view(b * c, 1).expand(b * c, 4)[1:], torch.arange(x.size(1)) + x.new_zeros(b, 1), x.narrow(0, 0, x.size(0) - 1)

    x = ramp(3, 2)
    return torch.jit.trace(M(), (x,)), (x,)


@program
def scripted_lstm():
    torch.manual_seed(0)
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(3, 4, 2, bidirectional=True)
            self.gru = nn.GRU(8, 2)

        def forward(self, x: Tensor):
            y, (h, c) = self.lstm(x)
            return self.gru(y), h, c

    return torch.jit.script(M().eval()), (ramp(5, 1, 3),)


@program
def scripted_transformer():
    torch.manual_seed(0)
    m = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2, enable_nested_tensor=False).eval()
    return torch.jit.script(m), (ramp(1, 5, 8),)


@program
def exceptions_and_warnings():
    class M(nn.Module):
        def forward(self, x: Tensor, n: int):
            if n < 0:
                raise RuntimeError("negative")
            if x.dim() > 5:
                raise NotImplementedError("dimensions")
            return x / n if n != 0 else x

    return torch.jit.script(M()), (ramp(2), 2)


@program
def tuples_everywhere():
    class M(nn.Module):
        def forward(self, x: Tensor, p: Tuple[int, Tuple[Tensor, str]]):
            a, (b, c) = p
            one = (x,)
            t = (1, 2, 3, 4)
            u = t[1:3]
            (q,) = one
            empty = ()
            return b + a + q, c, t[-1], u, one, p[1][0], empty

    return torch.jit.script(M()), (ramp(2), (3, (ramp(2), "s")))


@program
def dead_and_constant_code():
    class M(nn.Module):
        flag: torch.jit.Final[bool]

        def __init__(self):
            super().__init__()
            self.flag = False

        def forward(self, x: Tensor):
            unused = x * 5
            y = x
            y.add_(0)
            if self.flag:
                y = y + 100
            if self.training:
                y = y + 1
            print("here", y.size(0))
            return y

    return torch.jit.script(M().eval()), (ramp(2),)
