"""`licheng gate`: whether a change may merge, from git objects alone; nothing of the change is executed or checked out.

Rulebook, calendar, keys and authority are those of base, so a change cannot pass itself; quotas and uniqueness are
judged on the merged state. A change is judged in two steps: its shape, before anything of it is read, then what it
says; what was already broken on main is told apart and does not block.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from licheng.app.check import PARTIAL, check
from licheng.app.loading.attachments import inspected
from licheng.app.loading.load import Loaded, load
from licheng.app.server.received import ReceiptLog
from licheng.core.change import HeldFiles, Operation, Proposal
from licheng.core.dates import TAIPEI
from licheng.core.errors import ExitCode, UsageError
from licheng.core.finding import Severity
from licheng.core.layout import CERTIFICATIONS, CHANGES, MOST_BYTES_OF_ALL, STUDENTS, payload_of, student_folder
from licheng.core.report import LocatedFinding, Report, SkipCount, apart
from licheng.core.rule import Scope
from licheng.core.student import Student
from licheng.core.verdict import NextStep, Verdict
from licheng.exchange.bag import manifest_digest
from licheng.policy.accounts import accounts, known_as
from licheng.policy.certification import State, state, subject_of
from licheng.policy.changes import statements_in, unstated
from licheng.policy.commitments import commitment_of
from licheng.policy.gate import (
    MOST_CHANGES,
    MOST_COMMITS,
    MOST_INSPECTED,
    MOST_SECONDS,
    MOST_STEPS,
    PLAIN_BYTES,
    denials,
    reason_fault,
)
from licheng.policy.keys import is_coordinator
from licheng.policy.overrides import covering, digest, signed_for
from licheng.policy.permission import is_control, kind_of
from licheng.policy.queue import waiting
from licheng.policy.sealing import SEAL, added, folders
from licheng.policy.second_person import commands
from licheng.policy.statements import MOST_STATED
from licheng.rules.engine import Outcomes, judge_change
from licheng.rules.of_change import OF_CHANGE
from licheng.rules.registry import ALWAYS, OF_THE_DAYS
from licheng.sources import yaml
from licheng.sources.attachments import forms, sums
from licheng.sources.git import Objects, full_id, refuse_partial
from licheng.sources.holders import RECORDS, committing, holders
from licheng.sources.markdown import yaml_span
from licheng.sources.reading import student_ids
from licheng.sources.shelf import Readings
from licheng.sources.span import Span
from licheng.sources.tree import CommitTree, Tree
from licheng.sources.verdicts import InspectionBudget, SpentError, Verdicts

_LOOK_BACK = 50
_TWO_PEOPLE = frozenset({"GAT021", "GAT022"})
# What a check of files alone cannot tell, and the gate does: when it came in, and who else has the same.
_JUDGED = frozenset({("DUP001", PARTIAL), ("REF026", PARTIAL), ("WIN004", "submission-time-unknown")})


@dataclass(frozen=True)
class Request:
    """What is asked.

    Attributes:
        root: the repository, bare or not.
        base: full id of the tip of main.
        head: full id of what is to become main.
        actor: `github:12345`, `ssh:SHA256:…`, or an account's id.
        now: UTC.
        pushed_by: who pushed last, if the forge says so.
        received: when the forge received it, UTC; None for now, or what the receipt log says.
        log: the receipt log, if this is a server.
        demo: judge a demo school, whose keys everybody can make.
        glass: why a coordinator breaks the glass; None normally.
        clock: the machine's own time, UTC, where `now` is a demo school's that stands still; commits may be of either.
        names: names of people that must not stand in a commit.
        readings: what was read of this repository's commits before; both of a change are mostly the same files.
        objects: an open reader of the repository, which whoever opened it ends; None to open one.
    """

    root: Path
    base: str
    head: str
    actor: str
    now: datetime
    pushed_by: str | None = None
    received: datetime | None = None
    log: ReceiptLog | None = None
    demo: bool = False
    glass: str | None = None
    clock: datetime | None = None
    names: frozenset[str] = frozenset()
    readings: Readings = field(default_factory=Readings, compare=False)
    objects: Objects | None = field(default=None, compare=False)

    @property
    def today(self) -> date:
        """The day, Asia/Taipei."""
        return self.now.astimezone(TAIPEI).date()


def gate(request: Request) -> Verdict:
    """Judge a change.

    Raises:
        UsageError: APP002, APP091, base or head is no full id of a commit here; APP094, a demo school without `demo`;
            APP160, the reason for breaking the glass is none that can be kept.
        LichengError: APP092, the repository does not hold everything; or the gate could not decide.
    """
    why = reason_fault(request.glass) if request.glass is not None else None
    if why is not None:
        raise UsageError("APP160", fault=(why,))
    with nullcontext(request.objects) if request.objects is not None else Objects(request.root) as objects:
        refuse_partial(objects)
        span = Span(objects, full_id(objects, request.base), full_id(objects, request.head))
        main = CommitTree(request.root, span.base, request.readings, objects)
        before = load(main, request.today, request.names)
        if before.school.trust.demo and not request.demo:
            raise UsageError("APP094")
        proposal = _shape(request, span, before)
        outcomes = judge_change(proposal, Scope.SHAPE, OF_CHANGE)
        if any(finding.severity is Severity.ERROR for finding in outcomes.findings):
            return _refused(proposal, outcomes)
        tip = CommitTree(request.root, span.head, request.readings, objects)
        if _beside_the_school(proposal):  # the school is the one at base, and is not read again
            after = Loaded(tip, replace(before.school, students=student_ids(tip)), before.shelf)
        else:
            after = load(tip, before.school.today, request.names)
        verdicts = Verdicts(after.tree.cache, InspectionBudget(MOST_INSPECTED, MOST_SECONDS))
        try:
            _inspect(proposal, after, verdicts)
        except SpentError as spent:
            proposal = replace(proposal, unread=str(spent))
            return _refused(proposal, judge_change(proposal, Scope.SHAPE, OF_CHANGE))
        return _Judge(request, span, main, tip, before, after, proposal, outcomes, verdicts).verdict()


def _refused(proposal: Proposal, outcomes: Outcomes) -> Verdict:
    """A change of which nothing more is read."""
    report = _report(outcomes, proposal)
    steps = (NextStep(_who(proposal), "mend", len(report.findings)),)
    return Verdict(proposal.base, proposal.head, _who(proposal), report, changes=len(proposal.changes), steps=steps)


def _inspect(proposal: Proposal, after: Loaded, verdicts: Verdicts) -> None:
    """Look at the attachments that the change brings, within its budget; the check then knows their verdicts.

    What else its students have may be inspected there, if the server has lost its cache: that is not the change's work.

    Raises:
        SpentError: they take more than one change may.
    """
    files = {path for path in proposal.paths if not path.endswith(RECORDS)}
    for folder in _folders(files):
        for student, entries in after.shelves(folder):
            inspected(student, after.school, after.tree, entries, verdicts, only=files)
    verdicts.budget = None


def _folders(paths: Iterable[str]) -> list[str]:
    """The folders of the students to whom some paths belong, below `content/students`, sorted."""
    folders = {student_folder(path) for path in paths}
    return sorted(folder.removeprefix(f"{STUDENTS}/") for folder in folders if folder is not None)


def _beside_the_school(proposal: Proposal) -> bool:
    """Whether it touches no file that is read as the school's: all are of students, or state what staff changed."""
    return all(student_folder(path) is not None or path.startswith(f"{CHANGES}/") for path in proposal.paths)


