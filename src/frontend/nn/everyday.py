# What the everyday dialect adds to Python's builtins and to the standard library: each function is compiled into the place of
# its call, with the types of that call (everyday.cpp). `name__2` is another signature of `name`; `math__prod` is math.prod;
# `builtin_x` is TorchScript's own x.


def map(f, xs):
    return [f(x) for x in xs]


def map__2(f, xs, ys):
    return [f(x, y) for x, y in zip(xs, ys)]


def filter(f, xs):
    return [x for x in xs if f(x)]


def sorted(xs, reverse=False):
    ys = [x for x in xs]
    if reverse:
        ys.reverse()
        ys = builtin_sorted(ys)
        ys.reverse()
    else:
        ys = builtin_sorted(ys)
    return ys


# Equal keys keep their order, as the position is part of what is sorted; with reverse, too.
def sorted__2(xs, key, reverse=False):
    ys = [x for x in xs]
    sign = -1 if reverse else 1
    order = builtin_sorted([(key(y), sign * i) for i, y in enumerate(ys)])
    if reverse:
        order.reverse()
    return [ys[sign * entry[1]] for entry in order]


def list_sort(xs, key, reverse=False):
    ys = sorted(xs, key=key, reverse=reverse)
    xs.clear()
    xs.extend(ys)


def max(xs, key):
    ys = [x for x in xs]
    best = ys[0]
    high = key(best)
    for i in range(1, len(ys)):
        k = key(ys[i])
        if k > high:
            high = k
            best = ys[i]
    return best


def max__2(xs, default):
    ys = [x for x in xs]
    return builtin_max(ys) if len(ys) > 0 else default


def max__3(a, b, c, *rest):
    return max_of(max_of(a, b), c, *rest)


def max_of(a, b):
    return builtin_max(a, b)


def max_of__2(a, b, c, *rest):
    return max_of(builtin_max(a, b), c, *rest)


def min(xs, key):
    ys = [x for x in xs]
    best = ys[0]
    low = key(best)
    for i in range(1, len(ys)):
        k = key(ys[i])
        if k < low:
            low = k
            best = ys[i]
    return best


def min__2(xs, default):
    ys = [x for x in xs]
    return builtin_min(ys) if len(ys) > 0 else default


def min__3(a, b, c, *rest):
    return min_of(min_of(a, b), c, *rest)


def min_of(a, b):
    return builtin_min(a, b)


def min_of__2(a, b, c, *rest):
    return min_of(builtin_min(a, b), c, *rest)


def round(number):
    if isinstance(number, int):
        return number
    if isinstance(number, float):
        return int(builtin_round(number))
    return builtin_round(number)


def round__2(number, ndigits):
    if isinstance(number, float):
        return text_round_float(number, ndigits)
    return builtin_round(number)


def pow(a, b):
    return a ** b


def repr(x):
    return f"{x!r}"


def functools__reduce(f, xs):
    ys = [x for x in xs]
    out = ys[0]
    for i in range(1, len(ys)):
        out = f(out, ys[i])
    return out


def functools__reduce__2(f, xs, initial):
    out = initial
    for x in xs:
        out = f(out, x)
    return out


def itertools__product(xs, ys):
    return [(x, y) for x in xs for y in ys]


def itertools__product__2(xs, ys, zs):
    return [(x, y, z) for x in xs for y in ys for z in zs]


def itertools__chain(xs, *more):
    out = [x for x in xs]
    for other in more:
        for x in other:
            out.append(x)
    return out


def itertools__accumulate(xs):
    ys = [x for x in xs]
    for i in range(1, len(ys)):
        ys[i] = ys[i - 1] + ys[i]
    return ys


def itertools__repeat(x, times):
    return [x for _ in range(times)]


def itertools__islice(xs, stop):
    return [x for x in xs][:stop]


def copy__copy(x):
    return x.copy() if isinstance(x, list) or isinstance(x, dict) else x


def math__log2(x):
    mantissa, exponent = math.frexp(float(x))
    return float(exponent - 1) if mantissa == 0.5 else math.log(float(x)) / math.log(2.0)


def math__prod(xs, start=1):
    out = start
    for x in xs:
        out = out * x
    return out


def math__hypot(x, y):
    a = builtin_max(abs(float(x)), abs(float(y)))
    b = builtin_min(abs(float(x)), abs(float(y)))
    return a if a == 0.0 or math.isinf(a) else a * math.sqrt(1.0 + (b / a) * (b / a))


def math__dist(p, q):
    total = 0.0
    for a, b in zip(p, q):
        total += (a - b) * (a - b)
    return math.sqrt(total)


def math__trunc(x):
    return int(x)


def math__comb(n, k):
    out = 1
    for i in range(builtin_min(k, n - k)):
        out = out * (n - i) // (i + 1)
    return out if k <= n else 0


def math__isclose(a, b, rel_tol=1e-09, abs_tol=0.0):
    x = float(a)
    y = float(b)
    if x == y:
        return True
    if math.isinf(x) or math.isinf(y):
        return False
    return abs(x - y) <= builtin_max(rel_tol * builtin_max(abs(x), abs(y)), float(abs_tol))


def math__fsum(xs):
    total = 0.0
    for x in xs:
        total += float(x)
    return total


def assign_slice(xs, lower, upper, values):
    n = len(xs)
    a = n if lower > n else lower
    a = builtin_max(a + n, 0) if a < 0 else a
    b = n if upper > n else upper
    b = builtin_max(b + n, 0) if b < 0 else b
    ys = xs[:a] + values + xs[builtin_max(a, b):]
    xs.clear()
    xs.extend(ys)


def dict_equal(a, b):
    if len(a) != len(b):
        return False
    for k in a:
        if k not in b:
            return False
        if a[k] != b[k]:
            return False
    return True


def isdisjoint(a, b):
    for k in a:
        if k in b:
            return False
    return True


def removeprefix(s, prefix):
    return s[len(prefix):] if s.startswith(prefix) else s


def removesuffix(s, suffix):
    return s[:len(s) - len(suffix)] if len(suffix) > 0 and s.endswith(suffix) else s


def startswith_any(s, prefixes):
    found = False
    for p in prefixes:
        found = found or s.startswith(p)
    return found


def endswith_any(s, suffixes):
    found = False
    for p in suffixes:
        found = found or s.endswith(p)
    return found


def is_integer(x):
    return math.floor(x) == x if not (math.isinf(x) or math.isnan(x)) else False
