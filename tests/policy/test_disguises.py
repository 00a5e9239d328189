"""Identity in other clothes is found where it stands, ordinary texts pass, and twice the text takes twice as long."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.policy import privacy
from licheng.policy.rendering import rendered
from tests.scaling import MOST, growth

# Specimens: the number of public explanations of the numbering, a telephone number in order, reserved domains.
IDS = """
A1&#50;3456789 | A1&#x32;3456789 | A1&#X32;3456789 | A1&#0050;3456789 | &#65;123456789
A1&amp;#50;3456789 | A\\123456789 | A123\\456\\789 | A1234<!-- -->56789 | A1234<!---->56789
A1234<!-- a > b -->56789 | A1234<b></b>56789 | A1234<b/>56789 | A1234<wbr>56789
A1234<span class="x">56</span>789 | A1234<br>56789 | A1234<!x>56789 | A1234<?x?>56789 | A123**456**789
A123*4*56789 | A123__456__789 | A123`456`789 | A1~~23456~~789 | A123==456==789 | A123^456^789
A123[456](x.md)789 | A123[456][ref]789 | [A123](x)456789 | [A1](x)[23](y)456789 | A 1 2 3 4 5 6 7 8 9
A-1-2-3-4-5-6-7-8-9 | A.123.456.789 | A_123_456_789 | A 123-456-789 | A(123)456(789) | A　123　456　789
Ａ１２３４５６７８９ | 𝐀𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗 | 𝙰𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿 | Ⓐ①②③④⑤⑥⑦⑧⑨ | A➊➋➌➍➎➏➐➑➒ | A١٢٣٤٥٦٧٨٩ | A१२३४५६७८९
A〡〢〣〤〥〦〧〨〩 | А123456789 | Α123456789 | Ꭺ123456789 | Á123456789 | A一二三四五六七八九
A壹貳參肆伍陸柒捌玖 | A1234&shy;56789 | A1234&nbsp;56789 | A1234&zwnj;56789 | A1234&#8203;56789
A1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣ | A1̲2̲3̲4̲5̲6̲7̲8̲9̲ | A%31%3234%356789 | %41123456789 | a123456789
A–123–456–789 | A‑123‑456‑789 | A—123456789 | A·123·456·789 | A•123456789 | A/123/456/789 | A、123456789
A1234<font color='red'>5</font>6789 | A&#49;&#50;&#51;&#52;&#53;&#54;&#55;&#56;&#57;
A1234<kbd>5</kbd>6789 | A 1234,56789 | A:123456789 | &#x41;&#49;23456789 | A1<i>2</i><i>3</i>456789
A1234<!-- --><!-- -->56789
"""
PHONES = """
0912345678 | 0912-345-678 | 0912 345 678 | 0912.345.678 | 0912/345/678 | 0912_345_678 | 0912,345,678
(0912)345678 | (09)12345678 | 0912(345)678 | 09-12-34-56-78 | 0 9 1 2 3 4 5 6 7 8 | 0-9-1-2-3-4-5-6-7-8
0.9.1.2.3.4.5.6.7.8 | 0,9,1,2,3,4,5,6,7,8 | 0、9、1、2、3、4、5、6、7、8 | +886912345678
+886 912 345 678 | +886-912-345-678 | +886 (0)912345678 | +886(0)912-345-678 | +886 0912345678
(+886)912345678 | +886-(0)912345678 | 00886912345678 | 00886-912-345-678 | 002-886-912-345-678
886912345678 | 886-912345678 | ＋８８６９１２３４５６７８ | ０９１２３４５６７８
０９１２　３４５　６７８ | ٠٩١٢٣٤٥٦٧٨ | 0912**345**678 | 0912<b>345</b>678 | 0912\\345\\678
0912&#51;45678 | 0912&nbsp;345&nbsp;678 | 0912<!-- -->345678 | [0912](tel:x)345678 | 零九一二三四五六七八
〇九一二三四五六七八 | ○九一二三四五六七八 | 零玖壹貳參肆伍陸柒捌 | (02)2345-6789 | 02-23456789
02 2345 6789 | (02) 2345 6789 | +886-2-2345-6789 | +886 (0)2 2345 6789 | +886223456789 | 0223456789
07-1234567 | 049-2345678 | ０２－２３４５６７８９ | 02&#45;23456789 | (02)2345<b></b>6789
tel:+886912345678 | 0 912 345 678 | 0&#57;12345678 | %30912345678 | 09①②③④⑤⑥⑦⑧ | 0912–345–678
0912‑345‑678 | 0912—345678 | 0912•345•678 | &plus;886912345678 | &lpar;02&rpar;23456789
"""
EMAILS = """
someone@school.example | someone&#64;school.example | someone&commat;school.example
someone&#x40;school.example | someone\\@school.example | someone@school&#46;example
someone@school&period;example | someone%40school.example | [x](mailto:someone%40school.example)
someone@<b>school</b>.example | someone<!-- -->@school.example | someone@sch**ool**.example
some**one**@school.example | someone [at] school.example | someone(at)school.example
someone [at] school [dot] example | someone{at}school(dot)example | someone <at> school.example
someone[@]school[.]example | ｓｏｍｅｏｎｅ＠ｓｃｈｏｏｌ．ｅｘａｍｐｌｅ | someone @ school.example
someone@ school.example | someone@school . example | `someone`@`school.example`
someone@school\\.example | SOMEONE@SCHOOL.EXAMPLE | someоne@school.example | <someone@school.example>
mailto:someone@school.example | "someone"@school.example | someone&#64school.example
someone@school。example | some.one+tag@mail.school.example | 王小明@學校.台灣 | someone﹫school.example
"""
LINES = {
    "A123456\n789": privacy.national_ids,
    "A123456\n    789": privacy.national_ids,
    "> A123456\n> 789": privacy.national_ids,
    "A1234<br />\n56789": privacy.national_ids,
    "A1234\t56789": privacy.national_ids,
    "0912\n345\n678": privacy.phones,
    "0912\n  345678": privacy.phones,
    "> 0912\n> 345678": privacy.phones,
    "0912\t345\t678": privacy.phones,
    "someone@\nschool.example": privacy.emails,
}
FAMILIES = ((IDS, privacy.national_ids), (PHONES, privacy.phones), (EMAILS, privacy.emails))
DISGUISED = {
    text.strip(): find for family, find in FAMILIES for line in family.strip().split("\n") for text in line.split(" | ")
} | LINES

ORDINARY = """
2026-09-11 至 2026-11-23，共 12 次。
115-1 學期，課程代碼 DEMO0011PHYSICS01。
總額 1,234,567,890 元，每人 1,200 元。
ISBN 978-957-13-1234-5，索書號 528.45 8643。
ISSN 0912-3456，DOI 10.1000/182。
圓周率 3.14159265358979323846，自然底數 2.718281828459045。
重力加速度 9.80665 m/s²，誤差 0.0912345678。
國教署 109 年 12 月 23 日臺教國署高字第 1090158888 號。
發文字號：1140912345 號。
統一編號 04595257，學校代碼 123456。
MD5 d41d8cd98f00b204e9800998ecf8427e
SHA-256 開頭是 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
https://www.school.example/a/0912-b/2026/11/23?id=12345&page=2
版本 1.10.0912，修訂 20261123。
下午 2:30-4:10，地點 201 教室。
座標 25.0330, 121.5654。
解析度 1920x1080，檔案 2,345,678 位元組。
比數 21-19、19-21、15-13。
心跳 72、75、80、78、90、88、76、74。
序列 0, 1, 1, 2, 3, 5, 8, 13, 21, 34
遞增 0 1 2 3 4 5 6 7 8 9
隨機數 8 3 9 1 2 7 5 4 6 0
二進位 0101 1010 0011 1100
十六進位 0x1A2B3C4D5E
IPv4 192.168.10.254，遮罩 255.255.255.0。
IPv6 2001:db8:85a3::8a2e:370:7334
車牌 ABC-1234，航班 BR0892，列車 123 次。
國道 1 號 25.6 公里，省道台 9 線。
電話請洽註冊組分機 101、102。
緊急請撥 110、119、113、1925、1999。
化學式 C6H12O6，反應式 2H2 + O2 → 2H2O。
多項式 x^2 + 2*x*y + y^2，係數 1*2*3。
式子 a_1 + a_2 + a_3，陣列 b[0][1]。
範圍 [0, 9]，集合 {1, 2, 3}。
百分比 12.5%、87.5%，折扣 20%off。
`git commit --amend`，`rebase -r origin/main`。
程式碼 `for i in range(0, 912345): print(i)`。
在第 02 章 2345 字裡。
第 1 版（2018-05-30）、第 2 版（2026-08-01）。
學生 s1130003，教師 t012，帳號 s1130003@licheng.invalid。
Co-authored-by: s1130003 <s1130003@licheng.invalid>
@everyone 請看公告，標記 @小明 與 @t012。
價格 @120/個，速度 @3.5x。
C# 與 C++，.NET 8.0，R&D，Q&A，AT&amp;T。
A&W、3 < 5、7 > 2、x<y、a<b>c 是比較。
5 < 7 且 9 > 4，故 0 < x < 10。
**粗體** 與 *斜體*，~~刪除~~。
[連結](https://school.example/p/12345678) 與 ![圖](a-1.png)。
表 1-2：平均 78.5，標準差 9.12。
一二三四五六七八九十，零下九度。
民國一百一十五年九月十一日，西元二〇二六年。
二〇一九年至二〇二六年，九十八萬七千六百五十四。
A 班 12 人、B 班 345 人、C 班 67 人。
選項 (A) 12 (B) 34 (C) 56 (D) 78
代號 B2、C12、D123、E1234。
A1234567，B12345678（英文字母加八碼）。
A123456788 不是合乎檢查碼的號碼。
編號 AB12345678、ABC123456789。
條碼 4710088412345，EAN 4719512345678。
帳號末五碼 12345，金額 NT$1,500。
身高 172.5 公分，體重 65.3 公斤，視力 0.9、1.2。
2026/09/11 09:12:34.567 開始。
時間戳記 1795838400，毫秒 1795838400000。
座號 09、12、34、56。
名次 1/345，分數 98/100。
緯度 23°58′12″，經度 120°57′34″。
閩南語 tâi-gí、客語 hag-gaˊ、族語 ʉ、ṟ。
email 是電子郵件的意思；at 與 dot 是英文字。
見 (at) 符號的歷史與 [dot] 的用法。
numpy 1.26.4、pandas 2.2.1、python 3.11.7
""".strip().split("\n")


@pytest.mark.parametrize(("text", "find"), DISGUISED.items(), ids=lambda value: None)
def test_found_where_it_stands(text: str, find: Callable[[str], object]) -> None:
    before = "第一行，寫在這裡。\n聯絡："
    [trace] = privacy.seen(f"{before}{text}，謝謝。\n", find)  # type: ignore[arg-type]
    assert len(before) <= trace.offset < trace.end <= len(before) + len(text)
    assert trace.offset - len(before) < max(5, len(text) // 2), "it begins where the number does"


def test_there_are_enough_of_both() -> None:
    assert len(DISGUISED) >= 120
    assert len(ORDINARY) >= 60


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary(text: str) -> None:
    assert list(privacy.traces(f"紀錄：\n{text}\n")) == []


@pytest.mark.parametrize(
    "text",
    [
        "王小明",
        "王 小 明",
        "王<b></b>小明",
        "王\\小明",
        "&#29579;小明",
        "王**小**明",
        "王-小-明",
        "王·小·明",
        "王\U000e0100小明",
    ],
)
def test_names(text: str) -> None:
    known = frozenset({"王小明"})
    [trace] = privacy.traces(f"感謝{text}協助", (), known)
    assert (trace.offset <= 7, trace.masked) == (True, "王○○")


def test_public_contacts_may_be_written_in_their_own_way_alone() -> None:
    contacts = frozenset({"(02)2345-6789"})
    assert list(privacy.traces("總機 (02)2345-6789", contacts)) == []
    assert len(list(privacy.traces("總機 (02)2345&#45;6789", contacts))) == 1


@given(st.text(alphabet="A1&#;<b>!-\\*[]()%40 \n9@at.{}零九", max_size=200))
def test_any_markup_is_read_and_every_place_is_in_the_text(text: str) -> None:
    view = rendered(text)
    if view is not None:
        places = [view.source(offset) for offset in range(len(view.text))]
        assert places == sorted(places)
        assert all(0 <= place < len(text) for place in places)
    for trace in privacy.traces(text):
        assert 0 <= trace.offset < trace.end <= len(text)


# What each pattern could go over again and again.
REPEATED = [
    *("0", "9", "09", "0 ", "0,9,", "A1", "A 1", "A-", "+886", "+", "(0", "8", "00", "1\n", "0\n   ", "0912\n> "),
    *("&", "&#", "&amp;", "&#50", "<", "<!--", "<!-", "<b ", "<b a='", "</", "<?", "[", "](", "][", "[a]", "%", "%4"),
    *(
        "\\",
        "*",
        "`",
        "~",
        "=",
        "==",
        "a@",
        "@",
        "a@b.",
        "a. ",
        "@ a",
        "[at",
        "(at) ",
        "零",
        "〇九",
        "\u0301",
        "a\u0301",
    ),
    *("\n", "\n \t>", "王", "Ａ", "①", "-", "–", "・", "{", "a.b"),
]


@pytest.mark.parametrize("part", REPEATED)
@pytest.mark.slow
def test_twice_the_text_takes_twice_as_long(part: str) -> None:
    def work(length: int) -> Callable[[], object]:
        text = "@&<A0" + part * (length // len(part))

        def look() -> None:
            privacy._of_short.cache_clear()
            privacy._of_long.cache_clear()
            privacy._views.cache_clear()
            privacy.fold.cache_clear()
            list(privacy.traces(text))

        return look

    assert growth(work, start=1_000) <= MOST
