"""How like two readings of a page are. Deliberately not here: where readings come from (`reading.py`), and what is
done with the figures (`text.py`)."""

import collections
import re
import unicodedata

from rapidfuzz.distance import LCSseq

CJK_RANGES = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
CJK = re.compile(f"[{CJK_RANGES}]")
CJK_SHARE = .3  # of the letters; above it a page counts as CJK
FEWEST = 20  # pages with fewer characters in the references are left out
# A hyphen between letters says nothing of a reader: one that undoes a division at a line's end cannot know whether
# the word has a hyphen of its own. PDFium writes U+FFFE or U+0002 for one at a line's end.
HYPHEN = "[-\u2010\u00ad\ufffe\x02]"
INSIDE = re.compile(rf"(?<=[^\W\d_]){HYPHEN}(?=[^\W\d_])")
AT_LINE_END = re.compile(rf"(?<=[^\W\d_]){HYPHEN}[ \t]*\r?\n?[ \t]*(?=[^\W\d_])")
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff]")
WORD = re.compile(rf"[^\W_{CJK_RANGES}]+")


def normal(text, joins):
    """The text in Unicode's compatible form, without hyphens inside words and without what is not seen. `joins`:
    words divided at a line's end are joined, as our reader has to do by itself."""
    text = unicodedata.normalize("NFKC", text)
    text = (AT_LINE_END if joins else INSIDE).sub("", text)
    return INVISIBLE.sub("", text)


def squeezed(text):
    """The text without white space."""
    return "".join(text.split())


def is_cjk(text):
    """Whether more than three in ten letters are Chinese, Japanese or Korean."""
    letters = sum(c.isalpha() for c in text)
    return letters > 0 and len(CJK.findall(text)) > CJK_SHARE * letters


def bag_f1(ours, theirs):
    """F1 of two bags; of two empty ones 1."""
    if not ours and not theirs:
        return 1.0
    common = sum((collections.Counter(ours) & collections.Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs))


def words(text):
    """Its words of other scripts than Chinese, Japanese and Korean, which part words like spaces, in lower case."""
    return [word.lower() for word in WORD.findall(text)]


def order(ours, theirs):
    """Twice the longest common subsequence over both lengths: 1 where all characters are the same in the same order.
    Never more than their bags have in common, so a lost character lowers it too."""
    if not ours and not theirs:
        return 1.0
    return 2 * LCSseq.similarity(ours, theirs) / (len(ours) + len(theirs))


def compare(ours, references):
    """F of characters, F of words and O of a text, each against the reference that suits it better. The texts are
    `normal` ones."""
    mine = squeezed(ours)
    against = [(squeezed(text), words(text)) for text in references]
    return {
        "F": max(bag_f1(mine, characters) for characters, _ in against),
        "word F": max(bag_f1(words(ours), theirs) for _, theirs in against),
        "O": max(order(mine, characters) for characters, _ in against),
    }


def nearest_the_ends(text, part):
    """Where a part stands in a text, nearest to its start or its end; -1 where it does not."""
    first, last = text.find(part), text.rfind(part)
    return first if first <= len(text) - last - len(part) else last


def without_running(text, running):
    """A text without white space and without its running headers and footers: each is taken out once, where it stands
    nearest to the text's ends; word by word where the words of a header stand otherwise than on our side."""
    text = squeezed(text)
    for line in running:
        whole = squeezed(line)
        for part in [whole] if whole in text else line.split():
            at = nearest_the_ends(text, part)
            if at >= 0:
                text = text[:at] + text[at + len(part):]
    return text
