#!/usr/bin/env python3
"""Writes tests/unit/ops/builtin_cases.inc: calls of the language's built-ins with what PyTorch answers.

Needs torch (the oracle); the tests themselves do not. Arguments are drawn from small pools with a fixed seed.
usage: make_builtin_cases.py SCHEMAS OUT [CASES_PER_OPERATOR]    SCHEMAS: one schema a line, as PyTorch prints them
"""
import itertools
import math
import random
import re
import sys

import torch

INF, NAN = float("inf"), float("nan")
POOL = {
    "int": [0, 1, -1, 2, 7, -3, 100],
    "float": [0.0, 1.5, -2.5, 3.0, 0.1, -7.25, INF, NAN, 1e10],
    "complex": [1 + 2j, -1.5 + 0.5j, 3 + 0j],
    "bool": [True, False],
    "Scalar": [2, 0, -3, 1.5, -0.25, 1 + 2j],
    "str": ["abc", "", "a b  c", "Hello World", "ab\ncd\r", "-12", "x,y,z", "_a1", "aXbXc", " pad ", "1e3", "7"],
    "int[]": [[3, 1, 2], [], [1, 1], [3, 1, 5]],
    "float[]": [[1.5, -2.0], [], [0.0], [1.5, 7.0]],
    "bool[]": [[True, False], [], [False]],
    "str[]": [["b", "a"], [], ["", "x"]],
    "complex[]": [[1 + 2j, 3 + 0j]],
    "Device": [torch.device("cpu"), torch.device("cuda", 1)],
}
POOL["t"] = POOL["t1"] = POOL["t2"] = [1, 2.5, "abc", True, [1, 2]]
POOL["t[]"] = POOL["int[]"]
BY_NAME = {
    ("str", "substr"): ["b", "abc", "", "X", "z"], ("str", "separator"): [",", "X", " "], ("str", "chars"): [" ", "a", "-1"],
    ("str", "fillchar"): ["*"], ("str", "old"): ["a", "X"], ("str", "new"): ["", "yy"], ("int", "width"): [0, 5, 8],
    ("int", "max"): [-1, 0, 1], ("int", "tabsize"): [4, 0], ("int", "i"): [0, 65, -5, 255], ("int", "step"): [1, -1, 2, 0],
    ("int?", "start"): [None, 0, 1, -2, 9], ("int?", "end"): [None, 0, 2, -1, 9], ("int", "idx"): [0, -1, 1, 9],
    ("int", "index"): [0, -1, 1, 9], ("int", "n"): [0, 2], ("str", "type"): ["cuda", "cpu"],
}
# Where PyTorch hangs, crashes, overflows or answers by address, or where the answer is the host's business.
SKIP = {"aten::pow.int_to_int", "aten::save", "prim::id", "aten::hash", "aten::_print", "aten::warn", "prim::Print", "aten::set_grad_enabled",
        "aten::is_grad_enabled", "aten::_get_cpu_capability", "prim::RaiseException", "aten::manual_seed", "aten::seed",
        "aten::is_scripting", "aten::_nnpack_available", "prim::AddStatValue", "prim::TimePoint", "prim::BailoutTemplate",
        "aten::get_autocast_dtype", "aten::can_cast", "aten::_infer_size", "aten::broadcast_shapes", "prim::ReductionSizes",
        "aten::sym_constrain_range", "aten::sym_constrain_range_for_size", "aten::_use_cudnn_rnn_flatten_weight", "aten::Size"}


def unsafe(name, args):
    if name in ("aten::remainder", "aten::__round_to_zero_floordiv") and args[-1] == 0: return True
    if name in ("aten::count", "aten::replace", "aten::rsplit", "aten::split") and "" in args[1:2]: return True
    if name in ("aten::startswith", "aten::endswith") and args[2] > len(args[0]): return True
    if name == "aten::factorial" and args[0] > 20: return True
    if name == "aten::divmod" and type(args[0]) is not type(args[1]): return True
    if name in ("aten::eq", "aten::ne") and any(isinstance(a, complex) for a in args): return True
    if name == "aten::device" and any(isinstance(a, str) and not a.isprintable() for a in args): return True
    if name == "aten::index" and isinstance(args[1], str) and not args[1].isprintable(): return True
    if name == "aten::chr" and args[0] > 127: return True
    if name in ("aten::center",) and args[1] < 0: return True
    if name in ("aten::splitlines",): return not args[0].isascii()
    if name in ("aten::min", "aten::max") and any(isinstance(a, float) and math.isnan(a) for a in args): return True
    if name in ("aten::sort", "aten::sorted") and args[0] and isinstance(args[0][0], float) and any(map(math.isnan, args[0])): return True
    return False


