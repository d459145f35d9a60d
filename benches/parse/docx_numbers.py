"""Word documents whose lists number themselves, in Word's manner and as LibreOffice and pandoc write them, with the
numbers that LibreOffice shows in its PDF of each: an instrument of `docs/evaluation.md`.

    python docx_numbers.py make FOLDER             writes FOLDER/*.docx, their PDFs and FOLDER/gold.json
    python docx_numbers.py read FOLDER YINJU HOME  items before which the same number stands, and each that differs

Every item begins with a word of its own; its number is what stands before that word on the line. A bullet counts as
nothing. Where the standard says otherwise than LibreOffice shows, `BY_STANDARD` has it, and both are counted.
"""

import collections
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import unicodedata

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
FEW = ["decimal|%1.", "lowerLetter|%2)", "lowerRoman|%3."]
LEGAL = ["decimal|%1", "decimal|%1.%2", "decimal|%1.%2.%3", "decimal|%1.%2.%3.%4"]
ARTICLE = ["upperRoman|Article %1.", "decimalZero|Section %1.%2|isLgl", "lowerLetter|(%3)", "lowerRoman|(%4)"]
CHAPTER = ["chineseCountingThousand|第%1章|suff=space", "chineseCountingThousand|第%2条|suff=space|lvlRestart=0", "chineseCounting|（%3）|suff=nothing", "decimal|%4.", "decimalEnclosedCircle|%5"]
PADDED = '<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
EASTERN = "chineseCounting chineseCountingThousand japaneseCounting ideographTraditional decimalEnclosedCircle".split()
OTHER = "ordinal decimalZero chineseLegalSimplified ideographDigital taiwaneseCountingThousand ideographZodiac koreanCounting koreanDigital japaneseLegal ideographLegalTraditional japaneseDigitalTenThousand decimalFullWidth decimalEnclosedParen decimalEnclosedFullstop numberInDash cardinalText ordinalText aiueo iroha ganada hex".split()
# Abstract lists are counted from 1, as are the lists that say `abstract` and what they override: `0=5` begins level 0 at
# 5, `0=decimal|…` writes it anew. Of a body, `2/1` is an item of list 2 on level 1, `@S` one of a style, `@S=2/1` both,
# `_` before it leaves it empty, `p` is a paragraph, `[ ]` a row of a table, `9*` nine times.
WORD = {
    "a01-chapters": ("zh", [CHAPTER], ["1"], [], "p 1/0 1/1 1/2 1/2 1/2 1/3 1/3 1/4 1/4 1/1 1/1 p 1/0 10*1/1 1/2 1/2 1/0 1/1 1/2 1/3 1/4 1/1"),
    "a02-plain": ("en", [LEGAL, ["lowerLetter|(%1)", "lowerRoman|(%2)", "upperLetter|(%3)"], ["upperRoman|%1.", "upperLetter|%2.", "decimal|%3)"]], ["1", "2", "3"], [], "1/0 1/1 1/2 1/2 p 1/2 1/1 1/2 p p 1/0 1/1 1/1 1/2 1/3 1/3 1/0 1/2 1/2 1/1 1/0 1/3 1/1 p 2/0 2/1 2/1 2/2 2/2 2/1 p 2/0 2/1 26*2/0 p 4*3/0 3/1 3/2 3/2 6*3/0 2/0 3/1"),
    "a03-eastern": ("zh", [[f"{name}|%1、|start=8"] for name in EASTERN] + [[f"{name}|%1、|start=99"] for name in EASTERN[:3] + OTHER[2:5] + OTHER[8:11]], [str(n) for n in range(1, 15)], [], " p ".join(f"{15 if n < 6 else 12}*{n}/0" for n in range(1, 15))),
    "a04-formats": ("zh", [[f"{name}|%1 |start=9"] for name in OTHER], [str(n + 1) for n in range(len(OTHER))], [], " p ".join(f"4*{n + 1}/0" for n in range(len(OTHER)))),
    "a05-starts": ("en", [["decimal|%1.|start=0", "decimal|%1.%2|start=5", "lowerLetter|%3)|lvlRestart=1"], ["decimal|%1.|start=", "decimal|%1.%2.|start="], FEW, FEW, FEW], ["1", "2", "3", "3 0=1", "3 0=7 1=3", "4", "4", "5", "5 1=4"], [], "1/0 1/1 1/1 1/2 1/2 1/1 1/2 1/0 1/1 1/2 p 2/0 2/0 2/1 2/1 p 3/0 3/0 p 3/0 3/1 p 4/0 4/0 4/1 p 5/0 5/1 5/1 5/0 5/1 p 3/0 p 6/0 6/0 p 7/0 7/0 p 6/0 p 8/0 8/1 8/1 p 9/1 9/1 9/0 9/1 8/0 4/0"),
    "a06-articles": ("en", [ARTICLE, ["upperRoman|%1", "decimal|%1-%2", "decimal|%1-%2-%3|isLgl"]], ["1", "2"], [], "1/0 1/1 1/1 1/2 1/2 1/3 1/3 1/1 1/0 11*1/1 1/2 p 2/0 2/1 2/2 2/0 2/1 2/1 2/2 2/2"),
    "a07-headings": ("en", [["decimal|%1|pStyle=Heading1", "decimal|%1.%2|pStyle=Heading2", "decimal|%1.%2.%3|pStyle=Heading3"], FEW], ["1", "2"], ["Heading1:1", "Heading2:1/1", "Heading3:1/2", "Unnumbered<Heading1:0", "Sub<Heading2", "Clause<Normal:2", "Deeper<Clause:/1"], "@Heading1 p @Heading2 p @Heading2 @Heading3 @Heading3 @Heading1=0 @Unnumbered @Heading1 @Heading2 @Sub @Sub @Heading3 @Clause @Clause @Deeper @Deeper @Clause @Clause=0 @Clause @Clause=2/1 @Heading1 @Heading3"),
    "a08-by-style": ("zh", [["chineseCounting|第%1章|pStyle=Heading1", "decimal|%1.%2|isLgl|pStyle=Heading2", "decimal|%3）|pStyle=Points"]], ["1"], ["Heading1:1", "Heading2:1", "Points:1"], "@Heading1 @Heading2 @Heading2 @Points @Points @Heading2 @Points p @Heading1 @Heading2 @Points @Points=1/1"),
    "a09-linked": ("en", [["decimal|%1)", "upperLetter|%2)", "lowerRoman|%3)", "styleLink=Clauses"], ["numStyleLink=Clauses"]], ["1", "2", "2 0=1"], ["#Clauses:1"], "2/0 2/1 2/1 2/0 p 2/0 2/1 2/2 p 3/0 3/0 3/1 p 2/0"),
    "a10-places": ("en", [FEW, ["decimal|%1.|suff=space", "decimal|%1.%2|suff=nothing"], ["decimal|No. %1 –|suff=nothing"], LEGAL], ["1", "2", "3", "4", "4 0=upperRoman|%1: 1=lowerLetter|%1.%2:|start=3", "4"], [], "1/0 [ 1/0 1/0 p ] [ 1/1 p 1/1 ] [ 2/0 3/0 2/1 ] 1/1 1/0 2/0 2/1 2/1 3/0 3/0 p _1/0 1/0 _1/1 1/1 1/0 p 4/0 4/1 p 5/0 5/1 5/1 5/0 5/1 p 4/0 6/0 6/1"),
    "a11-signs": ("en", [[f"{PADDED}|REQ-%1", "decimal|%1.%2%"], ["none|Note:", "decimal|%1.%2"], ["bullet|–", "decimal|%2.", "bullet|•"], ["decimal|Step"], ["none|%1", "decimal|%1%2)"]], ["1", "2", "3", "4", "5"], [], "1/0 1/0 1/1 1/1 1/0 p 2/0 2/1 2/1 p 3/0 3/1 3/2 3/1 3/0 3/1 p 4/0 4/0 p 5/0 5/1 5/1"),
    "a12-python-docx": ("en", None, [], [], "@ListNumber @ListNumber p @ListNumber @ListBullet @ListBullet @ListNumber2 @ListNumber2 @ListNumber @ListNumber3 @ListNumber2 @ListBullet2 @ListNumber"),
}
# By document, and by an item's place in it: what ECMA-376 has for it where LibreOffice 7.4 shows something else, `None`
# where LibreOffice lacks the format and the standard's words leave open how it is written. LibreOffice passes over
# `lvlRestart` (17.9.11: with 0 a level never restarts), over `startOverride` but on the level where its list begins
# (17.9.27: also whenever the level is restarted), over `isLgl` (17.9.4: the levels shown turn decimal; Word keeps the
# level's own `decimalZero`), and over `pStyle` (17.9.24: it, not `ilvl`, says the level of a style's paragraphs).
BY_STANDARD = {
    "a01-chapters": dict(zip([*range(14, 24), 27, 31], [f"第{n}条" for n in "四 五 六 七 八 九 十 十一 十二 十三 十四 十五".split()])),
    "a03-eastern": dict.fromkeys([*range(158, 170), *range(184, 196)]),
    "a04-formats": dict.fromkeys([*range(40, 44), *range(50, 54), *range(60, 64), *range(65, 69)]) | dict(zip([*range(55, 59), *range(70, 74), *range(100, 104)], "９ １０ １１ １２ -9- -10- -11- -12- 9 A B C".split())),
    "a05-starts": {6: "c)", 27: "c)", 28: "d)", 30: "c)", 49: "d)"},
    "a06-articles": dict(zip([1, 2, 7, *range(9, 20), 24, 28, 29], [f"Section1.{n:02}" for n in range(1, 4)] + [f"Section2.{n:02}" for n in range(1, 12)] + ["1-1-1", "2-2-1", "2-2-2"])),
    "a08-by-style": dict(zip(range(1, 12), ["1.1", "1.2", "1）", "2）", "1.3", "1）", "", "第二章", "2.1", "1）", "2.2"])),
    "a11-signs": dict.fromkeys([7, 8]),
}
ODT = '<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:styles>%s</office:styles><office:body><office:text>%s</office:text></office:body></office:document>'
LIST = '<text:list-style style:name="%s">%s</text:list-style>'
STEP = '<text:list-level-style-number text:level="%d" style:num-format="%s" style:num-prefix="%s" style:num-suffix="%s" text:display-levels="%d" text:start-value="%d"/>'


