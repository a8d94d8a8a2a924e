"""The twelve stumbling blocks and the rest of everyday Python, G1 to G16 (docs/guide.md), as archives: each program is compiled by
`facula compile` in both dialects, or traced, and its archive is loaded and run by PyTorch and by Facula. In the everyday dialect the
outputs are what CPython computes; in strict they are the same, or the message names the mend (`strict`: a part of it)."""
import importlib.util
import subprocess
import sys
import warnings

import pytest
import torch

from conftest import FACULA, ROOT
from test_language import same

sys.path.insert(0, str(ROOT / "build/release/python"))
HEADER = "import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom torch import Tensor\nfrom typing import *\n\n"
X = torch.arange(6.0).reshape(2, 3)

# G -> (program, arguments of the calls of f, None or what strict says instead)
FUNCTIONS = {
    "G1": ("""
def scaled(x, n):
    return x[:n] * n
def f(x: Tensor, eps=1e-5, name="a"):
    return scaled(x, 2) + eps, name
""", [(X,), (X, 0.5, "b")], "was not annotated"),
    "G2": ("""
class Cache:
    def __init__(self):
        self.kept = None
    def get(self, x: Tensor):
        if self.kept is None:
            self.kept = x * 2
        return self.kept
def f(c: bool, t: Tensor):
    x = None
    if c:
        x = t
    cache = Cache()
    if x is not None:
        return x + cache.get(t)
    return cache.get(t)
""", [(True, X), (False, X)], "NoneType"),
    "G3": ("""
def f(c: bool, n: int):
    y = 1.25 if c else 0
    total = 0
    for i in range(n):
        total += i / 2
    return y * 2.0, total + 0.5, n ** 2
""", [(True, 3)], "true branch has type float"),
    "G4": ("""
class Log:
    def __init__(self):
        self.values = []
    def put(self, x: float):
        self.values.append(x)
def f(n: int, t: Tensor):
    xs = []
    d = {}
    groups = {}
    log = Log()
    for i in range(n):
        xs.append(i * 0.5)
        d[i] = t * i
        if i % 2 not in groups:
            groups[i % 2] = []
        groups[i % 2].append(i)
        log.put(float(i))
    return xs, d, groups, log.values
""", [(3, X)], "previously matched to type Tensor"),
    "G5": ("""
import typing
def f(a: typing.List[torch.Tensor], b: "list[int]", c: int | None, d: Dict[str, tuple[int, float]], e: Sequence[int]) -> "tuple[int, float]":
    n = 1 if c is None else c
    return len(a) + len(b) + n + e[0], d["k"][1]
""", [([X], [1, 2], None, {"k": (1, 2.0)}, [4])], None),
    "G6": ("""
def f(n: int):
    return torch.Tensor([1.0, 2.0]), torch.FloatTensor([[1, 2]]), torch.LongTensor([n]), torch.Tensor(2, 3).zero_()
""", [(3,)], None),
    "G7": ("""
def f(a: float, n: int):
    return math.pow(a, n), math.floor(a), math.pi, math.log(a), math.gcd(n, 6)
""", [(2.5, 3)], None),
    "G8": ("""
def f(t: Tensor, i: int, mask: Tensor, idx: Tensor):
    t = t.clone()
    t[t < 2] = 0
    t[0, 1:] += 1.5
    t[..., -1] = 7
    t[mask] *= 2
    t[idx, 0] = -1
    return t, t[None, :, i], t[[0, 1]], t[idx], t[..., idx], t[mask, 1:], t[:, ::2], t[-1, None], t[i][idx]
""", [(X, 1, torch.tensor([True, False]), torch.tensor([1, 0]))], "Ellipses followed by tensor indexing"),
    "G9": ("""
SCALE = 2.5
SIZES = [1, 2, 3]
def helper(x):
    return x * SCALE
def f(x: Tensor):
    return helper(x) + SIZES[1]
""", [(X,)], "closed over global variable"),
    "G11": ("""
def f(x: Tensor, t: Tensor):
    k = int(t) + 1
    if t > 1:
        x = x + t.item()
    return x.clamp(min=t), x.clamp(max=t), x[:k], torch.full([2], float(t)), torch.topk(x, k)[0]
""", [(X, torch.tensor(1.5))], None),
    "G16": ("""
from dataclasses import dataclass, field
from enum import Enum
class Mode(Enum):
    FAST = 1
    SLOW = 2
class Pair(NamedTuple):
    a: int
    b: float = 0.5
@dataclass
class Point:
    x: float
    tags: List[str] = field(default_factory=list)
class Base:
    def __init__(self, n: int):
        self.n = n
    @property
    def twice(self) -> int:
        return self.n * 2
    @staticmethod
    def unit() -> str:
        return "m"
    def value(self) -> int:
        return self.n
class Middle(Base):
    def value(self) -> int:
        return super().value() + 1
class Derived(Middle):
    def value(self) -> int:
        return super().value() * 10
def total(*xs: int, scale: int = 1):
    n = 0
    for x in xs:
        n += x * scale
    return n
def f(xs: List[int], x: float, t: Tensor):
    d = Derived(3)
    p = Point(x)
    p.tags.append("a")
    q = Pair(1)
    squares = {k: k * k for k in xs if k > 1}
    named = [f"{i}:{k:03d}:{x:.2f}" for i, k in enumerate(reversed(xs), 1)]
    first, *rest = xs
    if (n := len(xs)) > 2 and 0 < x < 3 <= n:
        assert n > 0, "never"
    twice = lambda v: v * 2
    del squares[2]
    with torch.no_grad():
        y = t.view(*t.shape[:1], -1)
    return (d.value(), d.twice, Base.unit(), p.x, p.tags, q.b, Mode.SLOW.value, squares, named, first, rest, twice(n), y,
            total(*(1, 2), scale=3), sorted(xs, key=lambda v: -v), [a + b for a, b in zip(xs, rest)], {1, 2} & set(xs))
""", [([1, 2, 3], 1.5, X)], "inheritance"),
}


