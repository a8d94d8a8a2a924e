"""Types of annotations and of values."""
import enum
import inspect
import sys
import types
import typing
import warnings

from .._facula import Type
from .._facula import script as c
from . import state
from .names import MISSING, qualified_name

ANY, TENSOR, INT, FLOAT, BOOL = (c.simple(n) for n in ("Any", "Tensor", "int", "float", "bool"))
COMPLEX, NUMBER, NONE, STR, DEVICE = (c.simple(n) for n in ("complex", "number", "None", "str", "Device"))

_simple = {int: INT, float: FLOAT, bool: BOOL, complex: COMPLEX, str: STR, type(None): NONE, None: NONE, typing.Any: ANY,
           object: ANY}
_torch_simple = {}
_tensor_kinds = set()
_TENSOR_KINDS_NOTE = ("TorchScript will treat type annotations of Tensor dtype-specific subtypes as if they are normal Tensors. dtype "
                      "constraints are not enforced in compilation either.")


def torch_types():
    """Classes of torch that are types of TorchScript."""
    torch = state.torch()
    if torch is not None and not _torch_simple:
        _torch_simple.update({torch.device: DEVICE, torch.dtype: INT, torch.layout: INT, torch.memory_format: INT,
                              torch.qscheme: INT, torch.Generator: c.simple("Generator"), torch.Stream: c.simple("Stream")})
        if hasattr(torch, "SymInt"):
            _torch_simple[torch.SymInt] = INT
        for name in "LongTensor FloatTensor DoubleTensor HalfTensor IntTensor ShortTensor CharTensor ByteTensor BoolTensor".split():
            _torch_simple[getattr(torch, name)] = TENSOR
            _tensor_kinds.add(getattr(torch, name))
    return _torch_simple


def is_named_tuple(cls):
    return inspect.isclass(cls) and issubclass(cls, tuple) and hasattr(cls, "_fields")


def _is_tensor_class(cls):
    torch = state.torch()
    if torch is not None and issubclass(cls, torch.Tensor):
        return True
    facula = sys.modules.get("facula")
    own = getattr(facula, "Tensor", None)
    return own is not None and isinstance(own, type) and issubclass(cls, own)


def try_type(ann, look=None):
    """The type of an annotation; None when it is none that TorchScript has. look: what names in a string mean."""
    if ann is inspect.Signature.empty:
        return TENSOR
    try:
        found = _simple.get(ann)
        if found is None:
            found = torch_types().get(ann)
            if found is TENSOR and ann in _tensor_kinds:
                warnings.warn(_TENSOR_KINDS_NOTE, stacklevel=2)
    except TypeError:
        found = None
    if found is not None:
        return found
    if isinstance(ann, Type):
        return ann
    if isinstance(ann, str):
        return _from_text(ann, look)
    if isinstance(ann, typing.ForwardRef):
        return _from_text(ann.__forward_arg__, look)
    origin, args = typing.get_origin(ann), typing.get_args(ann)
    if origin in (list, dict, tuple) and not args and ann in (typing.List, typing.Dict, typing.Tuple):
        origin = None
    if origin is not None or ann in (typing.List, typing.Dict, typing.Tuple, typing.Optional, list, dict, tuple):
        return _generic(ann, origin, args, look)
    if inspect.isclass(ann):
        return _from_class(ann)
    return None


def _inner(ann, whole, look):
    t = try_type(ann, look)
    if t is None and getattr(ann, "__name__", "") == "Future":
        raise RuntimeError("Attempted to use Future without a contained type. Please add a contained type, e.g. Future[int]")
    if t is None:
        raise ValueError("Unknown type annotation: '%s'" % (ann,))
    return t


