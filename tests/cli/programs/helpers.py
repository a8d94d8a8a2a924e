def nested(x):
    return inner(x)


def inner(x):
    return x.no_such_method()
