"""Konten: Kennwörter, gebremste Anmeldung, Einmallinks, Anmeldungen, die enden, Zugriffsschlüssel, die Vorführung."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from service import anmeldung, konten
from service.aufraeumen import raeume_auf
from service.db import Datenbank
from service.errors import NichtGefunden, Ungueltig, Verboten, ZuVieleVersuche
from service.kennwortregeln import pruefe_kennung, pruefe_kennwort
from service.profil import Profil
from tests.netz import KENNWORT, Browser, Netz

HALBE_STUNDE = timedelta(minutes=30)
DES_PROGRAMMS = konten._HASHER  # gelesen, bevor die Tests ein leichteres nehmen
HIER, DORT = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def netz(db: Datenbank, profil: Profil) -> Netz:
    return Netz(db, profil, vorfuehrung=False)


@pytest.fixture
def vorfuehrung(db: Datenbank, profil: Profil) -> Netz:
    return Netz(db, profil)


def lade_ein(netz: Netz, person: str) -> str:
    return netz.db.in_transaktion(lambda s: konten.lade_ein(s, person, netz.uhr(), "test"))


def erstes_konto(netz: Netz) -> str:
    return konten.loese_ein(netz.db, lade_ein(netz, "koordination-a"), "Koordination.A", KENNWORT, netz.uhr())


@pytest.fixture
def konto(netz: Netz) -> str:
    """Ein eingerichtetes Konto der Koordination; gibt den Ausweis seiner ersten Anmeldung."""
    return erstes_konto(netz)


def melde_an(netz: Netz, kennung: str = "koordination.a", kennwort: str = KENNWORT, herkunft: str = HIER) -> str:
    return konten.melde_an(netz.db, kennung, kennwort, herkunft, netz.uhr())


def wer(netz: Netz, ausweis: str) -> str | None:
    with netz.db.lesen() as s:
        gefunden = anmeldung.pruefe(s, ausweis, netz.uhr(), HALBE_STUNDE)
    return gefunden.person if gefunden else None


def zeilen(netz: Netz, sql: str) -> list[tuple[Any, ...]]:
    with netz.db.lesen() as s:
        return s.alle(sql)


# --- anmelden ---------------------------------------------------------------------------------------------------------


def test_anmelden_mit_kennung_und_kennwort(netz: Netz, konto: str) -> None:
    assert wer(netz, melde_an(netz, "  KOORDINATION.a ")) == "koordination-a"
    assert [p for (p,) in zeilen(netz, "SELECT person FROM protokoll WHERE was = 'angemeldet'")] == ["koordination-a"]


def test_in_der_datenbank_steht_weder_kennwort_noch_ausweis(netz: Netz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(konten, "_HASHER", DES_PROGRAMMS)
    konto = erstes_konto(netz)
    ausweis = melde_an(netz)
    inhalt = str([*zeilen(netz, "SELECT * FROM konto"), *zeilen(netz, "SELECT * FROM anmeldung")])
    assert "$argon2id$v=19$m=47104,t=1,p=1$" in inhalt
    assert KENNWORT not in inhalt and anmeldung.kern(ausweis) not in inhalt and anmeldung.kern(konto) not in inhalt


@pytest.mark.parametrize(("kennung", "kennwort"), [("koordination.a", "falsch " * 3), ("niemand", KENNWORT), ("", ""),
                                                   ("koordination.a", ""), ("koordination-a", KENNWORT), ("x" * 5000, "y" * 5000),
                                                   ("'; DROP TABLE konto; --", "x")])
def test_was_nicht_stimmt_klingt_immer_gleich(netz: Netz, konto: str, kennung: str, kennwort: str) -> None:
    with pytest.raises(Verboten) as fehler:
        melde_an(netz, kennung, kennwort)
    assert fehler.value.satz == konten.FALSCH


def test_auch_eine_unbekannte_kennung_kostet_eine_pruefung(netz: Netz, konto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sonst verriete die Dauer der Antwort, welche Kennungen es gibt."""
    gepruefte: list[str] = []
    echt = konten._verglichen
    monkeypatch.setattr(konten, "_verglichen", lambda k, h: gepruefte.append(h.rsplit("$", 2)[0]) or echt(k, h))
    for kennung in ("koordination.a", "niemand"):
        with pytest.raises(Verboten):
            melde_an(netz, kennung, "falsch falsch falsch")
    assert len(gepruefte) == 2 and gepruefte[0] == gepruefte[1]


