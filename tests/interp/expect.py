"""Writes NAME.txt beside every NAME.py here: what CPython prints (python tests/interp/expect.py)."""
import pathlib
import subprocess
import sys

for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
    if path.name == "expect.py":
        continue
    out = subprocess.run([sys.executable, str(path)], capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"{path.name}: {out.stderr}")
    path.with_suffix(".txt").write_text(out.stdout)
