"""Legt in service/static/fremd ab, was die Seiten aus fremden Paketen brauchen: `make assets`.

Welche Fassungen es sind, halten die Prüfsummen in package-lock.json fest. Zu jedem Paket kommt seine Lizenz mit.
"""

import shutil
import sys
from pathlib import Path

KERN, SCHRIFT = "@kern-ux/native", "@fontsource/fira-sans"
# Was deutsche Seiten brauchen; „ext“ holt ein Browser nur, wenn ein Name es verlangt (ş, ł, ğ).
SCHNITTE = tuple(f"{zeichen}-{schnitt}" for zeichen in ("latin", "latin-ext")
                 for schnitt in ("400-normal", "400-italic", "600-normal"))
DATEIEN = {
    f"{KERN}/dist/kern.min.css": "kern.min.css",
    f"{KERN}/LICENSE.md": "kern.LIZENZ.md",
    **{f"{SCHRIFT}/files/fira-sans-{schnitt}.woff2": f"fira-sans-{schnitt}.woff2" for schnitt in SCHNITTE},
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
