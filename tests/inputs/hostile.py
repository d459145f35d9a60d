"""Makes the PDFs that try to hurt a reader or to be misread. `make.py` calls it; alone it needs
`pikepdf` and `pillow`. Most are written byte by byte, because no library would write them.
"""

import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import AttachedFileSpec, Pdf
from PIL import Image

HERE = Path(__file__).parent

LATIN_FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
SENTENCE = "The keeper lit the lamp at dusk and wrote down the wind."


def main() -> None:
    locked()
    xfa()
    portfolio()
    odd_sizes()
    mixed_pages()
    form_recursion()
    form_bomb()
    page_loop()
    rings()
    label_ring()
    fewer_pages()
    missing_content()
    broken_xref()
    linearised_cut()
    http_header()
    crowded()
    bomb()
    one_letter()
    wrong_encoding()
    glyph_numbers()
    right_to_left()
    pictures()
    not_pdfs()


def write(name: str, data: bytes) -> None:
    (HERE / name).write_bytes(data)


def stream(content: bytes, entries: str = "") -> bytes:
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def file_of(objects: list[str | bytes], trailer: str = "", offset: int = 0) -> bytes:
    """A file with a classic cross-reference table; object 1 is the catalogue."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out) + offset)
        body = body if isinstance(body, bytes) else body.encode()
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out) + offset
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def text_at(lines: list[str], x: int = 40, y: int = 260, size: int = 12) -> bytes:
    shown = b"".join(b"(%s) Tj T*\n" % line.encode("latin-1") for line in lines)
    return b"BT /F1 %d Tf %d TL %d %d Td\n" % (size, size + 4, x, y) + shown + b"ET"


def one_page(content: bytes, font: str = LATIN_FONT, more: list[str | bytes] = [], catalog: str = "", page: str = "") -> list[str | bytes]:
    """Catalogue, pages, page, content, font: objects 1 to 5; `more` are 6 and up."""
    return [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> {page} >>",
        stream(content),
        font,
        *more,
    ]


def locked() -> None:
    """Locks: readable without a password, the oldest cipher, and one that needs a key file."""
    plain = file_of(one_page(text_at([SENTENCE])))
    locks = {
        "owner_only.pdf": pikepdf.Encryption(owner="yinju-owner", user="", R=6, allow=pikepdf.Permissions(extract=False)),
        "rc4_40.pdf": pikepdf.Encryption(owner="yinju-owner", user="yinju", R=2, aes=False, metadata=False),
    }
    for name, lock in locks.items():
        with Pdf.open(BytesIO(plain)) as pdf:
            pdf.save(HERE / name, encryption=lock)
    lock = "<< /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4 /R 4 /Length 128 /StmF /DefaultCryptFilter /StrF /DefaultCryptFilter /CF << /DefaultCryptFilter << /CFM /AESV2 /Length 16 /Recipients [<3003020100>] >> >> >>"
    objects = one_page(bytes(range(256)), more=[lock])
    write("certificate.pdf", file_of(objects, "/Encrypt 6 0 R /ID [<00> <00>]"))


def xfa() -> None:
    """A dynamic form: its page says to wait, what it is for stands in a program."""
    program = b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template xmlns="http://www.xfa.org/schema/xfa-template/3.3/"/></xdp:xdp>'
    wait = text_at(["Please wait...", "If this message is not eventually replaced, your viewer", "may not be able to display this type of document."])
    form = "/NeedsRendering true /AcroForm << /Fields [] /XFA 6 0 R >>"
    write("xfa.pdf", file_of(one_page(wait, more=[stream(program)], catalog=form)))


def portfolio() -> None:
    """A cover sheet with files inside, one with a Chinese name, and one pinned to the page."""
    with Pdf.open(BytesIO(file_of(one_page(text_at(["The letters are inside."]))))) as pdf:
        for name in ("letters.txt", "航海日志.txt"):
            pdf.attachments[name] = AttachedFileSpec(pdf, b"Bread came on Tuesday.", filename=name)
        pdf.Root.Collection = pikepdf.Dictionary(Type=pikepdf.Name.Collection, View=pikepdf.Name.D)
        pinned = AttachedFileSpec(pdf, b"a map", filename="map.txt").obj
        pdf.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[300, 200, 320, 220], FS=pinned, Contents="the map")])
        pdf.save(HERE / "portfolio.pdf", deterministic_id=True)


def pages_of(boxes: list[str], contents: list[bytes], catalog: str = "") -> list[str | bytes]:
    """Pages with a line of entries and a content each."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(boxes)))
    font = 3 + 2 * len(boxes)
    objects: list[str | bytes] = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(boxes)} >>"]
    for n, (box, content) in enumerate(zip(boxes, contents, strict=True)):
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {4 + 2 * n} 0 R /Resources << /Font << /F1 {font} 0 R >> >> >>")
        objects.append(stream(content))
    return [*objects, LATIN_FONT]


