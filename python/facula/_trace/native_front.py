"""Records programs on facula.Tensor: the package's own operators tell an observer what they were called with."""
from __future__ import annotations

from .. import _facula


def has_our_tensor(x):
    if isinstance(x, _facula.Tensor):
        return True
    if isinstance(x, dict):
        return any(has_our_tensor(v) for v in x.values())
    return isinstance(x, (list, tuple)) and any(has_our_tensor(v) for v in x)


class NativeTools:
    pass