def number(d):
    if math.isfinite(d) and d == int(d) and abs(d) < 1e10:
        return ("-0" if d == 0 and math.copysign(1, d) < 0 else str(int(d))) + "."
    return "nan" if math.isnan(d) else "%.17g" % d


def part(d):
    """A part of a complex number: whole ones keep the point, zero loses its sign."""
    return str(int(d)) + "." if math.isfinite(d) and d == int(d) and abs(d) < 2**63 else number(d)


def literal(v):
    if v is None or isinstance(v, bool): return str(v)
    if isinstance(v, int): return str(v)
    if isinstance(v, float): return number(v)
    if isinstance(v, complex): return part(v.real) + ("+" if v.imag >= 0 else "-") + part(abs(v.imag)) + "j"
    if isinstance(v, str): return '"' + "".join({"\\": "\\\\", '"': '\\"', "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\000"}.get(c, c) for c in v) + '"'
    if isinstance(v, torch.device): return f'"{v}"'
    if isinstance(v, (list, tuple)): return "[" + ", ".join(map(literal, v)) + "]"
    raise TypeError(type(v))


def arguments(text):
    """The pools of a schema's arguments, in order; None where a type has none."""
    pools, depth, words = [], 0, [""]
    for c in text[text.index("(") + 1:text.rindex(") -> ")]:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(c, 0)
        if c == "," and depth == 0: words.append("")
        else: words[-1] += c
    for word in words:
        word = re.sub(r"=.*", "", word).strip()
        if word in ("", "*"): continue
        kind, name = word.rsplit(" ", 1)
        kind = kind if "Dict" in kind else re.sub(r"(?<!^)\([^)]*\)", "", kind)
        pool = BY_NAME.get((kind, name)) or POOL.get(kind)
        if pool is None: return None
        pools.append(pool)
    return pools


def main(schema_file, out_file, most=3):
    random.seed(1)
    lines = []
    for text in open(schema_file):
        text = text.strip()
        schema = torch._C.parse_schema(text)
        if schema.is_mutable: continue  # Python's lists are copied on the way in
        if schema.name in SKIP or (schema.name + '.' + schema.overload_name) in SKIP or not schema.name.startswith(("aten::", "prim::")): continue
        pools = None if "..." in text else arguments(text)
        if pools is None: continue
        space, name = schema.name.split("::")
        op = getattr(getattr(getattr(torch.ops, space), name), schema.overload_name or "default")
        every = list(itertools.islice(itertools.product(*pools), 3000))
        random.shuffle(every)
        kept = 0
        for args in every:
            if kept == most: break
            if unsafe(schema.name, args): continue
            copies = [list(a) if isinstance(a, list) else a for a in args]
            try:
                words = ", ".join(map(literal, args))
                result = op(*copies)
                answer = literal(result)
            except TypeError: continue
            except Exception as e:
                answer = "error: " + str(e).split("\n")[0]
                # Refusals of the Python binding, which sees no types, and asserts on complex arguments: not the operator's.
                if any(w in answer for w in ("Expected a value of type", "INTERNAL ASSERT", "without overflow", "basic_string")): continue
                if "Exception raised" in answer or answer.endswith(("stoll", "stod")): answer = "error"
            kept += 1
            full = schema.name + ("." + schema.overload_name if schema.overload_name else "")
            lines.append((full, words, answer))
    with open(out_file, "w") as out:
        out.write("// Made by tests/ops/make_builtin_cases.py with PyTorch %s; long because it is a table of answers.\n" % torch.__version__.split("+")[0])
        for row in lines:
            out.write("{%s},\n" % ", ".join('R"(%s)"' % c for c in row))
    print(len(lines), "cases")


if __name__ == "__main__":
    main(*sys.argv[1:3], *(int(n) for n in sys.argv[3:]))
