"""The first cases: rights, identity, quotas, signatures, what git and files can hold, and ordinary changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from licheng.app.loading.load import load
from licheng.app.trust.keys import Witness, end
from licheng.app.trust.override import override
from licheng.app.trust.waive import waive
from licheng.demo.media import pdf
from licheng.demo.school import INTAKE
from licheng.policy.gate import MOST_CHANGES
from licheng.policy.overrides import digest
from licheng.sources.span import Span
from tests.gate.corpus.registry import (
    ACCOUNTS,
    CALENDAR,
    DUTIES,
    GENESIS,
    LATE,
    OWN,
    RULEBOOK,
    SIGNERS,
    STAFF,
    Ask,
    accepted,
    by,
    edited,
    refused,
)
from tests.gate.items import (
    HOME,
    OTHER,
    OTHERS_HOME,
    PDF,
    STUDENT,
    TERM,
    TUTOR,
    activity,
    attachment,
    consultation,
    output,
    position,
    sha256,
    stored,
)
from tests.gate.scene import (
    ACTIVITIES,
    COUNSELLOR,
    CURRICULUM,
    DEAN,
    DISCIPLINE,
    GUIDANCE,
    IT,
    REGISTRAR,
    Content,
    Scene,
)

# Rights.


@refused("GAT003")
def a_classmates_work(s: Scene) -> Ask:
    return by(s, OTHER, edited(s, f"{OWN}/item.md", "summary: ", "summary: 再"))


@refused("GAT003")
def a_new_item_for_a_classmate(s: Scene) -> Ask:
    return by(s, OTHER, output("running"))


@refused("GAT003")
def an_item_for_a_classmate_called_as_oneself(s: Scene) -> Ask:
    return by(s, OTHER, output(OTHER))


@refused("GAT003")
def an_item_for_a_student_called_as_the_teacher(s: Scene) -> Ask:
    return by(s, "t021", output("t021"))


@refused("GAT003")
def a_teacher_writes_a_students_work(s: Scene) -> Ask:
    return by(s, "t021", edited(s, f"{OWN}/item.md", "submitted: true", "submitted: false"))


@refused("GAT003")
def a_tutor_hands_in_for_a_student(s: Scene) -> Ask:
    return by(s, TUTOR, output("running"))


@refused("GAT003")
def a_student_writes_own_marks(s: Scene) -> Ask:
    path = f"{HOME}/terms/114-2/marks.yaml"
    return by(s, STUDENT, {path: s.read(path) + b"# 100\n"})


@refused("GAT003")
def a_student_deletes_own_attendance(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/students/113") if "/attendance/" in path]
    return by(s, path.split("/")[3], {path: None})


@refused("GAT003")
def a_student_counts_own_service(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/students/114") if "/service/" in path]
    return by(s, path.split("/")[3], {path: s.read(path) + b"# 99 hours\n"})


@refused("GAT003")
def the_registry_writes_consultations(s: Scene) -> Ask:
    return by(s, REGISTRAR, {f"{HOME}/consultations/2026-11-20-a.yaml": consultation()})


@refused("GAT003")
def a_counsellor_writes_marks(s: Scene) -> Ask:
    path = f"{HOME}/terms/114-2/marks.yaml"
    return by(s, COUNSELLOR, {path: s.read(path) + b"\n"})


@refused("GAT003")
def another_unit_records_a_contest(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/students") if "/contests/" in path and path.endswith("item.md")]
    return by(s, ACTIVITIES, {path: s.read(path) + "\n再記一筆。\n".encode()})


@refused("GAT003")
def a_rename_across_owners(s: Scene) -> Ask:
    moved = f"{OTHERS_HOME}/terms/{TERM}/outputs/media-bias/item.md"
    return by(s, STUDENT, {f"{OWN}/item.md": None, f"{OWN}/report.pdf": None, moved: s.read(f"{OWN}/item.md")})


@refused("GAT003")
def a_certification_brought_by_another(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, "t011" if teacher != "t011" else "t012", s.certify(item, teacher))


@refused("GAT003")
def an_unlisted_place(s: Scene) -> Ask:
    return by(s, IT, {"content/secret/notes.yaml": b"kind: other/v1\n"})


def _external(s: Scene) -> str:
    """A record that a tutor of 12a has entered."""
    return next(path for path in s.paths("content/students/113") if "/external/" in path and path.endswith("item.md"))


@refused("GAT003")
def a_tutor_of_another_class(s: Scene) -> Ask:
    path = _external(s)
    return by(s, "t013", {path: s.read(path) + "\n補記。\n".encode()})


@refused("GAT003")
def a_teacher_changes_the_calendar(s: Scene) -> Ask:
    return by(s, "t012", edited(s, CALENDAR, "2027-02-03", "2027-02-10", 9))


@refused("GAT003")
def the_genesis_made_anew(s: Scene) -> Ask:
    return by(s, IT, edited(s, GENESIS, "founded_on: 2025-08-01", "founded_on: 2025-08-02"))


# Who it is.


@refused("GAT008")
def nobody_known(s: Scene) -> Ask:
    return Ask(s.commit(output("running"), STUDENT), "github:99")


@refused("GAT008")
def an_account_that_has_ended(s: Scene) -> Ask:
    return by(s, "t025", output("running"))


@refused("GAT008")
def somebody_else_pushed_last(s: Scene) -> Ask:
    return by(s, STUDENT, output("running"), pushed_by="github:31337")


@refused("GAT009")
def a_commit_in_a_teachers_name(s: Scene) -> Ask:
    return Ask(s.commit(output("running"), "t021"), STUDENT)


@refused("GAT009")
def a_commit_with_a_persons_name(s: Scene) -> Ask:
    return Ask(s.commit(output("running"), "王小明", address="ming@example.invalid"), STUDENT)


@refused("GAT009")
def one_of_two_commits_is_anothers(s: Scene) -> Ask:
    first = s.commit(output("running"), OTHER)
    return Ask(s.commit(output("jumping"), STUDENT, parent=first), STUDENT)


@refused("GAT009")
def an_author_that_injects_a_log_line(s: Scene) -> Ask:
    return Ask(s.commit(output("running"), "x::error file=a::owned%0A", address="@all"), STUDENT)


# Approving oneself.


@refused("GAT002")
def rules_and_records_together(s: Scene) -> Ask:
    return by(s, IT, {**output("running"), **edited(s, RULEBOOK, "limit: 3", "limit: 9")})


@refused("GAT002")
def a_key_and_what_it_signs(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, teacher, {**s.certify(item, teacher), SIGNERS: s.read(SIGNERS) + b"# mine\n"})


@refused("GAT002")
def the_gate_itself_with_a_record(s: Scene) -> Ask:
    return by(s, IT, {"scripts/licheng/app/gate.py": b"# nothing\n", **output("running")})


@refused("GAT003")
def rights_for_oneself(s: Scene) -> Ask:
    return by(s, "t012", edited(s, DUTIES, "by: [{unit: registry}]", "by: [{post: class-tutor}]"))


@refused("KEY002")
def a_key_without_a_second_person(s: Scene) -> Ask:
    path = "content/trust/keys/t012.yaml"
    text = s.read(path).decode()
    start, end = text.index("    witness:"), len(text)
    return by(s, IT, {path: text[:start] + text[end:]})


@refused("TRU001")
def a_line_added_to_allowed_signers(s: Scene) -> Ask:
    line = s.read(SIGNERS).decode().splitlines()[0].replace("t002", "t006")
    return by(s, IT, {SIGNERS: s.read(SIGNERS) + f"{line}\n".encode()})


@refused("GAT004")
def a_key_that_ended_lives_again(s: Scene) -> Ask:
    [path] = [path for path in s.paths("content/trust/keys") if b"ended:" in s.read(path)]
    text = s.read(path).decode()
    start = text.index("    ended:")
    end = text.index("  - public_key", start)
    return by(s, IT, {path: text[:start] + text[end:]})


@refused("GAT016")
def an_ended_key_that_lists_more(s: Scene) -> Ask:
    [path] = [path for path in s.paths("content/trust/keys") if b"ended:" in s.read(path)]
    return by(s, IT, edited(s, path, "      payloads:\n", f"      payloads:\n        - {'0' * 64}\n"))


@refused("GAT006")
def a_rulebook_in_force(s: Scene) -> Ask:
    return by(s, DEAN, edited(s, RULEBOOK, "limit: 3", "limit: 9"))


@refused("GAT006")
def the_agencys_limits(s: Scene) -> Ask:
    return by(s, REGISTRAR, {"content/rulebook/agency/2020-12-23.yaml": None})


@refused("GAT007")
def a_window_closed_early(s: Scene) -> Ask:
    return by(s, DEAN, edited(s, CALENDAR, "closes: 2027-02-03", "closes: 2026-11-24"))


@refused("GAT007")
def a_window_taken_away(s: Scene) -> Ask:
    text = s.read(CALENDAR).decode()
    start, end = text.index("  - id: activity-submission"), text.index("  - id: output-selection-first")
    return by(s, DEAN, {CALENDAR: text[:start] + text[end:]})


# Quotas, windows, and two changes that are each legal.


def _three_more(s: Scene) -> dict[str, bytes]:
    return output("running") | output("jumping") | output("throwing")


@refused("QUO001")
def a_fourth_output(s: Scene) -> Ask:
    return by(s, STUDENT, _three_more(s))


@refused("QUO001")
def two_changes_that_break_a_quota_together(s: Scene) -> Ask:
    """The second one is judged on main as the first has left it, not as its author saw it."""
    main = s.commit(output("running") | output("jumping"), STUDENT)
    return Ask(s.commit(output("throwing"), STUDENT, parent=main), STUDENT, {"base": main})


@refused("QUO002")
def an_eleventh_activity(s: Scene) -> Ask:
    return by(s, STUDENT, {path: data for n in range(11) for path, data in activity(f"birds-{n}").items()})


@refused("GAT013")
def handed_in_after_the_window(s: Scene) -> Ask:
    return by(s, STUDENT, output("running"), now=LATE)


@refused("GAT013")
def changed_after_the_window(s: Scene) -> Ask:
    return by(s, STUDENT, edited(s, f"{OWN}/item.md", "summary: ", "summary: 再"), now=LATE)


@refused("GAT013")
def certified_after_the_window(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, teacher, s.certify(item, teacher, now=LATE), now=LATE)


@refused("GAT013")
def selected_outside_the_window(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/students/113") if "/selection/" in path]
    return by(s, path.split("/")[3], {path: s.read(path) + b"# later\n"})


@refused("DUP001")
def a_classmates_file(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths(OTHERS_HOME) if "/outputs/" in path and path.endswith(".pdf")]
    data = s.read(path)
    return by(s, STUDENT, output("running", files={"copy.pdf": data}))


@refused("DUP001")
def a_classmates_file_by_way_of_the_store(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths(OTHERS_HOME) if "/outputs/" in path and path.endswith(".pdf")]
    data = s.read(path)
    store(s, data)
    return by(s, STUDENT, stored("running", "copy.pdf", data))


@refused("DUP001")
def a_classmates_file_out_of_the_store(s: Scene) -> Ask:
    data = pdf("in the store")
    store(s, data)
    base = s.commit(stored("running", "a.pdf", data, home=OTHERS_HOME), OTHER)
    return Ask(s.commit(output("running", files={"copy.pdf": data}), STUDENT, parent=base), STUDENT, {"base": base})


# Signatures.


@refused("GAT010")
def a_signature_of_three_weeks_ago(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, teacher, s.certify(item, teacher), now=datetime(2026, 12, 14, 4, tzinfo=UTC))


@refused("GAT010")
def a_signature_of_tomorrow(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, teacher, s.certify(item, teacher, now=datetime(2026, 11, 23, 12, tzinfo=UTC)))


@refused("CER003")
def a_forged_certification(s: Scene) -> Ask:
    item, teacher = s.waiting()
    files = s.certify(item, teacher)
    [sig] = [path for path in files if path.endswith(".sig")]
    files[sig] = s.key("t011" if teacher != "t011" else "t012").sign("certification@licheng.invalid", b"{}\n")
    return by(s, teacher, files)


@refused("CER017")
def a_certification_without_signature(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, teacher, {path: data for path, data in s.certify(item, teacher).items() if path.endswith(".json")})


def _certified(s: Scene) -> tuple[str, str]:
    """A certification on main, and who made it."""
    [path, *_] = [path for path in s.paths("content/certifications/113") if path.endswith("0001-certified.json")]
    text = s.read(path).decode()
    return path, text.partition('"certifier":')[2].partition('"id":"')[2].partition('"')[0]


@refused("GAT004")
def a_deleted_certification(s: Scene) -> Ask:
    path, teacher = _certified(s)
    return by(s, teacher, {path: None, f"{path}.sig": None})


@refused("GAT004")
def an_edited_certification(s: Scene) -> Ask:
    path, teacher = _certified(s)
    return by(s, teacher, {path: s.read(path).replace(b"certified", b"certifled", 1)})


@refused("GAT004")
def an_edited_receipt(s: Scene) -> Ask:
    [path, *_] = s.paths("content/submissions")
    return by(s, REGISTRAR, {path: s.read(path) + b"# rows: 9\n"})


@refused("GAT004")
def a_deleted_delegation(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/delegations") if path.endswith(".json")]
    return by(s, "t019", {path: None, f"{path}.sig": None})


@refused("WAI001")
def a_waiver_that_nobody_signed(s: Scene) -> Ask:
    text = (
        f"kind: waiver/v1\nitem: terms/{TERM}/outputs/media-bias\nstage: submission\nreason: 忘記了。\nby: {DEAN}\n"
        "on: 2026-11-23\nuntil: 2027-06-30\nsigned_at: 2026-11-23T03:00:00Z\nsignature: 執行秘書\n"
    )
    return by(s, DEAN, {f"{HOME}/waivers/late.yaml": text})


# What git can hold.


@refused("GAT005")
def a_symlink(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/notes.md": ("120000", b"/etc/passwd")})


@refused("GAT005")
def a_symlink_instead_of_the_item(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/item.md": ("120000", b"../../../../../s1130002/student.yaml")})


@refused("GAT005")
def a_submodule(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/module": ("160000", b"")})


@refused("GAT005")
def an_executable(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/item.md": ("100755", s.read(f"{OWN}/item.md"))})


@refused("GAT005")
def nested_gitattributes(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/.gitattributes": b"* -diff\n"})


@refused("GAT005")
def nested_gitmodules(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{HOME}/.gitmodules": b"[submodule]\n"})


@refused("GAT005")
def nested_lfsconfig(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{HOME}/.lfsconfig": b"[lfs]\nurl = https://elsewhere.invalid\n"})


@refused("FIL007")
def a_case_twin(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/Report.PDF": s.read(f"{OWN}/report.pdf")})


@refused("FIL007")
def a_unicode_twin(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/report\u200b.pdf": PDF})


@refused("FIL007")
def a_device_name(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/nul.pdf": PDF})


@refused("FIL007")
def a_file_name_that_injects_a_log_line(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/a%0A::error::x\n::warning::y.pdf": PDF})


@refused("FIL007")
def a_file_name_that_is_no_text(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/\udcff\udcfe.pdf": PDF})


@refused("GAT001")
def a_foxtrot_merge(s: Scene) -> Ask:
    old = s.git("rev-parse", f"{s.base}~1")
    side = s.commit(output("running"), STUDENT, parent=old)
    return Ask(s.commit(output("running"), STUDENT, parent=side, also=(s.base,)), STUDENT)


@refused("GAT001")
def a_forced_push(s: Scene) -> Ask:
    old = s.git("rev-parse", f"{s.base}~1")
    return Ask(s.commit(output("running"), STUDENT, parent=old), STUDENT)


@refused("GAT015")
def an_empty_commit(s: Scene) -> Ask:
    return by(s, STUDENT, {})


# What files can hold.


@refused("YML003")
def a_yaml_bomb(s: Scene) -> Ask:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    return by(s, COUNSELLOR, {f"{HOME}/consultations/2026-11-20-a.yaml": f"kind: consultation/v1\n{bomb}"})


@refused("YML006")
def deep_nesting(s: Scene) -> Ask:
    deep = "[" * 5_000 + "]" * 5_000
    return by(s, COUNSELLOR, {f"{HOME}/consultations/2026-11-20-a.yaml": f"kind: consultation/v1\non: {deep}\n"})


@refused("SCH003")
def not_a_number(s: Scene) -> Ask:
    files = output("running", listed="\n  - name: a.pdf\n    size: .nan\n    sha256: " + "0" * 64 + "\n    type: x/y")
    return by(s, STUDENT, files)


@refused("SCH006")
def a_thousand_attachments_listed(s: Scene) -> Ask:
    rows = "".join(attachment(f"a{n}.pdf", PDF) for n in range(1_000))
    return by(s, STUDENT, output("running", listed=rows))


@refused("FIL003")
def a_hidden_turn_of_text(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", summary="以影像\u202e分析比較。"))


@refused("FIL004")
def carriage_returns(s: Scene) -> Ask:
    files = output("running")
    return by(s, STUDENT, {path: data.replace(b"\n", b"\r\n") for path, data in files.items()})


@refused("FIL005")
def text_that_is_not_composed(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", body="cafe\u0301 的研究"))


@refused("FIL006")
def a_record_of_two_megabytes(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", body="長" * 700_000))


@refused("PRI001")
def an_id_number_in_a_text(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", body="我的身分證是 A123456789。"))


@refused("ATT006")
def a_renamed_picture(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", files={"photo.png": PDF}, listed=attachment("photo.png", PDF, "image/png")))


@refused("ATT003")
def a_digest_that_lies(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", files={"report.pdf": PDF}, listed=attachment("report.pdf", PDF[::-1])))


@refused("ATT002")
def a_file_that_is_not_listed(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/more.pdf": PDF})


@refused("GAT011")
def a_pointer_to_nothing(s: Scene) -> Ask:
    return by(s, STUDENT, stored("running", "report.pdf", pdf("one")))


@refused("ATT004")
def a_pointer_that_lies_about_its_size(s: Scene) -> Ask:
    data = pdf("two")
    store(s, data)
    return by(s, STUDENT, stored("running", "report.pdf", data, size=len(data) + 1))


@refused("GAT017")
def a_large_file_in_history(s: Scene) -> Ask:
    data = pdf("x" * 80_000)
    return by(s, STUDENT, output("running", files={"report.pdf": data}))


@refused("GAT014")
def a_file_of_a_hundred_megabytes(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", files={"film.mp4": b"\0" * (100 << 20)}, listed=" []"))


def _of_activities(s: Scene) -> list[str]:
    """What 訓育組 has recorded."""
    return [path for path in s.paths("content/students") if path.split("/")[4] in {"positions", "clubs", "service"}]


@refused("GAT012")
def mass_deletion(s: Scene) -> Ask:
    gone = _of_activities(s)
    assert len(gone) > 20
    return by(s, ACTIVITIES, dict.fromkeys(gone))


@refused("GAT012")
def keys_of_many(s: Scene) -> Ask:
    paths = s.paths("content/trust/keys")
    return by(s, IT, {path: s.read(path) + b"# all at once\n" for path in paths})


@refused("GAT018")
def control_that_leaves_main_broken(s: Scene) -> Ask:
    broken = s.commit(edited(s, STAFF, "id: t001", "id: t999"), REGISTRAR)
    return Ask(s.commit({"README.md": b"# better\n"}, IT, parent=broken), IT, {"base": broken})


@refused("REF006")
def control_that_breaks_the_school(s: Scene) -> Ask:
    return by(s, REGISTRAR, edited(s, STAFF, "  - id: t012\n", "  - id: t912\n"))


# What commits hold besides, and what looks like something else.


@refused("GAT003")
def an_item_named_like_oneself_in_a_classmates_folder(s: Scene) -> Ask:
    """Whose a file is follows from the student's folder, not from any word of the path."""
    return by(s, STUDENT, output(STUDENT, home=OTHERS_HOME))


