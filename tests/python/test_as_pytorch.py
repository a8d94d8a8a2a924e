"""What PyTorch's own tests ask of compiled programs: conversions, modules, classes, graphs, warnings.
Longer than most files: many small programs, each beside its test."""
import dataclasses
import itertools
import typing
import warnings
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import pytest

import facula

torch = pytest.importorskip("torch")
nn = torch.nn


def message(fn, *args, error=RuntimeError, **kwargs):
    with pytest.raises(error) as caught:
        fn(*args, **kwargs)
    return str(caught.value)


# --- numbers ------------------------------------------------------------------------------------------------------------------

def conjugate_transposes(x):
    return x.mH, x.H, torch.adjoint(x)


def test_conjugate_transposes_conjugate():
    x = torch.randn(3, 4, dtype=torch.complex64)
    for got, want in zip(facula.script(conjugate_transposes)(x), conjugate_transposes(x)):
        assert torch.equal(torch.from_dlpack(got), want.resolve_conj())


def made_of_nothing():
    return torch.ones(2), torch.tensor(1.5)


def test_programs_follow_torchs_default_dtype():
    f = facula.script(made_of_nothing)
    assert [t.dtype for t in f()] == [facula.float32, facula.float32]
    torch.set_default_dtype(torch.float64)
    try:
        assert [t.dtype for t in f()] == [facula.float64, facula.float64]
    finally:
        torch.set_default_dtype(torch.float32)
    assert f()[0].dtype == facula.float32


def sliced(xs: List[int]):
    return xs[1:3]


def on(d: torch.device):
    return d


def test_arguments_convert_as_in_torch():
    assert facula.script(sliced)(range(5)) == [1, 2]
    assert "Expected one of cpu, cuda" in message(facula.script(on), "nowhere")


def both(x: torch.nn.common_types._size_2_t) -> int:
    return x[0] + x[1]


def test_size_aliases_take_one_number():
    assert facula.script(both)(4) == 8 and facula.script(both)([4, 5]) == 9


class Holder:
    def __init__(self, x):
        self.x = x


def pass_on(h: Holder) -> Holder:
    return h


def test_instances_hold_torch_tensors():
    assert torch.equal(facula.script(pass_on)(Holder(torch.ones(2))).x, torch.ones(2))


def steps(xs: List[int], step: int):
    return xs[::step]


def test_slice_steps():
    f = facula.script(steps)
    assert f([1, 2, 3], -9223372036854775807) == [3]
    assert "List slice step is out of bounds" in message(f, [1], -9223372036854775808)
    assert "non-zero step" in message(f, [1], 0)


def order(xs: List[Any]):
    xs.sort()
    return xs


def order_dicts():
    xs = [({1: 2}, 1)]
    xs.sort()
    return xs


def test_sorting_refuses_what_has_no_order():
    f = facula.script(order)
    assert f([(2, "b"), (1, "a")]) == [(1, "a"), (2, "b")]
    assert "Only values of same type can be compared. Found" in message(f, [1, "a"])
    assert "Only values of same type can be compared. Found" in message(f, [(1, "a"), (1, 2)])
    assert "are not sortable" in message(facula.script(order_dicts))


# --- modules ------------------------------------------------------------------------------------------------------------------

