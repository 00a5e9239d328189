"""What may stand in the handbook, which everybody's browser opens: files, drawings and pages."""

from __future__ import annotations

from collections.abc import Callable

from licheng.demo.media import pdf, png
from tests.gate.corpus.registry import ACCEPTED, REFUSED, Ask, Refused, by, refused
from tests.gate.scene import GUIDANCE, Scene
from tests.inspection import samples

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
GPS = samples.photo(samples.exif(gps=True))
ACTING = samples.document(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")

# name: the code, the file, what it holds
BAD: dict[str, tuple[str, str, bytes | str]] = {
    "handbook_pdf_that_acts": ("HBK002", "form.pdf", ACTING),
    "handbook_photo_with_a_place": ("HBK002", "hall.jpg", GPS),
    "handbook_web_page": ("HBK001", "page.html", "<p>x</p>"),
    "handbook_program": ("HBK001", "setup.exe", b"MZ\x90\0"),
    "handbook_renamed_web_page": ("HBK001", "hall.png", "<script>alert(1)</script>"),
    "handbook_drawing_with_a_script": ("HBK003", "a.svg", SVG.format("<script>alert(1)</script>")),
    "handbook_drawing_with_a_handler": ("HBK003", "a.svg", SVG.format('<rect onload="alert(1)"/>')),
    "handbook_drawing_with_a_web_page": ("HBK003", "a.svg", SVG.format("<foreignObject/>")),
    "handbook_drawing_that_uses_another": ("HBK003", "a.svg", SVG.format('<use href="https://example.org/a.svg#a"/>')),
    "handbook_drawing_with_an_entity": ("HBK003", "a.svg", '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("")),
    "handbook_page_with_a_script": ("HBK004", "a.md", "# 頁\n\n<script>alert(1)</script>\n"),
    "handbook_page_with_a_handler": ("HBK004", "a.md", '# 頁 { onclick="alert(1)" }\n'),
    "handbook_disguised_link": ("HBK004", "a.md", "# 頁\n\n[看](&#106;avascript:alert(1))\n"),
    "handbook_other_template": ("HBK004", "a.md", "---\ntemplate: 404.html\n---\n\n# 頁\n"),
    "handbook_frame": ("HBK005", "a.md", '# 頁\n\n<iframe src="https://example.org/"></iframe>\n'),
    "handbook_picture_from_outside": ("HBK005", "en/a.md", "# Page\n\n![x](https://example.org/a.png)\n"),
    "handbook_page_with_an_id_number": ("PRI001", "a.md", "# 頁\n\n證號 A123456789。\n"),
}
TABLE = (
    '# 頁\n\n<div class="lc-table" role="region" tabindex="0" aria-label="表" markdown="1">\n\n'
    "| 一 | 二 |\n| --- | --: |\n| 1 | 2 |\n\n</div>\n\n<details><summary>更多</summary>內容</details>\n"
)
DRAWING = SVG.format('<title>圖</title><path d="M0 0h9v9z" fill="url(#a)"/><text x="1" y="2">字</text>')
GOOD: dict[str, tuple[str, bytes | str]] = {
    "handbook_first_page": ("new.md", "# 頁\n"),
    "handbook_first_page_of_those_named": ("start.md", "# 開始\n"),
    "handbook_page_with_table_and_details": ("a.md", TABLE),
    "handbook_page_with_outside_link": ("a.md", "# 頁\n\n[國教署](https://www.k12ea.gov.tw/)\n"),
    "handbook_clean_picture": ("pictures/a.png", png("gate")),
    "handbook_clean_document": ("form.pdf", pdf("gate")),
    "handbook_clean_drawing": ("a.svg", DRAWING),
}


def _brings(name: str, content: bytes | str) -> Callable[[Scene], Ask]:
    return lambda s: by(s, GUIDANCE, {f"content/handbook/{name}": content})


for _case, (_code, _name, _content) in BAD.items():
    REFUSED[_case] = Refused(_code, _brings(_name, _content))
for _case, (_name, _content) in GOOD.items():
    ACCEPTED[_case] = _brings(_name, _content)


@refused("HBK006")
def handbook_page_of_a_training_deleted(s: Scene) -> Ask:
    pages = ("start.md", "privacy.md")
    base = s.commit({f"content/handbook/{page}": "# 頁\n" for page in pages}, GUIDANCE)
    return Ask(s.commit({"content/handbook/start.md": None}, GUIDANCE, parent=base), GUIDANCE, {"base": base})
