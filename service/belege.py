"""Belege: womit jemand ohne Konto zu der einen Meldung zurückfindet, die er abgegeben hat, und was er an ihr tun kann.

Was die Stelle tut, geht wie alles durch `handle`, mit der Rolle der meldenden Stelle; an welchem Vorgang, sagt allein der Beleg.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from service import anhaenge, geheimcode
from service.anhaenge import Anhang
from service.apply import Schritt
from service.beilagen import Beilage, lege_bei
from service.clock import als_text, berliner_tag
from service.dateipruefung import Geprueft
from service.db import Sitzung
from service.errors import NichtGefunden, Ungueltig, Unmoeglich, ZuVieleVersuche
from service.handeln import handle
from service.handelnde import Handelnde
from service.hashkette import sha
from service.idempotenz import einmal
from service.meldecodes import meldende_stelle
from service.moeglich import moegliche
from service.profil import Institution
from service.sicht import Ansicht, lies
from service.umfeld import Umfeld, kanonisch
from states.anhang import ANHAENGEN, ENTFERNEN
from states.perlink import MIT_BELEG

_WOZU, _GRUPPEN = "beleg", 5
_KUERZESTES_WORT = 20  # unsere Formulare schicken 22 Zeichen mit, das sind 128 zufällige Bit
_FINDE = "SELECT b.stelle, v.key FROM meldebeleg b JOIN vorgang v ON v.id = b.vorgang WHERE b.hash = :hash"
_NEU = ("INSERT INTO meldebeleg (hash, vorgang, stelle, angelegt) SELECT :hash, id, :stelle, :jetzt FROM vorgang WHERE key = :key")
_SCHON_GEMELDET = ("Mit diesem Formular ist schon etwas gemeldet worden. Was Sie daran ändern möchten, ergänzen Sie mit dem Beleg; für "
                   "eine weitere Meldung beginnen Sie bitte neu.")
_ANGEHAENGT = ("SELECT i.inhalt FROM vorgang v JOIN ereignis e ON e.vorgang = v.id JOIN ereignis_inhalt i ON i.vorgang = e.vorgang "
               "AND i.nr = e.nr WHERE v.key = :key AND e.ausloeser = :ausloeser AND e.person = :person")
_AM_TAG = "SELECT count(*) FROM meldebeleg WHERE stelle = :stelle AND angelegt > :seit"


class Beleg(NamedTuple):
    key: str
    person: Handelnde


class Quittung(NamedTuple):
    key: str
    code: str


def reiche_ein(s: Sitzung, stelle: Institution, antwort: Mapping[str, Any], wort: str, umfeld: Umfeld, jetzt: datetime,
               dabei: Sequence[Beilage] = ()) -> Quittung:
    """Muss als Erstes in ihrer Transaktion stehen. Aus `wort`, dem Zufallswort des Formulars, entsteht der Beleg: Dasselbe Formular noch
    einmal gesendet ergibt dieselbe Meldung und denselben Beleg.
    """
    if len(wort) < _KUERZESTES_WORT or not wort.isascii():
        raise Ungueltig({"": "Dieses Formular ist unvollständig angekommen. Bitte senden Sie es noch einmal ab."})
    person, code = meldende_stelle(stelle), geheimcode.abgeleitet(wort, _WOZU, _GRUPPEN)

    anfrage = {"antwort": antwort, "beilagen": [b.abdruck for b in dabei]} if dabei else antwort

    def arbeit() -> dict[str, Any]:
        _halte_mass(s, stelle, umfeld, jetzt)
        key = handle(s, [Schritt("einreichen", art="meldebogen", daten=antwort)], person, jetzt, umfeld).erste.key
        lege_bei(s, key, dabei, person, jetzt, umfeld)
        s.fuehre(_NEU, {"hash": geheimcode.hash_von(code, _WOZU, _GRUPPEN), "stelle": stelle.key, "key": key, "jetzt": als_text(jetzt)})
        return {"key": key}

    try:
        return Quittung(str(einmal(s, person.key, f"beleg:{sha(wort)}", anfrage, jetzt, arbeit)["key"]), code)
    except Ungueltig as fehler:
        if "Idempotency-Key" in dict(fehler.befunde):
            raise Ungueltig({"": _SCHON_GEMELDET}) from fehler
        raise


def _halte_mass(s: Sitzung, stelle: Institution, umfeld: Umfeld, jetzt: datetime) -> None:
    heute = int(s.wert(_AM_TAG, {"stelle": stelle.key, "seit": als_text(jetzt - timedelta(days=1))}))
    if heute >= umfeld.profil.ohne_konto.hoechstens_am_tag:
        raise ZuVieleVersuche("Mit dem Code Ihrer Stelle sind in den letzten 24 Stunden schon sehr viele Meldungen eingegangen. Bitte "
                              "rufen Sie die Koordination an, wenn es eilt; sonst versuchen Sie es morgen noch einmal.")


def finde(s: Sitzung, getippt: str, umfeld: Umfeld) -> Beleg:
    """Wirft NichtGefunden, gleich warum. Ob der Code der Stelle noch gilt, spielt keine Rolle."""
    gefunden = s.eine(_FINDE, {"hash": geheimcode.hash_von(getippt, _WOZU, _GRUPPEN)})
    stelle = umfeld.profil.institution(gefunden[0]) if gefunden else None
    if gefunden is None or stelle is None or stelle.abh:
        raise NichtGefunden
    return Beleg(str(gefunden[1]), meldende_stelle(stelle))


def offene(s: Sitzung, beleg: Beleg, jetzt: datetime) -> list[str]:
    """Was sich mit dem Beleg jetzt tun lässt, in der Reihenfolge, in der die Seite es anbietet."""
    geht = {m.uebergang.ausloeser for m in moegliche(s, beleg.person, beleg.key, jetzt) if not m.grund}
    return [x for x in (*MIT_BELEG, ANHAENGEN, ENTFERNEN) if x in geht]


def tue(s: Sitzung, getippt: str, ausloeser: str, daten: Mapping[str, Any], wiederholung: str, umfeld: Umfeld, jetzt: datetime) -> None:
    """Muss als Erstes in ihrer Transaktion stehen. Wirft NichtGefunden für alles, was ein Beleg nicht erlaubt; sonst wie `handle`."""
    beleg = finde(s, getippt, umfeld)
    if ausloeser not in MIT_BELEG:
        raise NichtGefunden
    schritt = Schritt(ausloeser, beleg.key, daten=daten)
    _einmal(s, beleg, wiederholung, {"ausloeser": ausloeser, "daten": json.loads(kanonisch(daten))}, umfeld, jetzt, lambda: schritt)


def _einmal(s: Sitzung, beleg: Beleg, wiederholung: str, anfrage: Mapping[str, Any], umfeld: Umfeld, jetzt: datetime,
            schritt: Callable[[], Schritt]) -> None:
    ganz = {"key": beleg.key, **anfrage}
    einmal(s, beleg.person.key, f"beleg:{sha(kanonisch([wiederholung, ganz]))}", ganz, jetzt,
           lambda: {"key": handle(s, [schritt()], beleg.person, jetzt, umfeld).erste.key})


# --- Dateien ----------------------------------------------------------------------------------------------------------


def eigene_dateien(s: Sitzung, beleg: Beleg, ansicht: Ansicht) -> list[Anhang]:
    """Was die Stelle selbst angehängt hat und noch da ist; was andere anhängen, geht den Beleg nichts an."""
    werte = {"key": beleg.key, "ausloeser": ANHAENGEN, "person": beleg.person.key}
    eigene = {int(json.loads(inhalt)["daten"]["nr"]) for (inhalt,) in s.alle(_ANGEHAENGT, werte)}
    return [x for x in anhaenge.gezeigte(ansicht) if x.nr in eigene]


def haenge_an(s: Sitzung, getippt: str, bezeichnung: str, datei: Geprueft, wiederholung: str, umfeld: Umfeld, jetzt: datetime) -> None:
    """Muss als Erstes in ihrer Transaktion stehen."""
    beleg = finde(s, getippt, umfeld)
    abdruck = {"ausloeser": ANHAENGEN, "datei": Beilage(bezeichnung, datei).abdruck}
    _einmal(s, beleg, wiederholung, abdruck, umfeld, jetzt, lambda: anhaenge.lege_ab(s, beleg.key, bezeichnung, datei))


def entferne(s: Sitzung, getippt: str, nr: int, grund: str, umfeld: Umfeld, jetzt: datetime) -> None:
    """Nur die eigenen: Eine fremde gibt es hier nicht."""
    beleg = finde(s, getippt, umfeld)
    if nr not in {x.nr for x in eigene_dateien(s, beleg, lies(s, beleg.person, beleg.key, berliner_tag(jetzt)))}:
        raise Unmoeglich(("Diese Datei gibt es nicht oder nicht mehr.",), ("anhang_gibt_es",))
    handle(s, [Schritt(ENTFERNEN, beleg.key, daten={"nr": nr}, grund=grund)], beleg.person, jetzt, umfeld)
