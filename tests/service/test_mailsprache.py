"""In welcher Sprache eine Nachricht kommt: in der, die der Browser bei der letzten Anmeldung wünschte."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from service.apply import Schritt
from service.ausgang import stelle_zusammen
from service.buendel import WARTEZEIT
from service.db import Datenbank
from service.entwuerfe import erinnere, merke
from service.profil import Profil
from service.umfeld import Umfeld
from service.zustellung import versandrunde
from tests.bau import JETZT, MELDUNG, tue
from tests.netz import Netz
from tests.postamt import bevoelkere, konto, offenes_postamt, text_von, ueber
from tests.sprachprobe import ENGLISCH, geklammerte


@pytest.fixture
def kreis(db: Datenbank, profil: Profil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Umfeld:
    sprachen = geklammerte(tmp_path)
    monkeypatch.setattr("forms.sprache.mitgelieferte", lambda: sprachen)
    return bevoelkere(db, profil)


@pytest.fixture
def netz(db: Datenbank, kreis: Umfeld, profil: Profil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Netz:
    netz = Netz(db, profil)
    monkeypatch.setattr(netz.app.state.anwendung.vorlagen, "sprachen", geklammerte(tmp_path / "seiten"))
    return netz


def _uebergib(db: Datenbank, kreis: Umfeld, an: str) -> str:
    daten = {**MELDUNG, "titel": "Sitzung"}  # auch ein Wort der Anwendung, hier aber von Menschen
    key = tue(db, kreis, konto(db, "stelle-mbe-luedenscheid"), Schritt("einreichen", art="meldebogen", daten=daten)).erste.key
    an_wen = {"zustaendig": an, "vertretung": "koordination-a"}
    tue(db, kreis, konto(db, "koordination-a"), Schritt("uebergeben", key, grund="Urlaub", daten=an_wen))
    return key


def _sprache(db: Datenbank, person: str) -> str | None:
    with db.lesen() as s:
        return s.wert("SELECT sprache FROM besuch WHERE person = :person", {"person": person})  # type: ignore[no-any-return]


def test_jede_person_in_ihrer_sprache_und_eine_stelle_deutsch(db: Datenbank, kreis: Umfeld, netz: Netz) -> None:
    englisch = netz.browser()
    englisch.headers.update(ENGLISCH)
    englisch.als("koordination-b")
    netz.browser().als("koordination-a")
    assert (_sprache(db, "koordination-b"), _sprache(db, "koordination-a")) == ("en", "de")
    key = _uebergib(db, kreis, "koordination-b")
    with offenes_postamt() as amt:
        versandrunde(db, ueber(amt), kreis, JETZT + WARTEZEIT)
        nach_betreff = {str(m["Subject"]): m for m in amt.angenommen}
    assert f"Ihre Meldung {key} ist eingegangen" in nach_betreff
    mail = nach_betreff[f"⟦Ihnen übergeben: {key}⟧"]
    text = " ".join(text_von(mail).split())
    assert text.startswith("⟦Guten Tag!⟧") and f"⟦⟦Die Meldung⟧ {key} ist Ihnen übergeben worden.⟧" in text
    assert '<html lang="en">' in text_von(mail, "html") and "⟦Mit freundlichen Grüßen⟧" in text_von(mail, "html")


def test_die_letzte_anmeldung_gilt(db: Datenbank, kreis: Umfeld, netz: Netz) -> None:
    browser = netz.browser()
    browser.headers.update(ENGLISCH)
    browser.als("koordination-b")
    netz.uhr.vor(days=1)
    netz.browser().als("koordination-b")
    assert _sprache(db, "koordination-b") == "de"
    _uebergib(db, kreis, "koordination-b")
    db.in_transaktion(lambda s: stelle_zusammen(s, kreis, JETZT + WARTEZEIT))
    with db.lesen() as s:
        assert not [b for (b,) in s.alle("SELECT betreff FROM sendung") if "⟦" in b]


def test_die_erinnerung_an_einen_entwurf_auch(db: Datenbank, kreis: Umfeld) -> None:
    db.in_transaktion(lambda s: s.fuehre("INSERT INTO besuch (person, zuletzt, vorher, sprache) VALUES ('koordination-b', '', '', 'en')"))
    for art in ("meldebogen", "sammlung"):
        db.in_transaktion(lambda s, art=art: merke(  # type: ignore[misc]
            s, "koordination-b", art, "einreichen" if art == "meldebogen" else "anlegen", "neu:a", {"titel": ["Sitzung"]}, 0, JETZT))
    db.in_transaktion(lambda s: erinnere(s, kreis, JETZT + timedelta(days=25), "https://kreislauf.kreis.example"))
    with db.lesen() as s:
        [(betreff, inhalt)] = s.alle("SELECT betreff, inhalt FROM sendung")
    assert betreff == "⟦Erinnerung: Entwürfe werden bald gelöscht⟧" and "⟦Sie haben 2 Entwürfe angefangen" in inhalt


def test_ohne_kataloge_merkt_sich_das_niemand(db: Datenbank, profil: Profil) -> None:
    bevoelkere(db, profil)
    netz = Netz(db, profil)
    browser = netz.browser()
    browser.headers.update(ENGLISCH)
    browser.als("koordination-b")
    assert _sprache(db, "koordination-b") is None
