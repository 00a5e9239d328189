"""A school's bare repository for the gate's tests: real commits, made object by object; anything can be forged."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from licheng.app.demo import write_demo
from licheng.app.loading.load import Loaded, load
from licheng.app.server import gate
from licheng.app.trust import certify
from licheng.core.certification import Decision
from licheng.core.dates import TAIPEI
from licheng.core.layout import CERTIFICATIONS, STUDENTS
from licheng.core.verdict import Verdict
from licheng.policy.queue import waiting
from licheng.signing.demo_keys import DemoKey
from licheng.sources.git import TREE, Objects, rows
from licheng.sources.shelf import Readings
from licheng.sources.tree import CommitTree
from tests.certified import Signer

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
SEED = "licheng demo 1"
# Posts of the demo school by office.
DEAN, REGISTRAR, CURRICULUM, IT = "t002", "t004", "t005", "t006"
DISCIPLINE, ACTIVITIES, GUIDANCE, COUNSELLOR = "t007", "t008", "t009", "t023"

# What a case puts at a path: new bytes, nothing any more, or a mode with bytes (of a link: where it leads).
Content = bytes | str | None | tuple[str, bytes]


@dataclass
class Scene:
    """The demo school's history in a bare repository, and ways to grow it.

    Attributes:
        root: the bare repository.
        base: the tip of main.
        trees: what folders hold, as read once: an id says all that is in it.
    """

    root: Path
    base: str
    scratch: Path
    clock: datetime = NOW
    readings: Readings = field(default_factory=lambda: Readings(64 << 20), repr=False)
    trees: dict[str, dict[str, tuple[str, str]]] = field(default_factory=lambda: {"": {}}, repr=False)

    def git(self, *arguments: str, given: bytes | None = None, environment: Mapping[str, str] | None = None) -> str:
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **(environment or {})}
        command = ["git", "-C", str(self.root), *arguments]
        done = subprocess.run(command, input=given, capture_output=True, env=env, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def read(self, path: str, commit: str = "") -> bytes:
        return self.objects.read(f"{commit or self.base}:{path}", "blob")

    def tree(self, commit: str = "") -> CommitTree:
        """The files of a commit that was made here, through the git process that is open."""
        return CommitTree(self.root, commit or self.base, self.readings, self.objects)

    def paths(self, below: str, commit: str = "") -> list[str]:
        return [entry.path for entry in self.tree(commit).entries(below)]

    def commit(
        self,
        files: Mapping[str, Content],
        author: str,
        *,
        parent: str | None = None,
        also: tuple[str, ...] = (),
        address: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """A commit that puts contents at paths, made at a time or now; returns its id."""
        parent = parent or self.base
        nodes = {path: self._node(content) for path, content in files.items()}
        tree = self._tree(f"{parent}^{{tree}}", nodes)
        return self.forge(self.raw(tree, author, parents=(parent, *also), address=address, at=at))

    def _tree(self, old: str, nodes: Mapping[str, tuple[str, str] | None]) -> str:
        """A folder with other modes and ids at some paths below it, or with nothing there; empty if it is empty."""
        if old not in self.trees:
            self.trees[old] = {name: (mode, sha) for name, mode, sha in rows(self.objects.read(old, "tree"))}
        here = dict(self.trees[old])
        inner: dict[str, dict[str, tuple[str, str] | None]] = {}
        for path, node in nodes.items():
            name, _, rest = path.partition("/")
            if rest:
                inner.setdefault(name, {})[rest] = node
            elif node is None:
                here.pop(name, None)
            else:
                here[name] = node
        for name, below in inner.items():
            mode, sha = here.pop(name, ("", ""))
            tree = self._tree(sha if mode == TREE else "", below)
            if tree:
                here[name] = (TREE, tree)
        names = {name: name.encode("utf-8", "surrogateescape") for name in here}
        # Git sorts folders as if their names ended in a slash.
        order = sorted(here, key=lambda name: names[name] + b"/" * (here[name][0] == TREE))
        lines = (
            here[name][0].lstrip("0").encode() + b" " + names[name] + b"\0" + bytes.fromhex(here[name][1])
            for name in order
        )
        return self._store("tree", b"".join(lines)) if here else ""

    def raw(
        self,
        tree: str,
        author: str,
        *,
        parents: tuple[str, ...] = (),
        address: str | None = None,
        at: datetime | None = None,
        message: str = "A change\n",
    ) -> str:
        """A commit as text: author and committer are one, as git writes it of a plain `git commit`."""
        stamp = f"{author} <{address or f'{author}@licheng.invalid'}> {int((at or self.clock).timestamp())} +0800"
        lines = "".join(f"parent {sha}\n" for sha in parents or (self.base,))
        return f"tree {tree}\n{lines}author {stamp}\ncommitter {stamp}\n\n{message}"

    def forge(self, raw: str | bytes) -> str:
        """A commit of just these bytes."""
        data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
        return self._store("commit", data)

    def _store(self, kind: str, data: bytes) -> str:
        """An object as git writes a loose one, whatever it holds (gitformat-loose); its id."""
        whole = f"{kind} {len(data)}\0".encode() + data
        sha = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        path = self.root / "objects" / sha[:2] / sha[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(whole, 1))
        return sha

    def _node(self, content: Content) -> tuple[str, str] | None:
        """Mode and id of what is put at a path."""
        if content is None:
            return None
        mode, data = content if isinstance(content, tuple) else ("100644", content)
        if mode == "160000":
            return mode, self.base
        return mode, self._store("blob", data.encode() if isinstance(data, str) else data)

    def judge(self, head: str, actor: str, *, base: str = "", **options: object) -> Verdict:
        """What the gate says, which reads through the git process that is open."""
        now = options.pop("now", self.clock)
        options = {"demo": True, "readings": self.readings, "objects": self.objects, **options}
        return gate.gate(gate.Request(self.root, base or self.base, head, actor, now, **options))  # type: ignore[arg-type]

    @cached_property
    def objects(self) -> Objects:
        """What the repository holds, read by git."""
        return Objects(self.root)

    @cached_property
    def loaded(self) -> Loaded:
        """The school at base."""
        return load(self.tree(), NOW.date())

    def close(self) -> None:
        """End the git process, where anybody asked for it."""
        self.objects.__exit__(None, None, None)

    def key(self, staff: str) -> DemoKey:
        """The key that somebody signs with today."""
        live = {key.fingerprint for key in self.loaded.school.trust.keys_of(staff) if key.ending is None}
        made = (DemoKey.of(SEED, staff, generation) for generation in (1, 2))
        return next(key for key in made if key.public.fingerprint in live)

    def certify(
        self,
        item: str,
        staff: str,
        decision: str = "certified",
        *,
        now: datetime | None = None,
        commit: str = "",
        signer: Signer | None = None,
    ) -> dict[str, bytes]:
        """The files of a decision on an item, signed: by the key of the demo, or another."""
        key = signer or self.key(staff)
        reason = ("wrong-file", "附上的檔案不對。") if decision in {"returned", "revoked"} else None
        request = certify.DecisionRequest(staff, key.public.fingerprint, Decision(decision), reason)
        when = now or self.clock
        loaded = load(self.tree(commit), when.astimezone(TAIPEI).date())
        return dict(certify.decide(loaded, [item], request, when, key.sign, lambda _: None).plan.creates)

    def waiting(self) -> tuple[str, str]:
        """An item of the current term that waits, and its teacher."""
        for student in self.loaded.students():
            for one in waiting(student, self.loaded.school):
                if "/terms/115-1/" in one.item and one.state == "submitted":
                    return one.item, min(one.teachers)
        raise AssertionError


def make(folder: Path) -> Scene:
    """The demo school, bare, with everything that the tests grow it by."""
    school, bare = folder / "school", folder / "school.git"
    write_demo(school, 30, 1)
    subprocess.run(["git", "clone", "-q", "--bare", str(school), str(bare)], check=True, capture_output=True)
    scratch = folder / "scratch"
    scratch.mkdir()
    head = subprocess.run(["git", "-C", str(bare), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    scene = Scene(bare, head.stdout.strip(), scratch)
    for top in (STUDENTS, CERTIFICATIONS):
        for cohort in scene.tree().folders(top):
            assert scene.paths(f"{top}/{cohort}")  # by folders, which are known from then on
    return scene
