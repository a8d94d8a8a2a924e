"""Small programs given to torch.jit and to Facula: results, errors, `.code`, the shape of `.graph`, and archives both ways.

programs/*.txt holds them. A program begins with `== name`; its text is a module (with PROLOGUE before it). `> call` lines follow:
each is evaluated with `f` standing for the compiled function, or for the compiled `M()`; a program with `t = (inputs)` in a
line of its own that begins with `trace` is traced. What both must agree on, besides results:
  - whether it compiles and whether a call raises; the first line of PyTorch's message must stand in Facula's;
  - the text of `.code` and the tree of operators of `.graph`, unless the program's name ends in `~`: there PyTorch simplifies what
    Facula leaves to the run time, or the other way round, or the two write early exits, refinements and temporaries differently;
  - what each of them saves, the other one loads and runs.
Everything is deterministic; results of floats may differ in rounding.
"""
import contextlib
import importlib.util
import io
import os
import pathlib
import re
import sys
import warnings

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / os.environ.get("FACULA_BUILD", "build/release") / "python"))
torch = pytest.importorskip("torch")
facula = pytest.importorskip("facula")

HERE = pathlib.Path(__file__).resolve().parent / "programs"
PROLOGUE = """\
import math, enum, collections
from typing import *
import torch
from torch import nn, Tensor
import torch.nn.functional as F
from torch.jit import Final
"""


# What PyTorch says without meaning it: texts of the C++ library, addresses, what nobody annotated.
NOISE = re.compile(r" \(inferred\)| while calling a Python object| since element .*| \(of Python compilation unit at: \w+\)|basic_string::at.*|^sto(?:ll|d)$|'\w+' object (?=has no attribute '\w+'$)")


def programs():
    for file in sorted(HERE.glob("*.txt")):
        for part in file.read_text().split("\n== ")[1:]:
            name, _, text = part.partition("\n")
            lines = text.split("\n")
            calls = [ln[2:] for ln in lines if ln.startswith("> ")]
            traced = [ln[6:] for ln in lines if ln.startswith("trace ")]
            yield pytest.param("\n".join(ln for ln in lines if not ln.startswith(("> ", "trace "))), calls, traced, name.endswith("~"),
                               id=f"{file.stem}: {name.rstrip('~')}")


