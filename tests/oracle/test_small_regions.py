"""Loops over rows, tails and columns of small tensors, which lean programs run (src/exec/plan/lean.h): random bodies, planned
against operators one by one (bit for bit) and against PyTorch."""
import linecache
import random
import subprocess
from typing import List

import numpy as np
import pytest
import torch
from conftest import FACULA, assert_close, flatten_torch, run_facula
from torch import Tensor

VIEWS = [  # of b [n, c], s [n], m [n] with T = n - i - 1 rows behind row i
    ("b[i + 1:]", "TC"), ("b[i]", "C"), ("b[i:i + 1]", "1C"), ("b[i + 1:, 0]", "T"), ("b[i + 1:, -1]", "T"), ("s[i + 1:]", "T"),
    ("s[i]", ""), ("s[-1]", ""), ("s[i + 1:].unsqueeze(1)", "T1"), ("b[i + 1:, :2]", "T2"), ("b[i + 1:, -2:]", "T2"), ("b[i, :2]", "2"),
    ("b", "NC"), ("b[:, 1]", "N"), ("s", "N"), ("s[:, None]", "N1"), ("b[i // 2 + 1 - 1]", "C"), ("b[n - 1 - i]", "C"), ("s[i % n]", ""),
    ("b[i + 1:].unsqueeze(0)", "1TC"),
]
BOOLS = [("m[i + 1:]", "T"), ("m", "N"), ("m[i]", "")]
UNARY = ["torch.relu({0})", "-{0}", "{0}.abs()", "{0}.clamp(min=-0.5)", "{0}.clamp(-1.0, 0.75)", "{0} * 2.0", "{0} + 1", "1.5 - {0}", "{0} / 3",
         "{0} * k", "{0} + i", "k - {0}", "torch.exp({0}.clamp(max=2.0))", "{0}.abs().sqrt()", "{0}.square()", "torch.sigmoid({0})",
         "torch.add({0}, {0}, alpha=2)", "2 / ({0}.abs() + 1)"]
BINARY = ["{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / ({1}.abs() + 0.5)", "torch.max({0}, {1})", "torch.min({0}, {1})", "torch.maximum({0}, {1})",
          "torch.sub({0}, {1}, alpha=0.5)"]
COMPARE = ["{0} <= {1}", "{0} > {1}", "{0} == {1}", "{0} != {1}", "{0} < 0.25", "{0} >= k"]
LOGIC = ["{0} & {1}", "{0} | {1}", "{0} ^ {1}", "{0}.logical_and({1})"]


def joined(a, b):
    """The symbolic shape of a result; None: they do not fit."""
    out = ""
    for k in range(1, max(len(a), len(b)) + 1):
        x, y = a[-k] if k <= len(a) else "1", b[-k] if k <= len(b) else "1"
        if x != y and "1" not in (x, y):
            return None
        out = (x if y == "1" else y) + out
    return out


def viewed(r, name, shape):
    """A view of a computed value."""
    ways = [(f"{name}.unsqueeze(0)", "1" + shape)] + [(f"{name}[:]", shape)] * bool(shape)
    if shape and shape[-1] in "2C":
        ways += [(f"{name}[..., 0]" if len(shape) > 2 else f"{name}[:, {r.choice('01')}]" if len(shape) == 2 else f"{name}[1]", shape[:-1])] * 3
    if len(shape) == 1:
        ways.append((f"{name}.view(-1)", shape))
    if shape == "NC":
        ways += [(f"{name}[i + 1:]", "TC"), (f"{name}[i]", "C")]
    if shape == "N":
        ways += [(f"{name}[i + 1:]", "T"), (f"{name}[i]", "")]
    return r.choice(ways)


