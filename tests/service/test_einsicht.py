"""Namen und Gründe im Verlauf: die Koordination sieht alle, andere die eigenen und was sie unterrichten soll."""

from __future__ import annotations

from typing import Any

from service.anzeige import Geschehnis, verlauf
from service.api_antwort import verlauf as api_verlauf
from service.apply import Schritt
from service.db import Datenbank
from service.handelnde import Handelnde
from service.profil import Profil
from service.sicht import lies
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, KOORDINATION_B, MELDER, konto, melde, person, tue
from tests.browserprobe import Fenster, seiten
from tests.service.test_seiten import ANGABEN
from tests.service.test_thema_kette import CM_STELLE, STELLE, Lauf

KRANK, GEPARKT, EIGENER = "Kollegin A ist länger erkrankt", "Das Land ist gefragt", "Doch nicht nötig"
NAMEN = {k: f"Frau {k}" for k in ("koord_a", "koord_b", "mbe")}


def _geparkt(db: Datenbank, umfeld: Umfeld) -> str:
    konto(db, "koord_b", "koordination")
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("uebergeben", key, daten={"zustaendig": "koord_b"}, grund=KRANK))
    tue(db, umfeld, KOORDINATION_B, Schritt("parken", key, daten={"wiedervorlage_am": "2026-03-02"}, grund=GEPARKT))
    tue(db, umfeld, MELDER, Schritt("zurueckziehen", key, grund=EIGENER))
    return key


def _seite(db: Datenbank, wer: Handelnde, key: str) -> dict[str, Geschehnis]:
    with db.lesen() as s:
        return {g.schritt: g for g in verlauf(s, lies(s, wer, key, JETZT.date()), NAMEN)}


def _api(db: Datenbank, wer: Handelnde, key: str) -> dict[str, tuple[str | None, str | None]]:
    with db.lesen() as s:
        ereignisse = api_verlauf(s, wer, lies(s, wer, key, JETZT.date()))["ereignisse"]
    return {e["ausloeser"]: (e["person"], e["grund"]) for e in ereignisse}


def test_die_meldende_stelle_erfaehrt_das_ergebnis_und_keine_personalsachen(db: Datenbank, umfeld: Umfeld) -> None:
    key = _geparkt(db, umfeld)
    gesehen = _seite(db, MELDER, key)
    uebergeben, geparkt = gesehen["An eine andere Person übergeben"], gesehen["In den Themenspeicher legen"]
    assert (uebergeben.wer, uebergeben.grund) == ("Koordination", "")
    assert (geparkt.wer, geparkt.grund) == ("Koordination", GEPARKT)  # davon wird sie unterrichtet
    assert (gesehen["Meldung zurückziehen"].wer, gesehen["Meldung zurückziehen"].grund) == ("Frau mbe", EIGENER)
    kollegin = person("mbe2", "melder", institution=MELDER.institution)
    eigenes = _seite(db, kollegin, key)["Meldung zurückziehen"]
    assert (eigenes.wer, eigenes.grund) == ("Meldende Stelle", "")
    assert _api(db, MELDER, key) == {
        "einreichen": ("mbe", ""), "uebergeben": (None, None), "uebernehmen": (None, None), "parken": (None, GEPARKT),
        "zurueckziehen": ("mbe", EIGENER)}


def test_die_koordination_sieht_alle_namen_und_gruende(db: Datenbank, umfeld: Umfeld) -> None:
    key = _geparkt(db, umfeld)
    gesehen = _seite(db, KOORDINATION_B, key)
    assert {(g.wer, g.grund) for g in gesehen.values() if g.grund} == {("Frau koord_a", KRANK), ("Frau koord_b", GEPARKT),
                                                                     ("Frau mbe", EIGENER)}
    assert _api(db, KOORDINATION_B, key)["uebergeben"] == ("koord_a", KRANK)
    fremde = person("koord_is", "koordination", bereich="iserlohn")
    assert {w for g in _seite(db, fremde, key).values() for w in (g.wer, g.grund)} == {""}
    assert {w for paar in _api(db, fremde, key).values() for w in paar} == {None}


def test_die_revision_sieht_wer_es_war_und_keinen_grund(db: Datenbank, umfeld: Umfeld) -> None:
    assert _api(db, person("pruefung", "revision"), _geparkt(db, umfeld))["uebergeben"] == ("koord_a", None)


def test_in_der_arbeitsgruppe_steht_nur_was_sie_angeht(db: Datenbank, umfeld: Umfeld) -> None:
    konto(db, "koord_b", "koordination")
    lauf = Lauf(db, umfeld)
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.sitzung(gt)
    lauf.beschluss(lg, (gt, "beauftragen", {"name": "AG Kurse", "auftrag": "Ist und Soll", "frist": "2026-09-30", "mitglieder": [
        {"institution": STELLE}, {"institution": CM_STELLE, "rolle": "leitung"}]}))
    (ag,) = lauf.nachbarn(gt, "beauftragt")
    mitglied = person("mbe3", "ag_mitglied", institution=STELLE)
    lauf.tue("uebergeben", ag, zustaendig="koord_b", grund=KRANK)
    lauf.tue("ruhen_lassen", ag, bis="2026-06-30", grund="Ferien")
    gesehen = _seite(db, mitglied, ag)
    assert gesehen["An eine andere Person übergeben"].grund == ""
    assert KRANK in {g.grund for g in _seite(db, KOORDINATION, ag).values()}
    assert "Ferien" in {g.grund for g in gesehen.values()}


