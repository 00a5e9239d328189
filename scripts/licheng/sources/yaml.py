"""One strict reader for all YAML, over libyaml's events.

Scalars stay what the author wrote: only plain `true`, `false` and canonical integers are typed; `NO`, `01234567`,
`1.10` and `2026-01-15` are text. Refused: duplicate keys, aliases, anchors, merge keys, tags, several documents,
depth over 20, and what YAML readers read differently (`?`, directives, tabs between tokens, some colons): libyaml
takes `[?x]` for a key without a value where YAML 1.2 has the text `?x`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # libyaml events; the stubs leave it out

from licheng.core.finding import Code, Finding
from licheng.core.location import Location, Place, at_offset
from licheng.sources.slips import Slip, slip_of

NOT_YAML = Code("YML001", "not-yaml")
DUPLICATE_KEY = Code("YML002", "duplicate-key")
ALIAS = Code("YML003", "alias-or-anchor")
TAG = Code("YML004", "tag")
SEVERAL_DOCUMENTS = Code("YML005", "several-documents")
TOO_DEEP = Code("YML006", "too-deep")
NOT_A_MAPPING = Code("YML007", "not-a-mapping")
MERGE_KEY = Code("YML008", "merge-key")
HIDING_ESCAPE = Code("YML009", "hiding-escape")
DISPUTED = Code("YML010", "disputed-yaml")
CONFLICT = Code("YML011", "merge-conflict")
FULL_WIDTH = Code("YML012", "full-width-sign")
CODES = (
    *(NOT_YAML, DUPLICATE_KEY, ALIAS, TAG, SEVERAL_DOCUMENTS, TOO_DEEP, NOT_A_MAPPING, MERGE_KEY, HIDING_ESCAPE),
    *(DISPUTED, CONFLICT, FULL_WIDTH),
)

MAX_DEPTH = 20
# What may follow a backslash in double quotes; any other escape writes a character that the reader does not see.
_PLAIN_ESCAPES = frozenset('"\\/nt\n')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# Whether a document may hold anything disputed: then its tokens are looked at. One class in front, for speed.
_DISPUTABLE = re.compile(
    "[?\t\x85\u2028\u2029\n\\[{\"'\\]}]"
    "(?:(?<=[?\t\x85\u2028\u2029])|(?<=\n)[%.]|(?<=[\\[{])[^\\[\\]{}]*:|(?<=[\"'\\]}])[#:]"
    "|(?<=[\\]}])\\s*,[^\\[\\]{}]*:)"
)
# What most documents have in braces, `{zh: 校長, en: 'Principal, convenor'}` to the end of a line, disputes nothing;
# nor does `{code: 1, name: {zh: 校級幹部, en: School}}`.
_CLEAR_TEXT = r"""[^\s\[\]{}:?#'"%,&*!|>@`\\]"""
_CLEAR_VALUE = rf"(?:{_CLEAR_TEXT}(?:{_CLEAR_TEXT}| (?! ))*|'(?:{_CLEAR_TEXT}|[ ,])*')"
_CLEAR_INNER = rf"{{(?:[a-z_]+: {_CLEAR_VALUE}(?:, (?=[a-z])|(?=}})))+}}"
_CLEAR_PAIRS = rf"{{(?:[a-z_]+: (?:{_CLEAR_VALUE}|{_CLEAR_INNER})(?:, (?=[a-z])|(?=}})))+}}"
_CLEAR_BRACES = re.compile(rf"(?<=[:-] )(?:{_CLEAR_PAIRS}|\[{_CLEAR_PAIRS}(?:, {_CLEAR_PAIRS})*\])(?=\n)")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_BREAKS = re.compile("[\x85\u2028\u2029]")
# A colon within a plain value in brackets is plain to all where it is of a web address or a time of day.
_CLEAR_COLONS = re.compile(r"https?://[^\s]*|[0-9]{1,2}(?::[0-9]{2}){1,2}", re.ASCII)
_OPENING = frozenset({yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken})
_CLOSING = frozenset({yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken})
# What readers agree about, and the most of a document.
_CLEAR_TOKENS = frozenset(
    {yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.BlockEntryToken, yaml.BlockEndToken}
    | {yaml.FlowEntryToken}
)
# The plain scalars that are no text.
_WORDS = {"true": True, "false": False, "null": None, "": None}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_TYPED_BEGIN = frozenset({"", *"tfn-0123456789"})


class OutsideSubsetError(Exception):
    """A document is not of the subset; holds the code, where (1-based line and column) and the values."""

    def __init__(self, code: Code, mark: Any, **values: str | int) -> None:
        super().__init__(code.code)
        self.code = code
        self.line = mark.line + 1 if mark is not None else 1
        self.column = mark.column + 1 if mark is not None else 1
        self.values = values


def parse(text: str) -> Any:
    """The data of a document: dicts, lists, text, whole numbers, booleans, None for an empty value.

    Raises:
        OutsideSubsetError: the document is not of the subset.
    """
    next_event: Callable[[], Any] = CParser(text).get_event
    try:
        next_event()  # stream start
        event = next_event()
        if type(event) is yaml.StreamEndEvent:
            return None
        value = _value(next_event(), next_event, 0)
        next_event()  # document end
        event = next_event()
        if type(event) is not yaml.StreamEndEvent:
            raise OutsideSubsetError(SEVERAL_DOCUMENTS, event.start_mark)
        if "\\" in text:
            _refuse_escapes(text)
        unclear = _CLEAR_BRACES.sub("", text) if "{" in text else text
        if text.startswith("%") or _DISPUTABLE.search(unclear) is not None:
            _refuse_disputed(text)
        return value
    except yaml.MarkedYAMLError as error:
        raise refused_as(slip_of(text, error)) from error
    except yaml.YAMLError as error:
        raise OutsideSubsetError(NOT_YAML, None, problem="other") from error


def refused_as(slip: Slip) -> OutsideSubsetError:
    """The refusal of a document for a slip."""
    if slip.sort == "conflict":
        refused = OutsideSubsetError(CONFLICT, None)
    elif slip.sort.startswith("full-width-"):
        refused = OutsideSubsetError(FULL_WIDTH, None, sign=slip.sort)
    else:
        refused = OutsideSubsetError(NOT_YAML, None, problem=slip.sort)
    refused.line, refused.column = slip.line, slip.column
    return refused


def tells(data: bytes, facts: Mapping[str, Any]) -> bool:
    """Whether a document is a mapping that has these values, whatever else is in it; what cannot be read has none."""
    try:
        value = parse(data.decode())
    except (UnicodeDecodeError, OutsideSubsetError):
        return False
    return isinstance(value, dict) and all(value.get(name) == fact for name, fact in facts.items())


def _refuse_escapes(text: str) -> None:
    """Look at the source of double-quoted scalars of a document that was read, as their value no longer shows it."""
    event: Any
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if getattr(event, "style", None) == '"':
                source = text[event.start_mark.index : event.end_mark.index]
                for match in _ESCAPE.finditer(source):
                    if match[1] not in _PLAIN_ESCAPES:
                        raise OutsideSubsetError(HIDING_ESCAPE, event.start_mark, escape=match[0])
    except yaml.YAMLError:
        return  # the reader proper says what is wrong


def _refuse_disputed(text: str) -> None:
    """Look at the tokens of a document that was read, then at what stands between them.

    Line breaks that only YAML 1.1 knows are disputed, and tabs, which do not matter in a comment.
    """
    inside: list[Any] = []  # the brackets that are open
    position, gaps = 0, list[tuple[int, int]]()
    tokens = (token for token in yaml.scan(text, Loader=yaml.CSafeLoader) if type(token) not in _CLEAR_TOKENS)
    for token in tokens:
        kind, sort = type(token), _disputed(token, text, inside)
        if sort is not None:
            raise OutsideSubsetError(DISPUTED, token.start_mark, disputed=sort)
        if kind in _OPENING:
            inside.append(kind)
        elif kind in _CLOSING:
            inside.pop()
        elif kind is yaml.ScalarToken:
            gaps.append((position, token.start_mark.index))
            position = token.end_mark.index
    if (match := _BREAKS.search(text)) is not None:
        raise _refused_at(text, match.start(), "line-break")
    gaps.append((position, len(text)))
    blanked = ((start, _COMMENT.sub(lambda comment: "#" * len(comment[0]), text[start:end])) for start, end in gaps)
    if (tab := next((start + gap.find("\t") for start, gap in blanked if "\t" in gap), None)) is not None:
        raise _refused_at(text, tab, "tab")


def _disputed(token: Any, text: str, inside: list[Any]) -> str | None:
    """What readers disagree about at a token."""
    kind, start, end = type(token), token.start_mark.index, token.end_mark.index
    if kind is yaml.DirectiveToken:
        return "directive"
    if kind is yaml.DocumentEndToken:
        return "document-end"
    if kind is yaml.KeyToken:
        if text[start : start + 1] == "?":
            return "explicit-key"
        return "colon" if inside and inside[-1] is yaml.FlowSequenceStartToken else None
    if kind is yaml.ValueToken:
        return None if text[end : end + 1] in {"", " ", "\n", "\t"} else "colon"
    if kind is yaml.ScalarToken and token.plain:
        if token.value.startswith("?") or (inside and "?" in token.value):
            return "explicit-key"
        clear = not inside or ":" not in token.value or _CLEAR_COLONS.fullmatch(token.value)
        return None if clear else "colon"
    closed = kind in _CLOSING or kind is yaml.ScalarToken
    is_block = getattr(token, "style", None) in {"|", ">"}
    return "comment" if closed and text[end : end + 1] == "#" and not is_block else None


def _refused_at(text: str, offset: int, sort: str) -> OutsideSubsetError:
    place = at_offset("", text, offset)
    refused = OutsideSubsetError(DISPUTED, None, disputed=sort)
    refused.line, refused.column = place.line, place.column
    return refused


def _value(event: Any, next_event: Callable[[], Any], depth: int) -> Any:
    kind = type(event)
    if kind is yaml.AliasEvent or event.anchor is not None:
        raise OutsideSubsetError(ALIAS, event.start_mark, name=str(event.anchor))
    if event.tag is not None:
        raise OutsideSubsetError(TAG, event.start_mark, tag=event.tag.replace("tag:yaml.org,2002:", "!!"))
    if kind is yaml.ScalarEvent:
        return event.value if event.style else _typed(event.value)
    if depth == MAX_DEPTH:
        raise OutsideSubsetError(TOO_DEEP, event.start_mark, limit=MAX_DEPTH)
    if kind is yaml.SequenceStartEvent:
        items = []
        while type(event := next_event()) is not yaml.SequenceEndEvent:
            items.append(_value(event, next_event, depth + 1))
        return items
    return _mapping(next_event, depth)


def _typed(text: str) -> str | int | None:
    """What a plain scalar says."""
    if text[:1] not in _TYPED_BEGIN or not (text in _WORDS or _INTEGER.fullmatch(text)):
        return text
    return _WORDS[text] if text in _WORDS else int(text)


def _mapping(next_event: Callable[[], Any], depth: int) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    scalar, end = yaml.ScalarEvent, yaml.MappingEndEvent
    while type(event := next_event()) is not end:
        if type(event) is not scalar:
            if type(event) is yaml.AliasEvent:
                raise OutsideSubsetError(ALIAS, event.start_mark, name=str(event.anchor))
            raise OutsideSubsetError(NOT_YAML, event.start_mark, problem="key")
        if event.anchor is not None or event.tag is not None:
            _value(event, next_event, depth)
        key = event.value
        if not (key and key.isascii() and key != "<<"):  # most keys are plain
            _refuse_key(key, event)
        if key in mapping:
            raise OutsideSubsetError(DUPLICATE_KEY, event.start_mark, key=key)
        event = next_event()
        if type(event) is scalar and event.anchor is None and event.tag is None:  # most values are
            mapping[key] = event.value if event.style else _typed(event.value)
        else:
            mapping[key] = _value(event, next_event, depth + 1)
    return mapping


def _refuse_key(key: str, event: Any) -> None:
    if key == "" and not event.style:
        raise OutsideSubsetError(DISPUTED, event.start_mark, disputed="empty-key")
    if key == "<<" and not event.style:
        raise OutsideSubsetError(MERGE_KEY, event.start_mark)
    if "：" in key:  # `{on：2026-09-11}` is a key without a value
        raise OutsideSubsetError(FULL_WIDTH, event.start_mark, sign="full-width-colon")
    if key.startswith("\u3000"):
        raise OutsideSubsetError(FULL_WIDTH, event.start_mark, sign="full-width-space")


def locate(place: Place | Location, yaml_span: Callable[[str], tuple[str, int]]) -> Location:
    """The line and column of a symbolic place.

    Args:
        place: where; a location is returned as it is.
        yaml_span: of a file's text, its YAML part and how many lines stand before it.
    """
    if isinstance(place, Location):
        return place
    if place.offset is not None:
        return at_offset(place.path, place.text, place.offset)
    source, lines_before = yaml_span(place.text)
    node = _composed(source)
    mark = node.start_mark if node is not None else None
    for depth, part in enumerate(place.pointer, start=1):
        key, child = None, None
        if isinstance(node, yaml.MappingNode):
            key, child = next((pair for pair in node.value if pair[0].value == part), (None, None))
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
        if child is None:
            break  # the nearest parent that exists
        is_last, node = depth == len(place.pointer), child
        mark = key.start_mark if is_last and place.on_key and key is not None else child.start_mark
    if mark is None:
        return Location(place.path)
    return Location(place.path, mark.line + 1 + lines_before, mark.column + 1)


@lru_cache(maxsize=8)
def _composed(source: str) -> Any:
    """The marked nodes of a document, kept for the next finding of the same file; None if it is no YAML."""
    try:
        return yaml.compose(source, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None


def finding(path: str, refused: OutsideSubsetError, lines_before: int = 0) -> Finding:
    """The finding that a refusal makes."""
    location = Location(path, refused.line + lines_before, refused.column)
    return Finding(refused.code.code, refused.code.severity, location, refused.values)
