"""What an attachment's bytes hold besides the work: active content, names, places, other files.

`inspect` is the one door. It is a function of the bytes alone: no file, no clock, no network. The formats' own limits
are counts (bytes expanded, pixels, boxes), so that the same bytes get the same verdict on every machine; around them
stands a process of limited memory and processor (`confined`), for what no count foresaw. Whatever cannot be read to
its end is refused: an exception, a crash, a limit is a flaw, never a pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from licheng.core.inspection import UNREADABLE, Flaw

if TYPE_CHECKING:  # the process that looks at a file begins with this module, and needs no rule
    from licheng.policy.attachments import FileType

# Part of every stored verdict's key: raise it whenever a verdict may change.
VERSION = 4


class Inspection(NamedTuple):
    """What was found in a file.

    Attributes:
        flaws: everything for which it is refused, sorted; empty where it is fine.
        program: an id of the program that wrote it (labels `program`), where there are flaws and it is a known one.
        seconds: of processor, that the look took.
        memory: bytes, the largest that the inspecting process has had.
    """

    flaws: tuple[Flaw, ...]
    program: str = ""
    seconds: float = 0.0
    memory: int = 0

    @property
    def lasting(self) -> bool:
        """Whether the verdict is one on the bytes, which another machine would give too.

        What the limits of a machine, or of a library's build, decided, the next look may decide otherwise.
        """
        from licheng.sources.confined import REASONS

        return not any(flaw.reason in REASONS | {"broken"} for flaw in self.flaws)


def inspect(data: bytes, kind: FileType) -> tuple[Flaw, ...]:
    """Everything for which a file is refused, sorted; empty where it is fine. As `inspection`."""
    return inspection(data, kind).flaws


def inspection(data: bytes, kind: FileType) -> Inspection:
    """What is found in a file, by a process that has limits.

    Args:
        data: the whole file.
        kind: the type that its name says and that its first bytes have (ATT006 judges those); a type that nobody
            here can inspect is refused, so that a new one in the agency's rules cannot pass unseen.

    Raises:
        LichengError: APP064, no process can be started.
    """
    from licheng.sources import confined  # most verdicts are known, and need no process

    try:
        answer = confined.ask("licheng.sources.inspection.look:look", data, media_type=kind.media_type)
    except confined.OverLimitError as over:
        return Inspection((Flaw(UNREADABLE, over.reason),), seconds=over.seconds)
    flaws = tuple(Flaw(str(code), str(reason)) for code, reason in answer.value["flaws"])
    return Inspection(flaws, str(answer.value["program"]), answer.seconds, answer.memory)
