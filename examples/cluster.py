"""A study on a Dask cluster on loopback, while one worker is killed and another added: the same bytes as on one process.

Run by ``make cluster-demo``; needs ytterby[cluster].
"""

import hashlib
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUDY = ROOT / "tests" / "worlds" / "race.yaml"
REPLICATES = "512"


def dask(*arguments: str) -> "subprocess.Popen[bytes]":
    """Start a part of the cluster in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def study(out: Path, *more: str) -> None:
    """Give the study's command."""
    command = "from sim.cli import main; main()"
    arguments = ["study", str(STUDY), "--replicates", REPLICATES, "--out", str(out), *more]
    subprocess.run([sys.executable, "-c", command, *arguments], cwd=ROOT, check=True)


def prints(folder: Path) -> dict[str, str]:
    """Fingerprint of every file but the log."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "log.json"]
    return {str(p.relative_to(folder)): hashlib.blake2b(p.read_bytes()).hexdigest() for p in files}


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        file = str(Path(place) / "scheduler.json")
        joins = (
            "worker",
            "--scheduler-file",
            file,
            "--nworkers",
            "1",
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
        )
        cluster = [
            dask(
                "scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--scheduler-file",
                file,
                "--no-dashboard",
                "--no-show",
            )
        ]
        try:
            cluster += [dask(*joins, "--host", "127.0.0.1") for _ in range(2)]
            while not Path(file).is_file():
                time.sleep(0.1)
            import json

            address = json.loads(Path(file).read_text())["address"]
            print(f"scheduler at {address}, two workers")
            shared, alone = Path(place) / "shared", Path(place) / "alone"
            troubled = threading.Thread(target=trouble, args=(shared, cluster, joins))
            troubled.start()
            study(shared, "--cluster", address)
            troubled.join()
            print("the same on one machine, one process")
            study(alone, "--workers", "1")
            same = prints(shared) == prints(alone)
            print("the same bytes" if same else "OTHER BYTES")
        finally:
            for process in cluster:
                process.kill()
                process.wait()
    sys.exit(0 if same else 1)


def trouble(out: Path, cluster: "list[subprocess.Popen[bytes]]", joins: tuple[str, ...]) -> None:
    """Once a few parts are there, kill one worker and add another."""
    until = time.time() + 120
    while time.time() < until and len(list(out.rglob("*.runs.arrow"))) < 6:
        time.sleep(0.1)
    cluster[1].kill()
    print(f"a worker killed after {len(list(out.rglob('*.runs.arrow')))} parts")
    cluster.append(dask(*joins, "--host", "127.0.0.1"))
    print("another added")


if __name__ == "__main__":
    main()