@refused("GAT001")
def main_turned_back(s: Scene) -> Ask:
    """Head lies behind base: no commit is between them, and yet everything since would be gone."""
    main = s.commit(output("running"), STUDENT)
    return Ask(s.base, STUDENT, {"base": main})


@refused("GAT019")
def a_secret_that_comes_and_goes(s: Scene) -> Ask:
    path = f"{HOME}/terms/{TERM}/outputs/running/secret.md"
    first = s.commit({path: "身分證 A123456789\n"}, STUDENT)
    return Ask(s.commit({path: None, **output("running")}, STUDENT, parent=first), STUDENT)


@refused("GAT019")
def a_large_file_that_is_made_small_again(s: Scene) -> Ask:
    first = s.commit(output("running", files={"report.pdf": pdf("x" * 80_000)}), STUDENT)
    return Ask(s.commit(output("running", files={"report.pdf": PDF}), STUDENT, parent=first), STUDENT)


@refused("GAT019")
def a_merge_that_brings_others_commits(s: Scene) -> Ask:
    """The second parent changes a classmate's work; the merge keeps main's side, so nothing of it shows."""
    side = s.commit(edited(s, f"{OWN}/item.md", "summary: ", "summary: 再"), OTHER)
    return Ask(s.commit(output("running", home=OTHERS_HOME), OTHER, also=(side,)), OTHER)