def compiled(tmp_path, program, *options):
    path, out = tmp_path / "program.py", tmp_path / "program.pt"
    path.write_text(HEADER + program)
    done = subprocess.run([str(FACULA), "compile", str(path), "-o", str(out), *options], capture_output=True, text=True, timeout=300)
    return out if done.returncode == 0 else done.stderr


def as_python(value):
    if isinstance(value, set):
        return {k: True for k in value}
    return tuple(map(as_python, value)) if type(value) is tuple else value


def check(archive, python, calls, method="f"):
    module = torch.jit.load(str(archive))
    for arguments in calls:
        expected, got = as_python(python(*arguments)), getattr(module, method)(*arguments)
        assert same(expected, got), (expected, got)


@pytest.mark.parametrize("g", FUNCTIONS)
def test_everyday(g, tmp_path):
    program, calls, _ = FUNCTIONS[g]
    names = {}
    exec(compile(HEADER + program, g, "exec"), names)
    archive = compiled(tmp_path, program)
    assert not isinstance(archive, str), archive
    check(archive, names["f"], calls)


@pytest.mark.parametrize("g", FUNCTIONS)
def test_strict(g, tmp_path):
    program, calls, message = FUNCTIONS[g]
    names = {}
    exec(compile(HEADER + program, g, "exec"), names)
    archive = compiled(tmp_path, program, "--strict")
    if message is None:
        assert not isinstance(archive, str), archive
        check(archive, names["f"], calls)
    else:
        assert isinstance(archive, str) and message in archive, archive


def compile_class(tmp_path, program, *options):
    path, out = tmp_path / "net.py", tmp_path / "net.pt"
    path.write_text(HEADER + program)
    done = subprocess.run([str(FACULA), "compile", str(path), "--class", "Net", "-o", str(out), *options], capture_output=True, text=True, timeout=300)
    return (out if done.returncode == 0 else None), done.stderr


