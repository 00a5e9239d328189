"""The pictures of the platform in the guides: of the real platform, before a real gate, of a school of its own.

What a page shows of a student, an id or words of a work, is put in other words before the picture is taken: the school
is invented, but by the same generator as the site's own. Colours are few, so that a picture is small.
"""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from licheng.demo.media import pdf
from licheng.platform.serving import demo_server
from licheng.sources import yaml
from tests.command import licheng
from tests.platform.browser.phones import DEAN, REGISTRAR, Phone, School, opened, witnessed

COLOURS = 24
PHONE, DESK = (360, 760), (820, 620)
ACTIVITIES = "t008"
WORDS = "拍圖用的一件作品，內容是虛構的。"
# Ids as nobody's, words and names of our own, a mark, and nothing that only a keyboard shows.
_OWN = """([mark, words]) => {
  document.querySelector(".skip")?.remove();
  document.querySelector(".demo")?.remove();
  const own = text => {
    let ours = text.replace(/\\bs1(?=\\d{6}\\b)/g, "s9");
    for (const [theirs, other] of words) ours = ours.replaceAll(theirs, other);
    return ours;
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.nodeValue = own(walk.currentNode.nodeValue);
  for (const field of document.querySelectorAll("input:not([type=file]), textarea")) field.value = own(field.value);
  const bar = document.createElement("p");
  bar.textContent = mark;
  const look = {margin: "0", padding: "4px 16px", background: "#2a322e", color: "#e6ebe8", fontSize: "13px"};
  Object.assign(bar.style, look);
  document.body.prepend(bar);
  document.activeElement?.blur();
}"""


class Camera:
    """Takes pictures of pages, and keeps what stands on them.

    Args:
        folder: of the pictures.
        mark: what each says of itself.
        words: of the school's works, and what stands for each.
    """

    def __init__(self, folder: Path, mark: str, words: list[tuple[str, str]]) -> None:
        self.folder = folder
        self.texts: dict[Path, str] = {}
        self._said = [mark, words]

    def take(self, page: Page, name: str, size: tuple[int, int] = PHONE, at: str = "") -> None:
        """A page as it first appears, or from an element on."""
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate(_OWN, self._said)
        top = page.locator(at).first.evaluate("node => node.getBoundingClientRect().top + scrollY - 70") if at else 0
        page.evaluate(
            "top => { document.body.firstChild.style.position = 'sticky';"
            "document.body.firstChild.style.top = '0'; scrollTo(0, top); }",
            top,
        )
        whole = min(size[1], page.evaluate("document.documentElement.scrollHeight - scrollY"))
        data = page.screenshot(
            clip={"x": 0, "y": page.evaluate("scrollY"), "width": size[0], "height": whole}, full_page=True
        )
        target = self.folder / f"screen-{name}.png"
        with Image.open(io.BytesIO(data)) as picture:
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(target, optimize=True)
        self.texts[target] = page.locator("body").inner_text()


def words_of(school: Path) -> list[tuple[str, str]]:
    """Every line of a work and every file's name, and ours; the longest first."""
    ours = {"course-outputs-regular/": "course-outputs/"}  # as students' records name the receipt
    for path in sorted((school / "content/students").rglob("*")):
        if path.is_file() and path.suffix not in {".md", ".yaml"}:
            ours[path.name] = f"illustration{path.suffix}"
        elif path.suffix == ".md":
            _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
            summary = yaml.parse(head).get("summary", "")
            lines = [summary, *body.splitlines()]
            ours |= {line.strip(): WORDS for line in lines if len(line.strip()) > 5}
    return sorted(ours.items(), key=lambda pair: -len(pair[0]))


def photographs(browser: Browser, root: Path, folder: Path, pictures: Path, mark: str, seed: int) -> dict[Path, str]:
    """Take all of them; what stands on each.

    Args:
        browser: Chromium.
        root: of the demo school.
        folder: for the server and the platform.
        pictures: where they go.
        mark: see `Camera`.
        seed: of the school.
    """
    camera = Camera(pictures, mark, words_of(root))
    with opened(demo_server(root, folder / "school.git"), seed) as school:
        item, teacher = waiting(root)
        student = item.split("/")[3]
        of_student(Phone(browser, school), camera, student)
        dean = Phone(browser, school)
        of_teacher(Phone(browser, school), dean, camera, teacher)
        of_staff(browser, school, dean, camera, student)
    return camera.texts


def waiting(root: Path) -> tuple[str, str]:
    """An item of this term that waits for a teacher, and the first of its teachers."""
    queue = (line.split("  ") for line in licheng(root, "queue").stdout.splitlines())
    line = next(each for each in queue if "/terms/115-1/" in each[0] and each[4] == "已送出")
    return line[0], line[3].split(", ")[0]


