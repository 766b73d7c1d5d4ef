"""Legt in service/static/fremd ab, was die Seiten aus fremden Paketen brauchen: `make assets`.

Welche Fassungen es sind, halten die Prüfsummen in package-lock.json fest. Zu jedem Paket kommt seine Lizenz mit.
"""

import shutil
import sys
from pathlib import Path

KERN, HTMX = "@kern-ux/native", "htmx.org"
SCHNITTE = ("Regular", "Italic", "Medium", "MediumItalic", "SemiBold", "SemiBoldItalic", "Bold", "BoldItalic")
DATEIEN = {
    f"{KERN}/dist/kern.min.css": "kern.min.css",
    f"{KERN}/LICENSE.md": "kern.LIZENZ.md",
    f"{HTMX}/dist/htmx.min.js": "htmx.min.js",
    f"{HTMX}/LICENSE": "htmx.LIZENZ.txt",
    **{f"{KERN}/dist/fonts/fira-sans/FiraSans-{schnitt}.woff2": f"FiraSans-{schnitt}.woff2" for schnitt in SCHNITTE},
}
SCHRIFTLIZENZ = Path(__file__).parent.parent / "LICENSES" / "OFL-1.1.txt"


def baue(pakete: Path, ziel: Path) -> None:
    """Erst daneben, dann an den Platz: Bricht es ab, bleibt der alte Stand."""
    neu = ziel.with_name(f"{ziel.name}.neu")
    shutil.rmtree(neu, ignore_errors=True)
    neu.mkdir(parents=True)
    for quelle, name in DATEIEN.items():
        shutil.copyfile(pakete / quelle, neu / name)
    shutil.copyfile(SCHRIFTLIZENZ, neu / "FiraSans.LIZENZ.txt")
    shutil.rmtree(ziel, ignore_errors=True)
    neu.rename(ziel)


if __name__ == "__main__":
    baue(Path(sys.argv[1]), Path(sys.argv[2]))
