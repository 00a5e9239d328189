"""What a commit says of itself, and what texts hold that people do not see: in other clothes, or invisible."""

from __future__ import annotations

import base64
import re
import subprocess
from datetime import timedelta

from tests.gate.corpus.registry import ACCOUNTS, OWN, Ask, accepted, by, edited, refused
from tests.gate.items import OTHER, PDF, STUDENT, activity, output
from tests.gate.scene import IT, Scene

# A specimen with a right check digit, as printed in public explanations of the numbering; it belongs to nobody.
NUMBER = "A123456789"
INTAKE = "t900"


def rewritten(s: Scene, old: str, new: str, *, actor: str = STUDENT, author: str = STUDENT) -> Ask:
    """An ordinary change whose commit holds other bytes in one place: a regular expression, and what stands there."""
    made = s.commit(output("running"), author)
    raw = s.git("cat-file", "commit", made) + "\n"
    text, count = re.subn(old, lambda _: new, raw, count=1, flags=re.M)
    assert count == 1, old
    return Ask(s.forge(text), actor)


def saying(s: Scene, message: str) -> Ask:
    return rewritten(s, r"^A change$", message)


def stamped(s: Scene, whose: str, seconds: object, zone: str = "+0800") -> Ask:
    line = f"{whose} {STUDENT} <{STUDENT}@licheng.invalid> {seconds} {zone}"
    return rewritten(s, rf"^{whose} .*$", line)


def written(s: Scene, text: str) -> Ask:
    """A work whose body holds a text."""
    return by(s, STUDENT, output("running", body=text))


# Who put a commit where it is.


@refused("GAT009")
def a_persons_name_as_the_committer(s: Scene) -> Ask:
    return rewritten(s, r"^committer \S+ <\S+>", "committer 王小明 <wang@school.example>")


@refused("GAT009")
def a_classmate_as_the_committer(s: Scene) -> Ask:
    return rewritten(s, r"^committer \S+ <\S+>", f"committer {OTHER} <{OTHER}@licheng.invalid>")


@refused("GAT009")
def the_right_committer_at_a_persons_address(s: Scene) -> Ask:
    return rewritten(s, r"^committer (\S+) <\S+>", f"committer {STUDENT} <ming@school.example>")


@refused("GAT009")
def a_computer_as_the_committer(s: Scene) -> Ask:
    return rewritten(s, r"^committer \S+ <\S+>", "committer root <root@localhost>")


@refused("GAT009")
def nearly_github_as_the_committer(s: Scene) -> Ask:
    return rewritten(s, r"^committer \S+ <\S+>", "committer GitHub <ming@users.noreply.github.com>")


@refused("GAT009")
def a_teacher_as_the_committer_of_what_the_intake_brings(s: Scene) -> Ask:
    return rewritten(s, r"^committer \S+ <\S+>", "committer t021 <t021@licheng.invalid>", actor=INTAKE)


# The form of a commit.


@refused("GAT027")
def a_header_of_ones_own(s: Scene) -> Ask:
    return rewritten(s, r"^(?=$)", f"x-note {NUMBER}\n")


@refused("GAT027")
def a_header_that_says_the_encoding(s: Scene) -> Ask:
    return rewritten(s, r"^(?=$)", "encoding big5\n")


@refused("GAT027")
def a_merged_tag_with_its_tagger(s: Scene) -> Ask:
    tag = f"object {s.base}\n type commit\n tag x\n tagger 王小明 <w@school.example> 1795838400 +0800\n \n hello"
    return rewritten(s, r"^(?=$)", f"mergetag {tag}\n")


@refused("GAT027")
def two_authors(s: Scene) -> Ask:
    line = f"author 王小明 <wang@school.example> {int(s.clock.timestamp())} +0800\n"
    return rewritten(s, r"^(?=committer)", line)


@refused("GAT027")
def the_committer_before_the_author(s: Scene) -> Ask:
    line = f"{STUDENT} <{STUDENT}@licheng.invalid> {int(s.clock.timestamp())} +0800"
    return rewritten(s, r"^author .*\ncommitter .*$", f"committer {line}\nauthor {line}")


@refused("GAT027")
def a_second_line_below_a_header(s: Scene) -> Ask:
    return rewritten(s, r"^(?=committer)", " 王小明\n")


