"""Der Import nimmt jede gültige Zeile genau einmal auf, auch doppelt gestartet, abgebrochen oder zu zweit."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from service.apply import Schritt, apply
from service.db import Datenbank
from service.handelnde import SYSTEM
from service.importieren import Importbericht, importiere
from service.kalender import Dauer
from service.laden import akte
from service.pruefen import pruefe
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, MELDUNG, melde, tue

WURZEL = Path(__file__).parent.parent.parent
DATEN = WURZEL / "tests" / "daten"
MELDUNGEN = DATEN / "meldungen.jsonl"
FEHLERHAFT = DATEN / "meldungen_fehlerhaft.jsonl"
JETZT = datetime(2026, 12, 30, 11, tzinfo=UTC)

# Jede abgelehnte Zeile mit dem Feld, das sie nennt; die Gründe prüft test_importlesen.
FELDER = {
    **dict.fromkeys((2, 3, 4, 5, 30), ""), **dict.fromkeys((6, 22, 23, 29, 36, 38), "titel"), **dict.fromkeys((7, 39), "handlungsfelder"),
    **dict.fromkeys((8, 18, 19, 20), "beschreibung"), **dict.fromkeys((9, 14, 15, 16), "eingang"), 10: "prioritaet", 11: "kommune",
    12: "rechtskreise.1", 13: "anonymisiert_bestaetigt", 17: "laufende_frist", 21: "auswirkung", 24: "geschaeftszeichen",
    **dict.fromkeys((31, 32, 35), "aehnliche_faelle"), 33: "interview_moeglich", 34: "rechtskreiswechsel", 37: "einwilligung_uebergabe",
    40: "zielgruppe.status_gruppe",
}  # fmt: skip


def lade_datei(db: Datenbank, umfeld: Umfeld, pfad: Path, jetzt: datetime = JETZT, **weiteres: Any) -> Importbericht:
    with pfad.open("rb") as datei:
        return importiere(db, umfeld, datei, pfad.name, jetzt, "konto", **weiteres)


def zeile(key: str, **anders: Any) -> dict[str, Any]:
    return {**MELDUNG, "geschaeftszeichen": key, "eingang": "2026-01-05T15:59:21+01:00", **anders}


def datei_aus(ort: Path, *zeilen: dict[str, Any], name: str = "m.jsonl") -> Path:
    pfad = ort / name
    pfad.write_text("".join(json.dumps(z, ensure_ascii=False) + "\n" for z in zeilen))
    return pfad


def viele(ort: Path, von: int, bis: int, name: str = "m.jsonl") -> Path:
    return datei_aus(ort, *(zeile(f"MK-2026-{nr:04d}", titel=f"Hürde {nr}") for nr in range(von, bis)), name=name)


def zahl(db: Datenbank, was: str) -> int:
    with db.lesen() as s:
        return int(s.wert(f"SELECT count(*) FROM {was}"))


def zahlen(bericht: Importbericht) -> tuple[int, int, int]:
    return bericht.angenommen, bericht.bereits_vorhanden, len(bericht.abgelehnt)


def stimmt_alles(db: Datenbank, vorgaenge: int) -> None:
    """So viele Meldungen, jede mit genau einem Ereignis und einer Importzeile, Zähler und Ketten passend."""
    with db.lesen() as s:
        bericht = pruefe(s)
        gezaehlt = s.wert("SELECT sum(anzahl) FROM zaehler")
    assert (bericht.ok, bericht.ereignisse, int(gezaehlt)) == (True, vorgaenge, vorgaenge), bericht.fehler[:3]
    assert (zahl(db, "vorgang"), zahl(db, "importzeile"), zahl(db, "ereignis_inhalt")) == (vorgaenge,) * 3


# --- die beiden Dateien -----------------------------------------------------------------------------------------------


def test_alle_meldungen_kommen_an(db: Datenbank, umfeld: Umfeld) -> None:
    bericht = lade_datei(db, umfeld, MELDUNGEN)
    assert bericht.als_json() == {"angenommen": 160, "bereits_vorhanden": 0, "abgelehnt": []}
    assert bericht.gelesen == bericht.gesamt == MELDUNGEN.stat().st_size
    stimmt_alles(db, 160)
    assert zahl(db, "ausgang") == 0


def test_jede_fehlerhafte_zeile_endet_wie_erwartet(db: Datenbank, umfeld: Umfeld) -> None:
    lade_datei(db, umfeld, MELDUNGEN)
    erwartet = json.loads((DATEN / "meldungen_fehlerhaft.erwartet.json").read_text())
    bericht = lade_datei(db, umfeld, FEHLERHAFT)
    abgelehnt = {a["zeile"]: a["feld"] for a in bericht.als_json()["abgelehnt"]}
    assert abgelehnt == FELDER
    assert set(abgelehnt) == {int(nr) for nr, was in erwartet.items() if was.startswith("Ablehnen")}
    assert zahlen(bericht) == (4, 1, 35)  # 1, 26, 27, 28 neu, 25 schon da
    assert [nr for nr, _ in bericht.hinweise] == [1]
    assert next(a for a in bericht.abgelehnt if a.zeile == 24).befunde[0].grund == (
        "Das Geschäftszeichen MK-2026-0001 ist schon mit anderem Inhalt vergeben.")
    stimmt_alles(db, 164)


def test_ein_zweiter_lauf_aendert_nichts(db: Datenbank, umfeld: Umfeld) -> None:
    lade_datei(db, umfeld, MELDUNGEN)
    lade_datei(db, umfeld, FEHLERHAFT)
    vorher = bestand(db)
    assert zahlen(lade_datei(db, umfeld, MELDUNGEN)) == (0, 160, 0)
    assert zahlen(lade_datei(db, umfeld, FEHLERHAFT)) == (0, 5, 35)
    assert bestand(db) == vorher


def bestand(db: Datenbank) -> list[Any]:
    with db.lesen() as s:
        tabellen = ("vorgang", "ereignis", "ereignis_inhalt", "frist", "importzeile", "nummer")
        return [s.alle(f"SELECT * FROM {t} ORDER BY 1, 2") for t in tabellen]


def test_auch_eine_inzwischen_bearbeitete_meldung_ist_schon_vorhanden(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    pfad = viele(tmp_path, 1, 4)
    lade_datei(db, umfeld, pfad)
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", "MK-2026-0002", daten={"feld": "titel", "start": 0, "ende": 5}, grund="Ein Name."))
    with db.lesen() as s:
        vorher = akte(s, "MK-2026-0002")
    assert vorher is not None and vorher.titel.startswith("█████")
    assert zahlen(lade_datei(db, umfeld, pfad)) == (0, 3, 0)
    with db.lesen() as s:
        assert akte(s, "MK-2026-0002") == vorher


# --- was eine Meldung mitbringt ---------------------------------------------------------------------------------------


def test_die_fristen_laufen_ab_dem_import(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    lade_datei(db, umfeld, datei_aus(tmp_path, zeile("MK-2026-0001", eingang="2026-01-05T23:30:00Z")))
    with db.lesen() as s:
        a = akte(s, "MK-2026-0001")
        ereignis = s.eine("SELECT person, rolle, zeit, nr FROM ereignis")
    assert a is not None and a.stand["eingang"] == "2026-01-06"  # der Tag in Berlin
    assert "geschaeftszeichen" not in a.stand
    heute = date(2026, 12, 30)
    assert {f.anker for f in a.fristen.values()} == {heute.isoformat()}
    assert a.fristen["vorpruefung_beginnen", ""].ende == umfeld.kalender.ende(heute, Dauer.lesen("5 WT")).ende.isoformat()
    assert ereignis == ("system", "system", "2026-12-30T11:00:00.000000Z", 1)


def test_die_meldung_gehoert_ihrer_stelle_auch_unter_einem_anderen_namen(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    stelle = next(i for i in umfeld.profil.institutionen if i.aliase)
    pfad = datei_aus(tmp_path, zeile("A-1", melder_institution=stelle.aliase[0]), zeile("A-2", melder_institution="Verein Unbekannt e. V."))
    assert zahlen(lade_datei(db, umfeld, pfad)) == (2, 0, 0)
    with db.lesen() as s:
        a, b = akte(s, "A-1"), akte(s, "A-2")
    assert a is not None and b is not None
    assert (a.institution, a.stand["melder_institution"]) == (stelle.name, stelle.aliase[0])
    assert (b.institution, b.stand["melder_institution"]) == ("Verein Unbekannt e. V.",) * 2


def test_eigene_nummern_zaehlen_hinter_den_importierten_weiter(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    lade_datei(db, umfeld, viele(tmp_path, 7, 9))
    assert melde(db, umfeld) == "MK-2026-0009"


def test_fremde_zeichen_verstellen_keine_reihe(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    """Sonst hieße die nächste Sammlung SAM-100, und die Nummern eines Jahres wären aufgebraucht."""
    pfad = datei_aus(tmp_path, zeile("SAM-99"), zeile("ZS-7777777"), zeile("MK-2026-999999999"), zeile("ALT-202601051"))
    assert zahlen(lade_datei(db, umfeld, pfad)) == (1, 0, 3)
    assert melde(db, umfeld) == "MK-2026-0001"
    assert tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key == "SAM-01"


def test_ein_geschaeftszeichen_mit_punkt_ist_erlaubt(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    assert zahlen(lade_datei(db, umfeld, datei_aus(tmp_path, zeile("50.2-17")))) == (1, 0, 0)


def test_csv_ergibt_dieselben_meldungen_wie_json(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    eine = {"geschaeftszeichen": "C-1", "eingang": "2026-01-05T15:59:21+01:00", "kanal": "online", "melder_art": "externe_stelle",
            "melder_institution": "Stelle", "melder_funktion": "Beratung", "kommune": "Lüdenscheid", "titel": "Titel",
            "beschreibung": "Zeile eins\nZeile zwei", "meldungsart": "huerde", "handlungsfelder": ["Bildung und Sprache"],
            "anonymisiert_bestaetigt": True}  # fmt: skip
    ziel = io.StringIO()
    csv.writer(ziel, delimiter=";").writerows(
        [list(eine), ["ja" if w is True else "|".join(w) if isinstance(w, list) else w for w in eine.values()]])
    (tmp_path / "m.csv").write_text(ziel.getvalue())
    assert zahlen(lade_datei(db, umfeld, tmp_path / "m.csv")) == (1, 0, 0)
    assert zahlen(lade_datei(db, umfeld, datei_aus(tmp_path, eine))) == (0, 1, 0)


# --- dasselbe Zeichen zweimal -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [1, 2, 200])
def test_wiederholungen_in_einer_datei(db: Datenbank, umfeld: Umfeld, tmp_path: Path, block: int) -> None:
    pfad = datei_aus(tmp_path, zeile("X-1"), zeile("X-1"), zeile("X-1", titel="Etwas anderes"), zeile("X-2", prioritaet=1), zeile("X-2"))
    bericht = lade_datei(db, umfeld, pfad, block=block)
    assert zahlen(bericht) == (2, 1, 2)
    assert [(a.zeile, a.befunde[0].feld) for a in bericht.abgelehnt] == [(3, "geschaeftszeichen"), (4, "prioritaet")]
    stimmt_alles(db, 2)


def test_ein_zeichen_das_schon_jemand_anders_hat(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    key = melde(db, umfeld)
    bericht = lade_datei(db, umfeld, datei_aus(tmp_path, zeile(key), zeile("X-1")))
    assert zahlen(bericht) == (1, 0, 1)
    assert bericht.als_json()["abgelehnt"] == [{
        "zeile": 1, "feld": "geschaeftszeichen",
        "grund": f"Das Geschäftszeichen {key} gehört schon zu einem Vorgang, der nicht aus einem Import stammt."}]


def test_mehrere_befunde_einer_zeile_stehen_in_einem_eintrag(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    (eintrag,) = lade_datei(db, umfeld, datei_aus(tmp_path, zeile("X-1", kanal="brieftaube", titel=""))).als_json()["abgelehnt"]
    assert (eintrag["zeile"], eintrag["feld"]) == (1, "kanal")
    assert "Außerdem titel: " in eintrag["grund"]


# --- zugleich, abgebrochen --------------------------------------------------------------------------------------------


def test_ein_gerade_vergebener_schluessel_kostet_die_anderen_nichts(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    """Während jemand „FALL“ anlegt und noch nicht fertig ist, kommt ein Block mit demselben Zeichen."""
    pfad = datei_aus(tmp_path, zeile("X-1"), zeile("FALL"), zeile("X-2"))
    berichte: list[Importbericht] = []
    lauf = threading.Thread(target=lambda: berichte.append(lade_datei(db, umfeld, pfad)))
    with db.transaktion() as s:
        apply(s, [Schritt("einreichen", art="meldebogen", daten=MELDUNG, key="FALL")], SYSTEM, JETZT, umfeld)
        lauf.start()
        lauf.join(0.7)
        assert lauf.is_alive()
    lauf.join(30)
    assert zahlen(berichte[0]) == (2, 0, 1) and berichte[0].abgelehnt[0].zeile == 2
    assert (zahl(db, "vorgang"), zahl(db, "importzeile")) == (3, 2)


LAUF = """
import sys
from datetime import UTC, datetime
from service.db import Datenbank
from service.importieren import importiere
from service.profil import DEMONSTRATION, lesen
from service.umfeld import umfeld_aus
db = Datenbank(sys.argv[1])
with open(sys.argv[2], "rb") as datei:
    b = importiere(db, umfeld_aus(lesen(DEMONSTRATION), "test", {}), datei, "m.jsonl", datetime(2026, 12, 30, 11, tzinfo=UTC), "konto",
                   block=int(sys.argv[3]))
