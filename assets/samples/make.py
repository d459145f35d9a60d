"""Makes the sample PDFs from `source/*.typ`.

Needs the packages `typst`, `pypdfium2`, `pillow` and `numpy`. Fonts: Noto CJK (Debian package `fonts-noto-cjk`); Latin fonts come with typst.
Run: python3 make.py
"""

from pathlib import Path

import numpy as np
import pypdfium2
import typst
from PIL import Image, ImageFilter

HERE = Path(__file__).parent
SOURCE = HERE / "source"
SCANS = {"letter-scan-zh"}


def main() -> None:
    for source in sorted(SOURCE.glob("*.typ")):
        pdf = typst.compile(str(source), format="pdf")
        target = HERE / f"{source.stem}.pdf"
        if source.stem in SCANS:
            scan(pdf, target)
        else:
            target.write_bytes(pdf)
        print(f"{target.name}: {target.stat().st_size // 1024} KB")


def scan(pdf: bytes, target: Path) -> None:
    """The pages as grey, noisy, slightly turned images without any text layer."""
    random = np.random.default_rng(7)
    pages = [aged(page.render(scale=130 / 72).to_pil(), random) for page in pypdfium2.PdfDocument(pdf)]
    pages[0].save(target, "PDF", resolution=130, save_all=True, append_images=pages[1:], quality=55)


def aged(image: Image.Image, random: np.random.Generator) -> Image.Image:
    grey = image.convert("L").rotate(0.8, resample=Image.Resampling.BICUBIC, fillcolor=238)
    pixels = np.asarray(grey.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    shade = np.linspace(-8, 6, pixels.shape[1])[None, :]
    noisy = pixels * 0.92 + 10 + shade + random.normal(0, 4, pixels.shape)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
