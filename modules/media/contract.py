"""The door of the media module: named files that outlive the process, and links to show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from modules.errors import DomainError, TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


GONE = "This file is not there any more."
"""Without its name: where things are stored is nobody's business who only watches."""


class MediaNotFound(DomainError):
    """There is no object of that name."""

    code = "media_not_found"


class BadMediaKey(DomainError):
    """The name could leave the storage or is none: empty, absolute, dotted, over 500 characters."""

    code = "bad_media_key"


class LinkRefused(DomainError):
    """The link was not made here, or was changed."""

    code = "link_refused"


class LinkExpired(DomainError):
    """The link was made here, and its time is over."""

    code = "link_expired"


class RangeUnsatisfiable(DomainError):
    """The part asked for lies behind the object's end."""

    code = "range_unsatisfiable"

    def __init__(self, *, size_bytes: int) -> None:
        super().__init__(f"This has {size_bytes} bytes; the part asked for is behind its end.")
        self.size_bytes = size_bytes
        self.headers = {"Content-Range": f"bytes */{size_bytes}"}


class StorageUnavailable(TransientError):
    """The storage did not answer or refused the access."""

    code = "storage_unavailable"


class StorageFull(StorageUnavailable):
    """There is no room left."""

    code = "storage_full"


class StoredObject(Protocol):
    """An object open for reading: it stays what it was when its key is replaced or deleted."""

    @property
    def size_bytes(self) -> int:
        """Its length."""

    @property
    def modified_s(self) -> int:
        """When it was stored, in whole seconds since 1970."""

    @property
    def version(self) -> str:
        """Letters, digits and hyphens that are others when the bytes are."""

    def read(self, first: int, last: int) -> Iterator[bytes]:
        """Return the bytes from ``first`` to ``last``, both included, piece by piece.

        Raises
        ------
        StorageUnavailable
            If the storage fails on the way.
        """

    def close(self) -> None:
        """Let go of it; safe twice."""


class MediaStorage(Protocol):
    """Objects by key, like ``choreographies/2026/11/<task>.mp4``.

    Every method raises ``BadMediaKey`` for an impossible key and ``StorageUnavailable`` when the
    storage fails; an object is there whole or not at all.
    """

    def put(self, key: str, source: Path) -> None:
        """Store a copy of the file, replacing what the key named; safe twice."""

    def fetch(self, key: str, target: Path) -> None:
        """Copy the object to a new file; raises ``MediaNotFound``."""

    def local_path(self, key: str) -> Path | None:
        """Return the object as a file to read in place, or None where there are no such files."""

    def open(self, key: str) -> StoredObject:
        """Open the object to read parts of it, wherever it is; raises ``MediaNotFound``."""

    def exists(self, key: str) -> bool:
        """Whether the object is there."""

    def delete(self, key: str) -> None:
        """Remove the object; does nothing when it is gone already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLink:
    """An address, below the site's root, that shows one object to anybody until it expires."""

    address: str
    expires_at: datetime


class SignedLinks(Protocol):
    """Makes links that a player opens without a token.

    Whoever may see an object may be given a link to it; whoever has the link may open it. Both
    methods raise ``BadMediaKey`` for an impossible key, and neither looks whether the object is
    there.
    """

    def link(self, key: str, *, filename: str | None = None) -> str:
        """Return the address, ``/api/media/<key>?expires=…&signature=…``.

        The same key and name give the same address within one period, so that browsers keep what
        they have. It can be opened for at least 30 minutes, and for an hour at most.

        Parameters
        ----------
        filename : str or None
            What the object is called when somebody saves it; without it, as the key ends.
        """

    def lend(self, key: str, *, filename: str | None = None) -> SignedLink:
        """Return the same address, and when it ends."""

    def period(self) -> int:
        """Return the number of the present period.

        Links change with it: an answer that holds links is another answer in another period, so
        this is part of its ETag.
        """