def steps(*levels):
    return "".join(STEP % (n, *level) for n, level in enumerate(levels, 1))


def odt(tree, style="", more=""):
    """Nested lists of ODT: a list is a level, a number an item with another start, a word an item as it is."""
    items, open_ = "", False
    for one in tree:
        if isinstance(one, list):
            items, open_ = items + ("" if open_ else "<text:list-item>") + odt(one) + "</text:list-item>", False
        else:
            start = f' text:start-value="{one}"' if isinstance(one, int) else ""
            items, open_ = items + ("</text:list-item>" if open_ else "") + f"<text:list-item{start}><text:p>§</text:p>", True
    return f"<text:list{style and f' text:style-name={chr(34)}{style}{chr(34)}'}{more}>{items}{'</text:list-item>' if open_ else ''}</text:list>"


OUTLINE = '<text:outline-style style:name="Outline">' + steps(("1", "", "", 1, 1), ("1", "", "", 2, 1), ("a", "", ")", 1, 1)).replace("list-level-style-number", "outline-level-style") + "</text:outline-style>"
HEADINGS = "".join(f'<text:h text:outline-level="{n}">§</text:h><text:p>§</text:p>' for n in [1, 2, 2, 3, 3, 1, 2, 3, 1])
SOURCES = {
    "b01-plain.html": "<ol><li>§<li>§<ol type=a><li>§<li>§<ul><li>§<li>§</ul><li>§</ol><li>§</ol><p>§</p><ol start=4><li>§<li>§</ol><ol type=I><li>§<li>§<li>§<li>§</ol>",
    "b02-values.html": "<ol type=A start=3><li>§<li value=7>§<li>§</ol><p>§<ol start=0><li>§<li>§</ol><table border=1><tr><td><ol><li>§<li>§</ol><td><ol type=i><li>§<li>§</ol></table>",
    "b03-mixed.html": "<h1>§</h1><ul><li>§<ol><li>§<li>§</ol><li>§<ol><li>§</ol></ul><h2>§</h2><ol><li><p>§</p><p>§</p><li>§</ol><ol><li>§<ol><li>§<ol type=i><li>§<li>§</ol><li>§</ol><li>§</ol>",
    "b04-levels.fodt": ODT % (LIST % ("L", steps(("1", "", ".", 1, 1), ("1", "", ".", 2, 1), ("i", "(", ")", 1, 2))), odt(["x", ["x", "x", ["x", "x"], "x"], "x", ["x"], 9, "x"], "L") + "<text:p>§</text:p>" + odt(["x", "x"], "L") + odt(["x", ["x"]], "L", ' text:continue-numbering="true"')),
    "b05-headings.fodt": ODT % (OUTLINE + LIST % ("L", steps(("A", "", ".", 1, 1), ("a", "", ")", 1, 3))), HEADINGS + odt(["x", ["x", "x"], "x", [["x"]]], "L")),
    "b06-chinese.fodt": ODT % (LIST % ("L", steps(("一, 二, 三, ...", "第", "章", 1, 1), ("一, 二, 三, ...", "（", "）", 1, 9), ("①, ②, ③, ...", "", "", 1, 1))) + LIST % ("M", steps(("甲, 乙, 丙, ...", "", "、", 1, 1), ("壹, 贰, 叁, ...", "", "、", 1, 1))), odt(["x", ["x", "x", "x", "x", ["x", "x"]], "x", ["x", ["x"]]], "L") + odt(["x", "x", ["x", "x"], "x"], "M")),
    "b07-hand.rtf": r"{\rtf1\ansi{\*\listtable{\list\listtemplateid1{\listlevel\levelnfc0\leveljc0\levelfollow0\levelstartat3{\leveltext\'02\'00.;}{\levelnumbers\'01;}\fi-360\li720}{\listlevel\levelnfc4\leveljc0\levelfollow0\levelstartat1{\leveltext\'03(\'01);}{\levelnumbers\'02;}\fi-360\li1440}\listid11}}{\*\listoverridetable{\listoverride\listid11\listoverridecount0\ls1}}" + "".join(r"\pard\plain\ls1\ilvl%d\fi-360\li720 §\par " % n for n in [0, 0, 1, 1, 0, 1]) + r"\pard\plain §\par\pard\plain\ls1\ilvl0\fi-360\li720 §\par}",
    "b08-by-way.rtf": "a07-headings", "b09-by-way.rtf": "a05-starts",
    "c01-plain.md": "1. §\n2. §\n\n    a. §\n    b. §\n\n        i. §\n        ii. §\n\n3. §\n\n§\n\n5. §\n6. §\n\n- §\n- §\n",
    "c02-fancy.md": "(3) §\n(4) §\n\n§\n\nIV. §\nV. §\n\n§\n\nc) §\nd) §\n\n§\n\n#. §\n#. §\n\n§\n\n(i) §\n(ii) §\n",
    "c03-examples.md": "(@) §\n(@good) §\n\n§\n\n(@) §\n\nText as (@good) says.\n\n1. §\n\n    1. §\n\n        §\n\n    2. §\n\n2. §\n",
    "c04-sections.md": "# §\n\n## §\n\n§\n\n### §\n\n## §\n\n# § {-}\n\n# §\n\n## §\n\n1. §\n2. §\n\n    - §\n\n        1. §\n\n3. §\n",
    "c05-article.tex": r"\documentclass{article}\begin{document}\section{§}\subsection{§}§\begin{enumerate}\item §\item §\begin{enumerate}\item §\item §\begin{enumerate}\item §\end{enumerate}\end{enumerate}\item §\end{enumerate}\section*{§}\section{§}\begin{enumerate}\setcounter{enumi}{4}\item §\item §\end{enumerate}\end{document}",
    "c06-rest.rst": "§\n\n1. §\n2. §\n\n   a) §\n   b) §\n\n3. §\n\n§\n\n(IX) §\n(X) §\n\n§\n\n#. §\n#. §\n\n   * §\n\n     #. §\n",
    "c07-types.html": "<ol type=A><li>§</li><li>§<ol type=i start=4><li>§</li><li>§</li></ol></li></ol><p>§</p><ol start=0><li>§</li><li>§</li></ol><table><tr><th>Left</th><th>Right</th></tr><tr><td><ol><li>§</li></ol></td><td>§</td></tr></table>",
    "c08-tasks.md": "1. §\n\n    §\n\n    > 1. §\n    > 2. §\n\n2. §\n\n<!-- -->\n\n1. §\n2. §\n\n- §\n\n    1. §\n    2. §\n\n- §\n\n    1. §\n\n- [ ] §\n- [x] §\n",
    "c09-chinese.md": "# §\n\n1. §\n2. §\n    1. §\n    2. §\n\n## §\n\n10. §\n11. §\n    (1) §\n    (2) §\n\n## §\n\nA. §\nB. §\n",
}


