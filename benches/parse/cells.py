"""How like a table that was read is to what stands in it. Deliberately not here: where tables come from
(`table_score.py`).

Measures, over cells that hold text:
- cells: a cell is right when its text is, and stands in the row and column it should; rows and columns are numbered
  after the best alignment of both grids, so that one row too many costs its own cells and not all below it.
- texts: the texts alone, wherever they stand.
- neighbours: pairs of cells next to each other, with nothing or empty cells between them, to the right and below
  (the adjacency relations of the ICDAR 2013 competition).
"""

import collections
import unicodedata

import measures

CLOSE_TO_CJK = measures.re.compile(rf"(?<=[{measures.CJK_RANGES}\u3000-\u303f\uff00-\uffef])\s+|\s+(?=[{measures.CJK_RANGES}\u3000-\u303f\uff00-\uffef])")


def text_of(cell):
    """A cell's text as it is compared: compatible forms, single spaces, none beside Chinese characters."""
    text = CLOSE_TO_CJK.sub("", (cell or "").strip())
    return " ".join(measures.normal(unicodedata.normalize("NFC", text), joins=True).split())


def grid_of(table):
    """The cells' texts, rows of equal length."""
    rows = [[text_of(cell) for cell in row] for row in table["rows"]]
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def align(count, others, gain):
    """The pairs of two sequences, in order, whose gains are the most together."""
    best = [[0.0] * (others + 1) for _ in range(count + 1)]
    for i in range(count):
        for j in range(others):
            best[i + 1][j + 1] = max(best[i][j] + gain(i, j), best[i][j + 1], best[i + 1][j])
    pairs, i, j = [], count, others
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def shared(ours, theirs):
    """How many texts two lists have in common; empty ones do not count."""
    return sum((collections.Counter(filter(None, ours)) & collections.Counter(filter(None, theirs))).values())


def right_cells(ours, truth):
    """How many cells with text are right after the best alignment. Rows and columns are aligned in turn, first the rows
    by the texts they share, and again once columns are known."""
    if not ours or not truth:
        return 0
    rows = align(len(truth), len(ours), lambda i, j: shared(truth[i], ours[j]))
    most = 0
    for _ in range(3):
        columns = align(len(truth[0]), len(ours[0]), lambda c, d: sum(truth[i][c] == ours[j][d] != "" for i, j in rows))
        count = sum(truth[i][c] == ours[j][d] != "" for i, j in rows for c, d in columns)
        most = max(most, count)
        rows = align(len(truth), len(ours), lambda i, j: sum(truth[i][c] == ours[j][d] != "" for c, d in columns))
    return most


def owners(grid, spans):
    """For every place the place whose text it shows."""
    owner = {(r, c): (r, c) for r, row in enumerate(grid) for c, _ in enumerate(row)}
    for span in spans:
        for r in range(span["row"], span["row"] + span["rows"]):
            for c in range(span["column"], span["column"] + span["columns"]):
                owner[r, c] = (span["row"], span["column"])
    return owner


def neighbours(grid, spans):
    """The pairs of texts next to each other, and in which direction."""
    owner = owners(grid, spans)
    height, width = len(grid), max(map(len, grid), default=0)
    pairs = set()
    runs = [("right", [(r, c) for c in range(width)]) for r in range(height)]
    runs += [("below", [(r, c) for r in range(height)]) for c in range(width)]
    for direction, places in runs:
        before = None
        for place in places:
            cell = owner.get(place, place)
            if cell[0] >= height or cell[1] >= width or not grid[cell[0]][cell[1]]:
                continue
            if before and before != cell:
                pairs.add((before, cell, direction))
            before = cell
    return collections.Counter((grid[a[0]][a[1]], grid[b[0]][b[1]], direction) for a, b, direction in pairs)


def filled(grid):
    """The texts of a grid."""
    return [cell for row in grid for cell in row if cell]


class Count:
    """Right, found and wanted things, and their F1."""

    def __init__(self):
        self.right = self.found = self.wanted = 0

    def add(self, right, found, wanted):
        self.right, self.found, self.wanted = self.right + right, self.found + found, self.wanted + wanted

    def f1(self):
        both = self.found + self.wanted
        return 2 * self.right / both if both else float("nan")


MEASURES = ("cells", "texts", "neighbours", "spans")


def compare(ours, truth):
    """Right, found and wanted by measure, of two tables either of which may be missing."""
    empty = {"rows": [], "spans": []}
    ours, truth = ours or empty, truth or empty
    mine, theirs = grid_of(ours), grid_of(truth)
    pairs, wanted = neighbours(mine, ours["spans"]), neighbours(theirs, truth["spans"])
    spans = [{(mine_or[s["row"]][s["column"]], s["rows"], s["columns"]) for s in table["spans"]
              if s["row"] < len(mine_or) and s["column"] < len(mine_or[s["row"]])}
             for mine_or, table in ((mine, ours), (theirs, truth))]
    return {
        "cells": (right_cells(mine, theirs), len(filled(mine)), len(filled(theirs))),
        "texts": (shared(filled(mine), filled(theirs)), len(filled(mine)), len(filled(theirs))),
        "neighbours": (sum((pairs & wanted).values()), sum(pairs.values()), sum(wanted.values())),
        "spans": (len(spans[0] & spans[1]), len(spans[0]), len(spans[1])),
    }
