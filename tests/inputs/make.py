"""Makes the small PDFs that tests are fed with: good ones with a twist, and bad ones.

Needs the packages `typst`, `pikepdf`, `pymupdf`, `pypdfium2`, `pillow`, and the fonts of the Debian
package `fonts-noto-cjk`. Run: python3 make.py
"""

from io import BytesIO
from pathlib import Path

import hostile
import pikepdf
import pymupdf
import pypdfium2
import typst
from pikepdf import Array, Dictionary, Name, Pdf

HERE = Path(__file__).parent

ZH = (
    "灯塔的灯器由六组菲涅耳透镜组成，每十二秒旋转一周。守塔人每天黄昏前半小时点灯，日出后熄灯，"
    "并在日志里写下风向、能见度和过往船只的数目。一九三七年的台风毁掉了东侧的防波堤，塔身却没有倾斜。"
)


def main() -> None:
    not_a_pdf()
    (HERE / "empty.pdf").write_bytes(b"")
    truncated()
    cut_at_end()
    password()
    huge_page()
    zero_pages()
    no_text()
    rotated()
    cropped()
    two_column_zh()
    two_column_rows()
    tangled()
    vertical_zh()
    garbled()
    forms()
    boxes()
    ligatures()
    hostile.main()
    for file in sorted(HERE.glob("*.pdf")):
        print(f"{file.name}: {file.stat().st_size} bytes")


def typeset(source: str) -> bytes:
    """A PDF set by typst; CJK text in Noto, subset."""
    work = HERE / "_work.typ"
    work.write_text(source, encoding="utf-8")
    try:
        return typst.compile(str(work), format="pdf")
    finally:
        work.unlink()


def page(body: str, paper: str = "a5", extra: str = "") -> str:
    return (
        f'#set page(paper: "{paper}", margin: 2cm{extra})\n'
        '#set text(font: "Noto Serif CJK SC", size: 11pt, lang: "zh", region: "cn")\n'
        "#set par(justify: true, first-line-indent: (amount: 2em, all: true))\n" + body
    )


def save(pdf: Pdf, name: str, **options: object) -> None:
    pdf.save(HERE / name, deterministic_id=not options, **options)


def not_a_pdf() -> None:
    (HERE / "not_a_pdf.pdf").write_text("这是一封信，不是 PDF。\nThis is a letter, not a PDF.\n" * 20, encoding="utf-8")


