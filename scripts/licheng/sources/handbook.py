"""What the handbook publishes: files of a few types, inspected; drawings and pages by an allow-list.

`content/handbook/` is the one folder that the site copies as it stands, so what lies there runs in every visitor's
browser. A page is judged as it is rendered, with the extensions of `mkdocs.yml`: what the allow-list of ammonia (nh3,
a real HTML5 parser) takes out of it is a finding. A drawing is judged by a strict parser that expands nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers import expat

from licheng.core.finding import Code, Finding
from licheng.core.layout import HANDBOOK
from licheng.core.location import Location, at_offset
from licheng.policy.attachments import FileType
from licheng.sources import text
from licheng.sources.attachments import MAX_BYTES
from licheng.sources.tree import REGULAR, Entry, Tree
from licheng.sources.verdicts import Verdicts

if TYPE_CHECKING:
    from markdown import Markdown

NOT_PUBLISHED = Code("HBK001", "type-not-published")
FLAWED = Code("HBK002", "flaw-in-published-file")
ACTING_DRAWING = Code("HBK003", "drawing-that-acts")
HTML_NOT_ALLOWED = Code("HBK004", "html-not-allowed")
FROM_OUTSIDE = Code("HBK005", "content-from-outside")
CODES = (NOT_PUBLISHED, FLAWED, ACTING_DRAWING, HTML_NOT_ALLOWED, FROM_OUTSIDE)

# Files that are bytes; their own small list, as what the agency takes from students may change without the handbook.
TYPES = (
    FileType("image/png", ("png",), ((0, b"\x89PNG\r\n\x1a\n"),), MAX_BYTES),
    FileType("image/jpeg", ("jpg",), ((0, b"\xff\xd8\xff"),), MAX_BYTES),
    FileType("application/pdf", ("pdf",), ((0, b"%PDF-"),), MAX_BYTES),
)
PAGE, DRAWING = "md", "svg"

# As in `mkdocs.yml`, which a test compares.
EXTENSIONS = (
    *("admonition", "attr_list", "def_list", "md_in_html", "tables", "toc"),
    *("pymdownx.details", "pymdownx.highlight", "pymdownx.superfences"),
)
# A page chooses its title, its description and whether it is found; never its template.
FRONT_MATTER = frozenset({"title", "description", "search", "hide"})

_TAGS = set(
    """a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3
    h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody
    td tfoot th thead tr u ul var wbr""".split()  # noqa: SIM905 - read as words
)
_ATTRIBUTES = {
    "*": {"id", "class", "lang", "title", "role", "tabindex", "style", "data-search-exclude"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "details": {"open"},
    "ol": {"start", "type", "reversed"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "headers"},
    "col": {"span"},
    "colgroup": {"span"},
    "summary": set[str](),
}
_OUTSIDE_TAGS = frozenset({"iframe", "embed", "object", "link", "base", "meta", "video", "audio", "source", "form"})

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_SHAPES = frozenset(
    """svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath image marker
    pattern clipPath mask linearGradient radialGradient stop filter feBlend feColorMatrix feComponentTransfer
    feComposite feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset
    style switch
    """.split()  # noqa: SIM905 - as above
)
_DATA = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/=\s]+)", re.ASCII)
# References of CSS, and what could hide one: escapes, at-rules, the old `expression()`.
_CSS = re.compile(r"url\(|image-set|@|\\|expression|javascript:|/\*", re.IGNORECASE)
_CSS_OWN = re.compile(r"url\(\s*(['\"]?)#[A-Za-z_][\w.-]*\1\s*\)", re.ASCII)


@dataclass
class CleanPages:
    """Pages in which nothing was found, by digests of path and text.

    Attributes:
        before: those that are known.
        now: those that were met since.
    """

    before: frozenset[str] = frozenset()
    now: set[str] = field(default_factory=set)

    def judge(self, path: str, source: str) -> tuple[Finding, ...]:
        """As `page`, which is not asked about a page that is known."""
        digest = hashlib.blake2b(f"{path}\0{source}".encode(), digest_size=16).hexdigest()
        refused = () if digest in self.before else page(path, source)
        if not refused:
            self.now.add(digest)
        return refused


def findings(tree: Tree, entry: Entry, clean: CleanPages) -> Iterator[Finding]:
    """Everything for which a file of the handbook may not be published; nothing where another finding refuses it."""
    suffix, name = entry.path.rpartition(".")[2], entry.path.rpartition("/")[2]
    if entry.mode != REGULAR or entry.size > MAX_BYTES:
        return
    if suffix in {PAGE, DRAWING}:
        decoded, _ = text.decode(entry.path, tree.read(entry))
        if decoded is not None:
            yield from clean.judge(entry.path, decoded) if suffix == PAGE else drawing(entry.path, decoded)
        return
    kind = next((each for each in TYPES if suffix in each.extensions), None)
    data = tree.read(entry) if kind is not None else b""
    if kind is None or not kind.matches(data):
        yield NOT_PUBLISHED.at(Location(entry.path), name=name)
        return
    for flaw in Verdicts(tree.cache).of(hashlib.sha256(data).hexdigest(), kind, lambda: data):
        yield FLAWED.at(Location(entry.path), name=name, inside=flaw.reason)


def of_handbook(tree: Tree, clean: CleanPages) -> Iterator[Finding]:
    """All findings of the handbook's files, in the order of paths."""
    for entry in tree.entries(HANDBOOK):
        yield from findings(tree, entry, clean)


