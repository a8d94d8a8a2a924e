from typing import *
from typing import TypeVar, ParamSpec, Self, Literal, Protocol, TypedDict, Final, Annotated, runtime_checkable, override


def deprecated(message, **kwargs):
    return lambda f: f
