"""ScriptList and ScriptDict behave as list and dict do; what is written here needs nothing of the compiled world."""
from ._facula import Future, ScriptDict, ScriptList


def _plain(x):
    return x._to_python() if isinstance(x, (ScriptDict, ScriptList)) else x


def _repr(self):
    return repr(self._to_python())


def _eq(self, other):
    return self._to_python() == _plain(other)


def _ne(self, other):
    return not _eq(self, other)


def _iter_list(self):
    i = 0
    while i < len(self):  # the list may change meanwhile, as any list may
        yield self[i]
        i += 1


def _iter_dict(self):
    return iter(self.keys())


def _get(self, key, default=None):
    try:
        return self[key]
    except KeyError:
        return default


def _add(self, other):
    return self._to_python() + _plain(other)


for _cls in (ScriptList, ScriptDict):
    _cls.__repr__ = _repr
    _cls.__eq__ = _eq
    _cls.__ne__ = _ne
    _cls.__hash__ = None
ScriptList.__iter__ = _iter_list
ScriptList.__add__ = _add
ScriptDict.__iter__ = _iter_dict
ScriptDict.get = _get
# Annotations: Future[int]
Future.__class_getitem__ = classmethod(lambda cls, item: _FutureOf(item))


class _FutureOf:
    """Future[T] in an annotation."""

    def __init__(self, item):
        self.__origin__, self.__args__ = Future, (item,)

    def __repr__(self):
        return "facula.Future[{}]".format(getattr(self.__args__[0], "__name__", self.__args__[0]))
