"""Modules without Python: `facula compile model.py --class Net`, in an environment without PATH, against PyTorch.

The same source is run by PyTorch (random initialisation, state dict saved) and by Facula (its own interpreter and torch.nn,
the state dict as weights); outputs and PyTorch's own load of the archive must agree.
Longer than most files: many small models, each beside its test.
"""
import importlib.util
import os
import pathlib
import shutil
import subprocess

import numpy as np
import pytest
import torch

from conftest import FACULA, assert_close, flatten_torch, run_facula
from layers import LAYERS, V, X2

HEADER = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom typing import *\nfrom torch import Tensor\n\n"


def compile_module(path, out, *options):
    # Nothing on PATH: what runs here is facula alone.
    return subprocess.run([str(FACULA), "compile", str(path), "-o", str(out), *options], env={}, capture_output=True, text=True, timeout=300)


def run_text(text, name):
    spec = importlib.util.spec_from_loader(name, loader=None)
    module = importlib.util.module_from_spec(spec)
    exec(compile(text, name, "exec"), module.__dict__)
    return module


def check(tmp_path, text, inputs, name="Net", arguments="", options=(), tolerance=1e-4):
    path = tmp_path / "model.py"
    path.write_text(HEADER + text)
    torch.manual_seed(3)
    namespace = run_text(HEADER + text, "model_under_test")
    model = eval(f"{name}({arguments})", namespace.__dict__).eval()
    for key, b in model.named_buffers():
        if b.is_floating_point() and key in model.state_dict():
            b.uniform_(0.5, 1.5)
    torch.save(model.state_dict(), tmp_path / "weights.pth")
    out = tmp_path / "net.pt"
    done = compile_module(path, out, "--class", name, "--args", arguments, "--weights", str(tmp_path / "weights.pth"), *options)
    assert done.returncode == 0, done.stdout + done.stderr
    with torch.no_grad():
        expected = flatten_torch(model(*inputs))
        assert_close(run_facula(out, inputs, tmp_path), expected, tolerance)
        loaded = torch.jit.load(str(out))
        for _ in range(3):  # PyTorch runs another program from the second time on
            assert_close(flatten_torch(loaded(*inputs)), expected, 1e-5)
        # A loaded module counts buffers that are not persistent, too.
        if not any("_norm(" in line for line in text.splitlines()):  # there the program has the plain weight
            assert [k for k in loaded.state_dict() if k in model.state_dict()] == list(model.state_dict())


@pytest.mark.parametrize("layer", LAYERS)
def test_layer(tmp_path, layer):
    inputs = LAYERS[layer]
    names = ", ".join(f"x{i}" for i in range(len(inputs)))
    text = (f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layer = nn.{layer}\n\n"
            f"    def forward(self, {names}):\n        return self.layer({names})\n")
    check(tmp_path, text, inputs)


def test_every_layer_has_a_class():
    """Each module class of torch.nn that has a forward in inference is known to our own library."""
    absent = {"Module", "AdaptiveLogSoftmaxWithLoss", "Container", "CTCLoss", "FractionalMaxPool2d", "FractionalMaxPool3d", "GaussianNLLLoss",
              "HingeEmbeddingLoss", "LinearCrossEntropyLoss", "MarginRankingLoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "NLLLoss2d",
              "PoissonNLLLoss", "SoftMarginLoss", "TripletMarginWithDistanceLoss"}
    folder = pathlib.Path(__file__).resolve().parents[2] / "src/interp/py"
    ours = {line.split("(")[0].split()[1] for p in folder.glob("torch.nn*.py") for line in p.read_text().splitlines() if line.startswith("class ")}
    theirs = {n for n, c in vars(torch.nn).items() if isinstance(c, type) and issubclass(c, torch.nn.Module) and not n.startswith(("Lazy", "_"))}
    assert theirs - ours <= absent, sorted(theirs - ours - absent)


