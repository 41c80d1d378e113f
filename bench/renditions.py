"""Making the renditions of a large photo, each in a fresh process: `python -m bench.renditions`.

1600 and 320 pixels, each as WebP and JPEG, of a JPEG of 12 and of 48 megapixels that lies on its
side, as most do that phones take: as the service makes them, the usual way with Pillow, and with
libvips (`bench/peers/renderers.py`). They take turns; a figure is the median over the turns.

What counts is CPU time, of all threads, and by how much memory grew at its most beyond what the
process held with everything imported: the service's server runs beside. It takes about a minute.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from bench.peers.renderers import by_libvips, by_pillow, by_service
from bench.pictures import photo_like
from bench.report import aim

ROUNDS = 7

PICTURES: Final = {"12 MP": (4032, 3024), "48 MP": (8064, 6048)}

SERVICE = "the service"
USUAL = "the usual way: Pillow"
LIBVIPS = "libvips"
_RENDERERS: Final[dict[str, Callable[[Path], dict[str, bytes]]]] = {
    SERVICE: by_service,
    USUAL: by_pillow,
    LIBVIPS: by_libvips,
}


class Cost(NamedTuple):
    """What making the renditions of one picture took."""

    cpu_ms: float
    peak_mb: float
    kilobytes: float
    """Of the four files."""


def main() -> None:
    """Measure and print."""
    print("| contestant | picture | CPU ms | (rounds) | peak MB | (rounds) | files KB |")
    print("|---|---|---:|---:|---:|---:|---:|")
    measured = {name: _measure(name, size) for name, size in PICTURES.items()}
    print()
    for picture, costs in measured.items():
        ours, theirs = costs[SERVICE], costs[LIBVIPS]
        times = ours.cpu_ms / theirs.cpu_ms
        print(aim(f"CPU time of {picture} against libvips", times, 1.5, unit=" x", at_most=True))
        print(aim(f"peak of {picture}", ours.peak_mb, 60, unit=" MB", at_most=True))


def _measure(picture: str, size: tuple[int, int]) -> dict[str, Cost]:
    """Take turns and print a line a contestant."""
    costs: dict[str, list[Cost]] = {name: [] for name in _RENDERERS}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "photo.jpeg"
        path.write_bytes(photo_like(*size))
        described = f"{picture}, {path.stat().st_size / 1e6:.1f} MB"
        for _ in range(ROUNDS):
            for name, its_costs in costs.items():
                its_costs.append(_in_fresh_process(name, path))
    return {name: _summed_up(name, described, its_costs) for name, its_costs in costs.items()}


def _summed_up(name: str, picture: str, costs: Sequence[Cost]) -> Cost:
    cpu_ms, peak_mb, kilobytes = zip(*costs, strict=True)
    median = Cost(*map(statistics.median, (cpu_ms, peak_mb, kilobytes)))
    print(
        f"| {name} | {picture} | {median.cpu_ms:.0f} | {min(cpu_ms):.0f}–{max(cpu_ms):.0f}"
        f" | {median.peak_mb:.0f} | {min(peak_mb):.0f}–{max(peak_mb):.0f}"
        f" | {median.kilobytes:.0f} |"
    )
    return median


def _in_fresh_process(name: str, path: Path) -> Cost:
    command = [sys.executable, "-m", "bench.renditions", name, str(path)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return Cost(**json.loads(said))


def _render_once(name: str, path: Path) -> None:
    """In the fresh process: do it and say what it cost."""
    # Every codec and library is loaded before: a worker of the service has them loaded too.
    Image.init()
    if name == LIBVIPS:
        import pyvips  # noqa: F401
    base_kb, cpu_s = _memory_kb("VmRSS"), _cpu_s()
    files = _RENDERERS[name](path)
    cost = Cost(
        (_cpu_s() - cpu_s) * 1000,
        (_memory_kb("VmHWM") - base_kb) * 1024 / 1e6,
        sum(map(len, files.values())) / 1000,
    )
    print(json.dumps(cost._asdict()))


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory_kb(name: str) -> int:
    # Not ru_maxrss, which a process inherits from the one that started it.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise RuntimeError(f"{os.uname().sysname} does not tell {name}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _render_once(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