def odd_sizes() -> None:
    """Pages of one point, of none, inside out, and larger than numbers are exact."""
    boxes = ["/MediaBox [0 0 1 1]", "/MediaBox [0 0 0 0]", "/MediaBox [400 300 0 0]", "/MediaBox [0 0 1e30 1e30]", "/MediaBox [0 0 (a) 300]", ""]
    contents = [text_at(["Dot."], 0, 0, 1), *[text_at([f"Odd page {n}."]) for n in range(2, 7)]]
    write("odd_sizes.pdf", file_of(pages_of(boxes, contents)))


def mixed_pages() -> None:
    """Every page another size and turn; one counts in units of half an inch."""
    boxes = ["/MediaBox [0 0 400 300]", "/MediaBox [0 0 595 842] /Rotate 90", "/MediaBox [0 0 3000 300] /Rotate -90", "/MediaBox [-100 -50 300 350] /Rotate 450", "/MediaBox [0 0 400 300] /UserUnit 36"]
    contents = [text_at([f"Sheet {n} of the log.", SENTENCE]) for n in range(1, 6)]
    write("mixed_pages.pdf", file_of(pages_of(boxes, contents)))


def form(content: bytes, resources: str) -> bytes:
    return stream(content, f"/Type /XObject /Subtype /Form /BBox [0 0 400 300] /Resources << {resources} >>")


def form_recursion() -> None:
    """A form that draws itself, two that draw each other, and a Type 3 glyph that is made of itself."""
    content = text_at([SENTENCE]) + b"\n/X6 Do /X7 Do BT /F9 12 Tf 40 100 Td (aaa) Tj ET"
    resources = "/XObject << /X6 6 0 R /X7 7 0 R /X8 8 0 R >> /Font << /F1 5 0 R /F9 9 0 R >>"
    glyph = b"1000 0 0 0 1000 1000 d1 BT /F9 1 Tf (a) Tj ET"
    more = [
        form(text_at(["Form six."], y=200) + b" /X6 Do", resources),
        form(text_at(["Form seven."], y=180) + b" /X8 Do", resources),
        form(text_at(["Form eight."], y=160) + b" /X7 Do", resources),
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97 /LastChar 97 /Widths [1000] /CharProcs << /a 10 0 R >> /Encoding << /Type /Encoding /Differences [97 /a] >> /Resources << {resources} >> >>",
        stream(glyph),
    ]
    objects = one_page(content, more=more)
    objects[2] = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R /Resources << {resources} >> >>"
    write("form_recursion.pdf", file_of(objects))