# Pages ---------------------------------------------------------------------------------------------------------------


@dataclass
class _Tokens(HTMLParser):
    """What a page holds, in order: tags, attributes and text."""

    tokens: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tokens.append((tag, "", ""))
        for name, value in attrs:
            kept = (value or "").strip()
            self.tokens.append((tag, name, re.sub(r"[\s;]", "", kept) if name == "style" else kept))

    def handle_data(self, data: str) -> None:
        if squeezed := "".join(data.split()):
            self.tokens.append(("", "", squeezed))

    def handle_decl(self, decl: str) -> None:
        self.tokens.append(("!", "", decl))

    def unknown_decl(self, data: str) -> None:
        self.tokens.append(("!", "", data))

    def handle_pi(self, data: str) -> None:
        self.tokens.append(("?", "", data))


def _tokens(html: str) -> list[tuple[str, str, str]]:
    parser = _Tokens()
    parser.feed(html)
    parser.close()
    return parser.tokens


@lru_cache(maxsize=128)  # rendered again it says the same: a handbook is checked more than once, and changes little
def page(path: str, source: str) -> tuple[Finding, ...]:
    """What a page of the handbook holds that its readers' browsers must not get."""
    import nh3
    from mkdocs.utils import meta

    refused: list[Finding] = []
    body, front = meta.get_data(source)
    for key, value in sorted(front.items(), key=repr):
        # The theme's templates do not escape what stands here.
        if key not in FRONT_MATTER or (isinstance(value, str) and re.search(r'[<>"&]', value)):
            refused.append(HTML_NOT_ALLOWED.at(_where(path, source, str(key)), markup=str(key)))
    html = _renderer().reset().convert(body)
    rendered, cleaned = _tokens(html), _tokens(nh3.clean(html, **_ALLOWED))
    # Tags and attributes that the allow-list took out, each once, in order; of a tag taken out only the tag.
    left = set(cleaned)
    lost = [token for token in dict.fromkeys(rendered) if token[0] and token not in left]
    tags = {tag for tag, name, _ in lost if not name}
    for tag, name, value in lost:
        if name and tag in tags:
            continue
        outside = tag in _OUTSIDE_TAGS or (tag == "img" and name == "src")
        shown = f"{name}={value[:60]}" if name else f"<{tag}>"
        code = FROM_OUTSIDE if outside else HTML_NOT_ALLOWED
        refused.append(code.at(_where(path, source, value or name, name, f"<{tag}"), markup=shown))
    if not lost and _prose(rendered) != _prose(cleaned):  # two parsers that read it differently: never a pass
        refused.append(HTML_NOT_ALLOWED.at(Location(path), markup="<!-- -->"))
    return tuple(refused)


