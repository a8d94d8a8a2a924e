# Programs of the everyday dialect (docs/language.md): run by Python as they stand, and compiled by Facula.
# test_language.py calls each with the arguments in CALLS and compares: CPython, the archive in PyTorch, the archive in Facula.
# Longer than most files: one module of many small programs, compiled as a whole.
import math
import typing as T
from collections import namedtuple
from dataclasses import dataclass, field
from enum import Enum
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor

SCALE = 2.5
SIZES = [1, 2, 3]
Vec = List[float]


def helper(x, n):
    return x * n


def unannotated(x: Tensor):
    return helper(x, 3), helper(2, 3), helper(1.5, 2)


def none_first(c: bool, t: Tensor):
    x = None
    if c:
        x = t
    if x is not None:
        return x + 1
    return t


def none_in_loop(ts: List[Tensor]):
    best = None
    for t in ts:
        if best is None:
            best = t
        else:
            best = torch.maximum(best, t)
    assert best is not None
    return best


def joined_numbers(c: bool):
    y = 1.25 if c else 0.0
    if c:
        z = 1.5
    else:
        z = 0.5
    return y, z


def running_total(n: int):
    total = 0
    for i in range(n):
        total = total + i * 0.5
    return total


def open_list(n: int):
    xs = []
    for i in range(n):
        xs.append(i * 0.5)
    return xs


def open_dict(n: int):
    d = {}
    for i in range(n):
        d[i] = str(i)
    return d


def count_words(words: List[str]):
    d = {}
    for w in words:
        d[w] = d.get(w, 0) + 1
    return d


def rows(n: int):
    out = [[] for _ in range(n)]
    for i in range(n):
        out[i].append(i)
    return out


def spellings(a: "list[int]", b: Optional[int], c: T.Dict[str, T.List[int]], v: Vec) -> float:
    if b is None:
        b = 1
    return sum(v) + b + len(a) + len(c)


def legacy():
    return torch.Tensor([1.0, 2.0]), torch.LongTensor([3])


def maths(a: float, b: float):
    return math.pow(a, b) + math.pi + math.sqrt(4.0)


def indexing(t: Tensor, i: int):
    t = t.clone()
    t[t < 2] = 0
    t[..., -1] = 7
    t[0, 1:3] += 1.5
    return t, t[[0, 1]], t[None, :, i], t[t > 3], t[1:, ::2]


def late_index(t: Tensor, idx: Tensor):
    return t[..., idx]


def globals_(x: Tensor):
    return x * SCALE + SIZES[1]


def lambdas(xs: List[int], k: int):
    scale = lambda a, b=2: a * b + k

    def twice(g, x):
        return g(g(x))

    return [scale(x) for x in xs], twice(scale, 1), twice(lambda v: v - 1, 2.5)


def closure_mutates(n: int):
    out = []

    def add(x: int):
        out.append(x)

    for i in range(n):
        add(i)
        add(i * i)
    return out


def apply(f, x):
    return f(x)


def higher_order(x: Tensor):
    return apply(lambda v: v + 1, x), apply(torch.relu, x - 1)


def total(*xs: int):
    s = 0
    for x in xs:
        s += x
    return s


def unpacking(pair: Tuple[int, int]):
    first, *rest = 1, 2, 3
    return total(*pair, 3), total(), first, sum([int(r) for r in rest])


def walrus(xs: List[int]):
    out = []
    if (n := len(xs)) > 2:
        out.append(n)
    while (n := n - 1) > 0:
        out.append(n)
    return out, n


def for_else(xs: List[int], stop: int):
    n = 0
    for i, x in enumerate(xs):
        if x == stop:
            break
        n += i
    else:
        n = -1
    return n


def comprehensions(xs: List[int], d: Dict[str, int]):
    a = [x * y for x in xs if x > 1 for y in xs]
    b = {k: v for k, v in d.items() if v > 1}
    return a, b, [k + str(v) for k, v in d.items()]


def sets(xs: List[int], s: str):
    seen = set()
    n = 0
    for x in xs:
        if x in seen:
            continue
        seen.add(x)
        n += 1
    both = seen & {1, 2, 3}
    return n, s in {"a", "b"}, len(seen), len(both), sorted(seen | {9}), len({x % 2 for x in xs})


def chained(x: int):
    return 0 < x <= 3, not 0 < x < 2


def try_finally(x: Tensor):
    try:
        y = x + 1
    finally:
        x = x * 2
    return y + x


def matching(x: int, xs: List[int]):
    match x * 2:
        case 0:
            a = "zero"
        case 2 | 4:
            a = "few"
        case n if n > 100:
            a = "lots: " + str(n)
        case _:
            a = "many"
    match xs:
        case [first, 2]:
            b = first
        case []:
            b = -1
        case other:
            b = len(other)
    return a, b


def early_return_in_loop(xs: List[int], limit: int):
    for i, x in enumerate(xs):
        if x > limit:
            return i
    return -1


