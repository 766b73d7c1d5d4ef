"""Die Vorlage für Übersetzungen und die Kataloge daraus: `make texte`.

Schreibt forms/sprachen/kreislauf.pot neu, gleicht jeden Katalog forms/sprachen/<Kürzel>/LC_MESSAGES/kreislauf.po damit ab und übersetzt
ihn in die Form, die das Programm liest (.mo). Eine neue Sprache beginnt mit einem leeren Ordner ihres Kürzels.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from forms.sprache import BEREICH, KATALOGE
from service.texte import uebersetzbare


def vorlage(texte: Iterable[str]) -> Catalog:
    katalog = Catalog(project="Kreislauf", domain=BEREICH, charset="utf-8", copyright_holder="Kreislauf")
    for text in sorted(texte):
        katalog.add(text, flags=["python-format"] if "%s" in text else [])
    return katalog


def gleiche_ab(ordner: Path, muster: Catalog) -> list[str]:
    """Je Sprache ein Satz: was übersetzt ist und was noch fehlt. Was es nicht mehr gibt, bleibt als Anmerkung im Katalog stehen."""
    zeilen = []
    for sprache in sorted(p for p in ordner.iterdir() if p.is_dir()):
        po = sprache / "LC_MESSAGES" / f"{BEREICH}.po"
        katalog = Catalog(locale=sprache.name, domain=BEREICH)
        if po.exists():
            with po.open("rb") as f:
                katalog = read_po(f, locale=sprache.name, domain=BEREICH)
        katalog.update(muster)
        po.parent.mkdir(exist_ok=True)
        with po.open("wb") as f:
            write_po(f, katalog, sort_output=True)
        with po.with_suffix(".mo").open("wb") as f:
            write_mo(f, katalog)
        fertig = sum(bool(m.id and m.string and not m.fuzzy) for m in katalog)
        zeilen.append(f"{sprache.name}: {fertig} von {len(katalog)} Texten sind übersetzt.")
    return zeilen


def main(ordner: Path) -> None:
    muster = vorlage(uebersetzbare())
    ordner.mkdir(exist_ok=True)
    with (ordner / f"{BEREICH}.pot").open("wb") as f:
        write_po(f, muster, omit_header=False)
    print(f"{len(muster)} Texte stehen in {ordner.name}/{BEREICH}.pot.", *gleiche_ab(ordner, muster), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else KATALOGE)
