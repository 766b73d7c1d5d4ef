"""Die Arbeitsplätze von Arbeitsgruppe, Zielsystem und Fallrekonstruktion, wie ein Browser sie bekommt."""

from __future__ import annotations

import re
from typing import Any

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.profil import Profil
from service.umfeld import Umfeld
from tests.bau import tue
from tests.browserprobe import Fenster, seiten
from tests.service.test_thema_kette import CM, CM_STELLE, STELLE, Lauf
from tests.service.test_zielsystem_kette import JC, KIM, LEITUNG, Umsetzung

IST: list[dict[str, Any]] = [
    {"nr": 1, "taetigkeit": "Antrag annehmen", "zustaendig": KIM, "uebergabe_an": JC, "medium": "Papier", "zieldauer_werktage": 10},
    {"nr": 2, "taetigkeit": "Unterlagen nachfordern", "zustaendig": JC, "uebergabe_an": KIM, "medium": "Brief", "zieldauer_werktage": 15},
]
SOLL: list[dict[str, Any]] = [
    {"nr": 1, "taetigkeit": "Antrag annehmen", "zustaendig": KIM, "uebergabe_an": JC, "medium": "Portal", "zieldauer_werktage": 2},
    {"nr": 2, "taetigkeit": "Sofort bewilligen", "zustaendig": JC, "uebergabe_an": "Klientin", "medium": "Brief", "zieldauer_werktage": 3},
]


def _fenster(lauf: Lauf, profil: Profil, konto: str = "koordination-a") -> Fenster:
    return Fenster(seiten(lauf.db, profil, lauf.jetzt), konto)


def _text(blatt: Any) -> str:
    return " ".join(blatt.text.split())


# --- Arbeitsgruppe und Zielsystem -------------------------------------------------------------------------------------


@pytest.fixture
def gruppe(db: Datenbank, umfeld: Umfeld) -> Umsetzung:
    lauf = Umsetzung(db, umfeld)
    lauf.soll()
    return lauf


