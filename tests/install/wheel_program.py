"""What the installed wheel does where there is NumPy and no torch. Run by `./dev wheel test` in an environment of its own:

    python wheel_program.py examples/data/mobilenet_v2.pt
"""
import importlib.util
import pathlib
import sys
import tempfile

import numpy as np

import facula

assert importlib.util.find_spec("torch") is None, "this environment has torch: nothing would be shown"
package = pathlib.Path(facula.__file__).parent
assert "site-packages" in str(package), package
assert (package / "py.typed").exists() and list(package.glob("*.pyi")), "type stubs are missing"


@facula.script
def scale(x: facula.Tensor, by: float = 2.0):
    y = x
    for i in range(3):
        if i != 1:
            y = y * by
    return y


class Counter:
    def __init__(self, start: int):
        self.n = start

    def up(self, by: int) -> int:
        self.n += by
        return self.n


@facula.script
def count(n: int) -> int:
    c = Counter(n)
    return c.up(2) + c.up(3)


assert np.array_equal(np.asarray(scale(facula.from_numpy(np.ones(3, np.float32)))), np.full(3, 4, np.float32))
assert count(1) == 9
try:
    facula.CompilationUnit("def f(x):\n    return x.no_such_method()\n")
    raise SystemExit("a wrong program compiled")
except facula.CompileError as error:
    assert "no_such_method" in str(error)

model = facula.load(sys.argv[1])
picture = facula.from_numpy(np.random.default_rng(0).random((1, 3, 224, 224), dtype=np.float32))
result = np.asarray(model(picture))
assert result.shape == (1, 1000) and np.isfinite(result).all() and result.std() > 0
with tempfile.TemporaryDirectory() as folder:
    path = str(pathlib.Path(folder) / "again.pt")
    model.save(path)
    assert np.array_equal(np.asarray(facula.load(path)(picture)), result)
    scale.save(path)
    assert float(facula.load(path)(facula.from_numpy(np.ones(1, np.float32)), 3.0)) == 9
assert "torch" not in sys.modules
print("wheel: imports, scripts, loads, runs and saves without torch")
