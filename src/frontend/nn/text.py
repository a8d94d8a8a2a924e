# Text of numbers, for the everyday dialect: what Python's format(), repr() and round() do, written in TorchScript, so that archives
# that use it run in PyTorch, too. Embedded into the library (library.h); in archives `__torch__.facula.text.*`.
# All is exact: a float's decimal expansion is finite, and is computed with whole numbers in base 10**9, least significant first.


def repeat(text: str, times: int) -> str:
    return "".join([text for _ in range(times)])


def _times(limbs: List[int], factor: int) -> List[int]:
    out: List[int] = []
    carry = 0
    for limb in limbs:
        carry += limb * factor
        out.append(carry % 1000000000)
        carry = carry // 1000000000
    while carry > 0:
        out.append(carry % 1000000000)
        carry = carry // 1000000000
    return out


# The digits of x >= 0 without leading zeros ("0" for 0), and how many of them stand before the point (below 0: zeros follow it).
def _decimal(x: float) -> Tuple[str, int]:
    if x == 0.0:
        return "0", 1
    fraction, exponent = math.frexp(x)
    whole = int(math.ldexp(fraction, 53))
    exponent = exponent - 53
    while whole % 2 == 0:
        whole = whole // 2
        exponent = exponent + 1
    limbs: List[int] = []
    while whole > 0:
        limbs.append(whole % 1000000000)
        whole = whole // 1000000000
    factor = 2 if exponent > 0 else 5  # x = whole * 2**e; for e < 0 it is whole * 5**-e, the point moved by -e places
    left = exponent if exponent > 0 else -exponent
    while left > 0:
        step = 1
        used = 0
        while used < left and step * factor < 1300000000:
            step = step * factor
            used = used + 1
        limbs = _times(limbs, step)
        left = left - used
    text = str(limbs[-1])
    for i in range(len(limbs) - 1):
        text = text + str(limbs[len(limbs) - 2 - i]).zfill(9)
    return text, len(text) + (exponent if exponent < 0 else 0)


# The first `keep` digits, rounded half to even by the others; one more digit where that carries over.
def _rounded(digits: str, keep: int) -> str:
    if keep < 0:
        return "0"
    if keep >= len(digits):
        return digits + repeat("0", keep - len(digits))
    rest = digits[keep:]
    up = rest[0] > "5" or (rest[0] == "5" and len(rest.rstrip("0")) > 1)
    if rest.rstrip("0") == "5":
        up = keep > 0 and int(digits[keep - 1]) % 2 == 1
    if not up:
        return digits[:keep] if keep > 0 else "0"
    out = ""
    i = keep - 1
    while i >= 0 and digits[i] == "9":
        out = out + "0"
        i = i - 1
    if i < 0:
        return "1" + out
    return digits[:i] + str(int(digits[i]) + 1) + out


def _fixed(x: float, places: int, point: bool) -> str:
    digits, before = _decimal(x)
    text = _rounded(digits, before + places).zfill(places + 1)
    cut = len(text) - places
    return text[:cut] + ("." if places > 0 or point else "") + text[cut:]


# `places` digits behind the first one, and the exponent.
def _scientific(x: float, places: int) -> Tuple[str, int]:
    digits, before = _decimal(x)
    text = _rounded(digits, places + 1)
    exponent = before - 1 if x != 0.0 else 0
    if len(text) > places + 1:
        return text[:-1], exponent + 1
    return text, exponent


def _with_exponent(digits: str, exponent: int, point: bool) -> str:
    text = digits[0] + ("." if len(digits) > 1 or point else "") + digits[1:]
    return text + ("e-" if exponent < 0 else "e+") + str(abs(exponent)).zfill(2)


def _general(x: float, precision: int, alternate: bool, repr_point: bool) -> str:
    digits, exponent = _scientific(x, precision - 1)
    limit = precision - 1 if repr_point else precision
    if exponent < -4 or exponent >= limit:
        return _with_exponent(digits if alternate else digits[0] + digits[1:].rstrip("0"), exponent, alternate)
    text = _fixed(x, precision - 1 - exponent, alternate)
    if not alternate and "." in text:
        text = text.rstrip("0").rstrip(".")
    if repr_point and "." not in text:
        text = text + ".0"
    return text


