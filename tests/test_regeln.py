"""Die Fragen an das Protokoll finden, wonach sie fragen: je Regel ein gestellter Verstoß, je Zeile der Datenbank eine Fälschung."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from random import Random
from typing import Any

import pytest

from service.db import Datenbank, Sitzung
from tests import regeln, stimmigkeit
from tests.buehne import Buehne, umfeld
from tests.schmied import PERSONEN
from tests.verlauf import Eintrag, Lauf, Link, Verlauf

NACH_KEY = {p.key: p for p in PERSONEN}
STELLE = "VHS Lüdenscheid"
MELDUNG = {"melder_art": "externe_stelle", "melder_institution": STELLE, "institution": STELLE}
VERBUNDEN: tuple[Link, ...] = (("M-1", "rekonstruiert_in", "FR-1"),)


def tat(ausloeser: str, key: str = "M-1", von: str = "a", nach: str = "b", *, art: str = "meldebogen", person: str = "koord_a",
        rolle: str = "koordination", grund: str = "so", akt: str = "", daten: Mapping[str, Any] | None = None,
        vorher: Mapping[str, Any] | None = None, nachher: Mapping[str, Any] | None = None) -> Eintrag:
    return Eintrag(0, key, art, 0, akt, ausloeser, von, nach, person, rolle, date(2026, 1, 7), daten or {}, grund, vorher or {},
                   nachher or {}, {}, frozenset(), frozenset())


class Gestellt(Verlauf):
    """Ein Verlauf aus genannten Ereignissen statt aus der Datenbank; ohne Angabe ist jedes ein eigener Zug."""

    def __init__(self, *eintraege: Eintrag, verbunden: tuple[Link, ...] = ()) -> None:
        self.zurueckgenommen = {str(e.daten["zurueckgenommen"]) for e in eintraege if e.ausloeser == "zuruecknehmen"}
        self.verbindungen = dict.fromkeys(verbunden)
        self.eintraege = []
        for n, e in enumerate(eintraege, start=1):
            werte = {f: getattr(e, f) for f in Eintrag.__dataclass_fields__}
            eigene = frozenset(x for x in verbunden if e.key in (x[0], x[2]))
            self.eintraege.append(Eintrag(**{**werte, "id": n, "nr": n, "akt": e.akt or f"z{n}", "verbunden": eigene}))
        self.laeufe = {e.key: Lauf(dict(e.nachher), zustand=e.nach) for e in self.eintraege}


def _fr(ausloeser: str, von: str, nach: str, person: str = "koord_a", **daten: Any) -> Eintrag:
    return tat(ausloeser, "FR-1", von, nach, art="fallrekonstruktion", person=person, daten=daten)


def _ag(ausloeser: str, **anders: Any) -> Eintrag:
    return tat(ausloeser, "AG-1", art="arbeitsgruppe", **anders)


def _mon(ausloeser: str, tag: str = "") -> Eintrag:
    return tat(ausloeser, "MON-1", art="monitoring", daten={"faellig_am": tag})


EINGEREICHT = tat("einreichen", von="", nach="eingegangen", person="mbe", rolle="melder", nachher=MELDUNG)
GEPRUEFT = (_fr("protokollieren", "durchgefuehrt", "protokolliert", "cm_a"),
            _fr("pruefen", "protokolliert", "geprueft", "koord_b", pseudonymisiert=True))
BEAUFTRAGT = (tat("fassen", "BS-1", "", "gefasst", art="beschluss", akt="z"),
              tat("beauftragen", "GT-1", "vorgelegt", "beauftragt", art="generatives_thema", rolle="beschluss", akt="z"))
AUFTRAG = {"mitglieder": {STELLE: {}}, "auftrag": "Ist", "frist": "2026-05-01"}
EINGESETZT = _ag("einsetzen", von="", nach="eingesetzt", rolle="kette", akt="z", nachher=AUFTRAG,
                 daten={"mitglieder": [{"institution": STELLE}]})
UEBERSETZT = tat("uebernehmen", von="eingegangen", nach="in_vorpruefung", akt="z1", nachher={"x": 1})
ZURUECK = tat("zuruecknehmen", von="in_vorpruefung", nach="eingegangen", daten={"zurueckgenommen": "z1"})

# Name -> Regel, was geschah und dazu gehört, was dagegen verstößt; ohne das Letzte ist die Geschichte heil
VERSTOESSE: dict[str, tuple[int, tuple[Eintrag, ...], tuple[Eintrag, ...], tuple[Link, ...]]] = {
    "nicht anonymisiert": (1, (), (EINGEREICHT,), ()),
    "ohne Einwilligung angeboten": (
        1, (), (tat("anbieten", "EU-1", "", "angeboten", art="einzelfalluebergabe", daten={"meldung": "M-1"}),), ()),
    "nach dem Widerruf übernommen": (
        1, (tat("einwilligung_verzeichnen", daten={"einwilligung_uebergabe": True}),
            tat("anbieten", "EU-1", "", "angeboten", art="einzelfalluebergabe", daten={"meldung": "M-1"}),
            tat("uebernehmen", "EU-1", art="einzelfalluebergabe")),
        (tat("einwilligung_verzeichnen", "EU-1", art="einzelfalluebergabe", daten={"einwilligung": False}),
         tat("uebernehmen", "EU-1", art="einzelfalluebergabe")), ()),
    "ausgewählt ohne Grund": (2, (), (tat("auswaehlen", von="in_sammlung", nach="ausgewaehlt", grund=" "),), ()),
    "ausgewählt von einer meldenden Stelle": (2, (), (tat("auswaehlen", von="in_sammlung", nach="ausgewaehlt", person="mbe"),), ()),
    "ausgewählt auf anderem Weg": (2, (), (tat("zuordnen", von="in_sammlung", nach="ausgewaehlt"),), ()),
    "in eine Fallrekonstruktion, ohne ausgewählt zu sein": (
        2, (tat("auswaehlen", von="in_sammlung", nach="ausgewaehlt"), _fr("anlegen", "", "geplant", meldungen=["M-1"])),
        (_fr("anlegen", "", "geplant", meldungen=["M-2"]),), ()),
    "rekonstruiert, ohne ausgewählt zu sein": (2, (), (_fr("anlegen", "", "geplant"), tat("parken", nach="themenspeicher")), VERBUNDEN),
    "durchgeführt ohne die meldende Stelle": (
        3, (EINGEREICHT, _fr("einladen", "geplant", "eingeladen", moderation=True)),
        (_fr("durchfuehren", "eingeladen", "durchgefuehrt", teilnahmen=[{"institution": "andere", "teilnahme": "anwesend"}]),), VERBUNDEN),
    "Verzicht ohne Vermerk": (
        3, (EINGEREICHT, _fr("einladen", "geplant", "eingeladen", moderation=True)),
        (_fr("durchfuehren", "eingeladen", "durchgefuehrt", teilnahmen=[{"institution": STELLE, "teilnahme": "verzicht"}]),), VERBUNDEN),
    "ohne Moderation": (
        3, (EINGEREICHT, _fr("einladen", "geplant", "eingeladen", moderation=False)),
        (_fr("durchfuehren", "eingeladen", "protokolliert_", teilnahmen=[{"institution": STELLE, "teilnahme": "anwesend"}]),), VERBUNDEN),
    "geprüft von der schreibenden Person": (
        4, GEPRUEFT[:1], (_fr("pruefen", "protokolliert", "geprueft", "cm_a", pseudonymisiert=True),), ()),
    "beantwortet nach einer neuen Fassung": (4, (*GEPRUEFT, _fr("rueckmelden", "geprueft", "geprueft")), (
        _fr("bearbeiten", "protokolliert", "protokolliert"), _fr("rueckmelden", "geprueft", "geprueft")), ()),
    "vorgelegt ohne Cluster": (5, (), (tat("vorlegen", "GT-1", "geclustert", "vorgelegt", art="generatives_thema"),), ()),
    "beauftragt ohne Beschluss": (5, (), (tat("beauftragen", "GT-1", "vorgelegt", "beauftragt", art="generatives_thema"),), ()),
    "Arbeitsgruppe ohne Beschluss": (5, (), (EINGESETZT,), ()),
    "Arbeitsgruppe ohne Auftrag": (
        5, BEAUFTRAGT, (_ag("einsetzen", von="", nach="eingesetzt", rolle="kette", akt="z", nachher={**AUFTRAG, "auftrag": ""}),), ()),
    "Soll ohne das Ist aller": (6, (EINGESETZT,), (_ag("soll_beginnen"),), ()),
    "Soll ohne das Ist der Neuen": (
        6, (EINGESETZT, _ag("ist_beitrag_erfassen", daten={"institution": STELLE, "grund_fehlt": "nicht betroffen"}), _ag("soll_beginnen")),
        (_ag("institution_aufnehmen", daten={"institution": "neu"}), _ag("soll_beginnen")), ()),
    "entschieden ohne die Lenkungsgruppe": (7, (), (tat("beschliessen", "ZS-1", "vorgelegt", "beschlossen", art="zielsystem"),), ()),
    "abgelehnt ohne Grund": (
        7, (), (tat("antwort_verzeichnen", "ZS-1", art="zielsystem", grund="", daten={"ergebnis": "lehnt_ab"}),), ()),
    "wirksam nach einer Erhebung": (9, (_mon("einzelfall_pruefen"), _mon("erheben", "2026-01-01")), (_mon("als_wirksam_bewerten"),), ()),
    "wirksam bei offenem Signal": (
        9, (_mon("einzelfall_pruefen"), _mon("erheben", "2026-01-01"), _mon("erheben", "2026-04-01"), _mon("als_wirksam_bewerten")),
        (_mon("signal_setzen"), _mon("als_wirksam_bewerten")), ()),
    "wirksam mit Werten von vor der Wiederkehr": (
        9, (_mon("einzelfall_pruefen"), _mon("erheben", "2026-01-01"), _mon("erheben", "2026-04-01"), _mon("wiederkehr_feststellen")),
        (_mon("einzelfall_pruefen"), _mon("als_wirksam_bewerten")), ()),
    "Ausländerbehörde an fremder Meldung": (12, (EINGEREICHT, tat("nachziehen", person="abh", rolle="kette")), (
        tat("aufnehmen", person="abh"),), ()),
    "Zeitachse an die Ausländerbehörde ohne Rechtsgrundlage": (
        12, (), (_fr("einladen", "geplant", "eingeladen", teilnehmende=[{"institution": "ABH", "abh": True}]),), ()),
    "Ausländerbehörde nimmt an fremder Meldung zurück": (
        12, (EINGEREICHT, UEBERSETZT), (tat("zuruecknehmen", person="abh", daten={"zurueckgenommen": "z1"}),), ()),
    "zurückgenommen, obwohl danach etwas geschah": (13, (UEBERSETZT,), (tat("ergaenzen"), ZURUECK), ()),
    "zurückgenommen ohne Grund": (13, (UEBERSETZT,), (tat("zuruecknehmen", von="in_vorpruefung", nach="eingegangen", grund="",
                                                         daten={"zurueckgenommen": "z1"}),), ()),
    "zurückgenommen und nicht wie davor": (13, (UEBERSETZT,), (tat("zuruecknehmen", von="in_vorpruefung", nach="in_sammlung",
                                                                  daten={"zurueckgenommen": "z1"}),), ()),
    "eine Rolle, die die Person nicht hat": (15, (tat("auswaehlen"),), (tat("auswaehlen", person="fremd"),), ()),
}


@pytest.mark.parametrize("name", VERSTOESSE)
def test_regel_findet_den_verstoss(geschichte: Datenbank, name: str) -> None:
    nummer, heil, verstoss, verbunden = VERSTOESSE[name]
    with geschichte.lesen() as s:
        assert list(regeln.REGELN[nummer](s, Gestellt(*heil), NACH_KEY)) == []
        assert list(regeln.REGELN[nummer](s, Gestellt(*heil, *verstoss, verbunden=verbunden), NACH_KEY)) != []


# --- Zeilen der Datenbank -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def geschichte(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datenbank]:
    """Eine kleine, heile Welt; was hier verfälscht wird, verfällt mit der Transaktion."""
    buehne = Buehne.auf_sqlite(tmp_path_factory.mktemp("regeln") / "geschichte.sqlite")
    buehne.wandere(Random(1), 500)
    for n in range(2, 12):  # weiter, bis ein Beschluss auf seinen Auszug wartet: daran wird unten verfälscht
        with buehne.db.lesen() as s:
            if s.wert(_WARTET_AUF_AUSZUG):
                break
        buehne.wandere(Random(n), 100)
    yield buehne.db
    buehne.db.schliessen()


_WARTET_AUF_AUSZUG = ("SELECT count(*) FROM frist f JOIN vorgang v ON v.id = f.vorgang "
                      "WHERE f.name = 'beschluss_auszug' AND f.offen = 1 AND v.zustand = 'gefasst'")


class _Verworfen(Exception):
    """Am Ende jeder Verfälschung: die Transaktion geht zurück."""


def _verfaelscht(db: Datenbank, sql: str, frage: Callable[[Sitzung, Verlauf], Iterator[str]]) -> list[str]:
    gefunden: list[str] = []
    with pytest.raises(_Verworfen), db.transaktion() as s:
        assert s.fuehre(sql) > 0
        gefunden.extend(frage(s, Verlauf(s)))
        raise _Verworfen
    return gefunden


def test_die_geschichte_ist_heil(geschichte: Datenbank) -> None:
    with geschichte.lesen() as s:
        v = Verlauf(s)
        assert [*stimmigkeit.alles(s, v, umfeld(), NACH_KEY), *regeln.alle(s, v, NACH_KEY)] == []


@pytest.mark.parametrize(("nummer", "sql"), [
    (8, "UPDATE frist SET offen = 0 WHERE name = 'beschluss_auszug'"),
    (10, "DELETE FROM ausgang WHERE an LIKE '%melder%'"),
    (11, "UPDATE frist SET offen = 0"),
    (11, "UPDATE vorgang SET zustand = 'geschlossen' WHERE art = 'sammlung'"),
    (14, "UPDATE vorgang SET vertretung = NULL WHERE ende = 0"),
])
def test_regel_findet_die_fehlende_zeile(geschichte: Datenbank, nummer: int, sql: str) -> None:
    assert _verfaelscht(geschichte, sql, lambda s, v: regeln.REGELN[nummer](s, v, NACH_KEY)) != []


@pytest.mark.parametrize("sql", [
    "UPDATE vorgang SET zustand = 'abgesagt' WHERE art = 'sammlung'",
    "UPDATE vorgang SET version = version + 1 WHERE id = 1",
    "UPDATE vorgang SET stand = '{}' WHERE id = 1",
    "UPDATE vorgang SET ende = 1 - ende WHERE id = 1",
    "UPDATE zaehler SET anzahl = anzahl + 1 WHERE art = 'sammlung' AND zustand = 'offen'",
    "DELETE FROM frist WHERE id = (SELECT max(id) FROM frist WHERE offen = 1)",
    "UPDATE verbindung SET offen = 0 WHERE id = (SELECT max(id) FROM verbindung WHERE offen = 1)",
    "UPDATE verbindung SET art = 'ersetzt_durch' WHERE id = 1",
    "DELETE FROM beteiligung WHERE id = (SELECT max(id) FROM beteiligung WHERE offen = 1)",
    "INSERT INTO marke (vorgang, name, bis, offen, geoeffnet_nr) VALUES (1, 'erfunden', '', 1, 1)",
    "UPDATE ereignis SET rolle = 'gremium' WHERE id = 5",
    "UPDATE ereignis SET person = 'fremd' WHERE id = (SELECT min(id) FROM ereignis WHERE rolle = 'koordination')",
    "UPDATE ereignis SET akt = 'allein' WHERE id = (SELECT min(id) FROM ereignis WHERE rolle = 'kette')",
])
def test_stimmigkeit_findet_die_veraenderte_zeile(geschichte: Datenbank, sql: str) -> None:
    def frage(s: Sitzung, v: Verlauf) -> Iterator[str]:
        yield from (b for b in stimmigkeit.alles(s, v, umfeld(), NACH_KEY) if "Hash" not in b)  # ohne die Prüfung der Kette selbst

    assert _verfaelscht(geschichte, sql, frage) != []
