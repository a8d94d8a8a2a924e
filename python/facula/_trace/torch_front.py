"""Records torch programs through torch's public hooks.

`TracingMode` (a TorchDispatchMode on the pre-dispatch key, as torch.export uses it) sees every outermost call of an
operator, composite ones whole: aten::linear, aten::layer_norm, aten::lstm. `PythonMode` (a TorchFunctionMode) sees what
the dispatcher does not: sizes, conversions to Python numbers, indexing, torch.tensor.
Longer than most files: two modes and what they share.
"""
from __future__ import annotations

import contextlib
import inspect
import sys
import types

import torch
from torch._dispatch.python import enable_python_dispatcher, no_python_dispatcher
from torch._subclasses.schema_check_mode import SchemaCheckMode
from torch.nn.modules import module as nn_module
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from . import places, sizes, torch_patches
from .recorder import AttrVal, Group, Lit, TracingError, Val

_DTYPES = {torch.uint8: 0, torch.int8: 1, torch.int16: 2, torch.int32: 3, torch.int64: 4, torch.float16: 5,
           torch.float32: 6, torch.float64: 7, torch.complex32: 8, torch.complex64: 9, torch.complex128: 10,
           torch.bool: 11, torch.bfloat16: 15}
_LAYOUTS = {torch.strided: 0, torch.sparse_coo: 1}
_FORMATS = {torch.contiguous_format: 0, torch.preserve_format: 1, torch.channels_last: 2, torch.channels_last_3d: 3}


def enumerator(x):
    """TorchScript's number of a dtype, layout or memory format; None for anything else."""
    if isinstance(x, torch.dtype):
        if x not in _DTYPES:
            raise TracingError("%s cannot be used in a trace" % x)
        return _DTYPES[x]
    if isinstance(x, torch.layout):
        return _LAYOUTS.get(x, 1)
    if isinstance(x, torch.memory_format):
        return _FORMATS[x]
    return None


def flatten(xs, out=None):
    """The leaves of lists and tuples of arguments."""
    out = [] if out is None else out
    for x in xs:
        if isinstance(x, (list, tuple)):
            flatten(x, out)
        else:
            out.append(x)
    return out


def _is_index_tensor(x):
    return isinstance(x, torch.Tensor) and x.dim() == 0 and not x.is_floating_point() and not x.is_complex()


# Operators that only bring a tensor into being for Python, or that say nothing in a graph.
_TRANSPARENT = {"aten::lift_fresh", "aten::lift", "aten::requires_grad_", "aten::retain_grad", "aten::alias"}
# Factories: PyTorch writes the dtype down that they got.
_FLOAT_FACTORIES = {"aten::zeros", "aten::ones", "aten::empty", "aten::rand", "aten::randn", "aten::eye", "aten::linspace",
                    "aten::logspace", "aten::empty_strided", "aten::full"}
_CONVOLUTIONS = {"aten::conv1d": (1, False), "aten::conv2d": (2, False), "aten::conv3d": (3, False),
                 "aten::conv_transpose1d": (1, True), "aten::conv_transpose2d": (2, True),
                 "aten::conv_transpose3d": (3, True)}
_RANDOM = ("rand", "randn", "randint", "randperm", "bernoulli", "multinomial", "normal", "poisson", "dropout",
           "dropout_", "alpha_dropout", "feature_dropout", "feature_alpha_dropout", "rrelu", "uniform", "exponential",
           "rand_like", "randn_like", "randint_like", "binomial", "native_dropout")


class TracingMode(SchemaCheckMode):
    """The pre-dispatch key takes this kind of mode only; nothing of SchemaCheckMode's own is used."""

    def __init__(self, front):
        super().__init__()
        self._dispatch_key = torch._C.DispatchKey.PreDispatch
        self.front = front

    def reset_cache(self):
        pass

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunction(), no_python_dispatcher():
            return self.front.operator(func, args, kwargs or {})


class PythonMode(TorchFunctionMode):
    def __init__(self, front):
        super().__init__()
        self.front = front

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return self.front.function(self, func, args, kwargs or {})