def words(is_chinese):
    latin = (["q", *four] for four in itertools.product("bdgkmnprtv", "aou", "bdgkmnprtv", "aou"))
    return map("".join, itertools.permutations("鹤松梅桃柳枫榆槐桐杏狮雁鸥蝶蝉", 2) if is_chinese else latin)


def level(number, spec):
    form, text, *rest = spec.split("|")
    says = dict(one.split("=") if "=" in one else (one, "1") for one in ["start=1", *rest])
    one = {name: f'<w:{name} w:val="{value}"/>' if value else "" for name, value in says.items()}
    written = form if form.startswith("<") else f'<w:numFmt w:val="{form}"/>'
    middle = "".join(one.get(name, "") for name in ["lvlRestart", "pStyle", "isLgl", "suff"])
    return f'<w:lvl w:ilvl="{number}">{one["start"]}{written}{middle}<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{900 * (number + 1)}" w:hanging="900"/></w:pPr></w:lvl>'


def numbering(abstracts, lists):
    xml = ""
    for n, specs in enumerate(abstracts, 1):
        links = "".join('<w:{} w:val="{}"/>'.format(*one.split("=")) for one in specs if re.match("styleLink|numStyleLink", one))
        levels = "".join(level(i, one) for i, one in enumerate(specs) if "|" in one)
        xml += f'<w:abstractNum w:abstractNumId="{n}"><w:multiLevelType w:val="multilevel"/>{links}{levels}</w:abstractNum>'
    for n, one in enumerate(lists, 1):
        abstract, *overrides = re.split(r" (?=\d=)", one)
        xml += f'<w:num w:numId="{n}"><w:abstractNumId w:val="{abstract}"/>'
        for i, value in (override.split("=", 1) for override in overrides):
            xml += f'<w:lvlOverride w:ilvl="{i}">' + (level(int(i), value) if "|" in value else f'<w:startOverride w:val="{value}"/>') + "</w:lvlOverride>"
        xml += "</w:num>"
    return f"<w:numbering {SPACES}>{xml}</w:numbering>"