def test_gesperrte_und_abgelaufene_konten_klingen_genauso(netz: Netz, konto: str) -> None:
    netz.db.in_transaktion(lambda s: konten.sperre(s, "koordination-a", netz.uhr(), "test", gesperrt=True))
    with pytest.raises(Verboten, match=konten.FALSCH):
        melde_an(netz)
    assert wer(netz, konto) is None
    netz.db.in_transaktion(lambda s: konten.sperre(s, "koordination-a", netz.uhr(), "test", gesperrt=False))
    assert wer(netz, melde_an(netz)) == "koordination-a"
    netz.db.in_transaktion(lambda s: s.fuehre("UPDATE person SET bis = '2026-01-11' WHERE key = 'koordination-a'"))
    with pytest.raises(Verboten, match=konten.FALSCH):
        melde_an(netz)


@pytest.mark.parametrize("kennung", ["koordination.a", "gibt es nicht"])
def test_nach_fuenf_fehlversuchen_ist_pause_ob_es_das_konto_gibt_oder_nicht(netz: Netz, konto: str, kennung: str) -> None:
    for n in range(konten.JE_KENNUNG):
        with pytest.raises(Verboten):
            melde_an(netz, kennung, "falsch falsch falsch", f"192.0.2.{n}")
    with pytest.raises(ZuVieleVersuche):
        melde_an(netz, kennung, KENNWORT, "192.0.2.99")
    netz.uhr.vor(minutes=16)
    if kennung == "koordination.a":
        assert wer(netz, melde_an(netz)) == "koordination-a"


def test_zwanzig_zugleich_kommen_nicht_weiter_als_fuenf_nacheinander(netz: Netz, konto: str) -> None:
    def versuche(n: int) -> type[Exception]:
        try:
            melde_an(netz, kennwort="falsch", herkunft=f"192.0.2.{n}")
        except (Verboten, ZuVieleVersuche) as fehler:
            return type(fehler)
        raise AssertionError

    with ThreadPoolExecutor(10) as viele:
        ergebnis = list(viele.map(versuche, range(20)))
    assert ergebnis.count(Verboten) == konten.JE_KENNUNG and ergebnis.count(ZuVieleVersuche) == 15


def test_viele_kennungen_von_einer_herkunft_werden_gebremst(netz: Netz, konto: str) -> None:
    for n in range(konten.JE_HERKUNFT):
        with pytest.raises(Verboten):
            melde_an(netz, f"rate-{n}", "falsch", f"2001:db8:1:2::{n:x}")
    with pytest.raises(ZuVieleVersuche):
        melde_an(netz, herkunft="2001:db8:1:2:ffff::1")
    assert wer(netz, melde_an(netz, herkunft=DORT)) == "koordination-a"


def test_eine_gelungene_anmeldung_vergisst_die_misslungenen(netz: Netz, konto: str) -> None:
    for _ in range(3):
        for _ in range(konten.JE_KENNUNG - 1):
            with pytest.raises(Verboten):
                melde_an(netz, kennwort="falsch", herkunft=DORT)
        assert melde_an(netz)


def test_die_bremse_merkt_sich_weder_kennung_noch_adresse(netz: Netz) -> None:
    with pytest.raises(Verboten):
        melde_an(netz, "erika.mustermann", "falsch")
    inhalt = str(zeilen(netz, "SELECT * FROM fehlversuch"))
    assert "erika" not in inhalt and HIER not in inhalt


# --- Anmeldungen enden ------------------------------------------------------------------------------------------------


def test_ohne_taetigkeit_endet_die_anmeldung_mit_taetigkeit_nicht(netz: Netz, konto: str) -> None:
    ausweis = konto
    for _ in range(6):
        netz.uhr.vor(minutes=29)
        with netz.db.lesen() as s:
            gefunden = anmeldung.pruefe(s, ausweis, netz.uhr(), HALBE_STUNDE)
        assert gefunden
        ausweis = gefunden.ausweis
    netz.uhr.vor(minutes=31)
    assert wer(netz, ausweis) is None


