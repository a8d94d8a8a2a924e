# What the everyday dialect adds to Python's builtins and to the standard library: each function is compiled into the place of
# its call, with the types of that call (everyday.cpp). `name__2` is another signature of `name`; `math__prod` is math.prod;
# `builtin_x` is TorchScript's own x. Longer than most files: a list of small functions.


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


def max__6(a, b):
    return b if b > a else a


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


# Of anything that `<` compares; numbers have TorchScript's own.
def max__4(xs):
    ys = [x for x in xs]
    best = ys[0]
    for i in range(1, len(ys)):
        if ys[i] > best:
            best = ys[i]
    return best


def min__6(a, b):
    return b if b < a else a


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


def min__4(xs):
    ys = [x for x in xs]
    best = ys[0]
    for i in range(1, len(ys)):
        if ys[i] < best:
            best = ys[i]
    return best


def sum(xs):
    ys = [x for x in xs]
    out = ys[0]
    for i in range(1, len(ys)):
        out = out + ys[i]
    return out


def sum__2(xs, start):
    out = start
    for x in xs:
        out = out + x
    return out


def all(xs):
    out = True
    for x in xs:
        out = out and bool(x)
    return out


def any(xs):
    out = False
    for x in xs:
        out = out or bool(x)
    return out


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


def bit_length(n):
    rest = abs(n)
    out = 0
    while rest > 0:
        rest = rest >> 1
        out += 1
    return out


def complex_real(z):
    return float(torch.real(torch.tensor(z, dtype=torch.complex128)).item())


def complex_imag(z):
    return float(torch.imag(torch.tensor(z, dtype=torch.complex128)).item())


def conjugate(z):
    return complex(complex_real(z), -complex_imag(z))


def casefold(s):
    return s.lower()


# As Python has them: at most so many cuts, at runs of white space where no separator is given.
def str_split(s):
    return builtin_split(s)


def str_split__2(s, sep, maxsplit=-1):
    out = builtin_split(s, sep, maxsplit) if sep is not None else split_space(s, maxsplit)
    return out


def split_space(s, maxsplit):
    out = builtin_split(s)
    if maxsplit >= 0 and len(out) > maxsplit:
        rest = s.lstrip()
        for i in range(maxsplit):
            rest = rest[len(out[i]):].lstrip()
        out = out[:maxsplit] + [rest]
    return out


def str_rsplit(s):
    return builtin_split(s)


def str_rsplit__2(s, sep, maxsplit=-1):
    return builtin_rsplit(s, sep, maxsplit)


def str_splitlines(s, keepends=False):
    out = [s[:0] for _ in range(0)]
    start = 0
    i = 0
    while i < len(s):
        if s[i] == "\n" or s[i] == "\r":
            end = i + 2 if s[i] == "\r" and s[i + 1:i + 2] == "\n" else i + 1
            out.append(s[start:end] if keepends else s[start:i])
            start = end
            i = end
        else:
            i += 1
    if start < len(s):
        out.append(s[start:])
    return out


def popitem(d):
    key = list(d.keys())[-1]
    return key, d.pop(key)


def list_less(a, b):
    for x, y in zip(a, b):
        if x != y:
            return x < y
    return len(a) < len(b)


def as_floats(xs):
    return [float(x) for x in xs]


def tensor_max(t):
    if t.dim() != 1:
        raise RuntimeError("max() of a tensor takes one of one dimension; use torch.max")
    return t.max()


def tensor_min(t):
    if t.dim() != 1:
        raise RuntimeError("min() of a tensor takes one of one dimension; use torch.min")
    return t.min()


# Python's text of lists, tuples and dicts.
def show_list(xs):
    return "[" + ", ".join([f"{x!r}" for x in xs]) + "]"


def show_dict(d):
    return "{" + ", ".join([f"{k!r}: {v!r}" for k, v in d.items()]) + "}"


def show_optional(x):
    return "None" if x is None else f"{x!r}"


