from collections import OrderedDict
from collections.abc import Iterable
import torch
from torch import Tensor
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter


def _position(n, i, what):
    i = int(i)
    if not -n <= i < n:
        raise IndexError(f"index {i} is out of range")
    return i % n if n else 0


class Sequential(Module):
    def __init__(self, *args):
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for key, module in args[0].items():
                self.add_module(key, module)
        else:
            for i, module in enumerate(args):
                self.add_module(str(i), module)

    def __getitem__(self, i):
        if isinstance(i, slice):
            return type(self)(OrderedDict(list(self._modules.items())[i]))
        return list(self._modules.values())[_position(len(self), i, "Sequential")]

    def __setitem__(self, i, module):
        setattr(self, list(self._modules.keys())[_position(len(self), i, "Sequential")], module)

    def __delitem__(self, i):
        keys = list(self._modules.keys())
        for key in keys[i] if isinstance(i, slice) else [keys[_position(len(self), i, "Sequential")]]:
            del self._modules[key]
        rest = list(self._modules.values())
        self._modules.clear()
        for k, m in enumerate(rest):
            self._modules[str(k)] = m

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(list(self._modules.values()))

    def __add__(self, other):
        return Sequential(*self, *other)

    def append(self, module):
        self.add_module(str(len(self)), module)
        return self

    def insert(self, index, module):
        items = list(self._modules.values())
        items.insert(index, module)
        self._modules.clear()
        for k, m in enumerate(items):
            self._modules[str(k)] = m
        return self

    def extend(self, sequential):
        for m in sequential:
            self.append(m)
        return self

    def pop(self, key):
        m = self[key]
        del self[key]
        return m

    def forward(self, input):
        for module in self:
            input = module(input)
        return input


class ModuleList(Module):
    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, i):
        if isinstance(i, slice):
            return type(self)(list(self._modules.values())[i])
        return list(self._modules.values())[_position(len(self), i, "ModuleList")]

    def __setitem__(self, i, module):
        self._modules[str(_position(len(self), i, "ModuleList"))] = module

    def __delitem__(self, i):
        items = list(self._modules.values())
        del items[i]
        self._modules.clear()
        for k, m in enumerate(items):
            self._modules[str(k)] = m

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(list(self._modules.values()))

    def __iadd__(self, modules):
        return self.extend(modules)

    def __add__(self, other):
        return ModuleList(list(self) + list(other))

    def insert(self, index, module):
        items = list(self._modules.values())
        items.insert(index, module)
        self._modules.clear()
        for k, m in enumerate(items):
            self._modules[str(k)] = m

    def append(self, module):
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key):
        m = self[key]
        del self[key]
        return m

    def extend(self, modules):
        for m in modules:
            self.append(m)
        return self


class ModuleDict(Module):
    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key):
        return self._modules[key]

    def __setitem__(self, key, module):
        self.add_module(key, module)

    def __delitem__(self, key):
        del self._modules[key]

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(list(self._modules))

    def __contains__(self, key):
        return key in self._modules

    def clear(self):
        self._modules.clear()

    def pop(self, key):
        return self._modules.pop(key)

    def get(self, key, default=None):
        return self._modules.get(key, default)

    def keys(self):
        return self._modules.keys()

    def items(self):
        return self._modules.items()

    def values(self):
        return self._modules.values()

    def update(self, modules):
        pairs = modules.items() if hasattr(modules, "items") else modules
        for key, module in pairs:
            self[key] = module


class ParameterList(Module):
    def __init__(self, values=None):
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __getitem__(self, i):
        if isinstance(i, slice):
            return type(self)([self[k] for k in range(*_range(i, len(self)))])
        return getattr(self, str(_position(len(self), i, "ParameterList")))

    def __setitem__(self, i, p):
        setattr(self, str(_position(len(self), i, "ParameterList")), p)

    def __len__(self):
        return self._size

    def __iter__(self):
        return iter([self[i] for i in range(self._size)])

    def append(self, p):
        if isinstance(p, Tensor) and not isinstance(p, Parameter):
            p = Parameter(p)
        self._size += 1
        setattr(self, str(self._size - 1), p)
        return self

    def extend(self, values):
        for p in values:
            self.append(p)
        return self


def _range(s, n):
    step = s.step or 1
    start = (0 if step > 0 else n - 1) if s.start is None else s.start
    stop = (n if step > 0 else -1) if s.stop is None else s.stop
    return (start + n if start < 0 else start, stop + n if stop < 0 and s.stop is not None else min(stop, n), step)


class ParameterDict(Module):
    def __init__(self, parameters=None):
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key):
        return getattr(self, key)

    def __setitem__(self, key, p):
        self._keys[key] = None
        if isinstance(p, Tensor) and not isinstance(p, Parameter):
            p = Parameter(p)
        setattr(self, key, p)

    def __len__(self):
        return len(self._keys)

    def __iter__(self):
        return iter(list(self._keys))

    def __contains__(self, key):
        return key in self._keys

    def keys(self):
        return self._keys.keys()

    def items(self):
        return [(k, self[k]) for k in self._keys]

    def values(self):
        return [self[k] for k in self._keys]

    def update(self, parameters):
        pairs = parameters.items() if hasattr(parameters, "items") else parameters
        for key, p in pairs:
            self[key] = p
