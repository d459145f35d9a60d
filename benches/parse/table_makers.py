"""How the tables of the generated set come to look: as HTML (WeasyPrint), LaTeX (XeLaTeX), Word documents and
spreadsheets (LibreOffice). Each maker takes a document, a list of paragraphs and `Table`s, and writes a PDF."""

import html
import pathlib
import re
import shutil
import subprocess

WRAPS_AFTER = 38  # half-width characters in a wide column of a sheet
LATEX_FONT = "/usr/share/fonts/truetype/wqy/"
HTML_STYLES = {
    "grid": "td,th{border:1px solid #333}",
    "lines": "td,th{border-bottom:1px solid #999}",
    "booktabs": "table{border-top:1.5px solid;border-bottom:1.5px solid} thead tr:last-child>*{border-bottom:1px solid}",
    "unruled": "td,th{padding:3px 14px}",
    "zebra": "tbody tr:nth-child(even){background:#e4ecf4} thead{background:#c4d4e4}",
    "columns": "td,th{border-left:1px solid #555;border-right:1px solid #555}",
    "box": "table{border:1.5px solid} thead{background:#ddd}",
    "filled": "thead{background:#245;color:#fff} td,th{padding:4px 12px}",
}
NUMBER = re.compile(r"^[-(]?[\d,.]+[%)]?$")


def is_number(text):
    return bool(NUMBER.match(text))


def html_table(table):
    """A table with a head and a body."""
    rows = []
    for r, row in enumerate(table.grid):
        tag = "th" if r < table.header_rows else "td"
        cells = "".join(
            f'<{tag} rowspan="{c.rows}" colspan="{c.columns}"{" class=n" if is_number(c.text) else ""}>{html.escape(c.text)}</{tag}>'
            for c in row if c)
        rows.append(f"<tr>{cells}</tr>")
    head, body = "".join(rows[:table.header_rows]), "".join(rows[table.header_rows:])
    widths = "".join(f'<col{" style=width:55%" if c in table.wide else ""}>' for c in range(table.columns))
    return f"<table><colgroup>{widths}</colgroup><thead>{head}</thead><tbody>{body}</tbody></table>"


def html_page(parts, style, page="A4", columns=1, size=10, beside=False, width="auto"):
    """A document as HTML: texts become paragraphs, tuples captions."""
    body = []
    for part in parts:
        if isinstance(part, str):
            body.append(f"<p>{html.escape(part)}</p>")
        elif isinstance(part, tuple):
            body.append(f"<p class=caption>{html.escape(part[0])}</p>")
        else:
            body.append(html_table(part))
    content = "".join(body)
    if beside:
        content = re.sub(r"((?:<table>.*?</table>){2})", r"<div class=beside>\1</div>", content)
    return f"""<meta charset=utf-8><style>@page{{size:{page};margin:20mm}} body{{font:{size}pt 'DejaVu Sans','WenQuanYi Micro Hei';columns:{columns};
column-gap:10mm;line-height:1.4}} table{{border-collapse:collapse;margin:8px auto;width:{width}}} td,th{{padding:3px 8px;vertical-align:top;text-align:left}}
th{{text-align:center}} td.n{{text-align:right}} p.caption{{text-align:center;font-size:90%}} .beside{{display:flex;gap:12mm}} {HTML_STYLES[style]}</style>{content}"""


def make_html(target, parts, **look):
    import weasyprint

    weasyprint.HTML(string=html_page(parts, **look)).write_pdf(target)


def escaped(text):
    """A text as LaTeX takes it."""
    text = text.replace("\\", r"\textbackslash{}")
    for character in "&%$#_{}":
        text = text.replace(character, "\\" + character)
    return text.replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")


