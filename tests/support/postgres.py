"""A PostgreSQL server for the tests: its own folder, its own port, nothing of the machine's clusters touched."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

START_S = 60


class Cluster:
    """One running server. `database()` hands out empty databases."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = count(1)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a fresh database; dropped afterwards, together with connections a test forgot."""
        name = f"jdy_{next(self._numbers)}"
        self._run(f"create database {name}")
        try:
            yield self.url(name)
        finally:
            self._run(f"drop database {name} with (force)")

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True
        ) as c:
            c.execute(statement)


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest PostgreSQL on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _as_owner() -> list[str]:
    """PostgreSQL refuses to run as root; then its own user runs it."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A server until left. Skips with the reason where this machine has no PostgreSQL."""
    bin_dir = binaries()
    if bin_dir is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql-15)")
    owner = _as_owner()
    if owner and subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode:
        pytest.skip("running as root and there is no user postgres")
    with tempfile.TemporaryDirectory(prefix="jdy-pg-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        if owner:
            shutil.chown(folder, "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data = f"{folder}/data"

        def run(program: str, *args: str) -> None:
            done = subprocess.run(
                [*owner, str(bin_dir / program), *args],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                text=True, cwd=folder, timeout=START_S, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{program} failed: {done.stderr}"

        run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield Cluster(port)
        finally:
            run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
