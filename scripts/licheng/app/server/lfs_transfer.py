"""`licheng lfs-transfer`: the server's side of Git LFS over SSH alone, version 1.

The protocol is git-lfs's `docs/proposals/ssh_adapter.md`; its client runs `git-lfs-transfer PATH OPERATION` on the
server, and the server's forced command runs this instead, once it has decided that the account may. Whoever may
upload is not decided here: an upload is only bytes in the store until a commit that the gate accepts names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from licheng.core.errors import UsageError
from licheng.core.rulebook import AgencyRules
from licheng.policy.attachments import largest
from licheng.sources import pktline, reading
from licheng.sources.attachments import MAX_BYTES
from licheng.sources.lfs import OID, LfsStore, RefusedObjectError
from licheng.sources.pktline import EmptyPacket, FramingError
from licheng.sources.tree import CommitTree

OPERATIONS = ("upload", "download")
_CHUNK = 32_768
_MAX_LINES = 10_000
_REFUSED = {
    "size": "the data are not of the announced size",
    "digest": "the data do not have the announced SHA-256",
    "damaged": "the store holds other bytes under this name; tell the school's information unit",
}


class _Answer(Exception):  # noqa: N818 - an answer to the client, which the command's procedure stops with
    """Stop a command with a status and a sentence for the person at the client."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class _Request:
    """A command: its words, its `key=value` arguments, its lines after the delimiter."""

    words: list[str]
    arguments: Mapping[str, str]
    has_body: bool


def serve(stdin: BinaryIO, stdout: BinaryIO, repository: Path, operation: str) -> int:
    """Speak with one client until it quits.

    Args:
        stdin: what the client sends, buffered.
        stdout: what it receives.
        repository: the bare repository, whose `lfs/objects` is the store.
        operation: `upload` or `download`; the caller has decided that the account may.

    Returns:
        The exit code: 0 after `quit`, 1 where the client went away or did not speak the protocol.

    Raises:
        UsageError: APP061, no repository; APP062, another operation.
    """
    store = LfsStore.of(repository)
    if store is None:
        raise UsageError("APP061", path=str(repository))
    if operation not in OPERATIONS:
        raise UsageError("APP062", operation=operation)
    return _Session(stdin, stdout, store, operation, _limit(repository)).run()


def _limit(repository: Path) -> int:
    """The largest file that the agency takes by the rules on the main branch; before the first push, what is read."""
    try:
        with CommitTree(repository, "HEAD") as tree:
            shelf = reading.read(tree, tree.entries("content/rulebook/agency"))
    except UsageError:
        return MAX_BYTES
    return largest(AgencyRules.of(tuple(shelf.records["agency-rules"]))) or MAX_BYTES