G10 = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 2
        self.i = 1
        self.layers = nn.ModuleList([nn.ReLU(), nn.Tanh()])
    def forward(self, x):
        pair = (x, x.shape[:self.n])
        return self.layers[self.i](pair[0]), pair[self.i]
"""


def test_g10_attributes_that_choose(tmp_path):
    archive, message = compile_class(tmp_path, G10)
    assert archive, message
    names = {}
    exec(HEADER + G10, names)
    out = torch.jit.load(str(archive))(X)
    expected = names["Net"]()(X)
    assert torch.equal(out[0], expected[0]) and list(out[1]) == list(expected[1])
    archive, message = compile_class(tmp_path, G10, "--strict")
    assert archive is None and "integer literal" in message


G14 = """
import library
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.helper = library.Helper(3)
    def forward(self, x):
        return library.scaled(x, 2.0) + self.helper.add(x)
"""
LIBRARY = """
def inner(x, k: float):
    return x * k
def scaled(x, k: float):
    return inner(x, k)
class Helper:
    def __init__(self, n: int):
        self.n = n
    def add(self, x):
        return x + self.n
"""


@pytest.mark.parametrize("options", [(), ("--strict",)], ids=["everyday", "strict"])
def test_g14_third_party_code(tmp_path, options):
    (tmp_path / "library.py").write_text(LIBRARY)
    archive, message = compile_class(tmp_path, G14, *options)
    assert archive, message
    assert torch.equal(torch.jit.load(str(archive))(X), X * 2 + X + 3)
    (tmp_path / "library.py").write_text(LIBRARY.replace("x * k", "x.no_such_method()"))
    archive, message = compile_class(tmp_path, G14, *options)
    assert archive is None and "no_such_method" in message and "inner" in message and "scaled" in message and "forward" in message


@pytest.mark.parametrize("options", [(), ("--strict",)], ids=["everyday", "strict"])
def test_g15_training_mode(tmp_path, options):
    archive, message = compile_class(tmp_path, G10.replace("self.layers[self.i]", "self.layers[1]").replace("[:self.n]", "").replace("pair[self.i]", "pair[1]"), "--train", *options)
    assert archive, message
    assert "training mode" in message and torch.jit.load(str(archive)).training


with_package = pytest.mark.skipif(importlib.util.find_spec("facula") is None, reason="needs the Python package (./dev python)")


@with_package
def test_g12_device_in_a_trace(tmp_path):
    import facula
    traced = facula.trace(lambda a, b: a.to(b.device) + torch.zeros(a.shape[0], device=b.device), (torch.ones(2), torch.ones(2)), check_trace=False)
    traced.save(str(tmp_path / "g12.pt"))
    loaded = torch.jit.load(str(tmp_path / "g12.pt"))
    assert "prim.device(b)" in loaded.code and torch.equal(loaded(torch.ones(3), torch.ones(3)), torch.ones(3))
    assert loaded(torch.ones(3), torch.ones(3, device="meta")).device.type == "meta"


def branches(x):
    if x.sum() > 0:
        return x + 1
    return x - 1


@with_package
def test_g13_branch_in_a_trace_and_in_script(tmp_path):
    import facula
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        traced = facula.trace(branches, (torch.ones(2),), check_trace=False)
    assert any(w.filename == __file__ and w.lineno == branches.__code__.co_firstlineno + 1 for w in seen)
    traced.save(str(tmp_path / "trace.pt"))
    assert torch.equal(torch.jit.load(str(tmp_path / "trace.pt"))(-torch.ones(2)), torch.zeros(2))
    facula.script(branches).save(str(tmp_path / "script.pt"))
    for x in (torch.ones(2), -torch.ones(2)):
        assert torch.equal(torch.jit.load(str(tmp_path / "script.pt"))(x), branches(x))
