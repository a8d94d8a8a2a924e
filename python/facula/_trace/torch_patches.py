"""What stands in the place of a few functions of torch while facula.trace runs.

torch.jit.is_tracing(), torchvision._is_tracing() and torch.nn.functional ask torch._C whether a program is being traced, to leave
data-dependent short cuts alone; functions under torch.jit's script_if_tracing are compiled then, here by facula.script; and
torch.stack takes sizes, which torch's own tracer makes tensors. On other threads all of them are torch's own, and what stood
there before comes back when the last trace has ended.
"""
from __future__ import annotations

import contextlib
import sys
import threading
import weakref

import torch

from . import sizes, state


class _TracingState:
    """Stands for torch's tracing state, which torch.nn.Module tells the names of modules."""

    def push_scope(self, name):
        pass

    def pop_scope(self):
        pass


_tracing_state = _TracingState()
# Iteration would warn of its own accord (the recorder does, with the line of the program); interpolate would make sizes tensors
# to keep them out of constants (they are symbolic here).
_left_alone = {torch.Tensor.__iter__.__code__, torch.nn.functional.interpolate.__code__}
_compiled = weakref.WeakKeyDictionary()
_lock, _running = threading.Lock(), [0]
_places = []


def _in_place_of(owner, name):
    def register(answer):
        answer._facula_original = getattr(owner, name)
        _places.append((owner, name, answer))
        return answer
    return register


@_in_place_of(torch._C, "_get_tracing_state")
def _get_tracing_state():
    if state.is_tracing() and sys._getframe(1).f_code not in _left_alone:
        return _tracing_state
    return _get_tracing_state._facula_original()


@_in_place_of(torch._C, "_is_tracing")
def _is_tracing():
    return state.is_tracing() or _is_tracing._facula_original()


@_in_place_of(torch.jit._trace, "script")
def _script(fn, *args, **kwargs):
    recorder = state.current()
    if recorder is None:
        return _script._facula_original(fn, *args, **kwargs)
    if fn not in _compiled:
        from .. import script
        with recorder.pause(), recorder.front.unseen():
            _compiled[fn] = script(fn)
    return _compiled[fn]


def _takes_sizes(name):
    def call(tensors, *args, **kwargs):
        if state.is_tracing() and isinstance(tensors, (list, tuple)):
            tensors = [t if sizes.symbol_of(t) is None else sizes.as_tensor(t) for t in tensors]
        return call._facula_original(tensors, *args, **kwargs)
    call.__name__ = call.__qualname__ = name
    return _in_place_of(torch, name)(call)


for _name in ("stack", "cat", "concat", "hstack"):
    _takes_sizes(_name)


@contextlib.contextmanager
def active():
    with _lock:
        _running[0] += 1
        if _running[0] == 1:
            for owner, name, answer in _places:
                answer._facula_original = getattr(owner, name)
                setattr(owner, name, answer)
    try:
        yield
    finally:
        with _lock:
            _running[0] -= 1
            if _running[0] == 0:
                for owner, name, answer in _places:
                    setattr(owner, name, answer._facula_original)
