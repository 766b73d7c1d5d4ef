"""Eine Meldung wechselt den Bereich: Wer annimmt, ist zuständig, die Vertretung kommt von dort, die bisherige Person erfährt es."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Datenbank
from service.empfaenger import Empfaengersuche, Meldung
from service.errors import Ungueltig, Verboten
from service.faltung import falte
from service.profil import Profil
from service.pruefen import pruefe
from service.sicht import Ebene, lies
from service.umfeld import Umfeld, umfeld_aus
from service.zuruecknehmen import ereignisse_von, nimm_zurueck
from tests.bau import ISERLOHN, JETZT, KOORDINATION, konto, melde, ohne_sitze, tue
from tests.browserprobe import Fenster, seiten
from tests.service.test_seiten import ANGABEN


@pytest.fixture
def zu_viert(profil: Profil) -> Umfeld:
    """Zwei Koordinationen je Bereich: Nach dem Wechsel bleibt niemand aus dem bisherigen."""
    return umfeld_aus(ohne_sitze(profil), "test", {"kreis": ("koord_a", "koord_b"), "iserlohn": ("koord_is", "koord_is2")})


def _wer(db: Datenbank, key: str) -> tuple[str, str, str]:
    with db.lesen() as s:
        (zeile,) = s.alle("SELECT bereich, zustaendig, vertretung FROM vorgang WHERE key = :key", {"key": key})
    return str(zeile[0]), str(zeile[1]), str(zeile[2])


def _gewechselt(db: Datenbank, umfeld: Umfeld) -> str:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("bereich_abgeben", key, daten={"an": "iserlohn"}, grund="Akte liegt dort"))
    assert _wer(db, key) == ("kreis", "koord_a", "koord_b")
    tue(db, umfeld, ISERLOHN, Schritt("bereich_annehmen", key))
    return key


def test_mit_der_annahme_geht_die_zustaendigkeit_ueber(db: Datenbank, zu_viert: Umfeld) -> None:
    key = _gewechselt(db, zu_viert)
    assert _wer(db, key) == ("iserlohn", "koord_is", "koord_is2")
    with db.lesen() as s:
        bisher, neu = (lies(s, wer, key, JETZT.date()) for wer in (KOORDINATION, ISERLOHN))
        assert pruefe(s).fehler == []
    assert (bisher.ebene, bisher.schritte) == (Ebene.TITEL, ())
    assert neu.ebene is Ebene.VOLL
    with pytest.raises(Verboten):
        tue(db, zu_viert, KOORDINATION, Schritt("parken", key, daten={"wiedervorlage_am": "2026-03-02"}, grund="x"))


def test_mit_nur_einer_koordination_kommt_die_vertretung_aus_dem_anderen_bereich(db: Datenbank, umfeld: Umfeld) -> None:
    assert _wer(db, _gewechselt(db, umfeld)) == ("iserlohn", "koord_is", "koord_a")


def test_wer_abgab_erfaehrt_die_annahme(db: Datenbank, zu_viert: Umfeld) -> None:
    for k in ("koord_a", "koord_b", "koord_is", "koord_is2"):
        konto(db, k, "koordination")
    _gewechselt(db, zu_viert)
    with db.lesen() as s:
        kennung, nr, an = s.eine("SELECT vorgang, nr, an FROM ausgang WHERE anlass = 'abgabe_angenommen'") or (0, 0, "")
        suche = Empfaengersuche(s, zu_viert, berliner_tag(JETZT))
        gemeint = suche.anreden(Meldung(nr, kennung, "abgabe_angenommen", tuple(an.split(",")), person="koord_is"))
    assert [a.empfaenger.key for a in gemeint] == ["koord_a"]


def test_zuruecknehmen_gibt_bereich_und_zustaendige_zurueck(db: Datenbank, zu_viert: Umfeld) -> None:
    key = _gewechselt(db, zu_viert)
    spaeter = JETZT + timedelta(minutes=5)
    db.in_transaktion(lambda s: nimm_zurueck(s, key, "aus Versehen", ISERLOHN, spaeter, zu_viert))
    assert _wer(db, key) == ("kreis", "koord_a", "koord_b")
    tue(db, zu_viert, ISERLOHN, Schritt("bereich_annehmen", key), jetzt=spaeter)
    assert _wer(db, key) == ("iserlohn", "koord_is", "koord_is2")


def test_eine_annahme_nach_frueherer_fassung_liest_sich_wie_heute(db: Datenbank, zu_viert: Umfeld) -> None:
    """Sie nannte keine Vertretung; wer annahm, steht am Ereignis. So kommt beim Umstellen heraus, wer zuständig ist."""
    _gewechselt(db, zu_viert)
    with db.lesen() as s:
        (kennung,) = (z[0] for z in s.alle("SELECT id FROM vorgang"))
        alte = [replace(e, inhalt='{"daten":{},"grund":""}') if e.ausloeser == "bereich_annehmen" else e
                for e in ereignisse_von(s, [kennung])[kennung]]
    neu = falte("meldebogen", alte)
    assert (neu["bereich"], neu["zustaendig"], neu["vertretung"], neu["angeboten_an"]) == ("iserlohn", "koord_is", "koord_b", None)


@pytest.mark.parametrize(("ausloeser", "daten", "feld"), [
    ("bereich_abgeben", {"an": "quatsch"}, "an"), ("text_teilen", {"geteilt_mit": ["iserlohn", "quatsch"]}, "geteilt_mit.2")])
def test_einen_bereich_den_es_nicht_gibt_lehnt_das_feld_ab(db: Datenbank, umfeld: Umfeld, ausloeser: str, daten: dict[str, object],
                                                           feld: str) -> None:
    key = melde(db, umfeld)
    with pytest.raises(Ungueltig) as fehler:
        tue(db, umfeld, KOORDINATION, Schritt(ausloeser, key, daten=daten, grund="Akte liegt dort"))
    assert dict(fehler.value.befunde) == {feld: "Diesen Bereich gibt es hier nicht. Bitte wählen Sie einen anderen."}


@pytest.mark.parametrize(("schritt", "name"), [("bereich_abgeben", "an"), ("text_teilen", "geteilt_mit")])
def test_die_seite_bietet_die_anderen_bereiche_an(db: Datenbank, profil: Profil, schritt: str, name: str) -> None:
    app = seiten(db, profil, JETZT)
    meldung, _ = Fenster(app, "stelle-abh-mk").sende("/neu/meldebogen/einreichen", **ANGABEN)
    text = Fenster(app, "koordination-a").client.get(f"{meldung}/schritt/{schritt}").text
    assert 'value="iserlohn"' in text and 'value="kreis"' not in text
    assert f'name="{name}"' in text