class _Session:
    """One connection."""

    def __init__(self, stdin: BinaryIO, stdout: BinaryIO, store: LfsStore, operation: str, limit: int) -> None:
        self._in = stdin
        self._out = stdout
        self._store = store
        self._operation = operation
        self._limit = limit
        self._body: Iterator[bytes] = iter(())
        self._commands: dict[str, Callable[[_Request], None]] = {
            "version": self._version,
            "batch": self._batch,
            "get-object": self._get,
            "put-object": self._put,
            "verify-object": self._verify,
            "list-lock": lambda _request: self._say(200, lines=[]),  # there are none
        }

    def run(self) -> int:
        pktline.write_line(self._out, "version=1")
        self._end()
        try:
            while (request := self._request()) is not None:
                if request.words[:1] == ["quit"]:
                    self._say(200)
                    return 0
                # What is left of its body is read and thrown away, so that the next command is understood.
                self._body = pktline.until_flush(self._in) if request.has_body else iter(())
                command = self._commands.get(request.words[0])
                try:
                    if command is None:
                        raise _Answer(501, "this server keeps no locks and knows no such command")
                    command(request)
                    self._drain()
                except _Answer as stop:
                    self._drain()
                    self._say(stop.status, lines=[stop.message])
        except FramingError:
            return 1
        return 1

    def _request(self) -> _Request | None:
        """The next command, up to its delimiter, or to its end."""
        first = pktline.read(self._in)
        if first is None:
            return None
        arguments: dict[str, str] = {}
        packet: pktline.Packet | None = first
        lines: list[str] = []
        while isinstance(packet, bytes):
            lines.append(_text(packet))
            if len(lines) > _MAX_LINES:
                raise FramingError(packet)
            packet = pktline.read(self._in)
        if packet is None:
            raise FramingError(packet)
        for line in lines[1:]:
            key, _, value = line.partition("=")
            arguments[key] = value
        return _Request("".join(lines[:1]).split(" "), arguments, packet is EmptyPacket.DELIMITER)

    def _drain(self) -> None:
        for _ in self._body:
            pass

    def _say(self, status: int, arguments: Iterable[str] = (), lines: Iterable[str] | None = None) -> None:
        """Status and arguments; a delimiter and lines if the command's answer has them."""
        for line in (f"status {status}", *arguments):
            pktline.write_line(self._out, line)
        if lines is not None:
            pktline.write(self._out, EmptyPacket.DELIMITER)
            for line in lines:
                pktline.write_line(self._out, line)
        self._end()

    def _end(self) -> None:
        pktline.write(self._out, EmptyPacket.FLUSH)
        self._out.flush()

    def _version(self, request: _Request) -> None:
        if request.words[1:] != ["1"]:
            raise _Answer(400, "this server speaks version 1")
        self._say(200, lines=[])

    def _batch(self, request: _Request) -> None:
        """`oid size action` for each object: an upload of what is not here, a download of what is, else nothing."""
        if request.arguments.get("hash-algo", "sha256") != "sha256":
            raise _Answer(409, "this server names objects by sha256")
        lines = [_text(line) for _, line in zip(range(_MAX_LINES), self._body, strict=False)]
        if next(self._body, None) is not None:
            raise _Answer(413, f"more than {_MAX_LINES} objects at once")
        actions = []
        for line in lines:
            oid, _, rest = line.partition(" ")
            size = self._size(oid, rest.split(" ")[0])
            is_here = self._store.size(oid) == size
            is_wanted = is_here == (self._operation == "download")
            actions.append(f"{oid} {size} {self._operation if is_wanted else 'noop'}")
        self._say(200, ["hash-algo=sha256"], actions)

    def _size(self, oid: str, text: str) -> int:
        if not OID.fullmatch(oid) or not (text.isascii() and text.isdigit() and len(text) < 16):
            raise _Answer(400, "an object is named by its SHA-256 and its size")
        if self._operation == "upload" and int(text) > self._limit:
            raise _Answer(413, f"the object {oid} has {text} bytes; this school takes at most {self._limit}")
        return int(text)

    def _named(self, request: _Request, operation: str) -> str:
        if self._operation != operation:
            raise _Answer(403, f"this connection is no {operation}")
        oid = " ".join(request.words[1:2])
        if not OID.fullmatch(oid):
            raise _Answer(400, "an object is named by its SHA-256")
        return oid

    def _put(self, request: _Request) -> None:
        oid = self._named(request, "upload")
        size = self._size(oid, request.arguments.get("size", ""))
        try:
            self._store.receive(oid, size, self._body)
        except RefusedObjectError as refused:
            raise _Answer(409 if refused.reason == "damaged" else 400, _REFUSED[refused.reason]) from refused
        except OSError as error:
            raise _Answer(507, error.strerror or "it cannot be written") from error
        self._say(200, lines=[])

    def _verify(self, request: _Request) -> None:
        oid = self._named(request, "upload")
        size = self._size(oid, request.arguments.get("size") or "".join(request.words[2:3]))
        if self._store.size(oid) != size:
            raise _Answer(404, "the object is not here, or not of this size")
        self._say(200)

    def _get(self, request: _Request) -> None:
        oid = self._named(request, "download")
        size = self._store.size(oid)
        if size is None:
            raise _Answer(404, "the object is not here")
        pktline.write_line(self._out, "status 200")
        pktline.write_line(self._out, f"size={size}")
        pktline.write(self._out, EmptyPacket.DELIMITER)
        with self._store.path(oid).open("rb") as file:
            while chunk := file.read(_CHUNK):
                pktline.write(self._out, chunk)
        self._end()


def _text(packet: bytes) -> str:
    return packet.decode("utf-8", "backslashreplace").removesuffix("\n")
