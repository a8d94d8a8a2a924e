"""What compiled programs look like from Python: functions, modules, instances of compiled classes.

Longer than most files: what torch's modules offer, a short method for each."""
import collections
import copy
import io
import os
import pickle
import warnings

from . import _facula
from ._facula import look_behind

_IncompatibleKeys = collections.namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])
_CONTAINERS = ("ModuleList", "Sequential", "ModuleDict", "ParameterList", "ParameterDict")


class ScriptFunction(_facula.Function):
    """A compiled function: made by script(), trace() and CompilationUnit."""

    def __init__(self, *args, **kwargs):
        raise TypeError("compiled functions are made by facula.script and facula.trace")

    @property
    def graph(self):
        """The graph: one object, as long as the function lives."""
        known = self.__dict__.get("_known_graph")
        if known is None:
            known = self.__dict__["_known_graph"] = _facula.Function.graph.fget(self)
        return known

    @property
    def code(self):
        """The function as TorchScript source."""
        return _facula._function_code(self)[0]

    @property
    def code_with_constants(self):
        """The source, and the constants that it names CONSTANTS.c0, c1 ..."""
        return _facula._function_code(self)

    def graph_for(self, *args, **kwargs):
        """The graph as it runs."""
        return self.inlined_graph

    def get_debug_state(self):
        raise NotImplementedError("Facula plans on each call; there is no executor state to look at")

    def save(self, f, _extra_files=None):
        """Writes an archive whose `forward` is this function: to a path, or an object with write()."""
        if isinstance(f, (str, os.PathLike)):
            _facula._save_function(self, os.fspath(f), _extra_files)
        else:
            _write(f, self.save_to_buffer(_extra_files))

    def save_to_buffer(self, _extra_files=None):
        """The archive as bytes."""
        return _facula._save_function(self, None, _extra_files)

    def __eq__(self, other):
        return isinstance(other, ScriptFunction) and self._address == other._address

    def __hash__(self):
        return hash(self._address)

    def __repr__(self):
        return "<facula.ScriptFunction {}>".format(self.qualified_name)

    def __reduce__(self):
        raise pickle.PickleError("ScriptFunction cannot be pickled")

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class ScriptMethod(_facula.Method):
    """A method of a compiled module or object, bound to it."""

    __name__ = property(lambda self: self.name)

    @property
    def code(self):
        """The method as TorchScript source."""
        return _facula._method_code(self)[0]

    @property
    def code_with_constants(self):
        return _facula._method_code(self)

    def __repr__(self):
        return "<facula.ScriptMethod {}>".format(self.qualified_name)


def _write(f, data):
    f.write(data)
    if hasattr(f, "flush"):
        f.flush()


class _CompiledObject(_facula.Object):
    """Attributes of the compiled class come first; what else is set stays with the Python object."""

    def __init__(self, *args, **kwargs):
        raise TypeError("{} is made by facula.script, facula.trace and facula.load".format(type(self).__name__))

    def __getattr__(self, name):
        try:
            value = self._get(name)
        except AttributeError:
            if not self._is_module:
                raise
            from ._script.modules import python_member
            return python_member(self, name)
        if isinstance(value, _CompiledObject):
            # One child, one Python object, as long as its parent lives.
            self.__dict__.setdefault("_held", {})[name] = value
        return value

    def __setattr__(self, name, value):
        if self._has(name):
            held = self.__dict__.get("_held")
            if held:
                held.pop(name, None)
            self._set(name, value)
        else:
            object.__setattr__(self, name, value)

    def _type(self):
        """The compiled class."""
        return _facula.Object._type.fget(self)

    def _get_method(self, name):
        if not self._has_method(name):
            raise AttributeError("Method '{}' is not defined.".format(name))
        return self._get(name)

    def __dir__(self):
        names = set(object.__dir__(self)) | {a[0] for a in self._attributes()} | set(self._method_names())
        return sorted(names | set(self._properties()) | set(self._constants()))


class RecursiveScriptClass(_CompiledObject):
    """An instance of a compiled class that has no Python class: one that an archive holds."""

    def __repr__(self):
        return "<{} object>".format(self._type_name)


def _forward_magic(name):
    def method(self, *args):
        if not self._has_method(name):
            raise TypeError("unsupported operation: {} has no {}".format(self._type_name, name))
        return self._call(name, *args)
    method.__name__ = name
    return method


for _name in ("__add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __pow__ __neg__ __lt__ __le__ __gt__ __ge__ "
              "__getitem__ __setitem__ __delitem__ __contains__ __len__ __call__ __enter__ __exit__").split():
    setattr(RecursiveScriptClass, _name, _forward_magic(_name))


