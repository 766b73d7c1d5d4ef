"""Schemathesis schickt der Schnittstelle, was ihre Beschreibung erlaubt und was sie verbietet, als fünf verschiedene Personen.

Kein Fehler von uns (5xx), keine Antwort, die nicht beschrieben ist, nichts Ungültiges angenommen, nichts Geschicktes wiederholt.
In `make test` sind es einige hundert Anfragen, mit `make schnittstelle` mehr als 20.000.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
import schemathesis
from hypothesis import strategies
from schemathesis import engine
from schemathesis.engine import events

from forms.grundform import feldname
from service import api_kommentare, api_konten, api_listen, api_nachrichten
from service.datenhaltung import hebe_an
from service.db import Datenbank
from service.errors import NichtGefunden
from service.profil import Profil
from service.web import nummer_aus
from tests.buehne import Buehne
from tests.dienst import V1, Dienst
from tests.schmied import PERSONEN

PERSONEN_DER_PRUEFUNG = ("koord_a", "mbe", "vorsitz", "niemand", "leitung")  # „leitung“ verwaltet auch das System
VERLANGT = 20_000
# Die eine Person lotet jede Operation ganz aus, die anderen so oft, dass zusammen mehr als VERLANGT herauskommt.
AUSGELOTET, BEISPIELE = "koord_a", 30
_AB_HIER_ERKENNBAR = 12  # kürzere Texte kommen auch von selbst in einer Antwort vor
_ABGELEHNT = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428"]

schemathesis.openapi.format("date", strategies.dates(date(2025, 6, 1), date(2027, 6, 1)).map(date.isoformat))

_VORGANG = re.compile(r"[A-Z]{2,4}-[0-9-]+")
_FASSUNGEN = tuple(f'"v{n}"' for n in range(1, 7))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Meist die geltende Fassung: sonst käme fast jede Anfrage nur bis 412."""
    genannt, teile = (case.headers or {}).get("If-Match"), case.path_parameters or {}
    if case.path.startswith((f"{V1}/personen/", f"{V1}/konten/")) and _VORGANG.fullmatch(str(teile.get("key", ""))):
        teile["key"] = PERSONEN[sum(map(ord, teile["key"])) % len(PERSONEN)].key
    key, nummer = str(teile.get("key", "")), str(teile.get("nummer", ""))
    if genannt in _FASSUNGEN[1:] and key.isprintable() and case.operation.app is not None:
        version = _geltende(case.operation.app.state.anwendung, case.path, key, nummer)
        if version is not None:
            case.headers["If-Match"] = f'"v{version}"'


def _geltende(a: Any, weg: str, key: str, nummer: str) -> int | None:
    """Die Fassung dessen, was die Adresse nennt; None, wenn es das nicht gibt."""
    try:
        with a.db.lesen() as s:
            if weg.startswith(f"{V1}/personen/"):
                return int(api_konten.lies_person(s, a.umfeld(s).profil, key)["version"])
            if weg.startswith(f"{V1}/konten/"):
                return int(api_konten.lies_konto(s, a.umfeld(s).profil, key, a.jetzt())["version"])
            if weg.startswith(f"{V1}/nachrichten/"):
                return int(api_nachrichten.lies_nachricht(s, a.umfeld(s).profil, nummer_aus(nummer))["version"])
            if "/kommentare/" in weg and nummer:
                koordination = next(p for p in PERSONEN if p.key == AUSGELOTET)
                return int(api_kommentare.lies_kommentar(s, koordination, key, nummer_aus(nummer), a.jetzt())["version"])
            if weg.startswith(f"{V1}/meldecodes/"):
                return int(api_kommentare.lies_code(s, a.umfeld(s).profil, key)["version"])
            if weg.startswith(f"{V1}/suchen/"):
                koordination = next(p for p in PERSONEN if p.key == AUSGELOTET)
                return int(api_listen.lies_suche(s, koordination, nummer_aus(nummer))["version"])
            gefunden: int | None = s.wert("SELECT version FROM vorgang WHERE key = :key", {"key": key})
            return gefunden
    except NichtGefunden:
        return None


