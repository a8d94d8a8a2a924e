"""Archives: load and save, and what is done to loaded modules."""
import os

from . import _facula


def load(f, map_location=None, _extra_files=None, _restore_shapes=False):
    """A module from an archive: a path, or an object with read(). `_extra_files` is filled with the files asked for."""
    if isinstance(f, (str, os.PathLike)):
        path = os.fspath(f)
        if not os.path.exists(path):
            raise ValueError("The provided filename {} does not exist".format(path))
        if os.path.isdir(path):
            raise ValueError("The provided filename {} is a directory".format(path))
        where = path if isinstance(path, str) else os.fsdecode(path)
    else:
        where = f.read()
        if not isinstance(where, bytes):
            where = bytes(where)
    wanted = None if _extra_files is None else dict(_extra_files)
    module = _facula._load(where, map_location, wanted)
    if _extra_files is not None:
        _extra_files.update(wanted)
    return module


def save(m, f, _extra_files=None):
    """Writes a module to a path or to an object with write()."""
    _facula.look_behind(m).save(f, _extra_files=_extra_files)


def freeze(mod, preserved_attrs=None, optimize_numerics=True, precision="float32"):
    """A module whose parameters and attributes are constants, running in the given precision (see set_precision)."""
    frozen = mod._freeze(list(preserved_attrs or ()))
    if precision != "float32":
        set_precision(frozen, precision)
    return frozen


def set_precision(mod, precision):
    """The precision of calls of `mod` from now on: "float32" (the default), "int8-dynamic", "bf16" or "bf16-emulated".

    Products with constant weights then use fewer bits where that is faster; everything else stays float32. Neither saved
    nor cloned. RuntimeError for other names, and for bf16 on a CPU without its instructions."""
    _facula.look_behind(mod)._set_precision(precision)


def get_precision(mod):
    """The precision that set_precision() gave, or "float32"."""
    return _facula.look_behind(mod)._precision()


def optimize_for_inference(mod, other_methods=None):
    """A frozen module: Facula prepares weights and plans on the first call by itself."""
    return freeze(mod, other_methods) if getattr(mod, "training", False) is False else freeze(mod.eval(), other_methods)


def run_frozen_optimizations(mod, optimize_numerics=True, preserved_methods=None):
    """Nothing is left to do: Facula optimises a module on its first call."""


def export_opnames(m):
    """The operators that a module's methods call, sorted, with their overloads: "aten::add.Tensor"."""
    return _facula._operators_of(_facula.look_behind(m))