def latex_cell(table, r, c, bar):
    """What stands in a place, or nothing where a cell to the left covers it."""
    cell = table.grid[r][c]
    if cell is None:
        for above in range(r - 1, -1, -1):
            owner = table.grid[above][c]
            if owner:
                if owner.rows <= r - above:
                    return None
                return f"\\multicolumn{{{owner.columns}}}{{{bar}c{bar}}}{{}}" if owner.columns > 1 else ""
        return None
    text = escaped(cell.text)
    if cell.rows > 1:
        text = f"\\multirow{{{cell.rows}}}{{*}}{{{text}}}"
    if cell.columns > 1:
        first = bar if c == 0 else ""
        text = f"\\multicolumn{{{cell.columns}}}{{{first}c{bar}}}{{{text}}}"
    return text


def open_columns(table, r):
    """The columns at which no cell reaches over the lower edge of a row, as ranges counted from 1."""
    covered = set()
    for above in range(r + 1):
        for c, cell in enumerate(table.grid[above]):
            if cell and above + cell.rows > r + 1:
                covered |= set(range(c, c + cell.columns))
    free = [c for c in range(table.columns) if c not in covered]
    ranges = []
    for c in free:
        if ranges and ranges[-1][1] == c:
            ranges[-1][1] = c + 1
        else:
            ranges.append([c + 1, c + 1])
    return ranges


def latex_spec(table, bar):
    """The columns of a tabular."""
    specs = []
    for c in range(table.columns):
        texts = [row[c].text for row in table.grid[table.header_rows:] if row[c] and row[c].columns == 1]
        numbers = sum(map(is_number, texts)) * 2 > len(texts)
        specs.append(r">{\raggedright\arraybackslash}p{7cm}" if c in table.wide else "r" if numbers else "l")
    return bar + bar.join(specs) + bar


def latex_rows(table, style):
    """The rows with the lines between them."""
    bar = "|" if style == "grid" else ""
    for r in range(len(table.grid)):
        cells = [latex_cell(table, r, c, bar) for c in range(table.columns)]
        line = " & ".join(cell for cell in cells if cell is not None) + r" \\"
        if style == "grid":
            line += "".join(f"\\cline{{{a}-{b}}}" for a, b in open_columns(table, r))
        elif style == "booktabs" and r + 1 == table.header_rows:
            line += r" \midrule"
        yield line


def latex_table(table, style):
    """A table that stays on its page."""
    top, bottom = {"grid": (r"\hline", ""), "booktabs": (r"\toprule", r"\bottomrule"), "unruled": ("", "")}[style]
    rows = "\n".join(latex_rows(table, style))
    return f"\\begin{{tabular}}{{{latex_spec(table, '|' if style == 'grid' else '')}}}{top}\n{rows}\n{bottom}\\end{{tabular}}"


def latex_long(table, style):
    """A table that goes on on the next page, its header repeated."""
    rows = list(latex_rows(table, style))
    top = {"grid": r"\hline", "booktabs": r"\toprule", "unruled": ""}[style]
    head = top + "\n" + "\n".join(rows[:table.header_rows]) + r"\endhead"
    foot = r"\bottomrule\endfoot" if style == "booktabs" else ""
    body = "\n".join(rows[table.header_rows:])
    spec = latex_spec(table, "|" if style == "grid" else "")
    return f"\\begin{{longtable}}{{{spec}}}\n{head}\n{foot}\n{body}\n\\end{{longtable}}"


def latex_page(parts, lang, style, long=False, beside=False, columns=1, size="10pt"):
    """A document; two tables that follow each other stand side by side where `beside` says so."""
    body = []
    for part in parts:
        if isinstance(part, str):
            body.append("\n" + escaped(part) + "\n")
        elif isinstance(part, tuple):
            body.append(f"\\begin{{center}}{escaped(part[0])}\\end{{center}}")
        elif long:
            body.append(latex_long(part, style))
        else:
            body.append(latex_table(part, style) + (r"\hspace{1cm}" if beside else "\n"))
    fonts = f"\\setmainfont{{wqy-microhei.ttc}}[Path={LATEX_FONT}]\\XeTeXlinebreaklocale \"zh\"\\XeTeXlinebreakskip=0pt plus 1pt" if lang == "zh" else ""
    return "\n".join([
        f"\\documentclass[{size}{',twocolumn' if columns == 2 else ''}]{{article}}", r"\usepackage[a4paper,margin=22mm]{geometry}",
        r"\usepackage{fontspec,booktabs,multirow,longtable,array}", fonts,
        r"\setlength{\parindent}{0pt}\setlength{\parskip}{6pt}", r"\begin{document}", *body, r"\end{document}"])


