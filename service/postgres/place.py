"""Where a data folder's cluster is, and the account it belongs to."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from service.postgres.account import Account
from service.postgres.data_folder import DataFolder
from service.postgres.errors import FolderNotUsable, name_of
from service.postgres.system_folder import SystemFolder

PORT = 5432

# A socket's path has 104 bytes on macOS and 108 on Linux, the final zero included.
SOCKET_PATH_BYTES_MAX = 103

# A URL's host may be a list: with these in it, clients would take a folder apart.
HOST_SEPARATORS = frozenset(",:")


@dataclass(frozen=True)
class ClusterPlace:
    """The folder of the cluster, its links resolved, and the account that its server runs as."""

    cluster: Path
    account: Account

    @classmethod
    def find(cls, data: DataFolder, wanted: str | None, log: FilteringBoundLogger) -> ClusterPlace:
        """The place that `data` has, or the one where a new cluster of it is to be made."""
        entry = data.path / "postgres"
        cluster = entry.resolve()
        if not cluster.parent.is_dir():
            raise FolderNotUsable(
                entry, f"it points to {cluster}, which is gone; put that back, or remove the link"
            )
        if cluster.exists():
            return cls(cluster, _owner(cluster))
        if os.geteuid() != 0:
            return cls(cluster, Account.of(os.geteuid()))
        account = Account.unprivileged(wanted)
        if not account.can_enter(cluster.parent):
            cluster = _place_in_system_folder(data, entry, log)
        return cls(cluster, account)

    def socket_folder(self) -> Path:
        """A folder for the server's socket: beside the cluster, where the path is not too long."""
        name = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        beside = self.cluster.with_name(f"{self.cluster.name}.socket")
        for folder in (
            beside,
            Path(tempfile.gettempdir()) / f"howcanwe-{name}",
            Path("/tmp") / f"howcanwe-{name}",
        ):
            if _fits(folder) and self.account.can_enter(folder.parent) and self.hold(folder):
                return folder
        raise FolderNotUsable(beside, "no socket can be made there, nor in the temp folder")

    def hold(self, folder: Path) -> bool:
        """Whether `folder` exists and is the account's alone; made if need be and possible."""
        try:
            self.account.make_folder(folder)
        except FileExistsError:
            pass
        except PermissionError:
            return False
        self.account.check_private(folder)
        return True


def _fits(folder: Path) -> bool:
    path = os.fsencode(folder / f".s.PGSQL.{PORT}")
    return len(path) <= SOCKET_PATH_BYTES_MAX and not HOST_SEPARATORS & set(str(folder))


def _owner(cluster: Path) -> Account:
    uid = cluster.stat().st_uid
    if uid == 0:
        raise FolderNotUsable(cluster, "it belongs to root, and PostgreSQL does not run as root")
    if os.geteuid() not in (0, uid):
        raise FolderNotUsable(
            cluster, f"it belongs to {name_of(uid)}; run as {name_of(uid)} or use another folder"
        )
    account = Account.of(uid)
    if account.switched and not account.can_enter(cluster):
        raise FolderNotUsable(cluster, f"{account.name}, to whom it belongs, cannot reach it")
    return account


def _place_in_system_folder(data: DataFolder, entry: Path, log: FilteringBoundLogger) -> Path:
    place, earlier = SystemFolder.prepare().new_place(data.path)
    for folder in earlier:
        log.warning("A folder that was here before left its cluster behind", kept=str(folder))
    cluster = place / "postgres"
    # Linked before it is made: a link to nothing in a folder that is there means that initdb was
    # interrupted, while a cluster without a link is the one of a data folder that was removed.
    entry.symlink_to(cluster)
    return cluster
