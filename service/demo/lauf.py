"""Ein Lauf der Vorführung: spielt Schritte als die Person, die sie tut, mit einer eigenen Uhr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from service.apply import Ergebnis, Schritt, apply
from service.clock import BERLIN
from service.db import Datenbank
from service.errors import Kreislauffehler, Verboten
from service.handelnde import Handelnde
from service.laden import Akte, akte
from service.umfeld import Umfeld


_NIE = datetime.max.replace(tzinfo=UTC)
_OHNE_KONTO = "ohne-konto"  # eine Liste oder ein Postfach der Geschichte, hinter dem niemand angemeldet ist


class Unterschied(NamedTuple):
    """Wo Geschichte und Prozess auseinandergehen; der Prozess gilt."""

    nr: int
    key: str
    satz: str


@dataclass
class Lauf:
    db: Datenbank
    umfeld: Umfeld
    jetzt: datetime
    grenze: datetime = _NIE  # danach geschieht nichts: der Augenblick des Starts
    unterschiede: list[Unterschied] = field(default_factory=list)
    gespielt: int = 0
    ergaenzt: int = 0

    def stelle_uhr(self, tag: date, uhrzeit: time | None = None) -> None:
        """Vorwärts auf diesen Tag; nie zurück und nie über den Start hinaus. Jeder Schritt dauert danach eine Minute."""
        ziel = datetime.combine(tag, uhrzeit or time(9, 0), BERLIN).astimezone(UTC)
        self.jetzt = min(max(ziel, self.jetzt + timedelta(minutes=1)), self.grenze)

    # --- wer

    def person(self, bezeichnung: str) -> Handelnde:
        """Das Konto der Vorführung unter diesem Namen, mit den Rollen aus dem Profil."""
        profil = self.umfeld.profil
        gefunden = profil.person(bezeichnung)
        if gefunden is None:
            return Handelnde(_OHNE_KONTO, bezeichnung, bezeichnung)
        rollen = frozenset((str(r.rolle), r.bereich or "") for r in gefunden.rollen)
        institution = profil.institution(gefunden.institution) if gefunden.institution else None
        name = institution.name if institution else gefunden.institution
        return Handelnde(gefunden.key, gefunden.name, name, rollen, profil.ist_abh(institution))

    def koordination(self, bereich: str | None = None) -> Handelnde:
        """Die erste Koordination dieses Bereichs (ohne Angabe: des ersten im Profil)."""
        gesucht = bereich or self.umfeld.profil.bereiche[0].key
        key = self.umfeld.koordination[gesucht][0]
        return self.person(key)

    def koordination_von(self, vorgang: str) -> Handelnde:
        """Wer den Vorgang führen darf: die Koordination seines Bereichs."""
        gefunden = self.akte(vorgang)
        return self.koordination(gefunden.bereich if gefunden else None)

    # --- tun

    def tue(self, wer: Handelnde, *schritte: Schritt) -> Ergebnis:
        """Ein Zug in eigener Transaktion; die Uhr geht eine Minute weiter."""
        ergebnis = self.db.in_transaktion(lambda s: apply(s, schritte, wer, self.jetzt, self.umfeld))
        self.jetzt = min(self.jetzt + timedelta(minutes=1), self.grenze)
        self.gespielt += 1
        return ergebnis

    def spiele(self, s: Mapping[str, Any], key: str, *schritte: Schritt, ersatz: str = "") -> bool:
        """Ein Schritt der Geschichte als ihre Person. Darf sie ihn nicht tun, tut ihn die Koordination des Vorgangs.

        Was der Prozess nicht zulässt, wird als Unterschied vermerkt. `ersatz`: der Vorgang, dessen Bereich zählt.
        """
        return self._versuche(int(s["nr"]), key, self.person(str(s["person"])), schritte, ersatz or key)

    def ergaenze(self, s: Mapping[str, Any], key: str, wer: Handelnde, *schritte: Schritt, ersatz: str = "") -> bool:
        """Eine Handlung, die die Geschichte weglässt und der Prozess braucht."""
        self.ergaenzt += 1
        return self._versuche(int(s["nr"]), key, wer, schritte, ersatz, still=True)

    def _versuche(self, nr: int, key: str, wer: Handelnde, schritte: tuple[Schritt, ...], ersatz: str, still: bool = False) -> bool:
        try:
            self.tue(wer, *schritte)
        except Verboten:
            andere = self.koordination_von(ersatz) if ersatz else wer
            if andere.key == wer.key:
                self.unterschied(nr, key, f"{schritte[0].ausloeser}: Das darf {wer.name} nicht.")
                return False
            if not still and not wer.key.startswith(_OHNE_KONTO):
                self.unterschied(nr, key, f"{schritte[0].ausloeser}: Das darf {wer.name} nicht; gespielt als {andere.name}.")
            return self._versuche(nr, key, andere, schritte, "", still)
        except Kreislauffehler as fehler:
            self.unterschied(nr, key, f"{schritte[0].ausloeser}: {fehler.satz}")
            return False
        return True

    def unterschied(self, nr: int, key: str, satz: str) -> None:
        self.unterschiede.append(Unterschied(nr, key, satz))

    # --- sehen

    def akte(self, key: str) -> Akte | None:
        with self.db.lesen() as s:
            return akte(s, key)

    def zustand(self, key: str) -> str | None:
        gefunden = self.akte(key)
        return gefunden.zustand if gefunden else None

    def nachbarn(self, key: str, art: str) -> set[str]:
        """Die Schlüssel, die über eine offene Verbindung dieser Art mit dem Vorgang verbunden sind."""
        with self.db.lesen() as s:
            return {z[0] for z in s.alle(
                "SELECT a.key FROM verbindung x JOIN vorgang v ON v.key = :key JOIN vorgang a ON a.id = CASE WHEN x.von = v.id THEN x.nach "
                "ELSE x.von END WHERE x.offen = 1 AND x.art = :art AND (x.von = v.id OR x.nach = v.id)", {"key": key, "art": art})}

    def durchlief(self, key: str, zustand: str) -> bool:
        """Ob der Vorgang im selben Zug wie sein letztes Ereignis auch diesen Zustand hatte."""
        with self.db.lesen() as s:
            return s.wert("SELECT 1 FROM vorgang v JOIN ereignis l ON l.vorgang = v.id AND l.nr = v.version JOIN ereignis e "
                          "ON e.vorgang = v.id AND e.akt = l.akt WHERE v.key = :key AND e.nach = :zustand LIMIT 1",
                          {"key": key, "zustand": zustand}) is not None

    def stand(self, key: str) -> Mapping[str, Any]:
        gefunden = self.akte(key)
        return gefunden.stand if gefunden else {}
