"""Which files of the front-end packages the browser gets, and the copying of them to `static/vendor`.

Only what a page can ask for is copied: minified scripts or modules, style sheets, woff2 fonts, and each licence.
"""

import shutil
from pathlib import Path

# folder under static/vendor -> npm package, and the files to take (patterns relative to the package) with where they go
FILES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "htmx": ("htmx.org", (("dist/htmx.min.js", ""), ("LICENSE", ""))),
    "katex": (
        "katex",
        (("dist/katex.mjs", ""), ("dist/katex.min.css", ""), ("dist/fonts/*.woff2", "fonts"), ("LICENSE", "")),
    ),
    "mathlive": ("mathlive", (("mathlive.min.mjs", ""), ("LICENSE.txt", ""))),  # its fonts are those of KaTeX
    "echarts": ("echarts", (("dist/echarts.esm.min.mjs", ""), ("LICENSE", ""), ("NOTICE", ""))),
    "pico": ("@picocss/pico", (("css/pico.min.css", ""), ("LICENSE.md", ""))),
    "marked": ("marked", (("lib/marked.esm.js", ""), ("LICENSE*", ""))),
    "dompurify": ("dompurify", (("dist/purify.es.mjs", ""), ("LICENSE", ""))),
}


def copy_vendor(node_modules: Path, vendor: Path) -> int:
    """Replace `vendor` by a fresh copy of the files above; returns how many there are.

    The old folder stays until the new one is whole. Raises FileNotFoundError, naming the pattern, when a package no
    longer has a file that pages ask for.
    """
    fresh = node_modules.with_name("vendor")
    shutil.rmtree(fresh, ignore_errors=True)
    copied = 0
    for folder, (package, patterns) in FILES.items():
        for pattern, place in patterns:
            found = sorted((node_modules / package).glob(pattern))
            if not found:
                raise FileNotFoundError(f"The package {package} has no file {pattern}.")
            target = fresh / folder / place
            target.mkdir(parents=True, exist_ok=True)
            for file in found:
                shutil.copyfile(file, target / file.name)
                copied += 1
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(vendor)
    return copied