def form_bomb() -> None:
    """Twelve forms, each drawing the next ten times: a trillion letters. The page after it is plain."""
    depth = 12
    objects = pages_of(["/MediaBox [0 0 400 300]"] * 3, [text_at(["Before the bomb."]), b"/X Do", text_at(["After the bomb."])])
    first = len(objects) + 1
    bomb_page = objects[4]
    assert isinstance(bomb_page, str)
    objects[4] = bomb_page.replace("/Font <<", f"/XObject << /X {first} 0 R >> /Font <<")
    for n in range(depth):
        last = n == depth - 1
        content = text_at(["x"]) if last else b"/X Do " * 10
        objects.append(form(content, "/Font << /F1 9 0 R >>" if last else f"/XObject << /X {first + n + 1} 0 R >>"))
    write("form_bomb.pdf", file_of(objects))


def page_loop() -> None:
    """A page tree that holds itself, a page twice, and its own catalogue."""
    objects = one_page(text_at([SENTENCE]), more=["<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 6 0 R 1 0 R] /Count 3 >>"])
    objects[1] = "<< /Type /Pages /Kids [3 0 R 6 0 R 2 0 R 3 0 R] /Count 5 >>"
    write("page_loop.pdf", file_of(objects))


def rings() -> None:
    """Outline, names and older versions of the file that lead back to themselves, a length that is
    the stream's own, and brackets ten thousand deep."""
    catalog = "/Outlines 6 0 R /Names << /EmbeddedFiles 8 0 R /Dests 8 0 R >> /Deep 9 0 R"
    more: list[str | bytes] = [
        "<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 2 >>",
        "<< /Title (Ring) /Parent 6 0 R /Next 7 0 R /First 7 0 R /Dest [3 0 R /Fit] >>",
        "<< /Kids [8 0 R] /Limits [(a) (z)] >>",
        "[" * 10_000 + "]" * 10_000,
        b"<< /Length 10 0 R >>\nstream\nabc\nendstream",
    ]
    data = file_of(one_page(text_at([SENTENCE]), more=more, catalog=catalog))
    table = data.rfind(b"xref\n0 ")
    write("rings.pdf", data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % table))


def label_ring() -> None:
    """Page labels that lead back to themselves: PDFium follows them until its stack is used up."""
    objects = pages_of(["/MediaBox [0 0 400 300]"] * 2, [text_at([SENTENCE])] * 2, "/PageLabels 8 0 R")
    write("label_ring.pdf", file_of([*objects, "<< /Kids [8 0 R] /Limits [0 9] >>"]))


def fewer_pages() -> None:
    """The page tree says five and holds one, says five and holds none, says a million and holds one."""
    objects = one_page(text_at([SENTENCE]))
    objects[1] = "<< /Type /Pages /Kids [3 0 R] /Count 5 >>"
    write("fewer_pages.pdf", file_of(objects))
    objects[1] = "<< /Type /Pages /Kids [] /Count 5 >>"
    write("empty_tree.pdf", file_of(objects))
    objects[1] = "<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>"
    write("million_pages.pdf", file_of(objects))


def missing_content() -> None:
    """A page whose content is not in the file, one that has none, one whose content does not unpack."""
    boxes = ["/MediaBox [0 0 400 300]"] * 4
    objects = pages_of(boxes, [text_at([f"Page {n}."]) for n in range(1, 5)])
    objects[3] = "null"
    objects[4] = str(objects[4]).replace("/Contents 6 0 R", "")
    objects[7] = stream(b"\x78\x9c this is not deflated", "/Filter /FlateDecode")
    write("missing_content.pdf", file_of(objects))


def broken_xref() -> None:
    """Every place in the table is wrong by seven bytes, and the table is not where it should be."""
    write("broken_xref.pdf", file_of(one_page(text_at([SENTENCE])), offset=7))