class BelowAutocast(TorchDispatchMode):
    """Inside torch.autocast: sees operators after the casts, which belong to the program."""

    def __init__(self, front):
        super().__init__()
        self.front = front

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return self.front.operator(func, args, kwargs or {}, True)


class TorchFront:
    def __init__(self, recorder):
        self.recorder = recorder
        recorder.front = self
        recorder.taken = []
        self.python_mode, self.tracing_mode = PythonMode(self), TracingMode(self)
        self.kept = []            # tensors that must outlive the trace: their values are known by identity
        self.devices = {}         # id(torch.device) -> (device, tensor value it was read from)
        self.given_device = None
        self.given = None         # arguments of the running Python call: (args, kwargs)
        self.overlays = {}        # id(globals of a torch module) -> (globals that see no modes, the globals)
        self.warned_constants = set()

    def keep(self, tensor):
        self.kept.append(tensor)

    def warn_about_state(self, tree):
        """Buffers and parameters that the run replaced by other tensors: the trace does not know of it."""
        for module in tree.kept if tree is not None else ():
            for kind in ("_parameters", "_buffers"):
                for name, t in getattr(module, kind, {}).items():
                    if t is not None and tree.tensors.get((id(module), name), t) is not t:
                        places.warn("The %s '%s' of %s was assigned while tracing. The trace does not record assignments of"
                                    " attributes; use an in-place operation such as copy_() instead."
                                    % (kind[1:-1], name, type(module).__name__))
                        tree.tensors[(id(module), name)] = t

    # --- running -----------------------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def active(self):
        hooks = [nn_module.register_module_forward_pre_hook(self._module_begins),
                 nn_module.register_module_forward_hook(self._module_ends, always_call=True)]
        try:
            with torch_patches.active(), self.python_mode, enable_python_dispatcher(), self.tracing_mode:
                yield
        finally:
            for hook in hooks:
                hook.remove()

    @contextlib.contextmanager
    def unseen(self):
        """torch calls inside are not recorded."""
        self.recorder.paused += 1
        try:
            with torch._C.DisableTorchFunction(), no_python_dispatcher(), \
                    torch._C._ExcludeDispatchKeyGuard(torch._C.DispatchKeySet(torch._C.DispatchKey.PreDispatch)):
                yield
        finally:
            self.recorder.paused -= 1

    def _module_begins(self, module, args):
        attr = self.recorder.modules.get(id(module))
        if attr is not None and not self.recorder.paused and attr.paths[0]:
            self.recorder.enter_module(attr)

    def _module_ends(self, module, args, result):
        attr = self.recorder.modules.get(id(module))
        if attr is not None and not self.recorder.paused and attr.paths[0]:
            self.recorder.leave_module(attr)

    # --- tensors and operands ------------------------------------------------------------------------------------------
    def is_traced(self, x):
        """Whether a tensor depends on the inputs, or on what the trace computed."""
        return isinstance(x, torch.Tensor) and isinstance(self.recorder.find(x), Val)

    def tensor(self, t):
        """The operand of a tensor: its value, a parameter of the module, or a constant."""
        recorder = self.recorder
        val = recorder.find(t)
        if val is None:
            known = recorder.constants.get(id(t))
            if known is not None:
                return known[1]
            if t.requires_grad:
                raise TracingError("Cannot insert a Tensor that requires grad as a constant. Consider making it a parameter or"
                                   " input, or detaching the gradient\nTensor:\n%s" % (t.detach(),))
            lit = Lit(t, "Tensor")
            recorder.constants[id(t)] = (t, lit)
            return lit
        if isinstance(val, Val) and not val.name:
            val.name = places.variable_name(t)
        return val

    def operand(self, x, type):
        """The operand of an argument for a schema type in torch's notation ("Optional[List[int]]")."""
        if type.startswith("Optional["):
            if x is None:
                return Lit(None, "NoneType")
            type = type[9:-1]
        if type.startswith("List["):
            inner = type[5:-1]
            if not isinstance(x, (list, tuple)):
                x = [x]
            name = _NOTATION.get(inner, inner)
            return Group("list", name, [self.operand(i, inner) for i in x])
        if x is None:
            return Lit(None, "NoneType")
        if type == "Tensor":
            if isinstance(x, torch.Tensor):
                return self.tensor(x)
            if sizes.symbol_of(x) is not None:
                return self.recorder.find(sizes.as_tensor(x))
            with self.unseen():
                return Lit(torch.tensor(x, dtype=torch.float64 if isinstance(x, float) else None), "Tensor")
        symbol = sizes.symbol_of(x)
        if symbol is not None:
            if type == "float" and symbol.is_int():
                return sizes.symbol_of(sizes.float_of(x)).val
            if type in ("int", "SymInt") and symbol.is_float():
                return Lit(int(symbol.concrete), "int")
            return symbol.val
        if isinstance(x, torch.device):
            return self.given_device if self.given_device is not None else Lit(str(x), "Device")
        code = enumerator(x)
        if code is not None:
            return Lit(code, "int")
        if type == "Device":
            return Lit(str(x), "Device")
        if type == "Generator":
            raise TracingError("a torch.Generator cannot be part of a trace; use torch.manual_seed instead")
        if type == "float":
            return Lit(float(x), "float")
        if type == "bool":
            return Lit(bool(x), "bool")
        if type == "complex":
            return Lit(complex(x), "complex")
        if isinstance(x, (bool, int, float, complex, str)):
            return Lit(x, builtin_name(x))
        raise TracingError("an argument of type %s cannot be part of a trace" % builtins_type(x))

    # --- the dispatcher's side -----------------------------------------------------------------------------------------
    def operator(self, func, args, kwargs, below_autocast=False):
        recorder = self.recorder
        if recorder.paused:
            return func(*concrete(args), **concrete(kwargs))
        schema = func._schema
        name = schema.name
        returns = [str(r.type) for r in schema.returns]
        gives_tensors = any("Tensor" in r for r in returns)
        if not gives_tensors or name in _TRANSPARENT:
            return self.unrecorded(func, name, args, kwargs)
        args = self.align(schema, args, kwargs)
        if not below_autocast and torch.is_autocast_enabled("cpu"):
            before, self.given = self.given, None
            try:
                with BelowAutocast(self):
                    return func(*args, **kwargs)
            finally:
                self.given = before
        filled = []
        for i, a in enumerate(schema.arguments):
            if i < len(args):
                filled.append(args[i])
            elif a.name in kwargs:
                filled.append(kwargs[a.name])
            else:
                filled.append(a.default_value if a.has_default_value() else None)
        if not self.known(name, schema.overload_name) and not self.known_after_rewriting(name):
            decomposed = self.decompose(func, args, kwargs)
            if decomposed is not NotImplemented:
                return decomposed
            places.warn("Facula has no operator %s: the traced program can be saved, and fails when it runs this operator."
                        % func.name())
        self.before_write(schema, filled)
        inputs = [self.operand(x, str(a.type)) for x, a in zip(filled, schema.arguments)]
        name, overload, inputs = self.rewrite(name, schema, filled, inputs)
        writes = [i for i, a in enumerate(schema.arguments) if a.alias_info is not None and a.alias_info.is_write]
        if recorder.force_outplace and writes == [0]:
            name, overload, inputs = self.out_of_place(name, overload, filled[0], inputs)
        place = places.here()
        result = func(*concrete(args), **concrete(kwargs))
        if name in _FLOAT_FACTORIES:
            self.write_dtype(schema, inputs, result)
        types_ = [_RETURNS.get(r, r) for r in returns]
        outputs = recorder.op(name, overload, inputs, types_, effect=bool(writes),
                              random=name[6:] in _RANDOM and self.draws(name, schema, filled), place=place)
        results = result if len(returns) > 1 else (result,)
        for out, val, r in zip(results, outputs, returns):
            self.bind_result(out, val, r)
        for i in writes:   # out= and in-place forms: the tensor is now what the operator gave
            self.rebind(filled[i], outputs, results)
        return result

    def out_of_place(self, name, overload, target, inputs):
        """_force_outplace: an in-place call as the functional form. Other views of the memory do not see it then."""
        with self.unseen():
            place = target.untyped_storage().data_ptr()
            views = sum(1 for ref, val in list(self.recorder._values.values())
                        if isinstance(val, Val) and (t := ref()) is not None and t is not target
                        and t.layout is torch.strided and t.untyped_storage().data_ptr() == place)
        if views:
            places.warn("There are %d live references to the data region being modified when tracing in-place operator %s. This"
                        " might cause the trace to be incorrect, because all other views that also reference this data will not"
                        " reflect this change in the trace! On the other hand, if all other views use the same memory chunk, but"
                        " are disjoint (e.g. are outputs of torch.split), this might still be safe."
                        % (views + 1, name.split("::")[-1]))
        none = Lit(None, "NoneType")
        if name == "aten::copy_":
            return (name, overload, inputs) if views else ("aten::expand_as", "", [inputs[1], inputs[0]])
        if name == "aten::zero_":
            return "aten::zeros_like", "", [inputs[0]] + [none] * 5
        if name == "aten::fill_" and overload == "Scalar":
            return "aten::full_like", "", inputs + [none] * 5
        functional = name[:-1]
        return (functional, overload, inputs) if self.known(functional, overload) else (name, overload, inputs)

    def bind_result(self, out, val, type):
        if isinstance(out, torch.Tensor):
            self.recorder.bind(out, val)
        elif isinstance(out, (list, tuple)) and type == "List[Tensor]":
            for t, v in zip(out, self.recorder.unpack(val, ["Tensor"] * len(out), "list_unpack")):
                self.recorder.bind(t, v)

    def rebind(self, target, outputs, results):
        for out, val in zip(results, outputs):
            if out is target and isinstance(target, torch.Tensor):
                self.recorder.bind(target, val)

    def unrecorded(self, func, name, args, kwargs):
        """Operators whose result is not a tensor: the result is a constant."""
        result = func(*concrete(args), **concrete(kwargs))
        if name in _TRANSPARENT:
            source = args[0]
            val = self.recorder.find(source) if isinstance(source, torch.Tensor) else None
            if val is not None and isinstance(result, torch.Tensor) and result is not source:
                self.recorder.bind(result, val)
        elif name in ("aten::equal", "aten::allclose", "aten::is_nonzero") and any(self.is_traced(a) for a in args):
            places.warn("Converting a tensor to a Python boolean" + places.PYTHON_DATAFLOW)
        return result

    def known(self, name, overload):
        return self.recorder.known_operator(name, overload)

    def known_after_rewriting(self, name):
        return name in _CONVOLUTIONS

    def decompose(self, func, args, kwargs):
        """An operator that Facula does not have, in terms of others."""
        if not torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd"):
            return NotImplemented
        with enable_python_dispatcher(), self.tracing_mode:
            return func.decompose(*args, **kwargs)

    def draws(self, name, schema, filled):
        """dropout draws only in training."""
        for a, x in zip(schema.arguments, filled):
            if a.name in ("train", "training") and x is False:
                return False
        return True

    def before_write(self, schema, filled):
        """An operator that writes a constant: the trace keeps the value from before, and says so."""
        for a, x in zip(schema.arguments, filled):
            if a.alias_info is None or not a.alias_info.is_write or not isinstance(x, torch.Tensor):
                continue
            if self.recorder.find(x) is None and x.numel() and not self.is_fresh(x):
                places.warn("An in-place operation (%s) changes a tensor that is not an input, parameter or result of the traced"
                            " program. The tensor becomes a constant of the trace, with its present value, and each run"
                            " will change that constant." % schema.name.split("::")[-1])
                known = self.recorder.constants.get(id(x))
                copy = x.detach().clone(memory_format=torch.preserve_format)
                if known is not None:
                    known[1].value = copy
                else:
                    self.recorder.constants[id(x)] = (x, Lit(copy, "Tensor"))

    def is_fresh(self, x):
        return False

    def write_dtype(self, schema, inputs, result):
        for i, a in enumerate(schema.arguments):
            if a.name == "dtype" and isinstance(inputs[i], Lit) and inputs[i].value is None and isinstance(result, torch.Tensor):
                inputs[i] = Lit(enumerator(result.dtype), "int")

    def rewrite(self, name, schema, filled, inputs):
        """Calls as PyTorch's tracer writes them, or as they mean the same for other inputs."""
        overload = schema.overload_name
        if name == "aten::detach_":
            return "aten::detach", "", inputs
        if name in _CONVOLUTIONS and overload in ("", "input"):
            rank, transposed = _CONVOLUTIONS[name]
            x = filled[0]
            if x.dim() == rank + 2:
                at = {a.name: i for i, a in enumerate(schema.arguments)}

                def spread(key, default=None):
                    if key not in at:
                        return Group("list", "int", [Lit(default, "int") for _ in range(rank)])
                    group = inputs[at[key]]
                    items = group.items if len(group.items) == rank else group.items * rank
                    return Group("list", "int", items)
                flags = torch.backends.cudnn
                return "aten::_convolution", "", [
                    inputs[0], inputs[1], inputs[2], spread("stride"), spread("padding"), spread("dilation"),
                    Lit(transposed, "bool"), spread("output_padding", 0), inputs[at["groups"]],
                    Lit(bool(flags.benchmark), "bool"), Lit(bool(flags.deterministic), "bool"),
                    Lit(bool(flags.enabled), "bool"), Lit(True, "bool")]
        # A Python number keeps its rank in type promotion only as a Scalar.
        scalar = overload.replace("Tensor", "Scalar") if "Tensor" in overload and "_Tensor" not in overload else ""
        if scalar:
            other = next((i for i, a in enumerate(schema.arguments) if a.name == "other"), None)
            x = filled[other] if other is not None else None
            symbol = sizes.symbol_of(x)
            if symbol is not None and symbol.is_float() and self.known(name, scalar):
                inputs[other], overload = symbol.val, scalar
            elif isinstance(x, (bool, int, float, complex)) and self.known(name, scalar):
                inputs[other], overload = Lit(x, builtin_name(x)), scalar
        return name, overload, inputs

    # --- numbers that the argument parser took out of traced values -----------------------------------------------------
    def align(self, schema, args, kwargs):
        """Puts symbolic sizes (and 0-dim tensors that served as numbers) back where the parser made plain numbers of them."""
        taken, self.recorder.taken = self.recorder.taken, []
        given = self.given
        if given is None:
            return args
        python = flatten(given[0])
        if not taken and not any(_is_index_tensor(x) and self.is_traced(x) for x in python):
            if not given[1] or not any(_is_index_tensor(x) for x in given[1].values()):
                return args
        args = list(args)
        queue = list(python)
        for i, arg in enumerate(args):
            name = schema.arguments[i].name
            if name in given[1]:
                source = flatten([given[1][name]])
            else:
                count = len(flatten([arg]))
                source, queue = queue[:count], queue[count:]
            if len(source) == len(flatten([arg])):
                args[i] = self.restore(arg, source)
        left = [s for s in taken if not any(sizes.symbol_of(x) is s for x in flatten(args))]
        for symbol in left:   # order alone did not tell: by value, first come
            for i, arg in enumerate(args):
                if str(schema.arguments[i].type).replace("Optional[", "").startswith(("int", "List[int", "SymInt")):
                    new = self.restore_by_value(arg, symbol)
                    if new is not None:
                        args[i] = new
                        break
            else:
                places.warn("Converting a tensor to a Python integer" + places.PYTHON_DATAFLOW)
        return tuple(args)

    def restore(self, arg, source):
        if isinstance(arg, (list, tuple)):
            return [self.restore(a, [s]) for a, s in zip(arg, source)] if len(source) == len(arg) else arg
        x = source[0]
        symbol = sizes.symbol_of(x)
        if type(arg) is int and symbol is not None and symbol.concrete == arg:
            return x
        if type(arg) is int and _is_index_tensor(x) and self.is_traced(x):   # a 0-dim tensor served as a number
            (val,) = self.recorder.op("aten::Int", "Tensor", [self.tensor(x)], ["int"])
            return sizes.traced(self.recorder, val, arg)
        return arg

    def restore_by_value(self, arg, symbol):
        if type(arg) is int and arg == symbol.concrete:
            return sizes.wrap(symbol)
        if isinstance(arg, (list, tuple)):
            for i, a in enumerate(arg):
                if type(a) is int and a == symbol.concrete:
                    return [*arg[:i], sizes.wrap(symbol), *arg[i + 1:]]
        return None

    # --- the Python side -----------------------------------------------------------------------------------------------
    def function(self, mode, func, args, kwargs):
        if self.recorder.paused:
            return func(*args, **kwargs)
        from . import torch_functions
        handler = torch_functions.HANDLERS.get(func)
        if handler is not None:
            return handler(self, func, args, kwargs)
        if isinstance(func, types.FunctionType):
            return self.python_function(mode, func, args, kwargs)
        return self.call(func, args, kwargs)

    def call(self, func, args, kwargs):
        """One of torch's built-in functions: what the dispatcher sees of it can be compared with what Python gave."""
        before = self.given, self.given_device
        self.given = (args, kwargs)
        self.recorder.taken = []
        if self.devices:
            self.given_device = self.device_among(args, kwargs)
        try:
            return func(*args, **kwargs)
        finally:
            self.given, self.given_device = before

    def device_among(self, args, kwargs):
        for x in (*args, *kwargs.values()):
            if isinstance(x, torch.device):
                known = self.devices.get(id(x))
                if known is not None:
                    (val,) = self.recorder.op("prim::device", "", [known[1]], ["Device"])
                    return val
        return None

    def python_function(self, mode, func, args, kwargs):
        """torch's own Python functions (F.interpolate) ask for active modes first; here the one that asked goes on to its
        body, with the mode active for what it calls."""
        asking = sys._getframe(2)
        while asking is not None and asking.f_code.co_name != "handle_torch_function":
            asking = asking.f_back if asking.f_code.co_name in ("__torch_function__", "function") else None
        if asking is None:
            return func(*args, **kwargs)
        frame = asking.f_back
        while not _ASKS.intersection(frame.f_code.co_names) and frame.f_back is not None:
            frame = frame.f_back  # a function that always asks (torch.functional._unique_torch_function): its caller has decided
        code = frame.f_code
        known = self.overlays.get(id(frame.f_globals))
        if known is None:
            overlay = {**frame.f_globals}
            for name in _ASKS:
                if name in overlay:
                    overlay[name] = _never
            for name, value in frame.f_globals.items():
                if value is torch.overrides:   # torch/__init__.py asks by the module's name
                    overlay[name] = _NoOverrides
            known = self.overlays[id(frame.f_globals)] = overlay, frame.f_globals
        locals_ = frame.f_locals
        closure = tuple(types.CellType(locals_[n]) for n in code.co_freevars)
        body = types.FunctionType(code, known[0], code.co_name, None, closure)
        names = code.co_varnames
        count, more = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
        positional = [locals_[n] for n in names[:count]]
        by_name = {n: locals_[n] for n in names[count:more]}
        if code.co_flags & inspect.CO_VARARGS:
            positional += locals_[names[more]]
            more += 1
        if code.co_flags & inspect.CO_VARKEYWORDS:
            by_name.update(locals_[names[more]])
        with mode:
            return body(*positional, **by_name)


_ASKS = {"has_torch_function", "has_torch_function_unary", "has_torch_function_variadic"}


def _never(*args, **kwargs):
    return False


class _NoOverridesType:
    """torch.overrides to a function that shall not see that a mode is active."""
    has_torch_function = has_torch_function_unary = has_torch_function_variadic = staticmethod(_never)

    def __getattr__(self, name):
        return getattr(torch.overrides, name)


_NoOverrides = _NoOverridesType()


def concrete(x):
    """Arguments with every symbolic number replaced by its present value."""
    if isinstance(x, (list, tuple)):
        return type(x)(concrete(i) for i in x) if type(x) in (list, tuple) else [concrete(i) for i in x]
    if isinstance(x, dict):
        return {k: concrete(v) for k, v in x.items()}
    if isinstance(x, torch.Tensor):
        return x
    symbol = sizes.symbol_of(x)
    return x if symbol is None else symbol.concrete


def builtin_name(x):
    return type(x).__name__


def builtins_type(x):
    return type(x).__qualname__


_NOTATION = {"Optional[Tensor]": "Tensor?", "number": "Scalar", "SymInt": "int"}
_RETURNS = {"List[Tensor]": "Tensor[]", "number": "Scalar", "SymInt": "int"}
