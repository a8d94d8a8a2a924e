class ABCMeta(type):
    pass


class ABC:
    pass


def abstractmethod(f):
    return f


def abstractproperty(f):
    return property(f)


def abstractclassmethod(f):
    return classmethod(f)
