"""Pages as images with the blocks our reader sees drawn on them: outlined by kind, numbered in reading order, joined
by a line from block to block; tables with their cells. For judging by eye.

    python overlay.py READER PDFIUM FILE OUTPUT [--pages 1-3,7] [--password P] [--dpi 110]
"""

import argparse
import pathlib
import sys

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

import reading

COLOURS = {
    "heading": "#d00000", "paragraph": "#1060d0", "list_item": "#008080", "table": "#c000c0", "caption": "#e08000",
    "formula": "#7a4a00", "header": "#808080", "footer": "#808080", "footnote": "#408000", "form_field": "#c0a000",
    "annotation": "#c0a000",
}
SHORT = {"paragraph": "", "heading": "h", "list_item": "li"}
FACE = ImageFont.load_default(size=13)


def numbers(text, last):
    """Page numbers as in `1-3,7`; all without a text."""
    if not text:
        return list(range(1, last + 1))
    found = []
    for part in text.split(","):
        first, _, end = part.partition("-")
        found.extend(range(int(first), int(end or first) + 1))
    return [number for number in found if 1 <= number <= last]


def label(index, block):
    """What stands beside a block."""
    short = SHORT.get(block["kind"], block["kind"])
    name = f"{index} {short}{block.get('level') or ''}".strip()
    table = reading.table_of(block)
    if table:
        name += f" {len(table['rows'])}x{len(table['rows'][0]) if table['rows'] else 0}"
        name += f" header {table['header_rows']}" if table.get("header_rows") else ""
    return name


def cell_boxes(page, block):
    """The boxes around the texts of a table's cells, which have none of their own: each cell's characters are found
    again in the table's text."""
    cells = [cell for row in reading.table_of(block)["rows"] for cell in row if cell.strip()]
    start, end = block["range"]["start"], block["range"]["end"]
    owner, place = {}, start
    for index, cell in enumerate(cells):
        for character in "".join(cell.split()):
            found = page["text"].find(character, place, end)
            if found >= 0:
                owner[found], place = index, found + 1
    boxes = {}
    for line in page["lines"]:
        for offset, (low, high) in enumerate(line["edges"]):
            index = owner.get(line["range"]["start"] + offset)
            if index is not None:
                low, high = min(low, high) / 65535, max(low, high) / 65535
                left, top, right, bottom = line["bbox"]
                box = [left, low, right, high] if line["vertical"] else [low, top, high, bottom]
                old = boxes.get(index, box)
                boxes[index] = [min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]), max(old[3], box[3])]
    return boxes.values()


def draw_page(image, page):
    """Draws what was read on the image of a page."""
    draw, size = ImageDraw.Draw(image, "RGBA"), image.size
    centre = None
    for index, block in enumerate(page["blocks"], 1):
        colour = COLOURS.get(block["kind"], "#000000")
        boxes = [[b[0] * size[0], b[1] * size[1], b[2] * size[0], b[3] * size[1]] for b in block["boxes"]]
        if not boxes:
            continue
        if reading.table_of(block):
            for x0, y0, x1, y1 in cell_boxes(page, block):
                draw.rectangle([x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]], outline="#00a000")
        for box in boxes:
            draw.rectangle(box, fill=colour + "18")
        around = [min(b[0] for b in boxes) - 2, min(b[1] for b in boxes) - 2,
                  max(b[2] for b in boxes) + 2, max(b[3] for b in boxes) + 2]
        draw.rectangle(around, outline=colour, width=2)
        name = label(index, block)
        width = draw.textlength(name, font=FACE)
        at = (max(around[0] - width - 4, 0), around[1])  # left of the block, where its text is not hidden
        draw.rectangle([at[0], at[1], at[0] + width, at[1] + 15], fill="#ffffffd0")
        draw.text(at, name, fill=colour, font=FACE)
        following = ((around[0] + around[2]) / 2, (around[1] + around[3]) / 2)
        if centre:
            draw.line([centre, following], fill="#00000060", width=1)
        centre = following


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reader")
    parser.add_argument("pdfium")
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--pages", default="")
    parser.add_argument("--password")
    parser.add_argument("--dpi", type=int, default=110)
    options = parser.parse_args()
    password = options.password or reading.passwords(options.file.parent).get(options.file.name)
    read = reading.read(options.reader, options.pdfium, options.file, password)
    if read.error:
        sys.exit(f"{options.file}: {read.error}")
    options.output.mkdir(parents=True, exist_ok=True)
    document = pypdfium2.PdfDocument(options.file, password=password)
    by_number = {page["number"]: page for page in read.pages}
    for number in numbers(options.pages, len(document)):
        image = document[number - 1].render(scale=options.dpi / 72).to_pil().convert("RGB")
        if number in by_number:
            draw_page(image, by_number[number])
        path = options.output / f"{options.file.stem}-{number:03}.png"
        image.save(path)
        print(path)


if __name__ == "__main__":
    main()
