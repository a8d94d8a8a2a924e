"""Which trace runs on this thread."""
from __future__ import annotations

import threading


class _State(threading.local):
    recorder = None


_state = _State()


def current():
    """The Recorder of the trace that runs on this thread and is not paused, or None."""
    recorder = _state.recorder
    return recorder if recorder is not None and not recorder.paused else None


def begin(recorder):
    from .recorder import TracingError
    if recorder is not None and _state.recorder is not None:
        raise TracingError("Tracing can't be nested")
    _state.recorder = recorder


def end():
    _state.recorder = None


def is_tracing():
    """Whether the calling code is being traced by facula.trace."""
    return current() is not None