def place(of):
    list_, _, depth = of.partition("/")
    inside = (depth and f'<w:ilvl w:val="{depth}"/>') + (list_ and f'<w:numId w:val="{list_}"/>')
    return inside and f"<w:numPr>{inside}</w:numPr>"


def paragraph(entry, words_):
    word, entry = ("", entry[1:]) if entry[0] == "_" else (next(words_), entry)
    style, entry = entry[1:].partition("=")[::2] if entry.startswith("@") else ("", entry)
    pr = (style and f'<w:pStyle w:val="{style}"/>') + ("" if entry == "p" else place(entry))
    return f"<w:p><w:pPr>{pr}</w:pPr>{word and f'<w:r><w:t>{word}</w:t></w:r>'}</w:p>"


def by_word(path, abstracts, lists, styles, body, words_):
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    if abstracts:
        document.part.numbering_part._element = parse_xml(numbering(abstracts, lists))
    for spec in styles:
        name, base, of = re.fullmatch(r"([^<:]+)<?([^:]*):?(.*)", spec).groups()
        found = [s for s in document.styles.element if s.get(f"{{{W}}}styleId") == name]
        if not found:
            kind, name = ("numbering", name[1:]) if name.startswith("#") else ("paragraph", name)
            based = base and f'<w:basedOn w:val="{base}"/>'
            found = [parse_xml(f'<w:style {SPACES} w:type="{kind}" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>{based}<w:pPr/></w:style>')]
            document.styles.element.append(found[0])
        if place(of):
            found[0].get_or_add_pPr()._insert_numPr(parse_xml(place(of).replace("<w:numPr", f"<w:numPr {SPACES}")))
    body = re.sub(r"(\d+)\*(\S+)", lambda more: f"{more[2]} " * int(more[1]), body)
    xml = "".join({"[": "<w:tbl><w:tblPr/><w:tblGrid/><w:tr>", "]": "</w:tr></w:tbl>"}.get(one) or paragraph(one, words_) for one in body.split())
    # Rows after one another are one table, and each paragraph in one a cell.
    xml = xml.replace("</w:tr></w:tbl><w:tbl><w:tblPr/><w:tblGrid/><w:tr>", "</w:tr><w:tr>")
    xml = re.sub("<w:tr>.*?</w:tr>", lambda row: re.sub("<w:p>.*?</w:p>", r'<w:tc><w:tcPr><w:tcW w:w="2900" w:type="dxa"/></w:tcPr>\g<0></w:tc>', row[0]), xml)
    for child in parse_xml(f"<w:body {SPACES}>{xml}</w:body>"):
        document.element.body.insert(len(document.element.body) - 1, child)
    document.save(path)


