"""Questions to long manuals: 60 in English and 60 in Chinese (15 of them Traditional), written by somebody who read pages of 23
manuals and guides (1,881 pages) and asked as one who has not, mostly in other words. Each names every page that answers it.

    python manuals.py fetch FOLDER DATA                packages of Debian 12 by apt, and files of DATA (the public data/pdf)
    python manuals.py ask YINJU HOME LIBRARY [even|odd]  recall at 1 and 10 by distinct pages, by kind; -v names what is missed

`fetch` needs apt-get, dpkg and zcat. FOLDER is then imported into LIBRARY. Even questions (of each file, from 0) were read while
the search was worked on; odd ones were not.
"""

import collections
import gzip
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PACKAGES = {
    "debian-faq": {"doc/debian/FAQ/debian-faq.en.pdf.gz": "debian-faq"},
    "debian-policy": {"doc/debian-policy/policy.pdf.gz": "policy"},
    "maint-guide": {"doc/maint-guide/maint-guide.en.pdf": "maint-guide"},
    "debian-history": {"doc/debian-history/docs/project-history.en.pdf": "project-history"},
    "installation-guide-amd64": {
        "doc/installation-guide-amd64/en/install.en.pdf.gz": "install",
        "doc/installation-guide-amd64/zh_CN/install.zh_CN.pdf.gz": "install-zh",
    },
    "developers-reference": {"developers-reference/developers-reference.pdf": "developers-reference"},
    "debian-reference-en": {"debian-reference/debian-reference.en.pdf": "debian-reference.en"},
    "debian-reference-zh-cn": {"debian-reference/debian-reference.zh-cn.pdf": "debian-reference.zh-cn"},
    "debian-reference-zh-tw": {"debian-reference/debian-reference.zh-tw.pdf": "debian-reference.zh-tw"},
}
PUBLIC = ["acmconf", "acmguide", "sample-acmengage", "sample-acmtog"], [
    "asymptote-faq-zh-cn", "asymptote-manual-zh-cn", "ctex-faq", "fduthesis", "lshort-zh-cn", "nanicolle-doc-zh", "qyxf-book-doc",
    "tlmgr-intro-zh-cn", "zhlineskip",
]


def fetch(folder, data):
    folder = pathlib.Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["apt-get", "download", *PACKAGES], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        for package, files in PACKAGES.items():
            subprocess.run(["dpkg", "-x", *pathlib.Path(scratch).glob(f"{package}_*.deb"), scratch], check=True)
            for inside, name in files.items():
                source = pathlib.Path(scratch, "usr/share", inside)
                opened = gzip.open if source.suffix == ".gz" else open
                with opened(source, "rb") as read, open(folder / f"{name}.pdf", "wb") as write:
                    shutil.copyfileobj(read, write)
    english, chinese = PUBLIC
    for name in [f"texlive-publishers-doc__{n}" for n in english] + [f"texlive-lang-chinese__{n}" for n in chinese]:
        shutil.copy(pathlib.Path(data, f"{name}.pdf"), folder)


def rank(yinju, home, library, question):
    """The place of the first right page among distinct pages found, from 1; None behind 40 passages."""
    command = [yinju, "--home", home, "--json", "search", question["question"], "--library", library, "--top", "40"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[-1])
    right = {(document, page) for document, pages in question["pages"].items() for page in pages}
    places = []
    for hit in found.get("hits", []):
        document = pathlib.Path(hit["document"]["path"]).stem
        if (document, hit["pages"][0]) not in places:
            places.append((document, hit["pages"][0]))
        if any((document, page) in right for page in hit["pages"]):
            return places.index((document, hit["pages"][0])) + 1, places
    return None, places


def ask(yinju, home, library, *options):
    half = [at for at, name in enumerate(["even", "odd"]) if name in options]
    for language in ["en", "zh"]:
        kinds = collections.defaultdict(lambda: [0, 0, 0])
        for at, line in enumerate((HERE / f"{language}.jsonl").read_text().splitlines()):
            if half and at % 2 not in half:
                continue
            question = json.loads(line)
            place, found = rank(yinju, home, library, question)
            count = kinds[question["kind"]]
            count[0] += 1
            count[1] += place == 1
            count[2] += place is not None and place <= 10
            if "-v" in options and place != 1:
                print(question["id"], question["kind"], place, question["question"], question["pages"], found[:3])
        total, first, ten = (sum(count[at] for count in kinds.values()) for at in range(3))
        print(f"{language}: {total} questions, R@1 {first / total:.3f}, R@10 {ten / total:.3f}; (asked, first, among ten) by kind: {dict(kinds)}")


if __name__ == "__main__":
    {"fetch": fetch, "ask": ask}[sys.argv[1]](*sys.argv[2:])