def torch_value(x):
    """A result with torch's tensors; objects by their type alone."""
    if isinstance(x, facula.Tensor):
        return torch.from_dlpack(x)
    if isinstance(x, dict):
        return {torch_value(k): torch_value(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [type(x) is list, getattr(x, "_fields", None), [torch_value(v) for v in x]]
    return x


def same(a, b):
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and a.shape == b.shape and torch.allclose(
            a.detach().to(torch.complex128), b.detach().to(torch.complex128), rtol=1e-5, atol=1e-6, equal_nan=True)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and same(list(a.items()), list(b.items())) if a else a == b
    if isinstance(a, float):
        return type(b) is float and (a == b or abs(a - b) <= 1e-6 * abs(a) or a != a and b != b)
    if isinstance(a, (tuple,)):
        return isinstance(b, tuple) and same(list(a), list(b))
    return type(a) is type(b) and a == b if isinstance(a, (int, str, bool, complex, type(None))) else type(a).__name__ == type(b).__name__


class Compiler:
    """torch.jit or facula, by the names that both have."""

    def __init__(self, name, path, program):
        self.name, self.api = name, torch.jit if name == "torch" else facula
        text = path.read_text()
        if name == "facula":
            text = text.replace("torch.jit.", "facula.").replace("from facula import Final", "from torch.jit import Final")
            text = text.replace("import torch\n", "import torch, facula\n", 1)
            path = path.with_name("facula_" + path.name)
            path.write_text(text)
        self.unique = "program_" + re.sub(r"\W", "_", program)   # PyTorch keeps classes by their names
        spec = importlib.util.spec_from_file_location(self.unique, path)
        self.module = importlib.util.module_from_spec(spec)
        sys.modules[self.unique] = self.module
        torch.manual_seed(0)
        spec.loader.exec_module(self.module)

    def compile(self, traced):
        sys.modules[self.unique] = self.module
        torch.manual_seed(0)
        names = vars(self.module)
        what = names["f"] if "f" in names else names["M"]()
        if traced:
            return self.api.trace(what, eval(traced[0], names))
        return self.api.script(what)

    def call(self, f, text):
        """(result, None) or (None, error); what it prints is part of the result."""
        out = io.StringIO()
        torch.manual_seed(0)
        try:
            with contextlib.redirect_stdout(out):
                return torch_value(eval(text, {**vars(self.module), "f": f})), None
        except Exception as e:
            return None, e


def first_line(error):
    """What PyTorch says first: the line that names the mistake."""
    lines = [ln.strip() for ln in str(error).strip().splitlines() if ln.strip() and not re.match(r"\w+\(.*\) -> .*:$", ln)]
    if any("raised from" in ln or ln.startswith("The following operation failed") for ln in lines):
        lines = [ln for ln in lines if re.match(r"(RuntimeError|torch\.jit\.Error|builtins\.\w+|\w+Error)", ln)] or lines
        return NOISE.sub("", re.sub(r"^[\w.]+: ", "", lines[-1].rstrip(":.")))
    return NOISE.sub("", lines[0].rstrip(":.")) if lines else ""


def kinds(graph):
    """Operators of a printed graph with their nesting; what `.graph` looks like without names, types and constants' values."""
    out = []
    for line in str(graph).splitlines():
        found = re.search(r"(?:= |^\s+)(\w+::\w+|\^\w+)", line)
        if found:
            out.append((len(line) - len(line.lstrip()), found.group(1)))
    return out


def saved(f, name):
    buffer = io.BytesIO()
    (torch.jit.save if name == "torch" else facula.save)(f, buffer)
    return buffer.getvalue()


def compare(where, calls, wanted, results, with_text):
    for call, (want, wrong), (got, error) in zip(calls, wanted, results):
        if wrong is not None:
            if not with_text and "is missing value for argument" in str(wrong):
                continue   # PyTorch writes no defaults of functions into archives, Facula does
            assert error is not None, f"{where}: {call} gives {got!r}, PyTorch raises {wrong}"
            if with_text:
                assert first_line(wrong) in str(error), f"{call}: {first_line(wrong)!r} is not said: {error}"
            continue
        assert error is None, f"{where}: {call} raises {error!r}, PyTorch gives {want!r}"
        assert same(want, got), f"{where}: {call} gives {got!r}, PyTorch {want!r}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text, calls, traced, loose", list(programs()))
def test_program(request, text, calls, traced, loose, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROLOGUE + text)
    made, failed = {}, {}
    for name in ("torch", "facula"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compiler = Compiler(name, path, request.node.callspec.id)
                made[name] = compiler, compiler.compile(traced)
        except Exception as e:
            failed[name] = e
    if "torch" in failed:
        assert "facula" in failed, f"Facula compiles what PyTorch refuses: {first_line(failed['torch'])}"
        phrase = first_line(failed["torch"])
        assert phrase in str(failed["facula"]), f"{phrase!r} is not said: {failed['facula']}"
        return
    assert "facula" not in failed, f"Facula refuses: {failed['facula']}"
    (torch_jit, theirs), (ours_jit, ours) = made["torch"], made["facula"]
    archives = {}
    for name, f in (("torch", theirs), ("facula", ours)):
        with contextlib.suppress(RuntimeError):
            archives[name] = saved(f, name)
    wanted = [torch_jit.call(theirs, c) for c in calls]
    compare("Facula", calls, wanted, [ours_jit.call(ours, c) for c in calls], True)
    if "torch" in archives:
        assert "facula" in archives, "Facula does not save it"
        again = torch.jit.load(io.BytesIO(archives["torch"]))
        wanted = [torch_jit.call(again, c) for c in calls]
        for where, compiler, load, name in (("PyTorch's archive in Facula", ours_jit, facula.load, "torch"),
                                            ("Facula's archive in PyTorch", torch_jit, torch.jit.load, "facula"),
                                            ("Facula's archive in Facula", ours_jit, facula.load, "facula")):
            loaded = load(io.BytesIO(archives[name]))
            compare(where, calls, wanted, [compiler.call(loaded, c) for c in calls], False)
    if not loose:
        assert ours.code == theirs.code
        assert kinds(ours.graph) == kinds(theirs.graph)
