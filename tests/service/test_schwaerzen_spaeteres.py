"""Schwärzen erreicht jeden Text, der nach dem Einreichen kam: im Inhalt, im Verlauf, in der Suche und in den Abschriften."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from sqlmodel import SQLModel

from forms import formular
from forms.felder import Feld, felder_von
from service.apply import Schritt
from service.db import Datenbank
from service.errors import Kreislauffehler, Ungueltig, Unmoeglich
from service.laden import akte
from service.profil import Profil
from service.pruefen import pruefe
from service.umfeld import Umfeld
from states.kette import PROZESSE
from states.schwaerzung import TEXTNAMEN
from tests.bau import JETZT, KOORDINATION, MELDER, konto, melde, person, tue
from tests.browserprobe import Fenster, seiten
from tests.service.test_seiten import ANGABEN

NAME = "Wischnewskaja"
TEXT = f"Frau {NAME} wartet noch."
START, ENDE = 5, 5 + len(NAME)
NACH = TEXT.replace(NAME, "█" * len(NAME))


def _ueberall(db: Datenbank) -> str:
    """Jede Spalte mit Text aus jeder Tabelle."""
    tabellen = [t.name for t in SQLModel.metadata.sorted_tables if t.name not in ("profil", "eintrag")]
    with db.lesen() as s:
        return "\n".join(json.dumps([str(w) for w in z]) for t in tabellen for z in s.alle(f"SELECT * FROM {t}"))


def _schwaerze(db: Datenbank, umfeld: Umfeld, key: str, feld: str, start: int = START, ende: int = ENDE) -> None:
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": feld, "start": start, "ende": ende}, grund="Name"))


@pytest.mark.parametrize(("wer", "ausloeser", "daten", "grund", "feld"), [
    (MELDER, "ergaenzen", {"text": TEXT}, "", "ergaenzungen.1.text"),
    (MELDER, "antworten", {"text": TEXT}, "", "antworten.0.text"),
    (MELDER, "wieder_vorgekommen", {"text": TEXT}, "", "vorkommen.0.text"),
    (KOORDINATION, "rueckfragen", {"frage": TEXT}, "", "rueckfragen.0.frage"),
    (KOORDINATION, "kurz_klaeren", {"mit": "VHS Lüdenscheid", "vereinbart": TEXT}, "", "vereinbart"),
    (KOORDINATION, "kurz_klaeren", {"mit": TEXT, "vereinbart": "Die Liste wird geführt."}, "", "mit"),
    (KOORDINATION, "weitergeben", {"an": TEXT}, "Nicht zuständig", "an"),
    (MELDER, "nachtragen", {"beteiligte_institutionen": ["VHS Lüdenscheid", TEXT]}, "", "beteiligte_institutionen.1"),
    (MELDER, "nachtragen", {"schnittstelle": {"von": "VHS Lüdenscheid", "an": TEXT}}, "", "schnittstelle.an"),
    (KOORDINATION, "parken", {"wiedervorlage_am": "2026-03-02", "liegt_bei": TEXT}, "Land gefragt", "liegt_bei"),
    (KOORDINATION, "parken", {"wiedervorlage_am": "2026-03-02"}, TEXT, "gruende"),
    (KOORDINATION, "uebergeben", {"zustaendig": "koord_b"}, TEXT, "gruende"),
])
def test_der_name_steht_danach_nirgends_mehr(db: Datenbank, umfeld: Umfeld, wer: Any, ausloeser: str, daten: dict[str, Any], grund: str,
                                             feld: str) -> None:
    konto(db, "koord_b", "koordination")
    key = melde(db, umfeld)
    tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": "Auch in Altena."}))
    nummer = tue(db, umfeld, wer, Schritt(ausloeser, key, daten=daten, grund=grund)).bewegungen[-1].version
    assert NAME in _ueberall(db)
    _schwaerze(db, umfeld, key, f"gruende.{nummer}" if feld == "gruende" else feld)
    danach = _ueberall(db)
    assert NAME not in danach and NAME.casefold()[:8] not in danach.casefold()
    with db.lesen() as s:
        gefunden = akte(s, key)
        assert pruefe(s).fehler == []
    assert gefunden is not None and "Auch in Altena." in json.dumps(gefunden.stand, ensure_ascii=False)
    assert NACH in json.dumps(gefunden.stand, ensure_ascii=False) or ausloeser == "uebergeben"
    if ausloeser not in ("kurz_klaeren", "weitergeben"):  # es geht danach weiter, und die Kette stimmt
        tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": "Und in Balve."}))
    with db.lesen() as s:
        assert pruefe(s).fehler == []


@pytest.mark.parametrize(("feld", "start", "ende", "wo"), [
    ("ergaenzungen.7.text", 0, 4, ""), ("ergaenzungen.0.text", 10, 400, ""), ("ergaenzungen.0.von", 0, 3, "feld"),
    ("gruende.1", 0, 4, "feld"), ("gruende.99", 0, 4, "feld"), ("zustaendig", 0, 4, "feld"), ("gruende.3", 0, 400, "ende")])
def test_was_es_nicht_gibt_wird_am_feld_abgelehnt(db: Datenbank, umfeld: Umfeld, feld: str, start: int, ende: int, wo: str) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": TEXT}))
    tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": TEXT}, grund="Frau nennt es"))
    with pytest.raises(Kreislauffehler) as fehler:
        _schwaerze(db, umfeld, key, feld, start, ende)
    assert isinstance(fehler.value, Ungueltig if wo else Unmoeglich)
    if isinstance(fehler.value, Ungueltig):
        assert [f for f, _ in fehler.value.befunde] == [wo]


FREI = ("zeile", "langtext", "stelle", "frei")


def test_jeder_freie_text_einer_meldung_laesst_sich_schwaerzen() -> None:
    """Ausgenommen ist, woran die Sicht auf die Meldung hängt, und was auf anderes verweist."""
    def namen(felder: Iterable[Feld], vor: str = "") -> Iterator[str]:
        for f in felder:
            frei = f.art in FREI or (f.element is not None and f.element.art in FREI)
            yield from (f"{vor}{f.name}",) if frei else namen(f.felder, f"{f.name}.")
    uebergaenge = [u for u in PROZESSE["meldebogen"].uebergaenge if u.formular]
    alle = {n for u in uebergaenge for n in namen(felder_von(formular("meldebogen", u.formular)))}
    verweise = {"sammlung", "thema", "original", "meldung", "lage", "bisher", "zustaendig", "vertretung", "feld", "sha256"}
    assert alle - TEXTNAMEN - verweise == {"melder_institution"} and {"beschreibung", "mit", "schnittstelle.an"} <= alle


def test_gleiches_wort_an_anderer_stelle_bleibt(db: Datenbank, umfeld: Umfeld) -> None:
    """Auch ein Auswahlwert, der zufällig so heißt."""
    key = melde(db, umfeld)
    tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": "online"}))
    _schwaerze(db, umfeld, key, "ergaenzungen.0.text", 0, 6)
    with db.lesen() as s:
        gefunden = akte(s, key)
        assert gefunden is not None and (gefunden.stand["kanal"], gefunden.stand["ergaenzungen"][0]["text"]) == ("online", "██████")
        assert pruefe(s).fehler == []


def test_die_seite_bietet_sie_an(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    umfeld = app.state.anwendung.umfeld()
    weg, _ = Fenster(app, "stelle-abh-mk").sende("/neu/meldebogen/einreichen", **ANGABEN)
    key = weg.rsplit("/", 1)[1]
    a = person("koordination-a", "koordination", bereich="kreis")
    tue(db, umfeld, a, Schritt("ergaenzen", key, daten={"text": TEXT}))
    an = {"zustaendig": "koordination-b", "vertretung": "koordination-a"}
    tue(db, umfeld, a, Schritt("uebergeben", key, daten=an, grund=f"Mit {NAME} besprochen"))
    k, ziel = Fenster(app, "koordination-a"), f"{weg}/schritt/schwaerzen"
    blatt = k.hole(ziel)
    assert blatt.maengel() == [] and "Ergänzungen, 07.01.2026" in blatt.text and "Begründung: An eine andere Person übergeben" in blatt.text
    for feld in ("ergaenzungen.0.text", "gruende.3"):
        _, vorschau = k.sende_blatt(k.hole(ziel), ziel, 200, feld=feld, passage=NAME, weiter="pruefen", start="", ende="")
        assert "█" * len(NAME) in vorschau.text
        felder = {n: vorschau.felder[n][0] for n in ("csrf", "version", "stelle")}
        assert k.client.post(ziel, data={**felder, "grund": "Name."}).status_code == 303
    assert NAME not in _ueberall(db) and NAME not in k.hole(weg).text