def test_nach_zehn_stunden_endet_sie_in_jedem_fall(netz: Netz, konto: str) -> None:
    ausweis = konto
    for _ in range(24):
        netz.uhr.vor(minutes=25)
        with netz.db.lesen() as s:
            if (gefunden := anmeldung.pruefe(s, ausweis, netz.uhr(), HALBE_STUNDE)) is None:
                break
        ausweis = gefunden.ausweis
    assert wer(netz, ausweis) is None


def test_ein_veraenderter_ausweis_gilt_nicht(netz: Netz, konto: str) -> None:
    geheim, zeit, siegel = konto.split(".")
    spaeter = str(int(zeit) + 1200)
    for falsch in (geheim, f"{geheim}.{zeit}", f"{geheim}.{spaeter}.{siegel}", f"{geheim}.{zeit}.{'0' * 32}", f"{geheim}..",
                   f"{geheim}.²³.x", f"{geheim}.{zeit}.ä", "", f"x{konto}"):
        assert wer(netz, falsch) is None


def test_abmelden_beendet_sie_auf_dem_server(vorfuehrung: Netz) -> None:
    browser = vorfuehrung.browser().als("koordination-a")
    ausweis = browser.cookies["kreislauf"]
    assert browser.sende("/abmelden", "/konto").status_code == 303
    gestohlen = vorfuehrung.browser()
    gestohlen.cookies.set("kreislauf", ausweis)
    assert gestohlen.get("/konto").status_code == 303


def test_ein_untergeschobener_ausweis_wird_mit_der_anmeldung_wertlos(vorfuehrung: Netz) -> None:
    opfer = vorfuehrung.browser()
    opfer.get("/anmelden")
    vorher = opfer.cookies["kreislauf"]
    opfer.als("koordination-a")
    assert anmeldung.kern(opfer.cookies["kreislauf"]) != anmeldung.kern(vorher)
    taeter = vorfuehrung.browser()
    taeter.cookies.set("kreislauf", vorher)
    assert taeter.get("/konto").status_code == 303


def test_wer_die_person_wechselt_laesst_keine_anmeldung_zurueck(vorfuehrung: Netz) -> None:
    browser = vorfuehrung.browser().als("koordination-a")
    erste = browser.cookies["kreislauf"]
    browser.post("/anmelden/vorfuehrung", data={"csrf": browser.zeichen("/konto"), "person": "koordination-b"})
    assert wer(vorfuehrung, browser.cookies["kreislauf"]) == "koordination-b" and wer(vorfuehrung, erste) is None


def test_ueberall_abmelden(vorfuehrung: Netz) -> None:
    eins, zwei = vorfuehrung.browser().als("koordination-a"), vorfuehrung.browser().als("koordination-a")
    assert eins.sende("/konto/ueberall-abmelden", "/konto").status_code == 303
    assert zwei.get("/konto").headers["location"] == "/anmelden?ziel=/konto"


def test_endet_eine_rolle_sieht_die_offene_anmeldung_es_sofort(vorfuehrung: Netz) -> None:
    browser = vorfuehrung.browser().als("systemverwaltung")
    assert browser.get("/konten").status_code == 200
    vorfuehrung.db.in_transaktion(lambda s: s.fuehre("UPDATE person_rolle SET bis = '2026-01-11' WHERE person = 'systemverwaltung'"))
    assert browser.get("/konten").status_code == 404
    vorfuehrung.db.in_transaktion(lambda s: s.fuehre("UPDATE person SET bis = '2026-01-11' WHERE key = 'systemverwaltung'"))
    assert browser.get("/konto").status_code == 303


# --- Einladungen ------------------------------------------------------------------------------------------------------


def richte_ein(browser: Browser, weg: str, **felder: str) -> Any:
    return browser.post(weg, data={"csrf": browser.zeichen(weg), "kennung": "neue.person", "kennwort": KENNWORT,
                                   "kennwort_noch_einmal": KENNWORT, **felder})


def test_eine_einladung_gilt_einmal_und_ansehen_verbraucht_sie_nicht(netz: Netz) -> None:
    weg, browser = f"/einladung/{lade_ein(netz, 'koordination-a')}", netz.browser()
    assert "Koordination A" in browser.get(weg).text and browser.get(weg).status_code == 200
    assert richte_ein(browser, weg).headers["location"] == "/"
    assert "neue.person" in browser.get("/konto").text
    assert netz.browser().get(weg).status_code == 404


