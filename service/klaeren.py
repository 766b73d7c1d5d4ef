"""Was die Koordination klären muss, damit nichts liegen bleibt: Nachrichten, die niemanden erreichten, und wer geht (Regel 14)."""

from __future__ import annotations

from typing import NamedTuple
from datetime import date, timedelta
from itertools import groupby

from service.db import Sitzung
from service.handelnde import Handelnde
from service.sendungen import Eintrag, gescheiterte
from states.model import Rolle

VORLAUF = timedelta(days=14)  # so lange vor dem letzten Tag ist zu sehen, dass jemand geht
_HOECHSTENS = 500
# CROSS JOIN: SQLite fängt dann bei den wenigen Personen an, die gehen, und liest nicht alle offenen Vorgänge
_ABGAENGE = ("SELECT p.key, p.name, p.bis, v.key, v.titel FROM person p CROSS JOIN vorgang v "
             "WHERE p.bis < :bald AND v.zustaendig = p.key AND v.ende = 0 AND (v.bereich IS NULL OR v.bereich IN ({bereiche})) "
             "ORDER BY p.bis, p.key, v.faellig, v.id LIMIT :menge")


class Abgang(NamedTuple):
    """Jemand, auf den noch Vorgänge warten und dessen Eintrag am Tag `bis` endet oder geendet hat."""

    person: str
    name: str
    bis: str
    vorgaenge: tuple[tuple[str, str], ...]  # (Geschäftszeichen, Titel), das Dringendste zuerst


class Aufgaben(NamedTuple):
    nachrichten: tuple[Eintrag, ...] = ()
    abgaenge: tuple[Abgang, ...] = ()


def zu_klaeren(s: Sitzung, person: Handelnde, heute: date) -> Aufgaben:
    """Was diese Person zu klären hat; leer für alle, die nicht koordinieren."""
    return Aufgaben(gescheiterte(s, person.key), abgaenge(s, person, heute)) if person.hat(Rolle.KOORDINATION) else Aufgaben()


def abgaenge(s: Sitzung, person: Handelnde, heute: date) -> tuple[Abgang, ...]:
    """Wer geht oder gegangen ist, mit dem, was auf sie oder ihn wartet; nur aus den Bereichen der Person."""
    werte = {f"bereich{n}": b for n, b in enumerate(sorted(person.bereiche(Rolle.KOORDINATION)))}
    zeilen = s.alle(_ABGAENGE.format(bereiche=", ".join(f":{name}" for name in werte) or "''"),
                    {**werte, "bald": (heute + VORLAUF).isoformat(), "menge": _HOECHSTENS})
    return tuple(Abgang(wer, name, bis, tuple((key, titel) for *_, key, titel in liste))
                 for (wer, name, bis), liste in groupby(zeilen, key=lambda z: (z[0], z[1], z[2])))