@refused("GAT027")
def a_signature_with_a_comment(s: Scene) -> Ask:
    return rewritten(s, r"^(?=$)", _signature("Comment: 王小明 0912345678\n \n QUJD\n =abcd"))


@refused("GAT027")
def a_signature_that_is_none(s: Scene) -> Ask:
    return rewritten(s, r"^(?=$)", "gpgsig 王小明 0912345678\n")


@refused("GAT029")
def a_signature_that_carries_an_address(s: Scene) -> Ask:
    packet = base64.b64encode(b"\x89\x01\x33\x04\x00\x1c<ming.wang@school.example>\xff\x00\x17").decode()
    return rewritten(s, r"^(?=$)", _signature(f"\n {packet}\n =abcd"))


@refused("GAT027")
def a_message_in_big5(s: Scene) -> Ask:
    raw = s.git("cat-file", "commit", s.commit(output("running"), STUDENT)).encode() + b"\n"
    return Ask(s.forge(raw.replace(b"A change", "修改".encode("big5"))), STUDENT)


@refused("GAT027")
def a_message_with_a_zero_byte(s: Scene) -> Ask:
    return saying(s, "A change\0王小明")


@refused("GAT027")
def a_message_that_turns_around(s: Scene) -> Ask:
    return saying(s, "改\u202e檔案")


@refused("GAT027")
def a_message_that_clears_the_screen(s: Scene) -> Ask:
    return saying(s, "\x1b[2Jall is well")


@refused("GAT027")
def a_message_of_nine_thousand_characters(s: Scene) -> Ask:
    return saying(s, "字" * 9_000)


# Its time.


@refused("GAT028")
def a_date_beyond_all_years(s: Scene) -> Ask:
    return stamped(s, "committer", 9223372036854775807)


@refused("GAT028")
def an_author_beyond_all_years(s: Scene) -> Ask:
    return stamped(s, "author", 9223372036854775807)


@refused("GAT027")
def a_date_before_there_were_dates(s: Scene) -> Ask:
    return stamped(s, "committer", -62135596801)


@refused("GAT028")
def the_first_second_of_unix(s: Scene) -> Ask:
    return stamped(s, "author", 0)


@refused("GAT028")
def six_minutes_ahead(s: Scene) -> Ask:
    return stamped(s, "committer", int(s.clock.timestamp()) + 360)


@refused("GAT028")
def fifteen_days_old(s: Scene) -> Ask:
    return stamped(s, "author", int((s.clock - timedelta(days=15)).timestamp()))


@refused("GAT028")
def a_zone_of_nowhere(s: Scene) -> Ask:
    return stamped(s, "author", int(s.clock.timestamp()), "+9999")


@refused("GAT027")
def a_date_with_a_point(s: Scene) -> Ask:
    return stamped(s, "author", "1795838400.5")


@refused("GAT028")
def an_early_commit_of_two(s: Scene) -> Ask:
    first = s.commit(output("running"), STUDENT, at=s.clock - timedelta(days=40))
    return Ask(s.commit(output("jumping"), STUDENT, parent=first), STUDENT)


# Its message.


@refused("GAT029")
def a_message_with_an_id_number(s: Scene) -> Ask:
    return saying(s, f"更正 {NUMBER} 的簡述")


@refused("GAT029")
def a_message_with_a_spaced_telephone_number(s: Scene) -> Ask:
    return saying(s, "有問題請打 0 9 1 2 3 4 5 6 7 8")


@refused("GAT029")
def a_co_author_with_an_address(s: Scene) -> Ask:
    return saying(s, "一起做的\n\nCo-authored-by: Ming <12345+ming@users.noreply.github.com>")


@refused("GAT029")
def a_message_with_a_known_name(s: Scene) -> Ask:
    ask = saying(s, "和王小明一起做")
    return Ask(ask.head, ask.actor, {"names": frozenset({"王小明"})})


@refused("GAT029")
def an_earlier_message_with_an_address(s: Scene) -> Ask:
    tree = s.git("rev-parse", f"{s.commit(output('running'), STUDENT)}^{{tree}}")
    first = s.forge(s.raw(tree, STUDENT, message="寄給 ming@school.example\n"))
    return Ask(s.commit(output("jumping"), STUDENT, parent=first), STUDENT)


