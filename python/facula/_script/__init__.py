"""facula.script of live Python objects: functions, classes, modules.

api.py is the door; names.py and sources.py find what Python knows; types.py and meaning.py say what it is in TorchScript;
functions.py, classes.py and modules.py build programs through the compiler's handles (`_facula.script`).
"""
from .api import *  # noqa: F401,F403
from .api import __all__  # noqa: F401