def _shape(request: Request, span: Span, before: Loaded) -> Proposal:
    """What can be said of a change before anything of it is read."""
    changes, school = span.changes(MOST_CHANGES), before.school
    by_id = {account.id: account for account in accounts(school, request.today)}
    text = request.actor
    actor = known_as(text, school, request.today) if ":" in text else by_id.get(text)
    clocks = (request.now, request.received, request.clock if school.trust.demo else None)
    other = request.pushed_by is not None and actor is not None and request.pushed_by not in actor.identities
    commits = span.commits(MOST_COMMITS, MOST_STEPS, changes if len(changes) <= MOST_CHANGES else ())
    bringers = {actor.id if actor is not None else "", *(commit.author.name for commit in commits)}
    overrides = tuple(signed_for(changes, bringers, school, request.now)) if actor is not None else ()
    return Proposal(
        base=request.base,
        head=request.head,
        actor=actor,
        actor_text=text,
        pushed_by=request.pushed_by if other else None,
        changes=changes,
        commits=commits,
        descends=span.descends(),
        before=school,
        after=school,
        now=request.now,
        clocks=tuple(clock for clock in clocks if clock is not None),
        override=covering(overrides, school),
        overrides=overrides,
        glass=request.glass or "",
    )


def _who(proposal: Proposal) -> str:
    return proposal.actor.id if proposal.actor is not None else proposal.actor_text