def show_complex(z):
    real = complex_real(z)
    imag = complex_imag(z)
    tail = ("" if math.copysign(1.0, imag) < 0.0 else "+") + show_complex_part(imag) + "j"
    if real == 0.0 and math.copysign(1.0, real) > 0.0:
        return show_complex_part(imag) + "j"
    return "(" + show_complex_part(real) + tail + ")"


def show_complex_part(x):
    text = text_repr_float(x)
    return text[:-2] if text.endswith(".0") else text


def math__isqrt(n):
    if n < 0:
        raise ValueError("isqrt() argument must be nonnegative")
    root = int(math.sqrt(n))
    while root * root > n:
        root -= 1
    while (root + 1) * (root + 1) <= n:
        root += 1
    return root


def math__remainder(x, y):
    a = float(x)
    b = abs(float(y))
    if math.isinf(b) and not math.isinf(a):
        return a
    rest = abs(math.fmod(a, b))
    half = b - rest
    if rest > half or (rest == half and math.fmod(abs(a) - rest, 2.0 * b) != 0.0):
        rest = rest - b
    return rest if math.copysign(1.0, a) > 0.0 else -rest


# collections
def counter_of(xs):
    counts = {}
    for x in xs:
        if x in counts:
            counts[x] += 1
        else:
            counts[x] = 1
    return counts


def counter_add(counts, xs):
    for x in xs:
        if x in counts:
            counts[x] += 1
        else:
            counts[x] = 1


def counter_merge(counts, more):
    for k in more:
        if k in counts:
            counts[k] += more[k]
        else:
            counts[k] = more[k]


def most_common(counts):
    return sorted(list(counts.items()), key=lambda entry: entry[1], reverse=True)


def most_common__2(counts, n):
    return sorted(list(counts.items()), key=lambda entry: entry[1], reverse=True)[:n]


def elements(counts):
    return [k for k in counts for _ in range(counts[k])]


def total(counts):
    out = 0
    for k in counts:
        out += counts[k]
    return out


def counter_subtract(counts, xs):
    for x in xs:
        if x in counts:
            counts[x] -= 1
        else:
            counts[x] = -1


def counter_subtract_counts(counts, more):
    for k in more:
        if k in counts:
            counts[k] -= more[k]
        else:
            counts[k] = -more[k]


def extendleft(xs, more):
    for x in more:
        xs.insert(0, x)


def rotate(xs, n=1):
    if len(xs) > 0:
        cut = len(xs) - n % len(xs)
        ys = xs[cut:] + xs[:cut]
        xs.clear()
        xs.extend(ys)


# torch.finfo and torch.iinfo of a dtype that is known when the program runs
def finfo(dtype, what):
    if what == "bits":
        return 64.0 if dtype == torch.float64 else 32.0 if dtype == torch.float32 else 16.0
    if dtype == torch.float64:
        return 2.220446049250313e-16 if what == "eps" else 1.7976931348623157e+308 if what == "max" else 2.2250738585072014e-308
    if dtype == torch.float32:
        return 1.1920928955078125e-07 if what == "eps" else 3.4028234663852886e+38 if what == "max" else 1.1754943508222875e-38
    if dtype == torch.float16:
        return 0.0009765625 if what == "eps" else 65504.0 if what == "max" else 6.103515625e-05
    if dtype == torch.bfloat16:
        return 0.0078125 if what == "eps" else 3.3895313892515355e+38 if what == "max" else 1.1754943508222875e-38
    raise TypeError("torch.finfo() requires a floating point dtype")


def iinfo(dtype, what):
    bits = 0
    if dtype == torch.int64:
        bits = 64
    if dtype == torch.int32:
        bits = 32
    if dtype == torch.int16:
        bits = 16
    if dtype == torch.int8 or dtype == torch.uint8:
        bits = 8
    if bits == 0:
        raise TypeError("torch.iinfo() requires an integer dtype")
    if what == "bits":
        return bits
    if dtype == torch.uint8:
        return 255 if what == "max" else 0
    high = 9223372036854775807 if bits == 64 else (1 << (bits - 1)) - 1
    return high if what == "max" else -high - 1


