"""PDF files: what acts, is carried along, names people or hides, in whatever dress; and ordinary ones that pass."""

from __future__ import annotations

from pathlib import Path

from tests.gate.corpus.registry import Ask, accepted, by, refused
from tests.gate.items import STUDENT, output
from tests.gate.scene import Scene

_COLLECTION = Path(__file__).parents[2] / "inspection/collection/pdf"


def _handed_in(s: Scene, name: str) -> Ask:
    """A course output with one file of the collection."""
    return by(s, STUDENT, output("running", files={"report.pdf": (_COLLECTION / f"{name}.pdf").read_bytes()}))


@refused("ATT009")
def a_script_in_an_object_stream_without_a_type(s: Scene) -> Ask:
    return _handed_in(s, "js-untyped-a85-flate")


@refused("ATT009")
def a_script_behind_a_key_that_looks_like_an_object(s: Scene) -> Ask:
    return _handed_in(s, "js-odd-key-ahx-flate")


@refused("ATT009")
def a_script_that_no_table_names(s: Scene) -> Ask:
    return _handed_in(s, "js-not-in-the-table")


@refused("ATT009")
def a_file_associated_with_a_pdf(s: Scene) -> Ask:
    return _handed_in(s, "file-af")


@refused("ATT009")
def a_file_behind_a_link_of_a_pdf(s: Scene) -> Ask:
    return _handed_in(s, "file-link")


@refused("ATT009")
def a_pdf_stream_from_another_computer(s: Scene) -> Ask:
    return _handed_in(s, "external-stream")


@refused("ATT009")
def a_pdf_link_into_another_computer(s: Scene) -> Ask:
    return _handed_in(s, "gotor-unc")


@refused("ATT009")
def a_pdf_link_that_is_a_script(s: Scene) -> Ask:
    return _handed_in(s, "uri-spaced")


@refused("ATT010")
def a_creator_behind_two_filters(s: Scene) -> Ask:
    return _handed_in(s, "xmp-ahx-flate")


@refused("ATT010")
def an_author_that_nothing_refers_to(s: Scene) -> Ask:
    return _handed_in(s, "author-orphan")


@refused("ATT010")
def an_author_that_was_taken_out_by_an_update(s: Scene) -> Ask:
    return _handed_in(s, "exiftool-emptied")


@refused("ATT011")
def a_place_in_a_photo_behind_two_filters(s: Scene) -> Ask:
    return _handed_in(s, "gps-ahx-flate")


@refused("ATT013")
def a_pdf_that_unfolds_to_millions_of_names(s: Scene) -> Ask:
    return _handed_in(s, "bomb-names")


@accepted
def a_pdf_of_object_streams(s: Scene) -> Ask:
    return _handed_in(s, "qpdf-plain-objstm")


@accepted
def a_pdf_saved_again(s: Scene) -> Ask:
    return _handed_in(s, "update-glued")


@accepted
def a_pdf_with_an_empty_password(s: Scene) -> Ask:
    return _handed_in(s, "qpdf-plain-aes-256-objstm")


@accepted
def a_pdf_of_thirty_thousand_digits(s: Scene) -> Ask:
    return _handed_in(s, "digits")


@accepted
def a_pdf_of_a_word_processor(s: Scene) -> Ask:
    return _handed_in(s, "libreoffice-writer-pdfa2")
