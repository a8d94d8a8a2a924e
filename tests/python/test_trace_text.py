"""Text tests of tracing (tests/python/trace/*.txt): a program, the inputs of the trace, its graph and its warnings, other inputs and
what the trace makes of them. FACULA_BLESS=1 rewrites the expectations: read the diff."""
import os
import pathlib
import re
import warnings

import pytest

torch = pytest.importorskip("torch")
import facula  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent / "trace"


def cases():
    for path in sorted(HERE.glob("*.txt")):
        for title, body in re.findall(r"^=== (.*)\n((?:(?!=== ).*\n?)*)", path.read_text(), flags=re.M):
            yield path, title, body


def answer(program, tmp_path):
    """The text behind the program: `trace f(…)` lines become graph and warnings, `run (…)` lines results in Facula and PyTorch."""
    source = tmp_path / "program.py"
    code = [line for line in program.splitlines() if not line.startswith(("$ ", "> ", "! "))]
    source.write_text("import torch\nimport facula\n\n" + "\n".join(code) + "\n")
    names = {"__name__": "program"}
    exec(compile(source.read_text(), str(source), "exec"), names)
    out, made = [], None
    for line in program.splitlines():
        if not line.startswith("$ "):
            continue
        out.append(line)
        word, _, rest = line[2:].partition(" ")
        if word == "trace":
            name, arguments = re.fullmatch(r"(\w+)(\(.*\))", rest).groups()
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                made = facula.trace(names[name], eval("(" + arguments[1:-1] + ",)", names), check_trace=False)
            out += [f"! {os.path.basename(w.filename)}:{w.lineno}: {w.category.__name__}: {str(w.message).splitlines()[0].replace(str(tmp_path), '')}"
                    for w in seen if issubclass(w.category, Warning) and "Trac" in w.category.__name__]
            out += ["> " + text for text in str(made.code).rstrip().splitlines()]
        else:
            arguments = eval("(" + rest[1:-1] + ",)", names)
            path = tmp_path / "made.pt"
            made.save(str(path))
            with torch.no_grad():
                theirs, ours = torch.jit.load(str(path))(*arguments), made(*arguments)
            assert torch.equal(torch.as_tensor(ours) if isinstance(ours, torch.Tensor) else torch.from_dlpack(ours), theirs)
            out.append("> " + repr(theirs))
    return "\n".join(code).strip("\n") + "\n" + "\n".join(out) + "\n"


@pytest.mark.parametrize("path,title,body", list(cases()), ids=lambda v: v if isinstance(v, str) and "\n" not in v else "")
def test_text(path, title, body, tmp_path):
    got = answer(body, tmp_path)
    if os.environ.get("FACULA_BLESS"):
        path.write_text(path.read_text().replace(f"=== {title}\n{body}", f"=== {title}\n{got}\n"))
        return
    assert got.strip() == body.strip()
