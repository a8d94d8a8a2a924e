#!/usr/bin/env python3
"""The interpreter set: 14 scripts (loops, lists, dictionaries, strings, classes, tiny tensors) in Facula, libtorch, Python and C++.

    ./dev python && PYTHONPATH=build/release/python .venv/bin/python bench/interp.py

One thread; CPU milliseconds of the calling process, the least and quartiles over interleaved repetitions; results are compared.
The last line is the geometric mean of libtorch's time / Facula's.
"""
import argparse
import json
import math
import os
import subprocess
import tempfile
import time
from typing import Dict, List

os.environ["OMP_NUM_THREADS"] = "1"
HERE = os.path.dirname(os.path.abspath(__file__))
import facula  # noqa: E402
import torch  # noqa: E402

torch.set_num_threads(1)
nn = torch.nn


class IntLoop(nn.Module):
    def forward(self, n: int) -> int:
        s = 0
        for i in range(n):
            s += i * i % 7
        return s


class Fib(nn.Module):
    def forward(self, n: int) -> int:
        a, b = 0, 1
        for _ in range(n):
            a, b = b, (a + b) % 1000000007
        return a


class Collatz(nn.Module):
    def forward(self, n: int) -> int:
        best = 0
        for k in range(1, n):
            x = k
            c = 0
            while x != 1:
                if x % 2 == 0:
                    x = x // 2
                else:
                    x = 3 * x + 1
                c += 1
            if c > best:
                best = c
        return best


class Newton(nn.Module):
    def forward(self, n: int) -> float:
        x = 1.0
        for i in range(n):
            a = 2.0 + float(i % 10)
            x = x - (x * x - a) / (2.0 * x)
        return x


class Sieve(nn.Module):
    def forward(self, n: int) -> int:
        f: List[bool] = []
        for _ in range(n + 1):
            f.append(True)
        p: List[int] = []
        for i in range(2, n + 1):
            if f[i]:
                p.append(i)
                j = i * i
                while j <= n:
                    f[j] = False
                    j += i
        return len(p)