def _negative(x: float) -> bool:
    return math.copysign(1.0, x) < 0.0


# The shortest text that reads as the same number.
def repr_float(x: float) -> str:
    if math.isnan(x):
        return "nan"
    sign = "-" if _negative(x) else ""
    a = abs(x)
    if math.isinf(a):
        return sign + "inf"
    if a == 0.0:
        return sign + "0.0"
    digits, before = _decimal(a)
    exponent = before - 1
    shortest = ""
    for n in range(1, 18):
        # The nearest text of n digits; at a power of two, where floats lie closer below than above, also the next one.
        for near in [True, False]:
            if shortest == "":
                text = _rounded(digits if near else digits[:n] + "9", n)
                exponent = before - 1
                if len(text) > n:
                    text = text[:-1]
                    exponent = before
                if n == 17 or float(_with_exponent(text, exponent, False)) == a:
                    shortest = text
    if exponent < -4 or exponent >= 16:
        return sign + _with_exponent(shortest, exponent, False)
    if exponent < 0:
        return sign + "0." + repeat("0", -1 - exponent) + shortest
    shortest = shortest + repeat("0", exponent + 1 - len(shortest))
    behind = shortest[exponent + 1:]
    return sign + shortest[:exponent + 1] + "." + (behind if behind != "" else "0")


# fill, align, sign, #, width, grouping, precision (-1: none), type
def _read_spec(spec: str) -> Tuple[str, str, str, bool, int, str, int, str]:
    fill = ""
    align = ""
    sign = "-"
    alternate = False
    width = 0
    grouping = ""
    precision = -1
    i = 0
    n = len(spec)
    if n >= 2 and spec[1] in "<>=^":
        fill = spec[0]
        align = spec[1]
        i = 2
    elif n >= 1 and spec[0] in "<>=^":
        align = spec[0]
        i = 1
    if i < n and spec[i] in "+- ":
        sign = spec[i]
        i = i + 1
    if i < n and spec[i] == "z":
        i = i + 1
    if i < n and spec[i] == "#":
        alternate = True
        i = i + 1
    if i < n and spec[i] == "0":
        if align == "":
            align = "="
        if fill == "":
            fill = "0"
        i = i + 1
    while i < n and spec[i].isdigit():
        width = width * 10 + int(spec[i])
        i = i + 1
    if i < n and spec[i] in ",_":
        grouping = spec[i]
        i = i + 1
    if i + 1 < n and spec[i] == "." and spec[i + 1].isdigit():
        i = i + 1
        precision = 0
        while i < n and spec[i].isdigit():
            precision = precision * 10 + int(spec[i])
            i = i + 1
    kind = spec[i:]
    if len(kind) > 1:
        raise ValueError("Invalid format specifier '" + spec + "'")
    return fill if fill != "" else " ", align, sign, alternate, width, grouping, precision, kind


