"""docs/rollen.md aus der Sichttabelle: `python -m service.rollentafel > docs/rollen.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from forms.personen import ROLLEN
from service.ausschnitt import AUSSCHNITTE, TITEL, ZAHL
from service.bezuege import Alle
from service.sicht import ARTEN, SICHT, Ebene, Zeile
from states.model import Rolle

GENANNT = "Wer genannt ist, gleich in welcher Rolle"
OHNE_ZEILE: dict[Rolle | None, str] = {
    Rolle.UMSETZENDE_STELLE: "Sieht, was unter „Wer genannt ist“ steht: Die Nennung am Vorgang entscheidet.",
    Rolle.ADMIN: "Sieht keine Vorgänge, nur die Technik.",
}
ARTNAMEN = {
    "meldebogen": "Meldung", "fallrekonstruktion": "Fallrekonstruktion", "einzelfalluebergabe": "Einzelfallübergabe",
    "generatives_thema": "Thema", "arbeitsgruppe": "Arbeitsgruppe", "zielsystem": "Zielsystem", "massnahme": "Maßnahme",
    "monitoring": "Monitoring", "sitzung": "Sitzung", "beschluss": "Beschluss", "sammlung": "Sammlung", "auswahlrunde": "Auswahlrunde",
    "lage": "Lage", "bericht": "Bericht", "anfrage": "Anfrage", "kooperationsvereinbarung": "Kooperationsvereinbarung",
}
IN_DER_UEBERSICHT = ("meldebogen", "fallrekonstruktion", "generatives_thema", "zielsystem", "arbeitsgruppe", "sitzung", "beschluss")
EBENEN = {Ebene.VOLL: "alles", Ebene.GEKUERZT: "gekürzt", Ebene.TITEL: "Titel", Ebene.ZAHL: "Zahl", Ebene.PROTOKOLL: "Protokoll"}
VON_WENIG_NACH_VIEL = tuple(Ebene)

KOPF = """# Wer was sehen darf

Diese Tafel wird aus den Regeln erzeugt, nach denen Kreislauf entscheidet. Was hier nicht steht, ist verborgen: Wer einen
Vorgang nicht sehen darf, erhält dieselbe Auskunft, als gäbe es ihn nicht. Listen, Zahlen, Suche, Spur und Ausgaben folgen
denselben Regeln. Hat eine Person mehrere Rollen, gilt die Summe; Verbote gelten zuletzt und über jede Rolle.

| Ebene | Was Sie sehen |
|---|---|
"""
VERBOTE = """
## Verbote

- Ein Konto einer Ausländerbehörde sieht keine Meldung, in keiner Rolle und auf keiner Ebene, außer denen, die es selbst
  eingereicht hat. Welche Stellen das betrifft, sagt das Profil.
- Die Zeitachse einer Fallrekonstruktion sieht ein solches Konto nur, wenn bei der Einladung die Rechtsgrundlage dafür
  vermerkt ist.
- Ist eine Fallrekonstruktion gesperrt, weil eine Einwilligung widerrufen ist, sieht niemand mehr ihren Inhalt.
- Ein Konto ohne Rolle sieht nichts.

Liest die Koordination den Text einer Meldung, wird das protokolliert.
"""


def rollentafel() -> str:
    return KOPF + "".join(_ebenen()) + _uebersicht() + VERBOTE + "".join(_je_rolle()) + "".join(_ausschnitte())


def _ebenen() -> Iterator[str]:
    saetze = {
        Ebene.VOLL: "den ganzen Inhalt", Ebene.GEKUERZT: "den Ausschnitt, der unten je Art genannt ist", Ebene.TITEL: TITEL.satz,
        Ebene.ZAHL: ZAHL.satz, Ebene.PROTOKOLL: "wer wann welchen Schritt getan hat, ohne Inhalt",
    }
    yield from (f"| {EBENEN[e]} | {saetze[e]} |\n" for e in EBENEN)


def _uebersicht() -> str:
    zeilen = ["\n## Übersicht\n\nEin Stern heißt: unter einer Bedingung, die unten bei der Rolle steht.\n\n",
              f"| Rolle | {' | '.join(ARTNAMEN[a] for a in IN_DER_UEBERSICHT)} |\n", f"|---|{'---|' * len(IN_DER_UEBERSICHT)}\n"]
    zeilen += (f"| {name} | {' | '.join(_kurz(_zeilen(rolle, art)) for art in IN_DER_UEBERSICHT)} |\n" for rolle, name in _rollen())
    return "".join(zeilen)


def _rollen() -> Iterator[tuple[Rolle | None, str]]:
    yield from ROLLEN.items()
    yield None, GENANNT


def _zeilen(rolle: Rolle | None, art: str) -> list[Zeile]:
    gefunden = [z for z in SICHT if z.rolle is rolle and art in z.arten]
    return sorted(gefunden, key=lambda z: -VON_WENIG_NACH_VIEL.index(z.ebene))


def _kurz(zeilen: list[Zeile]) -> str:
    if not zeilen:
        return "–"
    ohne_bedingung = next((EBENEN[z.ebene] for z in zeilen if isinstance(z.bezug, Alle)), "")
    beste = EBENEN[zeilen[0].ebene] + ("" if isinstance(zeilen[0].bezug, Alle) else "*")
    return beste if ohne_bedingung in ("", beste) else f"{beste}, sonst {ohne_bedingung}"


def _je_rolle() -> Iterator[str]:
    for rolle, name in _rollen():
        yield f"\n## {name}\n\n"
        nach_satz: dict[str, list[str]] = {}
        for art in ARTEN:
            if zeilen := _zeilen(rolle, art):
                nach_satz.setdefault("; ".join(_saetze(zeilen)), []).append(ARTNAMEN[art])
        yield from (f"- **{', '.join(arten)}**: {satz}\n" for satz, arten in nach_satz.items())
        if not nach_satz:
            yield OHNE_ZEILE.get(rolle, "Sieht keine Vorgänge.") + "\n"


def _saetze(zeilen: Iterable[Zeile]) -> Iterator[str]:
    for n, z in enumerate(zeilen):
        ausschnitt = f" ({AUSSCHNITTE[z.ausschnitt].satz})" if z.ausschnitt else ""
        sonst = "sonst " if n and isinstance(z.bezug, Alle) else ""
        yield f"{sonst}{EBENEN[z.ebene]}{ausschnitt}{'' if isinstance(z.bezug, Alle) else ', ' + z.bezug.satz}"


def _ausschnitte() -> Iterator[str]:
    yield "\n## Was „gekürzt“ zeigt\n\n| Art | Ausschnitt |\n|---|---|\n"
    yield from (f"| {ARTNAMEN[art]} | {AUSSCHNITTE[art].satz} |\n" for art in ARTEN if art in AUSSCHNITTE)


if __name__ == "__main__":
    sys.stdout.write(rollentafel())
