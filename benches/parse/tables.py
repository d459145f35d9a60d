"""The generated set of tables: PDFs made from tables whose cells are known, and what should be read from them.

    python tables.py FOLDER

For `NAME.pdf` there is `NAME.json`: `{"maker", "style", "lang", "tables": [{"rows", "header_rows", "spans"}]}`, the
text of a spanning cell in its first place and empty texts in the others it covers. A table that goes on on the next
page is one table there, its repeated header left out. Needs XeLaTeX, LibreOffice and the font WenQuanYi Micro Hei
(Debian: texlive-xetex, libreoffice-writer, libreoffice-calc, fonts-wqy-microhei); nothing random differs from run
to run.
"""

import hashlib
import json
import pathlib
import shutil
import sys

import table_contents as contents
import table_makers as makers

HERE = pathlib.Path(__file__).parent


def document(rng, lang, tables, captions=True):
    """Tables with prose around them."""
    w, parts = contents.words(lang), []
    for number, table in enumerate(tables, 1):
        parts.append(contents.prose(rng, lang, 4))
        if captions:
            parts.append((w["caption"].format(number, table.caption),))
        parts.append(table)
    return parts + [contents.prose(rng, lang, 5)]


def plain(lang, index, style):
    """One table in text; which, by turns."""
    rng = contents.source(f"{lang} {index} {style}")
    table = contents.KINDS[index % len(contents.KINDS)](rng, contents.words(lang))
    return document(rng, lang, [table], captions=index % 3 != 0), [table]


def several(lang, index, style, kinds, adjacent=False):
    """Tables of these kinds in one document."""
    rng = contents.source(f"{lang} {index} {style} several")
    tables = [kind(rng, contents.words(lang)) for kind in kinds]
    if adjacent:
        return [contents.prose(rng, lang, 4), *tables, contents.prose(rng, lang, 4)], tables
    return document(rng, lang, tables), tables


def html_documents():
    """Eight looks, twelve contents, two languages, and what goes over columns and pages."""
    turn = 0
    for lang in ("zh", "en"):
        for style in makers.HTML_STYLES:
            for _ in range(2):
                yield "html", style, lang, *plain(lang, turn, style), {"style": style, "width": ["auto", "100%"][turn % 2], "size": [10, 8.5, 11][turn % 3]}
                turn += 1
            turn += 3
        for style in ("grid", "booktabs", "unruled"):
            yield "html", style, lang, *several(lang, turn, style, [contents.long]), {"style": style}
        for style in ("grid", "lines", "unruled"):
            yield "html", style, lang, *several(lang, turn, style, [contents.financial, contents.cities]), {"style": style}
        for style in ("grid", "booktabs"):
            yield "html", style, lang, *several(lang, turn, style, [contents.small, contents.small], True), {"style": style, "beside": True}
        for style in ("grid", "booktabs", "zebra"):
            look = {"style": style, "columns": 2, "size": 8.5}
            yield "html", style, lang, *several(lang, turn, style, [contents.cities, contents.small]), look
        yield "html", "lines", lang, *several(lang, turn, "wide", [contents.many_columns]), {"style": "lines", "page": "A4 landscape"}


def latex_documents():
    """Ruled, with rules above and below, and without any."""
    turn = 0
    for lang in ("zh", "en"):
        for style in ("grid", "booktabs", "unruled"):
            for _ in range(4):
                yield "latex", style, lang, *plain(lang, turn, style), {"style": style, "lang": lang}
                turn += 1
            turn += 1
        for style in ("grid", "booktabs", "unruled"):
            yield "latex", style, lang, *several(lang, turn, style, [contents.long]), {"style": style, "lang": lang, "long": True}
            look = {"style": style, "lang": lang, "beside": True}
            yield "latex", style, lang, *several(lang, turn, style, [contents.small, contents.small], True), look
        look = {"style": "booktabs", "lang": lang, "columns": 2, "size": "10pt"}
        yield "latex", "booktabs", lang, *several(lang, turn, "columns", [contents.small, contents.cities]), look


def office_documents():
    """Word documents and spreadsheets, with borders and without."""
    turn = 0
    for lang in ("zh", "en"):
        for style in ("grid", "unruled"):
            for maker in ("word", "sheet"):
                for _ in range(3):
                    yield maker, style, lang, *plain(lang, turn, style + maker), {"grid": style == "grid", "lang": lang}
                    turn += 1
            turn += 2
            yield "word", style, lang, *several(lang, turn, style + "word", [contents.long]), {"grid": style == "grid", "lang": lang}
            yield "sheet", style, lang, *several(lang, turn, style + "sheet", [contents.long]), {"grid": style == "grid", "lang": lang}


def generate(folder):
    """Makes the set, unless it is there from these very scripts."""
    scripts = sorted(HERE.glob("table*.py"))
    stamp, mark = folder / "made.txt", hashlib.sha256(b"".join(path.read_bytes() for path in scripts)).hexdigest()
    if stamp.exists() and stamp.read_text() == mark:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    makes = {"html": makers.make_html, "latex": makers.make_latex, "word": makers.make_word, "sheet": makers.make_sheet}
    documents = [*html_documents(), *latex_documents(), *office_documents()]
    for number, (maker, style, lang, parts, tables, look) in enumerate(documents):
        target = folder / f"{number:03}-{maker}-{style}-{lang}.pdf"
        makes[maker](target, parts, **look)
        truth = {"maker": maker, "style": style, "lang": lang, "tables": [table.truth() for table in tables]}
        target.with_suffix(".json").write_text(json.dumps(truth, ensure_ascii=False))
    makers.convert(folder)
    stamp.write_text(mark)


if __name__ == "__main__":
    generate(pathlib.Path(sys.argv[1]))