def truncated() -> None:
    """A download that broke off: compressed objects cut through the middle, beyond repair."""
    whole = typeset(page(ZH * 12))
    (HERE / "truncated.pdf").write_bytes(whole[: len(whole) // 2])


def cut_at_end() -> None:
    """Only the last lines are gone: PDFium looks for the objects itself and finds them."""
    whole = plain_pdf()
    (HERE / "cut_at_end.pdf").write_bytes(whole[: whole.rfind(b"startxref")])


def plain_pdf() -> bytes:
    """Uncompressed, with a classic cross-reference table, one Latin font that needs no file."""
    document = pymupdf.open()
    for number in range(1, 4):
        sheet = document.new_page(width=400, height=300)
        sheet.insert_text((40, 60), f"Log of the lighthouse, page {number}.", fontname="helv", fontsize=12)
        sheet.insert_text((40, 90), f"On day {number} the lamp burned for {number * 3} hours.", fontname="helv", fontsize=11)
    return document.tobytes(no_new_id=True)


def password() -> None:
    with Pdf.open(BytesIO(typeset(page(f"= 密函\n{ZH}")))) as pdf:
        lock = pikepdf.Encryption(owner="yinju-owner", user="yinju", R=6, aes=True)
        save(pdf, "password.pdf", encryption=lock)


def huge_page() -> None:
    document = pymupdf.open()
    sheet = document.new_page(width=20_000, height=20_000)
    sheet.insert_text((1_000, 2_000), "The wall chart measures twenty thousand points.", fontname="helv", fontsize=300)
    sheet.insert_text((1_000, 19_000), "Its lower edge is far away.", fontname="helv", fontsize=300)
    (HERE / "huge_page.pdf").write_bytes(document.tobytes(no_new_id=True))


def zero_pages() -> None:
    with Pdf.new() as pdf:
        save(pdf, "zero_pages.pdf")


def no_text() -> None:
    """Two scanned pages: images, no text layer."""
    source = typeset(page(f"= 扫描件\n{ZH}\n#pagebreak()\n{ZH}"))
    images = [p.render(scale=1.1, grayscale=True).to_pil() for p in pypdfium2.PdfDocument(source)]
    images[0].save(HERE / "no_text.pdf", "PDF", resolution=80, save_all=True, append_images=images[1:], quality=40)


def rotated() -> None:
    """A page turned by 0, 90, 180 and 270 degrees, one whose content is turned against the page so
    that it reads level, and one whose content runs up an upright page."""
    body = "#pagebreak()\n".join(f"= 第{n}页\n{ZH}\n\nTurned page {n}.\n" for n in "一二三四五六")
    with Pdf.open(BytesIO(typeset(page(body)))) as pdf:
        for turns, sheet in enumerate(list(pdf.pages)[:4]):
            sheet.Rotate = 90 * turns
        for number in (4, 5):
            sheet = pdf.pages[number]
            _, _, width, height = (float(v) for v in sheet.MediaBox)
            sheet.contents_add(f"q 0 1 -1 0 {height} 0 cm".encode(), prepend=True)
            sheet.contents_add(b"Q")
            sheet.MediaBox = Array([0, 0, height, width])
            sheet.Rotate = 90 if number == 4 else 0
        save(pdf, "rotated.pdf")


def cropped() -> None:
    """A crop box that hides the margins with a secret, an origin that is not 0, and both turned."""
    body = f"= 裁切页\n{ZH}\n#place(bottom, dy: 1.4cm)[hidden in the margin]\n"
    with Pdf.open(BytesIO(typeset(page(body + "#pagebreak()\n" + body)))) as pdf:
        for turns, sheet in enumerate(pdf.pages):
            _, _, width, height = (float(v) for v in sheet.MediaBox)
            sheet.CropBox = Array([40, 60, width - 30, height - 20])
            sheet.Rotate = 90 * turns
        save(pdf, "cropped.pdf")


def two_column_zh() -> None:
    body = "#place(top + center, scope: \"parent\", float: true)[= 灯塔日志]\n" + "\n\n".join(
        f"第{n}段。{ZH}" for n in "一二三四五六七八"
    )
    (HERE / "two_column_zh.pdf").write_bytes(typeset(page(body, "a4", ", columns: 2, header: [灯塔日志 #h(1fr) 卷一], footer: context align(center, counter(page).display())")))


LEFT = """The keeper climbs the tower at
dusk and trims the wick. He
counts the ships that pass and
writes them down. In winter the
stairs are wet, and he ties a
rope around his waist. The lamp
needs nine litres of oil a night.
His daughter reads to him when
the fog horn stops at last."""
RIGHT = """On the mainland the harbour
master waits for the signal. If
it does not come by eight he
sends a boat. The boat is slow
and the crew is unpaid, but it
has never failed to arrive. It
carries bread, letters, glass,
and once it carried a piano
for the keeper's daughter."""


def two_column_rows() -> None:
    """Two columns whose lines are written in turn, as some layout programs do."""
    document = pymupdf.open()
    sheet = document.new_page(width=595, height=420)
    sheet.insert_text((60, 60), "The Keeper and the Harbour", fontname="hebo", fontsize=18)
    for row, (left, right) in enumerate(zip(LEFT.splitlines(), RIGHT.splitlines(), strict=True)):
        for x, text in ((60, left), (320, right)):
            sheet.insert_text((x, 100 + 16 * row), text, fontname="tiro", fontsize=12)
    (HERE / "two_column_rows.pdf").write_bytes(document.tobytes(no_new_id=True))


def tangled() -> None:
    """Three paragraphs written from the bottom to the top."""
    document = pymupdf.open()
    sheet = document.new_page(width=420, height=420)
    for top, text in ((300, "Third came the bread.\nIt was stale."), (180, "Second came the letters.\nThey were wet."), (60, "First came the glass.\nIt was broken.")):
        for row, line in enumerate(text.splitlines()):
            sheet.insert_text((50, top + 16 * row), line, fontname="tiro", fontsize=12)
    (HERE / "tangled.pdf").write_bytes(document.tobytes(no_new_id=True))


def vertical_zh() -> None:
    """Two columns of Chinese from top to bottom, read from the right; every character is placed."""
    columns = ["床前明月光疑是地上霜", "举头望明月低头思故乡"]
    placed = "\n".join(
        f"#place(dx: {180 - 40 * c}pt, dy: {14 * r}pt)[{character}]"
        for c, column in enumerate(columns)
        for r, character in enumerate(column)
    )
    (HERE / "vertical_zh.pdf").write_bytes(typeset(page(placed).replace("first-line-indent: (amount: 2em, all: true)", "first-line-indent: 0em")))


def garbled() -> None:
    """Glyph numbers without a way back to characters, as old print drivers leave them."""
    with Pdf.open(BytesIO(typeset(page(f"{ZH}\n\n{ZH}")))) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, Dictionary) and Name.ToUnicode in thing:
                del thing[Name.ToUnicode]
        for sheet in pdf.pages:
            untag(pdf, sheet)
        save(pdf, "garbled.pdf")


def untag(pdf: Pdf, sheet: pikepdf.Page) -> None:
    """Takes out marked content, whose /ActualText would give the characters away."""
    marks = {"BDC", "BMC", "EMC"}
    operations = [o for o in pikepdf.parse_content_stream(sheet) if str(o.operator) not in marks]
    sheet.Contents = pdf.make_stream(pikepdf.unparse_content_stream(operations))


def forms() -> None:
    """A form somebody filled in, and a note somebody stuck on it."""
    document = pymupdf.open()
    sheet = document.new_page(width=400, height=300)
    sheet.insert_text((40, 50), "Application for a lamp licence", fontname="hebo", fontsize=14)
    sheet.insert_text((40, 90), "Name of the keeper:", fontname="helv", fontsize=11)
    field = pymupdf.Widget()
    field.field_name, field.field_type = "keeper", pymupdf.PDF_WIDGET_TYPE_TEXT
    field.rect, field.field_value = pymupdf.Rect(160, 76, 340, 96), "Ilse Brandt"
    sheet.add_widget(field)
    note = sheet.add_text_annot((300, 150), "The licence was granted on 4 May.")
    note.update()
    (HERE / "forms.pdf").write_bytes(document.tobytes(no_new_id=True))


def boxes() -> None:
    """A form with boxes to tick, a choice of two and a field under its label."""
    document = pymupdf.open()
    sheet = document.new_page(width=400, height=300)

    def widget(kind: int, name: str, rect: tuple[int, int, int, int], value: object) -> None:
        field = pymupdf.Widget()
        field.field_name, field.field_type, field.rect = name, kind, pymupdf.Rect(rect)
        field.field_value = value
        sheet.add_widget(field)

    for y, label, ticked in [(60, "Insured against fire", True), (90, "Insured against floods", False)]:
        widget(pymupdf.PDF_WIDGET_TYPE_CHECKBOX, f"box{y}", (40, y, 52, y + 12), ticked)
        sheet.insert_text((60, y + 10), label, fontname="helv", fontsize=11)
    sheet.insert_text((40, 150), "Date of the visit", fontname="helv", fontsize=9)
    widget(pymupdf.PDF_WIDGET_TYPE_TEXT, "t1", (40, 153, 160, 173), "4 May 2021")
    sheet.insert_text((200, 166), "Sum (EUR):", fontname="helv", fontsize=11)
    widget(pymupdf.PDF_WIDGET_TYPE_TEXT, "t2", (265, 153, 340, 173), "1,250")
    (HERE / "boxes.pdf").write_bytes(document.tobytes(no_new_id=True))


def ligatures() -> None:
    """Presentation forms, a soft hyphen, a Kangxi radical and a character beyond U+FFFF."""
    with Pdf.open(BytesIO(typeset(page("#set text(ligatures: false)\nXYZ 文字 𠀋")))) as pdf:
        replace_in_maps(pdf, {"0058": "FB01", "0059": "00AD", "6587": "2F42"})
        save(pdf, "ligatures.pdf")


def replace_in_maps(pdf: Pdf, changes: dict[str, str]) -> None:
    """Changes what glyphs mean: `X` becomes the ligature fi, `Y` a soft hyphen, 文 its radical."""
    for thing in pdf.objects:
        if isinstance(thing, Dictionary) and Name.ToUnicode in thing:
            text = thing.ToUnicode.read_bytes().decode()
            for old, new in changes.items():
                text = text.replace(f"<{old}>\n", f"<{new}>\n").replace(f"<{old.lower()}>\n", f"<{new}>\n")
            thing.ToUnicode.write(text.encode())


if __name__ == "__main__":
    main()
