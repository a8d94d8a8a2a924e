class A:
    count = 0
    items: list = []
    def __init__(self, x, y=2):
        self.x = x; self.y = y
        A.count += 1
    def sum(self): return self.x + self.y
    @property
    def double(self): return self.x * 2
    @double.setter
    def double(self, v): self.x = v // 2
    @staticmethod
    def st(a): return a + 1
    @classmethod
    def make(cls, x): return cls(x)
    def __repr__(self): return f"A({self.x})"
    def __eq__(self, o): return isinstance(o, A) and self.x == o.x
    def __hash__(self): return hash(self.x)
    def __len__(self): return 3
    def __getitem__(self, i): return i * 10
    def __call__(self, z): return self.x + z
    def __add__(self, o): return A(self.x + (o.x if isinstance(o, A) else o))
    def __radd__(self, o): return A(o + self.x)
    def __lt__(self, o): return self.x < o.x
    def __bool__(self): return self.x != 0
    def __contains__(self, v): return v == self.x
    def __iter__(self): return iter([self.x, self.y])
    def __neg__(self): return A(-self.x)
a = A(1); print(a, a.sum(), a.double, A.st(3), a.st(4), A.make(5), len(a), a[2], a(10), a + A(2), a + 1, 1 + a, a == A(1), a != A(2), A(1) < A(2), bool(A(0)), 1 in a, list(a), -a, A.count)
a.double = 20; print(a.x, a.__dict__, a.__class__.__name__, type(a) is A, isinstance(a, A), A.__name__, hasattr(a, "x"), getattr(a, "q", None), vars(a)); setattr(a, "z", 5); print(a.z); del a.z; print(hasattr(a, "z"))
class B(A):
    def __init__(self, x): super().__init__(x, 7); self.b = 1
    def sum(self): return super().sum() * 100
    @property
    def double(self): return super().double + 1
b = B(2); print(b, b.sum(), b.double, b.y, isinstance(b, A), issubclass(B, A), B.__mro__[1].__name__, B.make(3).b, type(b).__bases__)
class M1:
    def who(self): return "M1"
    def chain(self): return ["M1"]
class M2:
    def who(self): return "M2"
    def chain(self): return ["M2"]
class D(M1, M2):
    def chain(self): return ["D"] + super().chain()
print(D().who(), D().chain(), [c.__name__ for c in D.__mro__])
class R:
    def go(self): return "R"
class S(R):
    def go(self): return "S" + super().go()
class T(R):
    def go(self): return "T" + super().go()
class U(S, T):
    def go(self): return "U" + super().go()
print(U().go(), [c.__name__ for c in U.__mro__])
class G:
    def __getattr__(self, n):
        if n.startswith("dyn"): return n.upper()
        raise AttributeError(n)
    def __setattr__(self, n, v): object.__setattr__(self, n, ("set", v))
g = G(); g.q = 1; print(g.q, g.dynx, hasattr(g, "nope"), getattr(g, "nope", "d"))
try: g.zip
except AttributeError as e: print("AttributeError", e)
class Meta(type):
    def __call__(cls, *a): return ("made", a)
    def __iter__(cls): return iter("xy")
    def __getitem__(cls, k): return k
class WithMeta(metaclass=Meta): pass
print(WithMeta(1, 2), list(WithMeta), WithMeta["k"])
class Sub:
    registry = []
    def __init_subclass__(cls, tag=None, **kw): Sub.registry.append((cls.__name__, tag))
class Sub1(Sub, tag="t"): pass
class Sub2(Sub): pass
print(Sub.registry)
class New:
    def __new__(cls, v):
        self = object.__new__(cls) if False else super().__new__(cls)
        self.made = v
        return self
    def __init__(self, v): self.v = v
print(New(3).made, New(3).v)
class L(list):
    def total(self): return sum(self)