def program(r):
    lines = ["def f(b: Tensor, s: Tensor, m: Tensor, q: Tensor):", "    n = s.size(0)", "    k = float(q)", "    rows = torch.zeros_like(b)",
             "    ends = torch.zeros_like(s)", "    mask = m.clone()", "    kept: List[Tensor] = []", "    for i in range(n):"]
    floats, bools, out = list(VIEWS), list(BOOLS), []
    for j in range(r.randint(3, 12)):
        kind = r.random()
        if kind < .3:
            e, shape = r.choice(floats)
            e = r.choice(UNARY).format(e)
        elif kind < .6:
            (x, p), (y, q) = r.choice(floats), r.choice(floats)
            shape = joined(p, q)
            if shape is None:
                continue
            e = r.choice(BINARY).format(x, y)
        elif kind < .75:
            own = [v for v in floats if v[0][0] == "t"]
            if not own:
                continue
            e, shape = viewed(r, *r.choice(own))
        elif kind < .88:
            (x, p), (y, q) = r.choice(floats), r.choice(floats)
            form = r.choice(COMPARE)
            shape = joined(p, q) if "{1}" in form else p
            if shape is None:
                continue
            out.append(f"c{j} = {form.format(x, y)}")
            bools.append((f"c{j}", shape))
            continue
        else:
            (x, p), (y, q) = r.choice(bools), r.choice(bools)
            shape = joined(p, q)
            if shape is None:
                continue
            out.append(f"c{j} = {r.choice(LOGIC).format(x, y)}")
            bools.append((f"c{j}", shape))
            continue
        out.append(f"t{j} = {e}")
        floats.append((f"t{j}", shape))
    sinks = []
    for e, shape in r.sample(floats[len(VIEWS):], min(3, len(floats) - len(VIEWS))) + r.sample(bools[len(BOOLS):], min(2, len(bools) - len(BOOLS))):
        truth = e[0] == "c"
        if truth and shape in ("T", ""):
            sinks.append(f"mask[i + 1:] = mask[i + 1:] & {e}")
        elif shape in ("TC", "C", "1C", "", "T1"):
            sinks.append(f"rows[i + 1:] += {e}" if r.random() < .5 else f"rows[i + 1:] = rows[i + 1:] * 0.5 + {e}")
        elif shape in ("T",):
            sinks.append(f"ends[i + 1:] += {e}")
        else:
            sinks.append(f"kept.append({e})")
        if r.random() < .3:
            sinks.append(f"kept.append({e})")
        if not truth and r.random() < .2:
            sinks.append(f"{e}.mul_(2)" if e[0] == "t" else "pass")
            sinks.append(f"kept.append({e})")
    return "\n".join(lines + ["        " + x for x in out + (sinks or ["pass"])] + ["    return rows, ends, mask, k, kept"])


def scripted(source, name):
    file = f"<{name}>"
    linecache.cache[file] = (len(source), None, [x + "\n" for x in source.split("\n")], file)
    scope = {"torch": torch, "Tensor": Tensor, "List": List, "__name__": "small"}
    exec(compile(source, file, "exec"), scope)
    return torch.jit.script(scope["f"]), scope["f"]


def check(script, f, inputs, tmp_path):
    archive = tmp_path / "m.pt"
    script.save(str(archive))
    expected = flatten_torch(f(*[x.clone() for x in inputs]))
    planned = run_facula(archive, inputs, tmp_path)
    plain = run_facula(archive, inputs, tmp_path, extra=("--no-plan",))
    assert_close(plain, expected, 1e-5)
    assert len(planned) == len(plain)
    for a, b in zip(planned, plain):
        assert a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


@pytest.mark.parametrize("seed", range(60))
def test_random_loops(seed, tmp_path):
    r = random.Random(seed)
    source = program(r)
    script, f = scripted(source, f"small{seed}")
    torch.manual_seed(seed)
    n, c = r.choice([(7, 4), (12, 3), (1, 2), (40, 4), (300, 4), (0, 4)]), r.choice([2, 3, 4, 5])
    n = n[0]
    b, s = torch.randn(n, c), torch.randn(n)
    if n > 2 and r.random() < .4:
        b[1, 0], s[2] = float("nan"), float("inf")
    if r.random() < .2:
        b = torch.randn(n, 2 * c)[:, ::2]
    if r.random() < .15:
        b = torch.randn(c, n).t()
    if r.random() < .15:
        s = torch.randn(1).expand(n)
    if r.random() < .1:
        b, s = b.double(), s.double()
    check(script, f, [b, s, torch.rand(n) > .5, torch.randn(1)], tmp_path)


