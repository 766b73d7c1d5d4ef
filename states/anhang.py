"""Anhänge: eine Datei an einem Vorgang. Im Ereignis steht ihr Hash, die Datei selbst liegt daneben und lässt sich entfernen."""

from __future__ import annotations

from states.model import Daten, Rechne, Uebergang, Waechter, Wer
from states.waechter import wenn

ANHAENGEN, ENTFERNEN = "datei_anhaengen", "datei_entfernen"
ANHAENGE = "anhaenge"  # wo sie im Inhalt stehen: Nummer -> Angaben
HOECHSTENS = 20  # je Vorgang zugleich

_NOCH_PLATZ: Waechter = wenn("noch_platz_fuer_anhaenge", lambda f: len(f.stand.get(ANHAENGE) or {}) < HOECHSTENS,
                             "An einem Vorgang hängen höchstens {zahl} Dateien. Bitte entfernen Sie erst eine.", zahl=HOECHSTENS)
_GIBT_ES: Waechter = wenn("anhang_gibt_es", lambda f: str(f.daten.get("nr")) in (f.stand.get(ANHAENGE) or {}),
                          "Diesen Anhang gibt es nicht oder nicht mehr.")


def anhaengen(zustaende: tuple[str, ...], alle: tuple[str, ...], *wer: Wer) -> tuple[Uebergang, Uebergang]:
    """Anhängen in `zustaende`, entfernen in `alle`: Was nicht hätte ankommen dürfen, muss sich immer entfernen lassen."""
    return (
        Uebergang(ANHAENGEN, zustaende, None, wer, "Datei anhängen", "DateiAnhaengen", schreibt=(Rechne(_dazu),), waechter=(_NOCH_PLATZ,)),
        Uebergang(ENTFERNEN, alle, None, wer, "Datei entfernen", "DateiEntfernen", grund_noetig=True, schreibt=(Rechne(_weg),),
                  waechter=(_GIBT_ES,)),
    )


def braucht_datei(u: Uebergang) -> bool:
    """Diesen Schritt tut nur, wer die Datei selbst schickt."""
    return u.ausloeser == ANHAENGEN


def _dazu(stand: Daten, daten: Daten, heute: str) -> Daten:
    angaben = {name: daten[name] for name in ("bezeichnung", "typ", "groesse", "sha256")}
    return {ANHAENGE: {**(stand.get(ANHAENGE) or {}), str(daten["nr"]): {**angaben, "am": heute}}}


def _weg(stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {ANHAENGE: {nr: w for nr, w in (stand.get(ANHAENGE) or {}).items() if nr != str(daten["nr"])}}
