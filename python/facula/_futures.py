"""fork and wait, called from Python code."""
from ._facula import Future
from ._trace import state


def fork(func, *args, **kwargs):
    """Runs `func(*args, **kwargs)` as a task and gives its Future. A task runs where it is forked; what it raises is raised
    by wait()."""
    recorder = state.current()
    if recorder is not None:   # a fork in the traced program
        return recorder.calls.fork(func, args, kwargs)
    return Future._run(func, *args, **kwargs)


def wait(future):
    """The result of a task; raises what the task raised."""
    return future.wait()
