def import_module(name, package=None):
    module = __import__(name)
    return module