l = L([1, 2]); l.append(3); print(l, l.total(), len(l), isinstance(l, list), l[0], type(l).__name__)
class Di(dict):
    def __missing__(self, k): return k + "?"
    def __getitem__(self, k): return super().__getitem__(k)
d = Di(a=1); print(d["a"], d["b"], d, len(d))
class St(str):
    def shout(self): return self.upper() + "!"
s = St("hi"); print(s, s.shout(), s + "x", s == "hi", {s: 1}["hi"], len(s), isinstance(s, str))
class In(int): pass
print(In(5) + 1, In(7), isinstance(In(3), int), [10, 20, 30][In(1)])
Dyn = type("Dyn", (A,), {"extra": 9, "m": lambda self: self.extra}); print(Dyn(1).m(), Dyn.__name__)
class Slots:
    __slots__ = ("a",)
    def __init__(self): self.a = 1
print(Slots().a)
class Outer:
    class Inner:
        v = 1
    w = Inner.v + 1
    z = [i for i in range(3)]
print(Outer.Inner.v, Outer.w, Outer.z, Outer.Inner.__qualname__)
class Desc:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, owner): return (self.name, obj is None)
class HasDesc: thing = Desc()
print(HasDesc().thing, HasDesc.thing)
from dataclasses import dataclass, field, asdict, replace
@dataclass
class P:
    x: int
    y: float = 2.5
    z: list = field(default_factory=list)
    def norm(self): return self.x + self.y
@dataclass(frozen=True)
class Q:
    x: int
    w: str = "w"
print(P(1), P(1) == P(1), P(1, y=3).norm(), asdict(P(1)), Q(1, w="q"), replace(P(1), x=9), P(1).z is P(1).z)
try: Q(1).x = 3
except AttributeError: print("frozen")
try: P()
except TypeError as e: print("missing")
from enum import Enum, IntEnum, auto
class Color(Enum):
    RED = 1
    GREEN = "g"
    ALIAS = 1
    def hello(self): return self.name.lower()
    @property
    def both(self): return (self.name, self.value)
class Num(IntEnum):
    A = auto()
    B = auto()
print(Color.RED, repr(Color.GREEN), Color.RED.name, Color.GREEN.value, Color(1) is Color.RED, Color["GREEN"], Color.ALIAS is Color.RED, list(Color), len(Color), Color.RED.hello(), Color.RED.both, Color.RED == Color.RED, Color.RED in Color, {Color.RED: 5}[Color.RED], isinstance(Color.RED, Color))
print(Num.B + 1, Num.A == 1, Num(2).name, [c.name for c in Num], Num.A < Num.B)
try: Color(99)
except ValueError as e: print(e)
from typing import NamedTuple, Optional, List, Dict, Union, Callable, Any, Tuple, Generic, TypeVar, Sequence
class NT(NamedTuple):
    a: int
    b: str = "x"
    def both(self): return f"{self.a}{self.b}"
n = NT(1); print(n, n.a, n.b, n.both(), n[0], NT._fields, isinstance(n, tuple))
TV = TypeVar("TV")
class Gen(Generic[TV]):
    def m(self, x: Optional[List[TV]] = None, *, cb: Callable[..., Any] = None) -> Union[int, str]: return 1
print(Gen().m(), Gen[int]().m(), isinstance([], Sequence), isinstance({}, Sequence), isinstance(3, (int, str)))
from abc import ABC, abstractmethod
class Abs(ABC):
    @abstractmethod
    def f(self): ...
class Conc(Abs):
    def f(self): return "ok"
print(Conc().f())
x: int = 5
y: "list[int] | None" = None
print(x, y, int | None if False else "")
import functools
class CP:
    calls = 0
    @functools.cached_property
    def v(self):
        CP.calls += 1
        return 42
cp = CP(); print(cp.v, cp.v, CP.calls)
print(A.sum is A.sum, a.sum == a.sum, a.sum.__self__ is a, A.__init__.__name__)
match_like = {"a": 1}.get("a"); print(match_like)
