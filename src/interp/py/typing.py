# Annotations as inert objects: they are carried about, asked for their parts, and never enforced.
class _Alias:
    __typing__ = True

    def __init__(self, origin, args, name):
        self.__origin__ = origin
        self.__args__ = args
        self._name = name
        self.__typing__ = True

    def __getitem__(self, item):
        return self

    def __call__(self, *args, **kwargs):
        return self.__origin__(*args, **kwargs)

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __eq__(self, other):
        return isinstance(other, _Alias) and self._name == other._name and self.__args__ == other.__args__

    def __hash__(self):
        return hash(self._name)

    def __repr__(self):
        def show(a):
            return a.__qualname__ if isinstance(a, type) else "..." if a is Ellipsis else repr(a)

        return self._name + "[" + ", ".join(show(a) for a in self.__args__) + "]"


def _args(item):
    return item if isinstance(item, tuple) else (item,)


class _Form:
    def __init__(self, name, origin=None):
        self._name = name
        self.__typing__ = True
        if origin is not None:
            self.__origin__ = origin

    def __getitem__(self, item):
        return _Alias(getattr(self, "__origin__", self), _args(item), "typing." + self._name)

    def __call__(self, *args, **kwargs):
        if hasattr(self, "__origin__"):
            return self.__origin__(*args, **kwargs)
        raise TypeError(f"typing.{self._name} cannot be called")

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __repr__(self):
        return "typing." + self._name


class _UnionForm(_Form):
    def __getitem__(self, item):
        members = []
        for m in _args(item):
            for part in getattr(m, "__union__", (m,)):
                if part is None:
                    part = type(None)
                if part not in members:
                    members.append(part)
        if len(members) == 1:
            return members[0]
        alias = _Alias(self, tuple(members), "typing.Union")
        alias.__union__ = tuple(members)
        return alias


class _OptionalForm(_Form):
    def __getitem__(self, item):
        return Union[item, None]


def _alias_of_class(cls, item):
    return _Alias(cls, _args(item), cls.__qualname__)


from collections.abc import (Callable as _Callable, Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence,
                             Mapping as _Mapping, MutableMapping as _MutableMapping, MutableSequence as _MutableSequence,
                             Set as _Set, Collection as _Collection, Hashable as _Hashable, Sized as _Sized,
                             Container as _Container)
from collections import OrderedDict as _OrderedDict, defaultdict as _defaultdict, Counter as _Counter, deque as _deque, namedtuple as _namedtuple, _make_namedtuple

Any = _Form("Any")
Union = _UnionForm("Union")
Optional = _OptionalForm("Optional")
List = _Form("List", list)
Dict = _Form("Dict", dict)
Tuple = _Form("Tuple", tuple)
Set = _Form("Set", set)
FrozenSet = _Form("FrozenSet", frozenset)
Type = _Form("Type", type)
OrderedDict = _Form("OrderedDict", _OrderedDict)
DefaultDict = _Form("DefaultDict", _defaultdict)
Counter = _Form("Counter", _Counter)
Deque = _Form("Deque", _deque)
Callable = _Form("Callable", _Callable)
Iterable = _Form("Iterable", _Iterable)
Iterator = _Form("Iterator", _Iterator)
Generator = _Form("Generator", _Iterator)
Sequence = _Form("Sequence", _Sequence)
MutableSequence = _Form("MutableSequence", _MutableSequence)
Mapping = _Form("Mapping", _Mapping)
MutableMapping = _Form("MutableMapping", _MutableMapping)
AbstractSet = _Form("AbstractSet", _Set)
Collection = _Form("Collection", _Collection)
Hashable = _Form("Hashable", _Hashable)
Sized = _Form("Sized", _Sized)
Container = _Form("Container", _Container)
Literal = _Form("Literal")
Final = _Form("Final")
ClassVar = _Form("ClassVar")
Annotated = _Form("Annotated")
NoReturn = _Form("NoReturn")
Never = _Form("Never")
Self = _Form("Self")
Text = str
AnyStr = _Form("AnyStr")
BinaryIO = _Form("BinaryIO")
TextIO = _Form("TextIO")
IO = _Form("IO")
SupportsInt = _Form("SupportsInt")
SupportsFloat = _Form("SupportsFloat")
Required = _Form("Required")
NotRequired = _Form("NotRequired")
Unpack = _Form("Unpack")
Concatenate = _Form("Concatenate")
TypeGuard = _Form("TypeGuard")
TypeAlias = _Form("TypeAlias")
LiteralString = _Form("LiteralString")
Awaitable = _Form("Awaitable")
Coroutine = _Form("Coroutine")
Pattern = _Form("Pattern")
Match = _Form("Match")
ForwardRef = _Form("ForwardRef")
TYPE_CHECKING = False


class Generic:
    def __class_getitem__(cls, item):
        return cls


class Protocol:
    def __class_getitem__(cls, item):
        return cls


class TypedDict(dict):
    def __init_subclass__(cls, **kwargs):
        pass


class NamedTuple(tuple):
    def __new__(cls, typename=None, fields=None, **kwargs):
        return _namedtuple(typename, [n for n, _ in (fields or kwargs.items())])

    def __init_subclass__(cls, **kwargs):
        if "_fields" in cls.__dict__:
            return
        annotations = cls.__dict__.get("__annotations__", {})
        made = _make_namedtuple(cls.__name__, tuple(annotations), {n: cls.__dict__[n] for n in annotations if n in cls.__dict__},
                                annotations, {})
        for k, v in list(made.__dict__.items()):
            if k not in ("__module__",) and (k in annotations or k not in cls.__dict__):
                setattr(cls, k, v)


def TypeVar(name, *constraints, bound=None, covariant=False, contravariant=False, default=None):
    return _Form(name)


def ParamSpec(name, **kwargs):
    f = _Form(name)
    f.args = f
    f.kwargs = f
    return f


def TypeVarTuple(name):
    return _Form(name)


def NewType(name, base):
    return base


def cast(type, value):
    return value


def overload(f):
    return f


def no_type_check(f):
    return f


def final(f):
    return f


def runtime_checkable(c):
    return c


def override(f):
    return f


def get_type_hints(obj, *args, **kwargs):
    return getattr(obj, "__annotations__", {})


def get_origin(t):
    return getattr(t, "__origin__", None)


def get_args(t):
    return getattr(t, "__args__", ())


def assert_never(x):
    raise AssertionError("expected code to be unreachable")


def reveal_type(x):
    return x
