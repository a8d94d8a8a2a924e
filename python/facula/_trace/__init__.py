"""facula.trace: programs recorded while they run on example inputs.

    front ends   torch_front.py (+ torch_functions.py, indexing.py, sizes.py), native_front.py: see what a program does
    recorder.py  the recording: frames of nodes over values          calls.py   compiled callees, fork and wait
    lower.py     recording -> graphs, one method per traced module     modules.py the compiled module tree
    values.py    inputs and outputs    check.py  check_trace           places.py  files, lines, warnings
"""
from __future__ import annotations

import contextlib
import functools
import inspect
import os
import sys
import warnings

from .. import _facula
from . import calls, check, lower, modules, state, values
from .check import TracingCheckError
from .places import TracerWarning
from .recorder import Recorder, TracingError
from .state import is_tracing

__all__ = ["trace", "trace_module", "is_tracing", "script_if_tracing", "TracerWarning", "TracingCheckError", "TracingError"]


def _tools(function, inputs):
    """What knows the tensors of a program: torch's, or ours."""
    torch = sys.modules.get("torch")
    from . import native_front
    if native_front.has_our_tensor(inputs) and not (torch is not None and isinstance(function, torch.nn.Module)):
        return native_front.NativeTools()
    if torch is None:
        return native_front.NativeTools()
    from . import torch_tools
    return torch_tools.TorchTools()


