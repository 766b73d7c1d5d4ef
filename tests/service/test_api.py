"""Die Schnittstelle auf beiden Datenbanken: sehen, dürfen, tun, und was sie einer missratenen Anfrage antwortet."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service import anmeldung, api_stammdaten, konten
from service.app import ROUTER
from service.api import AUSLOESER
from service.db import Datenbank
from service.eintragsarten import ARTEN
from service.profil import Profil
from states.anhang import braucht_datei
from states.kette import PROZESSE
from tests.bau import MELDUNG
from tests.dienst import V1, Dienst, Programm

K, K2, ISERLOHN, CM = "koordination-a", "koordination-b", "koordination-iserlohn", "cm-luedenscheid"
MELDER, ANDERE, ABH, VORSITZ, REVISION = "stelle-mbe-luedenscheid", "stelle-mbe-hemer", "stelle-abh-mk", "s01", "datenschutz"
STELLE, CM_STELLE = "MBE-Beratungsstelle Lüdenscheid", "KIM-Case Management Lüdenscheid"
GEHEIM = "Kanarienvogel-4711"


@pytest.fixture
def dienst(db: Datenbank, profil: Profil, tmp_path: Path) -> Dienst:
    return Dienst(db, profil, tmp_path)


def melde(dienst: Dienst, wer: str = MELDER, **anders: Any) -> str:
    return dienst.als(wer).beginne("meldebogen", "einreichen", **{**MELDUNG, **anders})


def problem(antwort: Any, status: int, name: str) -> dict[str, Any]:
    assert antwort.status_code == status, antwort.text
    assert antwort.headers["content-type"] == "application/problem+json"
    inhalt: dict[str, Any] = antwort.json()
    assert (inhalt["status"], inhalt["type"]) == (status, f"/api/probleme/{name}") and inhalt["detail"].endswith(".")
    return inhalt


# --- ein Durchgang ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wer, art", [(MELDER, "externe_stelle"), (CM, "case_management"), (K, "externe_stelle")])
def test_von_der_meldung_zum_thema_jede_rolle_mit_ihrem_zugang(dienst: Dienst, wer: str, art: str) -> None:
    k, cm, melder = dienst.als(K), dienst.als(CM), dienst.als(MELDER)
    meldung = melde(dienst, wer, melder_art=art, melder_institution=CM_STELLE if wer == CM else STELLE)
    k.tue(meldung, "rueckfragen", frage="Seit wann?")
    dienst.als(wer).tue(meldung, "antworten", text="Seit März.") if wer != CM else k.tue(meldung, "antworten", text="Seit März.")
    sammlung = k.beginne("sammlung", "anlegen", titel="Wartezeit bis Kursstart")
    k.tue(meldung, "aufnehmen", sammlung=sammlung)
    k.tue(meldung, "auswaehlen", grund="gut belegt")
    fr = k.beginne("fallrekonstruktion", "anlegen", meldungen=[meldung])
    k.tue(fr, "einladen", termin="2026-01-28", ort="Kreishaus", moderation=True, rechtsgrundlage="ohne_personenbezug",
          teilnehmende=[{"institution": STELLE}, {"institution": CM_STELLE, "von_kim": True}])
    cm.tue(fr, "durchfuehren", teilnahmen=[{"institution": s, "teilnahme": "anwesend"} for s in (STELLE, CM_STELLE)])
    cm.tue(fr, "protokollieren", zeitachse=[{"woche": 0, "akteur": "Jobcenter", "handlung": "Verpflichtung"}])
    dienst.als(K2).tue(fr, "pruefen", pseudonymisiert=True)
    melder.tue(fr, "rueckmelden", stelle=STELLE, zustimmung="zugestimmt")
    cm.tue(fr, "rueckmelden", stelle=CM_STELLE, zustimmung="zugestimmt")
    k.tue(fr, "abstimmen")
    k.tue(fr, "freigeben", themenkandidat="Wartelisten")
    thema = k.beginne("generatives_thema", "anlegen", titel="Listen", fallrekonstruktionen=[fr])
    getan = k.tue(thema, "clustern", cluster="Sprache")
    assert [(v["key"], v["zustand"]) for v in getan["vorgaenge"]] == [(thema, "geclustert")]
    assert k.hole(f"/vorgaenge/{meldung}").json()["zustand"] == "im_thema"
    spur = k.hole(f"/vorgaenge/{meldung}/spur").json()
    assert {n["key"] for n in spur["knoten"]} >= {meldung, fr, thema}
    verlauf = k.hole(f"/vorgaenge/{meldung}/verlauf").json()["ereignisse"]
    assert [e["ausloeser"] for e in verlauf][:3] == ["einreichen", "uebernehmen", "rueckfragen"]
    assert [e["nr"] for e in verlauf] == list(range(1, len(verlauf) + 1))


def test_was_die_kette_mitbewegt_steht_in_der_antwort_soweit_man_es_sieht(dienst: Dienst) -> None:
    k = dienst.als(K)
    meldung, sammlung = melde(dienst), k.beginne("sammlung", "anlegen", titel="Kurse")
    k.tue(meldung, "aufnehmen", sammlung=sammlung)
    k.tue(meldung, "auswaehlen", grund="belegt")
    antwort = k.sende("/vorgaenge/fallrekonstruktion/anlegen", {"daten": {"meldungen": [meldung]}})
    fr = antwort.json()["vorgaenge"][0]["key"]
    assert antwort.headers["location"] == f"{V1}/vorgaenge/{fr}" and antwort.headers["etag"] == '"v1"'
    getan = k.tue(fr, "einladen", termin="2026-01-28", ort="Kreishaus", moderation=True, rechtsgrundlage="ohne_personenbezug",
                  teilnehmende=[{"institution": STELLE}, {"institution": CM_STELLE, "von_kim": True}])
    assert {(v["key"], v["zustand"]) for v in getan["vorgaenge"]} == {(fr, "eingeladen"), (meldung, "in_rekonstruktion")}
    dienst.als(CM).tue(fr, "durchfuehren", teilnahmen=[{"institution": s, "teilnahme": "anwesend"} for s in (STELLE, CM_STELLE)])


# --- Fassungen --------------------------------------------------------------------------------------------------------


def test_ohne_fassung_geht_kein_schritt(dienst: Dienst) -> None:
    meldung, k = melde(dienst), dienst.als(K)
    for angabe in ({}, {"If_Match": "*"}, {"If_Match": "v1"}, {"If_Match": ""}):
        problem(k.sende(f"/vorgaenge/{meldung}/schritte/uebernehmen", **angabe), 428, "fassung-fehlt")
    assert k.hole(f"/vorgaenge/{meldung}").json()["zustand"] == "eingegangen"


def test_eine_veraltete_fassung_nennt_beide(dienst: Dienst) -> None:
    meldung, k = melde(dienst), dienst.als(K)
    assert k.sende(f"/vorgaenge/{meldung}/schritte/uebernehmen", fassung=1).headers["etag"] == '"v2"'
    veraltet = problem(k.sende(f"/vorgaenge/{meldung}/schritte/uebernehmen", fassung=1), 412, "fassung-veraltet")
    assert veraltet["fassungen"] == {"gesehen": 1, "jetzt": 2}
    fremd = problem(k.sende(f"/vorgaenge/{meldung}/schritte/uebernehmen", If_Match='"abc"'), 412, "fassung-veraltet")
    assert fremd["fassungen"] == {"gesehen": None, "jetzt": 2}
    mehrere = k.sende(f"/vorgaenge/{meldung}/schritte/ergaenzen", {"daten": {"text": "mehr"}}, If_Match='"v1", "v2"')
    assert mehrere.status_code == 200, mehrere.text


def test_von_acht_gleichzeitigen_gewinnt_eine(dienst: Dienst) -> None:
    meldung, k = melde(dienst), dienst.als(K)
    with ThreadPoolExecutor(8) as viele:
        weg = f"/vorgaenge/{meldung}/schritte/ergaenzen"
        antworten = list(viele.map(lambda n: k.sende(weg, {"daten": {"text": f"Zusatz {n}"}}, fassung=1), range(8)))
    assert sorted(a.status_code for a in antworten) == [200] + [412] * 7
    assert k.fassung(meldung) == 2


# --- Wiederholungen ---------------------------------------------------------------------------------------------------


def test_dieselbe_anfrage_geschieht_einmal(dienst: Dienst) -> None:
    melder, anfrage = dienst.als(MELDER), {"daten": MELDUNG}
    erste, zweite = (melder.sende("/vorgaenge/meldebogen/einreichen", anfrage, Idempotency_Key="a-1") for _ in range(2))
    assert (erste.status_code, erste.json(), erste.headers["location"]) == (zweite.status_code, zweite.json(), zweite.headers["location"])
    assert len(dienst.als(K).hole("/vorgaenge").json()["vorgaenge"]) == 1
    anders = melder.sende("/vorgaenge/meldebogen/einreichen", {"daten": {**MELDUNG, "titel": "Anders"}}, Idempotency_Key="a-1")
    assert problem(anders, 422, "ungueltig")["felder"][0]["feld"] == "Idempotency-Key"
    eigene = {"daten": {**MELDUNG, "melder_institution": "MBE-Beratungsstelle Hemer"}}
    assert dienst.als(ANDERE).sende("/vorgaenge/meldebogen/einreichen", eigene, Idempotency_Key="a-1").status_code == 201
    problem(melder.sende("/vorgaenge/meldebogen/einreichen", anfrage, Idempotency_Key="x" * 201), 422, "ungueltig")


def test_eine_wiederholung_ist_nicht_veraltet(dienst: Dienst) -> None:
    meldung, k = melde(dienst), dienst.als(K)
    zwei = [k.sende(f"/vorgaenge/{meldung}/schritte/uebernehmen", fassung=1, Idempotency_Key="b") for _ in range(2)]
    assert [a.status_code for a in zwei] == [200, 200] and zwei[0].json() == zwei[1].json()
    andere = k.sende(f"/vorgaenge/{melde(dienst)}/schritte/uebernehmen", fassung=1, Idempotency_Key="b")
    problem(andere, 422, "ungueltig")


def test_misslungenes_wird_nicht_gemerkt(dienst: Dienst) -> None:
    meldung, k = melde(dienst), dienst.als(K)
    problem(k.sende(f"/vorgaenge/{meldung}/schritte/uebernehmen", fassung=7, Idempotency_Key="c"), 412, "fassung-veraltet")
    assert k.sende(f"/vorgaenge/{meldung}/schritte/uebernehmen", fassung=1, Idempotency_Key="c").status_code == 200


# --- sehen und dürfen -------------------------------------------------------------------------------------------------


def _wege(key: str) -> list[tuple[str, str, Any]]:
    return [("GET", f"/vorgaenge/{key}", None), ("GET", f"/vorgaenge/{key}/verlauf", None), ("GET", f"/vorgaenge/{key}/spur", None),
            ("POST", f"/vorgaenge/{key}/schritte/ergaenzen", {"daten": {"text": "x"}}),
            ("POST", f"/vorgaenge/{key}/zuruecknehmen", {"grund": "x"})]


def _rufe(wer: Programm, methode: str, weg: str, inhalt: Any) -> Any:
    return wer.hole(weg) if methode == "GET" else wer.sende(weg, inhalt, fassung=1)


@pytest.mark.parametrize("wer", [ANDERE, ABH, "systemverwaltung"])
def test_unsichtbares_klingt_wie_was_es_nicht_gibt(dienst: Dienst, wer: str) -> None:
    da, weg = melde(dienst), "MK-2026-9999"
    for (methode, hier, inhalt), (_, dort, _) in zip(_wege(da), _wege(weg), strict=True):
        eins, zwei = (_rufe(dienst.als(wer), methode, adresse, inhalt) for adresse in (hier, dort))
        problem(eins, 404, "nicht-gefunden")
        assert (eins.text, dict(eins.headers)) == (zwei.text, dict(zwei.headers))


def test_ohne_anmeldung_geht_nichts(dienst: Dienst) -> None:
    meldung = melde(dienst)
    fremd = Programm(dienst.netz, {"Authorization": "Bearer kreislauf_gibt-es-nicht"})
    weitere = [("GET", "/vorgaenge", None), ("GET", "/arbeitsliste", None), ("GET", "/prozesse", None), ("POST", "/zuege", {}),
               ("POST", "/vorgaenge/meldebogen/einreichen", {"daten": MELDUNG})]
    for wer in (dienst.niemand, fremd):
        for methode, weg, inhalt in [*_wege(meldung), *weitere]:
            antwort = _rufe(wer, methode, weg, inhalt)
            problem(antwort, 401, "nicht-angemeldet")
            assert antwort.headers["www-authenticate"] == "Bearer"


def test_sichtbar_aber_nicht_erlaubt(dienst: Dienst) -> None:
    meldung = melde(dienst)
    melder = dienst.als(MELDER)
    problem(melder.sende(f"/vorgaenge/{meldung}/schritte/parken", {"grund": "später"}, fassung=1), 403, "nicht-erlaubt")
    problem(melder.sende("/vorgaenge/sammlung/anlegen", {"daten": {"titel": "Kurse"}}), 403, "nicht-erlaubt")
    problem(dienst.als("assistenz").sende("/vorgaenge/meldebogen/einreichen", {"daten": MELDUNG}), 403, "nicht-erlaubt")


def test_ein_genannter_vorgang_den_man_nicht_sieht_ist_keiner(dienst: Dienst) -> None:
    da = melde(dienst)
    cm = dienst.als(CM)
    for key in (da, "MK-2026-9999"):
        antwort = cm.sende("/vorgaenge/einzelfalluebergabe/anbieten", {"daten": {"meldung": key, "an": CM_STELLE}})
        problem(antwort, 404, "nicht-gefunden")
        assert key not in antwort.text


def test_der_andere_bereich_sieht_den_titel_und_nicht_mehr(dienst: Dienst) -> None:
    meldung = melde(dienst, beschreibung=f"Text {GEHEIM}")
    fremd = dienst.als(ISERLOHN)
    gesehen = fremd.hole(f"/vorgaenge/{meldung}")
    assert gesehen.json()["ebene"] == "titel" and GEHEIM not in gesehen.text and "institution" not in gesehen.json()["felder"]
    (zeile,) = fremd.hole("/vorgaenge").json()["vorgaenge"]
    assert (zeile["titel"], zeile["kommune"]) == (MELDUNG["titel"], MELDUNG["kommune"])
    assert (zeile["institution"], zeile["zustaendig"], zeile["faellig"]) == (None, None, None)
    ereignis = fremd.hole(f"/vorgaenge/{meldung}/verlauf").json()["ereignisse"][0]
    assert (ereignis["person"], ereignis["grund"], ereignis["nach"]) == (None, None, "eingegangen")
    (eigene,) = dienst.als(K).hole("/vorgaenge").json()["vorgaenge"]
    assert (eigene["institution"], eigene["zustaendig"]) == (STELLE, K) and eigene["faellig"]


def test_nach_der_zustaendigen_person_sucht_nur_wer_ihren_namen_liest(dienst: Dienst) -> None:
    meldung = melde(dienst)

    def gefunden(wer: str, zustaendig: str) -> list[str]:
        return [v["key"] for v in dienst.als(wer).hole("/vorgaenge", zustaendig=zustaendig).json()["vorgaenge"]]

    for wer in (MELDER, ISERLOHN, CM):  # die ersten beiden sehen den Vorgang, aber nicht, wer ihn führt
        assert gefunden(wer, K) == gefunden(wer, "gibt-es-nicht") == []
    assert gefunden(K, K) == gefunden(K2, K) == [meldung]


def test_die_revision_sieht_wer_wann_was_tat_und_keinen_inhalt(dienst: Dienst) -> None:
    meldung = melde(dienst, beschreibung=f"Text {GEHEIM}")
    dienst.als(K).tue(meldung, "parken", grund=f"ruht {GEHEIM}", wiedervorlage_am="2026-03-02")
    gesehen, verlauf = (dienst.als(REVISION).hole(f"/vorgaenge/{meldung}{teil}") for teil in ("", "/verlauf"))
    assert gesehen.json()["zustand"] is None and GEHEIM not in gesehen.text + verlauf.text
    assert [(e["ausloeser"], e["person"], e["nach"]) for e in verlauf.json()["ereignisse"]] == [
        ("einreichen", MELDER, None), ("uebernehmen", K, None), ("parken", K, None)]


def test_wer_als_koordination_eine_meldung_liest_steht_im_protokoll(dienst: Dienst) -> None:
    meldung = melde(dienst)
    for wer in (K, MELDER, ISERLOHN):
        assert dienst.als(wer).hole(f"/vorgaenge/{meldung}").status_code == 200
    with dienst.db.lesen() as s:
        assert s.alle("SELECT person, angaben FROM protokoll WHERE was = 'gelesen'") == [(K, f'{{"vorgang":"{meldung}"}}')]


def test_mit_cookie_verlangt_ein_schritt_das_zeichen(dienst: Dienst) -> None:
    with dienst.db.transaktion() as s:
        ausweis = konten.melde_vorfuehrung_an(s, MELDER, dienst.jetzt)
    kopf = {"Cookie": f"kreislauf={ausweis}"}
    zeichen = anmeldung.formularzeichen(ausweis)
    weg, anfrage = "/vorgaenge/meldebogen/einreichen", {"daten": MELDUNG}
    assert Programm(dienst.netz, kopf).hole("/vorgaenge").status_code == 200
    for mehr in ({}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": zeichen, "Origin": "https://fremd.example"}):
        problem(Programm(dienst.netz, {**kopf, **mehr}).sende(weg, anfrage), 403, "nicht-erlaubt")
    assert Programm(dienst.netz, {**kopf, "X-CSRF-Token": zeichen}).sende(weg, anfrage).status_code == 201


# --- was nicht geht ---------------------------------------------------------------------------------------------------


def test_ein_waechter_nennt_seinen_namen(dienst: Dienst) -> None:
    meldung, k = melde(dienst), dienst.als(K)
    ohne_grund = problem(k.sende(f"/vorgaenge/{meldung}/schritte/parken", {"daten": {"wiedervorlage_am": "2026-03-02"}}, fassung=1), 409,
                         "nicht-moeglich")
    assert ohne_grund["waechter"] == ["grund"] and len(ohne_grund["gruende"]) == 1
    zustand = problem(k.sende(f"/vorgaenge/{meldung}/schritte/auswaehlen", {"grund": "x"}, fassung=1), 409, "nicht-moeglich")
    assert zustand["waechter"] == ["zustand"]
    fremd = problem(k.sende(f"/vorgaenge/{meldung}/schritte/clustern", {"daten": {"cluster": "x"}}, fassung=1), 409, "nicht-moeglich")
    assert fremd["waechter"] == ["unbekannt"]


def test_befunde_nennen_felder_und_wiederholen_nichts(dienst: Dienst) -> None:
    schlecht = {**MELDUNG, "titel": GEHEIM * 20, "kommune": GEHEIM, GEHEIM: 1, "handlungsfelder": [GEHEIM], "aehnliche_faelle": -1}
    antwort = dienst.als(MELDER).sende("/vorgaenge/meldebogen/einreichen", {"daten": schlecht})
    felder = {f["feld"] for f in problem(antwort, 422, "ungueltig")["felder"]}
    assert felder == {"daten.titel", "daten.kommune", "daten.handlungsfelder.1", "daten.aehnliche_faelle", "daten.unbekanntes Feld"}
    assert GEHEIM not in antwort.text
    for weg in (f"/vorgaenge/{GEHEIM}", f"/prozesse/{GEHEIM}", f"/formulare/meldebogen/{GEHEIM}"):
        antwort = dienst.als(MELDER).hole(weg)
        problem(antwort, 404, "nicht-gefunden")
        assert GEHEIM not in antwort.text
    antwort = dienst.als(MELDER).hole("/vorgaenge", **{"art": GEHEIM, GEHEIM: "x"})
    assert problem(antwort, 422, "ungueltig") and GEHEIM not in antwort.text


def test_auch_ein_waechter_wiederholt_nichts(dienst: Dienst) -> None:
    k = dienst.als(K)
    sitzung = k.beginne("sitzung", "planen", datum="2026-04-22")
    dienst.als(VORSITZ).tue(sitzung, "tagesordnung_zustimmen")
    k.tue(sitzung, "einladen")
    da = {"daten": {"anwesenheit": {GEHEIM: "inhaber"}}}
    antwort = k.sende(f"/vorgaenge/{sitzung}/schritte/eroeffnen", da, fassung=k.fassung(sitzung))
    assert problem(antwort, 409, "nicht-moeglich")["gruende"][-1].count("Zu prüfen: …, S01, S02") == 1 and GEHEIM not in antwort.text
    doppelt = k.sende("/vorgaenge/fallrekonstruktion/anlegen", {"daten": {"meldungen": [melde(dienst)]}})
    assert "MK-2026-0001" in problem(doppelt, 409, "nicht-moeglich")["detail"]  # den Schlüssel sieht die Person


def test_was_erst_beim_schalten_auffaellt_steht_am_selben_feld(dienst: Dienst) -> None:
    meldung, k = melde(dienst), dienst.als(K)
    niemand = k.sende(f"/vorgaenge/{meldung}/schritte/uebergeben", {"daten": {"zustaendig": GEHEIM}, "grund": "krank"}, fassung=1)
    assert [f["feld"] for f in problem(niemand, 422, "ungueltig")["felder"]] == ["daten.zustaendig"] and GEHEIM not in niemand.text


_TIEF = b'{"daten":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
MISSRATEN: list[tuple[bytes, int]] = [
    (b"", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b'"x"', 400), (b"\xff\xfe{}", 400), (b"\xef\xbb\xbf{}", 400),
    (b'{"daten": {"text": "\xc3\x28"}}', 400), (b'{"daten": {}, "daten": {}}', 400), (b'{"daten": {"text": "a", "text": "b"}}', 400),
    (b'{"daten": {"text": NaN}}', 400), (b'{"daten": {"text": -Infinity}}', 400), (b'{"daten": {"text": 1e999}}', 422),
    (b'{"daten": {"text": ' + b"9" * 6000 + b"}}", 422), (_TIEF, 400), (b'{"daten":' + b'{"a":' * 60 + b"1" + b"}" * 61, 400),
    (b'{"daten": {"text": "a\\u0000b"}}', 422), (b'{"daten": {"text": "\\ud800"}}', 422), (b'{"daten": {"\\udfff": "x"}}', 422),
    (b'{"daten": {"\\u0000": "x"}}', 422), (b'{"grund": "a\\u0000b"}', 422), (b'{"grund": "\\u202eabc", "daten": {"text": "x"}}', 422),
    (b'{"daten": {"text": 7}}', 422), (b'{"daten": {"text": null}}', 422), (b'{"daten": []}', 422), (b'{"daten": {}, "x": 1}', 422),
    (b'{"daten": {"text": "x"}, "grund": 7}', 422), (b'{"daten": {"text": "' + b"x" * 9000 + b'"}}', 422), (b"x" * 1_000_001, 413),
]


def test_missratenes_ist_ein_befund_und_nie_ein_fehler(dienst: Dienst) -> None:
    meldung, k = melde(dienst), dienst.als(K)
    for inhalt, erwartet in MISSRATEN:
        antwort = k.sende(f"/vorgaenge/{meldung}/schritte/ergaenzen", inhalt, fassung=1)
        assert antwort.status_code == erwartet, (inhalt[:80], antwort.text)
        assert antwort.headers["content-type"] == "application/problem+json"
        for weg in ("/vorgaenge/meldebogen/einreichen", "/zuege", f"/vorgaenge/{meldung}/zuruecknehmen"):
            assert 400 <= k.sende(weg, inhalt, fassung=1).status_code < 500, (weg, inhalt[:80])
    assert k.fassung(meldung) == 1


def test_andere_inhaltstypen_werden_nicht_gelesen(dienst: Dienst) -> None:
    melder, anfrage = dienst.als(MELDER), json.dumps({"daten": MELDUNG}).encode()
    for typ in ("", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "application/problem+json",
                "multipart/form-data; boundary=x"):
        problem(melder.sende("/vorgaenge/meldebogen/einreichen", anfrage, Content_Type=typ), 415, "inhaltstyp")
    problem(melder.sende("/vorgaenge/meldebogen/einreichen", anfrage, Content_Encoding="gzip"), 415, "inhaltstyp")


def test_nur_json_als_antwort(dienst: Dienst) -> None:
    kopf = dienst.als(K).kopf
    for annehmbar, status in (("text/html", 406), ("application/json;q=0", 406), ("text/html, application/json;q=0.1", 200), ("*/*", 200),
                              ("application/*", 200), ("", 200)):
        antwort = dienst.netz.get(f"{V1}/prozesse", headers={**kopf, "Accept": annehmbar})
        assert antwort.status_code == status, (annehmbar, antwort.text)


def test_kein_schluessel_ist_zu_seltsam(dienst: Dienst) -> None:
    k = dienst.als(K)
    for key in ("%00", "a%00b", "%ff", "..%2f..", "'%20OR%201=1--", "x" * 5000, "%F0%9F%98%80", "%ED%A0%80", "-"):
        for antwort in (k.hole(f"/vorgaenge/{key}"), k.hole(f"/vorgaenge/{key}/verlauf"), k.hole(f"/prozesse/{key}"),
                        k.sende(f"/vorgaenge/{key}/schritte/ergaenzen", fassung=1), k.sende(f"/vorgaenge/{key}/{key}")):
            assert antwort.status_code == 400 if "%00" in key else antwort.status_code in (404, 405), (key, antwort.text)
            assert antwort.headers["content-type"] == "application/problem+json"


def test_methoden_die_es_nicht_gibt(dienst: Dienst) -> None:
    kopf = dienst.als(K).kopf
    for methode, weg, erlaubt in (("PUT", "/vorgaenge/GT-01", "GET"), ("DELETE", "/vorgaenge", "GET"), ("PATCH", "/zuege", "POST"),
                                  ("GET", "/zuege", "POST"), ("POST", "/prozesse", "GET"), ("OPTIONS", "/personen", "GET, POST"),
                                  ("PUT", "/personen/s01", "GET, POST"), ("DELETE", "/stammdaten/sitze/1", "GET, POST")):
        antwort = dienst.netz.request(methode, V1 + weg, headers=kopf)
        problem(antwort, 405, "methode")
        assert antwort.headers["allow"] == erlaubt, weg


# --- Listen -----------------------------------------------------------------------------------------------------------


def test_blaettern_zeigt_jeden_einmal(dienst: Dienst) -> None:
    k = dienst.als(K)
    keys = [melde(dienst, titel=f"Meldung {n}") for n in range(7)]
    k.tue(keys[0], "parken", grund="später", wiedervorlage_am="2026-03-02")

    def alle(**filter_: Any) -> list[str]:
        gefunden: list[str] = []
        ab: str | None = None
        while True:
            blatt = k.hole("/vorgaenge", anzahl=2, **filter_, **({"ab": ab} if ab else {})).json()
            gefunden += [v["key"] for v in blatt["vorgaenge"]]
            ab = blatt["weiter"]
            if ab is None:
                return gefunden

    assert alle() == keys[::-1] and alle(ordnung="aelteste") == keys
    assert alle(zustand=["themenspeicher", "in_sammlung"]) == [keys[0]] and alle(art="sammlung") == []
    assert alle(faellig_bis="2026-01-08") == [] and len(alle(faellig_bis="2026-06-30", offen="true")) == 7
    assert alle(offen="false") == [] and len(alle(bereich="kreis", kommune="Lüdenscheid", zustaendig=K)) == 7
    liegt = k.hole("/arbeitsliste").json()["vorgaenge"]
    assert len(liegt) == 7 and [v["faellig"] for v in liegt] == sorted(v["faellig"] for v in liegt)
    assert dienst.als(K2).hole("/arbeitsliste").json()["vorgaenge"] == []
    assert len(dienst.als(K2).hole("/arbeitsliste", als="vertretung").json()["vorgaenge"]) == 7


def test_falsche_angaben_einer_liste(dienst: Dienst) -> None:
    kopf = dienst.als(K).kopf
    for angaben in ("anzahl=0", "anzahl=201", "anzahl=1.0", "anzahl=+1", "anzahl=%20%35", "anzahl=٣", "anzahl=5&anzahl=5", "art=keine",
                    "art=", "art=meldebogen&art=sammlung", "zustand=keiner", "offen=ja", "faellig_bis=2026-02-30", "ab=", "ab=x",
                    "ab=99999999999999999999", "ordnung=", "unbekannt=1", "bereich=%01", "kommune=" + "x" * 200, "zustaendig="):
        problem(dienst.netz.get(f"{V1}/vorgaenge?{angaben}", headers=kopf), 422, "ungueltig")
    problem(dienst.netz.get(f"{V1}/vorgaenge?bereich=%00", headers=kopf), 400, "unlesbar")
    for ab in ("x_1", "2026-01-01", "2026-13-01_4", "_", "9999-12-31_99999999999999"):
        problem(dienst.als(K).hole("/arbeitsliste", ab=ab), 422, "ungueltig")


# --- mehrere Schritte, zurücknehmen -----------------------------------------------------------------------------------


def test_ein_zug_gelingt_ganz_oder_gar_nicht(dienst: Dienst) -> None:
    k = dienst.als(K)
    eins, zwei = melde(dienst), melde(dienst)
    sammlung = k.beginne("sammlung", "anlegen", titel="Kurse")

    def aufnehmen(key: str, version: int = 1) -> dict[str, Any]:
        return {"vorgang": key, "ausloeser": "aufnehmen", "version": version, "daten": {"sammlung": sammlung}}

    veraltet = problem(k.sende("/zuege", {"schritte": [aufnehmen(eins), aufnehmen(zwei, 9)]}), 412, "fassung-veraltet")
    assert veraltet["fassungen"] == {"gesehen": 9, "jetzt": 1} and k.fassung(eins) == 1
    problem(k.sende("/zuege", {"schritte": [aufnehmen(eins), aufnehmen("MK-2026-9999")]}), 404, "nicht-gefunden")
    falsch = problem(k.sende("/zuege", {"schritte": [aufnehmen(eins), {**aufnehmen(zwei), "daten": {"x": 1}}]}), 422, "ungueltig")
    assert {f["feld"] for f in falsch["felder"]} == {"schritte.2.daten.sammlung", "schritte.2.daten.x"}
    ohne = problem(k.sende("/zuege", {"schritte": [{"vorgang": eins, "ausloeser": "aufnehmen"}]}), 422, "ungueltig")
    assert [f["feld"] for f in ohne["felder"]] == ["schritte.1.version"]
    neu = {"art": "sammlung", "ausloeser": "anlegen", "daten": {"titel": "Noch eine"}}
    antwort = k.sende("/zuege", {"schritte": [aufnehmen(eins), aufnehmen(zwei), neu]}, Idempotency_Key="z")
    assert antwort.status_code == 200, antwort.text
    assert [(v["art"], v["zustand"]) for v in antwort.json()["vorgaenge"]] == [
        ("meldebogen", "in_sammlung"), ("meldebogen", "in_sammlung"), ("sammlung", "offen")]
    assert k.sende("/zuege", {"schritte": [aufnehmen(eins), aufnehmen(zwei), neu]}, Idempotency_Key="z").json() == antwort.json()
    for leer in ({}, {"schritte": []}, {"schritte": [neu] * 101}, {"schritte": [7]}, {"schritte": [{"art": "x", "ausloeser": "y"}]}):
        problem(k.sende("/zuege", leer), 422, "ungueltig")


def test_den_letzten_schritt_zuruecknehmen(dienst: Dienst) -> None:
    k, meldung = dienst.als(K), melde(dienst)
    k.tue(meldung, "parken", grund="später", wiedervorlage_am="2026-03-02")
    problem(k.sende(f"/vorgaenge/{meldung}/zuruecknehmen", {"grund": "falsch"}), 428, "fassung-fehlt")
    problem(k.sende(f"/vorgaenge/{meldung}/zuruecknehmen", {"grund": " "}, fassung=3), 422, "ungueltig")
    problem(dienst.als(MELDER).sende(f"/vorgaenge/{meldung}/zuruecknehmen", {"grund": "falsch"}, fassung=3), 403, "nicht-erlaubt")
    antwort = k.sende(f"/vorgaenge/{meldung}/zuruecknehmen", {"grund": "falsch"}, fassung=3)
    assert antwort.json()["vorgaenge"] == [{"key": meldung, "art": "meldebogen", "zustand": "eingegangen", "version": 4}], antwort.text
    ereignisse = k.hole(f"/vorgaenge/{meldung}/verlauf").json()["ereignisse"]
    assert [(e["ausloeser"], e["zurueckgenommen"]) for e in ereignisse] == [
        ("einreichen", False), ("uebernehmen", True), ("parken", True), ("zuruecknehmen", False)]
    assert ereignisse[-1]["akt"] == antwort.json()["akt"]
    problem(k.sende(f"/vorgaenge/{meldung}/zuruecknehmen", {"grund": "falsch"}, fassung=4), 409, "nicht-moeglich")


def test_eine_wiederholte_ruecknahme_gilt_derselben_fassung(dienst: Dienst) -> None:
    """Unter demselben Wiederholungsschlüssel ist eine andere Fassung eine andere Anfrage, nicht die alte Antwort."""
    k, meldung = dienst.als(K), melde(dienst)
    k.tue(meldung, "parken", grund="später", wiedervorlage_am="2026-03-02")
    weg = f"/vorgaenge/{meldung}/zuruecknehmen"
    erste = k.sende(weg, {"grund": "falsch"}, fassung=3, Idempotency_Key="u")
    assert erste.status_code == 200 and k.sende(weg, {"grund": "falsch"}, fassung=3, Idempotency_Key="u").json() == erste.json()
    k.tue(meldung, "parken", grund="später", wiedervorlage_am="2026-03-02")
    for fassung in (5, None):
        problem(k.sende(weg, {"grund": "falsch"}, fassung=fassung, Idempotency_Key="u"), 422, "ungueltig")


# --- Tabellen, Formulare, Beschreibung --------------------------------------------------------------------------------


def test_tabellen_und_formulare(dienst: Dienst) -> None:
    melder = dienst.als(MELDER)
    assert [p["art"] for p in melder.hole("/prozesse").json()["prozesse"]] == list(PROZESSE)
    for art, prozess in PROZESSE.items():
        tabelle = melder.hole(f"/prozesse/{art}").json()
        assert len(tabelle["uebergaenge"]) == len(prozess.uebergaenge) and len(tabelle["zustaende"]) == len(prozess.zustaende)
        for name in {u["formular"] for u in tabelle["uebergaenge"]} - {None}:
            assert melder.hole(f"/formulare/{art}/{name}").json()["type"] == "object"
    felder = melder.hole("/formulare/meldebogen/Einreichen").json()["properties"]
    assert MELDUNG["kommune"] in felder["kommune"]["enum"] and "x-liste" not in json.dumps(felder)
    problem(melder.hole("/formulare/meldebogen/Formular"), 404, "nicht-gefunden")
    problem(melder.hole("/prozesse", x="1"), 422, "ungueltig")


def test_die_beschreibung_nennt_genau_was_es_gibt(dienst: Dienst) -> None:
    antwort = dienst.netz.get("/api/openapi.json")
    assert antwort.status_code == 200
    dokument = antwort.json()
    wege = {(m.upper(), w) for w, methoden in dokument["paths"].items() for m in methoden}
    anfaenge = {("POST", f"{V1}/vorgaenge/{p.art}/{u.ausloeser}") for p in PROZESSE.values() for u in p.moeglich("") if not u.folgt}
    schritte = {("POST", f"{V1}/vorgaenge/{{key}}/schritte/{a}") for a in AUSLOESER}
    eigene = {(w.methode, w.path) for router in ROUTER for w in router if w.path.startswith(f"{V1}/") and w not in api_stammdaten.router}
    allgemein = {("POST", f"{V1}/vorgaenge/{{art}}/{{ausloeser}}"), ("POST", f"{V1}/vorgaenge/{{key}}/schritte/{{ausloeser}}")}
    je_art = (("GET", ""), ("POST", ""), ("GET", "/{nummer}"), ("POST", "/{nummer}"), ("POST", "/{nummer}/beenden"),
              ("GET", "/{nummer}/verlauf"))
    stammdaten = {(m, f"{V1}/stammdaten/{art}{weg}") for art in ARTEN for m, weg in je_art}
    assert {(m, weg) for r in api_stammdaten.router for m in r.aufgeloest.methods
            for weg in [r.path.removeprefix(f"{V1}/stammdaten/{{art}}")]} == set(je_art)
    assert wege == (eigene - allgemein) | anfaenge | schritte | stammdaten
    kennungen = [o["operationId"] for methoden in dokument["paths"].values() for o in methoden.values()]
    assert len(kennungen) == len(set(kennungen))


def test_jeder_schritt_jeder_tabelle_steht_offen(dienst: Dienst) -> None:
    """Kein Auslöser, den eine Person schalten kann, fehlt; was nur der Kette gehört, gibt es hier nicht."""
    k = dienst.als(K)
    meldung = melde(dienst)
    for p in PROZESSE.values():
        for a in p.ausloeser:
            uebergaenge = [u for u in p.uebergaenge if u.ausloeser == a]
            klickbar = any(u.von and not u.folgt and not braucht_datei(u) for u in uebergaenge)
            assert not klickbar or k.sende(f"/vorgaenge/{meldung}/schritte/{a}", {"daten": {"x": []}}, fassung=1).status_code in (409, 422)
            if any(not u.von for u in uebergaenge):
                beginnbar = any(not u.von and not u.folgt for u in uebergaenge)
                assert k.sende(f"/vorgaenge/{p.art}/{a}", {"daten": {"x": []}}).status_code == (422 if beginnbar else 404)


def test_die_seite_der_schnittstelle_ist_von_hier(dienst: Dienst) -> None:
    seite = dienst.netz.get("/api")
    assert seite.status_code == 200 and "/vorgaenge/meldebogen/einreichen" in seite.text
    assert "http://" not in seite.text.replace("http://www.w3.org", "") and "https://" not in seite.text and "<script>" not in seite.text
    assert "unsafe" not in seite.headers["content-security-policy"]
    for name in ("nicht-gefunden", "fassung-veraltet"):
        assert dienst.netz.get(f"/api/probleme/{name}").status_code == 200
    assert dienst.netz.get(f"/api/probleme/{GEHEIM}").status_code == 404


def test_ein_abgelaufener_schluessel_gilt_nicht_mehr(dienst: Dienst) -> None:
    k = dienst.als(K)
    assert k.hole("/prozesse").status_code == 200
    dienst.jetzt += timedelta(days=91)
    problem(k.hole("/prozesse"), 401, "nicht-angemeldet")
