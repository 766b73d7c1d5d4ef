"""Vorgänge auf die Fassung ihrer Prozesstabelle bringen, nach der dieses Programm arbeitet: je Vorgang ein eigenes Ereignis.

Das Ereignis hält fest, womit es weitergeht: den Inhalt und alles, was offen ist. Was davor geschah, las eine Tabelle, die es nicht mehr
gibt; Prüfen und Zurücknehmen beginnen deshalb bei ihm. Ein Vorgang, der schon umgestellt ist, bleibt, wie er ist.

Marken, Beteiligungen und Fristen werden so, wie die heutige Tabelle sie aus denselben Ereignissen ergibt. Eine Frist, die dazukommt, läuft
ab dem Tag, an dem sie begonnen hätte; wäre sie dann schon abgelaufen, ab heute. Laufende Fristen behalten ihren Tag.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from forms.render import datum
from service.buendel import Buendel
from service.clock import als_text, berliner_tag
from service.db import Datenbank, Sitzung, kennungen
from service.faltung import UMSTELLEN, ZURUECKNEHMEN, Geschehen, falte, uebergang_von
from service.handelnde import SYSTEM
from service.laden import Akte, Netz, OffeneFrist, lade
from service.protokoll import vermerke
from service.profilfassungen import Profilfassungen
from service.pruefen_fristen import Nachspiel
from service.pruefen_zeilen import eigene_zeilen
from service.terminlage import aktualisiere, ergaenzt, oeffne, zaehle_stufen_neu
from service.umfeld import Umfeld, lade_umfeld
from service.zuruecknehmen import ereignisse_von
from states.aussage import Aussage
from states.fristen import Termin
from states.kette import PROZESSE
from states.model import Prozess, Rolle

_PORTION = 200
# Seit der letzten Umstellung ist etwas unter einer anderen Fassung geschehen als der heutigen.
_FRUEHERE = ("FROM vorgang v WHERE v.art = :art AND EXISTS (SELECT 1 FROM ereignis e WHERE e.vorgang = v.id "
             "AND e.prozessversion <> :fassung "
             f"AND e.nr >= coalesce((SELECT max(u.nr) FROM ereignis u WHERE u.vorgang = v.id AND u.ausloeser = '{UMSTELLEN}'), 1))")
_OFFEN = ("SELECT vorgang, 'frist', name, schluessel, '', geoeffnet_nr FROM frist WHERE offen = 1 AND {0} "
          "UNION ALL SELECT vorgang, 'marke', name, '', '', geoeffnet_nr FROM marke WHERE offen = 1 AND {0} "
          "UNION ALL SELECT vorgang, 'beteiligung', rolle, wer, '', geoeffnet_nr FROM beteiligung WHERE offen = 1 AND {0} "
          "UNION ALL SELECT x.geoeffnet_vorgang, 'verbindung', x.art, a.key, b.key, x.geoeffnet_nr FROM verbindung x "
          "JOIN vorgang a ON a.id = x.von JOIN vorgang b ON b.id = x.nach WHERE x.offen = 1 AND {1} ORDER BY 1, 2, 6, 3, 4, 5")
_Offenes = dict[tuple[str, str, str, str], int]  # (Tabelle, Name, wer oder Schlüssel oder von, nach) -> Nummer des Ereignisses


@dataclass
class Umstellung:
    """Was an einem Vorgang geschieht; ohne Sätze ändert sich nur die Fassung."""

    key: str
    von: int
    auf: int
    saetze: list[str] = field(default_factory=list)

    def als_text(self) -> str:
        return f"{self.key}: Fassung {self.von} auf {self.auf}. {' '.join(self.saetze)}".rstrip()


def umzustellende(s: Sitzung) -> dict[int, str]:
    """id -> Schlüssel der Vorgänge, die noch nach einer früheren Fassung geführt sind."""
    return {kennung: key for art, p in PROZESSE.items()
            for kennung, key in s.alle(f"SELECT v.id, v.key {_FRUEHERE} ORDER BY v.id", {"art": art, "fassung": p.version})}


def hinweis(keys: Collection[str]) -> str:
    """Was noch umzustellen ist und womit; leer, wenn nichts."""
    if not keys:
        return ""
    genannt = ", ".join(list(keys)[:5]) + (" …" if len(keys) > 5 else "")
    was = "1 Vorgang ist" if len(keys) == 1 else f"{len(keys)} Vorgänge sind"
    return (f"{was} noch nach einer früheren Fassung des Ablaufs geführt: {genannt}. Bitte rufen Sie „kreislauf db umstellen“ auf; mit "
            "„--probe“ sehen Sie vorher, was geschieht.")


def stelle_um(db: Datenbank, jetzt: datetime, konto: str, *, probe: bool = False,
              fortschritt: Callable[[int], None] = lambda anzahl: None) -> list[Umstellung]:
    """Stellt alle um, in Portionen; bricht es ab, geht es beim nächsten Mal weiter. `probe` rechnet nur.

    Wirft Betriebsfehler, wenn kein Profil übernommen ist.
    """
    getan: list[Umstellung] = []
    for art, prozess in PROZESSE.items():
        ab = 0
        while True:
            if probe:
                with db.lesen() as s:
                    bis, teil = _portion(s, prozess, ab, jetzt, schreiben=False)
            else:
                bis, teil = db.in_transaktion(lambda s, art=art, ab=ab: _portion(s, PROZESSE[art], ab, jetzt, schreiben=True))  # type: ignore[misc]
            getan += teil
            fortschritt(len(getan))
            if bis == ab:
                break
            ab = bis
    if getan and not probe:
        db.in_transaktion(lambda s: vermerke(s, jetzt, konto, "umgestellt", {"anzahl": len(getan)}))
    return getan


def _portion(s: Sitzung, prozess: Prozess, ab: int, jetzt: datetime, *, schreiben: bool) -> tuple[int, list[Umstellung]]:
    """Die id, hinter der es weitergeht (`ab` selbst, wenn nichts mehr kommt), und was umgestellt ist."""
    werte = {"art": prozess.art, "fassung": prozess.version, "ab": ab}
    ids = [z[0] for z in s.alle(f"SELECT v.id {_FRUEHERE} AND v.id > :ab ORDER BY v.id LIMIT {_PORTION}", werte)]
    bis = ids[-1] if ids else ab
    if schreiben and ids:
        s.sperre(ids)  # wer hier warten musste, fände sonst noch vor, was ein anderer inzwischen umgestellt hat
        ids = [z[0] for z in s.alle(f"SELECT v.id {_FRUEHERE} AND v.id > :ab AND v.id <= :bis ORDER BY v.id", {**werte, "bis": bis})]
    if not ids:
        return bis, []
    netz = Netz()
    lade(s, ids, netz)
    umfeld, fassungen = lade_umfeld(s, berliner_tag(jetzt).isoformat()), Profilfassungen(s)
    buendel = Buendel(secrets.token_hex(8), jetzt, als_text(jetzt))
    offenes, ereignisse = _offenes(s, ids), ereignisse_von(s, ids)
    getan = [_Umsteller(netz.akten[k], ereignisse[k], offenes[k], buendel, jetzt, umfeld, fassungen).tue() for k in ids]
    if schreiben:
        buendel.schreibe(s, netz)
    return bis, getan


def _offenes(s: Sitzung, ids: list[int]) -> dict[int, _Offenes]:
    gefunden: dict[int, _Offenes] = defaultdict(dict)
    frage = _OFFEN.format(s.in_kennungen("vorgang"), s.in_kennungen("x.geoeffnet_vorgang"))
    for vorgang, tabelle, name, a, b, nr in s.alle(frage, {"ids": kennungen(ids)}):
        gefunden[vorgang][tabelle, name, a, b] = nr
    return gefunden


class _Umsteller:
    def __init__(self, akte: Akte, ereignisse: Sequence[Geschehen], offenes: _Offenes, buendel: Buendel, jetzt: datetime, umfeld: Umfeld,
                 fassungen: Profilfassungen) -> None:
        self.akte, self.ereignisse, self.offenes, self.buendel = akte, ereignisse, offenes, buendel
        self.heute, self.umfeld = berliner_tag(jetzt), umfeld
        self.prozess = PROZESSE[akte.art]
        self.spiel = Nachspiel(akte.id, akte.key, akte.art, ereignisse, fassungen.am).akte
        self.bericht = Umstellung(akte.key, akte.prozessversion, self.prozess.version)

    def tue(self) -> Umstellung:
        vorher = self.akte.zustand
        self.akte.zustand = self.prozess.heutiger(vorher)
        self.akte.version += 1
        if self.akte.zustand != vorher:
            neu = self.prozess.zustand(self.akte.zustand).bezeichnung
            self._sage(f"Der Zustand „{self.prozess.zustand(vorher).bezeichnung}“ heißt jetzt „{neu}“.")
        if all(e.ausloeser in (ZURUECKNEHMEN, UMSTELLEN) or uebergang_von(self.akte.art, e) for e in self.ereignisse):
            self._inhalt()
            self._marken_und_beteiligte()
        else:
            self._sage("Inhalt, Marken und Beteiligte bleiben, wie sie sind: Nicht jeden früheren Schritt kennt die heutige Tabelle noch.")
        self._fristen()
        self._ereignis(vorher)
        return self.bericht

    def _sage(self, satz: str) -> None:
        self.bericht.saetze.append(satz)

    def _inhalt(self) -> None:
        neu = falte(self.akte.art, self.ereignisse)
        if anders := sorted(f for f in neu.keys() | self.akte.stand.keys() if neu.get(f) != self.akte.stand.get(f)):
            self._sage(f"Der Inhalt ist neu gelesen: {', '.join(anders)}.")
        self.akte.stand = neu
        self.akte.titel = str(neu.get("titel") or "")
        for spalte in ("bereich", "kommune", "institution", "zustaendig", "vertretung"):
            setattr(self.akte, spalte, neu.get(spalte))

    def _marken_und_beteiligte(self) -> None:
        beteiligte, marken = eigene_zeilen(self.akte.id, self.akte.art, self.ereignisse)
        gesollt = {z.name: str(z.b) for z in marken if z.zu is None}
        for name in sorted(self.akte.marken.keys() - gesollt.keys()):
            self.buendel.marke_faellt(self.akte, name)
            del self.akte.marken[name], self.offenes["marke", name, "", ""]
            self._sage(f"Die Marke „{name}“ fällt weg.")
        for name in sorted(gesollt.keys() - self.akte.marken.keys()):
            self.akte.marken[name] = gesollt[name]
            self.buendel.marke_gesetzt(self.akte, name)
            self.offenes["marke", name, "", ""] = self.akte.version
            self._sage(f"Die Marke „{name}“ kommt dazu.")
        self._beteiligte({(str(z.a), z.name) for z in beteiligte if z.zu is None})

    def _beteiligte(self, gesollt: set[tuple[str, str]]) -> None:
        weg, dazu = self.akte.beteiligte - gesollt, gesollt - self.akte.beteiligte
        for wer, rolle in sorted(weg):
            self.buendel.beteiligung_endet(self.akte, wer, rolle, self.akte.version)
            del self.offenes["beteiligung", rolle, wer, ""]
        for wer, rolle in sorted(dazu):
            self.buendel.beteiligung(self.akte, wer, rolle, self.akte.version)
            self.offenes["beteiligung", rolle, wer, ""] = self.akte.version
        self.akte.beteiligte = gesollt
        for menge, was in ((weg, "ist nicht mehr beteiligt"), (dazu, "ist neu beteiligt")):
            for rolle in sorted({rolle for _, rolle in menge}):
                self._sage(f"Als „{rolle}“ {was}: {', '.join(sorted(w for w, r in menge if r == rolle))}.")

    # --- Fristen

    def _fristen(self) -> None:
        eroeffnet = date.fromisoformat(str(self.akte.stand.get("eingang") or self.heute))
        aenderung = aktualisiere(self.akte, self.prozess, self.heute, eroeffnet, self.umfeld)
        namen = {f.name: f.bezeichnung for f in self.prozess.fristen}
        for f in aenderung.geschlossen:
            self.offenes.pop(("frist", f.name, f.schluessel, ""), None)
            warum = "gehört nicht mehr zu diesem Zustand oder hat einen anderen Tag" if f.name in namen else "gibt es nicht mehr"
            self._sage(f"Geschlossen: die Frist „{namen.get(f.name, f.name)}“ bis {datum(f.ende)}; sie {warum}.")
        for f in aenderung.neu:
            warum = self._rechne(f)
            f.regel = ergaenzt(f.regel, warum)
            self.offenes["frist", f.name, f.schluessel, ""] = self.akte.version
            self._sage(f"Neu: die Frist „{namen[f.name]}“ bis {datum(f.ende)}. {warum}")
        zaehle_stufen_neu(self.akte, self.prozess, self.umfeld)
        self.buendel.fristen(self.akte, aenderung)

    def _rechne(self, neu: OffeneFrist) -> str:
        """Setzt an der eben geöffneten Frist Beginn und Ende; gibt zurück, wie gerechnet wurde."""
        gespielt = self.spiel.fristen.get((neu.name, neu.schluessel), neu)
        frist = next(f for f in self.prozess.fristen if f.name == neu.name)
        abgelaufen = neu.ende
        if gespielt.anker < neu.anker == self.heute.isoformat():  # sie beginnt mit dem Zustand, nicht an einem Tag, der im Inhalt steht
            if gespielt.ende >= neu.anker:
                _uebernimm(neu, gespielt)
                return Aussage("Sie zählt ab dem {tag}, als hätte es sie schon gegeben.", tag=datum(neu.anker))
            abgelaufen = gespielt.ende
        elif neu.ende >= self.heute.isoformat() or not frist.dauer or frist.rueckwaerts:
            return "Ihr Tag stand schon fest."
        else:
            _uebernimm(neu, replace(oeffne(frist, Termin(neu.schluessel, self.heute), self.heute, self.umfeld), anker=neu.anker))
        return Aussage("Sie zählt ab der Umstellung am {tag}; sonst wäre sie seit dem {abgelaufen} abgelaufen.",
                       tag=datum(self.heute), abgelaufen=datum(abgelaufen))

    # --- das Ereignis

    def _ereignis(self, vorher: str) -> None:
        daten = {"fassungen": [self.bericht.von, self.bericht.auf], "eroeffnung": self._eroeffnung()}
        inhalt = {"daten": daten, "grund": " ".join(self.bericht.saetze)}
        self.buendel.ereignis(self.akte, UMSTELLEN, vorher, SYSTEM.key, Rolle.SYSTEM.value, inhalt, "", 0)

    def _eroeffnung(self) -> dict[str, Any]:
        fristen = [[f.name, f.schluessel, f.anker, f.ende, f.ruht_seit, self.offenes["frist", f.name, f.schluessel, ""]]
                   for f in self.akte.fristen.values()]
        return {
            "stand": self.akte.stand, "fristen": sorted(fristen, key=str),
            "marken": [[name, self.akte.marken[name], nr] for (name, _, _), nr in self._offene("marke")],
            "beteiligte": [[rolle, wer, nr] for (rolle, wer, _), nr in self._offene("beteiligung")],
            "verbindungen": [[art, von, nach, nr] for (art, von, nach), nr in self._offene("verbindung")],
        }

    def _offene(self, tabelle: str) -> Iterator[tuple[tuple[str, str, str], int]]:
        return (((name, a, b), nr) for (t, name, a, b), nr in sorted(self.offenes.items()) if t == tabelle)


def _uebernimm(frist: OffeneFrist, von: OffeneFrist) -> None:
    frist.anker, frist.ende, frist.naechste, frist.regel, frist.ruht_seit = von.anker, von.ende, von.naechste, von.regel, von.ruht_seit