def _generic(ann, origin, args, look):
    if origin is None:
        kind = getattr(ann, "__name__", None) or str(ann).split(".")[-1]
        example = {"list": "List[int]", "dict": "Dict[int, int]", "tuple": "Tuple[int]", "optional": "Optional[int]"}
        raise RuntimeError("Attempted to use %s without a contained type. Please add a contained type, e.g. %s"
                           % (kind.capitalize(), example[kind.lower()]))
    if origin is list:
        return c.list_of(_inner(args[0], ann, look))
    if origin is dict:
        return c.dict_of(_inner(args[0], ann, look), _inner(args[1], ann, look))
    if origin is tuple:
        if len(args) == 1 and args[0] == ():
            args = ()
        return c.tuple_of([_inner(a, ann, look) for a in args])
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        if set(args) == {int, float, complex}:
            return NUMBER
        members = []
        for a in args:
            t = try_type(a, look)
            if t is None:
                raise AssertionError("Unsupported annotation %r could not be resolved because %r could not be resolved." % (ann, a))
            members.append(t)
        if len(members) == 2 and NONE in members:
            return c.optional_of(members[0] if members[1] == NONE else members[1])
        return c.union_of(members)
    if origin is typing.Final or origin is getattr(typing, "ClassVar", None):
        return try_type(args[0], look) if args else None
    if origin is getattr(typing, "Annotated", None):
        return try_type(args[0], look)
    name = getattr(origin, "__name__", "")
    if name == "Future":
        return c.future_of(_inner(args[0], ann, look))
    if name in ("_Await", "Await"):
        return c.await_of(_inner(args[0], ann, look))
    if name == "RRef":
        return c.rref_of(_inner(args[0], ann, look))
    return None


def _from_text(text, look):
    """A string annotation: its names mean what they mean where it was written."""
    class Names(dict):
        def __missing__(self, name):
            obj = look(name) if look else MISSING
            if obj is MISSING:
                raise NameError(name)
            return obj
    try:
        code = compile(text.strip(), "<annotation>", "eval")
    except SyntaxError:
        return None
    if any("CALL" in i.opname for i in _instructions(code)):
        raise RuntimeError("Type annotation should not contain calls, but '%s' does" % text)
    try:
        obj = eval(code, {"__builtins__": {}}, Names())
    except (NameError, AttributeError, TypeError):
        return None
    return try_type(obj, look)


def _instructions(code):
    import dis
    return dis.get_instructions(code)


def _from_class(cls):
    face = getattr(cls, "__torch_script_interface__", None)
    if isinstance(face, Type):
        return face
    if _is_tensor_class(cls):
        return TENSOR
    if issubclass(cls, enum.Enum):
        return enum_type(cls)
    if is_named_tuple(cls):
        return named_tuple_type(cls)
    from . import classes
    known = classes.known(cls)
    if known is not None:
        return known
    name = getattr(cls, "__name__", "")
    torch = state.torch()
    if torch is not None and issubclass(cls, torch.nn.Module):
        return None
    if cls.__module__.startswith("facula"):
        return {"device": DEVICE, "dtype": INT, "Generator": c.simple("Generator")}.get(name)
    if classes.can_compile(cls):
        return classes.compile_class(cls)
    return None


def need_type(ann, look=None):
    t = try_type(ann, look)
    if t is None:
        raise ValueError("Unknown type annotation: '%s'" % (ann,))
    return t


def enum_type(cls):
    known = state.classes.get(cls)
    if known is not None:
        return known
    members = list(cls)
    if not members:
        raise ValueError("No enum values defined for: '%s'" % cls)
    value = None
    for m in members:
        t = try_type(type(m.value)) or c.infer(m.value)
        if t not in (INT, FLOAT, STR):
            raise RuntimeError("Cannot create Enum with value type '%s', only int, float and string are supported" % c.annotation(t))
        both = t if value is None else c.unify(value, t)
        if both is None:
            raise RuntimeError("Could not unify type list since element %d of type %s did not match the types before it (%s): the values"
                               " of the enum %s have different types" % (members.index(m), c.annotation(t), c.annotation(value), cls.__name__))
        value = both
    t = c.enum_type(state.program.unique_name(qualified_name(cls)), value, [(m.name, m.value) for m in members], cls)
    c.add_type(state.program, t)
    state.classes[cls] = t
    return t


