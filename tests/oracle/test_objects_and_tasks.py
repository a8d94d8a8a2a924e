"""Whole programs of the language, scripted by PyTorch, saved, and run by both: what needs classes and modules, which text
tests of functions cannot show."""
import json
import subprocess
from typing import Any, Dict, List, Tuple

import pytest
import torch
from conftest import FACULA, assert_close, flatten_torch, run_facula

PLANS = pytest.mark.parametrize("extra", [(), ("--no-plan",)], ids=["planned", "plain"])


def save(module, tmp_path):
    path = tmp_path / "m.pt"
    torch.jit.script(module.eval()).save(str(path))
    return path


def run_text(path, *inputs, extra=()):
    command = [str(FACULA), "run", str(path), *extra]
    for i in inputs:
        command += ["--input", repr(i)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@torch.jit.script
class Noted:
    def __init__(self, name: str, log: List[str]):
        self.name = name
        self.log = log

    def __enter__(self) -> int:
        print("enter", self.name)
        self.log.append("enter " + self.name)
        return len(self.log)

    def __exit__(self, type: Any, value: Any, traceback: Any):
        print("leave", self.name)
        self.log.append("leave " + self.name)


class Contexts(torch.nn.Module):
    def inner(self, n: int, log: List[str]) -> int:
        with Noted("inner", log):
            if n > 2:
                raise ValueError("too much")
            if n > 1:
                return 10
        return 20

    def forward(self, n: int) -> Tuple[int, int]:
        log: List[str] = []
        total = 0
        for i in range(3):
            with Noted("a", log) as a, Noted("b", log) as b:
                total += a * b
                if i == 1:
                    break
        with Noted("outer", log):
            total += self.inner(n, log)
        return total, len(log)


@PLANS
@pytest.mark.parametrize("n", [0, 2, 3])
def test_contexts_are_left(n, extra, tmp_path, capfd):
    """Also when the body returns, breaks or raises: innermost first, and the error goes on."""
    path = save(Contexts(), tmp_path)
    model = torch.jit.load(str(path))
    failed = False
    try:
        expected = model(n)
    except torch.jit.Error:
        failed = True
    printed = capfd.readouterr().out.splitlines()
    got = run_text(path, n, extra=extra)
    lines = got.stdout.splitlines()
    assert failed == (got.returncode == 1)
    if failed:
        assert lines == printed and printed[-2:] == ["leave inner", "leave outer"]
        assert "ValueError: too much" in got.stderr and "raise ValueError" in got.stderr
    else:
        assert lines[:-1] == printed and lines[-1] == str(expected)


@torch.jit.script
class Weight:
    def __init__(self, kilos: int, name: str):
        self.kilos = kilos
        self.name = name

    def __lt__(self, other: "Weight") -> bool:
        return self.kilos < other.kilos


class Sorting(torch.nn.Module):
    def forward(self, n: int) -> Tuple[List[str], List[str], List[int]]:
        weights = [Weight((i * 7) % 5, str(i)) for i in range(n)]
        up = [w.name for w in sorted(weights)]
        pairs = [(Weight(2, "x"), 1), (Weight(1, "y"), 2)]
        pairs.sort()
        weights.sort(reverse=True)
        down = [w.name for w in weights]
        return up, down, [p[1] for p in pairs]


@PLANS
def test_objects_are_sorted_by_their_own_comparison(extra, tmp_path):
    module = Sorting()
    path = save(module, tmp_path)
    got = run_text(path, 12, extra=(*extra, "--json"))
    assert got.returncode == 0, got.stderr
    assert json.loads(got.stdout) == [list(part) for part in torch.jit.load(str(path))(12)]


class Pair(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.left = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 8))
        self.right = torch.nn.GRU(8, 8)

    def half(self, x: torch.Tensor, times: int) -> torch.Tensor:
        for _ in range(times):
            x = self.left(x)
        return x

    def forward(self, x: torch.Tensor) -> Dict[str, torch.Tensor]:
        tasks = [torch.jit.fork(self.half, x, i) for i in range(6)]
        other = torch.jit.fork(self.right, x)
        y = self.half(x, 3)
        out = {"direct": y, "gru": torch.jit.wait(other)[0]}
        for i, t in enumerate(tasks):
            out[str(i)] = torch.jit.wait(t)
        return out


@PLANS
def test_forked_methods(extra, tmp_path):
    torch.manual_seed(0)
    module = Pair().eval()
    path = save(module, tmp_path)
    x = torch.randn(5, 3, 8)
    with torch.no_grad():
        expected = flatten_torch(torch.jit.load(str(path))(x))
    assert_close(run_facula(path, [x], tmp_path, extra=extra), expected)


class Counting(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
        self.seen: List[int] = [0]

    def count(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        self.seen.append(self.calls)
        return x + self.calls

    def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, int, int]:
        first = torch.jit.wait(torch.jit.fork(self.count, x))
        second = torch.jit.wait(torch.jit.fork(self.count, first))
        return second, self.calls, len(self.seen)


@PLANS
def test_a_forked_method_may_change_its_module(extra, tmp_path):
    """What the task assigns must not have been folded into the function that forks it."""
    path = save(Counting(), tmp_path)
    x = torch.zeros(2)
    assert_close(run_facula(path, [x], tmp_path, extra=extra), flatten_torch(torch.jit.load(str(path))(x)))


class Gather(torch.nn.Module):
    def forward(self, x: torch.Tensor, i: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        y = x.clone()
        y[i, i, -i, i, i, i, i, i] = 5.0
        y[i, :, i, i, i, i, i, i] += 1.0
        return x[i, i, i, -i, i, i, i, i], y


@PLANS
def test_more_index_tensors_than_kernels_take(extra, tmp_path):
    path = save(Gather(), tmp_path)
    x = torch.arange(3.0 ** 8).reshape([3] * 8)
    i = torch.tensor([0, 2, 1, 2])
    assert_close(run_facula(path, [x, i], tmp_path, extra=extra), flatten_torch(torch.jit.load(str(path))(x, i)))
