def _f():
    pass


class _C:
    def m(self):
        pass


FunctionType = type(_f)
LambdaType = type(_f)
MethodType = type(_C().m)
BuiltinFunctionType = type(len)
BuiltinMethodType = type(len)
NoneType = type(None)
EllipsisType = type(...)
import math as _math
ModuleType = type(_math)
GeneratorType = type(iter([]))


class SimpleNamespace:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)

    def __repr__(self):
        return "namespace(" + ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items()) + ")"

    def __eq__(self, other):
        return isinstance(other, SimpleNamespace) and self.__dict__ == other.__dict__


def MappingProxyType(d):
    return d


class GenericAlias:
    pass


class UnionType:
    pass


class TracebackType:
    pass