@facula.interface
class Face(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pass


class Good(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 1


class Bad(nn.Module):
    def forward(self, x: torch.Tensor, y: int) -> torch.Tensor:
        return x


class Swappable(nn.Module):
    face: Face

    def __init__(self):
        super().__init__()
        self.face, self.fixed = Good(), Good()

    def forward(self, x):
        return self.fixed(self.face(x))


def test_what_may_take_a_modules_place():
    m = facula.script(Swappable())
    assert "in a ScriptModule with non-scripted module" in message(setattr, m, "face", Good())
    assert "is not compatible with interface" in message(setattr, m, "face", facula.script(Bad()))
    text = message(setattr, m, "fixed", facula.script(nn.ReLU()))
    assert "Expected a value of type '" in text and "for field 'fixed', but found '" in text
    m.face = facula.script(Good())
    assert m(torch.ones(1)).item() == 3.0


class Picks(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList([Good(), Good()])

    def forward(self, x, i: int):
        part: Face = self.parts[i]
        return part.forward(x)


def test_modules_picked_while_running():
    m = facula.script(Picks())
    assert m(torch.ones(1), 1).item() == 2.0
    assert "no module '7'" in message(m, torch.ones(1), 7)


class State(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = torch.ones(2)

    @facula.export
    def __getstate__(self):
        return (self.x, self.training)

    @facula.export
    def __setstate__(self, state):
        self.x = state[0]
        self.training = state[1]

    def forward(self, y):
        return self.x + y


def test_setstate_takes_what_getstate_gives():
    assert facula.script(State())(torch.ones(2)).tolist() == [2.0, 2.0]


class KeepsOut(nn.Module):
    __jit_ignored_attributes__ = ["helper"]

    def __init__(self):
        super().__init__()
        self.helper = {"a": object()}

    def forward(self, x):
        return x

    @facula.ignore
    def count(self):
        return len(self.helper)


class Hooked(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x

    @facula.export
    def twice(self, x: torch.Tensor) -> torch.Tensor:
        return x


def twice(self, x: Tuple[torch.Tensor]) -> Tuple[torch.Tensor]:
    return x


def test_ignored_attributes_and_hook_names():
    assert facula.script(KeepsOut()).count() == 1
    m = Hooked()
    m.register_forward_pre_hook(twice)
    assert "because a method or hook with that name already exists" in message(facula.script, m)


outside = nn.Linear(2, 2)


def uses_outside(x):
    return outside(x) * 2


def test_modules_that_are_not_compiled_run_in_python():
    f = facula.script(uses_outside)
    x = torch.ones(1, 2)
    with torch.no_grad():
        assert torch.allclose(torch.from_dlpack(f(x)), outside(x) * 2)
    assert "<python_value>" in str(f.graph)


class Blocks(nn.Module):
    def forward(self, n: int):
        last: int = 0
        with torch.jit._IgnoreContextManager(n="inp:int", last="out:int", found="out:List[int]"):
            found = [i for i in range(n) if i % 2 == 1]
            last = found[-1]
        return last + len(found)


def test_blocks_left_to_python():
    assert facula.script(Blocks())(6) == 5 + 3


# --- classes ------------------------------------------------------------------------------------------------------------------

class Partly:
    def __init__(self):
        self.n = 1

    def used(self) -> int:
        return self.n

    @facula.unused
    def unused(self, x: int, names: typing.Iterable[int], **kwargs) -> int:
        return next(iter(names))

    def calls(self) -> int:
        return self.unused(1, "a")


def uses(which: bool) -> int:
    return Partly().used() if which else Partly().calls()


def test_unused_methods_of_classes():
    f = facula.script(uses)
    assert f(True) == 1
    assert "Cannot call @unused methods" in message(f, False)


@dataclasses.dataclass(order=True)
class Point:
    x: float
    tag: Optional[int] = None


def compare(a: float, b: float, i: Optional[int], j: Optional[int]):
    p, q = Point(a, i), Point(b, j)
    return p == q, p < q, p <= q


def test_dataclasses_compare_optional_fields():
    f = facula.script(compare)
    assert f(1.0, 1.0, None, None) == (True, False, True)
    assert f(1.0, 1.0, 2, 3) == (False, True, True)
    assert f(1.0, 2.0, 5, 3) == compare(1.0, 2.0, 5, 3)


@dataclasses.dataclass(order=True)
class Version:
    major: int
    minor: float
    patch: int = 0


def orders(a: int, b: float, c: int, d: int, e: float, f: int):
    p, q = Version(a, b, c), Version(d, e, f)
    return p == q, p < q, p <= q, p > q, p >= q


def test_dataclasses_compare_later_fields_where_earlier_ones_are_equal():
    f = facula.script(orders)
    for values in itertools.product((1, 2), (0.0, 5e-324), (3, 4), repeat=2):
        assert f(*values) == orders(*values), values


class Plain(NamedTuple):
    x: Optional[int] = None
    y: int = 2


def keeps(p: Plain):
    return p


def test_named_tuples_print_their_defaults():
    assert "NamedTuple(x : int? = None, y : int = 2)" in str(facula.script(keeps).graph)


# --- graphs, defaults, warnings -----------------------------------------------------------------------------------------------

def constants(x):
    y = 1 + 2
    if 1 == 1:
        return x + y * 2.5
    return x


def anything(c: bool) -> Any:
    return "a" if c else {}


def test_graphs():
    f = facula.script(constants)
    assert f.graph is f.graph
    assert "prim::If" not in str(f.graph) and "torch.add(x, 7.5)" in f.code
    assert str(f.graph).count("prim::Constant") == 2
    g = facula.script(anything)
    assert 'unchecked_cast(Any, "a")' in g.code and g(True) == "a" and g(False) == {}
    assert str(facula.script(sliced).schema.arguments[0].type) == "List[int]"


default = torch.tensor(2.0)


def with_default(x, y=default):
    return x + y


def test_tensors_as_defaults():
    f = facula.script(with_default)
    assert f(torch.ones(1)).item() == 3.0 and f(torch.ones(1), torch.ones(1)).item() == 2.0


@facula.ignore
def pair():
    return torch.zeros(1), torch.ones(1)


@facula.ignore
def not_as_said() -> int:
    return "text"


def unpacks():
    a, b = pair()
    return b


def unpacks_rest():
    a, *b = pair()
    return a


def asks():
    return not_as_said()


def test_results_of_python_functions():
    assert facula.script(unpacks)().item() == 1.0
    assert "Tensor cannot be used as a tuple" in message(facula.script, unpacks_rest)
    assert "but instead got value of type str" in message(facula.script(asks))


def warn_often():
    for _ in range(3):
        warnings.warn("look here")


def annotated(x: torch.LongTensor) -> torch.LongTensor:
    return x


def test_warnings():
    f = facula.script(warn_often)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        f()
    assert [str(w.message) for w in seen] == ["look here"]
    assert seen[0].filename == __file__ and seen[0].lineno == warn_often.__code__.co_firstlineno + 2
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        facula.script(annotated)
    assert any("TorchScript will treat type annotations of Tensor" in str(w.message) for w in seen)


def without_gradients(x: torch.Tensor):
    with torch.no_grad():
        y = x + 1
    return y, torch.is_grad_enabled()


def test_no_grad_is_a_context_manager_of_programs():
    y, on_after = facula.script(without_gradients)(torch.ones(2))
    assert y.tolist() == [2.0, 2.0] and isinstance(on_after, bool)
