"""Kept: what is slow to work out and always the same, kept in the user's cache: balanced starts, tables of sources.

A file is named by the hash of all that its content hangs on, and begins with a hash of that content: one that does not
agree, whoever damaged it, is worked out again. Without a place to write, nothing is kept.
"""

import hashlib
import os
import pickle
import platform
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

from sim.mechanisms.compiled import cache_folder

Made = TypeVar("Made")
DIGEST = 16
SIM = Path(__file__).parents[1]
ROOMS = ("scenario", "world", "mechanisms", "vocabulary")
"""Rooms, and files that are one by themselves, whose code decides what a balanced start is."""


@cache
def code_digest() -> bytes:
    """Digest of the code that reads and balances worlds, and of the libraries that check, solve and store."""
    digest = hashlib.blake2b(digest_size=DIGEST)
    for library in ("numpy", "scipy", "ruamel.yaml", "pydantic"):
        digest.update(f"{library} {version(library)} ".encode())
    digest.update(platform.python_version().encode())
    for path in sorted(p for room in ROOMS for p in [SIM / f"{room}.py", *(SIM / room).rglob("*.py")] if p.is_file()):
        digest.update(path.relative_to(SIM).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.digest()


def kept(kind: str, hangs_on: bytes, make: Callable[[], Made]) -> Made:
    """What ``make`` gives, from the cache where it was made before.

    Parameters
    ----------
    kind : word that tells contents of one input apart
    hangs_on : everything beside the code that the content hangs on
    make : works the content out; what it raises is raised, and nothing is kept
    """
    name = hashlib.blake2b(code_digest() + kind.encode() + b"\0" + hangs_on, digest_size=DIGEST).hexdigest()
    try:
        path = cache_folder("kept") / f"{kind}-{name}"
    except OSError:
        return make()
    found = _read(path)
    if found is None:
        found = (make(),)
        _write(path, found)
    return cast(Made, found[0])


def _seal(path: Path, content: bytes) -> bytes:
    return hashlib.blake2b(path.name.encode() + content, digest_size=DIGEST).digest()


def _read(path: Path) -> tuple[Any] | None:
    try:
        stored = path.read_bytes()
    except OSError:
        return None
    content = stored[DIGEST:]
    return pickle.loads(content) if stored[:DIGEST] == _seal(path, content) else None


def _write(path: Path, made: tuple[Any]) -> None:
    content = pickle.dumps(made, protocol=5)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    with suppress(OSError):
        try:
            temporary.write_bytes(_seal(path, content) + content)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
