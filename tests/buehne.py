"""Eine Bühne: eine Datenbank, eine Uhr, Personen; darauf einzelne Züge und die gelenkte Wanderung durch alle Maschinen."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

from sqlmodel import SQLModel

from forms import formular
from service import access, tables  # noqa: F401  (füllt die Metadaten)
from service.apply import Ergebnis, Schritt, apply
from service.clock import aus_text
from service.db import Datenbank
from service.errors import Kreislauffehler, NichtGefunden
from service.fristen import Runde, runde
from service.handelnde import Handelnde
from service.laden import Akte
from service.profil import lesen
from service.umfeld import Umfeld, umfeld_aus
from service.zuruecknehmen import nimm_zurueck
from states.anhang import ANHAENGEN, ENTFERNEN
from states.kette import PROZESSE
from states.model import Prozess, Rolle, Uebergang
from tests import rezepte_gruppe, rezepte_lenkung  # noqa: F401  (füllen die Rezepte)
from tests.bau import JETZT, ohne_sitze
from tests.rezepte import REZEPTE
from tests.schmied import PERSONEN, Antwort, Schmied, Welt, ab, grundantwort

PROFIL = Path(__file__).parent.parent / "service" / "profile" / "maerkischer_kreis.toml"
MIT_DATEI = (ANHAENGEN, ENTFERNEN)  # diese Schritte geht test_anhaenge
KANTEN = frozenset((art, *k) for art, p in PROZESSE.items() for k in p.kanten())


@cache
def umfeld() -> Umfeld:
    return umfeld_aus(ohne_sitze(lesen(PROFIL)), "test", {"kreis": ("koord_a", "koord_b"), "iserlohn": ("koord_is",)})


class Buehne:
    """Wer hier handelt, bekommt ein Ergebnis oder den Fehler, den er zu sehen bekäme; jeder andere Fehler ist einer von uns."""

    def __init__(self, db: Datenbank) -> None:
        self.db = db
        self.jetzt = JETZT
        self.welt = Welt(umfeld(), self.jetzt)
        self.gruende: Counter[tuple[str, ...]] = Counter()
        self.getan: Counter[tuple[str, str, str]] = Counter()
        self.pause: dict[tuple[str, str, str], int] = {}  # bis zu welchem Zug ein Schritt nicht wieder versucht wird
        self.zug = 0
        with db.lesen() as s:
            letzte, konten = s.wert("SELECT max(zeit) FROM ereignis"), s.wert("SELECT count(*) FROM person")
        if not konten:
            with db.transaktion() as s:
                s.viele("INSERT INTO person (key, name, institution, von, vorfuehrung) VALUES (:key, :name, :institution, '2020-01-01', 0)",
                        [{"key": p.key, "name": p.name, "institution": p.institution} for p in PERSONEN])
                s.viele("INSERT INTO person_rolle (person, rolle, bereich, von) VALUES (:person, :rolle, :bereich, '2020-01-01')",
                        [{"person": p.key, "rolle": r, "bereich": b} for p in PERSONEN for r, b in sorted(p.rollen)])
        if letzte:
            self.jetzt = max(self.jetzt, aus_text(letzte) + timedelta(minutes=1))
        self.lies()

    @classmethod
    def auf_sqlite(cls, pfad: Path, vorlage: Path | None = None) -> Buehne:
        """Eine eigene Datei, leer oder als Kopie einer fertigen."""
        if vorlage is not None:
            shutil.copy(vorlage, pfad)
        db = Datenbank(pfad, groesse=2)
        if vorlage is None:
            SQLModel.metadata.create_all(db.maschine())
        return cls(db)

    def lies(self) -> None:
        self.welt.lies(self.db, self.jetzt)

    def schliesse(self) -> None:
        self.db.schliessen()

    # --- was man tun kann

    def tue(self, wer: Handelnde, *schritte: Schritt) -> Ergebnis | Kreislauffehler:
        self.jetzt += timedelta(minutes=1)
        try:
            ergebnis = self.db.in_transaktion(lambda s: apply(s, schritte, wer, self.jetzt, umfeld()))
        except Kreislauffehler as fehler:
            return fehler
        for b in ergebnis.bewegungen:
            self.welt.bisher[b.art, b.von, b.ausloeser, b.nach] += 1
            self.getan[b.key, b.von, b.ausloeser] += 1
        self.lies()
        return ergebnis

    def nimm_zurueck(self, wer: Handelnde, key: str, grund: str = "aus Versehen") -> str | Kreislauffehler:
        self.jetzt += timedelta(minutes=1)
        try:
            akt = self.db.in_transaktion(lambda s: nimm_zurueck(s, key, grund, wer, self.jetzt, umfeld()))
        except Kreislauffehler as fehler:
            return fehler
        self.lies()
        return akt

    def runde(self, tage: int) -> Runde:
        self.jetzt += timedelta(days=tage)
        with self.db.lesen() as s:
            bis = s.wert("SELECT coalesce(max(id), 0) FROM ereignis")
        ergebnis = runde(self.db, umfeld(), self.jetzt)
        frage = "SELECT v.art, e.von, e.ausloeser, e.nach FROM ereignis e JOIN vorgang v ON v.id = e.vorgang WHERE e.id > :bis"
        with self.db.lesen() as s:
            self.welt.bisher.update(Counter(s.alle(frage, {"bis": bis})))
        self.lies()
        return ergebnis

    # --- glaubwürdige Züge

    def antwort(self, a: Akte | None, art: str, u: Uebergang, wer: Handelnde, z: Random, wahlfrei: float = 0.2) -> Antwort | None:
        """Was das Formular verlangt, dazu das Rezept; None, wenn gerade nichts dafür da ist."""
        genau = (REZEPTE.get((art, u.ausloeser)) or REZEPTE.get(("", u.ausloeser)) or _ohne_rezept)(self.welt, a, z, wer)
        if genau is None or not u.formular:
            return genau
        fertig = {**grundantwort(Schmied(self.welt, z), art, u, wahlfrei), **genau}
        felder = formular(art, u.formular).model_fields
        if "ziel" in felder:
            fertig["ziel"] = u.nach or (a.zustand if a else None)
        return {k: w for k, w in fertig.items() if k in felder}

    def schritt(self, a: Akte | None, art: str, u: Uebergang, wer: Handelnde, z: Random, wahlfrei: float = 0.2) -> Schritt | None:
        daten = self.antwort(a, art, u, wer, z, wahlfrei)
        return None if daten is None else Schritt(u.ausloeser, a.key if a else "", "" if a else art, daten,
                                                    grund="weil es so ist" if z.random() < 0.97 else "")

    def passende(self, a: Akte | None, art: str, u: Uebergang) -> list[Handelnde]:
        """Wer den Schritt wahrscheinlich tun darf; bei einem Anfang alle mit der Rolle."""
        if a is None:
            return [p for p in PERSONEN if any(p.hat(w.rolle) for w in u.wer)]
        eltern = self.welt.netz.akten[a.eltern].beteiligte if a.eltern in self.welt.netz.akten else set()
        return [p for p in PERSONEN if access.darf(p, a, u, eltern) is not None]

    # --- die Wanderung

    def wandere(self, z: Random, zuege: int) -> None:
        """So viele Versuche; gewählt wird, was noch selten gelang und nicht dauernd abgelehnt wird."""
        for _ in range(zuege):
            if z.random() < 0.06:
                self.runde(z.choice((1, 3, 10, 25)))
            elif z.random() < 0.02 and self.welt.netz.akten:
                self.nimm_zurueck(z.choice(PERSONEN[:3]), z.choice(self.welt.akten()).key)
            else:
                self._ein_zug(z)

    def _ein_zug(self, z: Random) -> None:
        self.zug += 1
        moegliche = self._moegliche()
        gewichte = [1.0] * len(moegliche) if z.random() < 0.06 else [self._gewicht(a, art, u) for a, art, u in moegliche]
        for n in z.choices(range(len(moegliche)), gewichte, k=8):
            a, art, u = moegliche[n]
            wer = self.passende(a, art, u)
            p = z.choice(wer) if wer else z.choice(PERSONEN)
            schritt = self.schritt(a, art, u, p, z)
            if schritt and schritt.daten and z.random() < 0.1:  # auch Nachlässiges kommt vor; die Wächter müssen es merken
                schritt = replace(schritt, daten=Schmied(self.welt, z).lasse_weg(dict(schritt.daten)))
            ergebnis = self.tue(p, schritt) if schritt else NichtGefunden()
            if isinstance(ergebnis, Ergebnis):
                return
            self.pause[a.key if a else art, u.ausloeser, u.nach or ""] = self.zug + 12
            if schritt:
                self._merke_vergeblich(a, art, u, schritt, ergebnis)
                return

    def _merke_vergeblich(self, a: Akte | None, art: str, u: Uebergang, schritt: Schritt, fehler: Kreislauffehler) -> None:
        von = a.zustand if a else ""
        self.welt.vergeblich[art, von, u.ausloeser, u.nach or von] += 1
        self.gruende[art, u.ausloeser, type(fehler).__name__, fehler.satz[:110]] += 1
        for b in dict(schritt.daten).get("bewegungen") or ():
            if (ziel := self.welt.netz.bei_key(b["vorgang"])) is not None:
                for x in PROZESSE[ziel.art].kandidaten(b["ausloeser"], ziel.zustand):
                    self.welt.vergeblich[ziel.art, ziel.zustand, x.ausloeser, x.nach or ziel.zustand] += 1

    def _moegliche(self) -> Sequence[tuple[Akte | None, str, Uebergang]]:
        schritte: list[tuple[Akte | None, str, Uebergang]] = []
        for art, p in PROZESSE.items():
            schritte += [(None, art, u) for u in _klickbar(art, "") if self._noch_platz(art, p)]
        for a in self.welt.akten():
            schritte += [(a, a.art, u) for u in _klickbar(a.art, a.zustand)]
        return schritte

    def _noch_platz(self, art: str, p: Prozess) -> bool:
        return sum(1 for a in self.welt.netz.akten.values() if a.art == art and not p.zustand(a.zustand).ende) < _HOECHSTENS.get(art, 3)

    def _gewicht(self, a: Akte | None, art: str, u: Uebergang) -> float:
        """Neues zieht stark; der Hauptweg hält die Dinge im Fluss; alles andere kommt selten, und Abgelehntes ruht eine Weile."""
        if self.pause.get((a.key if a else art, u.ausloeser, u.nach or ""), 0) > self.zug:
            return 0.0
        endet = 0.2 if u.nach and PROZESSE[art].zustand(u.nach).ende else 1.0
        schon = self.getan[a.key, a.zustand, u.ausloeser] if a else 0
        weiter = u.ausloeser in _HAUPTWEG.get(art, ()) and (u.nach is not None or u.ausloeser in (*_BIS_ALLE, *_MEHRMALS))
        fluss = _ZUG.get(art, 2.0) / (1 + (0 if u.ausloeser in _BIS_ALLE else schon)) ** 2 if weiter else 0.02
        return endet * (6.0 * self.welt.neuheit(a, art, u) + fluss)


# Was ein Ding weiterbringt; ohne dieses Gefälle verliefe sich die Wanderung auf den vielen Nebenwegen am Anfang.
_HAUPTWEG = {
    "meldebogen": ("einreichen", "aufnehmen", "auswaehlen", "zuordnen"),
    "sammlung": ("anlegen",),
    "auswahlrunde": ("anlegen", "durchfuehren"),
    "fallrekonstruktion": ("anlegen", "einladen", "durchfuehren", "protokollieren", "pruefen", "rueckmelden", "abstimmen", "freigeben"),
    "generatives_thema": ("anlegen", "clustern", "vorlegen"),
    "sitzung": ("planen", "tagesordnung_zustimmen", "einladen", "eroeffnen", "protokoll_unterzeichnen"),
    "beschluss": ("fassen", "weiterleiten", "stimme_abgeben", "erledigen"),
    "arbeitsgruppe": ("konstituieren", "ist_beginnen", "ist_beitrag_erfassen", "soll_beginnen", "abstimmen", "vorlegen"),
    "zielsystem": ("anlegen", "bearbeiten", "zustimmen", "weiterleiten", "umsetzung_beginnen", "einfuehren"),
    "massnahme": ("beginnen",),
    "monitoring": ("erheben", "einzelfall_pruefen", "bewertung_beginnen", "als_wirksam_bewerten"),
}
# Was einer nach dem anderen tut; das Rezept sagt, wann keiner mehr fehlt.
_BIS_ALLE = ("zustimmen", "ist_beitrag_erfassen", "rueckmelden", "stimme_abgeben", "bearbeiten", "tagesordnung_zustimmen",
             "protokoll_unterzeichnen")
_MEHRMALS = ("erheben", "einzelfall_pruefen")
# Je weiter hinten im Kreislauf, desto seltener kommt etwas an, und desto mehr zieht es.
_ZUG = {"meldebogen": 1.0, "fallrekonstruktion": 6.0, "generatives_thema": 3.0, "arbeitsgruppe": 6.0, "zielsystem": 8.0, "massnahme": 4.0,
        "monitoring": 8.0, "beschluss": 5.0}
_HOECHSTENS = {"meldebogen": 12, "fallrekonstruktion": 5, "generatives_thema": 8, "zielsystem": 6, "sitzung": 4, "beschluss": 60}


def _ohne_rezept(*_: object) -> Antwort:
    return {}


@cache
def _klickbar(art: str, zustand: str) -> tuple[Uebergang, ...]:
    niemand = (Rolle.KETTE, Rolle.BESCHLUSS, Rolle.SYSTEM)
    return tuple(u for u in ab(art, zustand) if u.ausloeser not in MIT_DATEI and any(w.rolle not in niemand for w in u.wer))