@refused("GAT003")
def a_classmates_work_through_the_intake_account(s: Scene) -> Ask:
    first = s.commit(output("running"), STUDENT)
    return Ask(s.commit(edited(s, f"{OWN}/item.md", "summary: ", "summary: 再"), OTHER, parent=first), INTAKE)


@refused("GAT003")
def the_intake_account_in_its_own_name(s: Scene) -> Ask:
    """A merge by one student brings in what another wrote: both are asked about every file."""
    side = s.commit(output("running"), STUDENT)
    return Ask(s.commit(output("running"), OTHER, also=(side,)), INTAKE)


@refused("GAT008")
def an_account_that_the_same_change_adds(s: Scene) -> Ask:
    path = ACCOUNTS
    more = "  - id: t912\n    holder: staff\n    identities:\n      - github:912\n"
    more += "    address: t912@licheng.invalid\n    from: 2025-08-01\n"
    return Ask(s.commit({path: s.read(path) + more.encode()}, "t912"), "github:912")


@refused("GAT012")
def an_override_used_again(s: Scene) -> Ask:
    """Signed for one deletion; the files come back, and three weeks later the same is tried without a word."""
    gone = _of_activities(s)
    wanted = s.commit(dict.fromkeys(gone), ACTIVITIES)
    main = s.commit(_override(s, digest(Span(s.objects, s.base, wanted).changes(MOST_CHANGES))), REGISTRAR)
    later = s.clock + timedelta(days=21)
    again = s.commit(dict.fromkeys(gone), ACTIVITIES, parent=main, at=later)
    return Ask(again, ACTIVITIES, {"base": main, "now": later})


