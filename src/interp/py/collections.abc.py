class _Abstract:
    __abstract_of__ = ""

    def __class_getitem__(cls, item):
        return cls


class Callable(_Abstract):
    __abstract_of__ = "__call__"


class Iterable(_Abstract):
    __abstract_of__ = "list tuple dict set frozenset str range iterator"


class Iterator(_Abstract):
    __abstract_of__ = "iterator"


class Generator(_Abstract):
    __abstract_of__ = "iterator"


class Sized(_Abstract):
    __abstract_of__ = "list tuple dict set frozenset str range"


class Container(_Abstract):
    __abstract_of__ = "list tuple dict set frozenset str range"


class Collection(_Abstract):
    __abstract_of__ = "list tuple dict set frozenset str range"


class Sequence(_Abstract):
    __abstract_of__ = "list tuple str range"


class MutableSequence(_Abstract):
    __abstract_of__ = "list"


class Mapping(_Abstract):
    __abstract_of__ = "dict"


class MutableMapping(_Abstract):
    __abstract_of__ = "dict"


class Set(_Abstract):
    __abstract_of__ = "set frozenset"


class MutableSet(_Abstract):
    __abstract_of__ = "set"


class Hashable(_Abstract):
    __abstract_of__ = "int str float tuple frozenset bool NoneType"


class KeysView(_Abstract):
    __abstract_of__ = "dict_keys"


class ValuesView(_Abstract):
    pass


class ItemsView(_Abstract):
    pass


class Awaitable(_Abstract):
    pass


class Reversible(_Abstract):
    __abstract_of__ = "list tuple dict range"
