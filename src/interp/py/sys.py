maxsize = 9223372036854775807
version_info = (3, 11, 0, "final", 0)
version = "3.11.0 (facula)"
platform = "linux"
byteorder = "little"
modules = {}
argv = [""]
path = []


class float_info:
    max = 1.7976931348623157e308
    min = 2.2250738585072014e-308
    epsilon = 2.220446049250313e-16


def getrecursionlimit():
    return 1000


def setrecursionlimit(n):
    pass


def exc_info():
    return (None, None, None)
