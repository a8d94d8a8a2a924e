"""The compiled module that a traced torch.nn.Module becomes: the same tree with the same parameters and buffers."""
from __future__ import annotations

import inspect
import itertools
import textwrap

from .. import _facula
from .recorder import AttrVal


def qualified_name(obj):
    """Where a function or class lives in a program: __torch__.<module>.<name>."""
    override = getattr(obj, "_jit_override_qualname", None)
    if override:
        return override
    name = getattr(obj, "__name__", type(obj).__name__)
    if name == "<lambda>":
        name = "_lambda"
    if "." in name or "<" in name:
        raise RuntimeError("Could not get qualified name for class '%s': '%s' is not a valid identifier" % (name, name))
    module = getattr(obj, "__module__", None) or "__main__"
    if module == "__main__":
        return "__torch__." + name
    if module.startswith("__torch__"):
        return module + "." + name
    return "__torch__." + module + "." + name


_numbers = itertools.count(100000)


class ModuleTree:
    """Compiled modules of one trace, by the Python modules that they were made of."""

    def __init__(self, root, with_exported=True):
        self.with_exported = with_exported
        self.unit = _facula._TraceUnit()
        self.built = {}           # id(module) -> _TracedModule or a compiled module
        self.kept = []            # the modules, so that their ids stay their own
        self.tensors = {}         # (id(module), name) -> the parameter or buffer that was compiled
        with _facula._SharedStorages():
            self.root = self.build(root)

    def build(self, module):
        known = self.built.get(id(module))
        if known is not None:
            return known
        self.kept.append(module)
        compiled = compiled_behind(module)
        if compiled is not None:
            self.built[id(module)] = compiled
            return compiled
        if module._backward_hooks:
            raise ValueError("Modules that have backward hooks assigned can't be compiled: " + str(module))
        attributes = []
        for name, p in module._parameters.items():
            if p is not None:
                attributes.append((name, p, "parameter", "Tensor"))
                self.tensors[(id(module), name)] = p
        for name, b in module._buffers.items():
            if b is not None:
                attributes.append((name, b, "buffer", "Tensor"))
                self.tensors[(id(module), name)] = b
        attributes.append(("training", bool(module.training), "attribute", "bool"))
        attributes.append(("_is_full_backward_hook", getattr(module, "_is_full_backward_hook", None), "attribute", "bool?"))
        for name, child in module._modules.items():
            if child is not None:
                attributes.append((name, self.build(child), "module", None))
        exported = exported_methods(type(module)) if self.with_exported else {}
        for name, value in vars(module).items():
            # What exported methods may read; the trace itself has such values as constants.
            plain = exported and type(value) in (bool, int, float, str) and not name.startswith("_")
            if isinstance(value, _facula.Object) or plain and name != "training":
                attributes.append((name, value, "attribute", None))
        name = qualified_name(type(module))
        if exported:   # its methods live beside those of all scripted classes: the name must be free there
            place, _, last = name.rpartition(".")
            name = "%s.___torch_mangle_%d.%s" % (place, next(_numbers), last)
        made = _facula._TracedModule(self.unit, name, attributes)
        self.built[id(module)] = made
        for name, method in exported.items():
            if name != "forward":
                compile_exported(made.object, method)
        return made

    def declare(self, recorder, module):
        """Tells the recorder what parameters, buffers and sub-modules are called."""
        tensors, modules = {}, {}

        def compiled(obj, path):
            known = recorder.objects.get(obj._address)
            if known is not None:
                known.paths.append(path)
                return
            recorder.objects[obj._address] = AttrVal(path, obj, True)
            for name, _, kind in obj._attributes():
                if kind == "module":
                    compiled(getattr(obj, name), path + (name,))

        def visit(m, path):
            known = modules.get(id(m))
            if known is not None:
                known.paths.append(path)
            else:
                known = modules[id(m)] = AttrVal(path, self.built[id(m)], True)
                recorder.modules[id(m)] = known
                if isinstance(self.built[id(m)], _facula.Object):
                    compiled(self.built[id(m)], path)
            if compiled_behind(m) is None:
                for name, value in vars(m).items():
                    if isinstance(value, _facula.Object):
                        compiled(value, path + (name,))
                for name, t in (*m._parameters.items(), *m._buffers.items()):
                    if t is not None:
                        attr = tensors.get(id(t))
                        if attr is not None:
                            attr.paths.append(path + (name,))
                        else:
                            attr = tensors[id(t)] = AttrVal(path + (name,), "Tensor")
                            recorder.bind(t, attr)
                for name, child in m._modules.items():
                    if child is not None and id(child) in self.built and len(path) < 1000:
                        visit(child, path + (name,))
        visit(module, ())


def compiled_behind(module):
    """The compiled module behind one of ours or a wrapper of it, or None."""
    real = _facula.look_behind(module)
    return real if isinstance(real, _facula.Object) else None


def exported_methods(cls):
    """Methods that are marked with @export, by name: they are compiled from source, beside what is traced."""
    found = {}
    for name in dir(cls):
        item = inspect.getattr_static(cls, name, None)
        modifier = getattr(item, "_torchscript_modifier", None)
        if inspect.isfunction(item) and modifier is not None and str(getattr(modifier, "value", modifier)).startswith("export"):
            found[name] = item
    return found


def compile_exported(compiled, method):
    from .._script.names import MISSING, closure_lookup
    look = closure_lookup(method)
    source = textwrap.dedent(inspect.getsource(method))
    compiled.define(source[source.index("def "):], _rcb=lambda name: None if look(name) is MISSING else look(name))