def _padded(sign: str, body: str, fill: str, align: str, width: int) -> str:
    missing = width - len(sign) - len(body)
    if missing <= 0:
        return sign + body
    if align == "<":
        return sign + body + repeat(fill, missing)
    if align == "^":
        return repeat(fill, missing // 2) + sign + body + repeat(fill, missing - missing // 2)
    if align == "=":
        return sign + repeat(fill, missing) + body
    return repeat(fill, missing) + sign + body


# Separators between groups of digits of the whole part. Zeros that fill up to `width` are grouped as well.
def _grouped(body: str, separator: str, size: int, width: int) -> str:
    end = 0
    while end < len(body) and (body[end].isdigit() or (size == 4 and body[end] in "abcdefABCDEF")):
        end = end + 1
    whole = body[:end]
    rest = body[end:]
    while len(whole) + (len(whole) - 1) // size + len(rest) < width:
        whole = "0" + whole
    out = ""
    for i in range(len(whole)):
        if i > 0 and (len(whole) - i) % size == 0:
            out = out + separator
        out = out + whole[i]
    return out + rest


def _finish(sign: str, body: str, fill: str, align: str, width: int, grouping: str, size: int) -> str:
    if grouping != "":
        body = _grouped(body, grouping, size, width - len(sign) if fill == "0" and align == "=" else 0)
    return _padded(sign, body, fill, align, width)


def _sign_of(negative: bool, sign: str) -> str:
    return "-" if negative else ("" if sign == "-" else sign)


def format_float(x: float, spec: str) -> str:
    fill, align, sign, alternate, width, grouping, precision, kind = _read_spec(spec)
    if kind not in "eEfFgG%n":
        raise ValueError("Unknown format code '" + kind + "' for object of type 'float'")
    lead = _sign_of(_negative(x) and not math.isnan(x), sign)
    a = abs(x) * (100.0 if kind == "%" else 1.0)
    if math.isnan(a) or math.isinf(a):
        body = "nan" if math.isnan(x) else "inf"
        if kind == "F" or kind == "E" or kind == "G":
            body = body.upper()
        return _padded(lead, body + ("%" if kind == "%" else ""), fill, align, width)
    if kind == "":
        if precision < 0:
            text = repr_float(a)
            if alternate and "." not in text:
                text = text.replace("e", ".e")
        else:
            text = _general(a, max(precision, 1), alternate, True)
    else:
        places = precision if precision >= 0 else 6
        if kind == "f" or kind == "F":
            text = _fixed(a, places, alternate)
        elif kind == "%":
            text = _fixed(a, places, alternate) + "%"
        elif kind == "e" or kind == "E":
            digits, exponent = _scientific(a, places)
            text = _with_exponent(digits, exponent, alternate)
        else:
            text = _general(a, max(places, 1), alternate, False)
    if kind == "E" or kind == "G":
        text = text.upper()
    return _finish(lead, text, fill, align, width, grouping, 3)


def _in_base(x: int, base: int) -> str:
    text = ""
    while x > 0:
        text = "0123456789abcdef"[x % base] + text
        x = x // base
    return text if text != "" else "0"


def format_int(x: int, spec: str) -> str:
    fill, align, sign, alternate, width, grouping, precision, kind = _read_spec(spec)
    if kind != "" and kind in "eEfFgG%":
        return format_float(float(x), spec)
    if precision >= 0:
        raise ValueError("Precision not allowed in integer format specifier")
    lead = _sign_of(x < 0, sign)
    if kind == "" or kind == "d" or kind == "n":
        body = str(x)
        return _finish(lead, body[1:] if x < 0 else body, fill, align, width, grouping, 3)
    if kind == "c":
        return _padded("", chr(x), fill, align if align != "" else "<", width)
    if kind not in "xXob":
        raise ValueError("Unknown format code '" + kind + "' for object of type 'int'")
    body = _in_base(abs(x), 2 if kind == "b" else (8 if kind == "o" else 16))
    if kind == "X":
        body = body.upper()
    return _finish(lead + ("0" + kind if alternate else ""), body, fill, align, width, grouping, 4)


def format_str(x: str, spec: str) -> str:
    fill, align, sign, alternate, width, grouping, precision, kind = _read_spec(spec)
    if kind != "" and kind != "s":
        raise ValueError("Unknown format code '" + kind + "' for object of type 'str'")
    if align == "=":
        align = "<"
    return _padded("", x[:precision] if precision >= 0 else x, fill, align if align != "" else "<", width)


def repr_str(x: str) -> str:
    quote = "\"" if "'" in x and "\"" not in x else "'"
    out = quote
    for c in x:
        if c == "\\" or c == quote:
            out = out + "\\" + c
        elif c == "\n":
            out = out + "\\n"
        elif c == "\t":
            out = out + "\\t"
        elif c == "\r":
            out = out + "\\r"
        else:
            out = out + c
    return out + quote


def round_float(x: float, places: int) -> float:
    if math.isnan(x) or math.isinf(x) or places > 330:
        return x
    if places >= 0:
        return math.copysign(float(_fixed(abs(x), places, False)), x)
    digits, before = _decimal(abs(x))
    whole = _rounded(digits, before + places)
    return math.copysign(float(whole + "e" + str(-places)), x)
