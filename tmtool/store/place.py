"""Where a file lies: what kind of file system, and how much it takes."""

from __future__ import annotations

import os
import re
from pathlib import Path

_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ncpfs|ceph|glusterfs|lustre|davfs|beegfs"
    r"|fuse\.(?:sshfs|davfs2?|rclone|s3fs|glusterfs|ceph)"
)
_ESCAPED = re.compile(r"\\([0-7]{3})")


def file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The kind of the file system that holds a path, as ``ext4``; empty where nobody says."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    place = os.path.realpath(path)
    best, kind = "", ""
    for line in lines:
        _, folder, its_kind, *_ = line.split(" ")
        folder = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), folder)
        holds = place == folder or place.startswith(folder.rstrip("/") + "/")
        if holds and len(folder) >= len(best):  # of two on one folder the later one is seen
            best, kind = folder, its_kind
    return kind


def is_network(kind: str) -> bool:
    """Whether a file system of this kind lies on another computer."""
    return bool(_NETWORK.fullmatch(kind))