def test_eine_neue_einladung_ersetzt_die_alte_und_beide_laufen_ab(netz: Netz) -> None:
    alt, neu = lade_ein(netz, "koordination-a"), lade_ein(netz, "koordination-a")
    abgelaufen = netz.browser().get(f"/einladung/{alt}")
    assert abgelaufen.status_code == 404 and "bitten Sie die Systemverwaltung um eine neue Einladung" in abgelaufen.text
    assert netz.browser().get(f"/einladung/{neu}").status_code == 200
    netz.uhr.vor(hours=73)
    assert netz.browser().get(f"/einladung/{neu}").status_code == 404


@pytest.mark.parametrize(("felder", "satz"), [
    ({"kennwort": "kurz", "kennwort_noch_einmal": "kurz"}, "mindestens 12 Zeichen"),
    ({"kennwort_noch_einmal": "etwas anderes"}, "nicht gleich"),
    ({"kennwort": "Passwort1234!", "kennwort_noch_einmal": "Passwort1234!"}, "leicht erraten"),
    ({"kennung": "a b"}, "Eine Kennung hat"),
])
def test_was_nicht_taugt_wird_am_feld_gesagt_und_die_kennung_bleibt(netz: Netz, felder: dict[str, str], satz: str) -> None:
    weg, browser = f"/einladung/{lade_ein(netz, 'koordination-a')}", netz.browser()
    antwort = richte_ein(browser, weg, **felder)
    assert antwort.status_code == 422 and satz in antwort.text and 'aria-invalid="true"' in antwort.text
    assert f'value="{felder.get("kennung", "neue.person")}"' in antwort.text
    assert KENNWORT not in antwort.text and felder.get("kennwort", KENNWORT) not in antwort.text
    assert zeilen(netz, "SELECT * FROM konto") == []


def test_eine_vergebene_kennung_wird_abgelehnt(netz: Netz, konto: str) -> None:
    with pytest.raises(Ungueltig, match="schon vergeben"):
        konten.loese_ein(netz.db, lade_ein(netz, "koordination-b"), "KOORDINATION.A", KENNWORT, netz.uhr())


def test_ein_neues_kennwort_beendet_alle_anmeldungen(netz: Netz, konto: str) -> None:
    andere = melde_an(netz)
    neue = konten.aendere_kennwort(netz.db, "koordination-a", KENNWORT, "ganz neue Wörter am See", HIER, netz.uhr())
    assert (wer(netz, konto), wer(netz, andere), wer(netz, neue)) == (None, None, "koordination-a")
    with pytest.raises(Verboten):
        melde_an(netz)
    assert melde_an(netz, kennwort="ganz neue Wörter am See")


def test_das_kennwort_aendert_nur_wer_das_alte_kennt(netz: Netz, konto: str) -> None:
    with pytest.raises(Verboten):
        konten.aendere_kennwort(netz.db, "koordination-a", "falsch falsch falsch", "ganz neue Wörter am See", HIER, netz.uhr())
    assert melde_an(netz)


# --- das erste Konto --------------------------------------------------------------------------------------------------


def erster_zugang(netz: Netz) -> str | None:
    return netz.db.in_transaktion(lambda s: konten.erster_zugang(s, netz.uhr()))


def test_das_erste_konto_wird_systemverwaltung_und_danach_gibt_es_keinen_link_mehr(netz: Netz) -> None:
    alt, neu, browser = erster_zugang(netz), erster_zugang(netz), netz.browser()
    assert browser.get(f"/einladung/{alt}").status_code == 404
    assert richte_ein(browser, f"/einladung/{neu}", name="Technik").status_code == 303
    assert browser.get("/konten").status_code == 200
    assert zeilen(netz, "SELECT r.rolle, p.name, p.vorfuehrung FROM konto k JOIN person p ON p.key = k.person JOIN person_rolle r "
                        "ON r.person = p.key") == [("admin", "Technik", 0)]
    assert erster_zugang(netz) is None


