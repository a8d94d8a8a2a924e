"""Every expression of expressions.txt, compiled by torch.jit and by Facula: whether it compiles, what each call gives or raises."""
import contextlib
import importlib.util
import io
import pathlib
import sys
import warnings

import pytest

from test_programs import PROLOGUE, facula, first_line, same, torch, torch_value

HERE = pathlib.Path(__file__).resolve().parent


def sections():
    for part in (HERE / "expressions.txt").read_text().split("\n== ")[1:]:
        head, *lines = part.rstrip("\n").split("\n")
        lines = [ln for ln in lines if ln.strip()]
        yield head, [ln[2:] for ln in lines if ln.startswith("> ")], [ln for ln in lines if not ln.startswith("> ")]


def body(expression):
    *statements, value = expression.split("; ")
    if value.startswith("import "):
        return value
    lines = [s.replace("\\n", "\n").strip() for s in statements] + [f"return {value}"]
    return "\n    ".join(ln for ln in lines if ln)


def load(path, name, text):
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return vars(module)


def attempt(what):
    """(result and what was printed, None), or (None, error)."""
    out = io.StringIO()
    torch.manual_seed(0)
    try:
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return what(), None, out.getvalue()
    except Exception as e:
        return None, e, ""


def differences(head, calls, expressions, folder):
    name = "expressions_" + "".join(c if c.isalnum() else "_" for c in head)
    text = PROLOGUE + "".join(f"\ndef f{i}({head}):\n    {body(e)}\n" for i, e in enumerate(expressions))
    names = load(folder / f"{name}.py", name, text)
    for i, expression in enumerate(expressions):
        theirs, wrong, _ = attempt(lambda: torch.jit.script(names[f"f{i}"]))
        ours, error, _ = attempt(lambda: facula.script(names[f"f{i}"]))
        if wrong or error:
            if not error:
                yield f"{expression}: compiles, PyTorch says {first_line(wrong)!r}"
            elif not wrong:
                yield f"{expression}: PyTorch compiles it, Facula says {first_line(error)!r}"
            elif first_line(wrong) not in str(error):
                yield f"{expression}: {first_line(wrong)!r} is not said: {first_line(error)!r}"
            continue
        for call in calls:
            want, wrong, said = attempt(lambda: torch_value(eval(f"f({call})", names | {"f": theirs})))
            got, error, printed = attempt(lambda: torch_value(eval(f"f({call})", names | {"f": ours})))
            if wrong or error:
                if not error:
                    yield f"{expression} of {call}: {got!r}, PyTorch raises {first_line(wrong)!r}"
                elif not wrong:
                    yield f"{expression} of {call}: {first_line(error)!r}, PyTorch gives {want!r}"
                elif first_line(wrong) not in str(error):
                    yield f"{expression} of {call}: {first_line(wrong)!r} is not said: {first_line(error)!r}"
            elif not same(want, got):
                yield f"{expression} of {call}: {got!r}, PyTorch {want!r}"
            elif said != printed:
                yield f"{expression} of {call}: prints {printed!r}, PyTorch {said!r}"


@pytest.mark.parametrize("head, calls, expressions", list(sections()))
def test_expressions(head, calls, expressions, tmp_path):
    found = list(differences(head, calls, expressions, tmp_path))
    assert not found, "\n".join(found)
