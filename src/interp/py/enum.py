class auto:
    def __init__(self):
        self.value = None


class EnumMeta(type):
    def __iter__(cls):
        return iter([cls.__members__[n] for n in cls._member_names_])

    def __len__(cls):
        return len(cls._member_names_)

    def __getitem__(cls, name):
        return cls.__members__[name]

    def __contains__(cls, value):
        return any(m is value or m._value_ == value for m in cls)

    def __call__(cls, value, *rest):
        for m in cls.__members__.values():
            if m is value or m._value_ == value:
                return m
        missing = cls._missing_(value)
        if missing is not None:
            return missing
        raise ValueError(f"{value!r} is not a valid {cls.__name__}")


EnumType = EnumMeta


class Enum(metaclass=EnumMeta):
    __members__ = {}
    _member_names_ = []

    def __init_subclass__(cls, **kwargs):
        # Members keep the order in which they are written; an equal value is another name of the same member.
        if not kwargs.get("_functional"):
            pairs = [(k, v) for k, v in list(cls.__dict__.items()) if cls._is_member(k, v)]
        members = {}
        names = []
        last = 0
        for name, value in pairs:
            if isinstance(value, auto):
                value = cls._generate_next_value_(name, 1, len(names), [m._value_ for m in members.values()])
            same = [m for m in members.values() if m._value_ == value and type(m._value_) is type(value)]
            if same:
                members[name] = same[0]
            else:
                member = cls._make(name, value)
                members[name] = member
                names.append(name)
            setattr(cls, name, members[name])
        cls.__members__ = members
        cls._member_names_ = names

    @classmethod
    def _is_member(cls, name, value):
        if name.startswith("_") or isinstance(value, (property, staticmethod, classmethod)):
            return False
        return not (callable(value) and hasattr(value, "__qualname__") and not isinstance(value, type))

    @classmethod
    def _make(cls, name, value):
        if "__new__" in cls.__dict__:
            member = cls.__dict__["__new__"](cls, *(value if isinstance(value, tuple) else (value,)))
        elif issubclass(cls, (int, str, float)):
            member = cls.__new__(cls, value)
        else:
            member = object.__new__(cls)
        member.__dict__["_name_"] = name
        if "_value_" not in member.__dict__:
            member.__dict__["_value_"] = value
        if "__init__" in cls.__dict__:
            cls.__dict__["__init__"](member, *(value if isinstance(value, tuple) else (value,)))
        return member

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return (max(last_values) if last_values else start - 1) + 1

    @classmethod
    def _missing_(cls, value):
        return None

    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    def __repr__(self):
        return f"<{type(self).__name__}.{self._name_}: {self._value_!r}>"

    def __str__(self):
        return f"{type(self).__name__}.{self._name_}"

    def __hash__(self):
        return hash(self._name_)


class IntEnum(int, Enum):
    def __str__(self):
        return str(self._value_)


class StrEnum(str, Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()

    def __str__(self):
        return self._value_


class Flag(Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return 1 << count


class IntFlag(int, Enum):
    pass


def unique(cls):
    return cls
