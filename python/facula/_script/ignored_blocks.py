"""`with torch.jit._IgnoreContextManager(a="inp:int", c="out:int"):` leaves its body to Python.

The block becomes a call of a Python function that is made of its body: inputs are its arguments, outputs its results.
"""
import ast
import textwrap
import typing

from . import markers

_NAME = "_IgnoreContextManager"


def _manager(node):
    """The keywords of the context manager of a `with` statement; None for other statements."""
    if not isinstance(node, ast.With) or len(node.items) != 1:
        return None
    call = node.items[0].context_expr
    if not isinstance(call, ast.Call):
        return None
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    return call.keywords if name == _NAME else None


def _python_function(name, body, inputs, outputs, home):
    """The block as a function that compiled code calls."""
    arguments = ", ".join("%s: %r" % pair for pair in inputs)
    types = [t for _, t in outputs]
    result = "None" if not types else types[0] if len(types) == 1 else "Tuple[%s]" % ", ".join(types)
    text = "def %s(%s) -> %r:\n%s\n    return %s\n" % (
        name, arguments, result, textwrap.indent("\n".join(map(ast.unparse, body)), "    "), ", ".join(n for n, _ in outputs) or "None")
    scope = {"List": typing.List, "Dict": typing.Dict, "Tuple": typing.Tuple, "Optional": typing.Optional, **home}
    exec(compile(text, "<ignored block>", "exec"), scope)
    made = scope[name]
    setattr(made, markers.MODIFIER, markers.IGNORE)
    return made


def take_out(fn, text, look):
    """(text, look) without such blocks; text is (source, file, first line). Line numbers stay."""
    if _NAME not in text[0]:
        return text, look
    lines, made = text[0].split("\n"), {}
    for node in ast.walk(ast.parse(text[0])):
        keywords = _manager(node)
        if keywords is None:
            continue
        inputs, outputs = [], []
        for k in keywords:
            direction, _, annotation = ast.literal_eval(k.value).partition(":")
            (inputs if direction == "inp" else outputs).append((k.arg, annotation.strip()))
        name = "ignored_block_%d" % len(made)
        made[name] = _python_function(name, node.body, inputs, outputs, fn.__globals__)
        call = "%s(%s)" % (name, ", ".join(n for n, _ in inputs))
        if outputs:
            call = ", ".join(n for n, _ in outputs) + " = " + call
        lines[node.lineno - 1:node.end_lineno] = [" " * node.col_offset + call] + [""] * (node.end_lineno - node.lineno)
    return ("\n".join(lines),) + tuple(text[1:]), lambda n: made[n] if n in made else look(n)
