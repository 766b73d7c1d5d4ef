"""Übergeben wechselt die zuständige Person; ein leeres Feld nimmt niemandem die Vertretung (Regel 14)."""

from __future__ import annotations

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import NichtGefunden, Ungueltig, Verboten
from service.handelnde import Handelnde
from service.profil import Profil
from service.sicht import Ebene, lies
from service.stammdaten import handelnde as lies_handelnde
from service.uebergabe import geeignete
from service.umfeld import Umfeld
from tests.bau import ISERLOHN, JETZT, KOORDINATION, KOORDINATION_B, konto, melde, person, tue
from tests.browserprobe import Fenster, seiten
from tests.service.test_seiten import ANGABEN
from tests.service.test_thema_kette import Lauf


def _wer(db: Datenbank, key: str) -> tuple[str, str]:
    with db.lesen() as s:
        (zeile,) = s.alle("SELECT zustaendig, vertretung FROM vorgang WHERE key = :key", {"key": key})
    return str(zeile[0]), str(zeile[1])


@pytest.mark.parametrize("leer", [{}, {"vertretung": None}])
def test_ohne_angabe_bleibt_die_vertretung(db: Datenbank, umfeld: Umfeld, leer: dict[str, None]) -> None:
    for k in ("koord_a", "koord_b", "koord_is"):
        konto(db, k, "koordination")
    key = melde(db, umfeld)
    assert _wer(db, key) == ("koord_a", "koord_b")
    tue(db, umfeld, KOORDINATION, Schritt("uebergeben", key, daten={"zustaendig": "koord_is", **leer}, grund="Urlaub"))
    assert _wer(db, key) == ("koord_is", "koord_b")
    tue(db, umfeld, KOORDINATION, Schritt("uebergeben", key, daten={"zustaendig": "koord_b", "vertretung": "koord_a"}, grund="Urlaub"))
    assert _wer(db, key) == ("koord_b", "koord_a")


def _uebergib(db: Datenbank, umfeld: Umfeld, key: str, **an: str) -> dict[str, str]:
    """Feld -> Satz; leer, wenn es ging."""
    try:
        tue(db, umfeld, KOORDINATION, Schritt("uebergeben", key, daten=an, grund="Urlaub"))
    except Ungueltig as fehler:
        return dict(fehler.befunde)
    return {}


def test_uebergeben_wird_nur_an_jemanden_der_den_vorgang_fuehren_darf(db: Datenbank, umfeld: Umfeld) -> None:
    for k, rolle in (("koord_b", "koordination"), ("koord_c", "koordination"), ("melder", "melder"),
                       ("cm", "case_management"), ("technik", "admin")):
        konto(db, k, rolle)
    meldung = melde(db, umfeld, einzelfall_uebergabe_gewuenscht=True)
    satz = "Diese Person darf den Vorgang jetzt nicht führen. Bitte nennen Sie jemanden mit der Rolle Koordination."
    assert _uebergib(db, umfeld, meldung, zustaendig="melder") == {"zustaendig": satz}
    assert _uebergib(db, umfeld, meldung, zustaendig="koord_b", vertretung="cm") == {"vertretung": satz}
    assert _uebergib(db, umfeld, meldung, zustaendig="technik", vertretung="melder").keys() == {"zustaendig", "vertretung"}
    assert _uebergib(db, umfeld, meldung, zustaendig="koord_b", vertretung="koord_c") == {}
    # ein angebotener Einzelfall liegt beim Case Management; dort passt es, die Koordination auch
    tue(db, umfeld, KOORDINATION, Schritt("einwilligung_verzeichnen", meldung, daten={"einwilligung_uebergabe": True}))
    einzelfall = tue(db, umfeld, KOORDINATION, Schritt("anbieten", art="einzelfalluebergabe", daten={
        "meldung": meldung, "an": "KIM-Case Management Iserlohn"})).erste.key
    assert _uebergib(db, umfeld, einzelfall, zustaendig="melder")["zustaendig"].endswith("Case Management oder Koordination.")
    assert _uebergib(db, umfeld, einzelfall, zustaendig="cm", vertretung="koord_b") == {}
    assert _wer(db, einzelfall) == ("cm", "koord_b")


