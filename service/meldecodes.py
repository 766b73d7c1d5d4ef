"""Codes, mit denen Stellen ohne Konto melden. Die Koordination stellt sie aus, erneuert und widerruft sie; je Stelle gilt höchstens einer.

Eine Ausländerbehörde bekommt keinen: Über ihre Meldungen erfährt nur, wer sie selbst eingereicht hat (Regel 12), und das ist ein Konto.
"""

from __future__ import annotations

from typing import NamedTuple
from datetime import datetime

from service import geheimcode
from service.adressen import STELLE
from service.clock import als_text
from service.db import Sitzung
from service.errors import NichtGefunden, Ungueltig
from service.handelnde import Handelnde
from service.profil import Institution, Profil
from service.protokoll import vermerke
from states.model import Rolle

_WOZU, _GRUPPEN = "meldecode", 4
_WIDERRUFE = "UPDATE meldecode SET widerrufen = :jetzt WHERE stelle = :stelle AND widerrufen IS NULL"
_NEU = "INSERT INTO meldecode (hash, stelle, name, angelegt) VALUES (:hash, :stelle, :name, :jetzt)"
# je Stelle die letzte Zeile; Codes sind wenige
_STAND = ("SELECT m.stelle, m.angelegt, m.widerrufen, (SELECT count(*) FROM meldebeleg b WHERE b.stelle = m.stelle) FROM meldecode m "
          "WHERE m.id = (SELECT max(n.id) FROM meldecode n WHERE n.stelle = m.stelle)")


class Codestand(NamedTuple):
    """`widerrufen` leer: Der Code gilt. `meldungen`: wie viele ohne Konto von dieser Stelle kamen."""

    stelle: Institution
    angelegt: str
    widerrufen: str
    meldungen: int


def meldende_stelle(institution: Institution) -> Handelnde:
    """Wie eine Stelle ohne Konto handelt; woran, das begrenzt, wer sie handeln lässt."""
    return Handelnde(f"{STELLE}{institution.key}", institution.name, institution.name, frozenset({(Rolle.MELDER.value, "")}),
                     institution.abh)


def finde(s: Sitzung, getippt: str, profil: Profil) -> Institution:
    """Wirft NichtGefunden, gleich ob es den Code nie gab, er widerrufen ist oder seine Stelle keinen mehr haben darf."""
    gefunden = s.eine("SELECT stelle FROM meldecode WHERE hash = :hash AND widerrufen IS NULL",
                      {"hash": geheimcode.hash_von(getippt, _WOZU, _GRUPPEN)})
    stelle = profil.institution(gefunden[0]) if gefunden and profil.ohne_konto.erlaubt else None
    if stelle is None or stelle.abh:
        raise NichtGefunden
    return stelle


def stelle_aus(s: Sitzung, bezeichnung: str, profil: Profil, jetzt: datetime, wer: Handelnde) -> str:
    """Der neue Code, nur hier und nur dieses eine Mal; ein bisheriger gilt dann nicht mehr.

    Wirft Ungueltig, und NichtGefunden, wo das Profil Codes nicht erlaubt.
    """
    if not profil.ohne_konto.erlaubt:
        raise NichtGefunden
    stelle = profil.institution(bezeichnung)
    if stelle is None:
        raise Ungueltig({"stelle": "Diese Stelle kommt im Profil nicht vor. Bitte wählen Sie eine aus der Liste."})
    if stelle.abh:
        raise Ungueltig({"stelle": "Eine Ausländerbehörde meldet mit Konten: Über ihre Meldungen darf nur unterrichtet werden, wer sie "
                                   "selbst eingereicht hat."})
    code, werte = geheimcode.neuer_code(_GRUPPEN), {"stelle": stelle.key, "jetzt": als_text(jetzt)}
    erneuert = s.fuehre(_WIDERRUFE, werte)
    s.fuehre(_NEU, {**werte, "name": stelle.name, "hash": geheimcode.hash_von(code, _WOZU, _GRUPPEN)})
    if erneuert:
        vermerke(s, jetzt, "", "meldecode_erneuert", {"stelle": stelle.key}, wer.key)
    else:
        vermerke(s, jetzt, "", "meldecode_ausgestellt", {"stelle": stelle.key}, wer.key)
    return code


def widerrufe(s: Sitzung, stelle: str, jetzt: datetime, wer: Handelnde) -> None:
    """Neue Meldungen gehen damit nicht mehr; was schon gemeldet ist, sieht man mit seinem Beleg weiter."""
    if s.fuehre(_WIDERRUFE, {"stelle": stelle, "jetzt": als_text(jetzt)}) != 1:
        raise NichtGefunden
    vermerke(s, jetzt, "", "meldecode_widerrufen", {"stelle": stelle}, wer.key)


def alle(s: Sitzung, profil: Profil) -> list[Codestand]:
    gefunden = [Codestand(stelle, angelegt, widerrufen or "", anzahl) for key, angelegt, widerrufen, anzahl in s.alle(_STAND)
                if (stelle := profil.institution(key)) is not None]
    return sorted(gefunden, key=lambda c: (bool(c.widerrufen), c.stelle.name.casefold()))
