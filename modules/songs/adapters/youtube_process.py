"""The process that fetches one song.

``python -m modules.songs.adapters.youtube_process ORDER``, with the order as JSON. What stands on
standard output, as JSON, is ``Outcome``; ``youtube.py`` starts this and reads it.
"""

from __future__ import annotations

import ipaddress
import json
import resource
import sys
from pathlib import Path
from typing import Any, TypedDict

from engine.isolation.limited_process import ResourceLimits, apply_limits, lower

SOCKET_TIMEOUT_S = 10
FORBIDDEN_EVENTS = frozenset(
    {"subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"}
    | {"pty.spawn", "socket.bind", "socket.sendto", "socket.sendmsg"}
)
FORMATS = "/".join(
    f"{kind}[protocol^=http]" for kind in ("bestaudio[ext=m4a]", "bestaudio", "best")
)
"""What one program can fetch by itself: no HLS, which wants ffmpeg for its pieces."""
UNAVAILABLE = "This video cannot be fetched from YouTube."


class Outcome(TypedDict, total=False):
    """The file and its title; or a sentence for the dancer, and the reason for the log."""

    file: str
    title: str
    refusal: str
    reason: str


class Refused(Exception):
    """The song will not be had; the text is for the dancer."""


class NetworkGuard:
    """Lets this process speak to listed hosts at public addresses, and start nothing.

    Parameters
    ----------
    hosts : sequence of str
        See ``YoutubeDownloader``.

    Notes
    -----
    An audit hook stays for good and sees every way to a socket, whichever library takes it.
    Names are judged when they are looked up, redirections included; addresses when they are
    connected to, so that a listed name that leads to a private address leads nowhere.
    """

    def __init__(self, hosts: list[str]) -> None:
        self._names = {host for host in hosts if _address(host) is None}
        self._addresses = {_address(host) for host in hosts} - {None}

    def install(self) -> None:
        """Watch this process from now on."""
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in FORBIDDEN_EVENTS:
            raise PermissionError(f"{event} is not allowed here")
        if event == "socket.getaddrinfo" and not self._may_look_up(arguments[0]):
            raise PermissionError(f"{arguments[0]!r} is no host that songs come from")
        if event == "socket.connect" and not self._may_connect(arguments[1]):
            raise PermissionError(f"{arguments[1]!r} is no public address")

    def _may_look_up(self, host: object) -> bool:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        address = _address(name)
        if address is not None:
            return address in self._addresses
        name = name.lower().rstrip(".")
        return any(name == known or name.endswith(f".{known}") for known in self._names)

    def _may_connect(self, target: object) -> bool:
        address = _address(str(target[0])) if isinstance(target, tuple) else None
        return address is not None and (address.is_global or address in self._addresses)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def main(arguments: list[str]) -> None:
    """Fetch the song and say how it went."""
    order = json.loads(arguments[0])
    wall_s, cpu_s, data_bytes = order["limits"]
    apply_limits(ResourceLimits(wall_s=wall_s, cpu_s=cpu_s, data_bytes=data_bytes))
    # yt-dlp writes a little more than the sound itself; what tells no length ends here.
    lower(resource.RLIMIT_FSIZE, 2 * order["max_bytes"])
    # Its messages go elsewhere: standard output is for the outcome alone.
    out, sys.stdout = sys.stdout, sys.stderr
    out.write(json.dumps(_try(order)))
    out.flush()


def _try(order: dict[str, Any]) -> Outcome:
    import yt_dlp

    NetworkGuard(order["hosts"]).install()
    try:
        return _fetch(order)
    except Refused as error:
        return Outcome(refusal=str(error), reason=str(error))
    except (yt_dlp.utils.YoutubeDLError, OSError, MemoryError) as error:
        return Outcome(refusal=UNAVAILABLE, reason=f"{type(error).__name__}: {error}"[:500])


def _fetch(order: dict[str, Any]) -> Outcome:
    """Look first, then fetch: a list, a stream and what is too long cost nothing."""
    import yt_dlp

    with yt_dlp.YoutubeDL(_options(order)) as downloader:
        info = downloader.extract_info(order["address"], download=False)
        _check(info, order)
        downloader.process_ie_result(info, download=True)
    files = [path for path in Path(order["folder"]).glob("fetched.*") if path.is_file()]
    if not files or files[0].suffix == ".part":
        raise Refused(UNAVAILABLE)
    return Outcome(file=str(files[0]), title=str(info.get("title") or "YouTube")[:200])


def _check(info: Any, order: dict[str, Any]) -> None:
    if not isinstance(info, dict):
        raise Refused(UNAVAILABLE)
    if info.get("_type", "video") != "video":
        raise Refused("This address names several videos; give that of one song.")
    if info.get("is_live") or info.get("live_status") in ("is_live", "is_upcoming"):
        raise Refused("A live broadcast cannot be danced to; give the address of a song.")
    length_s = info.get("duration")
    if isinstance(length_s, int | float) and length_s > order["max_length_s"]:
        most = order["max_length_s"] / 60
        raise Refused(f"This video lasts {length_s / 60:.0f} minutes; a song may last {most:.0f}.")


def _options(order: dict[str, Any]) -> dict[str, Any]:
    max_bytes = order["max_bytes"]

    def watch(progress: dict[str, Any]) -> None:
        told = progress.get("total_bytes") or progress.get("total_bytes_estimate") or 0
        if max(told, progress.get("downloaded_bytes") or 0) > max_bytes:
            raise Refused(f"The sound of this video is larger than {max_bytes >> 20} MB.")

    return {
        "allowed_extractors": order["extractors"],
        "cachedir": False,
        "extract_flat": "in_playlist",
        "format": FORMATS,
        "hls_prefer_native": True,
        "noplaylist": True,
        "noprogress": True,
        "outtmpl": str(Path(order["folder"]) / "fetched.%(ext)s"),
        "playlist_items": "1:2",
        "progress_hooks": [watch],
        "proxy": "",
        "quiet": True,
        "no_warnings": True,
        "retries": 1,
        "fragment_retries": 1,
        "extractor_retries": 1,
        "socket_timeout": SOCKET_TIMEOUT_S,
        "updatetime": False,
    }


if __name__ == "__main__":
    main(sys.argv[1:])