class ScriptModule(_CompiledObject):
    """A compiled module: made by script(), trace() and load(). Feels like torch.nn.Module."""

    def __call__(self, *args, **kwargs):
        return self._call("forward", *args, **kwargs)

    # --- programs

    @property
    def graph(self):
        """The graph of `forward`."""
        return self._get_method("forward").graph

    @property
    def inlined_graph(self):
        """The graph of `forward` with all calls replaced by bodies."""
        return self._get_method("forward").inlined_graph

    @property
    def code(self):
        """`forward` as TorchScript source."""
        return self._get_method("forward").code

    @property
    def code_with_constants(self):
        return self._get_method("forward").code_with_constants

    def graph_for(self, *args, **kwargs):
        """The graph of `forward` as it runs: frozen and optimised."""
        return self._graph("forward", "optimized")

    def define(self, source, _rcb=None):
        """Compiles methods from source text and adds them to the module."""
        from ._script.api import define_methods
        define_methods(self, source, _rcb)

    @property
    def original_name(self):
        """The name of the Python class that the module was made from."""
        return self._type_name.rsplit(".", 1)[-1]

    # --- archives

    def save(self, f, _extra_files=None):
        """Writes the module to a path or to an object with write()."""
        self._warn_if_training()
        if isinstance(f, (str, os.PathLike)):
            _facula._save(self, os.fspath(f), _extra_files)
        else:
            _write(f, self.save_to_buffer(_extra_files))

    def save_to_buffer(self, _extra_files=None):
        """The archive as bytes."""
        return _facula._save(self, None, _extra_files)

    def _warn_if_training(self):
        if getattr(self, "training", False) and any(".training" in text for _, text in _facula._program_code(self)):
            warnings.warn("{} is saved in training mode, and its code depends on that: call eval() first if the archive is for "
                          "inference".format(self.original_name), stacklevel=3)

    def __reduce__(self):
        return _from_archive, (self.save_to_buffer(),)

    def __copy__(self):
        return self._keep_python_state(self._clone(False))

    def __deepcopy__(self, memo=None):
        return self._keep_python_state(self._clone(True))

    def _keep_python_state(self, other):
        other.__dict__.update({k: v for k, v in self.__dict__.items() if k != "_held"})
        return other

    # --- members

    def named_children(self):
        """(name, module) of the modules right below this one."""
        for name, _, kind in self._attributes():
            if kind == "module":
                yield name, getattr(self, name)

    def children(self):
        for _, module in self.named_children():
            yield module

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """(dotted name, module) of this module and all below it."""
        memo = set() if memo is None else memo
        if id(self) in memo:
            return
        if remove_duplicate:
            memo.add(id(self))
        yield prefix, self
        for name, child in self.named_children():
            yield from child.named_modules(memo, prefix + "." + name if prefix else name, remove_duplicate)

    def modules(self):
        for _, module in self.named_modules():
            yield module

    def _named_tensors(self, wanted, prefix, recurse, none=False, remove_duplicate=True):
        seen = set()
        for base, module in (self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]):
            for name, _, kind in module._attributes():
                if kind not in wanted:
                    continue
                value = module._get(name)
                if value is None and not none:
                    continue
                if value is not None and remove_duplicate:
                    if value._identity in seen:
                        continue
                    seen.add(value._identity)
                yield (base + "." + name if base else name), value

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """(dotted name, tensor) of the parameters."""
        return self._named_tensors(("parameter",), prefix, recurse, remove_duplicate=remove_duplicate)

    def parameters(self, recurse=True):
        for _, value in self.named_parameters(recurse=recurse):
            yield value

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """(dotted name, tensor) of the buffers."""
        return self._named_tensors(("buffer",), prefix, recurse, remove_duplicate=remove_duplicate)

    def buffers(self, recurse=True):
        for _, value in self.named_buffers(recurse=recurse):
            yield value

    def get_submodule(self, target):
        """The module of a dotted name."""
        module = self
        for name in target.split(".") if target else ():
            if name not in dict((n, None) for n, _, k in module._attributes() if k == "module"):
                raise AttributeError("{} has no attribute `{}`".format(module.original_name, name))
            module = getattr(module, name)
        return module

    def get_parameter(self, target):
        path, _, name = target.rpartition(".")
        return getattr(self.get_submodule(path), name)

    get_buffer = get_parameter

    # --- state

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        """Parameters and buffers by dotted name; the tensors share memory with the module."""
        out = collections.OrderedDict() if destination is None else destination
        for name, value in self._named_tensors(("parameter", "buffer"), prefix[:-1] if prefix.endswith(".") else prefix, True,
                                               remove_duplicate=False):
            out[name] = value
        return out

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copies tensors (torch's, NumPy's, ours) into the module. Gives the names that were missing or unexpected."""
        own = self.state_dict()
        missing = [k for k in own if k not in state_dict]
        unexpected = [k for k in state_dict if k not in own]
        errors = []
        if strict and unexpected:
            errors.append("Unexpected key(s) in state_dict: {}. ".format(", ".join('"%s"' % k for k in unexpected)))
        if strict and missing:
            errors.append("Missing key(s) in state_dict: {}. ".format(", ".join('"%s"' % k for k in missing)))
        pairs = []
        for key, target in own.items():
            if key not in state_dict:
                continue
            source = _facula.from_dlpack(state_dict[key])
            if tuple(source.shape) != tuple(target.shape):
                errors.append("size mismatch for {}: copying a param with shape {} from checkpoint, the shape in current model is {}."
                              .format(key, list(source.shape), list(target.shape)))
            else:
                pairs.append((target, source))
        if errors:
            raise RuntimeError("Error(s) in loading state_dict for {}:\n\t{}".format(self.original_name, "\n\t".join(errors)))
        for target, source in pairs:
            target.copy_(source)
        return _IncompatibleKeys(missing, unexpected)

    def train(self, mode=True):
        """Sets `training` here and in all modules below."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self._train(mode)
        return self

    def eval(self):
        return self.train(False)

    def apply(self, fn):
        """Calls fn on each module, children first."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def to(self, *args, **kwargs):
        """to(dtype), to(device), to(device, dtype), to(tensor): parameters and buffers change in place."""
        dtype, device = kwargs.pop("dtype", None), kwargs.pop("device", None)
        kwargs.pop("non_blocking", None)
        kwargs.pop("memory_format", None)
        if kwargs:
            raise TypeError("to() got an unexpected keyword argument {!r}".format(next(iter(kwargs))))
        for a in args:
            if isinstance(a, bool) or a is None:
                continue
            if hasattr(a, "__dlpack__"):
                dtype, device = a.dtype, a.device
            elif _facula._is_dtype(a):
                dtype = a
            else:
                device = a
        if device is not None and _facula.device(device).type != "cpu":
            raise RuntimeError("Facula computes on the CPU; a module cannot move to device {}".format(device))
        if dtype is not None:
            self._to_dtype(dtype)
        return self

    def float(self):
        return self.to(_facula._dtypes["float32"])

    def double(self):
        return self.to(_facula._dtypes["float64"])

    def half(self):
        return self.to(_facula._dtypes["float16"])

    def bfloat16(self):
        return self.to(_facula._dtypes["bfloat16"])

    def cpu(self):
        return self

    def requires_grad_(self, requires_grad=True):
        for p in self.parameters():
            p.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none=True):
        """Nothing to do: there are no gradients."""

    # --- containers

    def _kind(self):
        name = self.original_name
        return name if name in _CONTAINERS and ".container." in self._type_name else None

    def __len__(self):
        if self._has_method("__len__"):
            return self._call("__len__")
        if self._kind():
            return sum(1 for _ in self.named_children())
        raise NotImplementedError("{} has no __len__".format(self.original_name))

    def __iter__(self):
        kind = self._kind()
        if kind == "ModuleDict":
            return iter([name for name, _ in self.named_children()])
        if kind:
            return self.children()
        if self._has_method("__iter__"):
            return iter(self._call("__iter__"))
        raise NotImplementedError("{} has no __iter__".format(self.original_name))

    def __getitem__(self, index):
        kind = self._kind()
        if kind == "ModuleDict":
            return dict(self.named_children())[index]
        if kind:
            return list(self.children())[index]
        if self._has_method("__getitem__"):
            return self._call("__getitem__", index)
        raise NotImplementedError("{} has no __getitem__".format(self.original_name))

    def __contains__(self, key):
        if self._kind() == "ModuleDict":
            return key in dict(self.named_children())
        if self._has_method("__contains__"):
            return self._call("__contains__", key)
        if self._kind():
            return any(key is child for child in self.children())
        raise NotImplementedError("{} has no __contains__".format(self.original_name))

    def keys(self):
        return self._container_of_names("keys", [name for name, _ in self.named_children()])

    def values(self):
        return self._container_of_names("values", list(self.children()))

    def items(self):
        return self._container_of_names("items", list(self.named_children()))

    def _container_of_names(self, name, found):
        if self._kind() == "ModuleDict":
            return found
        if self._has(name):
            return self._call(name)
        raise AttributeError("'{}' object has no attribute '{}'".format(self.original_name, name))

    def __bool__(self):
        return bool(self._call("__bool__")) if self._has_method("__bool__") else True

    # --- text

    def extra_repr(self):
        return "original_name={}".format(self.original_name)

    def __repr__(self):
        lines = []
        for name, child in self.named_children():
            lines.append("({}): {}".format(name, repr(child).replace("\n", "\n  ")))
        head = "{}({}".format("ScriptModule", "" if lines else self.extra_repr())
        if not lines:
            return head + ")"
        return head + "\n  " + "\n  ".join([self.extra_repr()] + lines) + "\n)"


for _name in ("__add__", "__sub__", "__mul__", "__truediv__", "__neg__"):
    setattr(ScriptModule, _name, _forward_magic(_name))


def _from_archive(data):
    from ._archive import load
    return load(io.BytesIO(data))