def test_ist_und_soll_stehen_nebeneinander_mit_worten_und_zahlen(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    gruppe.als(LEITUNG, "bearbeiten", zs, ist=IST, soll=SOLL)
    fenster = _fenster(gruppe, profil)
    blatt = fenster.hole(f"/vorgang/{zs}")
    assert blatt.maengel() == [] and blatt.bezuege <= set(blatt.kennungen)
    text = _text(blatt)
    assert "Gegenüber dem Ist: 1 neu, 1 entfällt, 1 geändert, 0 bei einer anderen Stelle, 0 unverändert; 1 neue Übergabe." in text
    assert "Werktage zusammen 25 5 -20" in text and "≠ geändert: Medium," in text and "+ neu" in text and "– entfällt" in text
    assert {"kette-ist", "kette-soll", "bild-ist-titel", "bild-soll-text"} <= set(blatt.kennungen)


def test_zustimmen_ist_ein_klick(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    fenster = _fenster(gruppe, profil)
    blatt = fenster.hole(f"/vorgang/{zs}")
    assert _text(blatt).count("steht aus") == 2 and blatt.felder["institution"] == [JC, KIM]
    fenster.sende_blatt(blatt, f"/vorgang/{zs}/schritt/zustimmen", version=blatt.felder["version"][0], institution=JC)
    assert _text(fenster.hole(f"/vorgang/{zs}")).count("steht aus") == 1


def test_die_gruppe_sieht_wer_was_schuldet(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    melden = Schritt("blockade_melden", gruppe.ag, daten={"wer": JC, "was": "Die Zahlen fehlen", "bis": gruppe.jetzt.date().isoformat()})
    tue(gruppe.db, gruppe.umfeld, LEITUNG, melden, jetzt=gruppe.jetzt)
    text = _text(_fenster(gruppe, profil).hole(f"/vorgang/{gruppe.ag}"))
    assert f"{JC} Zustimmung oder Sondervotum zu {zs}" in text and f"{JC} Die Zahlen fehlen bis 22.04.2026" in text
    assert "Abstimmen geht noch nicht. Es fehlt noch die Zustimmung oder ein Sondervotum von:" in text
    assert "Kein eigener Schritt: Kein eigener Schritt." in text and "22.04.2026" in text


def test_die_unterlagen_der_gruppe_sind_ihr_thema_ihr_beschluss_und_was_sie_erarbeitet(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    blatt = Fenster(seiten(gruppe.db, profil, gruppe.jetzt), "koordination-a").hole(f"/vorgang/{gruppe.ag}")
    (thema,) = gruppe.nachbarn(gruppe.ag, "beauftragt", "her")
    (beschluss,) = gruppe.nachbarn(gruppe.ag, "setzt_ein", "her")
    unterlagen = blatt.text.split("Unterlagen der Gruppe")[1].split("Sitzungen der Gruppe")[0]
    assert all(key in unterlagen for key in (zs, thema, beschluss)) and f"/vorgang/{thema}/themenblatt" in blatt.verweise


def test_ein_klick_legt_gruppe_zielsystem_und_punkt_vor(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    gruppe.abgestimmt(zs)
    lg = gruppe.naechste("2026-10-28")
    fenster = _fenster(gruppe, profil)
    blatt = fenster.hole(f"/vorgang/{gruppe.ag}")
    assert blatt.felder["sitzung"] == [lg] and blatt.maengel() == []
    fenster.sende_blatt(blatt, f"/vorgang/{gruppe.ag}/schritt/vorlegen", version=blatt.felder["version"][0])
    assert gruppe.zustand(gruppe.ag, zs) == ["vorgelegt", "vorgelegt"]
    assert [p["bezug"] for p in gruppe.stand(lg)["punkte"] if p.get("bezug")] == [zs]


def test_die_leitung_stimmt_mit_einem_klick_ab_wenn_alle_da_sind(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    for stelle in (KIM, JC):
        gruppe.als(LEITUNG, "zustimmen", zs, institution=stelle)
    fenster = _fenster(gruppe, profil)  # gehört zur Stelle, die die Gruppe leitet
    blatt = fenster.hole(f"/vorgang/{gruppe.ag}")
    assert "samt Zielsystem als abgestimmt" in _text(blatt)
    fenster.sende_blatt(blatt, f"/vorgang/{gruppe.ag}/schritt/abstimmen", version=blatt.felder["version"][0])
    assert gruppe.zustand(gruppe.ag, zs) == ["abgestimmt", "abgestimmt"]


def test_der_fehlende_ist_beitrag_einer_spaeten_stelle_steht_bei_dem_was_offen_ist(gruppe: Umsetzung, profil: Profil) -> None:
    lg = gruppe.naechste("2026-10-28")
    gruppe.im(2026, 10, 28)
    gruppe.beschluss(gruppe.eroeffnet(lg), (gruppe.ag, "institution_aufnehmen", {"institution": "VHS Lüdenscheid"}))
    blatt = _fenster(gruppe, profil).hole(f"/vorgang/{gruppe.ag}")
    offen = _text(blatt).partition("Was noch offen ist")[2].partition("Mitglieder und ihr Teil am Ist")[0]
    assert "VHS Lüdenscheid Ist-Beitrag, oder warum es keinen gibt; dafür geht die Gruppe noch einmal in die Ist-Analyse" in offen
    assert offen.count("Ist-Beitrag") == 1 and f"/vorgang/{gruppe.ag}/schritt/ist_nachholen" in blatt.verweise


def test_vor_der_ersten_sitzung_steht_da_was_die_gruppe_schuldet(db: Datenbank, umfeld: Umfeld, profil: Profil) -> None:
    lauf = Umsetzung(db, umfeld)
    blatt = _fenster(lauf, profil).hole(f"/vorgang/{lauf.ag}")
    text = _text(blatt)
    [bis] = re.findall(r"Leitung Die Gruppe hat sich noch nicht konstituiert bis ([\d.]{10})", text)
    assert f"Nächste Frist: Arbeitsgruppe konstituieren, {bis}." in text and "Es schuldet niemand etwas" not in text
    assert all(f"{stelle} Ist-Beitrag, sobald die Ist-Analyse begonnen hat" in text for stelle in (JC, KIM))
    assert f"/vorgang/{lauf.ag}/schritt/konstituieren" in blatt.verweise


# --- Fallrekonstruktion -----------------------------------------------------------------------------------------------


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Lauf:
    return Lauf(db, umfeld)


def _protokolliert(lauf: Lauf) -> str:
    fr = lauf.eingeladen(lauf.ausgewaehlt())
    lauf.tue("durchfuehren", fr, wer=CM, teilnahmen=[{"institution": STELLE, "teilnahme": "verzicht", "grund": "Mail vom 5. Januar"},
                                                     {"institution": CM_STELLE, "teilnahme": "anwesend"}])
    lauf.tue("protokollieren", fr, wer=CM, hypothesen=["Rückruf an 0171 3920042 blieb aus."], zeitachse=[
        {"woche": 0, "akteur": "Jobcenter", "handlung": "Verpflichtung von Frau Amina Osmani"},
        {"woche": 9, "akteur": "VHS", "handlung": "Warteliste", "wartezeit_wochen": 9, "bruchstelle": "Listen kennen sich nicht"}])
    return fr


def test_die_zeitachse_zeigt_was_brach(lauf: Lauf, profil: Profil) -> None:
    fr = _protokolliert(lauf)
    blatt = _fenster(lauf, profil).hole(f"/vorgang/{fr}")
    text = _text(blatt)
    assert "2 Schritte, 2 Beteiligte, 1 Bruchstelle, zusammen 9 Wochen gewartet." in text
    assert "Woche 9, VHS: Listen kennen sich nicht" in text
    assert "↯ Bruch: Listen" in text and blatt.maengel() == [] and blatt.bezuege <= set(blatt.kennungen)
    assert f"{STELLE} Verzicht" in text and "Mail vom 5. Januar" in text


def test_die_zweite_person_sieht_hervorgehoben_was_auffaellt(lauf: Lauf, profil: Profil) -> None:
    fr = _protokolliert(lauf)
    fenster = _fenster(lauf, profil)
    seite = fenster.client.get(f"/vorgang/{fr}").text
    assert "<mark>Frau Amina Osmani</mark>" in seite and "<mark>0171 3920042</mark>" in seite and seite.count("<mark>") == 2
    blatt = fenster.hole(f"/vorgang/{fr}")
    daten = {"csrf": blatt.felder["csrf"][0], "version": blatt.felder["version"][0]}
    assert "Niemand ist erkennbar" in fenster.client.post(f"/vorgang/{fr}/schritt/pruefen", data=daten | {"bestaetigt": "ja"}).text
    assert lauf.zustand(fr) == ["protokolliert"]
    antwort = fenster.client.post(f"/vorgang/{fr}/schritt/pruefen", data=daten | {"bestaetigt": "ja", "pseudonymisiert": "ja"})
    assert antwort.status_code == 303 and lauf.zustand(fr) == ["geprueft"]


def test_an_der_wand_kommt_schritt_fuer_schritt_dazu(lauf: Lauf, profil: Profil) -> None:
    fr = _protokolliert(lauf)
    fenster = _fenster(lauf, profil)
    wand = fenster.hole(f"/vorgang/{fr}?ansicht=beamer")
    assert wand.maengel() == [] and "Nächste Schritte" not in wand.text and "Verlauf" not in wand.text
    ziel, _ = fenster.sende_blatt(wand, f"/vorgang/{fr}/schritt/bearbeiten", **{
        "zeitachse.2.woche": "12", "zeitachse.2.akteur": "Jobcenter", "zeitachse.2.handlung": "Erinnerung", "zeitachse.2.bruchstelle": ""})
    assert ziel == f"/vorgang/{fr}?ansicht=beamer#neu-akteur" and "neu-akteur" in wand.kennungen
    achse = lauf.stand(fr)["zeitachse"]
    assert [(e["woche"], e["handlung"]) for e in achse] == [
        (0, "Verpflichtung von Frau Amina Osmani"), (9, "Warteliste"), (12, "Erinnerung")] and achse[1]["wartezeit_wochen"] == 9
    ziel, _ = fenster.sende_blatt(fenster.hole(f"/vorgang/{fr}"), f"/vorgang/{fr}/schritt/bearbeiten", **{
        "zeitachse.3.woche": "13", "zeitachse.3.akteur": "VHS", "zeitachse.3.handlung": "Platz frei", "zeitachse.3.bruchstelle": ""})
    assert ziel == f"/vorgang/{fr}#neu-akteur", "auch auf der Seite des Vorgangs geht es beim nächsten Schritt weiter"
    ohne_wer = fenster.hole(f"/vorgang/{fr}?ansicht=beamer")
    _, formular = fenster.sende_blatt(ohne_wer, f"/vorgang/{fr}/schritt/bearbeiten", 422, **{"zeitachse.4.handlung": "Nur das"})
    assert "Diese Pflichtangabe fehlt." in formular.text and "Nur das" in str(formular.felder)


def test_abweichende_sicht_steht_gedruckt_und_ein_klick_macht_das_thema(lauf: Lauf, profil: Profil) -> None:
    fr = lauf.freigegeben(lauf.ausgewaehlt())
    fenster = _fenster(lauf, profil)
    blatt = fenster.hole(f"/vorgang/{fr}")
    assert "Abweichende Sicht: Zwei Wochen." in _text(blatt) and blatt.felder["titel"] == ["Wartelisten"]
    ziel, _ = fenster.sende_blatt(blatt, "/neu/generatives_thema/anlegen")
    assert lauf.nachbarn(fr, "ergibt") == [ziel.rsplit("/", 1)[1]]


def test_was_je_nach_antwort_noetig_ist_steht_offen_da_und_der_befund_daran(lauf: Lauf, profil: Profil) -> None:
    fr = _protokolliert(lauf)
    lauf.tue("pruefen", fr, pseudonymisiert=True)
    fenster, weg = _fenster(lauf, profil), f"/vorgang/{fr}/schritt/rueckmelden"
    blatt = fenster.hole(weg)
    assert blatt.html.index('id="f-abweichende_sicht"') < blatt.html.index("kl-freiwillig")
    _, zurueck = fenster.sende(weg, 409, stelle=STELLE, zustimmung="abweichende_sicht")
    assert {e["name"] for e in zurueck.eingaben if e.get("aria-invalid")} == {"abweichende_sicht"}
    assert "#f-abweichende_sicht" in zurueck.verweise and "Bitte beschreiben Sie die abweichende Sicht" in zurueck.text
    _, fremde = fenster.sende(weg, 409, stelle="Bank", zustimmung="zugestimmt")
    assert {e["name"] for e in fremde.eingaben if e.get("aria-invalid")} == {"stelle"}


# --- der Editor -------------------------------------------------------------------------------------------------------


def test_eine_kette_aus_excel_steht_mit_einem_absenden_im_zielsystem(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    fenster, weg = _fenster(gruppe, profil), f"/vorgang/{zs}/schritt/bearbeiten"
    blatt = fenster.hole(weg)
    assert blatt.maengel() == [] and blatt.bezuege <= set(blatt.kennungen) and "soll.0.nr" not in blatt.felder
    text = "Tätigkeit\tZuständig\tÜbergabe an\nAnnehmen\tKIM-Koordination\tJobcenter\nBewilligen\tJobcenter\tKlientin"
    fenster.sende_blatt(blatt, weg, **{"einfuegen.soll": text})
    assert [(s["nr"], s["taetigkeit"]) for s in gruppe.stand(zs)["soll"]] == [(1, "Annehmen"), (2, "Bewilligen")]
    seite = fenster.hole(f"/vorgang/{zs}")
    assert "2. Bewilligen" in seite.text and "neue Übergabe" not in seite.text, "ohne Ist ist nichts neu"


def test_zeilen_lassen_sich_ohne_skript_umstellen_und_ansehen(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    gruppe.als(LEITUNG, "bearbeiten", zs, ist=IST)
    fenster, weg = _fenster(gruppe, profil), f"/vorgang/{zs}/schritt/bearbeiten"
    _, umgestellt = fenster.sende(weg, 200, zeile="hoch:ist:1")
    assert {"hoch-ist-1", "runter-ist-1", "f-ist.0.taetigkeit"} <= set(umgestellt.kennungen) and umgestellt.maengel() == []
    assert f'formaction="{weg}#runter-ist-1"' in umgestellt.html and f'formaction="{weg}#f-ist.0.taetigkeit"' in umgestellt.html
    assert [umgestellt.felder[f"ist.{n}.taetigkeit"] for n in (0, 1)] == [["Unterlagen nachfordern"], ["Antrag annehmen"]]
    assert [s["taetigkeit"] for s in gruppe.stand(zs)["ist"]] == ["Antrag annehmen", "Unterlagen nachfordern"], "noch nicht gespeichert"
    fenster.sende_blatt(umgestellt, weg)
    assert [(s["nr"], s["taetigkeit"]) for s in gruppe.stand(zs)["ist"]] == [(1, "Unterlagen nachfordern"), (2, "Antrag annehmen")]


def test_fehler_beim_einfuegen_stehen_in_ihrer_zeile_und_nichts_geht_verloren(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    fenster, weg = _fenster(gruppe, profil), f"/vorgang/{zs}/schritt/bearbeiten"
    _, blatt = fenster.sende(weg, 422, zeile="einfuegen:soll", **{"einfuegen.soll": "Annehmen\tJobcenter\tKlientin\n\tVHS\tB"})
    assert "Diese Pflichtangabe fehlt." in _text(blatt) and "#f-soll.1.taetigkeit" in blatt.verweise
    assert blatt.felder["soll.0.taetigkeit"] == ["Annehmen"] and blatt.felder["soll.1.uebergabe_an"] == ["B"]
    assert blatt.maengel() == [] and blatt.bezuege <= set(blatt.kennungen) and "soll" not in gruppe.stand(zs)


def test_was_beim_einfuegen_anders_wurde_steht_da_bevor_gespeichert_wird(gruppe: Umsetzung, profil: Profil) -> None:
    zs = gruppe.entwurf()
    fenster, weg = _fenster(gruppe, profil), f"/vorgang/{zs}/schritt/bearbeiten"
    text = "Tätigkeit\tZuständig\tAn\tBemerkung\nAnnehmen\tJobcenter\tKlient\teilig\nBewilligen\t\tKlient\t"
    _, blatt = fenster.sende(weg, 200, **{"einfuegen.soll": text})
    assert "Nicht übernommen ist die Spalte „Bemerkung“." in blatt.text
    assert "Zeile 2: Zuständig steht wie in der Zeile darüber." in blatt.text
    assert blatt.maengel() == [] and "soll" not in gruppe.stand(zs)
    fenster.sende_blatt(blatt, weg)
    assert [(s["taetigkeit"], s["zustaendig"]) for s in gruppe.stand(zs)["soll"]] == [("Annehmen", JC), ("Bewilligen", JC)]


def test_eine_einladungsliste_laesst_sich_einfuegen(lauf: Lauf, profil: Profil) -> None:
    fr = lauf.tue("anlegen", art="fallrekonstruktion", meldungen=lauf.ausgewaehlt())
    fenster, weg = _fenster(lauf, profil), f"/vorgang/{fr}/schritt/einladen"
    blatt = fenster.hole(weg)
    assert blatt.maengel() == [] and blatt.felder["teilnehmende.1.von_kim"] == ["ja"]
    text = "Stelle\tFunktion\tKIM\nVHS Lüdenscheid\tKursplanung\tnein\nKIM-Koordination\t\tx"
    _, neu = fenster.sende_blatt(blatt, weg, 200, zeile="einfuegen:teilnehmende", **{"einfuegen.teilnehmende": text})
    assert [neu.felder.get(f"teilnehmende.{n}.institution") for n in (2, 3)] == [["VHS Lüdenscheid"], ["KIM-Koordination"]]
    assert "teilnehmende.2.von_kim" not in neu.felder and neu.felder["teilnehmende.3.von_kim"] == ["ja"]


# --- was ein Mitglied ändern kann -------------------------------------------------------------------------------------

ALTENA = "Jobcenter Märkischer Kreis, Dienststelle Altena"


@pytest.fixture
def mitgliederblatt(gruppe: Umsetzung, profil: Profil) -> tuple[Umsetzung, str, Fenster]:
    """Ein Zielsystem mit zwei Stellen und das Fenster eines Mitglieds, dessen Haus unter dem kurzen Namen in der Kette steht."""
    zs = gruppe.entwurf()
    gruppe.als(LEITUNG, "bearbeiten", zs, ist=IST, ziele={"leitziel": "Kurse ohne Wartezeit"})
    return gruppe, f"/vorgang/{zs}/schritt/bearbeiten", _fenster(gruppe, profil, "stelle-jobcenter")


def test_was_ein_mitglied_nicht_aendern_darf_ist_keine_eingabe(mitgliederblatt: tuple[Umsetzung, str, Fenster]) -> None:
    _, weg, mitglied = mitgliederblatt
    blatt = mitglied.hole(weg)
    eingaben = {e["name"] for e in blatt.eingaben}
    assert {"ist.1.taetigkeit", "ist.1.zustaendig", "massnahmen.1.titel", "ist.2.taetigkeit"} <= eingaben
    assert not eingaben & {"titel", "ziele.leitziel", "ist.0.taetigkeit", "ist.0.zustaendig", "massnahmen.0.titel"}
    assert "Sie schreiben hier für: Jobcenter Märkischer Kreis" in _text(blatt) and "Kurse ohne Wartezeit" in blatt.text
    assert "Antrag annehmen" in blatt.text and "weg:ist:0" not in blatt.html and "hoch:ist:1" in blatt.html
    assert blatt.maengel() == [] and blatt.bezuege <= set(blatt.kennungen)


def test_ein_mitglied_aendert_seine_zeile_und_der_rest_bleibt(mitgliederblatt: tuple[Umsetzung, str, Fenster]) -> None:
    lauf, weg, mitglied = mitgliederblatt
    zs = weg.split("/")[2]
    vorher = lauf.stand(zs)
    _, umgestellt = mitglied.sende(weg, 200, zeile="hoch:ist:1", **{"ist.1.medium": "Portal"})
    mitglied.sende_blatt(umgestellt, weg)
    ist = lauf.stand(zs)["ist"]
    assert [(s["taetigkeit"], s["medium"]) for s in ist] == [("Unterlagen nachfordern", "Portal"), ("Antrag annehmen", "Papier")]
    assert {f: lauf.stand(zs)[f] for f in ("titel", "ziele", "massnahmen", "indikatoren")} == {
        f: vorher[f] for f in ("titel", "ziele", "massnahmen", "indikatoren")}


def test_eine_fremde_zeile_wird_an_ihrer_zeile_beanstandet(mitgliederblatt: tuple[Umsetzung, str, Fenster]) -> None:
    _, weg, mitglied = mitgliederblatt
    text = f"Tätigkeit\tZuständig\nPrüfen\t{JC}\nBewilligen\t{KIM}"
    _, blatt = mitglied.sende(weg, 409, **{"einfuegen.ist": text})
    assert "#f-ist.3.zustaendig" in blatt.verweise and "f-ist.3.zustaendig" in blatt.kennungen
    assert "Als Mitglied ändern Sie die Zeilen Ihrer eigenen Stelle." in blatt.text and blatt.felder["ist.3.taetigkeit"] == ["Bewilligen"]


def test_eine_dienststelle_schreibt_fuer_ihr_haus_und_nicht_fuer_die_nachbarin(profil: Profil) -> None:
    assert {JC, ALTENA} == profil.eigene_namen(ALTENA) == profil.eigene_namen("Jobcenter Altena")
    assert {JC, ALTENA, f"{JC}, Dienststelle Menden"} <= profil.eigene_namen(JC) and KIM not in profil.eigene_namen(JC)
    assert profil.eigene_namen("Bank um die Ecke") == {"Bank um die Ecke"} and profil.eigene_namen(None) == frozenset()


# --- Ist-Beitrag, Stimme ----------------------------------------------------------------------------------------------


def _in_der_ist_analyse(db: Datenbank, umfeld: Umfeld) -> Umsetzung:
    lauf = Umsetzung(db, umfeld)
    lauf.als(LEITUNG, "konstituieren", lauf.ag, datum=lauf.jetzt.date().isoformat())
    lauf.als(LEITUNG, "ist_beginnen", lauf.ag)
    return lauf


def test_ein_eingefuegter_kurzname_wird_zum_vollen_und_ein_fremder_bleibt(db: Datenbank, umfeld: Umfeld, profil: Profil) -> None:
    lauf = _in_der_ist_analyse(db, umfeld)
    k, weg = _fenster(lauf, profil), f"/vorgang/{lauf.ag}/schritt/ist_beitrag_erfassen"
    text = "Nr\tTätigkeit\tZuständig\n1\tAntrag annehmen\tJobcenter\n2\tBescheid senden\tKIM-Koordination\n3\tWarten\tMeldeamt"
    _, blatt = k.sende(weg, 422, institution=JC, **{"einfuegen.schritte": text})
    assert [blatt.felder[f"schritte.{n}.zustaendig"] for n in range(3)] == [[JC], [KIM], ["Meldeamt"]]
    assert "Kurze Namen sind durch die vollen aus der Liste ersetzt." in blatt.text
    assert "Das steht hier nicht zur Auswahl. Bitte wählen Sie aus der Liste." in blatt.text and blatt.maengel() == []
    blatt.felder["schritte.2.zustaendig"] = [KIM]
    k.sende_blatt(blatt, weg)
    assert [s["zustaendig"] for s in lauf.stand(lauf.ag)["ist_beitraege"][JC]["schritte"]] == [JC, KIM, KIM]


def test_wer_fuer_andere_eintraegt_beginnt_mit_der_stelle_die_fehlt(db: Datenbank, umfeld: Umfeld, profil: Profil) -> None:
    lauf = _in_der_ist_analyse(db, umfeld)
    lauf.als(LEITUNG, "ist_beitrag_erfassen", lauf.ag, institution=JC, grund_fehlt="Kein eigener Schritt.")
    blatt = _fenster(lauf, profil).hole(f"/vorgang/{lauf.ag}/schritt/ist_beitrag_erfassen")
    assert [o["value"] for o in blatt.eingaben if o.get("selected") is not None and o.get("value") in (JC, KIM)] in ([KIM], [])
    assert blatt.felder["institution"] == [KIM]


def test_an_der_wand_zaehlt_eine_woche_wie_man_sie_schreibt_und_man_kommt_dorthin_zurueck(lauf: Lauf, profil: Profil) -> None:
    fr = lauf.eingeladen(lauf.ausgewaehlt())
    lauf.tue("durchfuehren", fr, wer=CM, teilnahmen=[{"institution": x, "teilnahme": "anwesend"} for x in (STELLE, CM.institution)])
    lauf.tue("protokollieren", fr, wer=CM, zeitachse=[{"woche": 0, "akteur": STELLE, "handlung": "Antrag abgegeben"}])
    k, wand, weg = _fenster(lauf, profil), f"/vorgang/{fr}?ansicht=beamer", f"/vorgang/{fr}/schritt/bearbeiten"
    blatt = k.hole(wand)
    neu = {"zeitachse.1.woche": "W 3", "zeitachse.1.akteur": STELLE, "zeitachse.1.handlung": "Nachgefragt"}
    ziel, _ = k.sende_blatt(blatt, weg, **neu)
    assert ziel.startswith(wand) and [e["woche"] for e in lauf.stand(fr)["zeitachse"]] == [0, 3]
    assert f"{weg}?zurueck=beamer#f-zeitachse" in k.hole(wand).verweise
    bogen = k.hole(f"{weg}?zurueck=beamer")
    _, beanstandet = k.sende_blatt(bogen, weg, 422, **{"zeitachse.1.handlung": ""})
    ziel, _ = k.sende_blatt(beanstandet, weg, **{"zeitachse.1.handlung": "Angerufen"})
    assert ziel.startswith(wand) and lauf.stand(fr)["zeitachse"][1]["handlung"] == "Angerufen"
