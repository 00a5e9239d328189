"""The fields of a form as a template writes them out: finished words in one language, values, errors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from licheng.core.layout import is_day
from licheng.core.report import LocatedFinding
from licheng.outputs.catalog import Catalog
from licheng.platform.forms.filling import BODY, KEY, ROW, VALUE, Branch, Posted, branched, shown, typed
from licheng.platform.forms.model import FieldEntry, FormField, RecordForm

# What HTML cannot hold: control characters, halves of characters, what is no character.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
ADD, REMOVE = "_add", "_remove"


class Problem(NamedTuple):
    """What is wrong with a field, in words.

    Attributes:
        code: of the rule.
        fact: what is so.
        hint: what to do.
    """

    code: str
    fact: str
    hint: str
    severity: str


class Choice(NamedTuple):
    """One of the options of a control."""

    value: str
    label: str
    chosen: bool


class Control(NamedTuple):
    """A field with what stands in it.

    Attributes:
        name: under which it is posted; its id is `f-` and the name.
        entry: as the model has it.
        value: what stands in it.
        limit: most characters of a text; of rows, most rows; of choices, how many may be ticked.
        parts: of a group, its fields; of rows, the rows.
        removable: the row can be taken away.
        added: the name that a new row would have.
        hidden: the row's mark that it is there.
    """

    name: str
    entry: str
    label: str
    hint: str
    required: bool
    value: str = ""
    choices: tuple[Choice, ...] = ()
    searched: bool = False
    limit: int = 0
    problems: tuple[Problem, ...] = ()
    parts: tuple[Control, ...] = ()
    removable: bool = False
    hidden: str = ""

    @property
    def ticked(self) -> int:
        """How many of the choices are chosen."""
        return sum(choice.chosen for choice in self.choices)

    @property
    def described(self) -> str:
        """The ids of what describes it."""
        ids = [f"h-{self.name}"] * bool(self.hint) + [f"e-{self.name}"] * bool(self.problems)
        return " ".join(ids)

    def everything(self) -> Iterator[Control]:
        """It and all that is in it."""
        yield self
        for part in self.parts:
            yield from part.everything()


@dataclass(frozen=True)
class FormView:
    """A form, ready to be written.

    Attributes:
        controls: in order.
        general: problems of what no field shows.
        kept: names and texts that are posted again although no field shows them, as those of another branch.
    """

    title: str
    hint: str
    controls: tuple[Control, ...]
    general: tuple[Problem, ...]
    kept: tuple[tuple[str, str], ...]

    @property
    def problems(self) -> list[tuple[Control, Problem]]:
        """Every problem with the control that it is at, from top to bottom."""
        every = (part for control in self.controls for part in control.everything())
        return [(control, problem) for control in every for problem in control.problems]


_WORDS = "platform-forms"
_PREFIX = "form_"


def texts_of(catalog: Catalog) -> dict[str, str]:
    """The words of forms in the catalog's language, without the beginning that tells them from others'."""
    return {name.removeprefix(_PREFIX): text for name, text in catalog.data[_WORDS].items()}


def viewed(
    form: RecordForm,
    posted: Posted,
    findings: Mapping[str, Sequence[LocatedFinding]],
    catalog: Catalog,
    texts: Mapping[str, str],
) -> FormView:
    """A form in one language.

    Args:
        form: its fields.
        posted: what stands in them.
        findings: by the name of the field, as `judging.by_field` has them.
        catalog: of the language.
        texts: words of the platform's forms: `said_yes`, `said_no`, `body`, `key`, `none`.
    """
    short = catalog.language.partition("-")[0]
    viewing = _Viewing(short, catalog, texts, findings)
    top = branched(posted)
    controls = [viewing.control(field, top.at(field.key), field.key) for field in form.fields]
    if form.body is not None:
        value = written(top.at(BODY).text)
        problems = viewing.problems(BODY)
        controls.append(Control(BODY, "lines", texts["body"], form.body[short], False, value, problems=problems))
    names = {control.name for control in controls} | {""}
    shown_names = {part.name for control in controls for part in control.everything()} | {""}
    general = [viewing.problem(each) for name, some in findings.items() if name not in shown_names for each in some]
    general += viewing.problems("")
    kept = [(name, typed(each)) for name in form.elsewhere - names for each in top.at(name).texts]
    return FormView(form.title[short], form.hint[short], tuple(controls), tuple(general), tuple(sorted(kept)))


def written(text: str) -> str:
    """A text that HTML can hold; what it cannot hold is shown as the sign of a lost character."""
    return _UNWRITABLE.sub("\ufffd", text)


@dataclass(frozen=True)
class _Viewing:
    """What all controls of a form have in common."""

    short: str
    catalog: Catalog
    texts: Mapping[str, str]
    findings: Mapping[str, Sequence[LocatedFinding]]

    def problem(self, finding: LocatedFinding) -> Problem:
        """A finding in words."""
        fact, hint = self.catalog.message(finding), self.catalog.hint(finding)
        return Problem(finding.code, written(fact), written(hint), finding.severity.value)

    def problems(self, name: str) -> tuple[Problem, ...]:
        """What is wrong with a field."""
        return tuple(self.problem(finding) for finding in self.findings.get(name, ()))

    def control(self, field: FormField, branch: Branch, name: str, *, row: int | None = None) -> Control:
        """A field with what was posted for it."""
        title = field.title[self.short]
        label = f"{title} {row}" if row is not None else title
        entry, text = field.entry.value, branch.text
        # A text that its own control would lose is entered as any text is.
        if field.entry is FieldEntry.DATE and text and not (_DATE.fullmatch(text) and is_day(text)):
            entry = "line"
        elif field.entry in {FieldEntry.LINE, FieldEntry.NUMBER, FieldEntry.DATE} and "\n" in text:
            entry = "lines"
        return Control(
            name,
            entry,
            label,
            field.hint[self.short],
            field.required,
            written(text),
            self._choices(field, branch),
            field.searched,
            field.limit,
            self.problems(name),
            self._parts(field, branch, name),
            removable=row is not None,
            hidden=f"{name}.{ROW}" if row is not None else "",
        )

    def _parts(self, field: FormField, branch: Branch, name: str) -> tuple[Control, ...]:
        match field.entry:
            case FieldEntry.GROUP:
                return tuple(self.control(inner, branch.at(inner.key), f"{name}.{inner.key}") for inner in field.fields)
            case FieldEntry.ROWS:
                [item] = field.fields
                rows = enumerate(branch.rows(), start=1)
                return tuple(
                    self.control(item, branch.at(str(index)), f"{name}.{index}", row=number) for number, index in rows
                )
            case FieldEntry.PAIRS:
                [item] = field.fields
                pairs = list[Control]()
                for index in branch.rows():
                    at, pair = f"{name}.{index}", branch.at(str(index))
                    key = Control(f"{at}.{KEY}", "line", self.texts["key"], "", True, written(pair.at(KEY).text))
                    parts = (key, self.control(item, pair.at(VALUE), f"{at}.{VALUE}"))
                    label, hidden = field.title[self.short], f"{at}.{ROW}"
                    pairs.append(Control(at, "group", label, "", False, parts=parts, removable=True, hidden=hidden))
                return tuple(pairs)
            case _:
                return ()

    def _choices(self, field: FormField, branch: Branch) -> tuple[Choice, ...]:
        if field.entry is FieldEntry.TICK:
            return (Choice("true", self.texts["said_yes"], bool(branch.texts)),)
        if not field.options and field.entry not in {FieldEntry.CHOICE, FieldEntry.CHOICES}:
            return ()
        texts = [typed(text) for text in branch.texts]
        chosen = texts if field.entry is FieldEntry.CHOICES else texts[-1:]
        known = list[Choice]()
        for option in field.options:
            label, value = option.label[self.short], shown(option.value)
            if isinstance(option.value, bool):
                label = self.texts["said_yes" if option.value else "said_no"]
            elif label != value:
                label = f"{label} ({value})" if label else value
            known.append(Choice(value, label, value in chosen))
        values = {choice.value for choice in known}
        others = [Choice(written(text), written(text), True) for text in chosen if text and text not in values]
        return (*known, *others) if not field.searched else tuple(known)


def changed_rows(posted: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The fields after a row was added or removed, as the button says that was pressed.

    Args:
        posted: with `_add` (the name of the list) or `_remove` (the name of a row).
    """
    fields = {name: texts for name, texts in posted.items() if name not in {ADD, REMOVE}}
    for name in posted.get(REMOVE, ()):
        fields = {key: texts for key, texts in fields.items() if key != name and not key.startswith(f"{name}.")}
    for name in posted.get(ADD, ()):
        branch = branched(posted)
        for part in name.split("."):
            branch = branch.at(part)
        fields[f"{name}.{max(branch.rows(), default=-1) + 1}.{ROW}"] = ["1"]
    return fields
