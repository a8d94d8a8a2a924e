#!/usr/bin/env python3
"""Checks the doors between the rooms of src/: a room may include only the rooms listed for it (docs/tour.md)."""
import pathlib
import re
import sys

USES = {
    "base": [],
    "source": ["base"],
    "tensor": ["base"],
    "kernels": ["base"],
    "value": ["base", "source", "tensor"],
    "ops": ["base", "source", "tensor", "kernels", "value"],
    "ir": ["base", "source", "tensor", "value", "ops"],
    "frontend": ["base", "source", "tensor", "value", "ops", "ir"],
    "interp": ["base", "source", "tensor", "value", "ops", "ir", "frontend"],
    "exec": ["base", "source", "tensor", "kernels", "value", "ops", "ir"],
    "archive": ["base", "tensor", "value"],
    "onnx": ["base", "source", "tensor", "value", "ops", "ir"],
    "module": ["base", "source", "tensor", "value", "ops", "ir", "frontend", "interp", "exec", "archive", "onnx"],
    "facade": ["base", "source", "tensor", "value", "ops", "ir", "frontend", "interp", "exec", "archive", "onnx", "module"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    wrong = 0
    for path in sorted(root.glob("src/**/*")):
        if path.suffix not in (".h", ".cpp", ".def"):
            continue
        room = path.relative_to(root / "src").parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(1).split("/")[0]
            where = f"{path.relative_to(root)}:{number}"
            if target == "hwy" and room == "kernels":
                continue
            if target not in USES:
                if "/" in match.group(1) and not (root / "include" / match.group(1)).exists():
                    print(f"{where}: `{match.group(1)}` is in no room")
                    wrong += 1
            elif target != room and target not in USES[room]:
                print(f"{where}: room `{room}` may not include `{target}`")
                wrong += 1
            if room == "exec" and "/exec/plan/" in str(path) and match.group(1).startswith("exec/vm/"):
                print(f"{where}: exec/plan never includes exec/vm")
                wrong += 1
    for path in sorted((root / "include").glob("**/*.h")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match.group(1).split("/")[0] in USES:
                print(f"{path.relative_to(root)}:{number}: public headers reach no internal header")
                wrong += 1
    print("rooms: " + ("all doors are one-way" if not wrong else f"{wrong} wrong include(s)"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