def named_tuple_type(cls, look=None):
    known = state.classes.get(cls)
    if known is not None:
        return known
    from .names import class_lookup
    annotations = {}
    for base in reversed(cls.__mro__):      # a class on top of a named tuple has the fields' types in its base
        annotations.update(base.__dict__.get("__annotations__") or {})
    types_ = []
    for field in cls._fields:
        if annotations and field in annotations:
            types_.append(need_type(annotations[field], look or class_lookup(cls)))
        else:
            types_.append(c.inferred_tensor())
    defaults = list(cls._field_defaults.values()) if hasattr(cls, "_field_defaults") else []
    for value in defaults:
        if hasattr(value, "__dlpack__"):
            raise RuntimeError("Tensors are not supported as default NamedTuple fields. Their mutability could lead to potential "
                               "memory aliasing problems")
    name = qualified_name(cls)
    same = state.program.find_type(name)
    t = c.named_tuple(name, list(cls._fields), types_, defaults, cls)
    if same is not None:
        if not c.is_subtype(same, t):
            name = state.program.unique_name(name)
            t = c.named_tuple(name, list(cls._fields), types_, defaults, cls)
            c.add_type(state.program, t)
    else:
        c.add_type(state.program, t)
    state.classes[cls] = t
    return t


class NotInferred(Exception):
    """Why a value has no type."""


def infer(value):
    """The type of an attribute's value, as torch infers it. Raises NotInferred with the reason."""
    if value is None:
        return NONE
    t = type(value)
    if t in (bool, int, float, complex, str):
        return _simple[t]
    found = torch_types().get(t)
    if found is not None:
        return found
    if isinstance(value, enum.Enum):
        return enum_type(t)
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return INT
    if isinstance(value, float):
        return FLOAT
    if isinstance(value, str):
        return STR
    real = behind(value)
    own = c.type_of_object(real)
    if own is not None:
        return own
    if is_named_tuple(t):
        return named_tuple_type(t)
    if isinstance(value, tuple):
        return c.tuple_of([infer(v) for v in value])
    if isinstance(value, list):
        if not value:
            raise NotInferred("List trace inputs must have elements")
        element = None
        for v in value:
            try:
                one = infer(v)
            except NotInferred as e:
                raise NotInferred("Could not infer type of list element: %s" % e) from None
            joined = one if element is None else c.unify(element, one)
            if joined is None:
                raise NotInferred("List inputs to traced functions must have consistent element type. Found %s and %s"
                                  % (c.annotation(element), c.annotation(one)))
            element = joined
        return c.list_of(element)
    if isinstance(value, dict):
        if not value:
            raise NotInferred("Dictionary inputs must have entries")
        key = item = None
        for k, v in value.items():
            try:
                one = infer(k)
            except NotInferred as e:
                raise NotInferred("Could not infer type of dict key: %s" % e) from None
            joined = one if key is None else c.unify(key, one)
            if joined is None:
                raise NotInferred("Dictionary inputs to traced functions must have consistent type. Found %s and %s"
                                  % (c.annotation(key), c.annotation(one)))
            key = joined
            try:
                one = infer(v)
            except NotInferred as e:
                raise NotInferred("Could not infer type of dict value: %s" % e) from None
            joined = one if item is None else c.unify(item, one)
            if joined is None:
                raise NotInferred("Dictionary inputs to traced functions must have consistent type. Found %s and %s"
                                  % (c.annotation(item), c.annotation(one)))
            item = joined
        return c.dict_of(key, item)
    torch = state.torch()
    if torch is not None and isinstance(value, torch.nn.Module):
        raise NotInferred("Cannot infer type of ScriptModule")
    if hasattr(t, "__dlpack__"):
        return TENSOR
    from . import classes
    known = classes.known(t)
    if known is not None:
        return known
    if t.__module__ != "builtins" and not callable(value) and classes.can_compile(t):
        try:
            return classes.compile_class(t)
        except Exception as e:
            raise NotInferred(str(e)) from None
    if not callable(value) or not inspect.isfunction(value):
        try:
            return c.infer(value)
        except (TypeError, RuntimeError):
            pass
    raise NotInferred("Only tensors and (possibly nested) tuples of tensors, lists, or dicts are supported as inputs or outputs of "
                      "traced functions, but instead got value of type %s." % t.__name__)


def behind(value):
    """The package's object behind a wrapper that somebody put around it."""
    if hasattr(type(value), "__script_object__"):
        try:
            return value.__script_object__
        except AttributeError:
            return value
    return value