def soffice(folder, form, paths, *more):
    """Converts with a profile of its own, so that nobody's LibreOffice is in the way."""
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    subprocess.run(["soffice", profile, "--headless", *more, "--convert-to", form, "--outdir", folder, *paths], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=True)


def by_other(folder, name, source, words_):
    """The document as LibreOffice or pandoc writes it from its source, in which `§` is the next word."""
    path = folder / name
    if "§" not in source:
        soffice(folder, "rtf", [folder / f"{source}.docx"])
        (folder / f"{source}.rtf").rename(path)
    else:
        path.write_text(re.sub("§", lambda _: next(words_), source))
    if name.startswith("b"):
        soffice(folder, "docx:MS Word 2007 XML", [path], *(["--infilter=HTML (StarWriter)"] if name.endswith("html") else []))
    else:
        sections = path.stem in ["c04-sections", "c05-article", "c09-chinese"]
        subprocess.run(["pandoc", *["--number-sections"] * sections, "-o", path.with_suffix(".docx"), path], check=True)


def number_before(text, said):
    """By word, what stands before it on its line and after the word before it; `None` where it is not in the text."""
    found, pattern = dict.fromkeys(said), re.compile("|".join(said))
    for line in text.splitlines():
        end = 0
        for match in pattern.finditer(line):
            if found[match[0]] is None:
                before = re.sub(r"[\s|\u200b]", "", line[end:match.start()])
                found[match[0]] = before if any(c.isalnum() for c in before) else ""
            end = match.end()
    return found


