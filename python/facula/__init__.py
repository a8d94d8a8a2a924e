"""Facula: TorchScript without PyTorch. Compiles, runs, loads and saves TorchScript programs.

Tensors come in as torch tensors, NumPy arrays or anything with DLPack, without copying; results are facula.Tensor.
This package never imports torch by itself.
"""
from . import _facula
from ._facula import *  # noqa: F401,F403
from ._facula import (Argument, ArchiveError, AssertionError, CompileError, Error, FunctionSchema, Future, Generator, Graph,
                      IndexError, KeyError, LimitError, NotImplementedError, ScriptDict, ScriptList, Tensor, TypeError,
                      ValueError, __version__, device, dtype, from_dlpack, get_num_threads, initial_seed, manual_seed,
                      set_num_threads)
from . import _containers  # noqa: F401
from . import frontend
from ._archive import load, save, freeze, set_precision, get_precision, optimize_for_inference, run_frozen_optimizations, export_opnames
from ._module import RecursiveScriptClass, ScriptFunction, ScriptMethod, ScriptModule
from ._futures import fork, wait
from ._torch_module import torch_module
from ._facula import tensor
from ._tensor import as_tensor, from_numpy
from . import _tensor
from ._markers import *  # noqa: F401,F403
from ._script import *  # noqa: F401,F403
from ._trace import *  # noqa: F401,F403

_plain_types = (device, dtype, Graph)

_facula._set_classes({"ScriptModule": ScriptModule, "RecursiveScriptClass": RecursiveScriptClass,
                      "ScriptFunction": ScriptFunction, "ScriptMethod": ScriptMethod})
for _name, _dtype in _facula._dtypes.items():
    if _name not in ("int", "float", "bool"):
        globals()[_name] = _dtype
int = _facula._dtypes["int"]
float = _facula._dtypes["float"]
bool = _facula._dtypes["bool"]
_tensor.install(globals())
