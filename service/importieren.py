"""Die schreibende Hälfte des Imports: geprüfte Zeilen -> Meldungen, in Blöcken, jede durch `apply`.

Ein Block ist eine Transaktion; was er anlegt und die Fingerabdrücke seiner Zeilen stehen gemeinsam da oder gar nicht.
Darum lässt sich ein abgebrochener Import einfach noch einmal starten, und zwei zugleich kommen sich nicht in die Quere.
Die Fristen laufen ab dem Import, Nachrichten gehen keine hinaus.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from psycopg.errors import UniqueViolation

from forms.grundform import Befund
from forms.meldebogen import Einreichen
from service.apply import Schritt, apply
from service.clock import als_text, berliner_tag
from service.db import Datenbank, Sitzung
from service.errors import Betriebsfehler, Konflikt, Kreislauffehler, Ungueltig
from service.handelnde import SYSTEM
from service.importlesen import Gelesen, Importfehler, Importzeile, fingerabdruck, lies
from service.laden import ids_von_keys
from service.protokoll import vermerke
from service.umfeld import Umfeld

BLOCK = 200
_VERSUCHE = 10
_ZEICHEN = "geschaeftszeichen"
_MIT_ANDEREM_INHALT = "Das Geschäftszeichen {} ist schon mit anderem Inhalt vergeben."
_NICHT_AUS_EINEM_IMPORT = "Das Geschäftszeichen {} gehört schon zu einem Vorgang, der nicht aus einem Import stammt."
_ZEILE_NEU = "INSERT INTO importzeile (geschaeftszeichen, fingerabdruck, zeit) VALUES (:key, :fingerabdruck, :zeit)"


class Ablehnung(NamedTuple):
    """Eine Zeile, die nicht aufgenommen ist; der erste Befund ist der Hauptgrund."""

    zeile: int
    befunde: tuple[Befund, ...]

    def als_json(self) -> dict[str, Any]:
        haupt, *weitere = self.befunde
        ausserdem = "".join(f" Außerdem {b.feld or 'die Zeile'}: {b.grund}" for b in weitere)
        return {"zeile": self.zeile, "feld": haupt.feld, "grund": haupt.grund + ausserdem}


@dataclass
class Importbericht:
    """Was aus den Zeilen geworden ist; `hinweise` (Zeile, Satz) betreffen aufgenommene. `gelesen` zählt Bytes."""

    angenommen: int = 0
    bereits_vorhanden: int = 0
    abgelehnt: list[Ablehnung] = field(default_factory=list)
    hinweise: list[tuple[int, str]] = field(default_factory=list)
    gelesen: int = 0
    gesamt: int = 0

    @property
    def zeilen(self) -> int:
        return self.angenommen + self.bereits_vorhanden + len(self.abgelehnt)

    def als_json(self) -> dict[str, Any]:
        return {"angenommen": self.angenommen, "bereits_vorhanden": self.bereits_vorhanden,
                "abgelehnt": [a.als_json() for a in self.abgelehnt]}


def importiere(
    db: Datenbank, umfeld: Umfeld, datei: BinaryIO, name: str, jetzt: datetime, konto: str,
    melde: Callable[[Importbericht], None] = lambda _: None, block: int = BLOCK,
) -> Importbericht:
    """Liest `datei` bis zum Ende und nimmt auf, was gültig und neu ist.

    Args:
        name: Dateiname; entscheidet mit über JSON Lines oder CSV und wird nirgends gespeichert.
        konto: das Konto des Betriebssystems, für das Protokoll.
        melde: bekommt nach jedem Block den Bericht bis dahin.

    Raises:
        Konflikt, Betriebsfehler: andere haben die Datenbank zu lange belegt; was bis dahin gemeldet ist, bleibt aufgenommen.
    """
    bericht = Importbericht(gesamt=_groesse(datei))
    strom = _Mitleser(datei)
    _vermerke(db, jetzt, konto, "import_begonnen", {"bytes": bericht.gesamt})
    ergebnisse = lies(strom, name, umfeld.kontext(jetzt))
    while teil := list(islice(ergebnisse, block)):
        _trage_ein(bericht, _schreibe_block(db, umfeld, [e for e in teil if isinstance(e, Gelesen)], jetzt), teil)
        melde(bericht)
    _vermerke(db, jetzt, konto, "import", {
        "angenommen": bericht.angenommen, "bereits_vorhanden": bericht.bereits_vorhanden, "abgelehnt": len(bericht.abgelehnt),
        "bytes": strom.bytes, "sha256": strom.sha256.hexdigest(),
    })
    return bericht


class _Mitleser:
    """Reicht Zeilen weiter und rechnet dabei die Prüfsumme der Datei, mit der sich der Import später belegen lässt."""

    def __init__(self, datei: BinaryIO) -> None:
        self._datei = datei
        self.sha256, self.bytes = hashlib.sha256(), 0

    def readline(self, laenge: int = -1) -> bytes:
        stueck = self._datei.readline(laenge)
        self.sha256.update(stueck)
        self.bytes += len(stueck)
        return stueck


def _groesse(datei: BinaryIO) -> int:
    """0, wenn es vorher niemand weiß (eine Leitung von einem anderen Programm)."""
    return os.fstat(datei.fileno()).st_size


def _vermerke(db: Datenbank, jetzt: datetime, konto: str, was: str, angaben: dict[str, Any]) -> None:
    db.in_transaktion(lambda s: vermerke(s, jetzt, konto, was, angaben), _VERSUCHE)


# --- ein Block --------------------------------------------------------------------------------------------------------

_Ausgang = Ablehnung | bool  # aufgenommen, oder (False) bereits vorhanden


def _trage_ein(bericht: Importbericht, ausgaenge: Sequence[_Ausgang], teil: Sequence[Gelesen | Importfehler]) -> None:
    folge: Iterator[_Ausgang] = iter(ausgaenge)
    for e in teil:
        ausgang = Ablehnung(e.zeile, e.befunde) if isinstance(e, Importfehler) else next(folge)
        if isinstance(ausgang, Ablehnung):
            bericht.abgelehnt.append(ausgang)
            continue
        bericht.angenommen += ausgang
        bericht.bereits_vorhanden += not ausgang
        if isinstance(e, Gelesen) and e.hinweis:
            bericht.hinweise.append((e.zeile, e.hinweis))
    bericht.gelesen = teil[-1].ende_byte


def _schreibe_block(db: Datenbank, umfeld: Umfeld, block: Sequence[Gelesen], jetzt: datetime) -> list[_Ausgang]:
    """Alle Zeilen in einer Transaktion; wenn eine davon scheitert, jede für sich, damit sie den anderen nichts kostet."""
    if not block:
        return []
    try:
        return db.in_transaktion(lambda s: _schreibe(s, umfeld, block, jetzt), _VERSUCHE)
    except (Konflikt, Betriebsfehler):
        raise
    except (Kreislauffehler, UniqueViolation):
        return [_schreibe_einzeln(db, umfeld, g, jetzt) for g in block]


def _schreibe_einzeln(db: Datenbank, umfeld: Umfeld, g: Gelesen, jetzt: datetime) -> _Ausgang:
    try:
        return db.in_transaktion(lambda s: _schreibe(s, umfeld, [g], jetzt), _VERSUCHE)[0]
    except (Konflikt, Betriebsfehler):
        raise
    except UniqueViolation:  # gerade eben hat jemand diesen Schlüssel vergeben; beim zweiten Mal steht er da
        return db.in_transaktion(lambda s: _schreibe(s, umfeld, [g], jetzt), _VERSUCHE)[0]
    except Ungueltig as fehler:
        return Ablehnung(g.zeile, tuple(Befund(feld, grund) for feld, grund in fehler.befunde))
    except Kreislauffehler as fehler:
        return Ablehnung(g.zeile, (Befund("", fehler.satz),))


def _schreibe(s: Sitzung, umfeld: Umfeld, block: Sequence[Gelesen], jetzt: datetime) -> list[_Ausgang]:
    if s.postgres:  # ein Import nach dem anderen, Block für Block; wer liest oder meldet, wartet nicht
        s.fuehre("LOCK TABLE importzeile IN SHARE ROW EXCLUSIVE MODE")
    keys = {g.meldung.geschaeftszeichen for g in block}
    bekannt, vergeben = _bekannte(s, keys), ids_von_keys(s, keys)
    ausgaenge: list[_Ausgang] = []
    neue: list[dict[str, str]] = []
    for g in block:
        key, abdruck = g.meldung.geschaeftszeichen, fingerabdruck(g.meldung)
        if key in bekannt:
            gleich = bekannt[key] == abdruck
            ausgaenge.append(False if gleich else Ablehnung(g.zeile, (Befund(_ZEICHEN, _MIT_ANDEREM_INHALT.format(key)),)))
        elif key in vergeben:
            ausgaenge.append(Ablehnung(g.zeile, (Befund(_ZEICHEN, _NICHT_AUS_EINEM_IMPORT.format(key)),)))
        else:
            apply(s, [_schritt(g.meldung)], SYSTEM, jetzt, umfeld, still=True)
            bekannt[key] = abdruck
            neue.append({"key": key, "fingerabdruck": abdruck, "zeit": als_text(jetzt)})
            ausgaenge.append(True)
    s.viele(_ZEILE_NEU, neue)
    return ausgaenge


def _bekannte(s: Sitzung, keys: set[str]) -> dict[str, str]:
    """Geschäftszeichen -> Fingerabdruck von allem, was schon importiert ist."""
    gesucht = sorted(keys)
    bedingung = "geschaeftszeichen = ANY(:keys)" if s.postgres else "geschaeftszeichen IN (SELECT value FROM json_each(:keys))"
    werte = {"keys": gesucht if s.postgres else json.dumps(gesucht)}
    return dict(s.alle(f"SELECT geschaeftszeichen, fingerabdruck FROM importzeile WHERE {bedingung}", werte))


def _schritt(zeile: Importzeile) -> Schritt:
    """Der Meldebogen ohne das Zeichen und den Eingang; beides sind Angaben des Vorgangs, nicht des Bogens."""
    felder = {name: getattr(zeile, name) for name in Einreichen.model_fields}
    bogen = Einreichen.model_construct(zeile.model_fields_set - {_ZEICHEN, "eingang"}, **felder)  # eben erst geprüft
    zusatz = {"eingang": berliner_tag(zeile.eingang).isoformat()}
    return Schritt("einreichen", art="meldebogen", daten=bogen, key=zeile.geschaeftszeichen, zusatz=zusatz)
