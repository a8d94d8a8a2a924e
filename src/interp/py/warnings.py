from _torch import _warn


def warn(message, category=None, stacklevel=1, source=None):
    _warn(str(message))


def simplefilter(*args, **kwargs):
    pass


def filterwarnings(*args, **kwargs):
    pass


class catch_warnings:
    def __init__(self, *args, **kwargs):
        pass

    def __enter__(self):
        return []

    def __exit__(self, *args):
        return None