def test_ein_link_fuer_das_erste_konto_gilt_nicht_neben_einem_anderen(netz: Netz) -> None:
    wort = erster_zugang(netz)
    konten.loese_ein(netz.db, lade_ein(netz, "koordination-a"), "jemand", KENNWORT, netz.uhr())
    assert netz.browser().get(f"/einladung/{wort}").status_code == 404
    with pytest.raises(NichtGefunden):
        konten.loese_ein(netz.db, wort or "", "admin", KENNWORT, netz.uhr(), "Technik")


# --- die Vorführung ---------------------------------------------------------------------------------------------------


def test_die_vorfuehrung_zeigt_je_rolle_ein_konto_und_sagt_es_auf_jeder_seite(vorfuehrung: Netz) -> None:
    browser = vorfuehrung.browser()
    seite = browser.get("/anmelden").text
    assert set(re.findall(r'kl-rolle__name">([^<]+)<', seite)) == {
        "Meldende Stelle", "Case Management", "Koordination", "Verwaltung", "Fachaufsicht über das Case Management",
        "Mitglied einer Arbeitsgruppe", "Leitung einer Arbeitsgruppe", "Gast einer Fallrekonstruktion", "Umsetzende Stelle",
        "Mitglied der Lenkungsgruppe", "Vorsitz der Lenkungsgruppe", "Gast der Lenkungsgruppe", "Leitung", "Politisches Gremium",
        "Datenschutz und Revision", "Systemverwaltung"}
    for person in re.findall(r'name="person" value="([^"]+)"', seite):
        vorfuehrung.browser().als(person)
    browser.als("systemverwaltung")
    for weg in ("/konto", "/konten", "/system", "/gibtsnicht"):
        assert "<strong>Vorführung:</strong> alle Daten sind erfunden" in browser.get(weg).text


def test_anderswo_gibt_es_keine_anmeldung_ohne_kennwort(netz: Netz) -> None:
    """Das mitgelieferte Profil bringt erfundene Konten mit; ohne Vorführung kommt niemand mit ihnen hinein."""
    browser = netz.browser()
    seite = browser.get("/anmelden").text
    assert "Vorführung" not in seite and "kl-rolle" not in seite
    assert browser.sende("/anmelden/vorfuehrung", person="koordination-a").status_code == 404
    assert browser.get("/konto").status_code == 303


def test_in_der_vorfuehrung_geht_es_nur_mit_ihren_konten(vorfuehrung: Netz) -> None:
    vorfuehrung.db.in_transaktion(lambda s: s.fuehre("UPDATE person SET vorfuehrung = 0 WHERE key = 'koordination-a'"))
    for person in ("koordination-a", "niemand", ""):
        assert vorfuehrung.browser().sende("/anmelden/vorfuehrung", person=person).status_code == 404


# --- Seiten -----------------------------------------------------------------------------------------------------------


def test_die_anmeldeseite_nach_einem_fehler(netz: Netz, konto: str) -> None:
    browser = netz.browser()
    for kennung in ("koordination.a", "niemand"):
        antwort = browser.sende("/anmelden", kennung=kennung, kennwort="falsch falsch")
        assert antwort.status_code == 403 and konten.FALSCH in antwort.text and "falsch falsch" not in antwort.text
        assert "<title>Fehler: Anmelden" in antwort.text and antwort.text.count('aria-describedby="anmeldefehler"') == 2
        assert re.search(r'id="anmeldefehler">\s*<div [^>]*tabindex="-1" autofocus', antwort.text)
    antwort = browser.sende("/anmelden", kennung="koordination.a", kennwort=KENNWORT, ziel="/konto")
    assert antwort.status_code == 303 and antwort.headers["location"] == "/konto"


def test_konten_verwaltet_nur_die_systemverwaltung(vorfuehrung: Netz) -> None:
    fremd, verwaltung = vorfuehrung.browser().als("koordination-a"), vorfuehrung.browser().als("systemverwaltung")
    assert fremd.get("/konten").status_code == 404 and fremd.get("/konten").text.count("Einladen") == 0
    assert fremd.sende("/konten/einladen", "/konto", person="koordination-b").status_code == 404
    seite = verwaltung.sende("/konten/einladen", "/konten", person="koordination-b").text
    link = re.search(r"/einladung/([\w-]+)<", seite)
    assert "an „Koordination B“ weiter" in seite and "Zuerst legen Sie" not in seite
    assert link and vorfuehrung.browser().get(f"/einladung/{link[1]}").status_code == 200
    assert verwaltung.sende("/konten/sperren", "/konten", person="systemverwaltung").status_code == 409