class DictCount(nn.Module):
    def forward(self, words: List[str], n: int) -> int:
        d: Dict[str, int] = {}
        k = len(words)
        for i in range(n):
            w = words[(i * 7 + i // 3) % k]
            if w in d:
                d[w] += 1
            else:
                d[w] = 1
        return d[words[3]] + len(d)


class StrBuild(nn.Module):
    def forward(self, n: int) -> int:
        parts: List[str] = []
        s = ""
        for i in range(n):
            s = "item" + str(i % 100) + ","
            parts.append(s)
        t = "".join(parts)
        return len(t)


class ListMatmul(nn.Module):
    def forward(self, n: int) -> float:
        a: List[List[float]] = []
        b: List[List[float]] = []
        c: List[List[float]] = []
        for i in range(n):
            ra: List[float] = []
            rb: List[float] = []
            for j in range(n):
                ra.append(float(i + j) * 0.5)
                rb.append(float(i - j) * 0.25)
            a.append(ra)
            b.append(rb)
        for i in range(n):
            r: List[float] = []
            for j in range(n):
                s = 0.0
                for k in range(n):
                    s += a[i][k] * b[k][j]
                r.append(s)
            c.append(r)
        return c[n - 1][n // 2]


@torch.jit.script
class Acc:
    def __init__(self, a: int):
        self.n = a
        self.total = 0.0

    def add(self, x: float):
        self.n += 1
        self.total += x


class ClassAttr(nn.Module):
    def forward(self, n: int) -> float:
        c = Acc(0)
        for i in range(n):
            c.add(float(i) * 0.5)
        return c.total + float(c.n)


class ModuleState(nn.Module):
    def __init__(self):
        super().__init__()
        self.k = 0
        self.v = 0.0

    def step(self, i: int):
        if i % 3 == 0:
            self.k += 1
        self.v += float(i)

    def forward(self, n: int) -> float:
        self.k = 0
        self.v = 0.0
        for i in range(n):
            self.step(i)
        return self.v + float(self.k)


class TinyAdd(nn.Module):
    def __init__(self, e):
        super().__init__()
        self.e = e

    def forward(self, n: int) -> float:
        x = torch.zeros([self.e])
        y = torch.ones([self.e])
        for _ in range(n):
            x = x + y
        return float(x[0])


class TinyMix(nn.Module):
    """What cell-by-cell script does: index, arithmetic with a scalar, view, in-place write."""

    def forward(self, n: int) -> float:
        x = torch.zeros([64])
        w = torch.ones([8])
        for i in range(n):
            v = x[i % 8 * 8:i % 8 * 8 + 8]
            v += torch.relu(w * 0.5 - 0.25).view(-1)
        return float(x.sum())


class TensorWhile(nn.Module):
    def forward(self, n: int) -> float:
        x = torch.zeros([1])
        while x.item() < n:
            x = x + 1.0
        return float(x)


WORDS = [f"word{i}" for i in range(50)]
B = {  # name: (module, arguments)
    "int_loop": (IntLoop(), (1000000,)), "fib": (Fib(), (1000000,)), "collatz": (Collatz(), (10000,)),
    "newton": (Newton(), (1000000,)), "sieve": (Sieve(), (100000,)), "dict_count": (DictCount(), (WORDS, 100000)),
    "str_build": (StrBuild(), (50000,)), "list_matmul": (ListMatmul(), (64,)), "class_attr": (ClassAttr(), (300000,)),
    "module_state": (ModuleState(), (300000,)), "tiny_add1": (TinyAdd(1), (10000,)), "tiny_add8": (TinyAdd(8), (10000,)),
    "tiny_mix": (TinyMix(), (5000,)), "tensor_while": (TensorWhile(), (10000,)),
}


def q(v, f):
    v = sorted(v)
    return v[min(len(v) - 1, int(f * len(v)))]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--only", default="")
    ap.add_argument("--reps", type=int, default=15)
    ap.add_argument("--json", default="", help="write the figures to this file")
    a = ap.parse_args()
    d = tempfile.mkdtemp(prefix="facula-interp-")
    ref = os.path.join(d, "interp_ref")
    subprocess.run(["c++", "-O2", "-std=c++17", os.path.join(HERE, "interp_ref.cpp"), "-o", ref], check=True)
    out = {}
    print(f"{'benchmark':13s}{'n':>9s}{'libtorch':>10s}{'(q1':>9s}{'med)':>9s}{'python':>10s}{'c++':>9s}{'facula':>9s}"
          f"{'libtorch/f.':>12s}{'f./c++':>8s}{'ns/round':>9s}  equal")
    for name, (m, args) in B.items():
        if a.only and name not in a.only.split(","):
            continue
        with torch.no_grad():
            s = torch.jit.script(m)
            s.save(f"{d}/{name}.pt")
            s = torch.jit.load(f"{d}/{name}.pt")
            fs = {"script": lambda: s(*args), "python": lambda: m(*args)}
            ours = facula.load(f"{d}/{name}.pt")
            fs["ours"] = lambda: ours(*args)
            n = [x for x in args if isinstance(x, int)][0]
            val = {k: f() for k, f in fs.items()}
            for f in fs.values():
                f(), f()
            t = {k: [] for k in list(fs) + ["cpp"]}
            for _ in range(a.reps):
                for k, f in fs.items():
                    c = time.process_time()
                    f()
                    t[k].append(time.process_time() - c)
                r = subprocess.run([ref, name, str(n), "5"], capture_output=True, text=True)
                if r.returncode == 0:
                    o = r.stdout.split()
                    val["cpp"] = float(o[0])
                    t["cpp"].append(float(o[1]))
        eq = all(abs(float(v) - float(val["python"])) <= 1e-6 * abs(float(val["python"])) + 1e-9 for v in val.values())
        r = out[name] = {k: {"min": min(v), "q1": q(v, .25), "med": q(v, .5)} for k, v in t.items() if v}
        r["n"], r["equal"] = n, eq
        ms = lambda k, w="min": f"{r[k][w] * 1e3:9.3f}" if k in r else f"{'-':>9s}"
        iters = {"list_matmul": n ** 3, "collatz": 849666}.get(name, n)
        print(f"{name:13s}{n:9d} {ms('script')}{ms('script', 'q1')}{ms('script', 'med')} {ms('python')}{ms('cpp')}{ms('ours')}"
              f"{r['script']['min'] / r['ours']['min']:12.1f}"
              + (f"{r['ours']['min'] / r['cpp']['min']:8.1f}" if "cpp" in r else f"{'-':>8s}")
              + f"{r['ours']['min'] / iters * 1e9:9.1f}  {eq}", flush=True)
    ratios = [math.log(r["script"]["min"] / r["ours"]["min"]) for r in out.values()]
    print(f"geometric mean of libtorch / facula: {math.exp(sum(ratios) / len(ratios)):.1f}")
    if a.json:
        json.dump(out, open(a.json, "w"), indent=1)


if __name__ == "__main__":
    main()
