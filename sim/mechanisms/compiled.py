"""Compiled code: the user's cache, and in it one folder for all rules, named by the sources it was made from.

numba notices an edited function but not an edited helper in another file, so the folder's name is the hash of every
source under ``sim/mechanisms/``; an edit anywhere starts a new folder. This module must be imported before numba.
"""

import hashlib
import os
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent


def _sources_hash() -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(_HERE.rglob("*.py")):
        digest.update(path.relative_to(_HERE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def cache_folder(name: str) -> Path:
    """Return a folder of the user's cache, made if absent; a temporary one where that cannot be written."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if _writable(home / "ytterby" / name):
        return home / "ytterby" / name
    fallback = Path(tempfile.gettempdir()) / f"ytterby-{os.getuid()}"
    fallback.mkdir(mode=0o700, exist_ok=True)
    if fallback.stat().st_uid != os.getuid():
        # somebody else's folder of that name: nothing in it may be run
        fallback = Path(tempfile.mkdtemp(prefix="ytterby-"))
    (fallback / name).mkdir(parents=True, exist_ok=True)
    return fallback / name


FOLDER = cache_folder(_sources_hash())
os.environ.setdefault("NUMBA_CACHE_DIR", str(FOLDER))