def of_student(phone: Phone, camera: Camera, student: str) -> None:
    """What is due, the form of a work, its receipt, what the agency received, and who has looked."""
    page, origin = phone.page, phone.origin
    phone.sign_in(student)
    page.goto(f"{origin}/me")
    camera.take(page, "me")
    page.goto(f"{origin}/me/new")
    page.locator("form:has([value=course-output]) button").first.click()
    page.locator("[name=course]").select_option(index=1)
    page.fill("[name=summary]", "拍圖用的一份報告：內容是虛構的。")
    page.fill("[name=_body]", "拍圖用的反思，打的字會自動存起來。")
    page.set_input_files(
        "[name=_file]", {"name": "illustration.pdf", "mimeType": "application/pdf", "buffer": pdf("A report")}
    )
    page.locator("#attach").click()
    page.wait_for_load_state("networkidle")
    camera.take(page, "form", at="label[for=f-course]")
    page.reload()
    page.locator("#record > button[value=submit]").click()
    page.wait_for_load_state("networkidle")
    assert "/me/tickets/" in page.url, page.locator("#form-errors").inner_text()
    camera.take(page, "ticket")
    page.goto(f"{origin}/me/receipts")
    camera.take(page, "receipts")
    page.goto(f"{origin}/log")
    camera.take(page, "log")


def of_teacher(phone: Phone, dean: Phone, camera: Camera, teacher: str) -> None:
    """From no passkey to the signing page: what the teacher sees, and what the coordinator sees."""
    page, origin = phone.page, phone.origin
    phone.sign_in(teacher)
    page.goto(f"{origin}/passkey/new")
    phone.sign(touches=2)
    camera.take(page, "passkey")
    dean.sign_in(DEAN)
    dean.page.goto(f"{origin}/enrolments")
    camera.take(dean.page, "enrolments", DESK)
    witnessed(phone, dean, teacher)
    page.goto(f"{origin}/queue")
    work = page.locator("ul.items a").first.get_attribute("href") or ""
    camera.take(page, "works")
    page.goto(f"{origin}{work}")
    page.wait_for_load_state("networkidle")
    camera.take(page, "work")
    page.goto(f"{origin}/certify?item={work.removeprefix('/students/')}")
    page.locator("input[value=certified]").check()
    camera.take(page, "decide")
    page.reload()
    page.locator("input[value=certified]").check()
    page.locator("main form button").click()
    phone.sign(touches=1, press=partial(touched, camera))


def touched(camera: Camera, page: Page, selector: str) -> None:
    """Press a button; of the signing page, take its picture first and put the page's words back."""
    if selector == "#act":
        page.evaluate("document.body.dataset.kept = document.querySelector('main').innerText")
        camera.take(page, "signing")
    page.click(selector)


def of_staff(browser: Browser, school: School, dean: Phone, camera: Camera, student: str) -> None:
    """The tutor's class, a unit's form and workbook, the registry's page of answers, the secretary's duties."""
    origin, tutor = dean.origin, holder_of("class-tutor", school, "12a")
    for staff, path, name in (
        (tutor, "/class/12a", "group"),
        (REGISTRAR, "/answers?class=12a", "answers"),
        (DEAN, "/duties", "duties"),
        (holder_of("it-head", school), "/operations/accounts", "accounts"),
    ):
        desk = Phone(browser, school)
        desk.sign_in(staff)
        desk.page.goto(f"{origin}{path}")
        camera.take(desk.page, name, DESK)
    unit = Phone(browser, school)
    unit.sign_in(ACTIVITIES)
    unit.page.goto(f"{origin}/passkey/new")
    unit.sign(touches=2)
    witnessed(unit, dean, ACTIVITIES)
    page = unit.page
    page.goto(f"{origin}/records/position?student={student}")
    page.locator("main form[method=post] button").click()
    for field, text in {
        "organisation": "班級",
        "title": "衛生股長",
        "starts": "2026-09-01",
        "ends": "2027-01-20",
    }.items():
        page.fill(f"[name={field}]", text)
    page.select_option("[name=level]", "2")
    camera.take(page, "record", DESK, at="#record")
    page.goto(f"{origin}/records/import")
    rows = (
        f"學生代號,單位名稱,擔任職務,幹部等級,開始日期,結束日期\r\n{student},班級,康樂股長,2,2026-09-01,2027-01-20\r\n"
    )
    page.set_input_files("#file", {"name": "list.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-8-sig")})
    page.select_option("#import", "positions")
    page.locator("main form button").click()
    page.wait_for_url(f"{origin}/records/sign/*")
    camera.take(page, "upload", DESK)


def holder_of(post: str, school: School, class_name: str = "") -> str:
    """Who holds a post now, of a class or of the school."""
    staff: Any = yaml.parse(school.show("content/school/staff.yaml").decode())
    return next(
        str(person["id"])
        for person in staff["staff"]
        for each in person["posts"]
        if (each["post"], each.get("class", "")) == (post, class_name) and each.get("to", "9") > "2026-11-23"
    )