@cache
def _renderer() -> Markdown:
    from markdown import Markdown

    from licheng.sources.inline import quicken

    return quicken(Markdown(extensions=list(EXTENSIONS)))


def _kept(tag: str, name: str, value: str) -> str | None:
    """Pictures come from the handbook's own folder; ids that the theme's scripts look for stay the theme's."""
    if tag == "img" and name == "src" and re.search(r"^\s*[/\\]|[:\\]", value):
        return None
    return None if name == "id" and value.startswith("__") else value


# The allow-list, as nh3 takes it.
_ALLOWED: dict[str, Any] = {
    "tags": _TAGS,
    "attributes": _ATTRIBUTES,
    "generic_attribute_prefixes": {"aria-"},
    "attribute_filter": _kept,
    "url_schemes": {"http", "https", "mailto", "tel"},
    "filter_style_properties": {"text-align"},
    "link_rel": None,
}


def _prose(tokens: list[tuple[str, str, str]]) -> str:
    return "".join(value for tag, _, value in tokens if not tag)


def _where(path: str, source: str, *needles: str) -> Location:
    """Where the first of these stands that the author wrote so; the page's beginning where none does."""
    lowered = source.lower()
    offsets = (lowered.find(needle.lower()) for needle in needles if needle)
    return at_offset(path, source, next((offset for offset in offsets if offset >= 0), 0))


# Drawings ------------------------------------------------------------------------------------------------------------


class _ActsError(Exception):
    """The first thing in a drawing that is not of the allow-list."""


def drawing(path: str, source: str) -> Iterator[Finding]:  # noqa: C901 - one parser's handlers
    """A drawing is shapes and words: the first thing in it that is something else."""
    parser = expat.ParserCreate(namespace_separator=" ")
    words: list[str] = []
    styled: set[str] = set()

    def refuse(what: str) -> NoReturn:
        raise _ActsError(what)

    def start(name: str, attributes: Mapping[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if namespace != _SVG or local not in _SHAPES:
            refuse(f"<{local}>")
        styled.update({local} & {"style"})
        for qualified, value in attributes.items():
            if not _harmless(local, qualified, value):
                refuse(f"{qualified.rpartition(' ')[2]}={value[:60]}")

    parser.StartElementHandler = start
    parser.CharacterDataHandler = words.append
    parser.StartDoctypeDeclHandler = lambda *_: refuse("<!DOCTYPE>")
    parser.ProcessingInstructionHandler = lambda target, _: refuse(f"<?{target}?>")
    try:
        parser.Parse(source.encode("utf-8"), True)
        if styled and _reaches_out("".join(words)):
            refuse("<style>")
    except _ActsError as acts:
        yield ACTING_DRAWING.at(Location(path, max(1, parser.CurrentLineNumber)), markup=str(acts))
    except (expat.ExpatError, ValueError):
        yield ACTING_DRAWING.at(Location(path, max(1, parser.ErrorLineNumber)), markup="XML")


def _harmless(tag: str, qualified: str, value: str) -> bool:
    """Whether an attribute may stand: a picture inside a drawing is inspected as one beside it."""
    namespace, _, name = qualified.rpartition(" ")
    if name == "href" and namespace in {"", _XLINK}:
        match = _DATA.fullmatch(value) if tag == "image" else None
        if match is None:
            return re.fullmatch(r"#[\w.-]+", value) is not None
        import base64

        from licheng.sources.inspection import inspect

        data, kind = base64.b64decode(match[2]), next(each for each in TYPES if each.media_type.endswith(match[1]))
        return kind.matches(data) and not inspect(data, kind)
    if namespace:
        return namespace == _XML and name in {"space", "lang"}
    return name != "src" and not name.lower().startswith("on") and not _reaches_out(value)


def _reaches_out(css: str) -> bool:
    return _CSS.search(_CSS_OWN.sub("", css)) is not None