def test_die_seite_schlaegt_nur_vor_was_angenommen_wird(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    meldung, _ = Fenster(app, "stelle-abh-mk").sende("/neu/meldebogen/einreichen", **ANGABEN)
    key = meldung.rsplit("/", 1)[1]
    umfeld = app.state.anwendung.umfeld()
    with db.lesen() as s:
        vorschlaege = {p.key for p in geeignete(s, key, JETZT.date().isoformat(), umfeld.profil)}
        alle = {k for (k,) in s.alle("SELECT key FROM person")}
    assert {"koordination-a", "koordination-b", "koordination-iserlohn"} <= vorschlaege < alle
    text = Fenster(app, "koordination-a").client.get(f"{meldung}/schritt/uebergeben").text
    assert {k for k in alle if f'<option value="{k}">' in text} == vorschlaege
    wer = handelnde(db, "koordination-a", umfeld)
    for k in sorted(alle):
        befunde: dict[str, str] = {}
        schon, _ = _wer(db, key)
        try:
            tue(db, umfeld, wer, Schritt("uebergeben", key, daten={"zustaendig": k}, grund="Urlaub"))
        except Ungueltig as fehler:
            befunde = dict(fehler.befunde)
        assert ("zustaendig" not in befunde) == (k in vorschlaege and k != schon), k


def test_wer_uebernimmt_vertritt_sich_nicht_selbst(db: Datenbank, umfeld: Umfeld) -> None:
    for k in ("koord_a", "koord_b", "koord_c"):
        konto(db, k, "koordination")
    meldung = melde(db, umfeld)
    for wie_bisher in ({"zustaendig": "koord_a"}, {"zustaendig": "koord_a", "vertretung": "koord_b"}):
        assert list(_uebergib(db, umfeld, meldung, **wie_bisher)) == ["zustaendig"]
    assert _uebergib(db, umfeld, meldung, zustaendig="koord_a", vertretung="koord_c") == {}, "nur die Vertretung ist eine andere"
    assert _uebergib(db, umfeld, meldung, zustaendig="koord_a", vertretung="koord_b") == {}
    assert list(_uebergib(db, umfeld, meldung, zustaendig="koord_b")) == ["vertretung"] and _wer(db, meldung) == ("koord_a", "koord_b")
    assert list(_uebergib(db, umfeld, meldung, zustaendig="koord_c", vertretung="koord_c")) == ["vertretung"]
    assert _uebergib(db, umfeld, meldung, zustaendig="koord_b", vertretung="koord_c") == {} and _wer(db, meldung) == ("koord_b", "koord_c")
    with db.transaktion() as s:
        s.fuehre("UPDATE vorgang SET vertretung = zustaendig WHERE key = :key", {"key": meldung})
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", meldung))  # was früher so entstand, hält keinen anderen Schritt auf


def handelnde(db: Datenbank, key: str, umfeld: Umfeld) -> Handelnde:
    with db.lesen() as s:
        return lies_handelnde(s, key, JETZT.date().isoformat(), umfeld.profil)


def test_ein_schritt_ohne_vorgang_und_ohne_art_findet_nichts(db: Datenbank, umfeld: Umfeld) -> None:
    with pytest.raises(NichtGefunden):
        tue(db, umfeld, KOORDINATION, Schritt("uebergeben", grund="x"))


@pytest.mark.parametrize("was", ["meldebogen", "fallrekonstruktion"])
def test_eine_fremde_koordination_nimmt_sich_nichts(db: Datenbank, umfeld: Umfeld, was: str) -> None:
    """Wer nur Titel und Kommune sieht, macht sich nicht selbst zuständig; sonst läse sie danach alles."""
    konto(db, "koord_is", "koordination")
    lauf = Lauf(db, umfeld)
    meldung = lauf.ausgewaehlt()[0]
    key = meldung if was == "meldebogen" else lauf.eingeladen([meldung])
    with pytest.raises(Verboten):
        lauf.tue("uebergeben", key, wer=ISERLOHN, zustaendig="koord_is", grund="mir zugeordnet")
    with db.lesen() as s:
        gesehen = lies(s, ISERLOHN, key, JETZT.date())
    assert "uebergeben" not in {u.ausloeser for u in gesehen.schritte}
    assert gesehen.ebene is (Ebene.TITEL if was == "meldebogen" else Ebene.VOLL)


@pytest.mark.parametrize("was", ["meldebogen", "fallrekonstruktion"])
def test_bereich_zustaendige_und_vertretung_uebergeben(db: Datenbank, umfeld: Umfeld, was: str) -> None:
    """Auch aus einem anderen Bereich: Wo es nur eine Koordination gibt, kommt die zweite Person von dort und springt ein."""
    for k in ("koord_a", "koord_b", "koord_c", "koord_is"):
        konto(db, k, "koordination")
    lauf = Lauf(db, umfeld)
    meldung = melde(db, umfeld, kommune="Iserlohn")
    key = meldung
    if was == "fallrekonstruktion":
        lauf.tue("aufnehmen", meldung, wer=ISERLOHN, sammlung=lauf.tue("anlegen", art="sammlung", titel="Kurse"))
        lauf.tue("auswaehlen", meldung, wer=ISERLOHN, grund="gut belegt")
        key = lauf.tue("anlegen", art="fallrekonstruktion", wer=ISERLOHN, meldungen=[meldung])
    assert _wer(db, key) == ("koord_is", "koord_a")
    with pytest.raises(Verboten):
        lauf.tue("uebergeben", key, wer=KOORDINATION_B, zustaendig="koord_b", grund="krank")
    lauf.tue("uebergeben", key, wer=KOORDINATION, zustaendig="koord_b", grund="krank")  # die Vertretung
    assert _wer(db, key) == ("koord_b", "koord_a")
    lauf.tue("uebergeben", key, wer=KOORDINATION_B, vertretung="koord_c", zustaendig="koord_b", grund="Urlaub")  # die Zuständige
    assert _wer(db, key) == ("koord_b", "koord_c")
    neu = person("koord_neu", "koordination", bereich="iserlohn")  # beide sind gegangen, im Bereich ist jemand neu
    lauf.tue("uebergeben", key, wer=neu, zustaendig="koord_is", grund="Nachfolge")
    assert _wer(db, key) == ("koord_is", "koord_c")
