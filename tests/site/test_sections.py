"""The search finds the sections that the theme's own parser finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from material.plugins.search.plugin import Parser, Section

from licheng.site.sections import sections

_ARTICLE = re.compile(r'<article class="md-content__inner md-typeset">(.*?)</article>', re.DOTALL)
ODD = {
    "nothing": "",
    "words alone": "a &amp; b\nc",
    "no heading": "<p>a</p>\n<p>b</p>",
    "a preface": '<p>a</p><h2 id="b">B</h2><p>c</p>',
    "a first heading without an id": '<h1>A</h1><h2 id="b">B</h2>',
    "a heading within a box": '<h1 id="a">A</h1><div><h2 id="b">B</h2><p>b</p></div><p>of A</p>',
    "two within a box": '<div><h2 id="b">B</h2><p>b</p><h3 id="c">C</h3>c</div><p>after</p>',
    "a permalink": '<h1 id="a">A <code>x</code><a class="headerlink" href="#a" title="x">#</a></h1>',
    "left out": '<h1 id="a">A</h1><div data-search-exclude><div>x</div><p>y</p></div><p>z</p>',
    "left out with a value": '<h2 id="a" data-search-exclude="">A</h2><p>a</p><h2 id="b">B</h2>',
    "numbers of lines": '<h1 id="a">A</h1><div class="linenodiv"><pre>1</pre></div><p>a</p>',
    "empty": '<h1 id="a">A</h1><p> </p><ul>\n<li></li>\n</ul><p>a</p><code></code>',
    "spaces": '<h1 id="a">A</h1>\n\n<pre><span></span><code>a\n\n  <span>b</span>\n</code></pre>\n \n<p>c</p>',
    "at once": '<h1 id="a">A</h1><p>a<br />b<img src="x.png" alt="&quot;" /></p><span/><p>c</p>',
    "not closed": '<h1 id="a">A</h1><div><p>a</div></p><b>b',
    "an odd sign": '<h1 id="a">A</h1><p>1 < 2 <3 & 4 &lt; 5</p>',
    "a comment": '<h1 id="a">A</h1><!-- <p>b</p> --><p>c</p>',
    "no quotes": "<h1 id=a>A</h1><p class='b'>c</p>",
    "capitals": '<H1 ID="a">A</H1><P>b</P>',
    "text to some": '<h1 id="a">A</h1><svg><title>a < b</title></svg><script>"<p>"</script><p>c</p>',
}


def facts(read: list[Section]) -> list[object]:
    return [(section.el.tag, section.is_excluded(), section.id, section.title, section.text) for section in read]


def themes(html: str) -> list[Section]:
    parser = Parser()
    parser.feed(html)
    parser.close()
    return list(parser.data)


@pytest.mark.parametrize("html", ODD.values(), ids=ODD)
def test_odd_pages_read_as_in_the_theme(html: str) -> None:
    assert facts(sections(html)) == facts(themes(html))


def test_pages_of_the_site_read_as_in_the_theme(site: Path) -> None:
    for name in (
        "",
        "status/",
        "guides/student/",
        "rules/QUO001/",
        "schemas/course-output/",
        "commands/check/",
        "rosters/",
    ):
        content = _ARTICLE.search((site / name / "index.html").read_text(encoding="utf-8"))
        assert content is not None, name
        assert facts(sections(content[1])) == facts(themes(content[1])), name
