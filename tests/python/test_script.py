"""facula.script of live Python objects, beside torch.jit.script of the same objects.

Longer than most files: many small tests of one entry point."""
import enum
import math
import warnings
from dataclasses import dataclass
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

import pytest

facula = pytest.importorskip("facula")
torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional


def plain(value):
    """Tensors as torch's."""
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)(plain(v) for v in value)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return torch.from_dlpack(value) if hasattr(value, "__dlpack__") and not isinstance(value, torch.Tensor) else value


def same(a, b):
    if isinstance(a, torch.Tensor):
        return torch.allclose(a, b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return a == b


def check(fn, *args):
    """Python and Facula agree; gives the compiled function."""
    compiled = facula.script(fn)
    with torch.no_grad():
        assert same(plain(compiled(*args)), fn(*args))
    return compiled


X = torch.linspace(-1, 1, 6).reshape(2, 3)


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Point(NamedTuple):
    x: torch.Tensor
    n: int = 3


class Counter:
    def __init__(self, start: int):
        self.count = start

    def add(self, by: int) -> int:
        self.count += by
        return self.count

    @staticmethod
    def twice(x: int) -> int:
        return 2 * x


@dataclass
class Size:
    h: int
    w: int = 4

    def area(self) -> int:
        return self.h * self.w


def helper(x, n: int = 2):
    return x * n


def outer(x):
    return helper(x) + helper(x, 3) + math.pi


def test_functions_call_functions():
    f = check(outer, X)
    assert "prim::CallFunction" in str(f.graph)
    assert facula.script(outer) is f


def test_annotations_in_every_spelling():
    def f(x, a: "List[int]", b: Optional[int] = None, c: "int | None" = 3, d: Tuple[int, float] = (1, 2.0)):
        n = a[0] + int(d[1])
        if b is not None:
            n += b
        if c is not None:
            n += c
        return x * n
    check(f, X, [1, 2])
    check(f, X, [1, 2], 5, None)


def test_type_comment():
    def f(x, n):
        # type: (Tensor, int) -> Tensor
        return x + n
    assert [str(a.type) for a in facula.script(f).schema.arguments] == ["Tensor", "int"]


def test_enums_named_tuples_classes():
    def f(x, which: Colour):
        p = Point(x, 2)
        if which == Colour.RED:
            return p.x * p.n
        return x
    check(f, X, Colour.RED)
    check(f, X, Colour.GREEN)

    def g(n: int):
        c = Counter(n)
        c.add(4)
        return c.count + Counter.twice(c.add(1))
    check(g, 3)

    def h(n: int):
        return Size(n).area() + Size(n, 2).area()
    check(h, 3)


def test_boolean_dispatch_and_functional():
    def f(x):
        y, i = F.max_pool2d(x, 2, return_indices=True)
        return F.relu(F.max_pool2d(x, 2)) + y + i.float() + F.interpolate(x, scale_factor=0.5, mode="nearest")
    check(f, torch.randn(1, 2, 4, 4))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.lin = nn.Linear(c, c)
        self.k = 3

    def helper(self, x):
        return x + self.k

    def forward(self, x):
        return self.helper(F.relu(self.lin(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(4) for _ in range(3)])
        self.named = nn.ModuleDict({"a": nn.Linear(4, 4), "b": nn.ReLU()})
        self.seq = nn.Sequential(nn.Linear(4, 4), nn.ReLU())

    def forward(self, x):
        for i, b in enumerate(self.blocks):
            x = b(x) + i
        for name, layer in self.named.items():
            x = layer(x)
            if name == "a":
                x = x + 1
        return self.seq(x) + self.blocks[0](x) + self.named["a"](x) + len(self.blocks) + len(self.seq)


def test_modules_and_containers():
    net = Net().eval()
    x = torch.randn(2, 4)
    s = facula.script(net)
    with torch.no_grad():
        assert torch.allclose(plain(s(x)), net(x), atol=1e-6)
    assert [n for n, _ in s.named_children()] == ["blocks", "named", "seq"]
    assert s.blocks is s.blocks
    assert len(s.blocks) == 3


def test_equal_modules_share_a_type():
    net = nn.Sequential(*[Block(4) for _ in range(100)])
    s = facula.script(net)
    assert len({m._type_name for m in s.children()}) == 1
    a, b = facula.script(Block(4)), facula.script(Block(4))
    assert a._type_name == b._type_name
    other = Block(4)
    other.k = 1.5
    assert facula.script(other)._type_name != a._type_name


def test_shared_submodule_stays_shared():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(2, 2)
            self.b = self.a

        def forward(self, x):
            return self.a(x) + self.b(x)
    s = facula.script(Two())
    assert s.a is s.b


class Marked(nn.Module):
    n: torch.jit.Final[int]
    names: Dict[str, int]

    def __init__(self):
        super().__init__()
        self.n = 4
        self.names = {}

    @torch.jit.export
    def twice(self, x):
        return x * 2

    @torch.jit.ignore
    def in_python(self, x) -> torch.Tensor:
        return torch.from_numpy(x.numpy() + self.n)

    @torch.jit.unused
    def never(self, x):
        import pdb
        return pdb

    @property
    def size(self):
        return self.n + 1

    def forward(self, x, slow: bool = False):
        if slow:
            return self.never(x)
        return self.in_python(x) + self.size


def test_marks():
    m = Marked()
    s = facula.script(m)
    assert same(plain(s(X)), m(X))
    assert same(plain(s.twice(X)), X * 2)
    with pytest.raises(RuntimeError, match="annotated to be ignored and cannot be run"):
        s(X, True)
    assert "in_python" in str(s.graph)


def test_ignored_function_calls_python():
    calls = []

    @facula.ignore
    def note(x, n: int) -> int:
        calls.append(n)
        return n + 1

    def f(x, n: int):
        return x * note(x, n)
    assert same(plain(facula.script(f)(X, 4)), X * 5)
    assert calls == [4]


def test_an_exception_of_python_code_comes_through():
    @facula.ignore
    def fails(x) -> torch.Tensor:
        raise KeyError("mine")

    def f(x):
        return fails(x)
    with pytest.raises(KeyError, match="mine"):
        facula.script(f)(X)


def test_interface_and_hooks():
    @facula.interface
    class Face(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            pass

    class Impl(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + 1

    class User(nn.Module):
        part: Face

        def __init__(self):
            super().__init__()
            self.part = Impl()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.part.forward(x)
    assert same(plain(facula.script(User())(X)), X + 1)

    def pre(self, input: Tuple[torch.Tensor]):
        return (input[0] * 2,)

    def post(self, input: Tuple[torch.Tensor], output: torch.Tensor):
        return output + 10
    m = Impl()
    m.register_forward_pre_hook(pre)
    m.register_forward_hook(post)
    assert same(plain(facula.script(m)(X)), X * 2 + 11)
    assert same(plain(facula.script(nn.Sequential(m))(X)), X * 2 + 11)


def test_overloads():
    @torch.jit._overload
    def pick(x: int) -> int:
        pass

    @torch.jit._overload  # noqa: F811
    def pick(x: str) -> str:
        pass

    def pick(x):  # noqa: F811
        return x + x

    def f():
        return pick(2), pick("a")
    check(f)


@torch.jit._overload
def twice_a(x: int, k: int = 3) -> int:
    pass


@torch.jit._overload  # noqa: F811
def twice_a(x: str, k: int = 3) -> str:
    pass


def twice_a(x, k=3):  # noqa: F811
    return x + x


@torch.jit._overload
def twice_b(x: int) -> int:
    pass


@torch.jit._overload  # noqa: F811
def twice_b(x: str) -> str:
    pass


def twice_b(x):  # noqa: F811
    return x + x


def test_overloads_beside_torch():
    # Each compiler finds the declarations, whoever compiled the function before.
    def a(x: torch.Tensor):
        return twice_a(2, 1), twice_a("a"), torch.norm(x, p=2, dim=-1, keepdim=True), torch.norm(x)

    def b(x: torch.Tensor):
        return twice_b(2), twice_b("a"), torch.norm(x, 1, 0), torch.norm(x, dim=[0, 1])
    for f, compilers in ((a, (torch.jit.script, facula.script, torch.jit.script)), (b, (facula.script, torch.jit.script, facula.script))):
        for compiler in compilers:
            assert same(plain(compiler(f)(X)), f(X))


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        if not torch.jit.is_scripting():
            ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2

    @staticmethod
    def call(x):
        if torch.jit.is_scripting():
            return Twice.forward(torch.empty(0), x)
        else:
            return Twice.apply(x)


class Named:
    @staticmethod
    def tripled(x):
        return x * 3

    @staticmethod
    def scaled(x):
        return Named.tripled(x)


def test_static_methods_of_classes_without_objects():
    def f(x):
        return Twice.call(x) + Named.scaled(x)
    check(f, X)
    assert same(torch.jit.script(f)(X), f(X))


def test_failed_attribute_says_why():
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.odd = object

        def forward(self, x):
            return x + self.odd
    with pytest.raises(RuntimeError, match="failed to convert Python type"):
        facula.script(M())


def inner_broken(x):
    return torch.no_such_operator(x)


def middle(x):
    return inner_broken(x)


def test_error_names_the_cause_and_the_chain():
    with pytest.raises(RuntimeError) as e:
        facula.script(lambda_free)
    text = str(e.value)
    assert "no_such_operator" in text or "object has no attribute" in text
    assert "'inner_broken' is being compiled since it was called from 'middle'" in text
    assert "'middle' is being compiled since it was called from 'lambda_free'" in text
    assert "test_script.py" in text and "<--- HERE" in text


def lambda_free(x):
    return middle(x)


def test_define_and_compilation_unit():
    cu = facula.CompilationUnit("""
def double(x: int):
    return 2 * x
def four(x: int):
    return double(double(x))
""")
    assert cu.four(3) == 12
    s = facula.script(Block(2))
    s.define("def more(self, x, n: int):\n    return x + self.k + n\n")
    assert same(plain(s.more(X, 1)), X + 4)


def test_shared_state_containers():
    xs = facula.script([1, 2])

    def f(a: List[int]):
        a.append(3)
        return len(a)
    assert facula.script(f)(xs) == 3
    assert len(xs) == 3