@pytest.fixture(scope="module")
def welt(tmp_path_factory: pytest.TempPathFactory, profil: Profil) -> tuple[Path, datetime]:
    """Eine kleine Welt mit Vorgängen aller Arten, und wie spät es dort ist; jeder Durchgang bekommt eine Abschrift."""
    ort = tmp_path_factory.mktemp("welt")
    db = Datenbank(ort / "welt.sqlite")
    hebe_an(db)
    Dienst(db, profil, ort, PERSONEN)
    buehne = Buehne(db)
    buehne.wandere(Random(3), 300)
    db.schliessen()
    return ort / "welt.sqlite", buehne.jetzt


@pytest.fixture
def dienst(tmp_path: Path, welt: tuple[Path, datetime]) -> Iterator[Dienst]:
    db = Datenbank(Path(shutil.copy(welt[0], tmp_path / "kreislauf.sqlite")))
    dienst = Dienst(db, None, tmp_path)
    dienst.jetzt = welt[1]
    yield dienst
    db.schliessen()


def _einstellungen(dienst: Dienst, wer: str, beispiele: int, *, ganz: bool) -> schemathesis.Config:
    with dienst.db.lesen() as s:
        keys = [z[0] for z in s.alle("SELECT key FROM vorgang ORDER BY id")]
    kopf = {} if wer == "niemand" else {"Authorization": f"Bearer {dienst.schluessel(wer)}"}
    return schemathesis.Config.from_dict({
        "seed": 20261121, "continue-on-failure": True, "headers": kopf,
        "suppress-health-check": ["too_slow"],  # auf einer belegten Maschine ist jede Erzeugung langsam
        "dictionaries": {"keys": {"values": keys}, "fassungen": {"values": list(_FASSUNGEN)}},
        "parameters": {"path.key": {"dictionary": "keys", "probability": 0.8},
                       "header.If-Match": {"dictionary": "fassungen", "probability": 0.8}},
        "generation": {"max-examples": beispiele, "with-security-parameters": False, "database": "none", "deterministic": not ganz},
        "phases": {"stateful": {"enabled": False}, "examples": {"enabled": False}, "coverage": {"enabled": ganz}},
        "checks": {
            # Was ein Schema nicht sagen kann (Bezüge zwischen Feldern, Stellen im Profil), lehnt die Prüfung mit 422 ab.
            "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "412", "422"]},
            "negative_data_rejection": {"expected-statuses": _ABGELEHNT},
            "missing_required_header": {"expected-statuses": _ABGELEHNT},
            "ignored_auth": {"enabled": False},  # prüft tests/service/test_api.py für jeden Weg
        },
    })


class Lauf:
    """Ein Durchgang durch alle Operationen als eine Person."""

    def __init__(self, dienst: Dienst, wer: str, beispiele: int, *, ganz: bool, jede: int = 1, nur: tuple[str, ...] = ()) -> None:
        self.status: Counter[int] = Counter()
        self.befunde: list[str] = []
        self.besucht: set[str] = set()
        beschreibung = dienst.netz.get("/api/openapi.json").text
        self._bekannt = beschreibung + json.dumps(_texte_der_datenbank(dienst), ensure_ascii=False)
        schema = schemathesis.openapi.from_dict(json.loads(beschreibung), config=_einstellungen(dienst, wer, beispiele, ganz=ganz))
        schema.app = dienst.app
        schema.config.base_url = "http://localhost"
        if nur:
            schema = schema.include(path=[w for w in schema.raw_schema["paths"] if w.startswith(tuple(V1 + n for n in nur))])
        if jede > 1:
            wege = [w for n, w in enumerate(schema.raw_schema["paths"]) if n % jede == PERSONEN_DER_PRUEFUNG.index(wer)]
            schema = schema.include(path=wege)
        self.alle = {operation.ok().label for operation in schema.get_all_operations()}
        for ereignis in engine.from_schema(schema).execute():
            self._lies(ereignis)

    def _lies(self, ereignis: Any) -> None:
        if isinstance(ereignis, events.NonFatalError):
            self.befunde.append(f"{ereignis.label}: {ereignis.info}")
        if isinstance(ereignis, events.FatalError):
            raise ereignis.exception
        if isinstance(ereignis, events.ScenarioFinished):
            for kennung, austausch in ereignis.recorder.interactions.items():
                self._pruefe(ereignis.recorder, kennung, austausch)

    def _pruefe(self, aufzeichnung: Any, kennung: str, austausch: Any) -> None:
        antwort = austausch.response
        if antwort is None:
            self.befunde.append(f"{aufzeichnung.label}: keine Antwort")
            return
        self.status[antwort.status_code] += 1
        self.besucht.add(aufzeichnung.label)
        for pruefung in aufzeichnung.checks.get(kennung, ()):
            if pruefung.failure_info is not None:
                self.befunde.append(f"{aufzeichnung.label}: {pruefung.failure_info.failure}\n{pruefung.failure_info.code_sample}")
        if antwort.status_code >= 400:
            text = antwort.text
            self.befunde += [f"{aufzeichnung.label}: die Antwort wiederholt {t!r}: {text}"
                             for t in self._gesendet(aufzeichnung.cases[kennung].value) if t in text]

    def _gesendet(self, fall: Any) -> list[str]:
        texte = _texte([fall.body, fall.query, fall.path_parameters])
        return [t for t in texte if len(t) >= _AB_HIER_ERKENNBAR and t not in self._bekannt]


