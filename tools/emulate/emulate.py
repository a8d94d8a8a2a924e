#!/usr/bin/env python3
"""Runs a command of ours on an emulated x86-64 CPU that this machine has not (AVX-512, VNNI, BF16): correctness only,
a hundred times slower than a CPU.

Bochs boots a Debian kernel with a file system in memory that holds busybox, the programs with their shared libraries and the
files named; the command runs in there as root, in the folder /job; what it prints comes out here, and what it leaves in /job/out
is copied to --out.

  tools/emulate/emulate.py --cpu corei7_skylake_x --program build/release/tests/test_kernels -- test_kernels -tc='*softmax*'

needs: gcc, and Bochs 3, built from source with `--with-nogui --enable-x86-64 --enable-avx --enable-evex --disable-plugins` (--bochs: the
program in its source folder). Debian's Bochs 2.7 (packages bochs bochs-term bochsbios vgabios) boots, but Linux 6.1 finds fault with the state
that its XSAVE keeps, and does without AVX. busybox-static, isolinux, syslinux-common, xorriso and a kernel are downloaded as Debian packages
into --cache and unpacked there, not installed.

CPUs: corei7_skylake_x has AVX-512; bochs_features.patch, beside this file, gives it VNNI and BF16. (tigerlake and sapphire_rapids did not boot.)
"""
import argparse
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import threading
import time
import tty
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ["busybox-static", "isolinux", "syslinux-common", "xorriso", "libisoburn1", "libisofs6", "libburn4", "libjte2"]
END = b"\n--8<-- files --8<--\n"  # between what the command printed and the archive of its files

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
export PATH=/job:/bin HOME=/tmp
cd /job
mkdir -p out
( sh ./command; echo "exit status $?" ) 2>&1 < /dev/null | guest out
( printf '%b' '{end}'; tar c out ) | guest out
guest off
"""


class Cpio:
    """A file system in memory: cpio's `newc` format, which the kernel unpacks."""

    def __init__(self):
        self.data = bytearray()
        self.folders = set()

    def _entry(self, name, mode, content=b""):
        header = "070701" + "".join(f"{v:08X}" for v in (
            0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0))
        for part in (header.encode() + name.encode() + b"\0", content):
            self.data += part
            self.data += b"\0" * (-len(self.data) % 4)

    def _parents(self, name):
        for folder in reversed(Path(name).parents):
            if str(folder) not in (".", *self.folders):
                self.folders.add(str(folder))
                self._entry(str(folder), 0o40755)

    def add(self, name, content, mode=0o755):
        self._parents(name)
        self._entry(name, 0o100000 | mode, content)

    def finish(self):
        self._entry("TRAILER!!!", 0)
        return bytes(self.data)


def run(*command, **options):
    return subprocess.run([str(c) for c in command], check=True, **options)


def unpack_packages(cache):
    """The Debian packages, unpacked into cache/root."""
    root = cache / "root"
    if (root / "ready").exists():
        return root
    debs = cache / "debs"
    shutil.rmtree(debs, ignore_errors=True)
    debs.mkdir(parents=True)
    depends = run("apt-cache", "depends", "linux-image-cloud-amd64", stdout=subprocess.PIPE, text=True).stdout
    kernel = next(line.split()[-1] for line in depends.splitlines() if "Depends: linux-image-" in line)
    run("apt-get", "download", *PACKAGES, kernel, cwd=debs, stdout=subprocess.DEVNULL)
    for deb in debs.glob("*.deb"):
        run("dpkg", "-x", deb, root)
    (root / "ready").touch()
    return root


def libraries(program):
    """The shared libraries of a program, and its loader."""
    text = subprocess.run(["ldd", str(program)], stdout=subprocess.PIPE, text=True).stdout
    words = [w for line in text.splitlines() for w in line.split() if w.startswith("/")]
    return [Path(w) for w in words]


def file_system(root, work, programs, files, command):
    fs = Cpio()
    guest = work / "guest"
    run("gcc", "-O2", "-static", HERE / "guest.c", "-o", guest)
    fs.add("init", INIT.replace("{end}", END.decode().replace("\n", "\\n")).encode())
    fs.add("bin/busybox", (root / "bin/busybox").read_bytes())
    fs.add("bin/guest", guest.read_bytes())
    needed = {}
    for program in programs:
        fs.add(f"job/{program.name}", program.read_bytes())
        needed.update((str(lib), lib) for lib in libraries(program))
    for name, lib in needed.items():
        fs.add(name.lstrip("/"), lib.read_bytes())
    for spec in files:
        source, _, target = spec.partition("=")
        source = Path(source)
        for f in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if f.is_file():
                inner = Path(target or source.name) / f.relative_to(source) if source.is_dir() else target or source.name
                fs.add(f"job/{inner}", f.read_bytes(), f.stat().st_mode & 0o777)
    fs.add("job/command", (command + "\n").encode())
    return fs.finish()