PROGRAMS = {
    "everyday Python": ("""
import math

GLOBAL = 3.0
NAMES = ["a", "b"]

def scale(x, n):
    return x * n

def add(a, b=2, *, c=1.0):
    return a + b * c

def variadic(*xs):
    t = xs[0]
    for x in xs[1:]:
        t = t + x
    return t

def apply(f, x):
    return f(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = lambda t: t * 2

    def numbers(self, x: "torch.Tensor", k: "int | None" = None, xs: list[int] | None = None) -> "torch.Tensor":
        m = None
        if x.dim() == 2:
            m = x * 2
        if m is not None:
            x = m
        step = 1.25 if x.dim() == 2 else 0
        xs = []
        for i in range(3):
            xs.append(float(i))
        d = {}
        d[3] = x
        return d[3] * xs[2] * step if k is None else x * k

    def forward(self, x):
        y = scale(x, 3) + scale(x, 0.5) + add(x, c=2.0) + variadic(x, x, x) + self.act(x) + apply(lambda v: v + GLOBAL, x)
        y = self.numbers(y) + self.numbers(y, 2) + len(NAMES) * math.sqrt(2) + torch.Tensor([1.0]) + torch.FloatTensor([2, 3])[0]
        y[y < 0.5] = 0
        y[..., 1:3] = 7
        y[[0, 1], 0] = 3
        y = y.clamp(min=y.mean()) * y.sum().item()
        out = [row * i for i, row in enumerate(y)]
        e = {i: row for i, row in zip(range(3), reversed(out))}
        if (n := len(out)) > 1 and 0 < n <= 5:
            y = y + n
        def inner(v, k=3):
            return v + k
        with torch.no_grad():
            y = inner(y) + e[0]
        del out
        match y.dim():
            case 2: y = y + 1
            case _: y = y - 1
        try:
            y = y * 2
        finally:
            y = y + 1
        return y
""", "", [V]),
    "break and continue in tuples and module lists": ("""
class Net(nn.Module):
    def __init__(self, stop: int = 1):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(4)])
        self.stop = stop

    def forward(self, x: Tensor) -> Tuple[Tensor, int, Tensor, Tensor]:
        seen = 0
        for i, layer in enumerate(self.layers):
            if i == 0:
                continue
            x = layer(x)
            seen += 1
            if x.sum() < -1e9 or i > self.stop:
                break
        y = x
        for number in (1, 2.5, 4):
            if number > 3:
                break
            y = y + number
        else:
            y = y * 100
        for layer in self.layers:
            y = layer(y)
            for k in range(5):
                if k == 2:
                    break
                y = y + k
            if y.sum() > 1e12:
                return x, -1, y, y
        z = x
        for number in (3, 4):
            if number == int(self.stop):
                break
            if z.sum() > 1e9:
                return x, seen, y, z
            z = z - number
        else:
            z = z * 10
        return x, seen, y, z
""", "1", [V]),
    "attributes that choose": ("""
class Pick(nn.Module):
    def __init__(self, i: int, key: str):
        super().__init__()
        self.i, self.key, self.n = i, key, 2
        self.count = 0
        self.pair = (3, "x", 2.5)
        self.layers = nn.ModuleList([nn.Linear(8, 8), nn.ReLU(), nn.Tanh()])
        self.heads = nn.ModuleDict({"a": nn.Linear(8, 2), "b": nn.Linear(8, 3)})

    def forward(self, x):
        self.count += 1
        rows = [10, 20][self.count - self.count]
        y = self.layers[self.i](x).reshape(x.shape[:self.n])
        return self.heads[self.key](y) * rows, self.pair[self.i]

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.picks = nn.ModuleList([Pick(0, "a"), Pick(2, "b"), Pick(0, "b")])

    def forward(self, x):
        a, n = self.picks[0](x)
        b, f = self.picks[1](x)
        c, m = self.picks[2](x)
        return a, b * f, c, n + m
""", "", [V]),
    "classes that are no modules": ("""
class Shape:
    SIDES = 4

    def __init__(self, a: float):
        self.a = a
        self.seen: List[int] = []

    def area(self) -> float:
        self.seen.append(1)
        return self.a * self.a

    @staticmethod
    def twice(x: float) -> float:
        return x * 2

    @property
    def sides(self) -> int:
        return self.SIDES

class Cuboid(Shape):
    def __init__(self, a: float, height: float = 2.0):
        super().__init__(a)
        self.height = height

    def area(self) -> float:
        return super().area() * 2 + 4 * self.a * self.height

    def __add__(self, other: "Cuboid") -> "Cuboid":
        return Cuboid(self.a + other.a, self.height)

    def __len__(self) -> int:
        return len(self.seen)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.box = Cuboid(2.0, 3.0)

    def forward(self, x: Tensor) -> Tuple[Tensor, float, int, int]:
        both = Cuboid(1.5) + self.box
        area = both.area() + Shape(3.0).area()
        return x * self.box.a, Shape.twice(area), len(both), both.sides
""", "", [V]),
    "a choice by values, and the other tensor's device": ("""
class Net(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        if x.sum() > 0:
            return x.to(y.device) + 1
        for row in y:
            if row.max() > 2:
                x = x - row
        return x.to(y) * 2
""", "", [-V, V * 3]),
    "forward hooks": ("""
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.fc = nn.Linear(8, c)
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x)

def scale(self, input: Tuple[Tensor]) -> Tuple[Tensor]:
    return (input[0] * 2,)

def shift(module, input, output):
    return output + input[0].sum()

def watch(self, input: Tuple[Tensor], output: Tensor):
    self.seen.copy_(output.sum())

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hooked, self.plain = Block(8), Block(8)
        self.hooked.register_forward_pre_hook(scale)
        self.hooked.register_forward_hook(shift, prepend=True)
        self.hooked.register_forward_hook(watch)
        self.plain.register_forward_hook(shift).remove()
        self.register_forward_hook(twice)

    def forward(self, x: Tensor) -> Tensor:
        return self.plain(self.hooked(x)) + self.hooked.seen

def twice(self, input: Tuple[Tensor], output: Tensor) -> Tensor:
    return output * 2
""", "", [V]),
    "assertions and grids": ("""
class Net(nn.Module):
    def __init__(self, n: int = 4):
        super().__init__()
        torch._assert(n % 2 == 0, "n must be even")
        grid = torch.stack(torch.meshgrid(torch.arange(n), torch.arange(3), indexing="ij"))
        self.register_buffer("grid", torch.cat([grid.flatten(), torch.meshgrid([torch.arange(2), torch.arange(n)])[1].flatten()]))

    def forward(self, x: Tensor) -> Tensor:
        torch._assert(x.dim() == 2, f"expected two dimensions, got {x.dim()}")
        a, b = torch.meshgrid(x[0], x[1], indexing="xy")
        return self.grid.sum() + a * b
""", "", [V]),
    "containers": ("""
class Net(nn.Module):
    def __init__(self, n=3, *, width=8):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(n)])
        self.heads = nn.ModuleDict({"a": nn.Linear(width, 2), "b": nn.Linear(width, 3)})
        self.scales = nn.ParameterList([nn.Parameter(torch.full((1,), float(i + 1))) for i in range(2)])
        self.seq = nn.Sequential(*[m for i in range(2) for m in (nn.Linear(width, width), nn.ReLU())])
        self.register_buffer("shift", torch.arange(width).float(), persistent=False)
        self.names = ["x", "y"]
        self.size = (width, n)

    def forward(self, x: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
        for i, l in enumerate(self.layers):
            x = F.relu(l(x)) + i
        for s in self.scales:
            x = x * s
        out: Dict[str, Tensor] = {}
        for k, head in self.heads.items():
            out[k] = head(x)
        x = self.seq(x) + self.shift
        return x + self.size[0] + len(self.names), out
""", "2, width=8", [V]),
    "closures, inheritance, helpers": ("""
import math
from functools import partial
from enum import Enum
from collections import namedtuple, OrderedDict

SCALE = 2.5
NAMES = ["conv", "norm"]

class Mode(Enum):
    FAST = 1
    SLOW = 2

def act(x: Tensor, slope: float = 0.1) -> Tensor:
    return F.leaky_relu(x, slope)

def make_divisible(v, d=8):
    return max(d, int(v + d / 2) // d * d)

class Base(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.conv = nn.Conv2d(4, c, 1)
    def body(self, x):
        return self.conv(x) * SCALE
    @property
    def wide(self) -> int:
        return self.c * 2
    @staticmethod
    def twice(x: Tensor) -> Tensor:
        return x * 2

class Block(Base):
    def __init__(self, c=8, norm=None, **kw):
        super().__init__(make_divisible(c))
        norm = norm or partial(nn.BatchNorm2d, eps=1e-3)
        self.norm = norm(self.c)
        self.mode = Mode.SLOW
        self.drop = kw.get("drop", None)
        self.act = act

    def forward(self, x):
        x = self.norm(self.body(x))
        if self.mode == Mode.SLOW:
            x = self.twice(x)
        if self.drop is not None:
            x = x * 0
        x = self.act(x)
        return x.mean((2, 3)) + self.wide + math.sqrt(2.0) + len(NAMES)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(OrderedDict([("b%d" % i, Block(c=12)) if i == 0 else (f"i{i}", nn.Identity()) for i in range(2)]))
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out")
            elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
                nn.init.constant_(m.weight, 1)

    def forward(self, x):
        return self.features(x)
""", "", [X2]),
    "a transformer's padding, which PyTorch packs into a nested tensor": ("""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8))

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        return self.encoder(x, src_key_padding_mask=padding)
""", "", [torch.randn(2, 5, 8), torch.tensor([[False, False, False, True, True], [False] * 5])]),
    "settings of several types in a dict, of two modules that differ": ("""
class Block(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.cfg = cfg
        self.stages = [1, "two", None]

    def forward(self, x: Tensor) -> Tensor:
        rate = self.cfg["rate"]
        if rate > 0:
            x = x * rate
        for name in ("scale", "shift"):
            x = x * self.cfg[name]
        for stage in self.stages:
            if stage is not None:
                x = x + 1
        return x + self.cfg["sizes"][1] + (1 if self.cfg["kind"] == "a" else 2)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = Block({"rate": 0.5, "scale": 2, "shift": 3.5, "sizes": [1, 2], "kind": "a"})
        self.two = Block({"rate": 0, "scale": 1, "shift": 0.5, "sizes": [3, 4], "kind": "b"})

    def forward(self, x: Tensor) -> Tensor:
        return self.two(self.one(x))
""", "", [V]),
    "methods without annotations, called with numbers and lists": ("""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = None
        self.linear = nn.Linear(4, 4)

    def _square(self, sz):
        return torch.log(torch.tril(torch.ones(sz, sz)))

    def _mix(self, x, sizes, scale=1):
        y = x.reshape(sizes)
        return self._twice(y) * scale

    def _twice(self, x):
        return x + x

    def forward(self, x, with_mask=True):
        y = self.linear(x)
        if with_mask:
            y = torch.softmax(y @ y.transpose(0, 1) + self._square(len(x)), -1)
        return self._mix(y, [-1], 0.5), self._mix(y, [y.size(1), -1]), self._twice(y)
""", "", [torch.randn(3, 4)]),
    "copies of a module": ("""
import copy

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.sizes = [1, 2]

    def forward(self, x):
        return torch.relu(self.linear(x)) + self.sizes[0]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        block = Block()
        self.blocks = nn.ModuleList([copy.deepcopy(block) for _ in range(2)])
        self.blocks[1].sizes[0] = 3
        self.transformer = nn.Transformer(4, 2, 2, 2, 8, batch_first=True)
        for p in self.parameters():
            nn.init.normal_(p)

    def forward(self, x: Tensor):
        for block in self.blocks:
            x = block(x)
        return self.transformer(x, x * 0.5)
""", "", [torch.randn(2, 3, 4)]),
    "a method kept in an attribute": ("""
class Unit(nn.Module):
    def __init__(self, join):
        super().__init__()
        self.relu = nn.ReLU()
        self.fusion = self._add if join == "add" else self._cat

    def _add(self, x, y):
        return torch.add(x, y)

    def _cat(self, x, y):
        return torch.cat([x, y], dim=1)

    def forward(self, x):
        return self.relu(self.fusion(x, x * 2)) + self.fusion(x, x).mean()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.units = nn.Sequential(Unit("add"), Unit("cat"), Unit("add"))

    def forward(self, x):
        return self.units(x)
""", "", [torch.randn(3, 4)]),
    "modules without parameters made in a method": ("""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor):
        y = nn.ReLU(inplace=True)(self.linear(x) + x)
        return nn.LeakyReLU(negative_slope=0.3)(y - 0.5), nn.Softmax(dim=-1)(y), nn.Flatten()(y.unsqueeze(0))
""", "", [torch.randn(3, 4)]),
    "attributes that a comparison asks for": ("""
class Cell(nn.Module):
    def __init__(self, stride, mode):
        super().__init__()
        self.stride = stride
        self.mode = mode
        if stride == 2:
            self.down = nn.Linear(4, 2)
        if mode != "none":
            self.extra = nn.Linear(4 // stride, 3)

    def forward(self, x):
        if self.stride == 2:
            x = self.down(x)
        if self.mode != "none" and self.stride < 3:
            return self.extra(x)
        return x, self.stride if self.stride > 1 else 0.5


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = Cell(2, "none"), Cell(1, "linear")

    def forward(self, x):
        return self.a(x), self.b(x)
""", "", [torch.randn(3, 4)]),
    "numbers and tables of NumPy": ("""
import numpy as np

class Net(nn.Module):
    def __init__(self, depth=4, dim=6):
        super().__init__()
        rates = np.linspace(0, 0.5, depth)
        self.rates = [float(r) for r in rates]
        self.rate = rates[1]
        self.sizes = np.cumsum([1, 2, 3]).tolist()
        self.count = int(np.prod((2, 3))) + np.prod([4, 5]) + int(np.ceil(np.log2(dim)))
        angle = np.outer(np.arange(3), 1 / np.power(100.0, 2 * np.arange(dim // 2) / dim))
        table = np.concatenate([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)
        self.register_buffer("table", torch.from_numpy(table).unsqueeze(0))
        self.scale = np.sqrt(dim)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        x = x / self.scale + self.table + np.sqrt(self.dim) + np.pi
        for r in self.rates:
            x = x * (1 + r)
        return x + self.count + self.sizes[1] + self.rate
""", "", [torch.randn(2, 3, 6)]),
    "weights in other parameters": ("""
from torch.nn.utils import parametrizations, remove_weight_norm, spectral_norm, weight_norm

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Conv1d(3, 4, 2))
        self.b = spectral_norm(nn.ConvTranspose1d(4, 3, 2))
        self.c = parametrizations.weight_norm(nn.Linear(5, 5), dim=None)
        self.d = parametrizations.spectral_norm(nn.Linear(5, 4))
        self.e = nn.Sequential(weight_norm(nn.Linear(4, 2), dim=1), remove_weight_norm(weight_norm(nn.Linear(2, 2))))
        self.net = nn.Sequential(self.a, nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.e(self.d(self.c(self.b(self.net(x)))))
""", "", [torch.randn(2, 3, 5)]),
    "tied weights and control flow": ("""
class Net(nn.Module):
    def __init__(self, vocabulary: int = 11, dim: int = 6):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, dim)
        self.out = nn.Linear(dim, vocabulary, bias=False)
        self.out.weight = self.embed.weight
        self.position = nn.Parameter(torch.zeros(1, 5, dim))
        self.extra: Optional[nn.Module] = None
        nn.init.trunc_normal_(self.position, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        y = self.embed(x) + self.position[:, : x.size(1)]
        if y.sum() > 1000:
            y = y - 1
        for i in range(2):
            y = torch.tanh(y)
        return self.out(y)
""", "", [torch.randint(0, 11, (2, 5))]),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_program(tmp_path, program):
    text, arguments, inputs = PROGRAMS[program]
    check(tmp_path, text, inputs, arguments=arguments)


CLASSES = """
from dataclasses import dataclass

@torch.jit.interface
class Scorer:
    def score(self, x: Tensor) -> Tensor:
        pass

@torch.jit.interface
class Block(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass

class Sum:
    def score(self, x: Tensor) -> Tensor:
        return x.sum(1)

@dataclass
class Options:
    scale: float = 2.0
    bias: int = 1

    def apply(self, x: Tensor) -> Tensor:
        return x * self.scale + self.bias

class Twice(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 2

def scored(s: Scorer, x: Tensor):
    return s.score(x)

class Net(nn.Module):
    block: Block

    def __init__(self):
        super().__init__()
        self.block = Twice()
        self.options = Options(bias=3)
        self.seen = []
        self.last = None

    def forward(self, x: Tensor):
        self.seen = []
        self.seen.append(x.sum())
        if self.last is None:
            self.last = x
        y = self.options.apply(self.block(x)) + self.last
        return y, scored(Sum(), y), self.seen, Options(1.5).apply(x)
"""


def test_interfaces_dataclasses_and_attributes_that_learn(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.jit, "interface", lambda c: c)  # PyTorch would read the file's text: there is none here
    check(tmp_path, CLASSES, [torch.randn(2, 5)])


def test_the_same_random_numbers(tmp_path):
    """torch.manual_seed and the initialisers give PyTorch's own numbers."""
    text = ("class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        torch.manual_seed(5)\n"
            "        self.a = nn.Linear(7, 5)\n        self.b = nn.Conv2d(3, 4, 3)\n        self.c = nn.Embedding(5, 3)\n        self.d = nn.LSTM(4, 3)\n"
            "        nn.init.xavier_normal_(self.a.weight)\n        nn.init.orthogonal_(self.b.weight) if False else None\n"
            "    def forward(self, x):\n        return self.a(x)\n")
    path = tmp_path / "model.py"
    path.write_text(HEADER + text)
    done = compile_module(path, tmp_path / "net.pt", "--class", "Net")
    assert done.returncode == 0, done.stdout + done.stderr
    expected = run_text(HEADER + text, "m").Net().state_dict()
    got = torch.jit.load(str(tmp_path / "net.pt")).state_dict()
    assert list(got) == list(expected)
    for k in expected:
        torch.testing.assert_close(got[k], expected[k], rtol=1e-6, atol=1e-7)


def test_weights(tmp_path):
    text = ("class Net(nn.Module):\n    def __init__(self, n=4):\n        super().__init__()\n        self.fc = nn.Linear(4, n)\n"
            "        self.bn = nn.BatchNorm1d(n)\n    def forward(self, x):\n        return self.bn(self.fc(x))\n")
    path, out = tmp_path / "model.py", tmp_path / "net.pt"
    path.write_text(HEADER + text)
    model = run_text(HEADER + text, "m").Net().eval()
    x = torch.rand(3, 4)
    state = model.state_dict()

    def compiled(state, *options, save=torch.save, name="w.pth", **kw):
        save(state, str(tmp_path / name), **kw)
        return compile_module(path, out, "--class", "Net", "--weights", str(tmp_path / name), *options)

    def same():
        assert_close(run_facula(out, [x], tmp_path), flatten_torch(model(x)), 1e-5)

    with torch.no_grad():
        assert compiled(state).returncode == 0
        same()
        assert compiled(state, _use_new_zipfile_serialization=False).returncode == 0
        same()
        assert compiled({"epoch": 3, "state_dict": state}).returncode == 0
        same()
        write_safetensors(state, tmp_path / "w.safetensors")
        done = compile_module(path, out, "--class", "Net", "--weights", str(tmp_path / "w.safetensors"))
        assert done.returncode == 0, done.stderr
        same()
        done = compiled({"module." + k: v for k, v in state.items()})
        assert done.returncode != 0 and "--strip-prefix module." in done.stderr and "missing in the file (6)" in done.stderr
        assert compiled({"module." + k: v for k, v in state.items()}, "--strip-prefix", "module.").returncode == 0
        same()
        assert compiled({k: v.double() for k, v in state.items()}).returncode == 0
        same()
    done = compiled({k: v for k, v in state.items() if k != "fc.bias"})
    assert done.returncode != 0 and "fc.bias" in done.stderr
    assert compiled({k: v for k, v in state.items() if k != "fc.bias"}, "--allow-missing").returncode == 0
    done = compiled({**state, "more": torch.ones(1)})
    assert done.returncode != 0 and "not in the module (1)" in done.stderr
    done = compiled({**state, "fc.weight": torch.ones(4, 5)})
    assert done.returncode != 0 and "fc.weight: [4, 5] in the file, [4, 4] in the module" in done.stderr
    done = compiled({**state, "fc.wieght": state["fc.weight"], "fc.weight": None})
    assert done.returncode != 0 and "the file has `fc.wieght`" in done.stderr
    done = compiled(torch.nn.Linear(2, 2))
    assert done.returncode != 0 and "refused" in done.stderr  # a pickled Python object


def write_safetensors(state, path):
    import json
    names = {torch.float32: "F32", torch.int64: "I64"}
    header, blobs, at = {}, [], 0
    for k, v in state.items():
        data = v.contiguous().numpy().tobytes()
        header[k] = {"dtype": names[v.dtype], "shape": list(v.shape), "data_offsets": [at, at + len(data)]}
        at += len(data)
        blobs.append(data)
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(blobs))


