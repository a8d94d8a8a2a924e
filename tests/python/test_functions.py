"""Functions compiled from text: calls, values both ways, errors, printing."""
import collections
import enum
import signal
import threading
import time
import warnings

import facula
import pytest


def unit(text):
    return facula.CompilationUnit(text)


def test_call_with_defaults_and_keywords():
    f = unit("def f(x, n: int = 2, *, s: float = 1.0) -> Tensor:\n    return x * n * s\n").f
    x = facula.ones(2)
    assert f(x).tolist() == [2, 2] and f(x, 3).tolist() == [3, 3] and f(x, n=4, s=0.5).tolist() == [2, 2]
    assert f.name == "f" and str(f.schema).startswith("f(Tensor x, int n=2") and "graph(%x" in str(f.graph)
    assert [a.name for a in f.schema.arguments] == ["x", "n", "s"]


@pytest.mark.parametrize("type_, value", [
    ("int", 3), ("float", 2.5), ("bool", True), ("str", "a\u00e9\U0001f600"), ("complex", 1 + 2j), ("List[int]", [1, 2]), ("List[int]", []),
    ("List[List[float]]", [[1.0], []]), ("Dict[str, int]", {"a": 1}), ("Dict[int, List[str]]", {}), ("Tuple[int, str]", (1, "x")),
    ("Optional[int]", None), ("Optional[int]", 4), ("Union[int, str]", "x"), ("Union[int, str]", 5), ("Tuple[()]", ()),
    ("List[Optional[int]]", [None, 1]), ("Any", [1, 2]), ("Any", "s"), ("Tuple[int, Tuple[float, bool]]", (1, (2.0, False)))])
def test_values_go_in_and_out(type_, value):
    out = unit("def f(x: {0}) -> {0}:\n    return x\n".format(type_)).f(value)
    assert out == value and type(out) is type(value)


def test_wanted_type_decides():
    u = unit("def f(x: float) -> float:\n    return x\ndef g(x: List[float]) -> List[float]:\n    return x\n"
             "def h(x: Optional[Tensor]) -> bool:\n    return x is None\ndef d(x: int) -> int:\n    return x\n")
    assert isinstance(u.f(1), float) and [type(v) for v in u.g([1, 2.5])] == [float, float]
    assert u.h(None) is True and u.h(facula.ones(1)) is False
    assert u.d(facula.float32) == 6 and u.g((1, 2)) == [1.0, 2.0]


def test_numbers_beyond_64_bits_are_refused():
    with pytest.raises(RuntimeError, match="does not fit into 64 bits"):
        unit("def f(x: int) -> int:\n    return x\n").f(2 ** 64)


@pytest.mark.parametrize("args, kwargs, text", [
    ((3,), {}, r"Expected a value of type 'Tensor \(inferred\)' for argument 'x' but instead found type 'int'"),
    ((), {}, "missing value for argument 'x'"),
    ((1, 2, 3, 4), {}, r"expected at most 2 argument\(s\) but received 4 argument\(s\)"),
    ((facula.ones(1),), {"q": 1}, "Unknown keyword argument 'q'"),
    ((facula.ones(1),), {"x": 1}, "specified both as positional and keyword"),
    ((facula.ones(1), "s"), {}, r"Expected a value of type 'List\[int\]' for argument 'n' but instead found type 'str'[\s\S]*Position: 1\nValue: 's'\nDeclaration: f\("),
    ((facula.ones(1), [1, "s"]), {}, r"List\[int\]"),
])
def test_wrong_arguments(args, kwargs, text):
    f = unit("def f(x, n: List[int] = [1]):\n    return x\n").f
    with pytest.raises(RuntimeError, match=text):
        f(*args, **kwargs)


def test_torch_and_numpy_arguments_share_memory(torch):
    import numpy as np
    f = unit("def f(x):\n    x.add_(1)\n    return x\n").f
    x, a = torch.zeros(2), np.zeros(2)
    f(x)
    f(a)
    assert x.tolist() == [1, 1] and a.tolist() == [1, 1]
    p = torch.nn.Parameter(torch.ones(2))
    assert isinstance(f(p), facula.Tensor) and p.tolist() == [2, 2]


def test_errors_are_those_of_python_as_well():
    u = unit("def f(x: List[int]) -> int:\n    return x[5]\ndef g(x: int) -> int:\n    raise ValueError('no')\n"
             "def h(x: Dict[str, int]) -> int:\n    return x['q']\ndef k(x: int):\n    assert x > 0, 'positive'\n")
    for call, cls in ((lambda: u.f([1]), IndexError), (lambda: u.g(1), ValueError), (lambda: u.h({}), KeyError),
                      (lambda: u.k(0), AssertionError)):
        with pytest.raises(cls) as e:
            call()
        assert isinstance(e.value, facula.Error) and isinstance(e.value, RuntimeError)
        assert "Traceback of TorchScript" in str(e.value)