def _report(outcomes: Outcomes, proposal: Proposal, checked: Report | None = None) -> Report:
    """The gate's findings, and those of the check, as one; what was judged is every entry of the difference."""
    located = [LocatedFinding.of(finding, lambda place: yaml.locate(place, yaml_span)) for finding in outcomes.findings]
    located += checked.findings if checked is not None else ()
    skips = [SkipCount(skip.code, skip.reason, skip.path, 1) for skip in outcomes.skips]
    skips += [
        skip for skip in (checked.skips if checked is not None else ()) if (skip.code, skip.reason) not in _JUDGED
    ]
    ran = Counter(outcomes.ran)
    ran.update(checked.ran if checked is not None else {})
    records = checked.records if checked is not None else 0
    return Report.of(
        located, skips, ran,
        checked=max(1, len(proposal.changes)), records=records,
    )  # fmt: skip


@dataclass(frozen=True)
class _Judge:
    """A change of sound shape, and both states of the school."""

    request: Request
    span: Span
    main: CommitTree
    tip: CommitTree
    before: Loaded
    after: Loaded
    shape: Proposal
    outcomes: Outcomes
    verdicts: Verdicts

    def verdict(self) -> Verdict:
        students = {student.id: student for student in self._students(self.after)}
        control = is_control(self.shape.changes[0].path)
        paths = () if control else self._paths(students)
        checked = self._check(self.tip, paths, self.after) if control or paths else None
        before = self._check_before(checked, paths, control=control)
        fresh, inherited = checked, tuple[LocatedFinding, ...]()
        if checked is not None and before is not None:
            # What main had already: the same fault at the same path, as often as before.
            brought, inherited = apart(checked.findings, before.findings)
            fresh = replace(checked, findings=brought)
        proposal = self._proposal(students, before, checked, control=control)
        outcomes = judge_change(proposal, Scope.CHANGE, OF_CHANGE)
        outcomes.findings = [*self.outcomes.findings, *outcomes.findings]
        outcomes.ran.update(self.outcomes.ran)
        report, things = _report(outcomes, proposal, fresh), self._things(students)
        # A coordinator may break the glass over a change of control alone; it is logged, and everybody can see it.
        actor = proposal.actor
        may_break = control and actor is not None and is_coordinator(actor.id, self.request.now, proposal.before)
        # Of what somebody had no right to write a part, or whose file has not come, the time is not kept.
        refused = {change.path for change, _, _ in denials(proposal)} | proposal.objects_missing
        refused = refused.union(*(commit.paths for commit, *_ in unstated(proposal)))
        refused |= {payload_of(path) for path in refused} | {path.rpartition("/")[0] for path in refused}
        return Verdict(
            self.span.base,
            self.span.head,
            _who(proposal),
            report,
            inherited=inherited,
            changes=len(proposal.changes),
            things=things,
            reserved=frozenset(things) - refused,
            steps=tuple(sorted(self._steps(report, proposal, students))),
            glass=proposal.glass if may_break else "",
            glass_suffices=not any(finding.code in ALWAYS for finding in report.findings),
        )

    def _students(self, loaded: Loaded) -> Iterator[Student]:
        for folder in _folders(self.shape.paths):
            yield from loaded.students(folder)

    def _paths(self, students: Mapping[str, Student]) -> tuple[str, ...]:
        """What to check of head: the students touched, who holds the same files or commitments, and other records."""
        blobs = frozenset(
            change.blob
            for change in self.shape.changes
            if change.blob and change.path.startswith(f"{STUDENTS}/") and not change.path.endswith(RECORDS)
        )
        facts = (fact for student in students.values() for fact in student.files.values())
        touched = (fact for fact in facts if fact.path in self.shape.paths)
        # Who holds a file that the change adds, be it plain here and in the store there.
        alike = {blob for fact in touched for blob in forms(self.after.tree, fact, PLAIN_BYTES)}
        checks = (check for student in students.values() for check in student.of("verification"))
        committed = frozenset(commitment_of(check) for check in checks if check.path in self.shape.paths)
        sharing = holders(self.main, blobs | alike) | committing(self.main, committed - {""})
        folders = {student.folder for student in students.values()} | sharing
        subtrees = {*folders, *(folder.replace(STUDENTS, CERTIFICATIONS, 1) for folder in folders)}
        there = {folder for folder in subtrees if next(self.tip.entries(folder), None) is not None}
        gone = {change.path for change in self.shape.changes if change.operation is Operation.DELETE}
        # Of no student, or below a student or a certification whose student is not there.
        others = {path for path in self.shape.paths - gone if student_folder(path) not in folders}
        return tuple(sorted(there | others))

    def _check_before(self, checked: Report | None, paths: Sequence[str], *, control: bool) -> Report | None:
        """Main as it is, where it matters: for control always, for records only if something is wrong after."""
        if not control and (checked is None or not checked.count(Severity.ERROR)):
            return None
        old = {change.path for change in self.shape.changes if change.operation is Operation.CHANGE}
        folders = set(paths) - self.shape.paths
        old |= {folder for folder in folders if next(self.main.entries(folder), None) is not None}
        there = sorted(old.intersection(paths))
        if not control and not there:
            return None
        return self._check(self.main, there, self.before)

    def _check(self, tree: Tree, paths: Sequence[str], school: Loaded) -> Report:
        """A state of the school, or of the students that the change touches; the whole on all cores."""
        within = school if _beside_the_school(self.shape) else None
        verdicts = self.verdicts if paths else None  # several processes share the folder, not the memory
        return check(
            tree,
            self.request.today,
            paths=paths,
            jobs=1 if paths else None,
            within=within,
            verdicts=verdicts,
            names=self.request.names,
            known=True,
        )

    def _proposal(
        self, students: Mapping[str, Student], before: Report | None, checked: Report | None, *, control: bool
    ) -> Proposal:
        policy = self._last_sound(before) if control else self.before
        # Everything signed that main holds is what an ended key may list.
        touches_keys = any(kind_of(path) == "staff-keys" for path in self.shape.paths)
        accepted = self.before.signatures() if touches_keys else ()
        things, at = self._things(students), self.request.received or self.request.now
        received = {key: min(at, first) for key, first in self._first_received(things, students).items()}
        missing = {
            fact.path
            for student in students.values()
            for fact in student.files.values()
            if fact.path in self.shape.paths and fact.pointer and fact.head is None
        }
        # The school after the change, with the statements that the change brings.
        paths = sorted({path.removesuffix(".sig") for path in self.shape.paths if path.startswith(f"{CHANGES}/")})
        stated = [change for _, part in (self.after.changes(*paths) if paths else ()) for change in part]
        for student in students.values():
            stated += (change for change in student.stated if change.path in self.shape.paths)
        after = self.after.school
        if stated:
            after = replace(after, trust=replace(after.trust, changes=tuple(stated)))
        return replace(
            self.shape,
            before=policy.school,
            after=after,
            digests=self._digests(),
            held=self._held(),
            main=self.before.school,
            students_before={student.id: student for student in self._students(self.before)},
            students_after=students,
            # When each thing was first received: by the log, by the forge, or now.
            received=dict.fromkeys(things, at) | received,
            objects_missing=frozenset(missing),
            accepted=frozenset(statement.digest for statement in accepted),
            errors_before=_faults(before) if before is not None and control else 0,
            errors_after=_faults(checked) if checked is not None and control else 0,
        )

    def _digests(self) -> dict[str, str]:
        """SHA-256 of what the commits beside statements hold and replace; of no more than a statement can name."""
        stating = (commit for commit in self.shape.commits if statements_in(commit))
        changes = [change for commit in stating for change in commit.changes[: MOST_STATED + 3]]
        blobs = {blob for change in changes for blob in (change.old_blob, change.blob) if blob}
        objects = self.span.objects
        small = [
            sha for sha, (kind, size) in objects.headers(blobs).items() if kind == "blob" and size <= MOST_BYTES_OF_ALL
        ]
        return {sha: hashlib.sha256(objects.read(sha, "blob")).hexdigest() for sha in small}

    def _held(self) -> dict[str, HeldFiles]:
        """What main holds of the students whom the change seals, by the path of the seal."""
        counted = {}
        for path, student in added(self.shape, SEAL).items():
            own, seal = folders(path.split("/")[2], student), self.after.school.record_at(path)
            files = tuple(sums(self.main, *own))
            listed = manifest_digest((file.path, file.sha256) for file in files)
            is_of_commit = seal is not None and self.span.had_as_base(seal.data["commit"], *own)
            counted[path] = HeldFiles(listed, len(files), sum(file.size for file in files), is_of_commit)
        return counted

    def _last_sound(self, before: Report | None) -> Loaded:
        """The school by whose rules control is judged: main, or where that is broken the last main that was not."""
        if before is None or not _faults(before):
            return self.before
        for sha in self.main.first_parents(_LOOK_BACK):
            with CommitTree(self.request.root, sha, self.request.readings) as tree:
                if not _faults(check(tree, self.request.today)):
                    return load(tree, self.request.today)
        return self.before

    def _things(self, students: Mapping[str, Student]) -> dict[str, str]:
        """What has to come in time: items handed in, decisions, selections, the registry's submissions.

        By folder or path, with their digests.
        """
        paths, things = self.shape.paths, dict[str, str]()
        submissions = (record for record in self.after.school.of("agency-submission") if record.path in paths)
        things |= {record.path: _digest(record.text) for record in submissions}
        touched = {path.rpartition("/")[0] for path in paths}
        for student in students.values():
            for item in student.items:
                if item.folder in touched:
                    things[item.folder] = _digest(repr(subject_of(item, student)))
            things |= {event.path: event.digest for event in student.events if event.path in paths}
            selections = (selection for selection in student.of("selection") if selection.path in paths)
            things |= {selection.path: _digest(selection.text) for selection in selections}
        return things

    def _first_received(self, things: Mapping[str, str], students: Mapping[str, Student]) -> dict[str, datetime]:
        """When the server first heard of each thing: pushed as a whole, or announced file by file, UTC.

        An item has been announced when every file of it that the change brings has been.
        """
        log = self.request.log
        if log is None:
            return {}
        brought = {
            item.folder: {
                path: file.sha256
                for file in subject_of(item, student)
                if (path := f"{item.folder}/{file.name}") in self.shape.paths
            }
            for student in students.values()
            for item in student.items
            if item.folder in things
        }
        files = {path: digest for folder in brought.values() for path, digest in folder.items()}
        heard = log.first_received({**files, **things})
        first = {key: at for key, at in heard.items() if key in things}
        for folder, paths in brought.items():
            if paths and paths.keys() <= heard.keys():
                announced = max(heard[path] for path in paths)
                first[folder] = min(announced, first.get(folder, announced))
        return first

    def _steps(self, report: Report, proposal: Proposal, students: Mapping[str, Student]) -> Iterator[NextStep]:
        """One next step for each person whom the change concerns, never by a name."""
        if report.exit_code is not ExitCode.CLEAN:
            yield NextStep(_who(proposal), "mend", len(report.findings))
            # Who can be the second person, and what they run; without one, nobody here can let it pass.
            if not _TWO_PEOPLE.isdisjoint(finding.code for finding in report.findings):
                for people, count, line in commands(proposal, digest(proposal.changes)):
                    yield NextStep(" / ".join(people) or "-", "second", count, line)
            return
        certify: Counter[str] = Counter()
        for student in students.values():
            for pending in waiting(student, self.after.school):
                if any(path.startswith(f"{pending.item}/") for path in proposal.paths):
                    certify.update(pending.teachers)
            items = student.of("course-output")
            returned = [item for item in items if state(item, student, self.after.school).state is State.RETURNED]
            if returned:
                yield NextStep(student.id, "resubmit", len(returned))
        yield from (NextStep(who, "certify", count) for who, count in certify.items())


def _faults(report: Report) -> int:
    """How many errors there are that some change has made."""
    errors = (finding for finding in report.findings if finding.severity is Severity.ERROR)
    return sum(finding.code not in OF_THE_DAYS for finding in errors)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