print(b.angenommen, b.bereits_vorhanden, len(b.abgelehnt))
"""


def starte(db: Datenbank, pfad: Path, block: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", LAUF, db.adresse, str(pfad), str(block)], cwd=WURZEL, text=True,
                            env={**os.environ, "PYTHONPATH": str(WURZEL)}, stdout=subprocess.PIPE)


def test_zwei_importe_zugleich(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    a, b = viele(tmp_path, 1, 401, "a.jsonl"), viele(tmp_path, 201, 601, "b.jsonl")
    laeufe = [starte(db, pfad, 20) for pfad in (a, b)]
    ergebnisse = [tuple(map(int, lauf.communicate(timeout=120)[0].split())) for lauf in laeufe]
    assert [lauf.returncode for lauf in laeufe] == [0, 0]
    assert tuple(map(sum, zip(*ergebnisse, strict=True))) == (600, 200, 0)
    stimmt_alles(db, 600)


def test_mitten_im_import_beendet_und_neu_gestartet(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    pfad = viele(tmp_path, 1, 1201)
    lauf = starte(db, pfad, 20)
    frist = time.monotonic() + 60
    while zahl(db, "importzeile") < 100 and time.monotonic() < frist:
        time.sleep(0.005)
    lauf.send_signal(signal.SIGKILL)
    lauf.wait(30)
    lauf.communicate()
    aufgenommen = zahl(db, "importzeile")
    assert lauf.returncode == -signal.SIGKILL and 100 <= aufgenommen < 1200
    stimmt_alles(db, aufgenommen)
    bericht = lade_datei(db, umfeld, pfad)
    assert zahlen(bericht) == (1200 - aufgenommen, aufgenommen, 0)
    stimmt_alles(db, 1200)
    with db.lesen() as s:
        assert Counter(w for (w,) in s.alle("SELECT was FROM protokoll")) == {"import_begonnen": 2, "import": 1}


# --- Protokoll --------------------------------------------------------------------------------------------------------


def test_das_protokoll_nennt_konto_zahlen_und_pruefsumme_aber_nicht_die_datei(db: Datenbank, umfeld: Umfeld) -> None:
    lade_datei(db, umfeld, FEHLERHAFT)
    with db.lesen() as s:
        zeilen = s.alle("SELECT person, systemkonto, was, angaben FROM protokoll ORDER BY id")
    groesse, summe = FEHLERHAFT.stat().st_size, hashlib.sha256(FEHLERHAFT.read_bytes()).hexdigest()
    assert [z[:3] for z in zeilen] == [("system", "konto", "import_begonnen"), ("system", "konto", "import")]
    assert [json.loads(z[3]) for z in zeilen] == [
        {"bytes": groesse},
        {"angenommen": 6, "bereits_vorhanden": 0, "abgelehnt": 34, "bytes": groesse, "sha256": summe}]


def test_nach_jedem_block_wird_berichtet(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    pfad = viele(tmp_path, 1, 11)
    stand: list[tuple[int, int]] = []
    lade_datei(db, umfeld, pfad, block=4, melde=lambda b: stand.append((b.zeilen, b.gelesen)))
    assert [z for z, _ in stand] == [4, 8, 10] and stand[-1][1] == pfad.stat().st_size


def test_eine_leere_datei_ist_kein_fehler(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    assert zahlen(lade_datei(db, umfeld, datei_aus(tmp_path))) == (0, 0, 0)