@refused("WAI001")
def a_waiver_of_a_classmate(s: Scene) -> Ask:
    """Signed for somebody else's item: the name of the student is in what was signed."""
    item = f"{HOME}/terms/{TERM}/outputs/media-bias"
    plan = waive(
        s.loaded, item, stage="certification", until=LATE.date(), reason="公假。", by=DEAN, now=LATE,
        sign=s.key(DEAN).sign,
    )  # fmt: skip
    [(path, data)] = plan.creates.items()
    copied = path.replace(HOME, OTHERS_HOME)
    return by(s, DEAN, {copied: data}, now=LATE)


@refused("GAT002")
def a_delegation_with_a_key(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/delegations") if path.endswith(".json")]
    copy = path.replace(".json", "-2.json")
    return by(s, "t019", {copy: s.read(path), f"{copy}.sig": s.read(f"{path}.sig"), **_touched_key(s)})


def _touched_key(s: Scene) -> dict[str, Content]:
    [path, *_] = s.paths("content/trust/keys")
    return {path: s.read(path) + b"# mine\n"}


@refused("GAT014")
def a_thousand_commits(s: Scene) -> Ask:
    first = int(s.clock.timestamp()) - 1_000
    stream = "".join(
        f"commit refs/heads/many\nauthor {STUDENT} <{STUDENT}@licheng.invalid> {first + n} +0800\n"
        f"committer {STUDENT} <{STUDENT}@licheng.invalid> {first + n} +0800\ndata 1\n.\n"
        + (f"from {s.base}\n" if n == 0 else "")
        for n in range(1_000)
    )
    s.git("fast-import", "--quiet", "--force", given=stream.encode())
    tip = s.git("rev-parse", "refs/heads/many")
    s.git("update-ref", "-d", "refs/heads/many")
    return Ask(s.commit(output("running"), STUDENT, parent=tip), STUDENT)


@refused("GAT014")
def a_tree_that_unfolds_to_billions_of_files(s: Scene) -> Ask:
    """Ten small objects name each other ten times each: nobody must try to list what they hold."""
    blob, mode = s.git("hash-object", "-w", "--stdin", given=b"x"), "100644 blob"
    for _ in range(10):
        rows = "".join(f"{mode} {blob}\t{name}\n" for name in "abcdefghij")
        blob, mode = s.git("mktree", given=rows.encode()), "040000 tree"
    rows = s.git("ls-tree", s.base) + f"\n{mode} {blob}\tbomb\n"
    tree = s.git("mktree", given=rows.encode())
    return Ask(s.forge(s.raw(tree, IT)), IT)


@refused("GAT009")
def a_commit_whose_message_is_a_book(s: Scene) -> Ask:
    tree = s.git("rev-parse", f"{s.commit(output('running'), STUDENT)}^{{tree}}")
    return Ask(s.forge(s.raw(tree, STUDENT, message="x" * 100_000)), STUDENT)


@refused("GAT020")
def content_in_another_case(s: Scene) -> Ask:
    return by(s, IT, {"Content/school/duties.yaml": s.read(DUTIES)})


@refused("GAT020")
def a_git_folder_in_another_case(s: Scene) -> Ask:
    return by(s, IT, {"docs/.ｇｉｔ/config": b"[core]\nfsmonitor = true\n"})


@refused("GAT020")
def a_name_that_turns_around(s: Scene) -> Ask:
    return by(s, IT, {"scripts/gate\u202eyp.py": b"# nothing\n"})


@refused("GAT020")
def a_name_outside_content_that_is_no_text(s: Scene) -> Ask:
    return by(s, IT, {"scripts/\udcff.py": b"# nothing\n"})


# Ordinary changes.


@accepted
def a_draft(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", submitted=False))


@accepted
def an_item_with_a_file(s: Scene) -> Ask:
    return by(s, STUDENT, output("running", files={"report.pdf": pdf("mine")}))


@accepted
def a_pointer_with_its_object(s: Scene) -> Ask:
    data = pdf("a" * 40)
    store(s, data)
    return by(s, STUDENT, stored("running", "report.pdf", data))


@accepted
def a_second_thought(s: Scene) -> Ask:
    return by(s, STUDENT, edited(s, f"{OWN}/item.md", "summary: ", "summary: 再"))


@accepted
def a_withdrawal(s: Scene) -> Ask:
    return by(s, STUDENT, edited(s, f"{OWN}/item.md", "submitted: true", "submitted: false"), now=LATE)


@accepted
def an_item_taken_away(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/item.md": None, f"{OWN}/report.pdf": None})


@accepted
def an_activity(s: Scene) -> Ask:
    return by(s, STUDENT, activity("birds"))


@accepted
def several_commits(s: Scene) -> Ask:
    first = s.commit(output("running"), STUDENT)
    return Ask(s.commit(activity("birds"), STUDENT, parent=first), STUDENT)


@accepted
def a_merge_of_main(s: Scene) -> Ask:
    """Main moved on meanwhile; who merges it the right way round keeps its history by first parents."""
    side = s.commit(output("running"), STUDENT, parent=s.git("rev-parse", f"{s.base}~1"))
    merge = s.commit(output("running"), STUDENT, parent=s.base, also=(side,))
    return Ask(merge, STUDENT)


@accepted
def a_certification(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, teacher, s.certify(item, teacher))


@accepted
def a_return(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, teacher, s.certify(item, teacher, "returned"))


@accepted
def a_revocation_after_the_window(s: Scene) -> Ask:
    path, teacher = _certified(s)
    item = path.rpartition("/")[0].replace("content/certifications", "content/students")
    return by(s, teacher, s.certify(item, teacher, "revoked"), now=s.clock)


@accepted
def a_consultation(s: Scene) -> Ask:
    return by(s, COUNSELLOR, {f"{HOME}/consultations/2026-11-20-a.yaml": consultation()})


@accepted
def a_position(s: Scene) -> Ask:
    return by(s, ACTIVITIES, {f"{HOME}/positions/115-1-hygiene.yaml": position()})


@accepted
def positions_of_a_class(s: Scene) -> Ask:
    homes = sorted({"/".join(path.split("/")[:4]) for path in s.paths("content/students/113")})
    return by(s, ACTIVITIES, {f"{home}/positions/115-1-cleaner.yaml": position() for home in homes})


@accepted
def attendance(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/students/115") if "/attendance/" in path]
    return by(s, DISCIPLINE, {path: s.read(path) + b"# checked\n"})


@accepted
def marks(s: Scene) -> Ask:
    path = f"{HOME}/terms/114-2/marks.yaml"
    return by(s, REGISTRAR, {path: s.read(path) + b"# checked\n"})


@accepted
def courses_of_a_student(s: Scene) -> Ask:
    path = f"{HOME}/terms/{TERM}/courses.yaml"
    return by(s, CURRICULUM, {path: s.read(path) + b"# checked\n"})


@accepted
def an_exploration(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/students") if path.endswith("exploration.yaml")]
    return by(s, GUIDANCE, {path: s.read(path) + b"# checked\n"})


@accepted
def an_external_record_by_the_tutor(s: Scene) -> Ask:
    path = _external(s)
    return by(s, TUTOR, {path: s.read(path) + "\n補記發證單位。\n".encode()})


@accepted
def a_contest_result_by_its_organiser(s: Scene) -> Ask:
    [path, *_] = [path for path in s.paths("content/students") if "/contests/" in path and path.endswith("item.md")]
    unit = DEAN if b"academic-affairs" in s.read("content/school/contests/115-language.yaml") else "t003"
    return by(s, unit, {path: s.read(path) + "\n附註。\n".encode()})


@accepted
def minutes_of_a_meeting(s: Scene) -> Ask:
    [path] = s.paths(f"content/working-group/{TERM}")
    return by(s, DEAN, {path: s.read(path) + "\n附註：已公告。\n".encode()})


@accepted
def a_support_request(s: Scene) -> Ask:
    text = (
        "kind: support-request/v1\ncategory: question\nreported_on: 2026-11-20\nstate: open\nunit: it\n"
        "summary: 詢問附件大小上限。\n"
    )
    return by(s, IT, {"content/support/2026-11-size.yaml": text})


@accepted
def a_training(s: Scene) -> Ask:
    path = f"content/training/{TERM}/students.md"
    return by(s, GUIDANCE, {path: s.read(path) + "\n附註：簡報已上傳。\n".encode()})


@accepted
def an_extension_of_a_window(s: Scene) -> Ask:
    text = s.read(CALENDAR).decode().replace("closes: 2027-02-03", "closes: 2027-02-05")
    return by(s, DEAN, {CALENDAR: text})


@accepted
def a_page_of_the_handbook(s: Scene) -> Ask:
    pages = ("exploration", "start", "privacy", "verify")  # the demo's trainings name three of them
    return by(s, GUIDANCE, {f"content/handbook/{page}.md": "# 說明\n\n先看這一頁。\n".encode() for page in pages})


@accepted
def code(s: Scene) -> Ask:
    return by(s, IT, {"README.md": b"# licheng\n"})


@accepted
def control_that_mends_main(s: Scene) -> Ask:
    broken = s.commit(edited(s, STAFF, "id: t001", "id: t999"), REGISTRAR)
    return Ask(s.commit({STAFF: s.read(STAFF)}, REGISTRAR, parent=broken), REGISTRAR, {"base": broken})


@accepted
def a_record_beside_what_was_broken_before(s: Scene) -> Ask:
    bad = {f"{HOME}/positions/115-1-hygiene.yaml": position(ends="2026-08-01")}
    broken = s.commit(bad, ACTIVITIES)
    return Ask(s.commit(output("running"), STUDENT, parent=broken), STUDENT, {"base": broken})


@accepted
def a_mass_deletion_that_a_coordinator_signed(s: Scene) -> Ask:
    return _overridden(s)


@refused("GAT012")
def a_mass_deletion_that_was_signed_long_ago(s: Scene) -> Ask:
    later = s.clock + timedelta(days=15)
    ask = _overridden(s, later)
    ask.options["now"] = later
    return ask


def _overridden(s: Scene, at: datetime | None = None) -> Ask:
    """A mass deletion, made at a time or now, onto a main that holds its override."""
    gone = _of_activities(s)
    wanted = s.commit(dict.fromkeys(gone), ACTIVITIES)
    change = digest(Span(s.objects, s.base, wanted).changes(MOST_CHANGES))
    main = s.commit(_override(s, change), REGISTRAR)
    return Ask(s.commit(dict.fromkeys(gone), ACTIVITIES, parent=main, at=at), ACTIVITIES, {"base": main})


@accepted
def the_override_itself(s: Scene) -> Ask:
    return by(s, REGISTRAR, _override(s, "0" * 64))


def _override(s: Scene, change: str) -> dict[str, bytes]:
    plan = override(
        s.loaded, "positions", change=change, reason="學年重編。", by=REGISTRAR, now=s.clock, sign=s.key(REGISTRAR).sign
    )
    return dict(plan.creates)


@accepted
def a_waiver_and_then_the_late_item(s: Scene) -> Ask:
    main = _waived(s)
    return Ask(s.commit(output("running"), STUDENT, parent=main, at=LATE), STUDENT, {"base": main, "now": LATE})


@accepted
def the_end_of_a_key_that_signed_a_waiver(s: Scene) -> Ask:
    main = _waived(s)
    own, second = s.key(DEAN).public.fingerprint, Witness(REGISTRAR, s.key(REGISTRAR).sign)
    with s.tree(main) as tree:
        plan = end(load(tree, LATE.date()), DEAN, own, "retired", LATE, second)
    files = {path: after for path, (_, after) in plan.replaces.items()}
    return Ask(s.commit(files, REGISTRAR, parent=main, at=LATE), REGISTRAR, {"base": main, "now": LATE})


def _waived(s: Scene) -> str:
    """A commit with a draft, and a waiver for handing it in late."""
    draft = s.commit(output("running", submitted=False), STUDENT)
    with s.tree(draft) as tree:
        plan = waive(
            load(tree, LATE.date()),
            f"{HOME}/terms/{TERM}/outputs/running",
            stage="submission",
            until=LATE.date(),
            reason="公假。",
            by=DEAN,
            now=LATE,
            sign=s.key(DEAN).sign,
        )
    return s.commit(dict(plan.creates), DEAN, parent=draft)


def store(s: Scene, data: bytes) -> None:
    """Put an object into the repository's store."""
    oid = sha256(data)
    path = s.root / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
