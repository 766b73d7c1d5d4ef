"""Die Seite einer Sitzung und was daran hängt: letzte Tage, Unterlagen, Protokoll, wer welchen Beschluss bekam, und wer was sieht."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from service import vorlaeufe
from service.app import Kreislauf
from service import lenkung
from service.db import Datenbank
from service.kalender import Dauer
from service.profil import Profil
from service.umfeld import Umfeld
from service.zustellung import versandrunde
from tests.bau import KOORDINATION, person, tue
from tests.browserprobe import Blatt, Fenster, seiten
from tests.postamt import einstellungen
from tests.service.test_anhaenge import lade_hoch
from tests.service.test_dateipruefung import PDF

TAG = datetime(2026, 4, 22, 9, tzinfo=UTC)
VORSITZ = person("s01", "lg_vorsitz", "lg_mitglied")


def um(tag: str) -> datetime:
    return datetime.fromisoformat(f"{tag}T09:00:00+00:00")


class Sitzungswelt:
    """Eine Sitzung mit einem Thema, bis zu dem Tag, an dem sie beginnt."""

    def __init__(self, db: Datenbank, app: Kreislauf) -> None:
        self.db, self.app, self.umfeld = db, app, app.state.anwendung.umfeld()

    def tue(self, ausloeser: str, key: str = "", tag: str = "2026-04-22", wer: Any = KOORDINATION, **mehr: Any) -> str:
        from service.apply import Schritt

        art = mehr.pop("art", "")
        schritt = Schritt(ausloeser, "" if art else key, art=art, key=key if art else "", **mehr)
        return tue(self.db, self.umfeld, wer, schritt, jetzt=um(tag)).erste.key

    def bis_zur_sitzung(self, *, unterlagen: bool = True) -> None:
        self.tue("planen", "LG-01", "2026-01-05", art="sitzung", daten={"datum": "2026-04-22", "ort": "Kreishaus"})
        self.tue("anlegen", "GT-01", "2026-01-06", art="generatives_thema", grund="Aus dem Austausch.",
                 daten={"titel": "Kurszugang", "beschreibung": "Kurse beginnen zu spät.", "quelle": "austausch", "hebel": "kreis"})
        self.tue("clustern", "GT-01", "2026-01-07", daten={"cluster": "Sprache"})
        self.tue("vorlegen", "GT-01", "2026-01-08", daten={"sitzung": "LG-01"})
        self.tue("tagesordnung_zustimmen", "LG-01", "2026-03-20", wer=VORSITZ)
        self.tue("einladen", "LG-01", "2026-03-23")
        if unterlagen:
            self.tue("unterlagen_versenden", "LG-01", "2026-04-08")

    def eroeffnet(self) -> None:
        self.bis_zur_sitzung()
        sitze = [s["sitz"] for s in self.umfeld.sitze_am(date(2026, 4, 22))]
        self.tue("eroeffnen", "LG-01", wer=VORSITZ,
                 daten={"anwesenheit": {s: "abwesend" if s == "S12" else "inhaber" for s in sitze},
                        "gaeste": [{"institution": "Gast", "punkt": 1}]})

    def beschlossen(self, key: str = "BS-01", **anders: Any) -> None:
        daten = {"titel": "Kurszugang klären", "wortlaut": "Die Kreisverwaltung klärt den Kurszugang.", "verantwortlich": "Koordination",
                 "frist": "2026-10-14", "verteiler": ["Jobcenter Märkischer Kreis", "Agentur für Arbeit"], "sitzung": "LG-01", "punkt": 1,
                 "stellen": ["Jobcenter Märkischer Kreis"], "abstimmung": {"ja": 9, "nein": 2, "enthaltung": 0}, **anders}
        self.tue("fassen", key, art="beschluss", daten=daten)


def wahl(blatt: Blatt, name: str) -> list[str]:
    """Was in einer Auswahlliste zur Wahl steht."""
    (auswahl,) = re.findall(f'<select[^>]* name="{name}".*?</select>', blatt.html, re.S)
    return [wert for wert in re.findall('<option value="([^"]*)"', auswahl) if wert]


@pytest.fixture
def app(db: Datenbank, profil: Profil) -> Kreislauf:
    return seiten(db, profil, TAG)


@pytest.fixture
def welt(db: Datenbank, app: Kreislauf) -> Sitzungswelt:
    return Sitzungswelt(db, app)


def test_tag_beginn_und_ort_stehen_offen_auf_der_seite(welt: Sitzungswelt) -> None:
    mitglied = Fenster(welt.app, "s03")
    welt.tue("planen", "LG-01", "2026-01-05", art="sitzung", daten={"datum": "2026-04-22"})
    assert "Termin: Mittwoch, 22.04.2026. Der Ort steht noch nicht fest." in mitglied.hole("/vorgang/LG-01").text
    welt.tue("punkt_aufnehmen", "LG-01", "2026-01-06", daten={"titel": "Verschiedenes"})
    welt.tue("tagesordnung_zustimmen", "LG-01", "2026-03-20", wer=VORSITZ)
    welt.tue("einladen", "LG-01", "2026-03-23", daten={"ort": "Kreishaus", "beginn": "14:00 Uhr"})
    vorn = mitglied.hole("/vorgang/LG-01").text.split("Alle Angaben der Sitzung")[0]
    assert "Termin: Mittwoch, 22.04.2026, 14:00 Uhr, Kreishaus" in vorn


def test_letzte_tage_sind_vom_termin_zurueckgerechnet(umfeld: Umfeld) -> None:
    tage = {name: tag for name, (tag, _) in vorlaeufe.letzte_tage(umfeld, date(2026, 4, 22)).items()}
    kalender = umfeld.kalender
    assert tage["einladung"] == kalender.vor(date(2026, 4, 22), Dauer.lesen("4 Wochen")).ende == date(2026, 3, 25)
    assert tage["unterlagen"] == tage["clustern"] == date(2026, 4, 8)
    assert tage["freigabe"] == kalender.vor(tage["clustern"], Dauer.lesen("20 WT")).ende
    assert tage["auswahlrunde"] < tage["auswahl"] < tage["durchfuehrung"] < tage["freigabe"] < tage["clustern"]
    assert all(kalender.ist_werktag(t) for name, t in tage.items() if name)
    assert tage["protokoll"] == date(2026, 5, 6) and tage["einwaende"] > tage["protokoll"]


def test_was_die_sitzung_verpasst_steht_bei_der_etappe(welt: Sitzungswelt) -> None:
    welt.bis_zur_sitzung(unterlagen=False)
    welt.tue("anlegen", "GT-02", "2026-04-09", art="generatives_thema", grund="Aus dem Austausch.",
             daten={"titel": "Kommt zu spät", "beschreibung": "Zu spät.", "quelle": "austausch", "hebel": "kreis"})
    blatt = Fenster(welt.app, "koordination-a").hole("/vorgang/LG-01")
    assert "1 verpasst diese Sitzung" in blatt.text and "/vorgang/GT-02" in blatt.verweise and blatt.maengel() == []


def test_seite_der_sitzung_zeigt_punkte_sitze_und_wege(welt: Sitzungswelt) -> None:
    welt.bis_zur_sitzung()
    blatt = Fenster(welt.app, "koordination-a").hole("/vorgang/LG-01")
    assert "Kurszugang" in blatt.text and "/vorgang/GT-01" in blatt.verweise and "S01" in blatt.text
    assert "/vorgang/LG-01/unterlagen" in blatt.verweise
    mitglied = Fenster(welt.app, "s03").hole("/vorgang/LG-01")
    assert "/vorgang/LG-01/unterlagen" in mitglied.verweise and "/vorgang/LG-01/sitzungsmodus" not in mitglied.verweise


def test_unterlagen_mit_verzeichnis_und_einer_vorlage_je_punkt(welt: Sitzungswelt) -> None:
    welt.bis_zur_sitzung()
    blatt = Fenster(welt.app, "s03").hole("/vorgang/LG-01/unterlagen")
    assert "#punkt-1" in blatt.verweise and blatt.kennungen["punkt-1"] == 1
    assert "Kurse beginnen zu spät." in blatt.text and "Sprache" in blatt.text and blatt.maengel() == []


def test_gesondert_versandtes_fuehrt_zur_datei_oder_zum_punkt(welt: Sitzungswelt) -> None:
    welt.bis_zur_sitzung(unterlagen=False)
    versandt = ["Tagesordnung", "Vorlage GT-01", "Zahlen.", "Zu Kurszugang"]
    welt.tue("unterlagen_versenden", "LG-01", "2026-04-08", daten={"unterlagen": versandt})
    k = Fenster(welt.app, "koordination-a")
    lade_hoch(k, "/vorgang/LG-01/anhaenge", "z.pdf", PDF, bezeichnung="Zahlen.")
    lade_hoch(k, "/vorgang/LG-01/anhaenge", "w.pdf", PDF, bezeichnung="Wegweiser")
    mitglied = Fenster(welt.app, "s03").hole("/vorgang/LG-01/unterlagen")
    kopf = mitglied.html.split("Gesondert versandt")[1].split("</ul>")[0]
    assert 'href="#punkt-1">Vorlage GT-01<' in kopf and '/anhaenge/1">Zahlen.<' in kopf and '/anhaenge/2">Wegweiser<' in kopf
    assert "<li>Tagesordnung" in kopf and kopf.count("<li>") == 5
    assert "/vorgang/LG-01/anhaenge" not in mitglied.verweise and "/vorgang/LG-01/anhaenge" in k.hole("/vorgang/LG-01/unterlagen").verweise


def test_protokoll_nennt_anwesenheit_wortlaut_stimmen_und_ergaenzungen(welt: Sitzungswelt) -> None:
    welt.eroeffnet()
    welt.beschlossen(befangen=["S02"], abstimmung={"ja": 8, "nein": 2, "enthaltung": 0})
    fenster = Fenster(welt.app, "s03")
    text = fenster.hole("/vorgang/LG-01/protokoll").text
    assert "Anwesend: 11 von 12 Sitzen." in text and "beschlussfähig" in text and "Die Kreisverwaltung klärt den Kurszugang." in text
    assert "Ja 8, Nein 2, Enthaltung 0." in text and "Befangenheit nicht mitgestimmt: S02" in text and "Entwurf" in text
    welt.tue("schliessen", "LG-01", wer=VORSITZ)
    welt.tue("protokoll_unterzeichnen", "LG-01", wer=VORSITZ)
    welt.tue("protokoll_versenden", "LG-01")
    welt.tue("uebergeben", "LG-01", daten={"zustaendig": "koordination-a", "vertretung": "koordination-b"}, grund="Urlaub")
    offen = fenster.hole("/vorgang/LG-01/protokoll").text
    assert "Einwände gegen dieses Protokoll bis 06.05.2026." in offen and "Ansprechperson: Koordination A." in offen
    schritt = Fenster(welt.app, "koordination-a").hole("/vorgang/LG-01/schritt/einwand_verzeichnen")
    assert len(wahl(schritt, "einwand_von")) == 12 and "text" in schritt.felder
    welt.tue("einwand_verzeichnen", "LG-01", daten={"einwand_von": "S04", "text": "Die Zahl stimmt nicht."})
    welt.tue("berichtigen", "LG-01", daten={"text": "Es waren 9 Kurse.", "zu_einwand": 1})
    blatt = fenster.hole("/vorgang/LG-01/protokoll")
    assert "Die Zahl stimmt nicht." in blatt.text and "Es waren 9 Kurse." in blatt.text and blatt.maengel() == []
    assert "Die Kreisverwaltung klärt den Kurszugang." in blatt.text, "die Ergänzung ersetzt nichts"


def test_was_ein_beschluss_bewegt_steht_mit_seinen_auflagen_da() -> None:
    auflage = {"key": "AU-1", "auflage": "Datenschutz prüfen", "verantwortlich": "Amt A", "frist": "2026-12-18",
               "bestaetigt_durch": "Vorsitz"}
    stand = {"bewegungen": [{"vorgang": "ZS-78", "ausloeser": "mit_auflagen_beschliessen", "daten": {"auflagen": [auflage]}, "grund": ""},
                            {"vorgang": "AG-73", "ausloeser": "beenden", "daten": {}, "grund": ""}]}
    erste, zweite = lenkung.wirkungen(stand, {})
    assert (erste.key, erste.schritt) == ("ZS-78", "Mit Auflagen beschließen") and (zweite.key, zweite.angaben) == ("AG-73", [])
    (auflagen,) = erste.angaben
    assert auflagen.spalten[0] == "Auflage" and set(auflagen.zeilen[0]) == {"Datenschutz prüfen", "Amt A", "18.12.2026", "Vorsitz"}


def test_was_nicht_ankam_gilt_nicht_als_nachweis(db: Datenbank, welt: Sitzungswelt) -> None:
    welt.eroeffnet()
    welt.beschlossen(verteiler=["Jobcenter Märkischer Kreis", "Verein ohne Eintrag"])
    empfaenger = [{"institution": wer, "weg": "mail"} for wer in ("Jobcenter Märkischer Kreis", "Verein ohne Eintrag")]
    welt.tue("weiterleiten", "BS-01", "2026-04-23", daten={"empfaenger": empfaenger})
    versandrunde(db, einstellungen(), welt.umfeld, um("2026-04-27"))
    for weg in ("/vorgang/BS-01", "/vorgang/LG-01"):
        text = Fenster(welt.app, "koordination-a").hole(weg).text
        assert text.count("nicht angekommen") == 1
        assert re.search(r"Verein ohne Eintrag\s*E-Mail\s*23\.04\.2026\s*nicht angekommen", text)
    persoenlich = {"wer": "Koordination", "wem": "Vorstand", "wann": "2026-04-28", "wo": "Büro"}
    welt.tue("kenntnis_nehmen", "BS-01", "2026-04-28", daten={"empfaenger": "Verein ohne Eintrag", "persoenlich": persoenlich})
    assert "nicht angekommen" not in Fenster(welt.app, "koordination-a").hole("/vorgang/BS-01").text


def test_ein_umlauf_geht_mit_einem_klick_an_alle_und_gilt_vielen_als_mitgeteilt(welt: Sitzungswelt) -> None:
    koordination, weg = Fenster(welt.app, "koordination-a"), "/vorgang/BS-01"
    sitze = welt.umfeld.sitze_am(date(2026, 4, 22))
    welt.tue("umlauf_starten", "BS-01", art="beschluss", daten={
        "titel": "Kurszugang", "wortlaut": "Die Kreisverwaltung klärt den Kurszugang.", "verantwortlich": "Koordination", "sitze": sitze,
        "frist": "2026-10-14", "antwort_bis": "2026-05-06", "verteiler": ["Jobcenter Märkischer Kreis", "Agentur für Arbeit"]})
    for sitz in sitze:
        welt.tue("stimme_abgeben", "BS-01", daten={"sitz": sitz["sitz"], "stimme": "nein" if sitz["sitz"] == "S03" else "ja"})
    assert "S03Nein" in koordination.hole(f"{weg}/schritt/umlauf_feststellen").text
    welt.tue("umlauf_feststellen", "BS-01", daten={})
    seite = koordination.hole(weg)
    assert "noch nicht an: Jobcenter Märkischer Kreis, Agentur für Arbeit" in seite.text
    ziel, _ = koordination.sende_blatt(seite, f"{weg}/weiterleiten", bestaetigt="ja")
    assert "Die Beschlüsse sind weitergeleitet." in (text := koordination.hole(ziel.split("#")[0]).text)
    assert "Auszug aus dem Protokoll" not in text, "ein Umlauf hat keines"
    koordination.sende(f"{weg}/mitgeteilt", empfaenger=["Jobcenter Märkischer Kreis", "Agentur für Arbeit"], wo="Bürgermeisterrunde",
                       wann="22.04.2026")
    assert koordination.hole(weg).text.count("Bürgermeisterrunde") >= 2
    welt.eroeffnet()
    welt.beschlossen("BS-02")
    assert koordination.client.get("/vorgang/BS-02/mitgeteilt").status_code == 404, "der gehört zu seiner Sitzung"


def test_alle_beschluesse_mit_einem_klick_weiterleiten_und_persoenlich_bestaetigen(welt: Sitzungswelt) -> None:
    welt.eroeffnet()
    welt.beschlossen()
    welt.beschlossen("BS-02", titel="Noch einer")
    koordination = Fenster(welt.app, "koordination-a")
    assert "noch nicht an: Jobcenter Märkischer Kreis, Agentur für Arbeit" in koordination.hole("/vorgang/LG-01").text
    seite = koordination.hole("/vorgang/LG-01")
    ziel, _ = koordination.sende_blatt(seite, "/vorgang/LG-01/weiterleiten", bestaetigt=[])
    assert "Bitte bestätigen Sie zuerst" in koordination.hole(ziel.split("#")[0]).text
    koordination.sende_blatt(seite, "/vorgang/LG-01/weiterleiten", bestaetigt="ja")
    text = koordination.hole("/vorgang/LG-01").text
    assert "noch nicht an:" not in text and "fehlt" in text and "nicht nötig" in text, "nur wer es umsetzt, muss bestätigen"
    weg = "/vorgang/LG-01/mitgeteilt"
    _, blatt = koordination.sende(weg, 422, empfaenger="Jobcenter Märkischer Kreis", wo="", wann="22.04.2026")
    assert "Bitte nennen Sie die Runde" in blatt.text and blatt.felder["empfaenger"] == ["Jobcenter Märkischer Kreis"]
    assert blatt.maengel() == []
    koordination.sende(weg, 422, empfaenger="Jobcenter Märkischer Kreis", wo="AG-Runde", wann="gestern")
    koordination.sende(weg, empfaenger=["Jobcenter Märkischer Kreis", "Agentur für Arbeit"], wo="AG-Runde", wann="22.04.2026")
    text = koordination.hole("/vorgang/LG-01").text
    assert "AG-Runde" in text and "fehlt" not in text and "BS-02" in text
    assert "Alle Empfänger haben die Beschlüsse schon bestätigt." in koordination.hole(weg).text


@pytest.mark.parametrize("wer", ["stelle-abh-mk", "cm-iserlohn", "systemverwaltung", "datenschutz"])
@pytest.mark.parametrize("rest", ["/unterlagen", "/protokoll", "/mitgeteilt", "/sitzungsmodus"])
def test_andere_finden_hier_nichts(welt: Sitzungswelt, wer: str, rest: str) -> None:
    welt.eroeffnet()
    fenster = Fenster(welt.app, wer)
    fenster.hole(f"/vorgang/LG-01{rest}", 404)
    fenster.hole(f"/vorgang/LG-99{rest}", 404)


def test_im_umlauf_ist_der_eigene_sitz_vorbelegt_und_kein_fremder_zur_wahl(welt: Sitzungswelt) -> None:
    daten = {"titel": "Umlauf", "wortlaut": "Das Jugendamt kommt dazu.", "verantwortlich": "Koordination", "frist": "2026-10-14",
             "verteiler": ["Jobcenter Märkischer Kreis"], "antwort_bis": "2026-05-06"}
    welt.tue("umlauf_starten", "BS-09", art="beschluss", daten=daten)
    mitglied = Fenster(welt.app, "s04").hole("/vorgang/BS-09/schritt/stimme_abgeben")
    assert wahl(mitglied, "sitz") == ["S04"] and mitglied.felder["sitz"] == ["S04"]
    welt.tue("stimme_abgeben", "BS-09", daten={"sitz": "S03", "stimme": "ja"})
    koordination = Fenster(welt.app, "koordination-a").hole("/vorgang/BS-09/schritt/stimme_abgeben")
    assert len(wahl(koordination, "sitz")) == 11, "für alle, die noch nicht gestimmt haben"


def test_umlauf_zeigt_wer_noch_nicht_gestimmt_hat(welt: Sitzungswelt) -> None:
    daten = {"titel": "Umlauf", "wortlaut": "Das Jugendamt kommt dazu.", "verantwortlich": "Koordination", "frist": "2026-10-14",
             "verteiler": ["Jobcenter Märkischer Kreis"], "antwort_bis": "2026-05-06"}
    welt.tue("umlauf_starten", "BS-09", art="beschluss", daten=daten)
    welt.tue("stimme_abgeben", "BS-09", daten={"sitz": "S03", "stimme": "ja"})
    blatt = Fenster(welt.app, "s04").hole("/vorgang/BS-09")
    assert "Von 12 Sitzen haben 11 noch nicht geantwortet." in blatt.text and "06.05.2026" in blatt.text
    assert [v for v in blatt.verweise if "sitz=" in v] == ["/vorgang/BS-09/schritt/stimme_abgeben?sitz=S04"], "nur für den eigenen Sitz"
    assert blatt.maengel() == []


def test_sitzungen_stehen_nach_dem_tag_zur_wahl_und_sagen_tischvorlage_vorher(welt: Sitzungswelt) -> None:
    welt.bis_zur_sitzung()
    for nr, tag in ((3, "2027-03-11"), (2, "2026-10-14")):
        welt.tue("planen", f"LG-0{nr}", "2026-04-08", art="sitzung", daten={"datum": tag})
    welt.tue("anlegen", "GT-02", "2026-04-08", art="generatives_thema", grund="Aus dem Austausch.",
             daten={"titel": "Reif", "beschreibung": "Reif.", "quelle": "austausch", "hebel": "kreis"})
    welt.tue("clustern", "GT-02", "2026-04-08", daten={"cluster": "Wohnen"})
    blatt = Fenster(welt.app, "koordination-a").hole("/vorgang/GT-02/schritt/vorlegen")
    assert wahl(blatt, "sitzung") == ["LG-02", "LG-03", "LG-01"] and blatt.felder["sitzung"] == ["LG-02"]
    assert "(LG-01, Unterlagen schon versandt, daher Tischvorlage)" in blatt.text and "14.10.2026:" in blatt.text


# --- planen -----------------------------------------------------------------------------------------------------------


def test_reife_themen_kommen_mit_einem_klick_auf_die_tagesordnung(welt: Sitzungswelt) -> None:
    welt.bis_zur_sitzung()
    for nr in (2, 3):
        welt.tue("anlegen", f"GT-0{nr}", "2026-04-08", art="generatives_thema", grund="Aus dem Austausch.",
                 daten={"titel": f"Reif {nr}", "beschreibung": "Reif.", "quelle": "austausch", "hebel": "kreis"})
        welt.tue("clustern", f"GT-0{nr}", "2026-04-08", daten={"cluster": "Wohnen"})
    koordination = Fenster(welt.app, "koordination-a")
    seite = koordination.hole("/sitzungen")
    assert "Reif 2" in seite.text and seite.maengel() == [] and "heute" in seite.text
    _, blatt = koordination.sende_blatt(seite, "/sitzungen/vorlegen", 422, sitzung="LG-01")
    assert "Bitte kreuzen Sie mindestens einen Vorgang an." in blatt.text and blatt.felder["sitzung"] == ["LG-01"]
    koordination.sende_blatt(seite, "/sitzungen/vorlegen", 404, vorgang=["GT-02", "GT-01"], sitzung="LG-01")
    ziel, _ = koordination.sende_blatt(seite, "/sitzungen/vorlegen", vorgang=["GT-02", "GT-03"], sitzung="LG-01")
    blatt = koordination.hole(ziel)
    assert {"/vorgang/GT-02", "/vorgang/GT-03"} <= set(blatt.verweise) and blatt.text.count("Tischvorlage") >= 2
    assert "Reif 2" not in koordination.hole("/sitzungen").text


def test_mitglieder_sehen_den_plan_ohne_knoepfe_und_andere_nichts(welt: Sitzungswelt) -> None:
    welt.bis_zur_sitzung()
    blatt = Fenster(welt.app, "s03").hole("/sitzungen")
    assert "kern-form-check" not in blatt.html.split('id="reif"')[1].split("</section>")[0]
    assert "/vorgang/LG-01" in blatt.verweise and "vorgang" not in {e.get("name") for e in blatt.eingaben}
    mitglied = Fenster(welt.app, "s03")
    antwort = mitglied.client.post("/sitzungen/vorlegen", data={**blatt.felder, "vorgang": "GT-01", "sitzung": "LG-01"})
    assert antwort.status_code in (403, 404)
    for wer in ("stelle-abh-mk", "cm-iserlohn", "systemverwaltung"):
        Fenster(welt.app, wer).hole("/sitzungen", 404)
        Fenster(welt.app, wer).hole("/beschlusskontrolle", 404)


# --- Beschlusskontrolle -----------------------------------------------------------------------------------------------


def test_beschlusskontrolle_ueberschrittenes_zuerst_mit_dem_naechsten_schritt(welt: Sitzungswelt) -> None:
    welt.eroeffnet()
    welt.beschlossen("BS-01", titel="Hat noch Zeit")
    welt.beschlossen("BS-02", titel="Eilt", frist="2026-04-23")
    welt.tue("weiterleiten", "BS-02", daten={"empfaenger": [{"institution": "Jobcenter Märkischer Kreis", "weg": "mail", "aufgabe": True}]})
    welt.tue("erinnern", "BS-02", daten={"empfaenger": "Jobcenter Märkischer Kreis", "weg": "anruf"})
    blatt = Fenster(welt.app, "koordination-a").hole("/beschlusskontrolle")
    assert blatt.text.index("Eilt") < blatt.text.index("Hat noch Zeit") and blatt.maengel() == []
    assert {"/vorgang/BS-01/schritt/weiterleiten", "/vorgang/BS-02/schritt/erledigen"} <= set(blatt.verweise)
    assert "Bestätigungen, die fehlen (1)" in blatt.text and "1-mal erinnert" in blatt.text
    assert "Nichts ist überschritten." in blatt.text
    mitglied = Fenster(welt.app, "s03").hole("/beschlusskontrolle")
    assert "Eilt" in mitglied.text and not [v for v in mitglied.verweise if "/schritt/" in v]


def test_beschlusskontrolle_zaehlt_ueberschrittenes(db: Datenbank, profil: Profil) -> None:
    welt = Sitzungswelt(db, seiten(db, profil, datetime(2026, 6, 1, 9, tzinfo=UTC)))
    welt.eroeffnet()
    welt.beschlossen(frist="2026-04-23")
    text = Fenster(welt.app, "koordination-a").hole("/beschlusskontrolle").text
    assert "Überschritten: 1." in text and "überschritten" in text


def test_ein_mitglied_beginnt_mit_seinen_sitzungen(welt: Sitzungswelt) -> None:
    """Zweimal im Jahr: wann und wo, welcher Sitz, was auf der Tagesordnung steht, die Unterlagen; danach das Protokoll."""
    mitglied, koordination = Fenster(welt.app, "s03"), Fenster(welt.app, "koordination-a")
    assert "Es steht keine Sitzung bevor." in mitglied.hole("/").text
    welt.bis_zur_sitzung(unterlagen=False)
    ohne = mitglied.hole("/")
    assert "/vorgang/LG-01/unterlagen" not in ohne.verweise and "sobald sie versandt sind" in ohne.text
    welt.tue("unterlagen_versenden", "LG-01", "2026-04-08")
    for weg in ("/", "/sitzungen"):
        blatt = mitglied.hole(weg)
        assert blatt.maengel() == [] and {"/vorgang/LG-01", "/vorgang/LG-01/unterlagen"} <= set(blatt.verweise), weg
        assert "Nächste Sitzung" in blatt.text and "Mittwoch, 22.04.2026" in blatt.text and "Ihr Sitz: S03" in blatt.text, weg
    plan = mitglied.hole("/sitzungen").text
    assert plan.index("Nächste Sitzung") < plan.index("Wie das Halbjahr geplant ist") < plan.index("Kann auf die Tagesordnung")
    assert "Wie das Halbjahr geplant ist" not in koordination.hole("/sitzungen").text and "Ihr Sitz" not in koordination.hole("/").text


def test_ein_mitglied_findet_das_protokoll_und_bis_wann_es_einwaende_gibt(welt: Sitzungswelt) -> None:
    welt.eroeffnet()
    mitglied = Fenster(welt.app, "s03")
    assert "Die Lenkungsgruppe tagt gerade" in mitglied.hole("/").text
    welt.beschlossen()
    welt.tue("schliessen", "LG-01", wer=VORSITZ)
    assert "/vorgang/LG-01/protokoll" not in mitglied.hole("/").verweise
    welt.tue("protokoll_unterzeichnen", "LG-01", wer=VORSITZ)
    welt.tue("protokoll_versenden", "LG-01")
    blatt = mitglied.hole("/")
    assert "/vorgang/LG-01/protokoll" in blatt.verweise and "Einwände bis zum 06.05.2026" in blatt.text and blatt.maengel() == []


@pytest.mark.parametrize(("tag", "was"), [("2026-05-01", "Erster Mai"), ("2026-05-02", "Samstag"), ("2026-06-03", "")])
def test_ein_tag_an_dem_niemand_arbeitet_wird_einmal_gesagt(db: Datenbank, profil: Profil, tag: str, was: str) -> None:
    k = Fenster(seiten(db, profil, TAG), "koordination-a")
    weg = "/neu/sitzung/planen"
    if was:
        _, gesagt = k.sende(weg, 422, datum=tag, ort="Kreishaus", bestaetigt="ja")
        assert f"Das ist kein Werktag ({was})." in gesagt.text and gesagt.felder["ort"] == ["Kreishaus"] and gesagt.maengel() == []
        _, anderer = k.sende_blatt(gesagt, weg, 422, datum="2026-05-03", bestaetigt="ja")
        assert "Das ist kein Werktag (Sonntag)." in anderer.text, "der Hinweis galt nur seinem Tag"
        ziel, _ = k.sende_blatt(gesagt, weg, bestaetigt="ja")
    else:
        ziel, _ = k.sende(weg, datum=tag, bestaetigt="ja")
    with db.lesen() as s:
        assert tag in str(s.wert("SELECT stand FROM vorgang WHERE key = :key", {"key": ziel.removeprefix("/vorgang/")}))