def test_results_share_memory(tmp_path):
    """Two results of a region that are views of one tensor stay so."""
    source = """
def f(x: Tensor, n: Tensor):
    kept: List[Tensor] = []
    for i in range(int(n)):
        y = x + 1.0
        z = y[1:]
        w = y.view(-1)
        z.mul_(2.0)
        w[0].add_(1.0)
        kept.append(y)
        kept.append(z)
    return kept
"""
    script, f = scripted(source, "shared")
    check(script, f, [torch.randn(6), torch.tensor(12)], tmp_path)


def test_views_of_arguments_write_through(tmp_path):
    source = """
def f(x: Tensor, m: Tensor):
    for i in range(int(m)):
        row = x[i + 1:]
        y = x[i] * 0.5 - 0.25
        row += y
        row[0] = y + 1.0
    return x
"""
    script, f = scripted(source, "through")
    check(script, f, [torch.randn(16, 3), torch.tensor(15)], tmp_path)


@pytest.mark.parametrize("far", [0, 1])
def test_index_errors_are_the_operators(far, tmp_path):
    """An index that leaves the tensor in a late round raises as it does in PyTorch."""
    source = f"""
def f(x: Tensor, s: Tensor):
    y = s * 1.0
    for i in range(x.size(0)):
        y[i] = torch.max(x[i + {far}, :2], x[0, :2])[0] * s[i] + y[i]
    return y
"""
    script, f = scripted(source, f"far{far}")
    inputs = [torch.randn(20, 4), torch.randn(20)]
    if not far:
        return check(script, f, inputs, tmp_path)
    archive = tmp_path / "m.pt"
    script.save(str(archive))
    with pytest.raises(IndexError, match="out of bounds|out of range"):
        f(*inputs)
    for i, x in enumerate(inputs):
        np.save(tmp_path / f"x{i}.npy", x.numpy())
    run = subprocess.run([str(FACULA), "run", str(archive), "--input", str(tmp_path / "x0.npy"), "--input", str(tmp_path / "x1.npy")],
                         capture_output=True, text=True, timeout=60)
    assert run.returncode != 0 and "IndexError: select(): index 20 out of range" in run.stderr


WRITES = {
    "shifted": "x[i + 1:] = x[i:-1] * 0.5 + s[0]",
    "shifted_back": "x[:n - 1 - i] = torch.relu(x[i + 1:]) - 0.5",
    "same_rows": "x[i + 1:] = x[i + 1:] * 0.5 + x[i]",
    "own_row": "x[i + 1:] *= x[0] * 0.25 + 0.5",
    "one_row": "x[i] += s[i] * 0.5 - 1.0",
    "kept": "v = x[i + 1:]\n        v += s[i] * 2.0\n        kept.append(v)",
    "kept_other": "v = x[i + 1:] * 2.0\n        w = x[i]\n        w -= v.sum() * 0.001\n        kept.append(v)",
    "outer": "v = x[i] * 1.0 + s[i]\n        w = y[i]\n        w *= v\n        kept.append(w * 1.0)",
    "divided": "w = y[i + 1:]\n        w /= (x[i + 1:].abs() + 1.0)",
    "number": "w = (y[i + 1:] * 1.0)[1:]\n        z = y[:i]\n        z.add_(float(i))\n        kept.append(w)",
    "expanded": "e = s[i:i + 1].expand(x.size(1))\n        w = y[i]\n        w += e * 0.5",
    "transposed": "t = y.t()\n        w = t[0]\n        w += x[:, 0] * 0.5",
    "truth": "m[i + 1:] = m[i + 1:] & (s[i + 1:] <= s[i])",
    "truth_shifted": "m[i + 1:] = m[i:-1] | (s[i + 1:] <= 0.5)",
}


