"""Anhänge: geprüft annehmen, herausgeben, entfernen und nachprüfen.

Die Datei steht in Stücken in der Datenbank, ihr Hash im Ereignis. Sehen kann sie, wer den Inhalt des Vorgangs sieht: Sie ist
eine Angabe wie jede andere. Ihr eigener Name wird nicht gespeichert, denn er nennt oft einen Menschen.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from forms.allgemein import DATEIARTEN
from forms.render import datum
from service.apply import Schritt
from service.clock import als_text
from service.dateipruefung import MEDIENTYPEN, Geprueft
from service.db import Sitzung
from service.errors import NichtGefunden, Ungueltig
from service.handelnde import Handelnde
from service.sicht import Ansicht, lies
from states.anhang import ANHAENGE, ANHAENGEN

_STUECK = 48_000  # Byte; als Base64 eine Zeile von 64 KB, auch in der Sicherung
_NAECHSTE = "SELECT v.id, coalesce(max(a.nr), 0) + 1 FROM vorgang v LEFT JOIN anhang a ON a.vorgang = v.id WHERE v.key = :key GROUP BY v.id"
_TEILE = ("SELECT t.daten FROM anhang a JOIN vorgang v ON v.id = a.vorgang JOIN anhang_teil t ON t.anhang = a.id "
          "WHERE v.key = :key AND a.nr = :nr ORDER BY t.nr")
_ALLE_TEILE = ("SELECT a.id, coalesce(v.key, '?'), a.nr, t.daten FROM anhang a LEFT JOIN vorgang v ON v.id = a.vorgang "
               "JOIN anhang_teil t ON t.anhang = a.id ORDER BY a.id, t.nr")
_OHNE_EINTRAG = ("SELECT a.id, a.nr, v.stand FROM anhang a JOIN vorgang v ON v.id = a.vorgang WHERE a.entfernt IS NULL "
                 "AND (:key = '' OR v.key = :key) ORDER BY a.id")


class Anhang(NamedTuple):
    """Wie er auf der Seite steht. `groesse` in Worten."""

    nr: int
    bezeichnung: str
    art: str
    groesse: str
    am: str


def gezeigte(ansicht: Ansicht) -> list[Anhang]:
    return [Anhang(int(nr), str(x["bezeichnung"]), DATEIARTEN[x["typ"]], _groesse(int(x["groesse"])), datum(x["am"]))
            for nr, x in sorted((ansicht.felder.get(ANHAENGE) or {}).items(), key=lambda paar: int(paar[0]))]


def _groesse(anzahl: int) -> str:
    return f"{anzahl / 1_000_000:.1f} MB".replace(".", ",") if anzahl >= 1_000_000 else f"{max(1, round(anzahl / 1000))} KB"


# --- annehmen und herausgeben -----------------------------------------------------------------------------------------


def lege_ab(s: Sitzung, key: str, bezeichnung: str, datei: Geprueft, version: int | None = None) -> Schritt:
    """Speichert die Datei und gibt den Schritt, der sie an den Vorgang hängt; beides muss in derselben Transaktion geschehen."""
    if s.postgres:  # zwei Uploads zugleich bekämen sonst dieselbe Nummer; SQLite schreibt ohnehin einer nach dem anderen
        s.alle("SELECT id FROM vorgang WHERE key = :key FOR UPDATE", {"key": key})
    zeile = s.eine(_NAECHSTE, {"key": key})
    if zeile is None:
        raise NichtGefunden(key)
    vorgang, nr = zeile
    pruefsumme = hashlib.sha256(datei.inhalt).hexdigest()
    kennung = s.wert("INSERT INTO anhang (vorgang, nr, sha256) VALUES (:vorgang, :nr, :sha256) RETURNING id",
                     {"vorgang": vorgang, "nr": nr, "sha256": pruefsumme})
    s.viele("INSERT INTO anhang_teil (anhang, nr, daten) VALUES (:anhang, :nr, :daten)",
            [{"anhang": kennung, "nr": n, "daten": base64.b64encode(datei.inhalt[ab : ab + _STUECK]).decode()}
             for n, ab in enumerate(range(0, len(datei.inhalt), _STUECK))])
    angaben = {"nr": nr, "bezeichnung": bezeichnung, "typ": datei.typ, "groesse": len(datei.inhalt), "sha256": pruefsumme}
    return Schritt(ANHAENGEN, key, daten=angaben, version=version)


class Herausgabe(NamedTuple):
    """`name` entsteht aus dem Schlüssel des Vorgangs, nicht aus dem der Datei. `ansicht`: womit sie gesehen wurde, fürs Protokoll."""

    name: str
    medientyp: str
    inhalt: bytes
    sha256: str
    ansicht: Ansicht

    def als_text(self) -> str:
        return base64.b64encode(self.inhalt).decode()


def aus_text(text: str) -> bytes:
    """Wirft Ungueltig am Feld `inhalt`."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Ungueltig({"inhalt": "Der Inhalt ist kein Base64."}) from None