# Personal data in other clothes.


@refused("PRI001")
def a_number_in_entities(s: Scene) -> Ask:
    return written(s, "A1&#50;34&#x35;6789")


@refused("PRI001")
def a_number_behind_backslashes(s: Scene) -> Ask:
    return written(s, "A\\123456789")


@refused("PRI001")
def a_number_around_a_comment(s: Scene) -> Ask:
    return written(s, "A1234<!-- 這裡沒有東西 -->56789")


@refused("PRI001")
def a_number_with_tags_in_it(s: Scene) -> Ask:
    return written(s, "A1234<b class='x'></b>56789")


@refused("PRI001")
def a_number_in_bold(s: Scene) -> Ask:
    return written(s, "A123**456**789")


@refused("PRI001")
def a_number_with_a_cyrillic_letter(s: Scene) -> Ask:
    return written(s, "А123456789")


@refused("PRI001")
def a_number_in_two_lines(s: Scene) -> Ask:
    return written(s, "A12345\n      6789")


@refused("PRI002")
def a_telephone_number_digit_by_digit(s: Scene) -> Ask:
    return written(s, "0 9 1 2 3 4 5 6 7 8")


@refused("PRI002")
def a_telephone_number_from_abroad(s: Scene) -> Ask:
    return written(s, "+886 (0)912345678")


@refused("PRI002")
def a_telephone_number_in_chinese(s: Scene) -> Ask:
    return written(s, "零九一二三四五六七八")


@refused("PRI003")
def an_address_with_an_entity(s: Scene) -> Ask:
    return written(s, "someone&#64;school.example")


@refused("PRI003")
def an_address_behind_a_backslash(s: Scene) -> Ask:
    return written(s, "someone\\@school.example")


@refused("PRI003")
def an_address_in_a_link(s: Scene) -> Ask:
    return written(s, "[寫信](mailto:someone%40school.example)")


@refused("PRI005")
def a_number_as_a_file_name(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", files={f"{NUMBER.lower()}.pdf": PDF}))


# Characters.


@refused("FIL003")
def blanks_that_are_braille(s: Scene) -> Ask:
    return written(s, "甲\u2800\u2800乙")


@refused("FIL003")
def controls_of_music(s: Scene) -> Ask:
    return written(s, "甲\U0001d173乙")


@refused("FIL003")
def letters_in_tags_behind_a_flag(s: Scene) -> Ask:
    return written(s, "\U0001f3f4\U000e0077\U000e0061\U000e006e\U000e0067\U000e007f")


@refused("FIL003")
def selectors_one_behind_the_other(s: Scene) -> Ask:
    return written(s, "葛\U000e0100\U000e0148\U000e0155")


@refused("FIL010")
def a_character_of_ones_own(s: Scene) -> Ask:
    return written(s, "甲\ue000乙")


@refused("FIL010")
def a_character_that_nobody_has_assigned(s: Scene) -> Ask:
    return written(s, "甲\U000efff0乙")


@refused("FIL011")
def a_letter_below_twelve_marks(s: Scene) -> Ask:
    return written(s, "Z" + "\u0335" * 12)


# YAML.


@refused("YML010")
def a_question_mark_in_brackets(s: Scene) -> Ask:
    return by(s, STUDENT, edited(s, f"{OWN}/item.md", "attachments:", "tags: [?why, b]\nattachments:"))


@refused("YML010")
def a_question_mark_in_braces(s: Scene) -> Ask:
    return by(s, STUDENT, edited(s, f"{OWN}/item.md", "attachments:", "map: {?number: 2}\nattachments:"))


@refused("SCH005")
def a_name_of_two_lines(s: Scene) -> Ask:
    files = activity("birds")
    [(path, data)] = files.items()
    return by(s, STUDENT, {path: data.replace("name: 校園鳥類觀察手札".encode(), b'name: "one\\nline"')})


# Ordinary changes.


@accepted
def an_edit_on_githubs_page(s: Scene) -> Ask:
    return rewritten(s, r"^committer \S+ <\S+>", "committer GitHub <noreply@github.com>")


@accepted
def a_message_from_githubs_page(s: Scene) -> Ask:
    return saying(s, "Update item.md\r\n\r\n補上第三次測量")


@accepted
def the_intake_as_the_committer(s: Scene) -> Ask:
    return rewritten(s, r"^committer \S+ <\S+>", f"committer {INTAKE} <{INTAKE}@licheng.invalid>", actor=INTAKE)


@accepted
def a_commit_signed_by_ssh(s: Scene) -> Ask:
    """Signed by the real programs."""
    plain = s.commit(output("running"), STUDENT)
    key = s.scratch / "signing"
    if not key.exists():
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key))
    who = {"GIT_AUTHOR_NAME": STUDENT, "GIT_AUTHOR_EMAIL": f"{STUDENT}@licheng.invalid"}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    when = f"{int(s.clock.timestamp())} +0800"
    who |= {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    options = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}")
    made = s.git(*options, "commit-tree", f"{plain}^{{tree}}", "-p", s.base, "-S", "-m", "Signed", environment=who)
    assert "gpgsig -----BEGIN SSH SIGNATURE-----" in s.git("cat-file", "commit", made)
    return Ask(made, STUDENT)