def test_compile_errors():
    with pytest.raises(facula.CompileError) as e:
        unit("def f(x):\n    return y\n")
    assert "undefined value y" in str(e.value) and isinstance(e.value, facula.frontend.NotSupportedError)


def test_print_goes_to_sys_stdout(capsys):
    unit("def f(x: int):\n    print('n is', x)\n").f(3)
    assert capsys.readouterr().out == "n is 3\n"


def test_warnings_are_pythons():
    f = unit("def f(x: int):\n    warnings.warn('careful')\n").f
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        f(1)
    assert [str(w.message) for w in seen] == ["careful"]


LOOP = "def f(n: int) -> int:\n    s = 0\n    i = 0\n    while i < n:\n        s += i * i % 7\n        i += 1\n    return s\n"


def test_ctrl_c_ends_a_long_run():
    f = unit(LOOP).f
    threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        f(10 ** 12)
    assert time.monotonic() - start < 20
    assert f(10) == sum(i * i % 7 for i in range(10))  # and the next run is not stopped


def test_the_gil_is_free_while_a_program_runs():
    f = unit(LOOP).f
    ticks, done = [], threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(1)
            time.sleep(0.001)
    thread = threading.Thread(target=tick)
    thread.start()
    while not ticks:
        time.sleep(0.001)
    before = len(ticks)
    f(30_000_000)
    during = len(ticks) - before
    done.set()
    thread.join()
    assert during >= 3


def test_many_threads_call_one_function():
    f = unit("def f(x, n: int):\n    for i in range(n):\n        x = x + 1\n    return x\n").f
    results = [None] * 8

    def work(k):
        for _ in range(20):
            results[k] = f(facula.full((4,), float(k)), 10).tolist()
    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == [[k + 10.0] * 4 for k in range(8)]


def test_fork_and_wait():
    f = unit("def f(x: int) -> int:\n    assert x > 0\n    return x + 1\n").f
    future = facula.fork(f, 3)
    assert facula.wait(future) == 4 and future.done()
    failed = facula.fork(f, -1)
    for _ in range(2):
        with pytest.raises(facula.Error):
            facula.wait(failed)


def test_script_list_and_dict_share_state():
    u = unit("def add(x: List[int], v: int):\n    x.append(v)\ndef put(d: Dict[str, int], k: str):\n    d[k] = 1\n")
    xs = facula.ScriptList([1, 2])
    u.add(xs, 3)
    assert xs == [1, 2, 3] and repr(xs) == "[1, 2, 3]" and xs[1:] == [2, 3] and list(xs) == [1, 2, 3]
    with pytest.raises(TypeError):
        xs.append("s")
    d = facula.ScriptDict({"a": 0})
    u.put(d, "b")
    assert d == {"a": 0, "b": 1} and sorted(d) == ["a", "b"] and d.get("z") is None
    plain = [1]
    u.add(plain, 2)
    assert plain == [1]  # Python's lists are copied, as by torch


Point = collections.namedtuple("Point", ["x", "y"])


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def test_named_tuples_and_unions_of_python():
    out = unit("def f(p: Tuple[int, int]) -> int:\n    return p[0] + p[1]\n").f(Point(1, 2))
    assert out == 3


def test_functions_compare_and_do_not_pickle():
    import copy
    import pickle
    u = unit("def f(x: int) -> int:\n    return x\n")
    assert u.f == u.find_function("f") and copy.deepcopy(u.f) == u.f and len(u.get_functions()) == 1
    assert u.find_function("g") is None
    with pytest.raises(pickle.PickleError, match="ScriptFunction cannot be pickled"):
        pickle.dumps(u.f)


def test_function_code_and_archive(tmp_path):
    f = unit("def f(x, n: int):\n    return x + n\n").f
    assert "return torch.add(x, n)" in f.code
    path = str(tmp_path / "f.pt")
    f.save(path)
    assert facula.load(path)(facula.ones(2), 2).tolist() == [3, 3]


def test_plain_python_where_the_compiler_is_off():
    import os
    import subprocess
    import sys
    code = ("import facula\n@facula.script\ndef f(x):\n    return {x, 2}\nassert f(1) == {1, 2} and type(f).__name__ == 'function'\n"
            "xs = [1]\nassert facula.script(xs) is xs")
    env = dict(os.environ, PYTHONPATH=os.path.dirname(os.path.dirname(facula.__file__)), FACULA_JIT="0")
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