def _argument_names(function):
    """Names of the parameters that stand for one value each."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        schema = getattr(function, "schema", None)
        return [a.name for a in schema.arguments if a.name != "self"] if schema is not None else []
    return [p.name for p in parameters if p.kind == p.POSITIONAL_OR_KEYWORD]


def _as_tuple(tools, inputs):
    if tools.is_any_tensor(inputs) or isinstance(inputs, dict):
        return (inputs,)
    return inputs if isinstance(inputs, tuple) else tuple(inputs)


class _Trace:
    """One run of a program under observation."""

    def __init__(self, tools, strict, force_outplace):
        self.tools = tools
        self.recorder = Recorder(strict)
        self.recorder.force_outplace = force_outplace
        self.front = tools.front(self.recorder)
        self.calls = self.recorder.calls = calls.Calls(self.recorder, self.front)

    def run(self, function, inputs, names, tree=None, module=None):
        """inputs: a tuple, or a dict by parameter name."""
        recorder = self.recorder
        if tree is not None:
            tree.declare(recorder, module)
        declared = values.Inputs(recorder, self.tools.is_tensor, self.tools.alias)
        by_name = isinstance(inputs, dict)
        given = list(inputs.values()) if by_name else list(inputs)
        declared.check(given)
        names = [n for n in names if n in inputs] if by_name else names
        order = names if by_name else range(len(given))
        arguments = {}
        for i, key in enumerate(order):
            arguments[key] = declared.declare(inputs[key] if by_name else given[i], names[i] if i < len(names) else "")
        state.begin(recorder)
        before = _facula._set_call_observer(self.calls.observe)
        try:
            with self.front.active():
                out = function(**arguments) if by_name else function(*arguments.values())
                if out is None:
                    raise TracingError("The traced function didn't return any values! Side-effects are not captured in traces, so"
                                       " it would be a no-op.")
                out = self.front.finish(out)
            self.front.warn_about_state(tree)
        finally:
            _facula._set_call_observer(before)
            state.end()
        outputs = values.Outputs(recorder, self.tools.is_tensor, self.front.value_of_output)
        recorder.root.results = [outputs.operand(out)]

    def function(self, name):
        unit = _facula._TraceUnit()
        lowering = lower.Lowering(self.recorder)
        graph = lowering.graph(self.recorder.root, None)
        return unit.add_function(name, graph.graph)

    def method(self, tree, name):
        lowering = lower.Lowering(self.recorder, tree.root)

        def add(attr, graph):
            target, number, free = attr.type, 0, "forward"
            while target.has_method(free) or (target is tree.root and free == name):
                number += 1
                free = "forward%d" % number
            target.add_method(free, graph.graph)
            return free
        graph = lowering.graph(self.recorder.root, add)
        tree.root.add_method(name, graph.graph)

    def nondeterministic(self):
        kept = lower.live_nodes(self.recorder.root)
        from .recorder import all_nodes
        return ["%s : %s = %s" % (", ".join("%" + (v.name or str(i)) for i, v in enumerate(n.outputs)),
                                  n.outputs[0].type if n.outputs else "", n.target[0])
                for n in all_nodes(self.recorder.root) if n in kept and n.random]

    def lines(self):
        return lower.canonical_lines(self.recorder)


def _is_compiled(x):
    real = _facula.look_behind(x)
    return isinstance(real, _facula.Object)


def _disabled():
    return os.environ.get("FACULA_JIT", "1") == "0"


def _name_of(function):
    if isinstance(function, _facula.Function):
        return "__torch__." + function.name
    if not hasattr(function, "__name__") and isinstance(function, functools.partial):
        return _name_of(function.func)
    return modules.qualified_name(function if hasattr(function, "__name__") else type(function))


def trace(func, example_inputs=None, optimize=None, check_trace=True, check_inputs=None, check_tolerance=1e-5, strict=True,
          _force_outplace=False, _module_class=None, _compilation_unit=None, example_kwarg_inputs=None, _store_inputs=True):
    """Records a function or module on example inputs and gives the compiled program.

    func: a function of tensors (and tuples, lists, dicts of them), a torch.nn.Module, or its `forward`.
    example_inputs: a tuple of arguments, or one tensor; example_kwarg_inputs: the same by name.
    check_trace: trace and run again (on check_inputs, if given) and report what differs beyond check_tolerance.
    strict=False lets the program return dicts and lists without a warning.

    Control flow is recorded as it went, compiled functions that are called stay calls. A TracerWarning with file and line
    says where a value became a constant.
    """
    if _disabled():
        return func
    compiled = _facula.look_behind(func)
    if isinstance(compiled, _facula.Object):
        warnings.warn("The input to trace is already a ScriptModule, tracing it is a no-op. Returning the object as is.",
                      stacklevel=2)
        return func
    by_name = isinstance(example_kwarg_inputs, dict)
    if not by_name and example_inputs is None and example_kwarg_inputs is not None:
        raise RuntimeError("example_kwarg_inputs should be a dict")
    inputs = example_kwarg_inputs if by_name else example_inputs
    tools = _tools(func, inputs)
    owner = getattr(func, "__self__", None)
    if tools.is_module(func) or (tools.is_module(owner) and getattr(func, "__name__", "") == "forward"):
        if inputs is None:
            raise RuntimeError("example_kwarg_inputs should be a dict")
        return _trace_module(func if tools.is_module(func) else owner, {"forward": inputs}, check_trace,
                             None if check_inputs is None else [{"forward": c} for c in check_inputs], check_tolerance, strict,
                             _force_outplace, by_name)[0]
    if tools.is_module(owner):
        raise AttributeError("trace doesn't support compiling individual module's functions.\nPlease use trace_module")
    if not by_name:
        inputs = () if inputs is None else _as_tuple(tools, inputs)
    if isinstance(compiled, _facula.Function):
        func = compiled
    names = _argument_names(func)
    recording = _Trace(tools, strict, _force_outplace)
    program = _as_callable(tools, func)
    recording.run(program, inputs, names)
    function = recording.function(_name_of(func))
    for attribute in ("__name__", "__doc__", "__module__", "__qualname__"):
        with contextlib.suppress(AttributeError, TypeError):
            setattr(function, attribute, getattr(func, attribute))
    for one in () if not check_trace else check_inputs if check_inputs is not None else [inputs]:
        one = one if by_name else _as_tuple(tools, one)
        again = _Trace(tools, strict, _force_outplace)
        with _quiet():
            again.run(program, tools.clone(one), names)
        second = again.function(_name_of(func))
        checker = check.Checker(recording.lines(), again.lines(), tools, check_tolerance, recording.nondeterministic())
        with tools.checking():
            checker.check(_run(tools, function, one), _run(tools, program, one, False), _run(tools, second, one))
    return function


def _as_callable(tools, func):
    """A compiled function as part of a torch program: results are torch tensors."""
    if not isinstance(func, _facula.Function):
        return func

    def call(*args, **kwargs):
        result = func(*args, **kwargs)
        return result if state.current() is not None else tools.from_compiled(result)
    return call


def _run(tools, function, inputs, compiled=True):
    def run():
        fresh = tools.clone(inputs)
        if compiled:
            fresh = tools.for_compiled(fresh)
        return function(**fresh) if isinstance(fresh, dict) else function(*fresh)
    return run


@contextlib.contextmanager
def _quiet():
    """The second trace would only repeat the first one's warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TracerWarning)
        yield


