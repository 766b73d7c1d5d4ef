"""Melden ohne Konto: Code der Stelle, Bogen, Beleg; was ein Beleg kann, was er nicht kann, und dass kein Code irgendwo stehen bleibt."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from service import geheimcode, meldecodes
from service.app import Kreislauf, baue_app
from service.apply import Schritt
from service.aufraeumen import raeume_auf
from service.ausgang import stelle_zusammen
from service.buendel import WARTEZEIT
from service.db import Datenbank
from service.errors import NichtGefunden, Ungueltig
from service.profil import Profil
from service.pruefen import pruefe
from service.settings import Einstellungen
from service.umfeld import lade_umfeld
from tests.bau import JETZT, tue
from tests.browserprobe import Blatt, Fenster, seiten
from tests.postamt import konto
from tests.service.test_seiten import ANGABEN

MELDEN, BELEG, CODES = "/melden/ohne-konto", "/melden/beleg", "/stammdaten/meldecodes"
VHS = "VHS Iserlohn"  # hat in der Vorführung kein Konto
ABH = "Ausländerbehörde Märkischer Kreis, Lüdenscheid"
CODE = re.compile(r"\b[34679ACDEFGHJKMNPRTWXY]{4}(?:-[34679ACDEFGHJKMNPRTWXY]{4}){3,4}\b")
BOGEN = {**{k: w for k, w in ANGABEN.items() if k not in ("melder_institution", "kanal")}, "kommune": "Iserlohn"}


class Gast:
    """Jemand ohne Konto vor einem Browser."""

    def __init__(self, app: Kreislauf) -> None:
        self.client = TestClient(app, base_url="http://localhost:8000", follow_redirects=False)

    def hole(self, weg: str, status: int = 200) -> Blatt:
        antwort = self.client.get(weg)
        assert antwort.status_code == status and antwort.headers["cache-control"] == "no-store"
        return Blatt(antwort.text)

    def sende(self, blatt: Blatt, weg: str, status: int = 200, **eingaben: Any) -> Blatt:
        """Was gelingt, antwortet nie selbst, sondern leitet um; in keiner Adresse steht mehr als der Weg."""
        antwort = self.folge(self.client.post(weg, data={**blatt.felder, **eingaben}))
        gezeigt = Blatt(antwort.text)
        assert antwort.status_code == status, gezeigt.text[-2000:]
        assert gezeigt.maengel() == []
        return gezeigt

    def folge(self, antwort: Response) -> Response:
        assert antwort.status_code != 200
        if antwort.status_code == 303:
            assert "?" not in antwort.headers["location"]
            antwort = self.client.get(antwort.headers["location"])
        assert antwort.headers["cache-control"] == "no-store"
        return antwort

    def bogen(self, code: str) -> Blatt:
        return self.sende(self.hole(MELDEN), MELDEN, code=code)

    def beleg(self, code: str, status: int = 200) -> Blatt:
        return self.sende(self.hole(BELEG), BELEG, status, code=code)

    def tue(self, beleg: str, akt: str, status: int = 200, **felder: Any) -> Blatt:
        blatt = self.beleg(beleg)
        einmal = blatt.felder.get("einmal", ["-"])[0]  # ist nichts mehr zu tun, steht dort kein Formular
        eigene = {"csrf": self.hole(BELEG).felder["csrf"], "code": beleg, "einmal": einmal, "akt": akt}
        return self.sende(Blatt(""), BELEG, status, **eigene, **{n.replace("__", "."): w for n, w in felder.items()})


@pytest.fixture
def gast(app: Kreislauf) -> Gast:
    return Gast(app)


@pytest.fixture
def code(app: Kreislauf) -> str:
    return ausgestellt(app)


def ausgestellt(app: Kreislauf, stelle: str = VHS) -> str:
    _, blatt = Fenster(app, "koordination-a").sende(CODES, 200, stelle=stelle)
    assert f"Code für {stelle}" in blatt.text and blatt.maengel() == []
    return gelesen(blatt)


def gelesen(blatt: Blatt) -> str:
    [gefunden] = CODE.findall(blatt.text)
    return str(gefunden)


def gemeldet(gast: Gast, code: str, **anders: Any) -> tuple[str, str]:
    """(Nummer, Beleg)"""
    vorschau = gast.sende(gast.bogen(code), MELDEN, weiter="pruefen", **{**BOGEN, **anders})
    assert "Noch ist nichts abgesendet" in vorschau.text
    quittung = gast.sende(vorschau, MELDEN)
    assert "Ihre Meldung ist angekommen" in quittung.text and f"Gemeldet für: {VHS}" in quittung.text
    [key] = re.findall(r"MK-\d{4}-\d{4}", quittung.text)
    return str(key), gelesen(quittung)


def meldungen(app: Kreislauf) -> int:
    with app.state.anwendung.db.lesen() as s:
        return int(s.wert("SELECT count(*) FROM vorgang WHERE art = 'meldebogen'"))


def koordination(db: Datenbank, key: str, ausloeser: str, grund: str = "", **daten: Any) -> None:
    with db.lesen() as s:
        umfeld = lade_umfeld(s, JETZT.date().isoformat())
    tue(db, umfeld, konto(db, "koordination-iserlohn"), Schritt(ausloeser, key, daten=daten, grund=grund))


# --- melden -----------------------------------------------------------------------------------------------------------


def test_mit_dem_code_kommt_derselbe_bogen_mit_hilfe_pruefung_und_vorschau(app: Kreislauf, gast: Gast, code: str) -> None:
    leer = gast.bogen(code.lower().replace("-", " "))
    assert "Was ist passiert?" in leer.text and f"Sie melden für: {VHS}" in leer.text and leer.felder["melder_institution"] == [VHS]
    lang = {e["name"] for e in leer.eingaben}
    assert "loesungsvorschlag" in lang and "melder_institution" not in lang
    kurz = gast.sende(leer, MELDEN, wechsel="kurz", titel="Angefangen")
    assert "loesungsvorschlag" not in {e["name"] for e in kurz.eingaben} and kurz.felder["titel"] == ["Angefangen"]
    falsch = gast.sende(leer, MELDEN, 422, weiter="pruefen", **{**BOGEN, "kommune": "", "beschreibung": "Frau Yıldız wartet."})
    assert {e["name"] for e in falsch.eingaben if e.get("aria-invalid")} == {"kommune", "beschreibung"}
    assert "Das sieht nach einem Namen aus." in falsch.text and falsch.felder["titel"] == [BOGEN["titel"]] and meldungen(app) == 0
    key, beleg = gemeldet(gast, code)
    assert len(beleg) == 24 and meldungen(app) == 1
    akte = Fenster(app, "koordination-iserlohn").hole(f"/vorgang/{key}")
    assert VHS in akte.text and f"{VHS} (ohne Konto)" in akte.text and BOGEN["beschreibung"] in akte.text


def test_dasselbe_formular_noch_einmal_ist_dieselbe_meldung_mit_demselben_beleg(app: Kreislauf, gast: Gast, code: str) -> None:
    vorschau = gast.sende(gast.bogen(code), MELDEN, weiter="pruefen", **BOGEN)
    erste, zweite = gast.sende(vorschau, MELDEN), gast.sende(vorschau, MELDEN)
    assert gelesen(erste) == gelesen(zweite) and meldungen(app) == 1
    anderes = gast.sende(vorschau, MELDEN, 422, titel="Etwas anderes")
    assert "ist schon etwas gemeldet worden" in anderes.text and meldungen(app) == 1
    ohne = gast.sende(vorschau, MELDEN, 422, einmal="1")
    assert "unvollständig angekommen" in ohne.text and meldungen(app) == 1


def test_der_code_meldet_nur_fuer_seine_stelle_und_nur_online(app: Kreislauf, gast: Gast, code: str) -> None:
    vorschau = gast.sende(gast.bogen(code), MELDEN, weiter="pruefen", **BOGEN)
    for anders in ({"melder_institution": "Stadt Hemer, Sozialamt"}, {"kanal": "telefon"}, {"melder_art": "case_management"}):
        gast.sende(vorschau, MELDEN, 422, **anders)
    assert meldungen(app) == 0


def test_falscher_widerrufener_und_unbekannter_code_sehen_gleich_aus(app: Kreislauf, gast: Gast, code: str) -> None:
    key, beleg = gemeldet(gast, code)
    offen = gast.bogen(code)
    k = Fenster(app, "koordination-a")
    neuer = ausgestellt(app)
    k.sende_blatt(k.hole(CODES), f"{CODES}/widerrufen", stelle="vhs-iserlohn")
    antworten = {gast.sende(gast.hole(MELDEN), MELDEN, 422, code=c).text for c in (code, neuer, "XXXX-XXXX-XXXX-XXXX", "quatsch", beleg)}
    assert len(antworten) == 1 and "Dieser Code gilt nicht." in antworten.pop()
    gast.sende(offen, MELDEN, 422, weiter="", **BOGEN)
    assert meldungen(app) == 1 and key in gast.beleg(beleg).text  # nachsehen geht weiter
    protokoll = Fenster(app, "datenschutz").hole("/protokoll").text
    for satz in ("Code zum Melden ausgestellt", "Code zum Melden erneuert", "Code zum Melden widerrufen"):
        assert satz in protokoll
    assert code not in protokoll and "widerrufen am 07.01.2026" in k.hole(CODES).text


def test_wer_raet_wird_gebremst(app: Kreislauf, gast: Gast, code: str) -> None:
    for n in range(20):
        gast.sende(gast.hole(BELEG if n % 2 else MELDEN), BELEG if n % 2 else MELDEN, 422, code=f"{n}")
    for weg in (MELDEN, BELEG):
        antwort = gast.client.post(weg, data={**gast.hole(weg).felder, "code": code})
        assert antwort.status_code == 429 and "zu viele Adressen oder Codes" in Blatt(antwort.text).text


def test_ein_code_nimmt_am_tag_nicht_beliebig_viel_an(db: Datenbank, profil: Profil) -> None:
    inhalt = {**json.loads(profil.kanonisch()), "ohne_konto": {"erlaubt": True, "hoechstens_am_tag": 1}}
    app = seiten(db, Profil.model_validate(inhalt), JETZT)
    gast, code = Gast(app), ausgestellt(app)
    gemeldet(gast, code)
    blatt = gast.sende(gast.bogen(code), MELDEN, 429, weiter="", **BOGEN)
    assert "schon sehr viele Meldungen" in blatt.text and blatt.felder["titel"] == [BOGEN["titel"]] and meldungen(app) == 1


def test_ausgeschaltet_gibt_es_das_melden_nicht_aber_den_beleg(db: Datenbank, profil: Profil, app: Kreislauf, gast: Gast, code: str
                                                                 ) -> None:
    assert MELDEN in gast.hole("/anmelden").verweise
    key, beleg = gemeldet(gast, code)
    seiten(db, Profil.model_validate({**json.loads(profil.kanonisch()), "ohne_konto": {}}), JETZT + timedelta(minutes=1))
    assert MELDEN not in gast.hole("/anmelden").verweise
    gast.hole(MELDEN, 404)
    assert gast.client.post(MELDEN, data={**gast.hole(BELEG).felder, "code": code}).status_code == 404
    assert key in gast.beleg(beleg).text and "ausgeschaltet" in Fenster(app, "koordination-a").hole(CODES).text


def test_ein_neues_profil_erlaubt_es_nicht_von_selbst(profil: Profil) -> None:
    inhalt = {k: w for k, w in json.loads(profil.kanonisch()).items() if k != "ohne_konto"}
    assert not Profil.model_validate(inhalt).ohne_konto.erlaubt and profil.ohne_konto.erlaubt


# --- zurück, neu laden, schließen -------------------------------------------------------------------------------------

BOGENSEITE, VORSCHAU, QUITTUNG, STAND = f"{MELDEN}/bogen", f"{MELDEN}/vorschau", f"{MELDEN}/quittung", f"{BELEG}/stand"
KEKS = "kreislauf-beleg"


def spaeter(db: Datenbank, profil: Profil, gast: Gast, wann: timedelta) -> Gast:
    """Derselbe Browser, der sein Cookie über dessen Zeit hinaus behielt."""
    naechster = Gast(seiten(db, profil, JETZT + wann))
    naechster.client.cookies = gast.client.cookies
    return naechster


def test_jede_seite_hat_eine_adresse_und_zeigt_sich_noch_einmal(gast: Gast, code: str) -> None:
    gast.bogen(code)
    assert gast.hole(BOGENSEITE).felder["code"] == [code]
    gast.sende(gast.hole(BOGENSEITE), BOGENSEITE, weiter="pruefen", **BOGEN)
    assert "Noch ist nichts abgesendet" in gast.hole(VORSCHAU).text and gast.hole(BOGENSEITE).felder["titel"] == [BOGEN["titel"]]
    geaendert = gast.sende(gast.hole(VORSCHAU), VORSCHAU, weiter="aendern")
    assert geaendert.felder["beschreibung"] == [BOGEN["beschreibung"]]
    vorschau = gast.sende(geaendert, BOGENSEITE, weiter="pruefen", titel="Besser gesagt")
    quittung = gast.sende(vorschau, VORSCHAU)
    assert gelesen(gast.hole(QUITTUNG)) == gelesen(quittung)
    for weg in (BOGENSEITE, VORSCHAU):  # zurück, nachdem abgesendet ist
        assert gast.client.get(weg).headers["location"] == QUITTUNG
    assert "Diese Meldung ist schon abgesendet." in gast.hole(QUITTUNG).text
    gast.beleg(gelesen(quittung))
    assert "Besser gesagt" in gast.hole(STAND).text and gelesen(gast.hole(QUITTUNG)) == gelesen(quittung)


def test_das_cookie_traegt_keinen_code_und_gilt_nur_hier_und_kurz(db: Datenbank, gast: Gast, code: str) -> None:
    _, beleg = gemeldet(gast, code)
    antwort = gast.client.post(BELEG, data={**gast.hole(BELEG).felder, "code": beleg})
    [keks] = [k for k in antwort.headers.get_list("set-cookie") if k.startswith(KEKS)]
    assert keks.endswith("; Path=/; HttpOnly; SameSite=Strict; Max-Age=600") and beleg not in keks and beleg[:4] not in keks
    verschluesselt = Gast(baue_app(Einstellungen(adresse="https://localhost:8000"), db, lambda: JETZT))
    verschluesselt.client.base_url = "https://localhost:8000"
    antwort = verschluesselt.client.post(BELEG, data={**verschluesselt.hole(BELEG).felder, "code": beleg})
    assert antwort.status_code == 303 and any(k.startswith(f"__Host-{KEKS}=") and "; Secure" in k
                                              for k in antwort.headers.get_list("set-cookie"))


def test_nach_zehn_minuten_und_nach_dem_schliessen_ist_nichts_mehr_zu_sehen(db: Datenbank, profil: Profil, gast: Gast, code: str) -> None:
    _, beleg = gemeldet(gast, code)
    gast.beleg(beleg)
    assert BOGEN["titel"] in spaeter(db, profil, gast, timedelta(minutes=9)).hole(STAND).text
    zu_spaet = spaeter(db, profil, gast, timedelta(minutes=10))
    for weg in (STAND, QUITTUNG):
        blatt = zu_spaet.hole(weg)
        assert "Hier ist kein Beleg mehr offen" in blatt.text and BOGEN["titel"] not in blatt.text and beleg not in blatt.html
    assert "Hier ist kein Meldebogen mehr offen" in zu_spaet.hole(BOGENSEITE).text
    offen, wort = gast.hole(STAND), gast.client.cookies[KEKS]
    assert "Der Beleg ist geschlossen." in gast.sende(offen, f"{BELEG}/schliessen").text
    assert KEKS not in gast.client.cookies
    gast.client.cookies.set(KEKS, wort)  # auch eine Abschrift des Cookies öffnet nichts mehr
    assert "Hier ist kein Beleg mehr offen" in gast.hole(STAND).text
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM verwahrt") == 0


def test_wer_laenger_als_zehn_minuten_tippt_verliert_nichts(db: Datenbank, profil: Profil, gast: Gast, code: str) -> None:
    offen = gast.bogen(code)
    spaet = spaeter(db, profil, gast, timedelta(minutes=25))
    vorschau = spaet.sende(offen, BOGENSEITE, weiter="pruefen", **BOGEN)
    assert "Noch ist nichts abgesendet" in vorschau.text
    spaeter_noch = spaeter(db, profil, spaet, timedelta(minutes=50))
    beleg = gelesen(spaeter_noch.sende(vorschau, VORSCHAU))
    blatt = spaeter_noch.beleg(beleg)
    eigene = {n: blatt.felder[n][0] for n in ("csrf", "einmal", "code")} | {"akt": "ergaenzen", "ergaenzen.text": "Noch etwas."}
    am_ende = spaeter(db, profil, spaeter_noch, timedelta(hours=2)).sende(Blatt(""), STAND, **eigene)
    assert "„Weiteres mitteilen“ ist gespeichert." in am_ende.text


def test_die_taegliche_runde_raeumt_verwahrtes_weg(db: Datenbank, gast: Gast, code: str) -> None:
    gast.bogen(code)
    with db.transaktion() as s:
        assert raeume_auf(s, JETZT) == 0 and raeume_auf(s, JETZT + timedelta(minutes=10)) == 1


# --- Codes der Stellen ------------------------------------------------------------------------------------------------


def test_nur_die_koordination_stellt_codes_aus_und_nie_fuer_eine_auslaenderbehoerde(app: Kreislauf) -> None:
    for wer in ("stelle-abh-mk", "systemverwaltung", "datenschutz", "s01"):
        Fenster(app, wer).hole(CODES, 404)
        for weg in (CODES, f"{CODES}/widerrufen"):
            f = Fenster(app, wer)
            assert f.client.post(weg, data={"csrf": f.hole("/konto").felder["csrf"], "stelle": VHS}).status_code == 404
    k = Fenster(app, "koordination-a")
    assert ABH not in re.findall(r'value="([^"]*)"', k.client.get(CODES).text)
    for stelle, satz in ((ABH, "meldet mit Konten"), ("Gibt es nicht", "kommt im Profil nicht vor")):
        _, blatt = k.sende(CODES, 422, stelle=stelle)
        assert satz in blatt.text and blatt.felder["stelle"] == [stelle] and blatt.maengel() == []


def test_wird_eine_stelle_auslaenderbehoerde_gilt_ihr_code_nicht_mehr(db: Datenbank, profil: Profil, gast: Gast, code: str) -> None:
    inhalt = json.loads(profil.kanonisch())
    inhalt["institutionen"] = [{**i, "abh": True} if i["name"] == VHS else i for i in inhalt["institutionen"]]
    with db.lesen() as s, pytest.raises(NichtGefunden):
        meldecodes.finde(s, code, Profil.model_validate(inhalt))


def test_codes_sind_lang_lesbar_und_nur_als_hash_gespeichert(db: Datenbank, app: Kreislauf, gast: Gast, code: str) -> None:
    key, beleg = gemeldet(gast, code)
    gast.tue(beleg, "ergaenzen", ergaenzen__text="Noch etwas.")
    gesucht = {x for c in (code, beleg) for x in (c, c.replace("-", ""), c.lower())}
    with db.lesen() as s:
        tabellen = [t for (t,) in s.alle("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")] \
            if s.postgres else [t for (t,) in s.alle("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%fts%'")]
        alles = " ".join(str(z) for t in tabellen for z in s.alle(f"SELECT * FROM {t}"))
    assert key in alles and not [x for x in gesucht if x in alles]
    assert not set("01IOQLSZ258BUV") & set(geheimcode.ZEICHEN) and len({geheimcode.neuer_code(5) for _ in range(500)}) == 500
    assert geheimcode.abgeleitet("a" * 40, "beleg", 5) != geheimcode.abgeleitet("a" * 39 + "b", "beleg", 5)


# --- mit dem Beleg ----------------------------------------------------------------------------------------------------


def test_mit_dem_beleg_liest_man_den_stand_und_antwortet(db: Datenbank, app: Kreislauf, gast: Gast, code: str) -> None:
    key, beleg = gemeldet(gast, code)
    blatt = gast.beleg(beleg.lower())
    assert key in blatt.text and "wartet auf die Vorprüfung" in blatt.text and "Bis zum 28.01.2026 erfahren Sie" in blatt.text
    assert "Rückfrage beantworten" not in blatt.text and "Weiteres mitteilen" in blatt.text
    koordination(db, key, "rueckfragen", frage="Seit wann ist das so?")
    gefragt = gast.beleg(beleg)
    assert "Seit wann ist das so?" in gefragt.text and "Wir warten auf Ihre Antwort" in gefragt.text
    assert "koordination-iserlohn" not in gefragt.text
    warnung = gast.tue(beleg, "antworten", 422, antworten__text="Herr Özdemir weiß es.")
    assert "Das sieht nach einem Namen aus." in warnung.text and warnung.felder["antworten.text"] == ["Herr Özdemir weiß es."]
    getan = gast.tue(beleg, "antworten", antworten__text="Seit Mai.")
    assert "„Rückfrage beantworten“ ist gespeichert." in getan.text and "Seit Mai." in getan.text
    assert "Wir warten auf Ihre Antwort" not in getan.text
    gast.tue(beleg, "ergaenzen", ergaenzen__text="Auch im Nachbarort.")
    gast.tue(beleg, "nachtragen", nachtragen__rechtskreise=["SGB II"], nachtragen__auswirkung="Drei Monate verloren.")
    nachgetragen = gast.beleg(beleg)
    assert "Drei Monate verloren." in nachgetragen.text and "nachtragen.auswirkung" not in {e["name"] for e in nachgetragen.eingaben}
    gast.tue(beleg, "wieder_vorgekommen", wieder_vorgekommen__vorgekommen_am="32.01.2026", status=422)
    gast.tue(beleg, "wieder_vorgekommen", wieder_vorgekommen__vorgekommen_am="05.01.2026")
    akte = Fenster(app, "koordination-iserlohn").hole(f"/vorgang/{key}").text
    assert "Seit Mai." in akte and "Auch im Nachbarort." in akte
    with db.lesen() as s:
        assert {p for (p,) in s.alle("SELECT DISTINCT person FROM ereignis WHERE ausloeser IN ('einreichen', 'antworten', 'ergaenzen')")} \
            == {"stelle:vhs-iserlohn"}
        assert pruefe(s).ok


def test_zweimal_abgesendet_geschieht_einmal(app: Kreislauf, gast: Gast, code: str) -> None:
    key, beleg = gemeldet(gast, code)
    blatt = gast.beleg(beleg)
    eigene = {n: blatt.felder[n][0] for n in ("csrf", "einmal")} | {"code": beleg, "akt": "ergaenzen", "ergaenzen.text": "Noch etwas."}
    for _ in range(2):
        gast.sende(Blatt(""), BELEG, **eigene)
    with app.state.anwendung.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM ereignis e JOIN vorgang v ON v.id = e.vorgang WHERE v.key = :key AND e.ausloeser = 'ergaenzen'",
                      {"key": key}) == 1


def test_zurueckziehen_braucht_eine_bestaetigung_und_beendet(gast: Gast, code: str) -> None:
    _, beleg = gemeldet(gast, code)
    assert "Bitte bestätigen Sie" in gast.tue(beleg, "zurueckziehen", 422).text
    ende = gast.tue(beleg, "zurueckziehen", zurueckziehen__bestaetigt="ja")
    assert "Die meldende Stelle hat die Meldung zurückgezogen." in ende.text and "Was Sie tun können" not in ende.text
    assert "jetzt nicht mehr" in gast.tue(beleg, "ergaenzen", 409, ergaenzen__text="Doch noch.").text


def test_ein_beleg_kann_nur_was_vorgesehen_ist_und_nur_an_seiner_meldung(app: Kreislauf, gast: Gast, code: str) -> None:
    key, beleg = gemeldet(gast, code)
    andere, _ = gemeldet(gast, code, titel="Eine andere")
    for akt in ("schwaerzen", "uebernehmen", "einwilligung_verzeichnen", "gibt-es-nicht"):
        gast.tue(beleg, akt, 409)
    blatt = gast.beleg(beleg)
    assert andere not in blatt.text and key in blatt.text
    antworten = {gast.beleg(c, 422).text for c in ("XXXX-XXXX-XXXX-XXXX-XXXX", code, key, "")}
    assert len(antworten) == 1
    for weg in (f"/vorgang/{key}", f"/vorgang/{key}/schritt/ergaenzen"):
        assert gast.client.get(weg).status_code == 303  # zur Anmeldung


def test_der_ausgang_ist_mit_dem_beleg_zu_lesen_und_die_nachricht_fuehrt_dorthin(db: Datenbank, app: Kreislauf, gast: Gast, code: str
                                                                                  ) -> None:
    key, beleg = gemeldet(gast, code)
    koordination(db, key, "kurz_klaeren", mit="Jobcenter Märkischer Kreis, Iserlohn", vereinbart="Die Liste liegt ab Montag aus.")
    blatt = gast.beleg(beleg)
    assert "Die Hürde ließ sich unmittelbar mit einer Stelle klären." in blatt.text and "Die Liste liegt ab Montag aus." in blatt.text
    with db.transaktion() as s:
        stelle_zusammen(s, lade_umfeld(s, JETZT.date().isoformat()), JETZT + WARTEZEIT, "https://kreislauf.example")
        nachrichten = [t for (t,) in s.alle("SELECT inhalt FROM sendung WHERE empfaenger = 'stelle:vhs-iserlohn'")]
    assert nachrichten and all("https://kreislauf.example/melden/beleg" in t and "/vorgang/" not in t for t in nachrichten)
    assert "mit dem Beleg, den Sie beim Melden bekommen" in " ".join(nachrichten[0].split()) and beleg not in "".join(nachrichten)


def test_ohne_koordination_kein_code(db: Datenbank, profil: Profil, app: Kreislauf) -> None:
    wer = konto(db, "koordination-a")
    with db.transaktion() as s, pytest.raises(Ungueltig):
        meldecodes.stelle_aus(s, "Gibt es nicht", profil, JETZT, wer)
