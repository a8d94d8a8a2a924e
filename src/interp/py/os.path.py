def join(first, *rest):
    out = first
    for r in rest:
        out = r if r.startswith("/") else (out + r if out.endswith("/") or not out else out + "/" + r)
    return out


def exists(path):
    return False


isfile = isdir = exists


def basename(path):
    return path.rsplit("/", 1)[-1]


def dirname(path):
    return path.rsplit("/", 1)[0] if "/" in path else ""


def splitext(path):
    head, dot, tail = path.rpartition(".")
    return (head, dot + tail) if dot and "/" not in tail and head else (path, "")


def abspath(path):
    return path


realpath = expanduser = normpath = abspath
