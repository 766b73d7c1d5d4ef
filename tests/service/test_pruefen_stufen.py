"""Der Tag, an dem eine Frist wieder drankommt: Wer ihn in der Datenbank verstellt, bringt sie nicht unbemerkt zum Schweigen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Beschaedigt
from service.fristen import runde
from service.profil import Profil
from service.pruefen import pruefe
from service.sicherung import sichere, stelle_wieder_her
from service.stammdaten import uebernehme_profil
from service.umfeld import Umfeld, lade_umfeld
from service.zuruecknehmen import nimm_zurueck
from tests.bau import JETZT, KOORDINATION, MELDER, melde, tue
from tests.datenbild import Anleger

ENTSCHEIDEN = "name = 'vorpruefung_entscheiden' AND offen = 1"


def _am(tag: str) -> datetime:
    return datetime.fromisoformat(f"{tag}T06:00:00").replace(tzinfo=UTC)


def _uebernimm(db: Datenbank, profil: Profil, jetzt: datetime = JETZT) -> Umfeld:
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, jetzt, "test"))
    with db.lesen() as s:
        return lade_umfeld(s, jetzt.date().isoformat())


@pytest.fixture
def laufend(db: Datenbank, profil: Profil) -> tuple[Datenbank, Umfeld]:
    """MK-1: Vorprüfung läuft, eine Runde hat an ihren Beginn erinnert; MK-2 wartet auf eine Antwort; MK-3 ist geparkt."""
    umfeld = _uebernimm(db, profil)
    _, zwei, drei = (melde(db, umfeld) for _ in range(3))
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", zwei, daten={"frage": "Wann?"}))
    tue(db, umfeld, KOORDINATION, Schritt("parken", drei, daten={"wiedervorlage_am": "2026-03-02"}, grund="Erlass"))
    assert runde(db, umfeld, _am("2026-01-12")).erinnert == 1
    assert _befunde(db, "2026-01-12") == []
    return db, umfeld


def _befunde(db: Datenbank, am: str | None = None) -> list[str]:
    with db.lesen() as s:
        return [f"{ort} {satz}" for ort, satz in pruefe(s, stand=_am(am) if am else None).fehler]


STUMM = [
    (f"naechste = NULL WHERE vorgang = 1 AND {ENTSCHEIDEN}", "kommt nie wieder dran; nach ihren Stufen wäre es der 28.01.2026."),
    (f"naechste = '2099-01-02' WHERE vorgang = 1 AND {ENTSCHEIDEN}",
     "kommt erst am 02.01.2099 wieder dran; nach ihren Stufen wäre es der 28.01.2026."),
    (f"stufe = 1, naechste = '2026-02-04' WHERE vorgang = 1 AND {ENTSCHEIDEN}", "ohne dass eine Nachricht oder ein Schritt davon zeugt."),
    (f"stufe = 2, naechste = NULL WHERE vorgang = 1 AND {ENTSCHEIDEN}", "ohne dass eine Nachricht oder ein Schritt davon zeugt."),
    (f"stufe = 1000000, naechste = NULL WHERE vorgang = 1 AND {ENTSCHEIDEN}", "ohne dass eine Nachricht oder ein Schritt davon zeugt."),
    ("naechste = NULL WHERE vorgang = 1 AND name = 'vorpruefung_beginnen' AND offen = 1", "nach ihren Stufen wäre es der 14.01.2026."),
    ("stufe = 2, naechste = NULL WHERE vorgang = 1 AND name = 'vorpruefung_beginnen' AND offen = 1", "ein Schritt davon zeugt."),
    ("stufe = 900000000, naechste = '2099-01-02' WHERE vorgang = 1 AND name = 'liegt_noch_bei_uns' AND offen = 1",
     "kommt erst am 02.01.2099 wieder dran, obwohl keine ihrer Stufen mehr aussteht."),
    (f"naechste = '2026-01-28' WHERE vorgang = 2 AND {ENTSCHEIDEN}", "ruht und kommt doch wieder dran."),
    ("naechste = '2027-03-02' WHERE vorgang = 3 AND name = 'wiedervorlage' AND offen = 1", "nach ihren Stufen wäre es der 02.03.2026."),
    ("stufe = 1, naechste = NULL WHERE vorgang = 3 AND name = 'wiedervorlage' AND offen = 1", "ein Schritt davon zeugt."),
]


@pytest.mark.parametrize("nr", range(len(STUMM)))
def test_eine_stumm_gestellte_frist_faellt_auf(laufend: tuple[Datenbank, Umfeld], nr: int) -> None:
    befehl, satz = STUMM[nr]
    db, _ = laufend
    with db.transaktion() as s:
        assert s.fuehre(f"UPDATE frist SET {befehl}") == 1
    (befund,) = _befunde(db, "2026-01-12")
    assert befund.endswith(satz)


def test_ruhen_weiterlaufen_und_zuruecknehmen_ruecken_den_tag_rechtmaessig(laufend: tuple[Datenbank, Umfeld]) -> None:
    db, umfeld = laufend
    tue(db, umfeld, MELDER, Schritt("antworten", "MK-2026-0002", daten={"text": "Gestern."}), jetzt=_am("2026-01-14"))
    for tag in ("2026-01-14", "2026-01-28", "2026-02-04", "2026-02-11"):
        runde(db, umfeld, _am(tag))
        assert _befunde(db, tag) == []
    assert runde(db, umfeld, _am("2026-03-02")).geschaltet == 1
    assert _befunde(db, "2026-03-02") == []
    db.in_transaktion(lambda s: nimm_zurueck(s, "MK-2026-0003", "Verklickt", KOORDINATION, _am("2026-03-02"), umfeld))
    assert _befunde(db, "2026-03-02") == []


def test_ein_schritt_der_nicht_ging_kommt_am_naechsten_werktag_wieder_aber_nicht_spaeter(laufend: tuple[Datenbank, Umfeld]) -> None:
    """Bis dahin zeugt die Runde davon, die es versuchte; ein späterer Tag stammt von niemandem."""
    db, _ = laufend
    wieder = "UPDATE frist SET naechste = '{}' WHERE vorgang = 3 AND name = 'wiedervorlage'"
    with db.transaktion() as s:
        s.fuehre(wieder.format("2026-03-04"))
    assert _befunde(db, "2026-03-03") == []
    (befund,) = _befunde(db, "2026-03-02")
    assert befund.endswith("kommt erst am 04.03.2026 wieder dran; nach ihren Stufen wäre es der 02.03.2026.")


def test_neue_erinnerungen_und_schliesstage_ruecken_den_tag_rechtmaessig(laufend: tuple[Datenbank, Umfeld], profil: Profil) -> None:
    """Gerechnet wird mit dem Profil, das galt, als die Frist entstand, oder mit dem, das eine spätere Runde vorfand."""
    db, _ = laufend
    anders = {**profil.fristen, "vorpruefung_beginnen": {"erinnerungen": ["2 WT nach Beginn", "6 WT nach Beginn"]}}
    neues = Profil.model_validate({**profil.model_dump(by_alias=True, mode="json"), "fristen": anders})
    umfeld = _uebernimm(db, neues, _am("2026-01-13"))
    assert _befunde(db, "2026-01-13") == []  # noch mit dem Tag des alten
    runde(db, umfeld, _am("2026-01-14"))
    with db.lesen() as s:
        assert s.wert("SELECT naechste FROM frist WHERE vorgang = 1 AND name = 'vorpruefung_beginnen' AND offen = 1") == "2026-01-15"
    assert _befunde(db, "2026-01-14") == []
    runde(db, umfeld, _am("2026-01-15"))
    assert _befunde(db, "2026-01-15") == []


def test_rueckt_ein_neues_profil_die_erinnerung_nach_vorn_geht_sie_nicht_verloren(db: Datenbank, profil: Profil) -> None:
    umfeld = _uebernimm(db, profil)
    melde(db, umfeld)  # 07.01.; erinnert würde am 12.01.
    anders = {**profil.fristen, "vorpruefung_beginnen": {"erinnerungen": ["1 WT nach Beginn"]}}
    neues = Profil.model_validate({**profil.model_dump(by_alias=True, mode="json"), "fristen": anders})
    umfeld = _uebernimm(db, neues, JETZT + timedelta(hours=1))
    erinnert = sum(runde(db, umfeld, _am(date(2026, 1, tag).isoformat())).erinnert for tag in (8, 9, 12, 13))
    assert erinnert == 1 and _befunde(db, "2026-01-13") == []


def test_eine_sicherung_mit_einer_stummen_frist_wird_nicht_wiederhergestellt(
        laufend: tuple[Datenbank, Umfeld], tmp_path: Path, anlegen: Anleger) -> None:
    db, _ = laufend
    with db.transaktion() as s:
        s.fuehre("UPDATE frist SET naechste = '2099-01-02' WHERE vorgang = 3 AND name = 'wiedervorlage'")
    sichere(db, tmp_path / "stumm.zip", _am("2026-01-12"), "konto")
    with pytest.raises(Beschaedigt, match="wiedervorlage"):
        stelle_wieder_her(anlegen("sqlite"), tmp_path / "stumm.zip", _am("2026-01-12"), "konto")
