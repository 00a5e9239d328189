"""Someone who visits pages and notices what they should not do."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize

# What axe does slowly, done quickly; it finds the same. It looks each node up among all that it has asked about, one by
# one; it keeps the parts of each of many thousand colours outside of it, and makes sure of them at every use; it puts
# the name of a style together whenever it asks a node for it; it asks any two nodes that lie upon another for their
# roots, though no page has a second one; and it copies the text of each node.
_KNOWN = """(asked => {
  const {length} = asked;
  let known = new Map();
  function answerOne(first) {
    let answer = known.get(first);
    if (answer === undefined && !known.has(first)) {
      answer = asked.apply(this, arguments);
      known.set(first, answer);
    }
    return answer;
  }
  function answer(...given) {
    let place = known;
    for (let number = 0; number < length - 1; number++) {
      place.has(given[number]) || place.set(given[number], new Map());
      place = place.get(given[number]);
    }
    const last = given[length - 1];
    place.has(last) || place.set(last, asked.apply(this, given));
    return place.get(last);
  }
  return Object.assign(length === 1 ? answerOne : answer, {clear: () => { known = new Map(); }});
})"""
_SLOT = """class Slot {
  has() { return false; }
  add() {}
  set() {}
}
"""
_STYLES = """const STYLES = {};
"""
_STYLE = """function (name) {
  const place = STYLES[name] ||= `computedStyle_${name}`, {_cache} = this, known = _cache[place];
  if (known !== undefined) return known;
  _cache.computedStyle ||= window.getComputedStyle(this.actualNode);
  return _cache[place] = _cache.computedStyle.getPropertyValue(name);
}"""
_WITHOUT_COPIES = ";axe.configure({noHtml: true})"
# Where axe keeps what is private of a colour it keeps nothing: a colour has its parts itself.
_PART = """
  Object.defineProperty(prototype, "PART", {
    get() { return this._PART; },
    set(value) { this._PART = value; this._WHOLE = Math.round(255 * Math.min(Math.max(0, value), 1)); },
  });
  Object.defineProperty(prototype, "WHOLE", {
    get() { return this._WHOLE; },
    set(value) { this._PART = value / 255; this._WHOLE = Math.min(Math.max(0, value), 255); },
  });"""
_PARTS = "".join(_PART.replace("PART", name[0]).replace("WHOLE", name) for name in ("red", "green", "blue"))
# It reads each colour of each text anew, through a library of colour spaces: half of what contrast takes. A text that
# it has read once it reads from here; what it cannot read it refuses each time as before.
_COLOURS = (
    ";(({prototype}) => {"
    + _PARTS
    + """
  const read = prototype.parseString, known = new Map();
  prototype.parseString = function (text) {
    if (!known.has(text)) {
      read.call(this, text);
      known.set(text, [this.r, this.g, this.b, this.alpha]);
    }
    [this.r, this.g, this.b, this.alpha] = known.get(text);
    return this;
  };
})(axe.commons.color.Color)"""
)


def _replaced(pattern: str, by: Callable[[re.Match[str]], str], script: str) -> str:
    changed, times = re.subn(pattern, by, script)
    assert times == 1, f"axe no longer has {pattern}"
    return changed


def _quick(axe: str) -> str:
    memory = r"(?<=axe\._memoizedFns=\[\],function\(e\)\{return e=)\(0,\w+\.default\)(?=\(e\))"
    parts = r"(?<=\()(?:\w+=new WeakMap,){6}\w+=new WeakSet(?=,)"  # of a colour: r, g, b, red, green, blue, its method
    mine = r'if\("function"==typeof e\?e===t:e\.has\(t\)\)(return .{,30};)throw new TypeError\("Private[^"]*"\)'
    style = r'(?<="getComputedStylePropertyValue",value:)function\(e\)\{var t="computedStyle_".*?\}(?=\},\{key:)'
    size = r'var t=(\w+\(e\.actualNode\))(?=,n=parseInt\(e\.getComputedStylePropertyValue\("height"\)\))'
    roots = r"a\.getRootNode(?=&&a\.getRootNode\(\)!==o\.getRootNode\(\)\))"
    known = _replaced(memory, lambda _: _KNOWN, axe)
    inside = _replaced(parts, lambda fields: re.sub("new Weak(?:Map|Set)", "new Slot", fields[0]), known)
    sure = _replaced(mine, lambda check: check[1], inside)
    styled = _replaced(style, lambda _: _STYLE, sure)
    sized = _replaced(size, lambda scrolls: f"if(!{scrolls[1]})return!1;{scrolls[0]}", styled)
    rooted = _replaced(roots, lambda _: "axe._tree[0]._hasShadowRoot", sized)
    return _SLOT + _STYLES + rooted + _WITHOUT_COPIES + _COLOURS


AXE = _quick(Axe().axe_script)
# Where the test's server holds axe: what a site serves itself, the browser compiles once and not for each page.
AXE_PATH = "axe.js"
# All in one call: scheme, width, and what axe finds; everything that axe saw would be megabytes.
_SEEN = """async ({axe: source, rules}) => {
  const scheme = document.body.dataset.mdColorScheme;
  window.axe || await loaded(source);
  await settled();
  const wide = document.documentElement.scrollWidth;
  const {violations} = await axe.run({resultTypes: ["violations"], rules});
  return {scheme, wide, violations: violations.map(
    rule => `${rule.id} ${JSON.stringify(rule.nodes.map(node => node.target))}`)};

  function loaded(source) {
    const script = Object.assign(document.createElement("script"), {src: source});
    document.head.append(script);
    return new Promise((done, failed) => Object.assign(script, {onload: done, onerror: failed}));
  }

  // The theme measures its sidebars after loading; what axe sees in between nobody sees.
  function settled() {
    const heights = () => [...document.querySelectorAll(".md-sidebar__scrollwrap")].map(
      bar => `${bar.style.height} ${bar.scrollHeight > bar.clientHeight}`).join();
    return new Promise(done => {
      const again = (before, same) => requestAnimationFrame(() => {
        const now = heights();
        now === before && same > 1 ? done() : again(now, now === before ? same + 1 : 0);
      });
      again(heights(), 0);
    });
  }
}"""
# A reader follows a link: the theme fetches the page and swaps what it says, and its scripts and ours look at it anew.
# Of what is swapped in, the browser does not say that the policy forbids to handle an event within the text.
_FOLLOWED = """async path => {
  const link = Object.assign(document.createElement("a"), {href: path});
  let open = true, watching;
  const swapped = new Promise(done => { watching = document$.subscribe(() => open || done()); });
  open = false;
  document.body.append(link);
  // Until it has read the list of pages, the theme takes no link, and the browser would load the page.
  for (let left = 300; !taken(); left--) {
    if (!left) throw new Error(`the theme does not take ${path}`);
    await new Promise(requestAnimationFrame);
  }
  link.remove();
  await swapped;
  watching.unsubscribe();
  const coming = [...document.images].filter(image => !image.complete && image.loading !== "lazy");
  await Promise.all(coming.map(image => new Promise(done => Object.assign(image, {onload: done, onerror: done}))));
  const handlers = document.evaluate("//@*[starts-with(name(), 'on')]", document, null, XPathResult.STRING_TYPE);
  return [location.pathname, handlers.stringValue];

  function taken() {
    let answer = false;
    const last = event => { answer = event.defaultPrevented; event.preventDefault(); };
    addEventListener("click", last, {once: true});
    link.click();
    return answer;
  }
}"""
Scheme = Literal["light", "dark"]
WIDTHS = (360, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def until(page: Page, condition: str) -> None:
    """Wait for a condition; the browser's own way evaluates text again and again, which the site's policy forbids."""
    again = f"const again = () => {condition} ? done() : requestAnimationFrame(again)"
    page.evaluate(f"new Promise(done => {{ {again}; again(); }})")


def _size(width: int) -> ViewportSize:
    return {"width": width, "height": 800}


class Visitor:
    """One window at a time; `faults` holds what any of them did that a page of ours must not.

    Attributes:
        faults: console errors and warnings, script errors, requests to anywhere else, since they were last asked for.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.faults: list[str] = []
        self._browser = browser
        self._contexts: dict[tuple[int, str], BrowserContext] = {}

    def open(self, path: str, width: int = 1280, scheme: Scheme = "light") -> Page:
        """A page that has finished loading, in a window of that width and scheme."""
        context = self._contexts.get((width, scheme)) or self._window(width, scheme)
        page = context.pages[0]
        if page.viewport_size != _size(width):
            page.set_viewport_size(_size(width))
        page.goto(self.address + path, wait_until="load")
        return page

    def follow(self, path: str, width: int = 1280, scheme: Scheme = "light") -> Page:
        """The same by a link from the page that is open in that window, which the theme swaps in place."""
        page = self._contexts[width, scheme].pages[0]
        pathname, handler = page.evaluate(_FOLLOWED, f"/{path}")
        assert pathname == f"/{path}"
        if handler:
            self.faults.append(handler)
        return page

    def _window(self, width: int, scheme: Scheme) -> BrowserContext:
        context = self._browser.new_context(
            viewport=_size(width), color_scheme=scheme, locale="zh-TW", accept_downloads=True
        )
        self._contexts[width, scheme] = context
        self._watch(context.new_page())
        return context

    def _watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.faults.append(said.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", f"blob:{self.address}")):
            self.faults.append(request.url)

    def leave(self) -> None:
        for context in self._contexts.values():
            context.close()


def look(page: Page, width: int, scheme: Scheme, *, contrast: bool = True) -> list[str]:
    """What is wrong with how an open page looks: wrong scheme, sideways scrolling, what axe finds.

    To compute the contrast of every text takes axe longer than all its other rules together.
    """
    rules = {} if contrast else {"color-contrast": {"enabled": False}}
    seen = page.evaluate(_SEEN, {"axe": f"/{AXE_PATH}", "rules": rules})
    wanted = "slate" if scheme == "dark" else "default"
    wrong: list[str] = [] if seen["scheme"] == wanted else [f"not in the {scheme} scheme"]
    if seen["wide"] > width:
        wrong.append(f"{seen['wide']} px wide")
    return [*wrong, *seen["violations"]]
