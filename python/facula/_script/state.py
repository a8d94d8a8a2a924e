"""What the package keeps between compilations: one program, and what live objects became in it."""
import sys
import threading
import weakref

from .._facula import script as c

program = c.Program()                       # functions and classes of everything that was scripted
lock = threading.RLock()                    # one compilation at a time
functions = weakref.WeakKeyDictionary()     # Python function -> compiled function
classes = {}                                # Python class -> compiled type
pending_classes = {}                        # classes whose methods are being compiled


def torch():
    """The module `torch` if the program has imported it."""
    found = sys.modules.get("torch")
    return found if found is not None and hasattr(found, "Tensor") else None