# What int() and float() of Python read; what those of TorchScript cannot read of it is an error there.
def is_int_text(s):
    digits = s.strip()
    if digits.startswith("-") or digits.startswith("+"):
        digits = digits[1:]
    return digits.replace("_", "").isdigit()


def is_float_text(s):
    text = s.strip().lower()
    if text.startswith("-") or text.startswith("+"):
        text = text[1:]
    if text == "inf" or text == "infinity" or text == "nan":
        return True
    parts = text.split("e")
    if len(parts) > 2:
        return False
    if len(parts) == 2:
        exponent = parts[1]
        if exponent.startswith("-") or exponent.startswith("+"):
            exponent = exponent[1:]
        if not exponent.isdigit():
            return False
    number = parts[0].split(".")
    if len(number) > 2:
        return False
    return "".join(number).replace("_", "").isdigit()


# The standard library's small functions
def copy__deepcopy(x):
    if isinstance(x, list):
        return [copy__deepcopy(y) for y in x]
    if isinstance(x, dict):
        return {k: copy__deepcopy(v) for k, v in x.items()}
    if isinstance(x, torch.Tensor):
        return x.clone()
    return x


def heapq__heappush(heap, item):
    heap.append(item)
    heap_down(heap, 0, len(heap) - 1)


# Moves the item at `place` towards `start` while it is smaller than what stands above it.
def heap_down(heap, start, place):
    item = heap[place]
    while place > start:
        above = (place - 1) >> 1
        if item < heap[above]:
            heap[place] = heap[above]
            place = above
        else:
            break
    heap[place] = item


# Moves smaller items up to `place` until a leaf is reached, and the item that stood there up again from it.
def heap_up(heap, place):
    start = place
    item = heap[place]
    child = 2 * place + 1
    while child < len(heap):
        if child + 1 < len(heap) and not heap[child] < heap[child + 1]:
            child += 1
        heap[place] = heap[child]
        place = child
        child = 2 * place + 1
    heap[place] = item
    heap_down(heap, start, place)


def heapq__heappop(heap):
    last = heap.pop()
    if len(heap) == 0:
        return last
    first = heap[0]
    heap[0] = last
    heap_up(heap, 0)
    return first


def heapq__heapify(heap):
    for i in range(len(heap) // 2 - 1, -1, -1):
        heap_up(heap, i)


def heapq__nlargest(n, xs):
    return sorted(xs, reverse=True)[:n]


def heapq__nlargest__2(n, xs, key):
    return sorted(xs, key=key, reverse=True)[:n]


def heapq__nsmallest(n, xs):
    return sorted(xs)[:n]


def heapq__nsmallest__2(n, xs, key):
    return sorted(xs, key=key)[:n]


def bisect__bisect_left(xs, x):
    low = 0
    high = len(xs)
    while low < high:
        middle = (low + high) // 2
        if xs[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


def bisect__bisect_right(xs, x):
    low = 0
    high = len(xs)
    while low < high:
        middle = (low + high) // 2
        if x < xs[middle]:
            high = middle
        else:
            low = middle + 1
    return low


def bisect__bisect(xs, x):
    return bisect__bisect_right(xs, x)


def bisect__insort(xs, x):
    xs.insert(bisect__bisect_right(xs, x), x)


def itertools__combinations(xs, r):
    if r != 2:
        raise ValueError("itertools.combinations of compiled programs makes pairs only")
    ys = [x for x in xs]
    return [(ys[i], ys[j]) for i in range(len(ys)) for j in range(i + 1, len(ys))]


def operator__add(a, b):
    return a + b


def operator__sub(a, b):
    return a - b


def operator__mul(a, b):
    return a * b


def operator__truediv(a, b):
    return a / b


def item_at(i, x):
    return x[i]


# zip(*rows)
def columns(rows):
    count = len(rows[0]) if len(rows) > 0 else 0
    for row in rows:
        count = builtin_min(count, len(row))
    return [[row[i] for row in rows] for i in range(count)]


def column(rows, i):
    return [row[i] for row in rows]
