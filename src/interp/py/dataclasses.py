class _Missing:
    def __repr__(self):
        return "MISSING"


MISSING = _Missing()
KW_ONLY = _Missing()


class Field:
    def __init__(self, default=MISSING, default_factory=MISSING, init=True, repr=True, compare=True, metadata=None, kw_only=False, hash=None):
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare
        self.metadata = metadata or {}
        self.kw_only = kw_only
        self.name = None
        self.type = None


def field(**kwargs):
    return Field(**kwargs)


def _collect(cls):
    found = {}
    for base in reversed(cls.__mro__):
        if "__dataclass_fields__" in base.__dict__:
            found.update(base.__dict__["__dataclass_fields__"])
    for name, type in cls.__dict__.get("__annotations__", {}).items():
        if "ClassVar" in str(type):
            continue
        default = cls.__dict__.get(name, MISSING)
        f = default if isinstance(default, Field) else Field(default=default)
        f.name = name
        f.type = type
        found[name] = f
        if isinstance(default, Field):
            if f.default is not MISSING:
                setattr(cls, name, f.default)
            else:
                delattr(cls, name)
    return found


def _process(cls, init, repr, eq, order, frozen, kw_only):
    found = _collect(cls)
    cls.__dataclass_fields__ = found
    shown = [f for f in found.values() if f.init]
    title = cls.__name__

    def __init__(self, *args, **kwargs):
        values = {}
        names = [f.name for f in shown if not (kw_only or f.kw_only)]
        if len(args) > len(names):
            raise TypeError(f"{title}.__init__() takes {len(names) + 1} positional arguments but {len(args) + 1} were given")
        values.update(zip(names, args))
        for k, v in kwargs.items():
            if k not in [f.name for f in shown]:
                raise TypeError(f"{title}.__init__() got an unexpected keyword argument '{k}'")
            if k in values:
                raise TypeError(f"{title}.__init__() got multiple values for argument '{k}'")
            values[k] = v
        for f in found.values():
            if f.name in values:
                value = values[f.name]
            elif f.default_factory is not MISSING:
                value = f.default_factory()
            elif f.default is not MISSING:
                value = f.default
            elif not f.init:
                continue
            else:
                raise TypeError(f"{title}.__init__() missing 1 required positional argument: '{f.name}'")
            object.__setattr__(self, f.name, value)
        post = getattr(self, "__post_init__", None)
        if post is not None:
            post()

    def __repr__(self):
        return type(self).__qualname__ + "(" + ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in found.values() if f.repr) + ")"

    def values_of(self):
        return tuple(getattr(self, f.name) for f in found.values() if f.compare)

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return values_of(self) == values_of(other)

    def refuse(self, name, value=None):
        raise FrozenInstanceError(f"cannot assign to field '{name}'")

    if init and "__init__" not in cls.__dict__:
        cls.__init__ = __init__
    if repr and "__repr__" not in cls.__dict__:
        cls.__repr__ = __repr__
    if eq and "__eq__" not in cls.__dict__:
        cls.__eq__ = __eq__
    if order:
        cls.__lt__ = lambda self, other: values_of(self) < values_of(other)
        cls.__le__ = lambda self, other: values_of(self) <= values_of(other)
        cls.__gt__ = lambda self, other: values_of(self) > values_of(other)
        cls.__ge__ = lambda self, other: values_of(self) >= values_of(other)
    if frozen:
        cls.__setattr__ = refuse
        cls.__hash__ = lambda self: hash(values_of(self))
    return cls


class FrozenInstanceError(AttributeError):
    pass


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True,
              kw_only=False, slots=False):
    def wrap(c):
        return _process(c, init, repr, eq, order, frozen, kw_only)

    return wrap if cls is None else wrap(cls)


def fields(obj):
    return tuple(obj.__dataclass_fields__.values())


def is_dataclass(obj):
    return hasattr(obj, "__dataclass_fields__")


def asdict(obj):
    if is_dataclass(obj) and not isinstance(obj, type):
        return {f.name: asdict(getattr(obj, f.name)) for f in fields(obj)}
    if isinstance(obj, dict):
        return {k: asdict(v) for k, v in obj.items()}
    if isinstance(obj, (list, tuple)):
        return type(obj)([asdict(v) for v in obj])
    return obj


def astuple(obj):
    return tuple(getattr(obj, f.name) for f in fields(obj))


def replace(obj, **changes):
    return type(obj)(**{**{f.name: getattr(obj, f.name) for f in fields(obj) if f.init}, **changes})
