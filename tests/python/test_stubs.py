"""The type stubs beside the built package describe it: every name is there, and a type checker reads them."""
import ast
import os
import subprocess
import sys

import facula
import pytest

PACKAGE = os.path.dirname(facula.__file__)


def tree(name):
    path = os.path.join(PACKAGE, name)
    if not os.path.exists(path):
        pytest.skip("stubs are not built: `./dev python` makes them")
    with open(path) as f:
        return ast.parse(f.read())


def test_every_operator_is_a_method_of_the_stub():
    classes = {n.name: n for n in tree("_facula.pyi").body if isinstance(n, ast.ClassDef)}
    found = {n.name for n in classes["Tensor"].body if isinstance(n, ast.FunctionDef)}
    for name, value in vars(facula.Tensor).items():
        if isinstance(value, facula._facula.Operator) and not name.startswith("__"):
            assert name in found or not name.isidentifier()
    assert {"shape", "T", "numpy", "item", "add_", "float"} <= found


def test_every_function_is_in_the_stub():
    found = {n.name for n in tree("__init__.pyi").body if isinstance(n, ast.FunctionDef)}
    missing = [n for n, v in vars(facula).items() if isinstance(v, facula._facula.Operator) and n.isidentifier() and n not in found]
    assert missing == []


SAMPLE = """
import facula
x = facula.zeros([2, 3], dtype=facula.float32)
reveal_type(x.sum(dim=[0], keepdim=True))
reveal_type(facula.cat([x, x], dim=1))
reveal_type(x.shape)
m = facula.load("a.pt")
m.save("b.pt")
x.sum(dimension=0)
facula.zeros("two")
"""


def test_a_type_checker_reads_them(tmp_path):
    pytest.importorskip("mypy")
    tree("__init__.pyi")
    (tmp_path / "sample.py").write_text(SAMPLE)
    run = subprocess.run([sys.executable, "-m", "mypy", "--no-incremental", "--follow-imports=silent", "sample.py"], cwd=tmp_path,
                         env=dict(os.environ, MYPYPATH=os.path.dirname(PACKAGE)), capture_output=True, text=True)
    lines = [line for line in run.stdout.splitlines() if line.startswith("sample.py")]
    assert "Tensor" in lines[0] and "Tensor" in lines[1], run.stdout + run.stderr
    errors = [line.split(":")[1] for line in lines if ": error:" in line]
    assert errors == ["9", "10"], run.stdout + run.stderr