def test_sperren_beendet_alles(netz: Netz, konto: str) -> None:
    netz.db.in_transaktion(lambda s: konten.neuer_schluessel(s, "koordination-a", "Auswertung", netz.uhr()))
    link = lade_ein(netz, "koordination-a")
    netz.db.in_transaktion(lambda s: konten.sperre(s, "koordination-a", netz.uhr(), "admin", gesperrt=True))
    assert wer(netz, konto) is None and netz.browser().get(f"/einladung/{link}").status_code == 404
    assert zeilen(netz, "SELECT * FROM zugriffsschluessel") == []


# --- Zugriffsschlüssel ------------------------------------------------------------------------------------------------


def test_ein_zugriffsschluessel_wird_einmal_gezeigt_und_gilt_bis_zum_widerruf(vorfuehrung: Netz) -> None:
    browser = vorfuehrung.browser().als("koordination-a")
    wort = re.search(r"kreislauf_[\w-]{40,}", browser.sende("/konto/schluessel", "/konto", name="Auswertung").text)
    assert wort and wort[0] not in browser.get("/konto").text
    assert wort[0] not in str(zeilen(vorfuehrung, "SELECT * FROM zugriffsschluessel"))
    with vorfuehrung.db.lesen() as s:
        assert konten.zu_schluessel(s, wort[0], vorfuehrung.uhr()) == "koordination-a"
        (eintrag,) = konten.schluessel(s, "koordination-a")
    andere = vorfuehrung.browser().als("koordination-b")
    assert andere.sende("/konto/schluessel/widerrufen", "/konto", schluessel=eintrag[0]).status_code == 404
    assert browser.sende("/konto/schluessel/widerrufen", "/konto", schluessel=eintrag[0]).status_code == 303
    with vorfuehrung.db.lesen() as s:
        assert konten.zu_schluessel(s, wort[0], vorfuehrung.uhr()) is None


def test_ein_zugriffsschluessel_gilt_nur_fuer_die_schnittstelle_und_laeuft_ab(vorfuehrung: Netz) -> None:
    wort = vorfuehrung.db.in_transaktion(lambda s: konten.neuer_schluessel(s, "koordination-a", "Auswertung", vorfuehrung.uhr()))
    assert vorfuehrung.browser().get("/konto", headers={"Authorization": f"Bearer {wort}"}).status_code == 303
    vorfuehrung.uhr.vor(days=91)
    with vorfuehrung.db.lesen() as s:
        assert konten.zu_schluessel(s, wort, vorfuehrung.uhr()) is None


# --- Regeln und Aufräumen ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kennwort", ["kurz", "", "Passwort1234!", "123456123456", "aaaaaaaaaaaaaaa", "willkommen123", "koordination.a1",
                                      "x" * 201])
def test_schwache_kennwoerter(kennwort: str) -> None:
    assert pruefe_kennwort(kennwort, "koordination.a")


@pytest.mark.parametrize("kennwort", [KENNWORT, "Zug-Apfel-Lampe-Moor", "correct horse battery staple", "ÄöüßÄöüßÄöüß",
                                      " 7%kLp#2wQz!9"])
def test_brauchbare_kennwoerter(kennwort: str) -> None:
    assert pruefe_kennwort(kennwort, "koordination.a") == {}


@pytest.mark.parametrize(("kennung", "gut"), [("erika.muster@kreis.example", True), ("koordination-a", True), ("ab", False),
                                              ("a b c", False),
                                              ("<script>", False), ("x" * 81, False), ("müller", True)])
def test_kennungen(kennung: str, gut: bool) -> None:
    assert (pruefe_kennung(kennung) == {}) is gut


def test_aufraeumen_entfernt_nur_was_abgelaufen_ist(netz: Netz, konto: str) -> None:
    lade_ein(netz, "koordination-b")
    with pytest.raises(Verboten):
        melde_an(netz, kennwort="falsch")
    raeume = lambda: netz.db.in_transaktion(lambda s: raeume_auf(s, netz.uhr()))  # noqa: E731
    assert raeume() == 0
    netz.uhr.vor(days=5)
    assert raeume() == 4
    assert zeilen(netz, "SELECT * FROM anmeldung") == [] and len(zeilen(netz, "SELECT * FROM konto")) == 1


