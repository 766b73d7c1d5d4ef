"""Was geschieht, ohne einen Vorgang zu ändern: eine Zeile, die bleibt. Wer sie nachliest, bekommt sie in deutschen Sätzen.

Zum Nachlesen gibt es zwei Bücher: die Zugriffe (was hier vermerkt wird) und die Schritte (alle Ereignisse, ohne ihren Inhalt).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from service.clock import BERLIN, als_text
from service.db import Sitzung
from service.faltung import bezeichnung_von
from service.handelnde import SYSTEM
from service.umfeld import kanonisch
from states.kette import PROZESSE

_NEU = "INSERT INTO protokoll (zeit, person, systemkonto, was, angaben) VALUES (:zeit, :person, :konto, :was, :angaben)"
SEITE = 100

# Was vermerkt wird -> wie es dasteht. Ein Test hält die Liste vollständig.
BEZEICHNUNGEN = {
    "ausgegeben": "Liste als CSV ausgegeben",
    "zahlen_ausgegeben": "Zahlen ausgegeben",
    "gelesen": "Text einer Meldung gelesen",
    "protokoll_gelesen": "Protokoll gelesen",
    "angemeldet": "Angemeldet",
    "kennwort_gesetzt": "Kennwort gesetzt",
    "eingeladen": "Zugang eingeladen",
    "konto_gesperrt": "Konto gesperrt",
    "konto_entsperrt": "Konto entsperrt",
    "zugriffsschluessel_angelegt": "Zugriffsschlüssel angelegt",
    "zugriffsschluessel_widerrufen": "Zugriffsschlüssel widerrufen",
    "link_erneuert": "Neuen Link geschickt",
    "kommentiert": "Kommentar geschrieben",
    "kommentar_zurueckgezogen": "Kommentar zurückgezogen",
    "kommentar_geschwaerzt": "Stelle in einem Kommentar geschwärzt",
    "meldecode_ausgestellt": "Code zum Melden ausgestellt",
    "meldecode_erneuert": "Code zum Melden erneuert",
    "meldecode_widerrufen": "Code zum Melden widerrufen",
    "postfach_berichtigt": "Postfach berichtigt",
    "person_angelegt": "Person angelegt",
    "person_geaendert": "Person geändert",
    "rolle_gegeben": "Rolle gegeben",
    "rolle_beendet": "Rolle beendet",
    "eintrag_angelegt": "Stammdaten: Eintrag angelegt",
    "eintrag_geaendert": "Stammdaten: Eintrag geändert",
    "eintrag_beendet": "Stammdaten: Eintrag beendet",
    "profil_uebernommen": "Profil übernommen",
    "import_begonnen": "Import begonnen",
    "import": "Import beendet",
    "gesichert": "Sicherung angelegt",
    "wiederhergestellt": "Sicherung zurückgespielt",
    "umgestellt": "Vorgänge auf eine neue Fassung des Ablaufs umgestellt",
    "gesiegelt": "Ereignisse gesiegelt",
    "tagesrunde_befunde": "Befunde der täglichen Prüfung",
    "vorfuehrkonten_angelegt": "Konten der Vorführung angelegt",
    "vorfuehrung_leer": "Vorführung ohne Vorgänge begonnen",
    "vorfuehrung_begonnen": "Vorführung begonnen",
    "vorfuehrung": "Vorführung gefüllt",
}


def vermerke(s: Sitzung, jetzt: datetime, konto: str, was: str, angaben: Mapping[str, Any],
             person: str = SYSTEM.key) -> None:
    """`konto`: das Konto des Betriebssystems, unter dem die Kommandozeile lief; sie handelt als System. Auf den Seiten ist es leer."""
    s.fuehre(_NEU, {"zeit": als_text(jetzt), "person": person, "konto": konto, "was": was, "angaben": kanonisch(dict(angaben))})


def vermerke_gelesene(s: Sitzung, jetzt: datetime, keys: Iterable[str], person: str) -> None:
    """Je Meldung, deren Text die Person zu sehen bekam, eine Zeile."""
    zeit = als_text(jetzt)
    s.viele(_NEU, [{"zeit": zeit, "person": person, "konto": "", "was": "gelesen", "angaben": kanonisch({"vorgang": k})} for k in keys])


# --- nachlesen --------------------------------------------------------------------------------------------------------


class Suche(NamedTuple):
    """`person`: Schlüssel; `vorgang`: Schlüssel des Vorgangs; `von`, `bis`: Kalendertage in Berlin, beide eingeschlossen."""

    person: str = ""
    vorgang: str = ""
    von: date | None = None
    bis: date | None = None

    def bedingungen(self, tafel: str) -> tuple[list[str], dict[str, Any]]:
        teile, werte = ["1 = 1"], {}
        if self.person:
            teile.append(f"{tafel}.person = :person")
            werte["person"] = self.person
        if self.von is not None:
            teile.append(f"{tafel}.zeit >= :von")
            werte["von"] = _beginn(self.von)
        if self.bis is not None:
            teile.append(f"{tafel}.zeit < :bis")
            werte["bis"] = _beginn(self.bis + timedelta(days=1))
        return teile, werte


class Zeile(NamedTuple):
    """`id` ist zugleich das Lesezeichen der nächsten Seite."""

    id: int
    zeit: str
    person: str
    systemkonto: str
    was: str
    vorgang: str
    angaben: Mapping[str, Any]


def zugriffe(s: Sitzung, suche: Suche, vor: int = 0, anzahl: int = SEITE) -> list[Zeile]:
    """Was vermerkt ist, das Neueste zuerst."""
    teile, werte = suche.bedingungen("p")
    if suche.vorgang:
        teile.append("p.angaben LIKE :vorgang ESCAPE '!'")
        werte["vorgang"] = f'%"vorgang":"{_woertlich(suche.vorgang)}"%'
    frage = "SELECT p.id, p.zeit, p.person, p.systemkonto, p.was, p.angaben FROM protokoll p"
    zeilen = _blatt(s, frage, "p", teile, werte, vor, anzahl)
    return [_zugriff(*zeile) for zeile in zeilen]


def _zugriff(kennung: int, zeit: str, person: str, konto: str, was: str, angaben: str) -> Zeile:
    mehr = json.loads(angaben)
    return Zeile(kennung, zeit, person, konto, BEZEICHNUNGEN.get(was, was), str(mehr.pop("vorgang", "")), mehr)


def schritte(s: Sitzung, suche: Suche, vor: int = 0, anzahl: int = SEITE) -> list[Zeile]:
    """Alle Ereignisse, ohne Inhalt: wer wann welchen Schritt an welchem Vorgang tat; das Neueste zuerst."""
    teile, werte = suche.bedingungen("e")
    if suche.vorgang:
        teile.append("v.key = :vorgang")
        werte["vorgang"] = suche.vorgang
    frage = ("SELECT e.id, e.zeit, e.person, e.rolle, v.key, v.art, e.ausloeser, e.von, e.nach FROM ereignis e "
             "JOIN vorgang v ON v.id = e.vorgang")
    zeilen = _blatt(s, frage, "e", teile, werte, vor, anzahl)
    return [_schritt(*zeile) for zeile in zeilen]


def _schritt(kennung: int, zeit: str, person: str, rolle: str, key: str, art: str, ausloeser: str, von: str, nach: str) -> Zeile:
    prozess = PROZESSE[art]
    was = bezeichnung_von(art, ausloeser)
    wohin = {"stand": prozess.zustand(nach).bezeichnung} if nach and nach != von else {}
    return Zeile(kennung, zeit, person, "", f"{prozess.bezeichnung}: {was}", key, {"rolle": rolle, **wohin})


def _blatt(s: Sitzung, frage: str, tafel: str, teile: list[str], werte: dict[str, Any], vor: int, anzahl: int) -> list[tuple[Any, ...]]:
    if vor:
        teile, werte = [*teile, f"{tafel}.id < :vor"], {**werte, "vor": vor}
    return s.alle(f"{frage} WHERE {' AND '.join(teile)} ORDER BY {tafel}.id DESC LIMIT :anzahl", {**werte, "anzahl": anzahl})


def _beginn(tag: date) -> str:
    return als_text(datetime.combine(tag, time(), BERLIN))


def _woertlich(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
