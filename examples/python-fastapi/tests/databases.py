"""A PostgreSQL of the tests' own: the machine's server on a free loopback port, its data in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "valify"
PASSWORD = "fake-database-password"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        return int(reserved.getsockname()[1])


def programs() -> Path | None:
    """The folder of the newest server's programs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    found = [*folders, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in reversed(found) if (folder / "initdb").exists()), None)


def _nobody_special() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: root becomes somebody else."""
    if os.getuid() != 0:
        return {}
    names = [entry.pw_name for entry in pwd.getpwall()]
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Cluster:
    """A running server."""

    def __init__(self, programs: Path, port: int) -> None:
        self._programs, self._port, self._databases = programs, port, 0

    def database(self) -> str:
        """The URL of a new, empty database."""
        self._databases += 1
        name = f"attempts{self._databases}"
        create = [self._programs / "createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", USER, name]
        subprocess.run(create, check=True, env={**os.environ, "PGPASSWORD": PASSWORD})
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self._port}/{name}"


@contextmanager
def running(server: Path) -> Iterator[Cluster]:
    somebody = _nobody_special()
    # Not below pytest's own folder, which is closed to others.
    folder = Path(tempfile.mkdtemp(prefix="valify-postgresql-"))
    data, password, port = folder / "data", folder / "password", free_port()
    try:
        password.write_text(PASSWORD)
        if somebody:
            for path in (folder, password):
                os.chown(path, somebody["user"], somebody["group"])
        options = f"-U {USER} -A scram-sha-256 -E UTF8 --locale=C -N".split()
        make = [server / "initdb", "-D", data, f"--pwfile={password}", *options]
        subprocess.run(make, check=True, cwd=folder, stdout=subprocess.DEVNULL, **somebody)
        settings = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='{folder}' -c fsync=off"
        control = [server / "pg_ctl", "-D", data, "-s", "-w"]
        # What the server prints goes to a file: a pipe that it inherits would never end.
        subprocess.run([*control, "-l", folder / "log", "-o", settings, "start"], check=True, cwd=folder, **somebody)
        try:
            yield Cluster(server, port)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd=folder, **somebody)
    finally:
        shutil.rmtree(folder)
