"""What PyTorch's own tests ask of the compiler's messages: their words, and what they mark."""
import enum
import typing
from typing import Any, Dict, List, Tuple, Union

import pytest

import facula

torch = pytest.importorskip("torch")
nn = torch.nn


def message(fn, *args, error=RuntimeError, **kwargs):
    with pytest.raises(error) as caught:
        fn(*args, **kwargs)
    return str(caught.value)


def marked(text, wanted):
    """Whether the message marks exactly `wanted` in a line of the program."""
    lines = text.split("\n")
    for line, marks in zip(lines, lines[1:]):
        at = marks.find("~")
        if at >= 0 and marks.strip().startswith("~") and line[at:at + marks.count("~")] == wanted:
            return True
    return False


# --- what messages mark -------------------------------------------------------------------------------------------------------

class Assigns(nn.Module):
    def __init__(self):
        super().__init__()
        self.count = 1

    def forward(self, x: str):
        self.count = x
        return 1


def gives_int(x: int) -> int:
    return "no"


def calls_it(x: int):
    y = gives_int(x)
    return y


def pops(d: Dict[str, int], key: str):
    return d.pop(key)


def raises():
    raise ValueError("as it is written")


def test_marks():
    assert marked(message(facula.script, Assigns()), "self.count = x")
    text = message(facula.script, calls_it)
    assert marked(text, 'return "no') and marked(text, "y = gives_int(x")
    assert marked(message(facula.script(pops), {}, "a"), "d.pop")
    assert marked(message(facula.script(raises)), 'raise ValueError("as it is written')


def inner(x):
    return x.view(7, 7)


def outer(x):
    return inner(x)


def test_frames_have_short_names():
    text = message(facula.script(outer), torch.ones(2))
    assert "in outer" in text and "in inner" in text


class OwnError(ValueError):
    pass


def raises_own():
    raise OwnError("text")


def test_errors_name_their_class():
    assert __name__ + ".OwnError: text" in message(facula.script(raises_own))
    assert "\nValueError: as it is written" in message(facula.script(raises))


# --- messages -----------------------------------------------------------------------------------------------------------------

def dict_keys():
    x: Dict[int, str] = dict([("a", "b")])
    return x


def dict_literal():
    x: Dict[str, str] = {"a": 1}
    return x


def mixed_keys():
    return {"a": 1, 2: 2}


def union_without_dict():
    x: Union[int, str] = {"a": 1}
    return x


def union_of_lists():
    x: Union[List[str], List[int]] = []
    return x


def union_no_list():
    x: Union[List[str], List[int]] = [1.0]
    return x


def union_no_dict():
    x: Union[Dict[str, str], Dict[int, int]] = {"a": 1}
    return x


def union_dict_call():
    x: Union[Dict[str, str], Dict[int, int]] = dict(a="b")
    return x


def list_of_other():
    x: List[int] = ["a"]
    return x


def list_comprehension():
    x: List[int] = [str(i) for i in [1, 2]]
    return x


def dict_comprehension():
    x: Dict[int, str] = {i: i for i in [1, 2]}
    return x


def int_of_list():
    x: int = list((1, 2))
    return x


def ternary(c: bool):
    return "a" if c else 1


def bare_tuple(x: Any):
    assert isinstance(x, Tuple)
    return 1


@pytest.mark.parametrize("fn, text", [
    (dict_keys, "Dict type annotation `Dict[int, str]` did not match the type of an actual key type `str`"),
    (dict_literal, "Type annotation was inferred to be `Dict[str, str]`, but the type of values given by the dict literal is int"),
    (mixed_keys, "Dict keys must contain only a single type. Expected: str but found int instead"),
    (union_without_dict, "Expected an Union type annotation with an inner Dict type, but got Union[int, str]"),
    (union_of_lists, "because there are multiple possible List type candidates in the Union annotation"),
    (union_no_list, "none of those types match the types of the given list elements, which were unified to float"),
    (union_no_dict, "none of those dict types can hold the types of the given keys and values"),
    (union_dict_call, "full type inference is not yet supported for the `dict()` constructor"),
    (list_of_other, "List type annotation `List[int]` did not match the types of the given list elements, which were unified to str"),
    (list_comprehension, "did not match the types of the given list elements, which were unified to str"),
    (dict_comprehension, "Dict type annotation `Dict[int, str]` did not match the type of an actual value type `int`"),
    (int_of_list, "Expected an annotation of type List but got int"),
    (ternary, "if-expression's true branch has type str but false branch has type int"),
    (bare_tuple, "Attempted to use Tuple without a contained type. Please add a contained type, e.g. Tuple[int]"),
])
def test_container_messages(fn, text):
    assert text in message(facula.script, fn)


def test_isinstance_in_python_wants_contents_named():
    assert "e.g. Tuple[int]" in message(facula.isinstance, (1,), typing.Tuple)
    assert facula.isinstance([1], List[int]) and not facula.isinstance([1], List[str])


class Loops(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.ReLU(), nn.ReLU()])

    def forward(self, x):
        i = 1
        return self.layers[i](x)


class OutOfRange(Loops):
    def forward(self, x):
        return self.layers[-11](x)


class Reassigns(nn.Module):
    def forward(self, x):
        for _ in range(2):
            x = self
        return x


class LosesSelf(nn.Module):
    def forward(self, x):
        for _ in range(2):
            self = x
        return x


def test_module_messages():
    assert "'self' because it has type module and self is not a first-class value.  Only reassignments to first-class values are allowed" \
        in message(facula.script, LosesSelf())
    text = message(facula.script, Loops())
    assert "Enumeration is supported" in text and marked(text, "self.layers[i]")
    assert "Index -11 out of range" in message(facula.script, OutOfRange())
    assert "Cannot re-assign 'x' to a value of type module" in message(facula.script, Reassigns())


class WithClassAttribute:
    size = 3

    def __init__(self):
        self.x = 1


def reads_class_attribute():
    return WithClassAttribute().size


def asks_class():
    return hasattr(WithClassAttribute, "size"), hasattr(WithClassAttribute, "x")


class AnnotatesLate:
    def __init__(self, x: int):
        self.x = x

    def set(self, x: int):
        self.x: int = x


class Tensors(enum.Enum):
    A = torch.tensor(1)


def enum_of_tensors(x: Tensors):
    return x.name


def wrong_prefix(x):
    #type: (int) -> int  # noqa: E265
    return x


def unknown_inside(x: Dict[str, nn.Linear]):
    return 1


def test_class_messages():
    text = message(facula.script, reads_class_attribute)
    assert "object has no attribute or method 'size'. 'size' is defined as a class attribute" in text
    assert facula.script(asks_class)() == (True, False)
    text = message(facula.script, AnnotatesLate, error=ValueError)
    assert "annotations on instance attributes must be declared in __init__" in text and marked(text, "self.x: int")
    assert "Cannot create Enum with value type 'Tensor'" in message(facula.script, enum_of_tensors)
    assert "annotation prefix in line 1 is probably invalid" in message(facula.script, wrong_prefix)
    assert "Unknown type annotation" in message(facula.script, unknown_inside, error=ValueError)


def test_texts_of_programs():
    unit = facula.CompilationUnit()
    assert "expected ]" in message(unit.define, "def f(x):\n    return [x x]\n")
    assert "A Starred expression may only appear" in message(unit.define, "def f():\n    for *a in [1]:\n        pass\n")
    unit.define("def _hidden(x):\n    return x + 1\n")
    assert unit._hidden(torch.ones(1)).item() == 2.0