ERRORS = {
    "self.fc = nn.Liner(3, 4)": "did you mean `Linear`",
    "self.fc = nn.Linear(3)": "missing 1 required argument: 'out_features'",
    "self.fc = nn.Linear(3, 4, biass=True)": "unexpected keyword argument 'biass'",
    "self.fc = undefined": "name 'undefined' is not defined",
    "import cupy as np; self.v = np.zeros(3)[0] + 1": "`cupy.zeros()[...]` is not available",
    "raise ValueError('bad ' + str(3))": "ValueError: bad 3",
}


@pytest.mark.parametrize("line", ERRORS)
def test_errors_of_init(tmp_path, line):
    path = tmp_path / "model.py"
    path.write_text(HEADER + f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {line}\n\n    def forward(self, x):\n        return x\n")
    done = compile_module(path, tmp_path / "net.pt", "--class", "Net")
    assert done.returncode != 0
    assert ERRORS[line] in done.stderr and "Traceback" in done.stderr and line.split(";")[0] in done.stderr, done.stderr


# --- torchvision's own files -----------------------------------------------------------------------------------------------

def torchvision_folder():
    for folder in (os.environ.get("FACULA_TORCHVISION", ""), pathlib.Path(__file__).resolve().parents[2] / ".venv/torchvision"):
        if folder and (pathlib.Path(folder) / "torchvision/models/resnet.py").exists():
            return pathlib.Path(folder)
    return None


MODELS = [("resnet.py", "resnet34", (1, 3, 64, 64)), ("mobilenetv2.py", "mobilenet_v2", (1, 3, 64, 64)),
          ("densenet.py", "densenet121", (1, 3, 64, 64)), ("segmentation/deeplabv3.py", "deeplabv3_resnet50", (1, 3, 65, 65)),
          ("vgg.py", "vgg11_bn", (1, 3, 64, 64)), ("squeezenet.py", "squeezenet1_1", (1, 3, 64, 64)), ("shufflenetv2.py", "shufflenet_v2_x1_0", (1, 3, 64, 64)),
          ("mobilenetv3.py", "mobilenet_v3_small", (1, 3, 64, 64)), ("googlenet.py", "googlenet", (1, 3, 64, 64)), ("mnasnet.py", "mnasnet1_0", (1, 3, 64, 64)),
          ("efficientnet.py", "efficientnet_b0", (1, 3, 64, 64)), ("regnet.py", "regnet_y_400mf", (1, 3, 64, 64)), ("convnext.py", "convnext_tiny", (1, 3, 64, 64)),
          ("segmentation/fcn.py", "fcn_resnet50", (1, 3, 65, 65)), ("alexnet.py", "alexnet", (1, 3, 64, 64)), ("inception.py", "inception_v3", (1, 3, 96, 96)),
          ("vision_transformer.py", "vit_b_32", (1, 3, 224, 224)), ("swin_transformer.py", "swin_t", (1, 3, 64, 64))]
HAS_OPTIONS = {"googlenet": ", init_weights=True", "inception_v3": ", init_weights=True",
               "deeplabv3_resnet50": ", weights_backbone=None", "fcn_resnet50": ", weights_backbone=None"}
# Compiled, these return a named tuple with the auxiliary outputs (their code asks torch.jit.is_scripting()): what PyTorch's compiler makes of them
# is the measure.
GIVES_TUPLE_COMPILED = {"googlenet", "inception_v3"}
ALONE = {"resnet34", "deeplabv3_resnet50"}  # compiled where there is nothing but the program, its libraries and the model's files


def compile_alone(root, folder, file, weights, out, *options):
    """`facula compile` under a root folder of its own, without Python or anything else of the system."""
    root.mkdir()
    libraries = [w for line in subprocess.run(["ldd", str(FACULA)], capture_output=True, text=True, check=True).stdout.splitlines()
                 for w in line.split() if w.startswith("/")]
    for path in libraries:
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    shutil.copy(FACULA, root / "facula")
    shutil.copytree(folder / "torchvision/models", root / "torchvision/models")
    shutil.copytree(folder / "torchvision/ops", root / "torchvision/ops")
    for extra in ("__init__.py", "utils.py"):
        if (folder / "torchvision" / extra).exists():
            shutil.copy(folder / "torchvision" / extra, root / "torchvision" / extra)
    shutil.copy(weights, root / "weights.pth")
    done = subprocess.run(["chroot", str(root), "/facula", "compile", f"/{file}", "-o", "/net.pt", *options, "/weights.pth"], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
                          capture_output=True, text=True, timeout=300)
    if done.returncode == 0:
        shutil.copy(root / "net.pt", out)
    shutil.rmtree(root)
    return done


@pytest.mark.skipif(torchvision_folder() is None, reason="torchvision's files are not there (make venv fetches them)")
@pytest.mark.parametrize("file,factory,shape", MODELS, ids=[m[1] for m in MODELS])
def test_torchvision(tmp_path, file, factory, shape):
    """The files as they are in the wheel. PyTorch's side runs the same files, torchvision's compiled operators left out."""
    folder = torchvision_folder()
    arguments = "weights=None" + HAS_OPTIONS.get(factory, "")
    make = tmp_path / "make.py"
    make.write_text(f"""
import sys, types, torch
sys.path.insert(0, {str(folder)!r})
lib = torch.library.Library("torchvision", "DEF")
lib.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import importlib.machinery
package = types.ModuleType("torchvision")
package.__path__ = [{str(folder / "torchvision")!r}]
sys.modules["torchvision"] = package
for name in ("transforms._presets", "ops"):
    m = types.ModuleType("torchvision." + name)
    m.__path__ = [{str(folder / "torchvision/ops")!r}]
    m.ImageClassification = m.SemanticSegmentation = m.InterpolationMode = type("X", (), {{"BICUBIC": 1, "BILINEAR": 2}})
    m.__getattr__ = lambda n: None
    sys.modules["torchvision." + name] = m
transforms = types.ModuleType("torchvision.transforms"); transforms.__path__ = []
sys.modules["torchvision.transforms"] = transforms
functional = types.ModuleType("torchvision.transforms.functional"); functional.InterpolationMode = m.InterpolationMode
sys.modules["torchvision.transforms.functional"] = functional
utils = types.ModuleType("torchvision.utils"); utils._log_api_usage_once = lambda *a: None
import collections.abc, itertools
utils._make_ntuple = lambda x, n: tuple(x) if isinstance(x, collections.abc.Iterable) else tuple(itertools.repeat(x, n))
sys.modules["torchvision.utils"] = utils
import importlib
for sub in ("misc", "stochastic_depth"):
    o = importlib.import_module("torchvision.ops." + sub)
    for k, v in vars(o).items():
        if not k.startswith("__"): setattr(sys.modules["torchvision.ops"], k, v)
models = types.ModuleType("torchvision.models"); models.__path__ = [{str(folder / "torchvision/models")!r}]
sys.modules["torchvision.models"] = models
seg = types.ModuleType("torchvision.models.segmentation"); seg.__path__ = [{str(folder / "torchvision/models/segmentation")!r}]
sys.modules["torchvision.models.segmentation"] = seg
torch.manual_seed(0)
torch.set_num_threads(1)
module = importlib.import_module("torchvision.models.{file[:-3].replace('/', '.')}")
model = module.{factory}({arguments}).eval()
for b in model.buffers():
    if b.is_floating_point(): b.uniform_(0.5, 1.5)
torch.save(model.state_dict(), "weights.pth")
x = torch.rand(*{shape})
with torch.no_grad():
    result = tuple(torch.jit.script(model)(x)) if {factory in GIVES_TUPLE_COMPILED} else model(x)
    torch.save((x, result), "expected.pth")
""")
    import sys
    done = subprocess.run([sys.executable, str(make)], cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    x, expected = torch.load(tmp_path / "expected.pth")
    out = tmp_path / "net.pt"
    options = ("--factory", factory, "--args", arguments, "--weights")
    if factory in ALONE and os.geteuid() == 0:
        done = compile_alone(tmp_path / "root", folder, pathlib.Path("torchvision/models") / file, tmp_path / "weights.pth", out, *options)
    else:
        done = compile_module(folder / "torchvision/models" / file, out, *options, str(tmp_path / "weights.pth"))
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    ours = run_facula(out, [x], tmp_path)
    with torch.no_grad():
        theirs = torch.jit.load(str(out))(x)
    assert_close(ours, flatten_torch(expected), 1e-4)
    assert_close(flatten_torch(theirs), flatten_torch(expected), 1e-4)


def test_as_many_inputs_as_examples(tmp_path):
    (tmp_path / "net.py").write_text("""
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = 2.0
    def forward(self, *args):
        out = args[0] * self.scale
        for a in args[1:]:
            out = out + a
        return out, len(args)
""")
    command = [str(FACULA), "compile", str(tmp_path / "net.py"), "--class", "Net", "-o", str(tmp_path / "net.pt")]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode != 0 and "variable number of arguments" in refused.stderr
    subprocess.run([*command, "--example", "ones(2)", "--example", "ones(2)", "--example", "3"], check=True, capture_output=True)
    out, n = torch.jit.load(str(tmp_path / "net.pt"))(torch.ones(2), torch.full((2,), 0.5), 4)
    assert n == 3 and torch.equal(out, torch.full((2,), 6.5))