def make_disc(root, work, image):
    disc = work / "disc"
    shutil.rmtree(disc, ignore_errors=True)
    disc.mkdir()
    shutil.copy(next((root / "boot").glob("vmlinuz-*")), disc / "vmlinuz")
    shutil.copy(root / "usr/lib/ISOLINUX/isolinux.bin", disc)
    shutil.copy(root / "usr/lib/syslinux/modules/bios/ldlinux.c32", disc)
    (disc / "files").write_bytes(image)
    (disc / "isolinux.cfg").write_text(
        "default l\nprompt 0\nlabel l\n  kernel vmlinuz\n  append initrd=files console=ttyS0 nosmp mitigations=off nokaslr "
        "lpj=1000000 tsc=reliable no_timer_check noapic nolapic acpi=off pci=off noxsaves random.trust_cpu=on rdinit=/init panic=-1\n")
    env = dict(os.environ, LD_LIBRARY_PATH=str(root / "usr/lib/x86_64-linux-gnu"))
    run(root / "usr/bin/xorriso", "-as", "mkisofs", "-quiet", "-o", work / "disc.iso", "-b", "isolinux.bin", "-c", "boot.cat",
        "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", disc, env=env, stderr=subprocess.DEVNULL)


def first_of(paths, what):
    for p in paths:
        if p.exists():
            return p
    sys.exit(f"no {what} at any of: {', '.join(str(p) for p in paths)}")


def bochs_settings(args, work):
    share = [Path(args.bochs).parent / "bios"] if args.bochs else []
    share += [Path("/usr/share/bochs"), Path("/usr/share/vgabios")]
    bios = first_of([s / "BIOS-bochs-latest" for s in share], "BIOS")
    vga = first_of([s / n for s in share for n in ("VGABIOS-lgpl-latest.bin", "VGABIOS-lgpl/VGABIOS-lgpl-latest.bin", "VGABIOS-lgpl-latest", "vgabios.bin")], "VGA BIOS")
    more = f', add_features="{args.add_features.replace(",", " ")}"' if args.add_features else ""
    return "\n".join([
        f"megs: {args.megabytes}", f"cpu: model={args.cpu}{more}, count=1, ips=50000000, reset_on_triple_fault=0",
        f"romimage: file={bios}", f"vgaromimage: file={vga}", f"ata0-master: type=cdrom, path={work}/disc.iso, status=inserted",
        "boot: cdrom", f"display_library: {'nogui' if args.bochs else 'term'}", f"com1: enabled=1, mode=file, dev={work}/console.txt",
        f"parport1: enabled=1, file={work}/printed", "clock: sync=none", f"log: {work}/bochs.txt", "panic: action=fatal", "error: action=ignore",
        "info: action=ignore", "debug: action=ignore", ""])


def emulate(args, work):
    """Runs Bochs and shows what the command prints. Gives the exit status (None: no end seen) and the archive of /job/out."""
    (work / "bochsrc").write_text(bochs_settings(args, work))
    printed = work / "printed"
    printed.touch()
    (work / "console.txt").touch()
    pty, terminal = os.openpty()  # Debian's Bochs has no display library that needs nothing
    process = subprocess.Popen([args.bochs or "bochs", "-q", "-f", str(work / "bochsrc")], stdin=terminal, stdout=terminal,
                               stderr=terminal, env=dict(os.environ, TERM="linux"))
    os.write(pty, b"c\n")  # which has a debugger, too, that waits for its first command
    threading.Thread(target=drain, args=(pty,), daemon=True).start()
    seen, shown, end = bytearray(), 0, -1
    with printed.open("rb") as f:
        running = True
        while running:
            running = process.poll() is None
            if running and b"Kernel panic" in (work / "console.txt").read_bytes()[-4096:]:
                process.kill()
            seen += f.read()
            if end < 0:
                end = seen.find(END)
                upto = end if end >= 0 else max(shown, len(seen) - len(END))
                sys.stdout.buffer.write(seen[shown:upto])
                sys.stdout.buffer.flush()
                shown = upto
            time.sleep(0.1 if running else 0)
    return (int(seen[:end].split()[-1]), bytes(seen[end + len(END):])) if end >= 0 else (None, b"")


def drain(terminal):
    """Reads what Bochs shows, which else waits for a reader: its own messages, and the screen, a terminal that these name."""
    said = b""
    try:
        while chunk := os.read(terminal, 1 << 16):
            said = (said + chunk)[-4096:]
            if screen := re.search(rb'connected to screen "(/dev/pts/\d+)"', said):
                said = b""
                screen = os.open(screen[1], os.O_RDONLY | os.O_NOCTTY)
                tty.setraw(screen)
                threading.Thread(target=drain, args=(screen,), daemon=True).start()
    except OSError:
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", default="corei7_skylake_x", help="a CPU model of Bochs")
    parser.add_argument("--add-features", default="", help="of the CPU besides its own, by Bochs' names, with commas between: avx512vnni,avx512bf16")
    parser.add_argument("--bochs", help="a Bochs of one's own, in its source folder; default: the installed one")
    parser.add_argument("--program", action="append", default=[], type=Path, help="a program, taken along with its libraries")
    parser.add_argument("--file", action="append", default=[], help="a file or folder, or PATH=NAME in /job")
    parser.add_argument("--out", type=Path, help="where what /job/out holds is copied to")
    parser.add_argument("--cache", type=Path, default=Path("build/emulate"), help="downloads and the disc")
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("command", nargs="+", help="a command of the shell in there")
    args = parser.parse_args()
    cache = args.cache.resolve()
    root = unpack_packages(cache)
    work = cache / f"run-{os.getpid()}"
    work.mkdir(parents=True)
    command = args.command[0] if len(args.command) == 1 else shlex.join(args.command)
    make_disc(root, work, file_system(root, work, args.program, args.file, command))
    status, archive = emulate(args, work)
    if status is None:
        sys.exit(f"the emulated machine ended early: see console.txt and bochs.txt in {work}")
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(args.out)
    shutil.rmtree(work)
    sys.exit(status)


if __name__ == "__main__":
    main()
