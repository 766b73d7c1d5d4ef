"""Personen und ihre Rollen: datierte Einträge, gepflegt von Koordination und Systemverwaltung; jede Änderung steht im Protokoll.

Der Schlüssel einer Person ist eine Nummer, kein Name: Er steht in Ereignissen, die bleiben. Gelöscht wird nichts, ein Eintrag endet.
Rollen werden gegeben und beendet, nie umgeschrieben; so bleibt sichtbar, wer wann was durfte.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from forms.grundform import Formular, befunde
from forms.personen import ROLLEN, NeuePerson, Personenangaben, Rollengabe
from forms.stammdaten import EintragBeenden, Geltung
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handelnde import Handelnde
from service.profil import Profil
from service.protokoll import vermerke
from states.aussage import aneinander
from states.model import Rolle

_NUMMER = ("INSERT INTO nummer (reihe, letzte) VALUES ('person', 1) ON CONFLICT (reihe) DO UPDATE SET letzte = nummer.letzte + 1 "
           "RETURNING letzte")
_NEU = "INSERT INTO person (key, name, institution, von, bis, vorfuehrung) VALUES (:key, :name, :institution, :von, :bis, 0)"
_ROLLE = "INSERT INTO person_rolle (person, rolle, bereich, von, bis) VALUES (:person, :rolle, :bereich, :von, :bis)"
_VERWALTUNG = ("SELECT count(*) FROM person_rolle r JOIN konto k ON k.person = r.person AND k.gesperrt = 0 WHERE r.rolle = 'admin' "
               "AND r.von <= :heute AND (r.bis IS NULL OR r.bis > :heute) AND r.id <> :ausser")
ENDLOS = "9999-12-31"


class Eintrag(NamedTuple):
    key: str
    name: str
    institution: str | None
    von: str
    bis: str | None


class Rolleneintrag(NamedTuple):
    id: int
    rolle: str
    bereich: str
    von: str
    bis: str | None


# --- lesen ------------------------------------------------------------------------------------------------------------


def alle(s: Sitzung, heute: str) -> list[tuple[Any, ...]]:
    """(Schlüssel, Name, Stelle, von, bis, Rollen heute durch Komma)"""
    heutige: dict[str, list[str]] = {}
    for person, rolle in s.alle("SELECT person, rolle FROM person_rolle WHERE von <= :heute AND (bis IS NULL OR bis >= :heute) ORDER BY id",
                                {"heute": heute}):
        heutige.setdefault(person, []).append(ROLLEN[Rolle(str(rolle))])
    zeilen = s.alle("SELECT key, name, institution, von, bis FROM person ORDER BY name, key")
    return [(*zeile, aneinander(list(dict.fromkeys(heutige.get(zeile[0], []))), ", ")) for zeile in zeilen]


def alle_ab(s: Sitzung, ab: str, anzahl: int, am: str = "") -> list[tuple[Eintrag, list[Rolleneintrag]]]:
    """Nach Schlüsseln, was auf `ab` folgt; mit `am` nur, wessen Eintrag an diesem Tag gilt."""
    zeilen = s.alle("SELECT key, name, institution, von, bis FROM person WHERE key > :ab "
                    "AND (:am = '' OR (von <= :am AND (bis IS NULL OR bis >= :am))) ORDER BY key LIMIT :anzahl",
                    {"ab": ab, "am": am, "anzahl": anzahl})
    je_person: dict[str, list[Rolleneintrag]] = {z[0]: [] for z in zeilen}
    if zeilen:
        for person, *rolle in s.alle("SELECT person, id, rolle, bereich, von, bis FROM person_rolle "
                                     "WHERE person BETWEEN :erste AND :letzte ORDER BY von, id",
                                     {"erste": zeilen[0][0], "letzte": zeilen[-1][0]}):
            je_person.get(person, []).append(Rolleneintrag(*rolle))
    return [(Eintrag(*z), je_person[z[0]]) for z in zeilen]


def eintrag(s: Sitzung, key: str) -> Eintrag:
    zeile = s.eine("SELECT key, name, institution, von, bis FROM person WHERE key = :key", {"key": key})
    if zeile is None:
        raise NichtGefunden
    return Eintrag(*zeile)


def rollen(s: Sitzung, key: str) -> list[Rolleneintrag]:
    zeilen = s.alle("SELECT id, rolle, bereich, von, bis FROM person_rolle WHERE person = :key ORDER BY von, id", {"key": key})
    return [Rolleneintrag(*zeile) for zeile in zeilen]


def verlauf(s: Sitzung, key: str) -> list[tuple[Any, ...]]:
    """(Zeit, wer, was, Angaben als JSON), das Neueste zuerst"""
    return s.alle("SELECT p.zeit, coalesce(q.name, p.person), p.was, p.angaben FROM protokoll p LEFT JOIN person q ON q.key = p.person "
                  "WHERE p.was IN ('person_angelegt', 'person_geaendert', 'rolle_gegeben', 'rolle_beendet') "
                  "AND p.angaben LIKE :suche ESCAPE '!' ORDER BY p.id DESC", {"suche": f'%"konto":"{_wie(key)}"%'})


def offene_vorgaenge(s: Sitzung, key: str) -> int:
    """Wie viele Vorgänge noch auf die Person warten; sie sind zu übergeben, ehe ihr Eintrag endet."""
    return int(s.wert("SELECT count(*) FROM vorgang WHERE zustaendig = :key AND ende = 0", {"key": key}))


def _wie(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


# --- wer was vergeben darf --------------------------------------------------------------------------------------------


def vergebbare(wer: Handelnde) -> list[Rolle]:
    """Die Systemverwaltung vergibt jede Rolle, die Koordination jede außer dieser."""
    if wer.hat(Rolle.ADMIN):
        return list(ROLLEN)
    return [r for r in ROLLEN if r is not Rolle.ADMIN] if wer.hat(Rolle.KOORDINATION) else []


def _nicht_sich_selbst(wer: Handelnde, key: str) -> None:
    """An der Stelle und den Rollen hängt, was jemand sehen darf; das ändert immer jemand anderes."""
    if key == wer.key:
        raise Unmoeglich(("Ihren eigenen Eintrag und Ihre eigenen Rollen ändert jemand anderes.",))


def _verlange(wer: Handelnde, rolle: str, bereich: str) -> None:
    eigener = wer.hat(Rolle.ADMIN) or rolle != Rolle.KOORDINATION or bereich in wer.bereiche(Rolle.KOORDINATION)
    if rolle not in vergebbare(wer) or not eigener:
        raise Verboten("Diese Rolle dürfen Sie nicht vergeben und nicht beenden.")


# --- ändern -----------------------------------------------------------------------------------------------------------


def lege_an(s: Sitzung, angaben: Mapping[str, Any], wer: Handelnde, jetzt: datetime, profil: Profil) -> str:
    """Mit einer ersten Rolle. Wirft Ungueltig, Verboten."""
    neu = _gelesen(NeuePerson, angaben)
    person, rolle = _person(neu, profil), _rolle(neu, profil)
    _verlange(wer, rolle["rolle"], rolle["bereich"])
    key = f"p-{s.wert(_NUMMER):04d}"
    s.fuehre(_NEU, {"key": key, **person})
    vermerke(s, jetzt, "", "person_angelegt", {"konto": key, **_ohne_namen(person)}, wer.key)
    _gib(s, key, rolle, wer, jetzt)
    return key


def aendere(s: Sitzung, key: str, angaben: Mapping[str, Any], wer: Handelnde, jetzt: datetime, profil: Profil) -> None:
    """Name, Stelle, Gültigkeit. Wirft NichtGefunden, Ungueltig, Verboten, Unmoeglich."""
    vorher, neu = eintrag(s, key), _person(_gelesen(Personenangaben, angaben), profil)
    _nicht_sich_selbst(wer, key)
    for r in rollen(s, key):
        _verlange(wer, r.rolle, r.bereich)
    s.fuehre("UPDATE person SET name = :name, institution = :institution, von = :von, bis = :bis WHERE key = :key", {"key": key, **neu})
    alt = {"name": vorher.name, "institution": vorher.institution, "von": vorher.von, "bis": vorher.bis}
    geaendert = {feld: wert for feld, wert in neu.items() if wert != alt[feld]}
    if geaendert:
        vermerke(s, jetzt, "", "person_geaendert", {"konto": key, **_ohne_namen(geaendert)}, wer.key)


def gib_rolle(s: Sitzung, key: str, angaben: Mapping[str, Any], wer: Handelnde, jetzt: datetime, profil: Profil) -> None:
    """Wirft NichtGefunden, Ungueltig, Verboten, Unmoeglich."""
    eintrag(s, key)
    _nicht_sich_selbst(wer, key)
    rolle = _rolle(_gelesen(Rollengabe, angaben), profil)
    _verlange(wer, rolle["rolle"], rolle["bereich"])
    for r in rollen(s, key):
        if (r.rolle, r.bereich) == (rolle["rolle"], rolle["bereich"]) and rolle["von"] <= (r.bis or ENDLOS) \
                and r.von <= (rolle["bis"] or ENDLOS):
            raise Ungueltig({"rolle": "Diese Rolle hat die Person in dieser Zeit schon."})
    _gib(s, key, rolle, wer, jetzt)


def beende_rolle(s: Sitzung, key: str, nummer: int, angaben: Mapping[str, Any], wer: Handelnde, jetzt: datetime) -> None:
    """Die letzte Systemverwaltung bleibt. Wirft NichtGefunden, Ungueltig, Verboten, Unmoeglich."""
    r = next((r for r in rollen(s, key) if r.id == nummer), None)
    if r is None:
        raise NichtGefunden
    _nicht_sich_selbst(wer, key)
    _verlange(wer, r.rolle, r.bereich)
    ende = _gelesen(EintragBeenden, angaben).bis.isoformat()
    if ende < r.von:
        raise Ungueltig({"bis": "Bitte geben Sie den letzten Tag an, an dem die Rolle gilt; er liegt nicht vor ihrem Beginn."})
    heute = berliner_tag(jetzt).isoformat()
    if r.rolle == Rolle.ADMIN and not s.wert(_VERWALTUNG, {"heute": heute, "ausser": r.id}):
        raise Unmoeglich(("Das ist die letzte Systemverwaltung, die sich anmelden kann. Geben Sie die Rolle erst jemand anderem.",))
    s.fuehre("UPDATE person_rolle SET bis = :bis WHERE id = :id", {"bis": ende, "id": r.id})
    vermerke(s, jetzt, "", "rolle_beendet", {"konto": key, "rolle": r.rolle, "bereich": r.bereich, "bis": ende}, wer.key)


def _gib(s: Sitzung, key: str, rolle: Mapping[str, Any], wer: Handelnde, jetzt: datetime) -> None:
    s.fuehre(_ROLLE, {"person": key, **rolle})
    vermerke(s, jetzt, "", "rolle_gegeben", {"konto": key, **rolle}, wer.key)


def _ohne_namen(angaben: Mapping[str, Any]) -> dict[str, Any]:
    """Das Protokoll bleibt für immer; Namen müssen gehen können."""
    return {feld: "geändert" if feld == "name" else wert for feld, wert in angaben.items()}


# --- prüfen -----------------------------------------------------------------------------------------------------------

F = TypeVar("F", bound=Formular)


def _gelesen(klasse: type[F], angaben: Mapping[str, Any]) -> F:
    try:
        return klasse.model_validate(angaben)
    except ValidationError as fehler:
        raise Ungueltig([(b.feld, b.grund) for b in befunde(fehler)]) from fehler


def _person(a: Personenangaben, profil: Profil) -> dict[str, Any]:
    stelle = profil.institution(a.institution) if a.institution else None
    if a.institution and stelle is None:
        raise Ungueltig({"institution": "Diese Stelle kommt im Profil nicht vor."})
    return {"name": a.name, "institution": stelle.key if stelle else None, **_zeitraum(a)}


def _rolle(a: Rollengabe, profil: Profil) -> dict[str, Any]:
    if a.bereich and a.bereich not in {b.key for b in profil.bereiche}:
        raise Ungueltig({"bereich": "Diesen Bereich gibt es nicht."})
    if a.rolle == Rolle.KOORDINATION and not a.bereich:
        raise Ungueltig({"bereich": "Eine Koordination gehört immer zu einem Bereich."})
    return {"rolle": a.rolle, "bereich": a.bereich if a.rolle == Rolle.KOORDINATION else "", **_zeitraum(a)}


def _zeitraum(a: Geltung) -> dict[str, str | None]:
    return {"von": a.von.isoformat(), "bis": a.bis.isoformat() if a.bis else None}