class Shape:
    sides = 0

    def __init__(self, name: str):
        self.name = name

    def area(self) -> int:
        return 0

    def describe(self) -> str:
        return self.name + ":" + str(self.area())

    @property
    def label(self) -> str:
        return self.name.upper()

    @staticmethod
    def unit() -> str:
        return "m"

    @classmethod
    def make(cls, name: str):
        return cls(name)


class Square(Shape):
    sides = 4

    def __init__(self, a: int):
        super().__init__("square")
        self.a = a

    def area(self) -> int:
        return super().area() + self.a * self.a


def classes():
    s = Square(2)
    return s.describe(), s.label, s.sides, Square.unit(), Shape.make("any").describe()


@dataclass
class Point:
    x: float
    y: float = 2.0
    tags: List[str] = field(default_factory=list)

    def norm(self) -> float:
        return math.sqrt(self.x**2 + self.y**2)


def dataclasses_():
    p = Point(3.0, 4.0)
    q = Point(3.0, tags=["a"])
    return p.norm(), p == Point(3.0, 4.0), p == q, q.y, q.tags


class Color(Enum):
    RED = 1
    BLUE = 2


class Pair(NamedTuple):
    a: int
    b: Tensor
    c: str = "hi"


Two = namedtuple("Two", "left right")


def tuples(x: Tensor):
    p = Pair(1, x)
    t = Two(x, x + 1)
    return p.a, p.c, Color.RED.name, Color.BLUE.value, t.right


def functional(x: Tensor):
    y = F.max_pool2d(F.relu(x), 2)
    return F.interpolate(y, scale_factor=2.0, mode="bilinear"), F.softmax(y, -1), F.pad(y, [1, 1])


X = torch.arange(6.0).reshape(2, 3)
def _leaky(x, *, slope: float = 0.1, inplace: bool = False):
    return F.leaky_relu(x, slope, inplace)


def _wrapped(x, **options):
    if "slope" in options:
        x = x * 2
    return _leaky(x, **options)


def _weighted(**weights):
    total = 0.0
    for name, w in weights.items():
        total += w * len(name)
    return total


def _mixed(x, *rest, **options):
    return x * options.get("k", 3) + options["n"] + len(rest)


def keyword_parameters(x: Tensor):
    return _wrapped(x), _wrapped(x, slope=0.5), _weighted(a=1, bb=2.5), _mixed(x, 1, 2, n=5), _mixed(x, n=1, k=7)


def nonlocal_variables(n: int):
    count = 0
    best = None

    def add(k: int):
        nonlocal count, best
        if k > 2:
            best = k
            return
        count += k
    for i in range(n):
        add(i)
    added = [add(j) is None for j in range(2)]
    return count, best, len(added)


def nonlocal_of_two_levels(n: int):
    seen = 0

    def outer(k):
        def inner():
            nonlocal seen
            seen += k * 0.5
        inner()
        return seen
    a = outer(n) if n > 1 else 0.0
    while seen < 9:
        outer(2)
    return a, seen


def _of_many(*xs):
    first = lambda y: y + xs[0]
    return first(xs[1])


def closure_over_star(x: Tensor):
    return _of_many(x, x * 2)


def handlers_assign(d: Dict[str, int], keys: List[str]):
    missing = 0
    total = 0
    for k in keys:
        try:
            v = d[k]
        except KeyError:
            missing += 1
            continue
        total += v
    return total, missing


CALLS = {
    "unannotated": [(X,)],
    "none_first": [(True, X), (False, X)],
    "none_in_loop": [([X, -X, X * 2],)],
    "joined_numbers": [(True,), (False,)],
    "running_total": [(4,)],
    "open_list": [(3,), (0,)],
    "open_dict": [(3,)],
    "count_words": [(["a", "b", "a"],)],
    "rows": [(3,)],
    "spellings": [([1], None, {"a": [1]}, [1.5, 2.5])],
    "legacy": [()],
    "maths": [(2.0, 3.0)],
    "indexing": [(X, 1)],
    "late_index": [(X, torch.tensor([2, 0]))],
    "globals_": [(X,)],
    "lambdas": [([1, 2], 3)],
    "closure_mutates": [(3,)],
    "higher_order": [(X,)],
    "unpacking": [((1, 2),)],
    "walrus": [([1, 2, 3],)],
    "for_else": [([1, 2, 3], 2), ([1, 2, 3], 7)],
    "comprehensions": [([1, 2, 3], {"a": 1, "b": 2})],
    "sets": [([1, 2, 1, 5], "a")],
    "chained": [(1,), (3,), (4,)],
    "try_finally": [(X,)],
    "matching": [(0, [1, 2]), (2, []), (60, [1, 2, 3]), (9, [5, 6])],
    "early_return_in_loop": [([1, 5, 3], 2), ([1], 2)],
    "classes": [()],
    "dataclasses_": [()],
    "tuples": [(X,)],
    "keyword_parameters": [(X,)],
    "nonlocal_variables": [(5,), (1,)],
    "nonlocal_of_two_levels": [(4,), (0,)],
    "closure_over_star": [(X,)],
    "handlers_assign": [({"a": 1}, ["a", "b", "a", "c"]), ({"a": 1}, [])],
    "functional": [(torch.arange(32.0).reshape(1, 2, 4, 4) - 9,)],
}