@pytest.mark.parametrize("weg", ["kennwort", "einladung", "ueberall"])
def test_wer_sich_schuetzt_beendet_auch_die_schluessel(netz: Netz, konto: str, weg: str) -> None:
    wort = netz.db.in_transaktion(lambda s: konten.neuer_schluessel(s, "koordination-a", "Auswertung", netz.uhr()))
    browser = _angemeldet(netz)
    if weg == "kennwort":
        neues = {"kennwort": "fünf ganz neue Wörter", "kennwort_noch_einmal": "fünf ganz neue Wörter"}
        assert browser.sende("/konto/kennwort", "/konto", kennwort_bisher=KENNWORT, **neues).status_code == 303
    elif weg == "einladung":
        konten.loese_ein(netz.db, lade_ein(netz, "koordination-a"), "koordination.a", KENNWORT, netz.uhr())
    else:
        assert browser.sende("/konto/ueberall-abmelden", "/konto").status_code == 303
    assert netz.browser().get("/api/v1/prozesse", headers={"Authorization": f"Bearer {wort}"}).status_code == 401
    assert zeilen(netz, "SELECT count(*) FROM protokoll WHERE was = 'zugriffsschluessel_widerrufen'") == [(1,)]


def test_ein_schluessel_entsteht_nur_mit_kennwort(netz: Netz, konto: str) -> None:
    """Ein offener Browser allein genügt nicht; geraten wird so oft wie beim Anmelden."""
    browser = _angemeldet(netz)
    for _ in range(konten.JE_KENNUNG):
        antwort = browser.sende("/konto/schluessel", "/konto", name="Auswertung", kennwort="falsch-falsch")
        assert antwort.status_code == 403 and "Das Kennwort stimmt nicht." in antwort.text and 'value="Auswertung"' in antwort.text
    zu_oft = browser.sende("/konto/schluessel", "/konto", name="Auswertung", kennwort=KENNWORT)
    assert zu_oft.status_code == 429 and int(zu_oft.headers["retry-after"]) == 900
    assert zeilen(netz, "SELECT * FROM zugriffsschluessel") == []
    netz.uhr.vor(minutes=16)
    angelegt = browser.sende("/konto/schluessel", "/konto", name="Auswertung", kennwort=KENNWORT)
    assert angelegt.status_code == 200 and "kreislauf_" in angelegt.text


def _angemeldet(netz: Netz) -> Browser:
    browser = netz.browser()
    assert browser.sende("/anmelden", kennung="koordination.a", kennwort=KENNWORT).status_code == 303
    return browser


def test_die_anmeldeseite_sagt_auch_programmen_wie_lange_sie_warten(netz: Netz, konto: str) -> None:
    antworten = [netz.browser().sende("/anmelden", kennung="koordination.a", kennwort="falsch") for _ in range(konten.JE_KENNUNG + 1)]
    assert [a.status_code for a in antworten] == [403] * konten.JE_KENNUNG + [429]
    assert antworten[-1].headers["retry-after"] == "900" and "retry-after" not in antworten[0].headers


def test_dieselbe_kennung_zugleich_bekommt_nur_einer(netz: Netz) -> None:
    """Auf PostgreSQL merkt es erst die Datenbank; auch das ist ein Satz beim Feld."""
    links = [lade_ein(netz, p) for p in ("koordination-a", "koordination-b")]

    def loese(link: str) -> str:
        try:
            return konten.loese_ein(netz.db, link, "anna.beispiel", KENNWORT, netz.uhr()) and "ok"
        except Ungueltig as fehler:
            return fehler.satz

    for runde in range(6):
        with ThreadPoolExecutor(2) as pool:
            ausgaenge = sorted(pool.map(loese, links))
        assert ausgaenge == ["Diese Kennung ist schon vergeben. Bitte wählen Sie eine andere.", "ok"], runde
        netz.db.in_transaktion(lambda s: s.fuehre("DELETE FROM konto"))
        links = [lade_ein(netz, p) for p in ("koordination-a", "koordination-b")]
