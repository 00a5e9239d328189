"""A workbook `.xlsx` (ECMA-376) in which every cell is text: nothing is computed, shortened or taken for a date.

A cell that begins with `=`, `+`, `-` or `@` is a string by its type, not a formula, and stays one when somebody edits
it (`quotePrefix`). The bytes follow from the texts alone: no time, no program, no compression, whose result would
depend on the library of the machine.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Characters that XML cannot hold are escaped (ST_Xstring), and so is a text that only looks like an escaped one.
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f]")
# One style besides the default: text (format 49), which stays text when it is typed anew.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
    '<xf xfId="0"/><xf numFmtId="49" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]], identifier: str) -> bytes:
    """The file.

    Args:
        sheets: rows of texts by the names of sheets (at most 31 characters, as Excel has it), in their order.
        identifier: of the document (`dc:identifier`): what two files of the same texts may differ by.
    """
    texts: dict[str, int] = {}
    pages = [_sheet(rows, texts) for rows in sheets.values()]
    written = (escape(_ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)) for text in texts)
    strings = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in written)
    named = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    parts = {
        "[Content_Types].xml": _content_types(len(pages)),
        "_rels/.rels": _relations(
            (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": f'<coreProperties xmlns="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier>{escape(identifier)}</dc:identifier></coreProperties>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            *((f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(pages) + 1)),
            (f"{_OFFICE}/styles", "styles.xml"),
            (f"{_OFFICE}/sharedStrings", "sharedStrings.xml"),
        ),
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">{strings}</sst>',
        **{f"xl/worksheets/sheet{number}.xml": page for number, page in enumerate(pages, start=1)},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 0, 0  # the same on every system
            archive.writestr(info, (_HEAD + text).encode())
    return buffer.getvalue()


def _sheet(rows: Sequence[Sequence[str]], texts: dict[str, int]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = (
            f'<c r="{letters(column)}{number}" s="1" t="s"><v>{texts.setdefault(text, len(texts))}</v></c>'
            for column, text in enumerate(row)
            if text  # an empty text is no cell
        )
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def letters(column: int) -> str:
    """`A` of 0, `AA` of 26."""
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def _relations(*targets: tuple[str, str]) -> str:
    items = (
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(items)}</Relationships>'


def _content_types(sheets: int) -> str:
    parts = {
        "/xl/workbook.xml": f"{_TYPES}.sheet.main+xml",
        "/xl/styles.xml": f"{_TYPES}.styles+xml",
        "/xl/sharedStrings.xml": f"{_TYPES}.sharedStrings+xml",
        "/docProps/core.xml": _CORE,
        **{f"/xl/worksheets/sheet{number}.xml": f"{_TYPES}.worksheet+xml" for number in range(1, sheets + 1)},
    }
    overrides = (f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in parts.items())
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{relations}{"".join(overrides)}</Types>'
