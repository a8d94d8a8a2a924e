"""Type stubs of the Python package: tools/python_stubs.py PACKAGE_DIR writes _facula.pyi and __init__.pyi there.

nanobind's generator describes what C++ binds; the operators, which are found in a table, become overloads of functions
and of methods of Tensor here.
"""
import keyword
import os
import re
import sys

TYPES = {"Tensor": "TensorLike", "int": "int", "float": "float", "bool": "bool", "str": "str", "complex": "complex",
         "Scalar": "Number", "number": "Number", "ScalarType": "DTypeLike", "Device": "DeviceLike", "Layout": "int",
         "MemoryFormat": "int", "QScheme": "int", "Generator": "Generator", "NoneType": "None", "t": "Any", "Any": "Any"}
RESULTS = dict(TYPES, Tensor="Tensor", Scalar="int | float | complex", number="int | float | complex", ScalarType="int", Device="device")


def python_type(text, names):
    """ "int[]?" -> "Sequence[int] | None" """
    if text.endswith("?"):
        return python_type(text[:-1], names) + " | None"
    if text.endswith("]") and "[" in text:
        inner = python_type(text[:text.rindex("[")], names)
        return ("list[{}]" if names is RESULTS else "Sequence[{}]").format(inner)
    return names.get(text, "Any")


def literal(value):
    return repr(value) if isinstance(value, (int, float, str, bool, type(None))) and value not in (float("inf"), -float("inf")) else "..."


def signature(schema, method):
    """The parameters and the result of one overload, or None where Python cannot spell it."""
    parts, marked = [], False
    arguments = schema.arguments[1:] if method else schema.arguments
    for a in arguments:
        name = a.name + "_" if keyword.iskeyword(a.name) else a.name
        if not name.isidentifier():
            return None
        if a.kwarg_only and not marked:
            parts.append("*")
            marked = True
        text = "{}: {}".format(name, python_type(a.type.str(), TYPES))
        if a.has_default_value():
            text += " = " + literal(a.default_value)
        elif any(" = " in p for p in parts) and not marked:
            return None
        parts.append(text)
    results = [python_type(r.type.str(), RESULTS) for r in schema.returns]
    result = "None" if not results else results[0] if len(results) == 1 else "tuple[{}]".format(", ".join(results))
    return ("self, " if method and parts else "self" if method else "") + ", ".join(parts), result


def overloads(name, operator, method, indent):
    seen, out = [], []
    for schema in operator.schemas:
        arguments = schema.arguments
        if method and not (arguments and str(arguments[0].type) == "Tensor" and arguments[0].name == "self"):
            continue
        found = signature(schema, method)
        if found and found not in seen:
            seen.append(found)
    if not seen:  # its parameters have no spelling in Python
        seen.append(("self, *args: Any, **kwargs: Any" if method else "*args: Any, **kwargs: Any", "Any"))
    for parameters, result in seen:
        if len(seen) > 1:
            out.append(indent + "@overload")
        out.append("{}def {}({}) -> {}: ...".format(indent, name, parameters, result))
    return out


HEAD = '''# mypy: ignore-errors
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias, overload


class SupportsDLPack(Protocol):
    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any: ...

TensorLike: TypeAlias = SupportsDLPack
Number: TypeAlias = int | float | complex
DTypeLike: TypeAlias = Any
DeviceLike: TypeAlias = Any
'''


def module_stub(facula):
    from nanobind.stubgen import StubGen
    generator = StubGen(module=facula._facula)
    generator.put(facula._facula)
    text = re.sub(r"^ *\w+: Operator = \.\.\.\n\n?", "", generator.get(), flags=re.M)
    # Properties that Python code adds to the class: the generator leaves their heads alone.
    text = re.sub(r"^    @property\n(?!\s+def )\n*", "", text, flags=re.M)
    methods = []
    for name in sorted(vars(facula.Tensor)):
        value = vars(facula.Tensor)[name]
        if isinstance(value, facula._facula.Operator) and not name.startswith("__"):
            methods += overloads(name, value, True, "    ")
    for name in ("float", "double", "half", "bfloat16", "int", "long", "short", "char", "byte", "bool"):
        methods.append("    def {}(self) -> Tensor: ...".format(name))
    for name in facula._tensor._PROPERTIES:
        methods.append("    @property\n    def {}(self) -> Tensor: ...".format(name))
    methods.append("    def numpy(self, *, force: bool = ...) -> Any: ...")
    # Methods named like types hide them in the class: those are spelled in full.
    plain = re.compile(r"(?<![\w.])(int|float|bool|complex)(?![\w(=])")
    methods = [plain.sub(r"builtins.\1", m.split(" -> ")[0].split("(", 1)[1]).join([m.split("(", 1)[0] + "(", " -> " + plain.sub(r"builtins.\1", m.split(" -> ")[1])])
               if "(" in m and " -> " in m else m for m in methods]
    at = re.search(r"^class Tensor:\n", text, re.M).end()
    end = re.search(r"^(?=\S)", text[at:], re.M)
    end = at + end.start() if end else len(text)
    body = plain.sub(r"builtins.\1", text[at:end])
    body = re.sub(r"def builtins\.", "def ", body)
    return HEAD + "import builtins\n" + text[:at] + body.rstrip() + "\n\n" + "\n".join(methods) + "\n\n" + text[end:]


def package_stub(facula, folder):
    with open(os.path.join(folder, "__init__.py")) as f:
        source = f.read()
    lines = [HEAD, "from ._facula import *"]
    for module, names in re.findall(r"^from (\.\w*) import (\([^)]*\)|[^(\n]*)$", source, re.M):
        for name in re.sub(r"#.*", "", names).strip("() ").replace("\n", " ").split(","):
            if name.strip() and name.strip() != "*" and not name.strip().startswith("_"):
                lines.append("from {} import {}".format(module, name.strip() if " as " in name else "{0} as {0}".format(name.strip())))
    lines += ["from {} import *".format(m) for m in re.findall(r"^from (\.\w+) import \*", source, re.M) if m != "._facula"]
    lines += ["from ._facula import Tensor as Tensor", "import builtins"]
    for name in facula._facula._dtypes:
        lines.append("{}: dtype".format(name))
    plain = re.compile(r"(?<![\w.])(int|float|bool|complex)(?![\w(])")
    for name in sorted(vars(facula)):
        value = vars(facula)[name]
        if isinstance(value, facula._facula.Operator) and name.isidentifier() and not keyword.iskeyword(name):
            lines += [plain.sub(r"builtins.\1", line) for line in overloads(name, value, False, "")]
    return "\n".join(lines) + "\n"


def main():
    folder = os.path.abspath(sys.argv[1])
    sys.path.insert(0, os.path.dirname(folder))
    import facula
    for name, text in (("_facula.pyi", module_stub(facula)), ("__init__.pyi", package_stub(facula, folder))):
        compile(text, name, "exec")
        with open(os.path.join(folder, name), "w") as f:
            f.write(text)


if __name__ == "__main__":
    main()