def trace_module(mod, inputs, optimize=None, check_trace=True, check_inputs=None, check_tolerance=1e-5, strict=True,
                 _force_outplace=False, _module_class=None, _compilation_unit=None, example_inputs_is_kwarg=False,
                 _store_inputs=True):
    """Records several methods of a module: `inputs` gives the example inputs by method name. See trace()."""
    if _disabled():
        return mod
    if not isinstance(inputs, dict):
        raise AttributeError("expected a dictionary of (method_name, input) pairs")
    if not _tools(mod, list(inputs.values())).is_module(mod):
        raise AttributeError("expected torch.nn.Module as the first argument")
    return _trace_module(mod, inputs, check_trace, check_inputs, check_tolerance, strict, _force_outplace,
                         example_inputs_is_kwarg)[0]


def _trace_module(mod, inputs, check_trace, check_inputs, check_tolerance, strict, force_outplace, by_name, again=False):
    tools = _tools(mod, list(inputs.values()))
    tree = modules.ModuleTree(mod, not again)
    recordings = {}
    for name, example in inputs.items():
        function = mod if name == "forward" else getattr(mod, name)
        names = _argument_names(getattr(mod, name))
        if by_name:
            for key in example:
                if key not in names:
                    raise NameError("'%s' is not in forward() method's arguments, valid arguments name are [%s]"
                                    % (key, ",".join(names)))
        else:
            example = _as_tuple(tools, example)
        recording = _Trace(tools, strict, force_outplace)
        recording.run(function, example, names, tree, mod)
        recording.method(tree, name)
        recordings[name] = recording, function
        for one in () if not check_trace else check_inputs if check_inputs is not None else [inputs]:
            _check_method(tools, mod, tree, name, function, recording, one, check_tolerance, strict, force_outplace, by_name)
    return tree.root.object, recordings


def _check_method(tools, mod, tree, name, function, recording, inputs, tolerance, strict, force_outplace, by_name):
    with _quiet():
        second, again = _trace_module(mod, {k: tools.clone(v) for k, v in inputs.items()}, False, None, tolerance, strict,
                                      force_outplace, by_name, True)
    one = inputs[name] if by_name else _as_tuple(tools, inputs[name])
    traced = getattr(tree.root.object, name)
    checker = check.Checker(recording.lines(), again[name][0].lines(), tools, tolerance, recording.nondeterministic())
    with tools.checking():
        checker.check(_run(tools, traced, one), _run(tools, function, one, False), _run(tools, getattr(second, name), one))


def script_if_tracing(fn):
    """A function that is compiled (with its control flow) when a traced program calls it, and plain Python otherwise."""
    compiled = []

    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        if not is_tracing():
            return fn(*args, **kwargs)
        if not compiled:
            from .. import script
            recorder = state.current()
            with recorder.pause(), recorder.front.unseen():
                compiled.append(script(fn))
        return compiled[0](*args, **kwargs)
    wrapper.__original_fn = fn
    wrapper.__script_if_tracing_wrapper = True
    return wrapper