def shown(pdf):
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    # Some glyphs come out as the radicals that look like them.
    return "".join(unicodedata.normalize("NFKC", c) if "\u2e80" <= c < "\u2fe0" else c for c in text)


def make(folder):
    said = folder.mkdir(parents=True, exist_ok=True) or {}
    for name, parts in [*WORD.items(), *SOURCES.items()]:
        words_, is_chinese = [], parts[0] == "zh" or "chinese" in name
        following = (words_.append(word) or word for word in words(is_chinese))
        if name in WORD:
            by_word(folder / f"{name}.docx", *parts[1:], following)
        else:
            by_other(folder, name, parts, following)
        said[name.split(".")[0]] = words_ or said[parts]
    soffice(folder, "pdf", sorted(folder.glob("*.docx")))
    gold = {name: number_before(shown(folder / f"{name}.pdf"), words_) for name, words_ in said.items()}
    (folder / "gold.json").write_text(json.dumps(gold, ensure_ascii=False, indent=1))
    print(f"{len(gold)} documents, {sum(map(len, gold.values()))} items")


def read(folder, yinju, home):
    gold, counts = json.loads((folder / "gold.json").read_text()), collections.Counter()
    for name, items in sorted(gold.items()):
        run = subprocess.run([yinju, "--home", home, "--json", "parse", "--no-ocr", folder / f"{name}.docx"], capture_output=True, text=True, check=False)
        pages = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
        found, right, lines = number_before("\n".join(page.get("text", "") for page in pages), items), 0, []
        for at, (word, number) in enumerate(items.items()):
            got, standard = found[word], BY_STANDARD.get(name, {}).get(at, number)
            kind, right = "sure" if standard == number else "open" if standard is None else "wrong", right + (got == number)
            counts.update(["all", kind, "shown" * (got == number), f"{kind} right" * (got == standard)])
            if kind != "sure" or got != number:
                says = {"sure": "", "open": ", open by the standard", "wrong": f", by the standard {standard!r}"}[kind]
                lines.append(f"  {at:4} {word}: {got!r}, shown {number!r}{says}{' as read' * (kind == 'wrong' and got == standard)}")
        print(f"{name}: {right}/{len(items)}", *lines, sep="\n")
    print(f"{len(gold)} documents: {counts['shown']}/{counts['all']} as LibreOffice shows them, {counts['sure right']}/{counts['sure']} "
          f"without those where it is in doubt, {counts['sure right'] + counts['wrong right']}/{counts['sure'] + counts['wrong']} by the standard")


if __name__ == "__main__":
    verb, folder, *rest = sys.argv[1:]
    make(pathlib.Path(folder)) if verb == "make" else read(pathlib.Path(folder), rest[0], os.path.expanduser(rest[1]))