def test_ein_grund_der_die_stelle_nicht_angeht_steht_auch_nicht_im_inhalt(db: Datenbank, umfeld: Umfeld) -> None:
    lauf = Lauf(db, umfeld)
    (key,) = lauf.ausgewaehlt()
    lauf.tue("auswahl_aufheben", key, grund="Die Kollegin schafft es nicht")
    with db.lesen() as s:
        assert "grund" not in lies(s, MELDER, key, JETZT.date()).felder
        assert lies(s, KOORDINATION, key, JETZT.date()).felder["grund"] == "Die Kollegin schafft es nicht"


def test_die_seite_der_meldenden_stelle_zeigt_es_nicht(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    weg, _ = Fenster(app, "stelle-abh-mk").sende("/neu/meldebogen/einreichen", **ANGABEN)
    wer = person("koordination-a", "koordination", bereich="kreis")
    tue(db, app.state.anwendung.umfeld(), wer,
        Schritt("uebergeben", weg.rsplit("/", 1)[1], daten={"zustaendig": "koordination-b", "vertretung": "koordination-a"}, grund=KRANK))
    assert KRANK in Fenster(app, "koordination-b").client.get(weg).text
    text = Fenster(app, "stelle-abh-mk").client.get(weg).text
    assert "Koordination hat den Vorgang übergeben." in text and KRANK not in text and "an Koordination B" not in text


# --- Namen im Inhalt --------------------------------------------------------------------------------------------------


def _felder(db: Datenbank, wer: Handelnde, key: str) -> dict[str, Any]:
    with db.lesen() as s:
        return dict(lies(s, wer, key, JETZT.date()).felder)


def test_eine_stelle_liest_im_inhalt_niemanden_ausser_sich_selbst(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    kollegin = person("mbe2", "melder", institution=MELDER.institution)
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", key, daten={"frage": "Wann?"}))
    tue(db, umfeld, MELDER, Schritt("antworten", key, daten={"text": "Gestern."}))
    tue(db, umfeld, kollegin, Schritt("ergaenzen", key, daten={"text": "Und heute."}))
    ganz = _felder(db, KOORDINATION, key)
    assert {"zustaendig", "vertretung"} <= ganz.keys() and ganz["eingereicht_von"] == ["mbe"]
    assert [ganz[f][0]["von"] for f in ("rueckfragen", "antworten", "ergaenzungen")] == ["koord_a", "mbe", "mbe2"]
    gesehen = _felder(db, MELDER, key)
    assert not {"zustaendig", "vertretung"} & gesehen.keys() and gesehen["eingereicht_von"] == ["mbe"]
    assert [gesehen[f][0].get("von") for f in ("rueckfragen", "antworten", "ergaenzungen")] == [None, "mbe", None]
    assert gesehen["rueckfragen"][0]["frage"] == "Wann?" and gesehen["rueckfragen"][0]["am"]


def test_in_der_arbeitsgruppe_steht_kein_name_aus_dem_haus_und_der_vorsitz_liest_ihn(db: Datenbank, umfeld: Umfeld) -> None:
    lauf = Lauf(db, umfeld)
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.sitzung(gt)
    lauf.beschluss(lg, (gt, "beauftragen", {"name": "AG Kurse", "auftrag": "Ist und Soll", "frist": "2026-09-30", "mitglieder": [
        {"institution": STELLE}, {"institution": CM_STELLE, "rolle": "leitung"}]}))
    (ag,) = lauf.nachbarn(gt, "beauftragt")
    assert "koord_a" not in str(_felder(db, person("mbe3", "ag_mitglied", institution=STELLE), ag))
    assert _felder(db, person("vorsitz", "lg_vorsitz"), lg)["zustaendig"] == "koord_a"
    assert "zustaendig" not in _felder(db, person("mitglied", "lg_mitglied"), lg)


def test_seite_liste_ausgabe_und_schnittstelle_nennen_der_stelle_niemanden(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    stelle, k = Fenster(app, "stelle-abh-mk"), Fenster(app, "koordination-a")
    weg, _ = stelle.sende("/neu/meldebogen/einreichen", **ANGABEN)
    k.sende(f"{weg}/schritt/rueckfragen", frage="Seit wann?", bestaetigt="ja")
    with db.lesen() as s:
        zustaendig = str(s.wert("SELECT zustaendig FROM vorgang"))
        name = str(s.wert("SELECT name FROM person WHERE key = :key", {"key": zustaendig}))
        andere = str(s.wert("SELECT name FROM person WHERE key = 'koordination-a'"))
    assert name in k.hole(weg).text and andere in k.hole(weg).text
    for ort in (weg, "/", "/suche?art=meldebogen", f"/api/v1{weg.replace('vorgang', 'vorgaenge')}", "/api/v1/vorgaenge?art=meldebogen"):
        assert _unter(stelle.client.get(ort).raise_for_status().text, zustaendig, name, andere, "koordination-a") == [], ort
    ausgabe = stelle.client.post("/suche/ausgabe", data={"csrf": stelle.hole("/suche").felder["csrf"][0], "art": "meldebogen"})
    assert _unter(ausgabe.raise_for_status().text, zustaendig, name, andere) == [] and weg.rsplit("/", 1)[1] in ausgabe.text
    assert f'"zustaendig":"{zustaendig}"' in k.client.get("/api/v1/vorgaenge?art=meldebogen").text


def _unter(text: str, *namen: str) -> list[str]:
    return [n for n in namen if n in text]
