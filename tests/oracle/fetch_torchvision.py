"""torchvision's Python files (not its operators) into FOLDER/torchvision, for tests/oracle/test_compile_module.py.

python fetch_torchvision.py FOLDER
"""
import pathlib
import subprocess
import sys
import tempfile
import zipfile

VERSION = "0.29.1"  # of the PyTorch in tests/requirements.txt

target = pathlib.Path(sys.argv[1]) / "torchvision"
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
                    f"torchvision=={VERSION}", "-d", folder], check=True)
    wheel, = pathlib.Path(folder).glob("torchvision-*.whl")
    with zipfile.ZipFile(wheel) as z:
        z.extractall(target, [n for n in z.namelist() if n.startswith("torchvision/") and n.endswith(".py")])
