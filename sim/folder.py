"""Folder: a place for results, on this disk or at any fsspec address; files appear whole or not at all."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from sim.store import ResultError

LOCK = ".writing"
"""File that a command holds in the folder it writes to."""


class Folder:
    """A folder by address; a plain path is one on this disk.

    A file is written under a temporary name, flushed to disk, then renamed.
    """

    def __init__(self, address: str | Path) -> None:
        import fsspec

        self.address = str(address)
        try:
            self.files, self.root = fsspec.core.url_to_fs(self.address)
        except (ImportError, ValueError) as fault:
            raise ResultError(f"{address}: cannot be opened ({fault}); give a path or an fsspec address") from None
        self.is_local = isinstance(self.files, fsspec.implementations.local.LocalFileSystem)

    def path(self, name: str) -> str:
        return f"{self.root}/{name}" if name else str(self.root)

    def exists(self, name: str = "") -> bool:
        return bool(self.files.exists(self.path(name)))

    def names(self, inside: str = "") -> list[str]:
        """Names of all files below a folder, sorted, as seen from this folder."""
        if not self.exists(inside):
            return []
        self.files.invalidate_cache()
        start = len(self.path("")) if self.root else 0
        found = (str(p)[start:].lstrip("/") for p in self.files.find(self.path(inside)))
        return sorted(name for name in found if name != LOCK)

    def read(self, name: str) -> bytes:
        return bytes(self.files.cat_file(self.path(name)))

    def source(self, name: str) -> Any:
        """What a reader of Parquet or Arrow files opens: a path, or an open file."""
        return self.path(name) if self.is_local else self.files.open(self.path(name), "rb")

    def write(self, name: str, content: bytes) -> None:
        with self.writing(name) as file:
            file.write(content)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write to; it gets its name when all is written, and is gone if anything fails."""
        target = self.path(name)
        parent, _, last = target.rpartition("/")
        temporary = f"{parent}/.{last}.{uuid.uuid4().hex}.tmp"
        try:
            self.files.makedirs(parent, exist_ok=True)
            with self.files.open(temporary, "wb") as file:
                yield file
                if self.is_local:
                    file.flush()
                    os.fsync(file.fileno())
            if self.is_local:
                os.replace(temporary, target)
            else:
                self.files.mv(temporary, target)
        except BaseException as fault:
            with suppress(OSError):
                self.files.rm_file(temporary)
            if isinstance(fault, OSError):
                raise self.fault(fault) from None
            raise

    def fault(self, fault: OSError) -> ResultError:
        """What went wrong with the disk, and what to do."""
        full = fault.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = (
            "free some space and give the same command again; finished parts are kept"
            if full
            else "give a folder you may write to"
        )
        return ResultError(f"{self.address}: cannot be written ({fault.strerror or fault}); {remedy}")

    def delete(self, name: str) -> None:
        """Take away a file or a folder with all in it; nothing if it is not there."""
        with suppress(FileNotFoundError):
            self.files.rm(self.path(name), recursive=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one command at a time writes here; on this disk. A command that ends, however, leaves the folder free.

        Raises
        ------
        ResultError
            When another command is writing here.
        """
        try:
            import fcntl
        except ImportError:  # no such locks here
            fcntl = None  # type: ignore[assignment]
        if not self.is_local or fcntl is None:
            yield
            return
        try:
            os.makedirs(self.path(""), exist_ok=True)
            file = open(self.path(LOCK), "w")  # noqa: SIM115  held for as long as the command runs
        except OSError as fault:
            raise self.fault(fault) from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ResultError(f"{self.address}: another command is writing there; wait until it ends") from None
            try:
                yield
            finally:
                with suppress(OSError):
                    os.unlink(self.path(LOCK))

    def sweep(self) -> None:
        """Take away what interrupted writers left."""
        for name in self.names():
            if name.endswith(".tmp") and name.rpartition("/")[2].startswith("."):
                self.delete(name)
