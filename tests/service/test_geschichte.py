"""Die Geschichte in Sätzen: jeder Schritt jeder Tabelle hat einen, er nennt, was zählt, und was ihn auslöste."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from forms import formular
from forms.felder import felder_von
from service.anzeige import offene_fristen, personennamen
from service.apply import Schritt
from service.weiterfuehrende import wo_es_liegt
from service.clock import berliner_tag
from service.db import Datenbank
from service.geschichte import saetze_von, titel_zu, wer_im_satz
from service.handelnde import Handelnde
from service.profil import Profil
from service.sicht import lies
from service.umfeld import Umfeld
from states import saetze
from states.kette import PROZESSE
from tests.bau import JETZT, KOORDINATION, MELDER, melde, person, tue
from tests.browserprobe import Fenster, seiten
from tests.buehne import Buehne
from tests.service.test_seiten import ANGABEN, MELDEN
from tests.sichtwelt import Welt

SCHRITTE = [(p.art, a) for p in PROZESSE.values() for a in p.ausloeser]
_ROH = re.compile(r"[{}\[\]]|  |\b[a-z]+_[a-z_]+\b|\b20\d\d-\d\d-\d\d\b|None|\.\.")


def test_kein_satz_zu_einem_schritt_den_es_nicht_gibt() -> None:
    assert {(art, a) for art, je in saetze.SAETZE.items() for a in je} <= set(SCHRITTE)


@pytest.mark.parametrize(("art", "ausloeser"), SCHRITTE)
def test_jeder_schritt_hat_einen_ganzen_satz(art: str, ausloeser: str) -> None:
    uebergaenge = [u for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser]
    felder = {f.name for u in uebergaenge if u.formular for f in felder_von(formular(art, u.formular))}
    genannt = saetze.genannte(art, ausloeser)
    assert saetze.eigener(art, ausloeser), "kein Satz in states/saetze.py"
    assert genannt <= felder | {"zustaendig", "vertretung", "name", "sitzung"}, f"nennt, was der Schritt nicht aufnimmt: {genannt - felder}"
    voll, leer = (saetze.satz(art, ausloeser, "koordination", w) for w in (dict.fromkeys(genannt, "Angabe"), {}))
    for satz in (voll, leer):
        assert satz[0].isupper() and satz.endswith(".") and not _ROH.search(satz), satz
    assert voll.count("Angabe") >= len(genannt)
    if all(u.folgt for u in uebergaenge):
        assert not voll.startswith("Koordination hat"), "niemand tut ihn; er folgt"


@pytest.mark.parametrize(("art", "ausloeser"), SCHRITTE)
def test_kein_schritt_faellt_auf_seine_beschriftung_zurueck(art: str, ausloeser: str) -> None:
    """Auch nicht vor einer Person, die nicht lesen darf, wer es war."""
    for u in (u for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser):
        for rolle in {w.rolle.value for w in u.wer}:
            satz = saetze.satz(art, ausloeser, wer_im_satz("", rolle), {})
            assert len(satz.split()) >= 4, satz
            assert re.search(r"\b(geht|hat|ist|sind|beginnt|folgt|findet|wartet|warten|stehen|steht|liegt|zählt|gibt|war)\b", satz), satz


def _saetze(db: Datenbank, wer: Handelnde, key: str) -> list[str]:
    heute = berliner_tag(JETZT)
    with db.lesen() as s:
        gefunden = saetze_von(s, wer, lies(s, wer, key, heute), {**personennamen(s), "koord_a": "Koordination A"}, heute)
    return [f"{satz.text} {satz.wodurch}".strip() for _, satz in sorted(gefunden.items())]


def test_der_satz_nennt_wer_was_und_die_angaben(db: Datenbank, umfeld: Umfeld) -> None:
    sammlung = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Bescheide"})).erste.key
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", key, daten={"frage": "Seit wann?", "frist_am": "2026-01-20"}))
    tue(db, umfeld, KOORDINATION, Schritt("rueckfrage_beenden", key, grund="Telefonisch geklärt"))
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", key, daten={"sammlung": sammlung}, grund="Passt"))
    saetze_der_koordination = _saetze(db, KOORDINATION, key)
    assert "Koordination A hat eine Rückfrage gestellt: „Seit wann?“ Antwort erbeten bis 20.01.2026." in saetze_der_koordination
    assert saetze_der_koordination[-1] == f"Koordination A hat die Meldung in die Sammlung „Bescheide“ ({sammlung}) aufgenommen."
    fuer_die_stelle = _saetze(db, MELDER, key)
    assert fuer_die_stelle[-1] == f"Koordination hat die Meldung in die Sammlung {sammlung} aufgenommen.", "Namen und Titel sind intern"


def test_was_folgt_nennt_was_es_ausloeste_nur_wer_das_sieht(db: Datenbank, umfeld: Umfeld) -> None:
    eine, andere = melde(db, umfeld), melde(db, umfeld, titel="Zweite")
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", andere, daten={"original": eine}, grund="Dieselbe"))
    letzter = _saetze(db, KOORDINATION, eine)[-1]
    assert letzter.startswith(f"Die Doppelmeldung „Zweite“ ({andere}) zählt hier mit. Ausgelöst durch Meldebogen {andere} „Zweite“: "
                              "Als Doppelmeldung verknüpfen"), letzter
    with db.transaktion() as s:
        s.fuehre("UPDATE vorgang SET institution = 'Andere Stelle' WHERE key = :key", {"key": andere})
    fremd = _saetze(db, person("m", "melder", institution=MELDER.institution), eine)[-1]
    assert "Zweite" not in fremd and fremd.endswith("Das folgt aus einem Schritt an einem anderen Vorgang."), fremd


def test_eine_gewanderte_welt_erzaehlt_sich_ohne_kuerzel(tmp_path: Path) -> None:
    """Alle Arten durcheinander; ein Wert, den kein Wort kennt, fiele auf."""
    buehne = Buehne.auf_sqlite(tmp_path / "k.sqlite")
    buehne.wandere(Random(5), 500)
    heute, gesehen = berliner_tag(buehne.jetzt), set()
    with buehne.db.lesen() as s:
        for key, art in s.alle("SELECT key, art FROM vorgang"):
            ansicht = lies(s, KOORDINATION, key, heute)
            for nr, satz in saetze_von(s, KOORDINATION, ansicht, {}, heute).items():
                ausloeser, rolle = s.eine("SELECT e.ausloeser, e.rolle FROM ereignis e JOIN vorgang v ON v.id = e.vorgang "
                                          "WHERE v.key = :key AND e.nr = :nr", {"key": key, "nr": nr}) or ("", "")
                gesehen.add((art, ausloeser))
                assert not re.search(r"[{}\[\]]|None", satz.text) and bool(satz.wodurch) == (rolle in ("kette", "beschluss")), (key, satz)
    buehne.schliesse()
    assert len(gesehen) > 60


def test_die_kopfzeile_ist_ein_ganzer_satz_und_nennt_keine_kuerzel(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    stelle, k = Fenster(app, "stelle-abh-mk"), Fenster(app, "koordination-a")
    ziel, _ = stelle.sende(MELDEN, **ANGABEN)
    k.sende(f"{ziel}/schritt/rueckfragen", frage="Seit wann?", bestaetigt="ja")
    kopf = " ".join(k.hole(ziel).text.split())
    assert "bis ruht" not in kopf and "Koordination A hat eine Rückfrage gestellt: „Seit wann?“" in kopf
    with db.transaktion() as s:
        indikator = {"key": "IN-01-1", "indikator": "Wartezeit", "quelle": "Amt A"}
        mon = Welt(s, anzahl=800).vorgang("monitoring", "laufend", stand={"indikatoren": [indikator]})
        s.fuehre("INSERT INTO frist (vorgang, name, schluessel, anker, ende, naechste, stufe, regel, profil, offen, geoeffnet_nr) VALUES "
                 "(:v, 'erhebung', 'IN-01-1', '2026-02-03', '2026-02-03', NULL, 0, '{\"herleitung\": []}', 'x', 1, 1)", {"v": mon})
        fristen = offene_fristen(s, lies(s, KOORDINATION, f"MON-{mon}", berliner_tag(JETZT)))
    assert fristen == [("Wert eines Indikators erheben", "Wartezeit", "03.02.2026", "")]
    assert wo_es_liegt("generatives_thema", "in_umsetzung") == "Einführung des neuen Ablaufs"
    for art, p in PROZESSE.items():
        for z in p.offene:
            assert (worauf := wo_es_liegt(art, z)) and "Vorgang" not in worauf and "folgt" not in worauf, (art, z)


def test_eine_genannte_sitzung_steht_mit_ihrem_titel_da(db: Datenbank) -> None:
    heute = berliner_tag(JETZT)
    with db.transaktion() as s:
        Welt(s).vorgang("sitzung", "geplant", titel="Sitzung im März")
        assert titel_zu(s, KOORDINATION, heute, ["LG-1", "kein Schlüssel", None, 3]) == {"LG-1": "Sitzung im März"}
        assert titel_zu(s, MELDER, heute, ["LG-1"]) == {} and personennamen(s)["ohne-konto"] == "Stelle ohne Konto"
