"""What the handbook may publish: pages as rendered, drawings, files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from licheng.sources import handbook

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
ACTING = {
    "script": "<script>alert(1)</script>",
    "handler": '<rect onclick="alert(1)"/>',
    "handler in capitals": '<rect ONLOAD="alert(1)"/>',
    "web page": "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
    "use from outside": '<use xlink:href="https://example.org/a.svg#b"/>',
    "use of a neighbour": '<use href="b.svg#c"/>',
    "link": '<a href="javascript:alert(1)"><text>x</text></a>',
    "link by an entity": '<use href="&#106;avascript:alert(1)"/>',
    "animation": '<set attributeName="href" to="javascript:alert(1)"/>',
    "import": "<style>@import 'https://example.org/a.css';</style>",
    "style with a prefix": '<s:style xmlns:s="http://www.w3.org/2000/svg">x{fill:url(//example.org/a)}</s:style>',
    "fill from outside": '<rect fill="url(https://example.org/a.svg#b)"/>',
    "style attribute escaped": '<rect style="fill:\\75rl(//example.org/a)"/>',
    "picture from outside": '<image href="https://example.org/a.png"/>',
    "picture that is a drawing": '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
    "picture that is none": '<image href="data:image/png;base64,AAAA"/>',
    "html's script": '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
    "instruction": "<?xml-stylesheet href='https://example.org/a.css'?>",
    "not closed": "<g>",
}
PAGES = {
    "script": "# x\n\n<script>alert(1)</script>",
    "script in capitals": "<SCRIPT SRC=//example.org/a></SCRIPT>",
    "script behind a false comment": "x <!--><script>alert(1)</script>--> y",
    "script within svg": "<svg><script>alert(1)</script></svg>",
    "handler": '<p onclick="alert(1)">x</p>',
    "handler within a word": 'x <b onmouseover="alert(1)">y</b>',
    "handler by attribute list": '# x { onclick="alert(1)" }',
    "handler by attribute list of a paragraph": "x\n{ onmouseover=alert(1) }",
    "style by attribute list": 'x\n{ style="position:fixed" }',
    "javascript": "[x](javascript:alert(1))",
    "javascript by entities": "[x](&#106;avascript:alert(1))",
    "javascript by more entities": '<a href="java&Tab;script&colon;alert(1)">x</a>',
    "javascript by reference": "[x][y]\n\n[y]: JaVaScRiPt:alert(1)",
    "vbscript": "[x](vbscript:msgbox)",
    "data": "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "autolink": "<javascript:alert(1)>",
    "style": "<style>*{display:none}</style>",
    "input": '<input autofocus onfocus="alert(1)">',
    "details that acts": '<details open ontoggle="alert(1)"><summary>x</summary></details>',
    "id of the theme": "# x { #__config }",
    "template": "---\ntemplate: 404.html\n---\n# x",
    "template without fences": "template: 404.html\n\n# x",
    "description that leaves its attribute": "---\ndescription: '\"><base href=x>'\n---\n# x",
    "mathml": "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
}
OUTSIDE = {
    "picture": "![x](https://example.org/a.png)",
    "picture without a scheme": "![x](//example.org/a.png)",
    "picture with backslashes": r'<img src="\\example.org\a.png" alt="x">',
    "picture by reference": "![x][y]\n\n[y]: http://example.org/a.png",
    "frame": '<iframe src="https://example.org"></iframe>',
    "form": '<form action="https://example.org"></form>',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://example.org">',
    "base": '<base href="https://example.org/">',
    "object": '<object data="x.swf"></object>',
    "film": '<video src="https://example.org/a.mp4"></video>',
}
FINE = {
    "table in a box": '<div class="lc-table" role="region" tabindex="0" aria-label="表" markdown="1">\n\n'
    "| 一 | 二 |\n| :-- | --: |\n| 1 | 2 |\n\n</div>",
    "details": "<details><summary>看更多</summary>\n\n內容\n\n</details>",
    "figure": '<figure markdown="1">\n![圖](../pictures/a.png)\n<figcaption>說明</figcaption>\n</figure>',
    "links": "[國教署](https://www.k12ea.gov.tw/) <https://example.org> [信](mailto:office@example.org)",
    "code about scripts": "```html\n<script>alert(1)</script>\n```\n\n`<iframe onload=x>` 與 `javascript:`",
    "attribute lists": "# 標題 { #here .lc-lead }\n\n字\n{ lang=en }",
    "front matter": "---\ntitle: 頁\nsearch: {boost: 0.1}\n---\n# x",
    "admonition": '!!! note "注意"\n    字\n\n??? tip\n    字',
    "signs": "1 < 2 & 3 > 2，AT&T",
}


@pytest.mark.parametrize("inner", ACTING.values(), ids=ACTING)
def test_a_drawing_that_acts_is_refused(inner: str) -> None:
    assert [found.code for found in handbook.drawing("a.svg", SVG.format(inner))] == ["HBK003"]


@pytest.mark.parametrize("doctype", ['[<!ENTITY a "b">]', 'SYSTEM "file:///etc/passwd"'])
def test_a_drawing_declares_nothing(doctype: str) -> None:
    source = f"<!DOCTYPE svg {doctype}>" + SVG.format("<text>x</text>")
    assert [found.code for found in handbook.drawing("a.svg", source)] == ["HBK003"]


def test_a_drawing_of_shapes_is_published() -> None:
    inner = (
        '<defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs><style>.b{fill:url(#a)}</style>'
        '<title>圖</title><g class="b" style="fill:url(#a)"><use xlink:href="#a"/>'
        '<text xml:space="preserve">字</text></g>'
    )
    assert not list(handbook.drawing("a.svg", SVG.format(inner)))


@pytest.mark.parametrize("source", PAGES.values(), ids=PAGES)
def test_a_page_that_acts_is_refused(source: str) -> None:
    assert {found.code for found in handbook.page("a.md", source)} == {"HBK004"}


@pytest.mark.parametrize("source", OUTSIDE.values(), ids=OUTSIDE)
def test_a_page_gets_nothing_from_outside(source: str) -> None:
    assert "HBK005" in {found.code for found in handbook.page("a.md", source)}


@pytest.mark.parametrize("source", FINE.values(), ids=FINE)
def test_an_ordinary_page_is_published(source: str) -> None:
    assert not list(handbook.page("a.md", source))


def test_the_page_is_judged_with_the_extensions_of_the_site() -> None:
    text = Path("mkdocs.yml").read_text(encoding="utf-8")
    settings = yaml.load(text.replace("!ENV", ""), Loader=yaml.BaseLoader)  # noqa: S506 - text only
    assert set(settings["markdown_extensions"]) == set(handbook.EXTENSIONS)
