"""Ein Profil übernehmen, Konten der Vorführung anlegen, und wer aus einem Konto zum Handeln wird."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from service.db import Datenbank
from service.errors import Betriebsfehler, NichtGefunden, Verboten
from service.handelnde import Handelnde
from service.profil import Profil, lesen_text
from service.sicht import Ebene, lies
from service.stammdaten import geltendes_profil, handelnde, uebernehme_profil
from service.umfeld import Umfeld, lade_umfeld
from tests.bau import JETZT
from tests.conftest import PROFIL
from tests.service.test_zielsystem_kette import Umsetzung

HEUTE = "2026-01-07"


def _uebernimm(db: Datenbank, profil: Profil, **kw: object) -> list[str]:
    return db.in_transaktion(lambda s: uebernehme_profil(s, profil, JETZT, "betrieb", **kw))  # type: ignore[arg-type]


def _handelnde(db: Datenbank, key: str, heute: str = HEUTE) -> Handelnde:
    with db.lesen() as s:
        return handelnde(s, key, heute)


def _anderes(alt: str, neu: str) -> Profil:
    text = PROFIL.read_text()
    assert alt in text
    return lesen_text(text.replace(alt, neu))


def _zahl(db: Datenbank, tabelle: str) -> int:
    with db.lesen() as s:
        return int(s.wert(f"SELECT count(*) FROM {tabelle}"))


def test_das_profil_kommt_unveraendert_zurueck(db: Datenbank, profil: Profil) -> None:
    with db.lesen() as s, pytest.raises(Betriebsfehler, match="noch kein Profil"):
        geltendes_profil(s)
    assert _uebernimm(db, profil) == []
    with db.lesen() as s:
        umfeld = lade_umfeld(s, HEUTE)
        assert geltendes_profil(s) == (profil, profil.fingerabdruck())
    assert umfeld.profil == profil
    assert (umfeld.fassung, umfeld.profil.fingerabdruck()) == (profil.fingerabdruck(), profil.fingerabdruck())
    assert umfeld.profil.bereich_von("Iserlohn").key == "iserlohn"
    with db.lesen() as s:
        assert s.alle("SELECT person, systemkonto, was FROM protokoll") == [("system", "betrieb", "profil_uebernommen")]


def test_dieselbe_fassung_noch_einmal_aendert_nichts(db: Datenbank, profil: Profil) -> None:
    _uebernimm(db, profil)
    assert _uebernimm(db, profil) == []
    assert (_zahl(db, "profil"), _zahl(db, "protokoll")) == (1, 1)


def test_eine_neue_fassung_gilt_und_nennt_die_unterschiede(db: Datenbank, profil: Profil) -> None:
    _uebernimm(db, profil)
    neu = _anderes('fassung = "2026-01"', 'fassung = "2026-02"')
    assert _uebernimm(db, neu) == ["Die Fassung ändert sich von „2026-01“ zu „2026-02“."]
    with db.lesen() as s:
        assert geltendes_profil(s)[0].fassung == "2026-02"
        angaben = json.loads(s.wert("SELECT angaben FROM protokoll ORDER BY id DESC LIMIT 1"))
    assert angaben == {"fassung": "2026-02", "fingerabdruck": neu.fingerabdruck(), "vorher": profil.fingerabdruck()}
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, JETZT + timedelta(days=1), ""))  # auch zurück ist eine eigene Zeile
    with db.lesen() as s:
        assert geltendes_profil(s)[0].fassung == "2026-01"
    assert _zahl(db, "profil") == 3


def test_konten_gibt_es_nur_auf_wunsch(db: Datenbank, profil: Profil) -> None:
    _uebernimm(db, profil)
    assert _zahl(db, "person") == 0
    assert _uebernimm(db, profil, mit_vorfuehrung=True) == []
    assert _zahl(db, "person") == len(profil.personen) == len({p.key for p in profil.personen})
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM person WHERE vorfuehrung = 0") == 0
        umfeld = lade_umfeld(s, HEUTE)
    assert umfeld.koordination == {"kreis": ("koordination-a", "koordination-b"), "iserlohn": ("koordination-iserlohn",)}
    assert umfeld.zustaendige("iserlohn") == ("koordination-iserlohn", "koordination-a")
    assert _uebernimm(db, profil, mit_vorfuehrung=True) == []
    assert _zahl(db, "person_rolle") == sum(len(p.rollen) for p in profil.personen)


def test_gepflegtes_bleibt_und_der_unterschied_wird_genannt(db: Datenbank, profil: Profil) -> None:
    _uebernimm(db, profil, mit_vorfuehrung=True)
    with db.transaktion() as s:
        s.fuehre("UPDATE person SET name = 'Koordination Nord', institution = 'ki-mk' WHERE key = 'koordination-a'")
        s.fuehre("UPDATE person_rolle SET bis = '2025-12-31' WHERE person = 'koordination-b'")
        s.fuehre("DELETE FROM person_rolle WHERE person = 'gremienbetreuung'")
        s.fuehre("DELETE FROM person WHERE key = 'gremienbetreuung'")
    assert _uebernimm(db, profil, mit_vorfuehrung=True) == [
        "Das Konto „koordination-a“ bleibt, wie es gepflegt ist: Es heißt „Koordination Nord“, im Profil „Koordination A“.",
        "Das Konto „koordination-a“ bleibt, wie es gepflegt ist: Es gehört zur Stelle „ki-mk“, im Profil zu „kim-koordination“.",
        "Das Konto „koordination-b“ bleibt, wie es gepflegt ist: Es hat die Rollen keine, im Profil koordination (kreis).",
    ]
    assert _handelnde(db, "koordination-a").name == "Koordination Nord"
    assert _handelnde(db, "koordination-b").rollen == frozenset()
    assert _handelnde(db, "gremienbetreuung").hat("gremium")  # fehlte und ist wieder da


def test_konten_einer_geschichte_gelten_ab_ihrem_anfang(db: Datenbank, profil: Profil) -> None:
    _uebernimm(db, profil, mit_vorfuehrung=True, ab=date(2024, 1, 15))
    assert _handelnde(db, "koordination-a", "2024-01-15").hat("koordination")
    with pytest.raises(Verboten, match="gilt heute nicht"):
        _handelnde(db, "koordination-a", "2024-01-14")


def test_wer_handelt_hat_die_rollen_des_tages_und_den_namen_seiner_stelle(db: Datenbank, profil: Profil) -> None:
    _uebernimm(db, profil, mit_vorfuehrung=True)
    with db.transaktion() as s:
        s.fuehre("UPDATE person_rolle SET bis = :heute WHERE person = 'koordination-a'", {"heute": HEUTE})
        s.fuehre("INSERT INTO person_rolle (person, rolle, bereich, von) VALUES ('koordination-a', 'verwaltung', '', '2026-01-08')")
        s.fuehre("UPDATE person SET bis = :heute WHERE key = 'koordination-b'", {"heute": HEUTE})
    institution = profil.institution("kim-koordination")
    assert institution is not None
    assert _handelnde(db, "koordination-a") == Handelnde(
        "koordination-a", "Koordination A", institution.name, frozenset({("koordination", "kreis")}), False)
    assert _handelnde(db, "koordination-a", "2026-01-08").rollen == {("verwaltung", "")}
    assert _handelnde(db, "koordination-b").key == "koordination-b"
    for key, tag in (("koordination-b", "2026-01-08"), ("niemand", HEUTE)):
        with pytest.raises(Verboten):
            _handelnde(db, key, tag)


def test_das_kennzeichen_der_auslaenderbehoerde_kommt_aus_dem_profil(db: Datenbank, profil: Profil) -> None:
    _uebernimm(db, profil, mit_vorfuehrung=True)
    assert _handelnde(db, "stelle-abh-mk").abh
    assert not _handelnde(db, "stelle-jobcenter").abh
    with db.transaktion() as s:
        s.fuehre("INSERT INTO person (key, name, institution, von, vorfuehrung) VALUES ('frei', 'Frei', NULL, '2020-01-01', 0)")
    assert not _handelnde(db, "frei").abh


def test_eine_stelle_die_das_profil_nicht_kennt_bleibt_ausgesperrt(db: Datenbank, profil: Profil) -> None:
    _uebernimm(db, profil, mit_vorfuehrung=True)
    db.in_transaktion(lambda s: s.fuehre("UPDATE person SET institution = 'aufgeloest' WHERE key = 'stelle-abh-mk'"))
    assert _uebernimm(db, profil) == [
        "Die Stelle „aufgeloest“ des Kontos „stelle-abh-mk“ kommt im Profil nicht vor. "
        "Bis das geklärt ist, sieht das Konto keine Meldungen."]
    assert _handelnde(db, "stelle-abh-mk").abh
    assert _handelnde(db, "stelle-abh-mk").institution == "aufgeloest"


def test_wessen_stelle_eine_gruppe_leitet_der_leitet_sie(db: Datenbank, profil: Profil, umfeld: Umfeld) -> None:
    """Die Leitung gibt der Beschluss; wer dazu gehört, sieht die kommenden Sitzungen und legt vor, solange es die Gruppe gibt."""
    lauf = Umsetzung(db, umfeld)
    with db.transaktion() as s:
        s.viele("INSERT INTO person (key, name, institution, von, vorfuehrung) VALUES (:key, :key, :institution, '2020-01-01', 0)",
                [{"key": "kim", "institution": "kim-koordination"}, {"key": "jc", "institution": "jobcenter"}])
        s.fuehre("INSERT INTO person_rolle (person, rolle, bereich, von) VALUES ('kim', 'melder', '', '2020-01-01'), "
                 "('jc', 'melder', '', '2020-01-01')")
    lauf.soll()
    lauf.abgestimmt(lauf.entwurf())
    lg, heute = lauf.naechste("2026-09-30"), lauf.jetzt.date()
    with db.lesen() as s:
        leitung, andere = (handelnde(s, k, heute.isoformat(), profil) for k in ("kim", "jc"))
        assert leitung.hat("ag_leitung") and not andere.hat("ag_leitung")
        assert lies(s, leitung, lg, heute).ebene is Ebene.TITEL
        with pytest.raises(NichtGefunden):
            lies(s, andere, lg, heute)
    assert (lauf.ag, "vorgelegt") in lauf.als(leitung, "vorlegen", lauf.ag, sitzung=lg)
    with db.transaktion() as s:
        s.fuehre("UPDATE vorgang SET ende = 1 WHERE key = :key", {"key": lauf.ag})
    with db.lesen() as s:
        assert not handelnde(s, "kim", heute.isoformat(), profil).hat("ag_leitung"), "mit der Gruppe endet auch die Leitung"
