"""Imported before a script saves archives that are kept: their debug records name sources relative to the repository or to
site-packages, not to the machine that made them."""
import pathlib

import torch._sources

ROOT = pathlib.Path(__file__).resolve().parent.parent
_original = torch._sources.get_source_lines_and_file


def _relative(obj, error_msg=None):
    lines, number, name = _original(obj, error_msg)
    path = pathlib.Path(name).resolve()
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        name = str(path.relative_to(ROOT))
    elif "site-packages" in path.parts:
        name = "/".join(path.parts[path.parts.index("site-packages") + 1:])
    return lines, number, name


torch._sources.get_source_lines_and_file = _relative