def make_latex(target, parts, **look):
    source = target.with_suffix(".tex")
    source.write_text(latex_page(parts, **look))
    command = ["xelatex", "-interaction=batchmode", "-halt-on-error", source.name]
    for _ in range(2 if look.get("long") else 1):  # longtable settles its widths in a second run
        subprocess.run(command, cwd=target.parent, check=True, capture_output=True)


def make_word(target, parts, grid, lang):
    """Writes the document; `convert` makes PDFs of all of them at once."""
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name = "DejaVu Sans"
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "WenQuanYi Micro Hei")
    normal.font.size = docx.shared.Pt(9.5)
    for part in parts:
        if isinstance(part, (str, tuple)):
            document.add_paragraph(part if isinstance(part, str) else part[0])
            continue
        made = document.add_table(len(part.grid), part.columns, style="Table Grid" if grid else None)
        for r, row in enumerate(part.grid):
            for c, cell in enumerate(row):
                if cell:
                    place = made.cell(r, c)
                    if cell.rows > 1 or cell.columns > 1:
                        place = place.merge(made.cell(r + cell.rows - 1, c + cell.columns - 1))
                    place.text = cell.text
                    if is_number(cell.text):
                        place.paragraphs[0].alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
        for row in made.rows[:part.header_rows]:
            repeated = OxmlElement("w:tblHeader")
            row._tr.get_or_add_trPr().append(repeated)
    document.save(target.with_suffix(".docx"))


def make_sheet(target, parts, grid, lang):
    """A sheet with one table from its third row on."""
    import openpyxl
    from openpyxl.styles import Alignment, Border, Font, Side

    book = openpyxl.Workbook()
    sheet, start = book.active, 3
    side = Side(style="thin")
    for part in parts:
        if isinstance(part, str):
            continue  # a paragraph would run over the sheet's width
        if isinstance(part, tuple):
            sheet.cell(1, 1, part[0])
            continue
        for r, row in enumerate(part.grid):
            for c, cell in enumerate(row):
                place = sheet.cell(start + r, c + 1)
                if grid:
                    place.border = Border(left=side, right=side, top=side, bottom=side)
                if cell:
                    place.value = cell.text
                    place.font = Font(name="WenQuanYi Micro Hei", size=9, bold=r < part.header_rows)
                    kind = "right" if is_number(cell.text) else "center" if r < part.header_rows else "left"
                    place.alignment = Alignment(horizontal=kind, vertical="top", wrap_text=c in part.wide)
        for r, row in enumerate(part.grid):
            for c, cell in enumerate(row):
                if cell and (cell.rows > 1 or cell.columns > 1):
                    sheet.merge_cells(start_row=start + r, start_column=c + 1, end_row=start + r + cell.rows - 1, end_column=c + cell.columns)
            lines = max([-(-len(row[c].text.encode("gbk", "replace")) // WRAPS_AFTER) for c in part.wide if row[c]], default=1)
            sheet.row_dimensions[start + r].height = 15 * lines  # no viewer is there to find the height of wrapped cells
        for c in range(part.columns):
            longest = max(len(row[c].text.encode("gbk", "replace")) if row[c] and row[c].columns == 1 else 4 for row in part.grid)
            sheet.column_dimensions[openpyxl.utils.get_column_letter(c + 1)].width = 44 if c in part.wide else longest * 1.15 + 3
        start += len(part.grid) + 2
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    book.save(target.with_suffix(".xlsx"))


def convert(folder):
    """PDFs of the Word documents and spreadsheets in a folder."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    for ending in ("docx", "xlsx"):
        files = sorted(str(path) for path in pathlib.Path(folder).glob(f"*.{ending}"))
        profile = f"-env:UserInstallation=file://{pathlib.Path(folder).resolve()}/profile"
        subprocess.run([office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files], check=True, capture_output=True)
