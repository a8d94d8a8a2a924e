"""A warning that torch gives: annotations in `__init__` of empty containers are not seen by the compiler."""
import ast
import warnings
import weakref

from .sources import has_source, text_of

_checked = weakref.WeakSet()
_text = ("The TorchScript type system doesn't support instance-level annotations on empty non-base types in `__init__`. Instead, either "
         "1) use a type annotation in the class body, or 2) wrap the type in `torch.jit.Attribute`.")


def warn_about_init(module):
    cls = type(module)
    if cls in _checked:
        return
    _checked.add(cls)
    init = cls.__init__
    if cls.__module__.startswith("torch.") or not has_source(init):
        return
    text = text_of(init)[0]
    if ":" not in text or "self" not in text:
        return
    try:
        body = ast.parse(text).body[0]
    except SyntaxError:
        return
    class_annotations = cls.__dict__.get("__annotations__") or {}
    for node in ast.walk(body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Attribute) or node.value is None:
            continue
        if not isinstance(node.target.value, ast.Name) or node.target.value.id != "self" or node.target.attr in class_annotations:
            continue
        containers = {"List", "Dict", "Optional"}
        if not isinstance(node.annotation, ast.Subscript) or getattr(node.annotation.value, "id", "") not in containers:
            continue
        value, kind = node.value, node.annotation.value.id
        if isinstance(value, ast.Call) and getattr(value.func, "id", getattr(value.func, "attr", "")) in ("annotate", "Attribute"):
            continue
        empty = (kind == "List" and isinstance(value, ast.List) and not value.elts
                 or kind == "Dict" and isinstance(value, ast.Dict) and not value.keys
                 or kind == "Optional" and isinstance(value, ast.Constant) and value.value is None)
        if empty:
            warnings.warn(_text, stacklevel=5)
