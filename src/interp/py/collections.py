class OrderedDict(dict):
    def move_to_end(self, key, last=True):
        value = self.pop(key)
        if last:
            self[key] = value
        else:
            rest = list(self.items())
            self.clear()
            self[key] = value
            self.update(rest)

    def __repr__(self):
        return f"{type(self).__name__}({dict.copy(dict(self))})" if self else f"{type(self).__name__}()"

    def __reversed__(self):
        return reversed(list(self.keys()))


class defaultdict(dict):
    def __init__(self, default_factory=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self.default_factory()
        self[key] = value
        return value

    def __repr__(self):
        return f"defaultdict({self.default_factory!r}, {dict(self)!r})"


class Counter(dict):
    def __init__(self, iterable=None, **kwargs):
        super().__init__()
        self.update(iterable, **kwargs)

    def update(self, iterable=None, **kwargs):
        if iterable is not None:
            if isinstance(iterable, dict):
                for k, n in iterable.items():
                    self[k] = self.get(k, 0) + n
            else:
                for k in iterable:
                    self[k] = self.get(k, 0) + 1
        for k, n in kwargs.items():
            self[k] = self.get(k, 0) + n

    def __missing__(self, key):
        return 0

    def most_common(self, n=None):
        items = sorted(self.items(), key=lambda kv: kv[1], reverse=True)
        return items if n is None else items[:n]

    def elements(self):
        return [k for k, n in self.items() for _ in range(n)]


class deque(list):
    def __init__(self, iterable=(), maxlen=None):
        super().__init__(iterable)
        self.maxlen = maxlen

    def append(self, item):
        super().append(item)
        if self.maxlen is not None and len(self) > self.maxlen:
            del self[0]

    def appendleft(self, item):
        self.insert(0, item)

    def popleft(self):
        return self.pop(0)

    def extendleft(self, items):
        for item in items:
            self.insert(0, item)


class ChainMap(dict):
    def __init__(self, *maps):
        super().__init__()
        for m in reversed(maps):
            self.update(m)


UserDict = dict
UserList = list


def namedtuple(typename, field_names, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    fields = tuple(str(n) for n in field_names)
    values = tuple(defaults) if defaults else ()
    return _make_namedtuple(typename, fields, dict(zip(fields[len(fields) - len(values):], values)), {}, {})


def _make_namedtuple(typename, fields, defaults, annotations, extra):
    def __new__(cls, *args, **kwargs):
        if len(args) > len(fields):
            raise TypeError(f"{typename}() takes {len(fields)} arguments but {len(args)} were given")
        values = dict(zip(fields, args))
        for k, v in kwargs.items():
            if k not in fields or k in values:
                raise TypeError(f"{typename}() got an unexpected keyword argument '{k}'")
            values[k] = v
        for name in fields:
            if name not in values:
                if name not in defaults:
                    raise TypeError(f"{typename}() missing required argument: '{name}'")
                values[name] = defaults[name]
        return tuple.__new__(cls, [values[name] for name in fields])

    def getter(i):
        return property(lambda self: self[i])

    members = {name: getter(i) for i, name in enumerate(fields)}
    members.update(extra)
    members["__new__"] = __new__
    members["_fields"] = fields
    members["_field_defaults"] = defaults
    members["__annotations__"] = annotations
    members["__repr__"] = lambda self: typename + "(" + ", ".join(f"{n}={self[i]!r}" for i, n in enumerate(fields)) + ")"
    members["_asdict"] = lambda self: dict(zip(fields, self))
    members["_replace"] = lambda self, **kw: type(self)(**{**dict(zip(fields, self)), **kw})
    members["_make"] = classmethod(lambda cls, values: cls(*values))
    return type(typename, (tuple,), members)