@accepted
def a_commit_with_an_openpgp_signature(s: Scene) -> Ask:
    packet = base64.b64encode(bytes(range(0, 250, 2)) * 2).decode()
    lines = "\n ".join(packet[start : start + 64] for start in range(0, len(packet), 64))
    return rewritten(s, r"^(?=$)", _signature(f"\n {lines}\n =aBc1"))


@accepted
def a_message_in_chinese_with_a_picture(s: Scene) -> Ask:
    return saying(s, "補上媒體識讀的附件 👩‍🔬\n\n- 第三次測量\n- 2026-11-20 的照片，編號 12345678\n")


@accepted
def a_co_author_by_the_id(s: Scene) -> Ask:
    return saying(s, f"一起做的\n\nCo-authored-by: {OTHER} <{OTHER}@licheng.invalid>")


@accepted
def thirteen_days_old(s: Scene) -> Ask:
    return Ask(s.commit(output("running"), STUDENT, at=s.clock - timedelta(days=13)), STUDENT)


@accepted
def a_clock_that_is_four_minutes_fast(s: Scene) -> Ask:
    return Ask(s.commit(output("running"), STUDENT, at=s.clock + timedelta(minutes=4)), STUDENT)


@accepted
def written_abroad(s: Scene) -> Ask:
    return stamped(s, "author", int(s.clock.timestamp()), "-0330")


@accepted
def a_pull_request_that_waited_for_three_weeks(s: Scene) -> Ask:
    """It came in on the day of its commit."""
    later = s.clock + timedelta(days=21)
    head = s.commit(output("running", submitted=False), STUDENT)
    return Ask(head, STUDENT, {"now": later, "received": s.clock})


@accepted
def a_branch_merged_onto_main(s: Scene) -> Ask:
    side = s.commit(output("running"), STUDENT)
    tree = s.git("rev-parse", f"{side}^{{tree}}")
    message = "Merge branch 'running' of github.com:school/records\n"
    return Ask(s.forge(s.raw(tree, STUDENT, parents=(s.base, side), message=message)), STUDENT)


@accepted
def a_commit_without_a_message(s: Scene) -> Ask:
    return rewritten(s, r"\n\nA change\n\Z", "\n\n")


@accepted
def writing_of_many_sorts(s: Scene) -> Ask:
    text = "ㄅㄆㄇˊˇˋ˙ 閩南語 a̍ o͘ ha̍k-hāu 客語 hagˋ fab ˊ 族語 ʉ cou'o ṟa 數學 ∑∫√ x² 音樂 𝄞♯♭ ❤️ 👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ 葛󠄀"
    return written(s, f"{text}\n\n2026-09-11 起 12 次，共 1234567890 元，ISBN 978-957-13-1234-5。")


@accepted
def control_by_an_ordinary_commit(s: Scene) -> Ask:
    """Ordinary control, of a commit as git writes it."""
    return by(s, IT, edited(s, ACCOUNTS, "accounts:", "# 帳號\naccounts:"))


def _signature(inside: str) -> str:
    return f"gpgsig -----BEGIN PGP SIGNATURE-----\n {inside}\n -----END PGP SIGNATURE-----\n"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