def _texte(wert: Any) -> list[str]:
    if isinstance(wert, str):
        return [wert]
    if isinstance(wert, dict):
        # Ein Name, der wie der eines Feldes aussieht, darf im Befund stehen: Sonst fände niemand seinen Tippfehler.
        return [t for k, w in wert.items() for t in (*([] if feldname(str(k)) == k else [str(k)]), *_texte(w))]
    return [t for w in wert for t in _texte(w)] if isinstance(wert, (list, tuple)) else []


def _texte_der_datenbank(dienst: Dienst) -> list[str]:
    """Schlüssel und Namen, die eine Antwort nennen darf, weil die Person sie sieht."""
    with dienst.db.lesen() as s:
        return [str(z[0]) for z in s.alle("SELECT key FROM vorgang UNION SELECT key FROM person UNION SELECT institution FROM person")]


@pytest.mark.parametrize("wer", PERSONEN_DER_PRUEFUNG)
def test_ein_teil_der_wege_je_person(dienst: Dienst, wer: str) -> None:
    lauf = Lauf(dienst, wer, 3, ganz=False, jede=8)
    assert not lauf.befunde, "\n\n".join(lauf.befunde[:5])
    assert lauf.status.total() > 50
    assert wer != "niemand" or set(lauf.status) <= {400, 401, 404, 405, 406}


@pytest.mark.parametrize("wer", ("koord_a", "leitung"))
def test_die_wege_der_pflege(dienst: Dienst, wer: str) -> None:
    """Personen, Nachrichten und Suchen als Koordination, Zugänge als Systemverwaltung."""
    lauf = Lauf(dienst, wer, 12, ganz=False, nur=("/personen", "/nachrichten", "/konten", "/suchen"))
    assert not lauf.befunde, "\n\n".join(lauf.befunde[:5])
    assert lauf.status[200] and lauf.status[201]


@pytest.fixture(scope="module")
def gezaehlt() -> Counter[int]:
    """Die Antworten an alle Personen zusammen."""
    return Counter()


@pytest.mark.schnittstelle
@pytest.mark.parametrize("wer", PERSONEN_DER_PRUEFUNG)
def test_alle_wege_als_jede_person(dienst: Dienst, wer: str, gezaehlt: Counter[int], capsys: pytest.CaptureFixture[str]) -> None:
    ganz = wer == AUSGELOTET
    lauf = Lauf(dienst, wer, 6 if ganz else BEISPIELE, ganz=ganz)
    with capsys.disabled():
        print(f"\n{wer}: {lauf.status.total()} Anfragen, {dict(sorted(lauf.status.items()))}, {len(lauf.befunde)} Befunde")
    gezaehlt.update(lauf.status)
    assert not lauf.befunde, "\n\n".join(lauf.befunde[:20])
    assert lauf.besucht == lauf.alle, "jede Operation als jede Person"


@pytest.mark.schnittstelle
def test_zusammen_sind_es_genug(gezaehlt: Counter[int]) -> None:
    assert gezaehlt.total() >= VERLANGT and gezaehlt[200] and gezaehlt[201]
