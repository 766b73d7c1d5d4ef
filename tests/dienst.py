"""Die ganze Webanwendung im Test: eine echte Datenbank, eine stehende Uhr, Zugriffsschlüssel je Person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from service import konten
from service.app import Kreislauf
from service.db import Datenbank
from service.handelnde import Handelnde
from service.profil import Profil
from service.settings import Einstellungen
from tests.anwendung import baue_app
from tests.bau import JETZT, ohne_sitze
from tests.erstes_profil import uebernimm

ADRESSE = "http://localhost"
V1 = "/api/v1"


class Dienst:
    """`als(person)` ist ein Programm mit deren Zugriffsschlüssel; `niemand` hat keinen."""

    def __init__(self, db: Datenbank, profil: Profil | None, ort: Path, personen: Iterable[Handelnde] | None = None) -> None:
        """Ohne `profil` ist die Datenbank schon eingerichtet."""
        self.db, self.jetzt = db, JETZT
        self._schluessel: dict[str, tuple[str, datetime]] = {}
        if profil is not None:
            self._richte_ein(profil, personen)
        self.app: Kreislauf = baue_app(Einstellungen(daten=ort), db, lambda: self.jetzt)
        self.netz = TestClient(self.app, base_url=ADRESSE, raise_server_exceptions=False)
        self.niemand = Programm(self.netz, {})

    def _richte_ein(self, profil: Profil, personen: Iterable[Handelnde] | None) -> None:
        eigenes = profil if personen is None else ohne_sitze(profil)  # wer eigene Personen mitbringt, bringt auch die Sitze mit
        uebernimm(self.db, eigenes, JETZT - timedelta(days=30), mit_vorfuehrung=personen is None)
        with self.db.transaktion() as s:
            s.viele("INSERT INTO person (key, name, institution, von, vorfuehrung) VALUES (:key, :key, :institution, '2020-01-01', 0)",
                    [{"key": p.key, "institution": p.institution} for p in personen or ()])
            s.viele("INSERT INTO person_rolle (person, rolle, bereich, von) VALUES (:person, :rolle, :bereich, '2020-01-01')",
                    [{"person": p.key, "rolle": r, "bereich": b} for p in personen or () for r, b in sorted(p.rollen)])

    def als(self, person: str) -> Programm:
        return Programm(self.netz, {"Authorization": f"Bearer {self.schluessel(person)}"})

    def schluessel(self, person: str) -> str:
        wort, seit = self._schluessel.get(person, ("", self.jetzt))
        if not wort or self.jetzt - seit > timedelta(days=60):
            with self.db.transaktion() as s:
                wort, seit = konten.neuer_schluessel(s, person, "Test", self.jetzt), self.jetzt
            self._schluessel[person] = wort, seit
        return wort


class Programm:
    """Ein Aufrufer der Schnittstelle."""

    def __init__(self, netz: TestClient, kopf: dict[str, str]) -> None:
        self.netz, self.kopf = netz, kopf

    def hole(self, weg: str, **angaben: Any) -> Response:
        antwort: Response = self.netz.get(V1 + weg, params=angaben, headers=self.kopf)
        return antwort

    def sende(self, weg: str, inhalt: Any = None, *, fassung: int | None = None, **kopf: str) -> Response:
        koepfe = {**self.kopf, **{k.replace("_", "-"): w for k, w in kopf.items()}}
        if fassung is not None:
            koepfe["If-Match"] = f'"v{fassung}"'
        if isinstance(inhalt, bytes):
            antwort: Response = self.netz.post(V1 + weg, content=inhalt, headers={"Content-Type": "application/json", **koepfe})
        else:
            antwort = self.netz.post(V1 + weg, json={} if inhalt is None else inhalt, headers=koepfe)
        return antwort

    def fassung(self, key: str) -> int:
        antwort = self.hole(f"/vorgaenge/{key}")
        assert antwort.status_code == 200, antwort.text
        return int(antwort.json()["version"])

    def beginne(self, art: str, ausloeser: str, grund: str = "", **daten: Any) -> str:
        antwort = self.sende(f"/vorgaenge/{art}/{ausloeser}", {"daten": daten, "grund": grund})
        assert antwort.status_code == 201, antwort.text
        return str(antwort.json()["vorgaenge"][0]["key"])

    def tue(self, key: str, ausloeser: str, grund: str = "", **daten: Any) -> dict[str, Any]:
        antwort = self.sende(f"/vorgaenge/{key}/schritte/{ausloeser}", {"daten": daten, "grund": grund}, fassung=self.fassung(key))
        assert antwort.status_code == 200, antwort.text
        getan: dict[str, Any] = antwort.json()
        return getan
