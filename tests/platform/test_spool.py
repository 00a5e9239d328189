from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from licheng.core.errors import LichengError
from licheng.platform.hand_in import MOST_FILES, TicketState
from licheng.platform.spool import Spool, SpoolLimits
from tests.gate.items import HOME, OTHER, OTHERS_HOME, STUDENT, pointer
from tests.platform.school import NOW, child, draft, hand_in, sha256

ITEM = f"{HOME}/terms/115-1/outputs/running/item.md"
REPORT = f"{HOME}/terms/115-1/outputs/running/report.pdf"


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", SpoolLimits(spare=0))


def kept(spool: Spool) -> list[bytes]:
    """The bytes of every file in the spool."""
    return sorted(path.read_bytes() for path in spool.files.folder.rglob("*") if path.is_file())


def test_what_is_accepted_is_read_again_by_another_process(spool: Spool) -> None:
    ticket = spool.accept(hand_in({ITEM: b"text", REPORT: None}, bases={REPORT: "ab" * 32}))
    again = Spool(spool.folder)
    assert again.waiting() == [ticket] == again.tickets_of(STUDENT)
    assert (ticket.state, ticket.files) == (TicketState.WAITING, {ITEM: sha256(b"text"), REPORT: None})
    assert ticket.item == ITEM.removesuffix("/item.md")
    assert kept(spool) == [b"text"]


def test_a_form_that_is_sent_again_gets_the_same_ticket_whatever_has_become_of_it(spool: Spool) -> None:
    ticket = spool.accept(hand_in(draft("running")))
    assert spool.accept(replace(hand_in(draft("running")), received_at=NOW.replace(hour=9))) == ticket
    settled = replace(ticket, state=TicketState.LANDED, settled_at=NOW, commit="1" * 40)
    spool.settle(settled)
    assert spool.accept(hand_in(draft("running"))) == settled
    assert spool.waiting() == []


def test_a_form_that_has_handed_in_something_else_is_refused(spool: Spool) -> None:
    ticket = spool.accept(hand_in(draft("running")))
    for other in ({ITEM: b"something else"}, {ITEM: None}, draft("jumping")):
        with pytest.raises(LichengError, match="APP333"):
            spool.accept(hand_in(other))
    assert spool.waiting() == [ticket]


def test_two_students_with_the_same_key_and_bytes_are_two_tickets_and_one_file(spool: Spool) -> None:
    path = ITEM.replace(HOME, OTHERS_HOME)
    tickets = [spool.accept(hand_in({ITEM: b"same"})), spool.accept(hand_in({path: b"same"}, account=OTHER))]
    assert spool.waiting() == tickets
    assert kept(spool) == [b"same"]
    assert [ticket.account for ticket in spool.tickets_of(OTHER)] == [OTHER]


@pytest.mark.hostile("path")
@pytest.mark.parametrize(
    "path",
    [
        ITEM.replace(HOME, OTHERS_HOME),
        ITEM.replace("/113/", "/114/"),
        f"{HOME}/../{OTHER}/terms/115-1/outputs/running/item.md",
        f"{HOME}/terms/115-1/outputs/running/..",
        f"{HOME}/terms/115-1/outputs/running/a b.pdf",
        f"{HOME}/terms/115-1/outputs/running/a\nD content",
        f"{HOME}/terms/115-1/outputs/running/.gitattributes",
        f"{HOME}/terms/115-1/outputs/running/sub/report.pdf",
        f"{HOME}/notes.txt",
        ITEM.replace("students", "certifications"),
        f"/{ITEM}",
        f"./{ITEM}",
        "content/school/accounts.yaml",
        ".github/workflows/x.yml",
        "",
    ],
)
def test_only_files_of_the_students_own_records_are_taken(spool: Spool, path: str) -> None:
    with pytest.raises(LichengError, match="APP330"):
        spool.accept(hand_in({ITEM: b"text", path: b"text"}))
    assert not spool.folder.exists()


def test_a_form_that_is_not_whole_is_refused(spool: Spool) -> None:
    whole = hand_in({ITEM: b"text"})
    message = "submit\n\nHand-In-Ticket: " + "a" * 30
    for broken in (
        replace(whole, key=""),
        replace(whole, changes={}),
        replace(whole, bases={}),
        replace(whole, action=message),
        replace(whole, files={ITEM: Path(__file__)}),
    ):
        with pytest.raises(LichengError, match="APP333"):
            spool.accept(broken)
    assert not spool.folder.exists()


