"""Was eine Installation vorab braucht: das geltende Profil und Konten mit ihren Rollen.

Personen und Stammdaten sind datierte Einträge, die in der Anwendung gepflegt werden. Eine Profildatei gibt erste Werte (Personen nur
der Vorführung); was gepflegt ist, überschreibt sie nie, sie nennt nur den Unterschied.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache

from service.clock import BERLIN, als_text, aus_text, berliner_tag
from service.db import Sitzung
from service.errors import Betriebsfehler, Verboten
from service.handelnde import Handelnde
from service.profil import Person, Profil, unterschiede
from service.profil_eintraege import uebernimm_erste_werte
from service.protokoll import vermerke
from states.model import Rolle

_LETZTES = "SELECT inhalt, fingerabdruck FROM profil ORDER BY id DESC LIMIT 1"
_PROFIL_NEU = "INSERT INTO profil (fingerabdruck, inhalt, zeit) VALUES (:fingerabdruck, :inhalt, :zeit)"
_PERSON_NEU = "INSERT INTO person (key, name, institution, von, bis, vorfuehrung) VALUES (:key, :name, :institution, :von, NULL, 1)"
_ROLLE_NEU = "INSERT INTO person_rolle (person, rolle, bereich, von, bis) VALUES (:person, :rolle, :bereich, :von, NULL)"
_GELTENDE_ROLLEN = ("SELECT person, rolle, bereich FROM person_rolle WHERE von <= :heute AND (bis IS NULL OR bis >= :heute) "
                    "AND (:person = '' OR person = :person)")

Rollen = frozenset[tuple[str, str]]


# --- Profil -----------------------------------------------------------------------------------------------------------


def uebernehme_profil(
    s: Sitzung, profil: Profil, jetzt: datetime, wer: str, *, mit_vorfuehrung: bool = False, ab: date | None = None
) -> list[str]:
    """Macht das Profil zum geltenden. Dieselbe Fassung noch einmal zu übernehmen, ändert nichts.

    Args:
        wer: das Konto des Betriebssystems; es steht im Protokoll.
        mit_vorfuehrung: legt auch die Konten der Vorführung an, soweit es sie noch nicht gibt.
        ab: der erste Tag, an dem diese Konten gelten; ohne Angabe heute.

    Returns:
        Ein deutscher Satz je Änderung am Profil und je Eintrag, der anders gepflegt ist, als das Profil ihn nennt.
    """
    inhalt, fingerabdruck = profil.kanonisch(), profil.fingerabdruck()
    if Profil.model_validate_json(inhalt).fingerabdruck() != fingerabdruck:
        raise Betriebsfehler("Das Profil lässt sich nicht unverändert speichern. Es wurde nicht übernommen.")
    bisher = s.eine(_LETZTES)
    saetze: list[str] = []
    if bisher is None or bisher[1] != fingerabdruck:
        s.fuehre(_PROFIL_NEU, {"fingerabdruck": fingerabdruck, "inhalt": inhalt, "zeit": als_text(jetzt)})
        vermerke(s, jetzt, wer, "profil_uebernommen",
                 {"fassung": profil.fassung, "fingerabdruck": fingerabdruck, "vorher": bisher[1] if bisher else None})
        saetze += unterschiede(Profil.model_validate_json(bisher[0]), profil) if bisher else []
    if mit_vorfuehrung:
        saetze += _lege_konten_an(s, profil, jetzt, wer, ab or berliner_tag(jetzt))
    seit = jetzt if ab is None else datetime.combine(ab, time(), BERLIN)
    saetze += uebernimm_erste_werte(s, profil, seit, mit_vorfuehrung=mit_vorfuehrung)
    return [*saetze, *_ohne_stelle(s, profil)]


def ergaenze_erste_werte(s: Sitzung) -> None:
    """Nach dem Anheben einer Datenbank: Was das geltende Profil nennt und noch keinen Eintrag hat, bekommt einen."""
    if s.wert("SELECT 1 FROM profil LIMIT 1") is not None:
        vorfuehrung = s.wert("SELECT 1 FROM person WHERE vorfuehrung = 1 LIMIT 1") is not None
        seit = aus_text(s.wert("SELECT min(zeit) FROM profil"))  # bis dahin galt dasselbe, nur stand es im Profil
        uebernimm_erste_werte(s, geltendes_profil(s)[0], seit, mit_vorfuehrung=vorfuehrung)


def geltendes_profil(s: Sitzung) -> tuple[Profil, str]:
    """Das zuletzt übernommene Profil und sein Fingerabdruck."""
    zeile = s.eine(_LETZTES)
    if zeile is None:
        raise Betriebsfehler("Es ist noch kein Profil übernommen. Bitte rufen Sie zuerst „kreislauf profil uebernehmen DATEI“ auf.")
    return _gelesen(*zeile), zeile[1]


@lru_cache(maxsize=4)
def _gelesen(inhalt: str, fingerabdruck: str) -> Profil:
    return Profil.model_validate_json(inhalt)


# --- Konten der Vorführung --------------------------------------------------------------------------------------------


def _lege_konten_an(s: Sitzung, profil: Profil, jetzt: datetime, wer: str, ab: date) -> Iterator[str]:
    vorhanden = {key: (name, institution) for key, name, institution in s.alle("SELECT key, name, institution FROM person")}
    rollen = _geltende_rollen(s, berliner_tag(jetzt).isoformat())
    von, neue = ab.isoformat(), [p for p in profil.personen if p.key not in vorhanden]
    s.viele(_PERSON_NEU, [{"key": p.key, "name": p.name, "institution": p.institution, "von": von} for p in neue])
    s.viele(_ROLLE_NEU, [{"person": p.key, "rolle": rolle, "bereich": bereich, "von": von} for p in neue for rolle, bereich in _rollen(p)])
    if neue:
        vermerke(s, jetzt, wer, "vorfuehrkonten_angelegt", {"ab": von, "konten": [p.key for p in neue]})
    for p in profil.personen:
        if p.key in vorhanden:
            yield from _abweichungen(p, *vorhanden[p.key], rollen.get(p.key, frozenset()))


def _rollen(person: Person) -> list[tuple[str, str]]:
    """(Rolle, Bereich) wie in der Datenbank; nur die Koordination hat immer einen Bereich."""
    return [(r.rolle, r.bereich or "") for r in person.rollen]


def _abweichungen(person: Person, name: str, institution: str | None, rollen: Rollen) -> Iterator[str]:
    wer = f"Das Konto „{person.key}“ bleibt, wie es gepflegt ist"
    if name != person.name:
        yield f"{wer}: Es heißt „{name}“, im Profil „{person.name}“."
    if institution != person.institution:
        yield f"{wer}: Es gehört zur Stelle „{institution or 'keiner'}“, im Profil zu „{person.institution}“."
    if rollen != (gesollt := frozenset(_rollen(person))):
        yield f"{wer}: Es hat die Rollen {_aufgezaehlt(rollen)}, im Profil {_aufgezaehlt(gesollt)}."


def _aufgezaehlt(rollen: Rollen) -> str:
    return ", ".join(f"{rolle} ({bereich})" if bereich else rolle for rolle, bereich in sorted(rollen)) or "keine"


def _ohne_stelle(s: Sitzung, profil: Profil) -> Iterator[str]:
    for key, stelle in s.alle("SELECT key, institution FROM person WHERE institution IS NOT NULL ORDER BY key"):
        if profil.institution(stelle) is None:
            yield (f"Die Stelle „{stelle}“ des Kontos „{key}“ kommt im Profil nicht vor. Bis das geklärt ist, sieht das Konto "
                   "keine Meldungen.")


# --- wer handelt ------------------------------------------------------------------------------------------------------


_LEITET = ("SELECT 1 FROM beteiligung b JOIN vorgang v ON v.id = b.vorgang WHERE b.wer IN (:ich, :stelle) AND b.rolle = 'ag_leitung' "
           "AND b.offen = 1 AND v.art = 'arbeitsgruppe' AND v.ende = 0 LIMIT 1")


def handelnde(s: Sitzung, person_key: str, heute: str, profil: Profil | None = None) -> Handelnde:
    """Ein Konto mit den Rollen, die an diesem Tag (JJJJ-MM-TT) gelten; Verboten, wenn es keines gibt oder es nicht gilt.

    Kennt das geltende Profil seine Stelle nicht, gilt das Leseverbot für Meldungen: im Zweifel geschlossen. Wer oder wessen Stelle eine
    Arbeitsgruppe leitet, leitet sie, solange es sie gibt; diese Rolle gibt der Beschluss, nicht die Verwaltung der Konten.
    """
    zeile = s.eine("SELECT name, institution FROM person WHERE key = :key AND von <= :heute AND (bis IS NULL OR bis >= :heute)",
                   {"key": person_key, "heute": heute})
    if zeile is None:
        raise Verboten("Dieses Konto gibt es nicht, oder es gilt heute nicht.")
    name, stelle = zeile
    gefunden = (profil or geltendes_profil(s)[0]).institution(stelle) if stelle else None
    rollen, einrichtung = _geltende_rollen(s, heute, person_key).get(person_key, frozenset()), gefunden.name if gefunden else stelle
    if rollen and s.eine(_LEITET, {"ich": person_key, "stelle": einrichtung}):
        rollen |= {(Rolle.AG_LEITUNG.value, "")}
    return Handelnde(person_key, name, einrichtung, rollen, gefunden.abh if gefunden else stelle is not None)


def _geltende_rollen(s: Sitzung, heute: str, person: str = "") -> dict[str, Rollen]:
    gefunden: dict[str, Rollen] = {}
    for key, rolle, bereich in s.alle(_GELTENDE_ROLLEN, {"heute": heute, "person": person}):
        gefunden[key] = gefunden.get(key, frozenset()) | {(rolle, bereich)}
    return gefunden
