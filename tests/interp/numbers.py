print(1, -1, 1.0, 1e16, 1e15, 123456789.123, 1e-4, 1e-5, 0.1 + 0.2, -0.0, float("inf"), float("-inf"), float("nan"))
print(7 // 2, -7 // 2, 7 // -2, 7 % 3, -7 % 3, 7 % -3, 7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, divmod(-7, 3), divmod(7.5, 2))
print(2 ** 10, 2 ** -1, 2.0 ** 0.5, (-8) ** (1 / 3) if False else "", 0 ** 0, 3 / 2, 6 / 3)
print(1 << 5, 1023 >> 3, 6 & 3, 6 | 3, 6 ^ 3, ~5, True + True, True & False, True | False, True ^ True)
print(1 == 1.0, 1 < 2 < 3, 1 < 3 < 2, not 1, 1 and 0, 0 or "x", None is None, 3 in (1, 2, 3), 3 not in [1])
print(int("12"), int("-0x1f", 16), int("0b101", 0), int(3.9), int(-3.9), int("1_000"), float("1.5e3"), float(" 2 "), bool([]), bool("a"))
print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234.5678, -2), round(1.5), round(7), round(1e20, 2))
print(abs(-3), abs(-2.5), min(3, 1, 2), max([1, 5, 2]), min("b", "a"), max(1, 2.5), sum([1, 2, 3]), sum([0.5, 0.25], 1), pow(2, 5), pow(2, 5, 7))
print(max(["aa", "b", "cccc"], key=len), min([], default=7), max([(1, "a"), (1, "b")]))
print(hex(255), bin(10), oct(8), hex(-255), chr(97), ord("a"), chr(8364), ord("€"))
print(1j * 1j, (1 + 2j) * (3 - 1j), abs(3 + 4j), complex(1, 2))
print(range(5), list(range(2, 10, 3)), list(range(5, 0, -2)), len(range(0, 100, 7)), range(10)[3], range(10)[2:8:2], 4 in range(0, 10, 2), 5 in range(0, 10, 2))
import math
print(math.sqrt(2), math.floor(-1.5), math.ceil(1.2), math.log(8, 2), math.log2(8), math.pi, math.prod([2, 3, 4]), math.gcd(12, 18), math.isqrt(17), math.factorial(5))
print(math.inf, math.isnan(math.nan), math.isclose(0.1 + 0.2, 0.3), math.pow(2, 3), math.hypot(3, 4), math.copysign(1, -0.0), math.trunc(-2.7), math.exp(1))
print(1_000_000, 0xFF, 0o17, 0b11, 1e3, .5, 5., 10**18)
print((1).__class__.__name__, type(1.5), type("a"), type(None), type([]), isinstance(True, int), issubclass(bool, int))
x = 5
x += 2; x *= 3; x -= 1; x //= 2; x **= 2; x %= 7
print(x)
print(3 if x > 2 else 4, (lambda a, b=2: a * b)(4), [i * i for i in range(5) if i % 2])
for bad in ("1 / 0", "1 // 0", "1 % 0", "1.0 / 0"):
    try:
        a, op, b = bad.split()
        if op == "/": float(a) / int(b)
        elif op == "//": int(a) // int(b)
        else: int(a) % int(b)
    except ZeroDivisionError as e:
        print(type(e).__name__)
