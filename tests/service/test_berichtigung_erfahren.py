"""Wer eine freigegebene Fassung liest, erfährt von ihrer Berichtigung: auch die Arbeitsgruppe, die ihr Thema bearbeitet."""

from __future__ import annotations

from datetime import timedelta

from service.clock import berliner_tag
from service.db import Datenbank
from service.empfaenger import Empfaengersuche, Meldung
from service.profil import Profil
from service.umfeld import Umfeld
from tests.bau import KOORDINATION_B
from tests.service.test_thema_kette import CM, CM_STELLE, STELLE, Lauf


def _empfaenger(lauf: Lauf, fr: str, anlass: str) -> set[str]:
    with lauf.db.lesen() as s:
        (zeile,) = s.alle("SELECT a.id, a.vorgang, a.an FROM ausgang a JOIN vorgang v ON v.id = a.vorgang WHERE v.key = :key "
                          "AND a.anlass = :anlass ORDER BY a.id DESC LIMIT 1", {"key": fr, "anlass": anlass})
        suche = Empfaengersuche(s, lauf.umfeld, berliner_tag(lauf.jetzt))
        return {a.empfaenger.key for a in suche.anreden(Meldung(zeile[0], zeile[1], anlass, tuple(zeile[2].split(","))))}


def test_die_arbeitsgruppe_erfaehrt_beginn_und_ende_der_berichtigung(db: Datenbank, umfeld: Umfeld, profil: Profil) -> None:
    lauf = Lauf(db, umfeld)
    vhs, leitung = "VHS Lüdenscheid", "Jobcenter Märkischer Kreis"
    stellen = {name: f"stelle:{p.key}" for name in (vhs, leitung, STELLE, CM_STELLE) if (p := profil.institution(name))}
    fr = lauf.freigegeben(lauf.ausgewaehlt())
    assert _empfaenger(lauf, fr, "fallrekonstruktion_freigegeben") == {stellen[STELLE], stellen[CM_STELLE]}, "noch arbeitet niemand daran"
    gt = lauf.thema(fr)
    lg = lauf.sitzung(gt)
    lauf.beschluss(lg, (gt, "beauftragen", {"name": "AG Kurse", "auftrag": "Ist und Soll", "frist": "2026-09-30", "mitglieder": [
        {"institution": vhs}, {"institution": leitung, "rolle": "leitung"}]}))
    lauf.tue("berichtigen", fr, grund="Die Reihenfolge stimmt nicht", gelungen=["Der Anruf half"])
    alle = set(stellen.values())
    assert _empfaenger(lauf, fr, "fallrekonstruktion_wird_berichtigt") == alle
    lauf.tue("pruefen", fr, wer=KOORDINATION_B, pseudonymisiert=True)
    lauf.jetzt += timedelta(days=1)
    lauf.tue("rueckmelden", fr, wer=CM, stelle=CM_STELLE, zustimmung="zugestimmt")
    lauf.tue("rueckmelden", fr, stelle=STELLE, zustimmung="zugestimmt")
    lauf.tue("abstimmen", fr)
    lauf.tue("freigeben", fr, themenkandidat="Wartelisten")
    assert _empfaenger(lauf, fr, "fallrekonstruktion_freigegeben") == alle
