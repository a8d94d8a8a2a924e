name = "posix"
sep = "/"
environ = {}


def getenv(key, default=None):
    return default


def cpu_count():
    return 1


def getcwd():
    return "/"