def linearised_cut() -> None:
    """Written for fast web view, and the download broke off in the second half."""
    lines = [[f"Page {n}, line {line}: {SENTENCE}" for line in range(14)] for n in range(1, 13)]
    boxes = ["/MediaBox [0 0 500 300]"] * len(lines)
    whole = BytesIO()
    with Pdf.open(BytesIO(file_of(pages_of(boxes, [text_at(page) for page in lines])))) as pdf:
        pdf.save(whole, linearize=True, deterministic_id=True, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    write("linearised_cut.pdf", whole.getvalue()[: len(whole.getvalue()) * 2 // 3])


def http_header() -> None:
    """Saved with the server's answer in front, and a byte-order mark."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n\xef\xbb\xbf"
    write("http_header.pdf", head + file_of(one_page(text_at([SENTENCE]))))


def packed(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return stream(content, "/Filter [" + "/FlateDecode " * times + "]")


def crowded() -> None:
    """A page with more characters than a page may have: 210,000."""
    lines = [f"{n:04d} " + "abcdefghijklmnopqrstuvwxyz 0123456789 "[: n % 20 + 18] * 5 for n in range(1_500)]
    text = " ".join(lines)[:60_000]
    rows = [text[at : at + 300] for at in range(0, len(text), 300)]
    rows = (rows * 4)[:700]
    content = b"BT /F1 4 Tf 4 TL 10 2990 Td\n" + b"".join(b"(%s) Tj T*\n" % row.encode() for row in rows) + b"ET"
    objects = one_page(b"")
    objects[2] = str(objects[2]).replace("[0 0 400 300]", "[0 0 1000 3000]")
    objects[3] = packed(content, 1)
    write("crowded.pdf", file_of(objects))


def bomb() -> None:
    """A content of 200 MB that takes a few hundred bytes, and a plain page after it."""
    objects = pages_of(["/MediaBox [0 0 400 300]"] * 2, [b"", text_at(["After the bomb."])])
    objects[3] = packed(text_at([SENTENCE]) + b" " * 200_000_000, 3)
    write("bomb.pdf", file_of(objects))


def to_unicode(pairs: dict[int, str]) -> bytes:
    rows = "\n".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>" for code, text in pairs.items())
    return stream(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
            "1 begincodespacerange <00> <ff> endcodespacerange\n"
            f"{len(pairs)} beginbfchar\n{rows}\nendbfchar\nendcmap end end"
        ).encode()
    )


def font_with_map() -> str:
    return LATIN_FONT.replace(">>", "/ToUnicode 6 0 R >>")


def one_letter() -> None:
    """A font whose every glyph claims to be an e; the page after it has as many e as any."""
    objects = pages_of(["/MediaBox [0 0 500 300]"] * 2, [text_at([SENTENCE] * 6)] * 2)
    liar, table = len(objects) + 1, len(objects) + 2
    objects[2] = str(objects[2]).replace("/F1 7 0 R", f"/F1 {liar} 0 R")
    objects.append(LATIN_FONT.replace(">>", f"/ToUnicode {table} 0 R >>"))
    objects.append(to_unicode({code: "e" for code in range(33, 127)}))
    write("one_letter.pdf", file_of(objects))


def wrong_encoding() -> None:
    """Chinese that was written as GBK and taken for Latin-1, as old converters leave it; and a page
    of honest French, which has as many accents as a language can."""
    chinese = "灯塔的灯器由六组菲涅耳透镜组成，每十二秒旋转一周。守塔人每天黄昏前半小时点灯，日出后熄灯".encode("gbk")
    rows = b"".join(b"<%s> Tj T*\n" % chinese[at : at + 40].hex().encode() for at in range(0, len(chinese), 40))
    mojibake = b"BT /F1 12 Tf 16 TL 40 260 Td\n" + rows + b"ET"
    french = text_at(["L'\xe9t\xe9 o\xf9 la mar\xe9e mont\xe9e emp\xeacha le b\xe2teau d'\xe9chouer,", "le gardien r\xe9p\xe9ta qu'il fr\xe9quentait d\xe9j\xe0 la cr\xeaperie", "\xe0 c\xf4t\xe9 de l'\xe9glise, p\xe8re No\xebl ayant \xe9t\xe9 pr\xe9venu."])
    write("wrong_encoding.pdf", file_of(pages_of(["/MediaBox [0 0 500 300]"] * 2, [mojibake, french])))


def glyph_numbers() -> None:
    """Text whose codes are numbers of glyphs, 29 less than the letters', in a font without a map."""
    lines = [SENTENCE] * 4
    rows = b"".join(b"<%s> Tj T*\n" % "".join(f"{ord(c) - 29:04x}" for c in line).encode() for line in lines)
    font = "<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+TimesNewRoman /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+TimesNewRoman /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 /FontDescriptor << /Type /FontDescriptor /FontName /ABCDEF+TimesNewRoman /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >> >>] >>"
    write("glyph_numbers.pdf", file_of(one_page(b"BT /F1 12 Tf 16 TL 40 260 Td\n" + rows + b"ET", font)))


def right_to_left() -> None:
    """Hebrew and Arabic with digits and a Latin word, drawn from left to right as writers draw it:
    the line's last letter first. The codes are those of the letters below, from 0x80."""
    lines = ["בשנת 1937 נבנה המגדלור Yinju", "بنيت المنارة في عام 1937"]
    letters = sorted({c for line in lines for c in line if ord(c) > 0x7F})
    codes = {c: 0x80 + n for n, c in enumerate(letters)}
    rows = []
    for line in lines:
        visual = "".join(word if word.isascii() else word[::-1] for word in _words(line)[::-1])
        rows.append(b"<%s> Tj T*\n" % bytes(codes.get(c, ord(c)) for c in visual).hex().encode())
    content = b"BT /F1 14 Tf 24 TL 40 260 Td\n" + b"".join(rows) + b"ET"
    pairs = {code: c for c, code in codes.items()}
    write("right_to_left.pdf", file_of(one_page(content, font_with_map(), [to_unicode(pairs)])))


def _words(line: str) -> list[str]:
    parts = []
    for word in line.split(" "):
        parts += [word, " "]
    return parts[:-1]


def pictures() -> None:
    """A scan with the words recognised before lying unseen over it, one without, one with a stamp, one
    with a library's line at its foot; a slide with a picture behind; a receipt on a sheet; letters
    turned into curves; a frame around nothing."""
    image = BytesIO()
    Image.new("L", (50, 38), 230).save(image, "JPEG", quality=30)
    picture = stream(image.getvalue(), "/Type /XObject /Subtype /Image /Width 50 /Height 38 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode")
    draw = b"q 400 0 0 300 0 0 cm /Im Do Q "
    unseen = text_at([SENTENCE]).replace(b"BT ", b"BT 3 Tr ")
    stamp = text_at(["Copy 7"], y=20)
    foot = text_at(["Downloaded from the lighthouse library on 4 May"], y=10, size=5)
    slide = text_at(["How the lamp is lit", "before the storm comes"], size=24)
    receipt = b"q 100 0 0 150 50 100 cm /Im Do Q"
    curves = b"".join(b"%d 100 m %d 120 l %d 100 l f " % (x, x + 2, x + 4) for x in range(40, 360, 5))
    frame = b"10 10 380 280 re S 20 20 360 260 re S"
    contents = [draw + unseen, draw, draw + stamp, draw + foot, draw + slide, receipt, curves, frame]
    objects = pages_of(["/MediaBox [0 0 400 300]"] * len(contents), contents)
    number = len(objects) + 1
    objects = [o.replace("/Font <<", f"/XObject << /Im {number} 0 R >> /Font <<") if isinstance(o, str) and "/Type /Page " in o else o for o in objects]
    write("pictures.pdf", file_of([*objects, picture]))


def not_pdfs() -> None:
    """Other files with the ending of a PDF."""
    image = BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(image, "PNG")
    write("png.pdf", image.getvalue())
    empty_zip = b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18)
    write("zip.pdf", empty_zip)
    write("html.pdf", b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Your session has expired.</body></html>\n")


if __name__ == "__main__":
    main()
