"""fork and wait, called from Python code."""
from ._facula import Future


def fork(func, *args, **kwargs):
    """Runs `func(*args, **kwargs)` as a task and gives its Future. A task runs where it is forked; what it raises is raised
    by wait()."""
    return Future._run(func, *args, **kwargs)


def wait(future):
    """The result of a task; raises what the task raised."""
    return future.wait()
