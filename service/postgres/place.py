"""The place of a data folder's cluster, and the account that it belongs to."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from structlog.typing import FilteringBoundLogger

from service.postgres.account import Account
from service.postgres.data_folder import DataFolder
from service.postgres.errors import FolderNotUsable, name_of
from service.postgres.system_folder import SystemFolder

PORT = 5432

# A socket's path may have 104 bytes on macOS and 108 on Linux, including the final zero.
SOCKET_PATH_BYTES_MAX = 103

# A URL may list several hosts, so clients would split a folder at these characters.
HOST_SEPARATORS = frozenset(",:")


@dataclass(frozen=True)
class ClusterPlace:
    """The folder of the cluster, its links resolved, and the account that its server runs as."""

    cluster: Path
    account: Account

    @classmethod
    def find(cls, data: DataFolder, requested: str | None, log: FilteringBoundLogger) -> Self:
        """Return the place of the cluster of `data`, or the place for a new one. Raises FolderNotUsable."""
        entry = data.path / "postgres"
        cluster = entry.resolve()
        if not cluster.parent.is_dir():
            raise FolderNotUsable(
                entry,
                f"it links to {cluster}, which no longer exists; put that back, or remove the link",
            )
        if cluster.exists():
            return cls(cluster, _owner(cluster))
        if os.geteuid() != 0:
            return cls(cluster, Account.of(os.geteuid()))
        account = Account.unprivileged(requested)
        if not account.can_enter(cluster.parent):
            cluster = _place_in_system_folder(data, entry, log)
        return cls(cluster, account)

    def socket_folder(self) -> Path:
        """Return a folder for the server's socket: beside the cluster if the path is short enough."""
        name = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        beside = self.cluster.with_name(f"{self.cluster.name}.socket")
        for folder in (
            beside,
            Path(tempfile.gettempdir()) / f"howcanwe-{name}",
            Path("/tmp") / f"howcanwe-{name}",
        ):
            if _fits(folder) and self.account.can_enter(folder.parent) and self.hold(folder):
                return folder
        raise FolderNotUsable(beside, "no socket can be made there or in the temp folder")

    def hold(self, folder: Path) -> bool:
        """Make `folder` if it does not exist; return whether it is there and private to the account."""
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
            cluster, f"it belongs to {name_of(uid)}; run as {name_of(uid)}, or use another folder"
        )
    account = Account.of(uid)
    if account.switched and not account.can_enter(cluster):
        raise FolderNotUsable(cluster, f"its owner {account.name} cannot reach it")
    return account


def _place_in_system_folder(data: DataFolder, entry: Path, log: FilteringBoundLogger) -> Path:
    place, earlier = SystemFolder.prepare().new_place(data.path)
    for folder in earlier:
        log.warning("a data folder that was removed has left its cluster behind", kept=str(folder))
    cluster = place / "postgres"
    # The link is made before the cluster: a link to a missing cluster means that initdb was interrupted, and a
    # cluster without a link belonged to a data folder that was removed.
    entry.symlink_to(cluster)
    return cluster