@pytest.mark.hostile("upload")
def test_a_text_that_stands_for_a_file_in_the_store_is_not_taken(spool: Spool, tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(pointer(b"a classmate's file"))
    for sent in (hand_in({REPORT: upload.read_bytes()}), hand_in({}, files={REPORT: upload})):
        with pytest.raises(LichengError, match="APP333"):
            spool.accept(sent)
    upload.unlink()
    with pytest.raises(LichengError, match="APP332"):
        spool.accept(hand_in({}, files={REPORT: upload}))
    assert not spool.folder.exists()


def test_a_file_on_the_disk_is_taken_as_it_is_even_if_it_has_no_bytes(spool: Spool, tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    for data in (b"", b"pdf" * 1_000_000):
        upload.write_bytes(data)
        ticket = spool.accept(hand_in({}, files={REPORT: upload}, key=str(len(data))))
        assert ticket.sizes == {sha256(data): len(data)}
    assert kept(spool) == [b"", b"pdf" * 1_000_000]


def test_the_spool_is_bounded(tmp_path: Path) -> None:
    def accept(limits: SpoolLimits, key: str, account: str = STUDENT) -> None:
        home = f"content/students/113/{account}"
        Spool(tmp_path, limits).accept(hand_in({ITEM.replace(HOME, home): b"text"}, key=key, account=account))

    accept(SpoolLimits(), "1")
    for limits, code in (
        (SpoolLimits(of_account=1), "APP331"),
        (SpoolLimits(waiting=1), "APP331"),
        (SpoolLimits(spare=1 << 60), "APP332"),
    ):
        with pytest.raises(LichengError, match=code):
            accept(limits, "2")
    accept(SpoolLimits(of_account=1), "2", OTHER)  # somebody else still can
    assert len(Spool(tmp_path).waiting()) == 2
    with pytest.raises(LichengError, match="APP331"):
        Spool(tmp_path).accept(
            hand_in({}, files={f"{REPORT[:-4]}-{n}.pdf": Path(__file__) for n in range(MOST_FILES + 1)})
        )
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(LichengError, match="APP331"):
        Spool(tmp_path).accept(hand_in({}, files={REPORT: huge}))


FULL = """
import resource
from licheng.core.errors import LichengError
spool = Spool(Path(sys.argv[1]), SpoolLimits(spare=0))
spool.accept(hand_in({sys.argv[2]: b"small"}, key="small"))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    spool.accept(hand_in({sys.argv[2]: b"x" * int(sys.argv[4])}, key="large"))
except LichengError as error:
    print(error.code)
"""


@pytest.mark.parametrize(("limit", "size"), [(1 << 20, 2 << 20), (100, 50)], ids=["of a file", "of its ticket"])
def test_where_the_disk_takes_no_more_nothing_half_is_kept(spool: Spool, limit: int, size: int) -> None:
    with child(FULL, str(spool.folder), ITEM, str(limit), str(size)) as process:
        told, error = process.communicate()
    assert told == "APP332\n", error
    assert [ticket.sizes for ticket in spool.waiting()] == [{sha256(b"small"): 5}]
    assert spool.accept(hand_in({ITEM: b"x" * size}, key="large")) == spool.waiting()[1]


def test_a_folder_that_cannot_be_written_is_told(spool: Spool) -> None:
    spool.folder.mkdir()
    (spool.folder / "waiting").write_bytes(b"")
    with pytest.raises(LichengError, match="APP332"):
        spool.accept(hand_in({ITEM: b"text"}))


KILLED = """
spool = Spool(Path(sys.argv[1]))
for number in range(10_000):
    ticket = spool.accept(hand_in({sys.argv[2]: b"%d" % number * 5000}, key=str(number)))
    print(ticket.id, flush=True)
    spool.settle(ticket) if number % 3 == 0 else None
"""


@pytest.mark.parametrize("acknowledged", [1, 4, 9, 20, 33])
def test_killed_at_any_moment_nothing_acknowledged_is_lost(spool: Spool, acknowledged: int) -> None:
    with child(KILLED, str(spool.folder), ITEM) as process:
        assert process.stdout is not None
        known = [process.stdout.readline().strip() for _ in range(acknowledged)]
        process.kill()
        known += process.stdout.read().split()
    tickets = {ticket.id: ticket for ticket in spool.tickets_of(STUDENT)}
    assert known
    assert set(known) <= tickets.keys()
    assert len(tickets) <= len(known) + 1, "at most one was kept and not yet told"
    known += sorted(tickets.keys() - set(known))
    for number, ticket in enumerate(tickets[ticket_id] for ticket_id in known):
        data = b"%d" % number * 5000
        assert ticket.files == {ITEM: sha256(data)}
        assert spool.files.path(sha256(data)).read_bytes() == data
        assert spool.accept(hand_in({ITEM: data}, key=str(number))).id == ticket.id
    assert len(spool.tickets_of(STUDENT)) == len(tickets)


def test_what_no_waiting_ticket_names_goes_after_a_while(spool: Spool) -> None:
    first = spool.accept(hand_in({ITEM: b"landed"}, key="1"))
    spool.accept(hand_in({ITEM: b"waits"}, key="2"))
    spool.settle(replace(first, state=TicketState.LANDED, settled_at=NOW))
    (spool.folder / "incoming" / "left").write_bytes(b"half")
    later = max(path.stat().st_mtime for path in spool.folder.rglob("*"))
    assert spool.sweep(later) == 0, "it may be of somebody who is handing in"
    assert spool.sweep(later + 3600) == 2
    assert kept(spool) == [b"waits"]
    assert spool.tickets_of(STUDENT)[0].state is not None


def test_a_ticket_in_both_places_has_been_settled(spool: Spool) -> None:
    """Killed between the two writes of settling."""
    ticket = spool.accept(hand_in({ITEM: b"text"}))
    [waiting] = (spool.folder / "waiting").iterdir()
    data = waiting.read_bytes()
    spool.settle(replace(ticket, state=TicketState.LANDED, settled_at=NOW, commit="1" * 40))
    waiting.write_bytes(data)
    assert spool.waiting() == []
    assert [ticket.state for ticket in spool.tickets_of(STUDENT)] == [TicketState.LANDED]
    spool.sweep(0)
    assert not waiting.exists()


def test_before_anything_is_handed_in_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    assert (spool.sweep(0.0), spool.waiting()) == (0, [])
    assert not (tmp_path / "spool").exists()
