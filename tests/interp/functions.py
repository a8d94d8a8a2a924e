import functools
from functools import partial, wraps, reduce

def f(a, b=2, *args, c, d=4, **kwargs): return (a, b, args, c, d, kwargs)
print(f(1, c=3), f(1, 5, 6, 7, c=3, d=8, e=9), f(*[1, 2], **{"c": 3, "z": 1}))
def g(a, /, b, *, c=1): return a, b, c
print(g(1, b=2), g(1, 2, c=3))
def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc
c = counter(); c(); print(c(), c(5))
total = 0
def add(x):
    global total
    total += x
add(3); add(4); print(total)
def deco(prefix):
    def outer(fn):
        @wraps(fn)
        def inner(*args, **kwargs):
            return prefix + str(fn(*args, **kwargs))
        return inner
    return outer
@deco("<")
@deco(">")
def h(x):
    "the doc"
    return x + 1
print(h(1), h.__name__, h.__doc__)
p = partial(f, 1, c=2); print(p(), p(9, d=1), p.func is f, p.args, p.keywords, partial(p, 5)())
print(reduce(lambda a, b: a * b, [1, 2, 3, 4]), reduce(lambda a, b: a + b, [], 7))
fs = [lambda i=i: i for i in range(3)]; print([q() for q in fs]); fs = [lambda: i for i in range(3)]; print([q() for q in fs])
def default(x=[]):
    x.append(1)
    return x
default(); print(default())
def fact(n): return 1 if n <= 1 else n * fact(n - 1)
print(fact(15), (lambda *a, **k: (a, k))(1, x=2))
for bad in (lambda: f(1), lambda: f(), lambda: g(1, 2, 3), lambda: g(a=1, b=2), lambda: (lambda x: x)(1, 2), lambda: f(1, c=1, **{"a": 2}), lambda: (lambda x: x)(y=1)):
    try: bad()
    except TypeError as e: print("TypeError")
def scope():
    try:
        print(later)
        later = 1
    except UnboundLocalError: print("unbound")
scope()
try: undefined_name
except NameError as e: print(e)
def gen_free(xs): return sum(x for x in xs if x > 1)
print(gen_free([1, 2, 3]))
def outer(x):
    class Inner:
        y = x
        def get(self): return x
    return Inner
print(outer(5).y, outer(6)().get())
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(12))
def kw_only(*, a=1, b): return a + b
print(kw_only(b=2), f.__name__, callable(f), callable(3), callable(print))
def t(*args: int, **kw: str) -> "something": return args
print(t(1, 2), (lambda: None)(), [fn(3) for fn in (abs, str, float)])
x = 10
def shadow():
    x = 20
    return [x for x in range(3)], x
print(shadow(), x)
def ret():
    for i in range(10):
        if i == 3: return i
print(ret(), ret.__qualname__)
def many(): return 1, 2, 3
a, b, c = many(); print(a + b + c)
assert True, "no"
try:
    assert 1 == 2, "because"
except AssertionError as e: print("assert", e)
def try_order():
    out = []
    try:
        out.append(1)
        raise ValueError("v")
    except (KeyError, ValueError) as e:
        out.append(str(e))
    else:
        out.append("else")
    finally:
        out.append("finally")
    return out
print(try_order())
def ret_finally():
    try: return "try"
    finally: print("cleanup")
print(ret_finally())
def nested():
    try:
        try: raise KeyError("k")
        except KeyError as e: raise RuntimeError("r") from e
    except RuntimeError as e: return str(e), type(e.__cause__).__name__, repr(e)
print(nested())
try:
    try: raise ValueError("again")
    except ValueError: raise
except ValueError as e: print(e, e.args)
try: {}["missing"]
except KeyError as e: print(e, repr(e))
try: [][3]
except LookupError as e: print(type(e).__name__)
try: int("x")
except ValueError as e: print(e)
class MyError(Exception):
    def __init__(self, code):
        super().__init__(f"code {code}")
        self.code = code
try: raise MyError(7)
except MyError as e: print(e, e.code)
try: raise MyError
except TypeError as e: print("needs code")
class CM:
    def __enter__(self): print("in"); return self
    def __exit__(self, t, v, tb): print("out", t.__name__ if t else None); return t is KeyError
with CM() as cm: print(isinstance(cm, CM))
with CM(): raise KeyError("swallowed")
try:
    with CM(), CM(): raise ValueError("through")
except ValueError: print("caught")
print(hasattr(f, "zzz"), getattr(f, "zzz", 1)); f.attr = 5; print(f.attr)
import inspect
print(list(inspect.signature(g).parameters), inspect.signature(g).parameters["c"].default, [p.kind == p.KEYWORD_ONLY for p in inspect.signature(g).parameters.values()])
