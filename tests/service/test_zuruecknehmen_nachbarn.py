"""Zurücknehmen sieht auch auf die Nachbarn: Wer sich an einen bewegten Vorgang gehängt hat, hat darauf aufgebaut."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Ungueltig, Unmoeglich, Verboten
from service.handelnde import Handelnde
from service.laden import akte
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from tests.bau import JETZT, KOORDINATION, KOORDINATION_B, MELDER, MELDUNG, melde, person, tue

ABH = person("abh", "melder", "koordination", bereich="kreis", institution="Ausländerbehörde", abh=True)


def _zurueck(db: Datenbank, umfeld: Umfeld, key: str, wer: Handelnde = KOORDINATION) -> None:
    db.in_transaktion(lambda s: nimm_zurueck(s, key, "Verklickt", wer, JETZT + timedelta(minutes=5), umfeld))


def _zustand(db: Datenbank, key: str) -> str:
    with db.lesen() as s:
        gefunden = akte(s, key)
    assert gefunden is not None
    return gefunden.zustand


def _in_sammlung(db: Datenbank, umfeld: Umfeld, anzahl: int) -> tuple[str, list[str]]:
    sammlung = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key
    keys = [melde(db, umfeld) for _ in range(anzahl)]
    for key in keys:
        tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", key, daten={"sammlung": sammlung}))
    return sammlung, keys


def test_ausgewaehltes_bleibt_ausgewaehlt_sobald_eine_fallrekonstruktion_darauf_plant(db: Datenbank, umfeld: Umfeld) -> None:
    """Sonst würde rekonstruiert, was niemand ausgewählt hat (Regel 2)."""
    _, (eins, zwei) = _in_sammlung(db, umfeld, 2)
    for key in (eins, zwei):
        tue(db, umfeld, KOORDINATION, Schritt("auswaehlen", key, grund="gut belegt"))
    _zurueck(db, umfeld, zwei, KOORDINATION_B)
    assert _zustand(db, zwei) == "in_sammlung"
    fr = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="fallrekonstruktion", daten={"meldungen": [eins]})).erste.key
    with pytest.raises(Unmoeglich, match=f"aufgebaut.*{fr}"):
        _zurueck(db, umfeld, eins)
    assert _zustand(db, eins) == "ausgewaehlt"


def test_eine_meldung_kehrt_nicht_in_eine_durchgefuehrte_fallrekonstruktion_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    """Ihre Stelle hätte dort nicht teilgenommen (Regel 3)."""
    _, (eins, zwei) = _in_sammlung(db, umfeld, 2)
    for key in (eins, zwei):
        tue(db, umfeld, KOORDINATION, Schritt("auswaehlen", key, grund="gut belegt"))
    fr = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="fallrekonstruktion", daten={"meldungen": [eins, zwei]})).erste.key
    einladung = {"termin": "2026-01-28", "ort": "Kreishaus", "moderation": True, "rechtsgrundlage": "ohne_personenbezug",
                 "teilnehmende": [{"institution": MELDER.institution}]}
    tue(db, umfeld, KOORDINATION, Schritt("einladen", fr, daten=einladung))
    tue(db, umfeld, KOORDINATION, Schritt("auswahl_aufheben", zwei, grund="anders gelöst"))
    _zurueck(db, umfeld, zwei)  # noch hat niemand darauf gebaut
    assert _zustand(db, zwei) == "in_rekonstruktion"
    tue(db, umfeld, KOORDINATION, Schritt("auswahl_aufheben", zwei, grund="doch anders gelöst"))
    teilnahmen = [{"institution": MELDER.institution, "teilnahme": "anwesend"}]
    tue(db, umfeld, KOORDINATION, Schritt("durchfuehren", fr, daten={"teilnahmen": teilnahmen}))
    with pytest.raises(Unmoeglich, match=f"aufgebaut.*{fr}"):
        _zurueck(db, umfeld, zwei)
    assert _zustand(db, zwei) == "in_sammlung"


def test_eine_meldung_kehrt_nicht_in_eine_geschlossene_sammlung_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    alt, (key,) = _in_sammlung(db, umfeld, 1)
    neu = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Wohnen"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("umsammeln", key, daten={"sammlung": neu}))
    tue(db, umfeld, KOORDINATION, Schritt("schliessen", alt))
    with pytest.raises(Unmoeglich, match=f"aufgebaut.*{alt}"):
        _zurueck(db, umfeld, key)


def test_ein_konto_der_auslaenderbehoerde_nimmt_an_fremden_meldungen_nichts_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    """Regel 12 gilt auch hier, gleich welche Rolle das Konto sonst hat."""
    fremd = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", fremd))
    with pytest.raises(Verboten):
        _zurueck(db, umfeld, fremd, ABH)
    eigene = tue(db, umfeld, ABH, Schritt("einreichen", art="meldebogen", daten=_meldung())).erste.key
    tue(db, umfeld, ABH, Schritt("ergaenzen", eigene, daten={"text": "Noch etwas."}))
    _zurueck(db, umfeld, eigene, ABH)


def _meldung() -> dict[str, object]:
    return {**MELDUNG, "melder_institution": "Ausländerbehörde", "melder_art": "baustein3"}


def test_ein_feld_nimmt_nur_vorgaenge_der_art_die_hineingehoert(db: Datenbank, umfeld: Umfeld) -> None:
    """Eine offene Auswahlrunde ist keine offene Sammlung."""
    key = melde(db, umfeld)
    runde = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="auswahlrunde", daten={"titel": "Frühjahr"})).erste.key
    with pytest.raises(Ungueltig) as fehler:
        tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", key, daten={"sammlung": runde}))
    assert fehler.value.befunde[0][0] == "sammlung"
    assert _zustand(db, key) == "eingegangen"


def test_ein_thema_kehrt_nicht_in_eine_bearbeitung_zurueck_die_es_nicht_mehr_gibt(db: Datenbank, umfeld: Umfeld) -> None:
    """Während es gegenstandslos war, ging etwas ohne es zu Ende; die Kette lief ins Leere und liefe nicht noch einmal (Regel 11)."""
    thema = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="generatives_thema", grund="Austausch",
                                                  daten={"titel": "Kurse", "quelle": "austausch"})).erste.key
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("zuordnen", key, daten={"thema": thema}))
    tue(db, umfeld, KOORDINATION, Schritt("clustern", thema, daten={"cluster": "Sprache"}))
    sitzung = tue(db, umfeld, KOORDINATION, Schritt("planen", art="sitzung", daten={"datum": "2026-01-07"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("vorlegen", thema, daten={"sitzung": sitzung}))
    vorsitz = person("vorsitz", "lg_vorsitz")
    tue(db, umfeld, vorsitz, Schritt("tagesordnung_zustimmen", sitzung))
    tue(db, umfeld, KOORDINATION, Schritt("einladen", sitzung, daten={"sitze": [{"sitz": "S01", "funktion": "Amt"}]}))
    tue(db, umfeld, KOORDINATION, Schritt("eroeffnen", sitzung, daten={"anwesenheit": {"S01": "inhaber"}}))
    gruppe = _beschliesse(db, umfeld, sitzung, thema, "beauftragen", _AUFTRAG)[-1]
    tue(db, umfeld, KOORDINATION, Schritt("konstituieren", gruppe, daten={"datum": "2026-01-06"}))
    tue(db, umfeld, KOORDINATION, Schritt("gegenstandslos_stellen", thema, grund="Gesetz geändert"))
    _beschliesse(db, umfeld, sitzung, gruppe, "aufloesen", {})
    with pytest.raises(Unmoeglich, match=f"aufgebaut.*{gruppe}"):
        _zurueck(db, umfeld, thema)
    assert _zustand(db, thema) == "gegenstandslos"


_AUFTRAG = {"name": "Kurse", "auftrag": "Ist aufnehmen", "frist": "2026-06-01",
            "mitglieder": [{"institution": "Jobcenter", "rolle": "leitung"}]}


def _beschliesse(db: Datenbank, umfeld: Umfeld, sitzung: str, vorgang: str, ausloeser: str, daten: dict[str, object]) -> list[str]:
    bewegung = {"vorgang": vorgang, "ausloeser": ausloeser, "daten": daten, "grund": "so beschlossen"}
    inhalt = {"titel": "Beschluss", "wortlaut": "So sei es.", "verantwortlich": "KIM", "frist": "2026-06-01", "verteiler": ["alle"],
              "sitzung": sitzung, "verfahren": "konsens", "bezug": [vorgang], "bewegungen": [bewegung]}
    return [b.key for b in tue(db, umfeld, KOORDINATION, Schritt("fassen", art="beschluss", daten=inhalt)).bewegungen]
