"""The handbook's page on a school's year."""

from __future__ import annotations

from tests.e2e.handbook_page import Block, Place, blocks
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/operations/school-year.md"
from licheng.demo.media import pdf


def performed():
    return list(blocks(PAGE))


WORKS = """s1159001 novel chinese-1 讀完一部小說，整理人物的選擇。
s1159002 poem chinese-1 改寫一首新詩，說明每一處更動。
s1149001 essay chinese-3 比較兩篇議論文的論證。
s1149001 debate chinese-3 整理一場辯論的正反理由。
s1149001 travel english-3 用英文寫一份旅行計畫。
s1139001 archive chinese-5 訪談一位長輩，寫成口述史。
"""


def prepare(place):
    import subprocess
    subprocess.run(["git", "-C", place.repository, "config", "licheng.site", ""], check=True)
    (place.home("t009") / "探索.txt").write_text(
        "s1139001 資訊學群 先升學，再找相關工作。\ns1149001 外語學群 想到旅行社實習。\ns1159001 教育學群 還在探索。\n"
    )
    rosters = place.home("t002") / "名冊"
    rosters.mkdir()
    for name in ("students-1", "marks-1", "positions-1", "positions-1-first", "outputs-1-first", "activities-1-first"):
        (rosters / f"{name}.xlsx").write_bytes(name.encode() * 100)
    (place.home("t001") / "獎狀.pdf").write_bytes(pdf("prize"))
    (place.home("t012") / "證書.pdf").write_bytes(pdf("certificate"))
    inbox = place.home("t900") / "收件"
    inbox.mkdir()
    (inbox / "作品.txt").write_text(WORKS)
    for name in ("伴讀", "fourth", "interview", *(line.split()[1] for line in WORKS.splitlines())):
        (inbox / f"{name}.pdf").write_bytes(pdf(name.encode().hex()))
        (inbox / f"{name}.md").write_text("我從這件作品學到，先問自己為什麼。\n")


def hand_over(place, block):
    if block.anchor == "attendance":
        (place.home("t007") / "缺曠.txt").write_text("s1159001 2026-10-06 sick 2\ns1159001 2026-10-07 sick 7\ns1149003 2026-11-03 official 4\n")
    if block.anchor == "marks":
        half = block.term if hasattr(block, "term") else 1
        lines = []
        for year, start in ((113, 5), (114, 3), (115, 1)):
            for n in range(1, 31):
                for course in ("chinese", "english"):
                    lines.append(f"s{year}9{n:03} {course}-{start} {55 + (7 * n + start) % 45}\n")
        (place.home("t002") / "成績.txt").write_text("".join(lines))
    if block.anchor == "corrected":
        (place.home("t900") / "收件/poem.pdf").write_bytes(pdf("poem again"))
