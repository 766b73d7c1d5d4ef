"""Aus dem Ausgang werden Sendungen: wer sie bekommt, was zusammen geht, was nie hinausgeht."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from service.antwortlink import NEUER_LINK, QUELLE
from service.apply import Schritt
from service.ausgang import anlaesse, bitten, kopfzeile_erlaubt, stelle_zusammen, ueberspringe
from service.buendel import WARTEZEIT
from service.clock import als_text, berliner_tag
from service.db import Datenbank, Sitzung
from service.errors import NichtGefunden, Unmoeglich
from service.fristen import runde
from service.handelnde import Handelnde
from service.kommentare import ERWAEHNT
from service.kommentare import QUELLE as AUS_KOMMENTAR
from service.sendungen import gescheiterte, lage, lege_ab, raeume_auf, sende_erneut
from service.sicht import lies
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from states.kette import PROZESSE
from tests.bau import JETZT, MELDUNG, tue
from tests.postamt import konto
from tests.sichtwelt import Welt
from tests.sprachprobe import Verstummt

SPAETER = JETZT + WARTEZEIT
SPUR = "Kanarienvogel"  # was eine Meldung erzählt, steht in keiner Nachricht
MBE = "mbe-luedenscheid@mk.example"


def _melde(db: Datenbank, kreis: Umfeld, wer: str = "stelle-mbe-luedenscheid", **anders: Any) -> str:
    daten = {**MELDUNG, "titel": f"Titel {SPUR}", "beschreibung": f"Text {SPUR}", **anders}
    return tue(db, kreis, konto(db, wer), Schritt("einreichen", art="meldebogen", daten=daten)).erste.key


def _stelle_zusammen(db: Datenbank, kreis: Umfeld, jetzt: Any = SPAETER) -> Any:
    return db.in_transaktion(lambda s: stelle_zusammen(s, kreis, jetzt, "https://kreislauf.kreis.example"))


def _sendungen(db: Datenbank, *spalten: str) -> list[tuple[Any, ...]]:
    with db.lesen() as s:
        return s.alle(f"SELECT {', '.join(spalten)} FROM sendung WHERE zustand <> 'aufgehoben' ORDER BY id")


def _koordination(db: Datenbank) -> Handelnde:
    return konto(db, "koordination-a")


def _postfach_der_mbe(kreis: Umfeld) -> str:
    stelle = kreis.profil.institution(MELDUNG["melder_institution"])
    assert stelle is not None and stelle.postfach
    return stelle.postfach


def test_die_empfangsbestaetigung_geht_sofort_und_einzeln(db: Datenbank, kreis: Umfeld) -> None:
    eins, zwei = _melde(db, kreis), _melde(db, kreis)
    assert _stelle_zusammen(db, kreis, JETZT).sendungen == 2
    gefunden = _sendungen(db, "adresse", "betreff", "zustand", "inhalt", "html", "antwort_an")
    assert [z[1] for z in gefunden] == [f"Ihre Meldung {k} ist eingegangen" for k in (eins, zwei)]
    for adresse, betreff, zustand, text, html, antwort_an in gefunden:
        assert (adresse, zustand) == (_postfach_der_mbe(kreis), "bereit")
        assert "Vielen Dank. Ihre Meldung ist am 07.01.2026 unter dem Geschäftszeichen" in " ".join(text.split())
        assert "/vorgang/MK-2026-" in text and "https://kreislauf.kreis.example/vorgang/" in html
        assert SPUR not in betreff + text + html
        assert antwort_an == "kim@mk.example"
    assert _stelle_zusammen(db, kreis).zeilen == 0, "was zusammengestellt ist, ist erledigt"


def test_mehrere_meldungen_einer_stelle_kommen_in_einer_nachricht(db: Datenbank, kreis: Umfeld) -> None:
    eins, zwei = _melde(db, kreis), _melde(db, kreis)
    fremd = _melde(db, kreis, "stelle-jc-halver", melder_institution="Jobcenter Märkischer Kreis, Dienststelle Halver")
    _stelle_zusammen(db, kreis, JETZT)
    for key in (eins, zwei, fremd):
        tue(db, kreis, _koordination(db), Schritt("parken", key, grund="Noch offen", daten={"wiedervorlage_am": "2026-03-02"}))
    assert _stelle_zusammen(db, kreis, SPAETER - timedelta(seconds=1)).zeilen == 0, "eine halbe Stunde lang lässt es sich zurücknehmen"
    assert _stelle_zusammen(db, kreis).sendungen == 2
    an_mbe, an_jc = _sendungen(db, "betreff", "inhalt", "html")[-2:]
    assert an_mbe[0] == "Neues zu Ihren Meldungen" and an_jc[0] == f"Neues zu Ihrer Meldung {fremd}"
    for key in (eins, zwei):
        assert f"Ihre Meldung {key} geprüft und in den Themenspeicher gelegt. Am 02.03.2026" in " ".join(an_mbe[1].split())
    assert an_mbe[2].count("<li>") == 2 and fremd not in an_mbe[1] + an_mbe[2] and SPUR not in an_mbe[1]
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM sendung_ausgang") == 6


def test_was_zurueckgenommen_ist_geht_nicht_hinaus(db: Datenbank, kreis: Umfeld) -> None:
    key = _melde(db, kreis)
    _stelle_zusammen(db, kreis, JETZT)
    tue(db, kreis, _koordination(db), Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-03-02"}))
    db.in_transaktion(lambda s: nimm_zurueck(s, key, "Verklickt", _koordination(db), JETZT + timedelta(minutes=5), kreis))
    _stelle_zusammen(db, kreis, JETZT + timedelta(days=1))
    assert [z[0] for z in _sendungen(db, "betreff")] == [f"Ihre Meldung {key} ist eingegangen"]


@pytest.mark.parametrize("wie", ["antworten", "rueckfrage_beenden", "zurueckziehen"])
def test_eine_bitte_auf_die_niemand_mehr_wartet_geht_nicht_hinaus(db: Datenbank, kreis: Umfeld, wie: str) -> None:
    key, k, stelle = _melde(db, kreis), _koordination(db), konto(db, "stelle-mbe-luedenscheid")
    _stelle_zusammen(db, kreis)
    vorher = len(_sendungen(db, "id"))
    tue(db, kreis, k, Schritt("rueckfragen", key, daten={"frage": "Seit wann?"}))
    schritt = {"antworten": Schritt("antworten", key, daten={"text": "Seit März."}), "zurueckziehen": Schritt("zurueckziehen", key),
               "rueckfrage_beenden": Schritt("rueckfrage_beenden", key, grund="geklärt")}[wie]
    tue(db, kreis, k if wie == "rueckfrage_beenden" else stelle, schritt)
    _stelle_zusammen(db, kreis, SPAETER + timedelta(hours=1))
    assert not [b for (b,) in _sendungen(db, "betreff")[vorher:] if "Rückfrage" in b]


def test_eine_offene_rueckfrage_geht_hinaus(db: Datenbank, kreis: Umfeld) -> None:
    key = _melde(db, kreis)
    tue(db, kreis, _koordination(db), Schritt("rueckfragen", key, daten={"frage": "Seit wann?"}))
    _stelle_zusammen(db, kreis, SPAETER + timedelta(hours=1))
    assert [b for (b,) in _sendungen(db, "betreff") if "Rückfrage" in b]


def test_fertig_aber_nicht_begonnen_wird_zurueckgeholt_und_der_rest_neu_gebuendelt(db: Datenbank, kreis: Umfeld) -> None:
    eins, zwei = _melde(db, kreis), _melde(db, kreis)
    _stelle_zusammen(db, kreis, JETZT)
    for key in (eins, zwei):
        tue(db, kreis, _koordination(db), Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-03-02"}))
    _stelle_zusammen(db, kreis)
    db.in_transaktion(lambda s: nimm_zurueck(s, eins, "Verklickt", _koordination(db), SPAETER + timedelta(minutes=1), kreis))
    _stelle_zusammen(db, kreis, SPAETER + timedelta(days=1))
    betreffs = [z[0] for z in _sendungen(db, "betreff")]
    assert betreffs[2:] == [f"Neues zu Ihrer Meldung {zwei}"], "von der zurückgenommenen hat niemand gehört"
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM sendung WHERE zustand = 'aufgehoben'") == 1
        assert s.wert("SELECT count(*) FROM ausgang WHERE erledigt = 2") == 1


def test_wer_schon_unterrichtet_ist_bekommt_eine_berichtigung(db: Datenbank, kreis: Umfeld) -> None:
    key = _melde(db, kreis)
    tue(db, kreis, _koordination(db), Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-03-02"}))
    _stelle_zusammen(db, kreis)
    db.in_transaktion(lambda s: s.fuehre("UPDATE sendung SET zustand = 'zugestellt', versuche = 1"))
    db.in_transaktion(lambda s: nimm_zurueck(s, key, "Verklickt", _koordination(db), SPAETER + timedelta(minutes=1), kreis))
    _stelle_zusammen(db, kreis, SPAETER + timedelta(days=1))
    assert _sendungen(db, "betreff", "adresse")[-1] == (f"Berichtigung zu {key}", _postfach_der_mbe(kreis))


def test_erinnerungen_gehen_an_die_zustaendige_person_und_entfallen_wenn_sich_die_frist_erledigt_hat(db: Datenbank, kreis: Umfeld) -> None:
    eins, zwei = _melde(db, kreis), _melde(db, kreis)
    _stelle_zusammen(db, kreis, JETZT)
    spaet = JETZT + timedelta(days=6)
    runde(db, kreis, spaet)
    tue(db, kreis, _koordination(db), Schritt("parken", zwei, grund="x", daten={"wiedervorlage_am": "2026-03-02"}), jetzt=spaet)
    assert _stelle_zusammen(db, kreis, spaet).sendungen == 1
    empfaenger, betreff, text = _sendungen(db, "empfaenger", "betreff", "inhalt")[-1]
    assert empfaenger == "koordination-a" and betreff == f"Erinnerung zu {eins}: Vorprüfung beginnen"
    assert f"Zur Meldung {eins} steht an: Vorprüfung beginnen." in " ".join(text.split()) and zwei not in text


def test_wer_kein_konto_mehr_hat_den_ersetzt_die_vertretung(db: Datenbank, kreis: Umfeld) -> None:
    key = _melde(db, kreis)
    with db.lesen() as s:
        zustaendig, vertretung = s.eine("SELECT zustaendig, vertretung FROM vorgang WHERE key = :key", {"key": key}) or ("", "")
    db.in_transaktion(lambda s: s.fuehre("UPDATE person SET bis = '2026-01-08' WHERE key = :key", {"key": zustaendig}))
    runde(db, kreis, JETZT + timedelta(days=6))
    _stelle_zusammen(db, kreis, JETZT + timedelta(days=6))
    assert _sendungen(db, "empfaenger")[-1] == (vertretung,)


def test_eine_auslaenderbehoerde_erfaehrt_nur_von_dem_was_ihr_konto_selbst_einreichte(db: Datenbank, kreis: Umfeld) -> None:
    abh = next(i for i in kreis.profil.institutionen if i.abh and any(p.key == f"stelle-{i.key}" for p in kreis.profil.personen))
    eigene = _melde(db, kreis, f"stelle-{abh.key}", melder_institution=abh.name)
    telefon = {**MELDUNG, "kanal": "telefon", "melder_institution": abh.name}
    fuer_sie = tue(db, kreis, _koordination(db), Schritt("einreichen", art="meldebogen", daten=telefon)).erste.key
    _stelle_zusammen(db, kreis)
    gefunden = {betreff: (empfaenger, fehler) for empfaenger, betreff, fehler in _sendungen(db, "empfaenger", "betreff", "fehler")}
    assert gefunden[f"Ihre Meldung {eigene} ist eingegangen"] == (f"stelle-{abh.key}", "")
    assert gefunden[f"Ihre Meldung {fuer_sie} ist eingegangen"] == ("?:Konto der meldenden Stelle", "kein_empfaenger")


def test_wer_den_vorgang_nicht_sehen_darf_bekommt_nichts(db: Datenbank, kreis: Umfeld) -> None:
    """Auch dann nicht, wenn die Tabelle ihn nennt: Die Verwaltung sieht keine Meldungen, also erfährt sie nichts."""
    key = _melde(db, kreis)
    _stelle_zusammen(db, kreis, JETZT)
    tue(db, kreis, konto(db, "stelle-mbe-luedenscheid"), Schritt("ergaenzen", key, daten={"text": "Noch etwas"}))
    db.in_transaktion(lambda s: s.fuehre("UPDATE vorgang SET zustaendig = 'assistenz' WHERE key = :key", {"key": key}))
    zuvor = len(_sendungen(db, "id"))
    assert _stelle_zusammen(db, kreis).zeilen == 1
    assert _sendungen(db, "empfaenger", "betreff")[zuvor:] == []


def test_ohne_postfach_wird_es_ein_befund_und_laesst_sich_nachholen(db: Datenbank, kreis: Umfeld) -> None:
    db.in_transaktion(lambda s: s.fuehre("UPDATE person SET institution = NULL WHERE key = 'koordination-b'"))
    key = _melde(db, kreis)
    db.in_transaktion(lambda s: s.fuehre("UPDATE vorgang SET institution = 'Unbekannter Verein' WHERE key = :key", {"key": key}))
    db.in_transaktion(lambda s: s.fuehre("DELETE FROM beteiligung"))
    ergebnis = _stelle_zusammen(db, kreis, JETZT)
    assert (ergebnis.sendungen, ergebnis.befunde) == (1, 1)
    with db.lesen() as s:
        offen, fremd = gescheiterte(s, "koordination-a"), gescheiterte(s, "assistenz")
        assert lage(s, JETZT).gescheitert == offen
    assert [(b.empfaenger, b.fehler, b.zustand) for b in offen] == [("?:Unbekannter Verein", "kein_empfaenger", "gescheitert")]
    assert offen[0].rat and fremd == ()
    db.in_transaktion(lambda s: sende_erneut(s, offen[0].id, kreis, SPAETER))
    assert _sendungen(db, "zustand") == [("gescheitert",)], "noch immer kennt ihn niemand"
    db.in_transaktion(lambda s: s.fuehre("UPDATE sendung SET empfaenger = 'stelle:mbe-luedenscheid'"))
    db.in_transaktion(lambda s: sende_erneut(s, offen[0].id, kreis, SPAETER))
    assert _sendungen(db, "zustand", "adresse") == [("bereit", _postfach_der_mbe(kreis))]
    with pytest.raises(Unmoeglich):
        db.in_transaktion(lambda s: sende_erneut(s, offen[0].id, kreis, SPAETER))
    db.in_transaktion(lambda s: s.fuehre("UPDATE sendung SET zustand = 'gescheitert'"))
    db.in_transaktion(lambda s: lege_ab(s, offen[0].id))
    assert _sendungen(db, "zustand") == []


@pytest.mark.parametrize("boese", ["MK-1\r\nBcc: x@y.example", "MK-1\n", "MK-=?UTF-8?Q?=0A?=Bcc:", "MK\x00", "MK\u2028x"])
def test_ein_geschaeftszeichen_mit_steuerzeichen_kommt_in_keine_kopfzeile(db: Datenbank, kreis: Umfeld, boese: str) -> None:
    assert not kopfzeile_erlaubt(boese)
    if "\x00" in boese and db.postgres:
        return  # die Datenbank selbst nimmt es nicht an
    key = _melde(db, kreis)
    db.in_transaktion(lambda s: s.fuehre("UPDATE vorgang SET key = :boese WHERE key = :key", {"boese": boese, "key": key}))
    assert _stelle_zusammen(db, kreis, JETZT).befunde == 1
    assert _sendungen(db, "zustand", "fehler") == [("gescheitert", "kopfzeile")]


def test_ueberspringen_legt_ab_ohne_zu_setzen(db: Datenbank, kreis: Umfeld) -> None:
    _melde(db, kreis)
    assert db.in_transaktion(lambda s: ueberspringe(s, SPAETER)) == 1
    assert _stelle_zusammen(db, kreis).zeilen == 0 and _sendungen(db, "id") == []


def test_der_text_bleibt_nicht_fuer_immer(db: Datenbank, kreis: Umfeld) -> None:
    _melde(db, kreis)
    _stelle_zusammen(db, kreis, JETZT)
    assert db.in_transaktion(lambda s: raeume_auf(s, JETZT + timedelta(days=200))) == 0, "was noch wartet, behält seinen Text"
    db.in_transaktion(lambda s: s.fuehre("UPDATE sendung SET zustand = 'zugestellt'"))
    assert db.in_transaktion(lambda s: raeume_auf(s, JETZT + timedelta(days=89))) == 0
    assert db.in_transaktion(lambda s: raeume_auf(s, JETZT + timedelta(days=91))) == 1
    assert _sendungen(db, "inhalt", "html") == [("", "")]


# --- jede Nachricht, die es gibt ------------------------------------------------------------------------------------------


def _stand(art: str) -> dict[str, Any]:
    """Gerade so viel Inhalt, dass jedes Wort jemanden findet."""
    gruppe = {"verantwortlich": "VHS Lüdenscheid", "eigner": "VHS Lüdenscheid", "angeboten_an": "iserlohn", "titel": f"Titel {SPUR}"}
    je_art = {"zielsystem": {"auflagen": {}}, "monitoring": {"indikatoren": [{"key": "IN-1", "quelle": "VHS Lüdenscheid"}]},
              "sitzung": {"datum": "2026-02-02", "ort": "Saal"},
              "fallrekonstruktion": {"termin": "2026-02-02", "ort": "Saal", "freigegeben_am": "2026-01-02"}}
    return {**gruppe, **je_art.get(art, {})}


def _lege_alles_an(s: Sitzung) -> dict[tuple[str, str, str], int]:
    """Je Anlass ein Vorgang seiner Art mit einer fälligen Zeile im Ausgang."""
    welt, zeilen = Welt(s), {}
    gruppe = welt.vorgang("arbeitsgruppe", "ist_analyse", stand=_stand("arbeitsgruppe"), zustaendig="koordination-a",
                          beteiligt=(("ag-01-leitung", "ag_leitung"), ("VHS Lüdenscheid", "ag_mitglied")))
    meldung = welt.vorgang("meldebogen", "im_thema", institution=MELDUNG["melder_institution"], stand=_stand("meldebogen"), bereich="kreis")
    doppelte = welt.vorgang("meldebogen", "doppelmeldung", institution=MELDUNG["melder_institution"], stand=_stand("meldebogen"),
                            bereich="kreis")
    for art, anlass, ausloeser, *_ in anlaesse():
        if (art, anlass, ausloeser) in zeilen:
            continue
        uebergang = next((u for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser), None)
        zustand = uebergang.nach or uebergang.von[0] if uebergang else PROZESSE[art].offene[-1]
        institution = "KIM-Case Management Altena" if art == "einzelfalluebergabe" else MELDUNG["melder_institution"]
        nr = welt.vorgang(
            art, zustand, stand=_stand(art), eltern=gruppe if art in ("zielsystem", "monitoring", "massnahme") else None,
            titel=f"Titel {SPUR}", zustaendig="koordination-a", vertretung="koordination-b", institution=institution,
            bereich="kreis" if PROZESSE[art].bereichsgebunden else None,
            beteiligt=(("VHS Lüdenscheid", "umsetzende_stelle"), ("VHS Lüdenscheid", "empfaenger"),
                       ("Jobcenter Märkischer Kreis", "fr_gast"), ("VHS Lüdenscheid", "fr_gast"), ("KIM-Case Management Altena", "fr_gast"),
                       ("ag-01-leitung", "ag_leitung"), ("VHS Lüdenscheid", "ag_mitglied")))
        if art == "meldebogen":
            welt.verbinde(doppelte, "doppelt", nr)
        if art == "generatives_thema":
            welt.verbinde(meldung, "im_thema", nr)
            welt.verbinde(nr, "beauftragt", gruppe)
        zeilen[art, anlass, ausloeser] = nr
    return zeilen


def _woerter(art: str, anlass: str, ausloeser: str) -> str:
    return ",".join(dict.fromkeys(w for a, n, u, w, _ in anlaesse() if (a, n, u) == (art, anlass, ausloeser)))


def test_jede_nachricht_der_tabellen_findet_ihre_empfaenger(db: Datenbank, kreis: Umfeld) -> None:
    """Für alle Anlässe aller Arten: Es entsteht mindestens eine Nachricht, mit Text, an eine Adresse, ohne Erzähltes."""
    zeilen = db.in_transaktion(_fuelle)
    ergebnis = _stelle_zusammen(db, kreis)
    assert ergebnis.zeilen == len(zeilen) and ergebnis.befunde == 0
    with db.lesen() as s:
        ohne = {z for z, nr in zeilen.items() if not s.wert(
            "SELECT 1 FROM sendung_ausgang sa JOIN ausgang a ON a.id = sa.ausgang WHERE a.vorgang = :nr", {"nr": nr})}
    assert ohne == set()
    for adresse, betreff, text, html in _sendungen(db, "adresse", "betreff", "inhalt", "html"):
        assert "@" in adresse and kopfzeile_erlaubt(betreff) and SPUR not in betreff
        assert "{" not in text and "None" not in text and "<html" in html


@pytest.mark.parametrize("tage", [0, 2, 5], ids=["naht", "heute", "vorbei"])
def test_jede_nachricht_spricht_auch_eine_andere_sprache(db: Datenbank, kreis: Umfeld, monkeypatch: pytest.MonkeyPatch, tage: int) -> None:
    """Mit einem Katalog, der jedem Text der Anwendung die Buchstaben nimmt, bleiben nur Daten: Zeichen, Namen, Adressen, Titel."""
    monkeypatch.setattr("forms.sprache.mitgelieferte", Verstummt)
    db.in_transaktion(_fuelle)
    _stelle_zusammen(db, kreis, JETZT + timedelta(days=tage))
    daten = re.compile(r"https?://\S+|„[^“]*“|\b[A-ZÄ]{2,4}-[\w-]+|Saal|" + "|".join(map(re.escape, (
        kreis.profil.name, *sorted((i.name for i in kreis.profil.institutionen), key=len, reverse=True)))))
    gefunden = _sendungen(db, "betreff", "inhalt", "html", "kalender")
    offen = set()
    for betreff, text, html, kalender in gefunden:
        assert '<html lang="de"' not in html
        summary = "".join(re.findall("SUMMARY:.*", kalender)).removeprefix("SUMMARY")
        ohne_zeichen = unescape(re.sub(r"(?s)<style.*?</style>|<[^>]*>", " ", html))
        for teil in (betreff, " ".join(text.split()), ohne_zeichen, summary):
            offen |= set(re.findall(r"[^\W\d_]{2,}", daten.sub("", teil)))
    assert len(gefunden) > 90 and offen == set()


def _fuelle(s: Sitzung) -> dict[tuple[str, str, str], int]:
    zeilen = _lege_alles_an(s)
    for (art, anlass, ausloeser), nr in zeilen.items():
        _fuelle_ausgang(s, art, anlass, ausloeser, nr)
    return zeilen


def _fuelle_ausgang(s: Sitzung, art: str, anlass: str, ausloeser: str, nr: int) -> None:
    zeit, quelle = als_text(JETZT), "e:1"
    if anlass.startswith("frist_"):
        frist = s.wert("INSERT INTO frist (vorgang, name, schluessel, anker, ende, stufe, regel, profil, offen, geoeffnet_nr) VALUES "
                       "(:v, :name, 'VHS Lüdenscheid', '2026-01-02', :ende, 0, '{}', 'p', 1, 1) RETURNING id",
                       {"v": nr, "name": anlass.removeprefix("frist_"), "ende": date(2026, 1, 9).isoformat()})
        quelle = f"f:{frist}:0"
    elif anlass == NEUER_LINK:
        quelle = f"{QUELLE}abc:vhs-luedenscheid"
    elif anlass == ERWAEHNT:
        quelle = f"{AUS_KOMMENTAR}1:koordination-a"
    else:
        s.fuehre("INSERT INTO ereignis (vorgang, nr, akt, ausloeser, von, nach, person, rolle, zeit, prozessversion, formular, "
                 "formularversion, zusage, hash) SELECT id, 1, 'a', :ausloeser, '', zustand, 'p', 'k', :zeit, 1, '', 0, :h, :h "
                 "FROM vorgang WHERE id = :id", {"ausloeser": ausloeser, "zeit": zeit, "h": "0" * 64, "id": nr})
        s.fuehre("INSERT INTO ereignis_inhalt (vorgang, nr, salz, inhalt) VALUES (:v, 1, '', :inhalt)",
                 {"v": nr, "inhalt": json.dumps({"daten": {"text": SPUR, "an": SPUR}, "grund": SPUR})})
    if marke := bitten().get((art, anlass)):
        s.fuehre("INSERT INTO marke (vorgang, name, bis, offen, geoeffnet_nr) VALUES (:v, :name, '', 1, 1)", {"v": nr, "name": marke})
    s.fuehre("INSERT INTO ausgang (vorgang, nr, quelle, anlass, an, fruehestens, erledigt) VALUES (:v, 1, :q, :anlass, :an, :zeit, 0)",
             {"v": nr, "q": quelle, "anlass": anlass, "an": _woerter(art, anlass, ausloeser), "zeit": zeit})


def test_wer_auf_der_seite_nichts_saehe_bekommt_keine_adresse(db: Datenbank, kreis: Umfeld) -> None:
    k = _koordination(db)
    sammlung = tue(db, kreis, k, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key
    key = tue(db, kreis, k, Schritt("ausrufen", art="lage", daten={"titel": "Flut", "von": "2026-01-07", "bis": "2026-02-01",
                                                                     "sammlungen": [sammlung]})).erste.key
    _stelle_zusammen(db, kreis)
    briefe = [(wer, text) for wer, text, betreff in _sendungen(db, "empfaenger", "inhalt", "betreff") if key in betreff]
    assert briefe
    with db.lesen() as s:
        for wer, text in briefe:
            try:
                lies(s, konto(db, wer), key, berliner_tag(JETZT))
            except NichtGefunden:
                assert "https://" not in text and "Bei Fragen antworten Sie bitte auf diese Nachricht." in " ".join(text.split())
            else:
                assert f"/vorgang/{key}" in text
    assert any("https://" not in text for _, text in briefe)


def test_das_ergebnis_einer_meldung_steht_einmal_in_der_nachricht(db: Datenbank, kreis: Umfeld) -> None:
    k, meldung = _koordination(db), _melde(db, kreis)
    thema = tue(db, kreis, k, Schritt("anlegen", art="generatives_thema", grund="Austausch",
                                      daten={"titel": "Kurse", "quelle": "austausch"})).erste.key
    tue(db, kreis, k, Schritt("zuordnen", meldung, daten={"thema": thema}))
    _stelle_zusammen(db, kreis)
    with db.transaktion() as s:
        for nr, (key, anlass) in enumerate(((thema, "entscheidung_der_lenkungsgruppe"), (meldung, "ausgang_der_meldung"))):
            vorgang = s.wert("SELECT id FROM vorgang WHERE key = :key", {"key": key})
            s.fuehre("INSERT INTO ausgang (vorgang, nr, quelle, anlass, an, fruehestens, erledigt) "
                     "VALUES (:vorgang, 1, :quelle, :anlass, 'melder', :zeit, 0)",
                     {"vorgang": vorgang, "quelle": f"t:{nr}", "anlass": anlass, "zeit": als_text(JETZT)})
    _stelle_zusammen(db, kreis)
    betreff, text = _sendungen(db, "betreff", "inhalt")[-1]
    assert betreff == f"Ergebnis zu Ihrer Meldung {meldung}" and text.count(meldung) == 2, "ein Satz und seine Adresse"