def gib_heraus(s: Sitzung, person: Handelnde, key: str, nr: int, heute: date) -> Herausgabe:
    """Wirft NichtGefunden, gleich ob es den Vorgang oder den Anhang nicht gibt, die Person ihn nicht sieht oder er entfernt ist."""
    ansicht = lies(s, person, key, heute)
    angaben = (ansicht.felder.get(ANHAENGE) or {}).get(str(nr))
    inhalt = b"".join(base64.b64decode(t) for (t,) in s.alle(_TEILE, {"key": key, "nr": nr})) if angaben else b""
    if not angaben or hashlib.sha256(inhalt).hexdigest() != angaben["sha256"]:  # Verändertes geht nicht hinaus; `pruefen` sagt, was ist
        raise NichtGefunden(key)
    return Herausgabe(f"{key}-Anhang-{nr}.{angaben['typ']}", MEDIENTYPEN[angaben["typ"]], inhalt, str(angaben["sha256"]), ansicht)


def verlange_dateien(s: Sitzung, schritte: Sequence[Schritt]) -> None:
    """Eine Datei hängt nur an, wer sie schickt: Angaben ohne Datei gibt es nicht."""
    for schritt in schritte:
        if schritt.ausloeser != ANHAENGEN:
            continue
        daten: Mapping[str, Any] = schritt.daten if isinstance(schritt.daten, Mapping) else schritt.daten.model_dump()
        da = s.eine("SELECT 1 FROM anhang a JOIN vorgang v ON v.id = a.vorgang WHERE v.key = :key AND a.nr = :nr AND a.sha256 = :sha256 "
                    "AND a.entfernt IS NULL", {"key": schritt.vorgang, "nr": daten.get("nr"), "sha256": daten.get("sha256")})
        if da is None or _haengt_schon(s, schritt.vorgang, daten.get("nr")):
            raise Ungueltig({"datei": "Bitte schicken Sie die Datei selbst; von Angaben allein entsteht kein Anhang."})


def _haengt_schon(s: Sitzung, key: str, nr: object) -> bool:
    stand = json.loads(s.wert("SELECT stand FROM vorgang WHERE key = :key", {"key": key}) or "{}")
    return str(nr) in (stand.get(ANHAENGE) or {})


# --- entfernen und nachprüfen -----------------------------------------------------------------------------------------


def entferne_herrenlose(s: Sitzung, jetzt: datetime, key: str = "") -> int:
    """Löscht den Inhalt aller Dateien, die an keinem Vorgang mehr hängen: entfernt, oder das Anhängen zurückgenommen."""
    weg = [kennung for kennung, nr, stand in s.alle(_OHNE_EINTRAG, {"key": key})
           if str(nr) not in (json.loads(stand).get(ANHAENGE) or {})]
    s.viele("DELETE FROM anhang_teil WHERE anhang = :id", [{"id": k} for k in weg])
    s.viele("UPDATE anhang SET entfernt = :jetzt WHERE id = :id", [{"id": k, "jetzt": als_text(jetzt)} for k in weg])
    return len(weg)


def raeume_auf(s: Sitzung, jetzt: datetime) -> int:
    return entferne_herrenlose(s, jetzt)


def erwartete(key: str, stand: str) -> Iterator[tuple[tuple[str, int], str]]:
    """((Vorgang, Nummer), Hash) aller Dateien, die an einem Vorgang hängen."""
    if f'"{ANHAENGE}":{{"' in stand:
        yield from (((key, int(nr)), str(x["sha256"])) for nr, x in json.loads(stand)[ANHAENGE].items())


def befunde(s: Sitzung, erwartet: Mapping[tuple[str, int], str]) -> list[tuple[str, str]]:
    """Vergleicht jede Datei mit dem Hash, den die geprüften Ereignisse nennen; liest alle einmal, Stück für Stück."""
    gefunden = {ort: h.hexdigest() for ort, h in _hashes(s)}
    saetze = []
    for (key, nr), soll in erwartet.items():
        ist = gefunden.get((key, nr))
        if ist != soll:
            satz = f"Die Datei zum Anhang {nr} fehlt." if ist is None else f"Die Datei zum Anhang {nr} ist verändert worden."
            saetze.append((key, satz))
    return saetze


def _hashes(s: Sitzung) -> Iterator[tuple[tuple[str, int], Any]]:
    ort, laufend = None, hashlib.sha256()
    for _, key, nr, daten in s.stroemen(_ALLE_TEILE, menge=50):
        if ort not in (None, (key, nr)):
            yield ort, laufend
            laufend = hashlib.sha256()
        ort = (key, nr)
        try:
            laufend.update(base64.b64decode(daten, validate=True))
        except ValueError:
            laufend.update(b"?")
    if ort is not None:
        yield ort, laufend