@pytest.mark.parametrize("rows", [1, 9, 40, 700])
@pytest.mark.parametrize("name", WRITES)
def test_writes_into_views(name, rows, tmp_path):
    """What a region computes is written into a view in one go, also where the operands lie in the same memory."""
    source = f"""
def f(a: Tensor, b: Tensor, s: Tensor, o: Tensor):
    x = a * 1.0
    y = b * 1.0
    m = o.clone()
    kept: List[Tensor] = []
    n = x.size(0)
    for i in range(min(n, 12)):
        {WRITES[name]}
    return x, y, m, kept
"""
    script, f = scripted(source, f"write_{name}")
    torch.manual_seed(rows)
    for columns in (3, 5):
        check(script, f, [torch.randn(rows, columns), torch.randn(rows, columns), torch.randn(rows), torch.rand(rows) > .5], tmp_path)


def test_memory_that_the_caller_shares(tmp_path):
    """Results of an earlier call stay as they were, and an argument that is written is the caller's own."""
    source = """
def f(x: Tensor, s: Tensor):
    first: List[Tensor] = []
    for i in range(x.size(0)):
        row = x[i]
        row += s * 0.5 - 0.25
        first.append(row * 2.0)
        first.append(row)
    return x, first
"""
    script, f = scripted(source, "shares")
    check(script, f, [torch.randn(10, 4), torch.randn(4)], tmp_path)
    check(script, f, [torch.randn(10, 4).double(), torch.randn(4)], tmp_path)


def test_elements_as_numbers(tmp_path):
    """Numbers read out of tensors, whatever their dtype, strides and rank."""
    source = """
def f(x: Tensor, k: Tensor, m: Tensor, d: Tensor, one: Tensor):
    t = 0.0
    c = 0
    t0 = x.t()
    for i in range(x.size(0)):
        t += float(x[i, 1]) + x[i][0].item() - float(t0[2][-1 - i]) + float(d[-i]) + float(one[i])
        c += int(k[i]) + int(m[i]) + int(t0[0, 0].to(torch.int64))
        if bool(m[i]) and bool(x[i, 2] > 0):
            t *= 0.5
        if bool(k[i]):
            c += 1
        for j in range(x.size(1)):
            x[i, j] = float(x[i, j]) * 2.0 + float(d[j])
            t += float(torch.select(torch.select(x, 1, j), 0, i))
    return t, c, x, one.item()
"""
    for rows in (1, 7):
        inputs = [torch.randn(rows, 3), torch.randint(-2, 3, (rows,)), torch.rand(rows) > .5, torch.randn(8).double(), torch.randn(rows, 1)]
        source_one = source.replace("one.item()", "one[0].item()")
        script, f = scripted(source_one, f"elements{rows}")
        check(script, f, inputs, tmp_path)
        inputs[1] = inputs[1].to(torch.int32)
        check(script, f, inputs, tmp_path)


@pytest.mark.parametrize("read", ["float(x[i])", "x[i, 0].item()", "int(k[i + 1])", "float(x[0, i])", "float(x[i, 5])"])
def test_elements_that_are_not_there(read, tmp_path):
    source = f"""
def f(x: Tensor, k: Tensor):
    t = 0.0
    for i in range(10):
        t += {read}
    return t
"""
    script, f = scripted(source, "absent")
    archive = tmp_path / "m.pt"
    script.save(str(archive))
    x, k = torch.randn(7, 3), torch.arange(7)
    with pytest.raises(Exception):
        f(x, k)
    np.save(tmp_path / "x0.npy", x.numpy())
    np.save(tmp_path / "x1.npy", k.numpy())
    run = subprocess.run([str(FACULA), "run", str(archive), "--input", str(tmp_path / "x0.npy"), "--input", str(tmp_path / "x1.npy")],
                         capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and ("out of range" in run.stderr or "one element" in run.stderr or "converted" in run.stderr), run.stderr
