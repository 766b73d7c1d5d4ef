"""Was ein Zug schreibt: gesammelt, solange er rechnet, und am Ende mit einer Anweisung je Tabelle geschrieben."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from service import suchindex
from service.clock import als_text, naechster_abend
from service.db import Sitzung
from service.errors import Konflikt
from service.hashkette import ereignis_hash, zusage
from service.laden import Akte, Netz, OffeneFrist
from service.terminlage import Fristaenderung
from service.umfeld import kanonisch
from states.kette import PROZESSE
from states.model import Anlass, Sammelanlass

NIE_FAELLIG = "9999-12-31"  # ohne laufende Frist steht ein Vorgang am Ende der Arbeitsliste
AUFGABEN = frozenset((art, f.name) for art, prozess in PROZESSE.items() for f in prozess.fristen if f.ist_aufgabe)
WARTEZEIT = timedelta(minutes=30)  # Regel 13: so lange lässt sich ein Schritt zurücknehmen, ohne dass jemand davon hörte


def _insert(tabelle: str, *spalten: str) -> str:
    return f"INSERT INTO {tabelle} ({', '.join(spalten)}) VALUES ({', '.join(':' + sp for sp in spalten)})"


_VORGANG = ("zustand", "version", "prozessversion", "ende", "titel", "bereich", "kommune", "institution", "zustaendig", "vertretung",
            "eltern", "faellig", "geaendert", "kopf", "stand")
_VORGANG_NEU = _insert("vorgang", "id", "key", "art", "eroeffnet", *_VORGANG)
_VORGANG_WEITER = (f"UPDATE vorgang SET {', '.join(f'{sp} = :{sp}' for sp in _VORGANG)} WHERE id = :id AND version = :gesehen")
_EREIGNIS = _insert("ereignis", "vorgang", "nr", "akt", "ausloeser", "von", "nach", "person", "rolle", "zeit", "prozessversion", "formular",
                    "formularversion", "zusage", "hash")
_INHALT = _insert("ereignis_inhalt", "vorgang", "nr", "salz", "inhalt")
_FRIST_NEU = _insert("frist", "vorgang", "name", "schluessel", "anker", "ende", "naechste", "stufe", "ruht_seit", "regel", "profil",
                     "geoeffnet_nr", "offen")
_FRIST_ZU = "UPDATE frist SET offen = 0, geschlossen_nr = :nr WHERE id = :id"
_FRIST_RUHT = "UPDATE frist SET ende = :ende, naechste = :naechste, ruht_seit = :ruht_seit, regel = :regel WHERE id = :id"
_MARKE_NEU = "INSERT INTO marke (vorgang, name, bis, offen, geoeffnet_nr) VALUES (:vorgang, :name, :bis, 1, :nr)"
_MARKE_ZU = "UPDATE marke SET offen = 0, geschlossen_nr = :nr WHERE vorgang = :vorgang AND name = :name AND offen = 1"
_VERBINDUNG_NEU = ("INSERT INTO verbindung (von, nach, art, offen, geoeffnet_vorgang, geoeffnet_nr) "
                   "VALUES (:von, :nach, :art, 1, :vorgang, :nr)")
_VERBINDUNG_ZU = ("UPDATE verbindung SET offen = 0, geschlossen_vorgang = :vorgang, geschlossen_nr = :nr "
                  "WHERE von = :von AND nach = :nach AND art = :art AND offen = 1")
_BETEILIGUNG_NEU = "INSERT INTO beteiligung (vorgang, wer, rolle, offen, geoeffnet_nr) VALUES (:vorgang, :wer, :rolle, 1, :nr)"
_BETEILIGUNG_ZU = ("UPDATE beteiligung SET offen = 0, geschlossen_nr = :nr "
                   "WHERE vorgang = :vorgang AND wer = :wer AND rolle = :rolle AND offen = 1")
AUSGANG_NEU = _insert("ausgang", "vorgang", "nr", "quelle", "anlass", "an", "fruehestens", "erledigt")
_ZAEHLER = ("INSERT INTO zaehler (art, zustand, bereich, anzahl) VALUES (:art, :zustand, :bereich, :um) "
            "ON CONFLICT (art, zustand, bereich) DO UPDATE SET anzahl = zaehler.anzahl + :um")


class Buendel:
    """Alle Zeilen eines Zugs. Die Reihenfolge der Ereignisse ist die Reihenfolge, in der sie geschehen sind."""

    def __init__(self, akt: str, jetzt: datetime, zeit: str) -> None:
        self.akt, self.jetzt, self.zeit, self._wartet_bis = akt, jetzt, zeit, ""
        self._ereignisse: list[dict[str, Any]] = []
        self._inhalte: list[dict[str, Any]] = []
        self._einzeln: list[tuple[str, dict[str, Any]]] = []  # was in sich eine Reihenfolge hat (öffnen, schließen)
        self._fristen_neu: list[tuple[Akte, OffeneFrist, int]] = []
        self._fristen_zu: list[dict[str, Any]] = []
        self._ausgang: list[dict[str, Any]] = []
        self._bewegt: dict[int, Akte] = {}
        self._naechste_kennung = 0

    def neue_kennung(self, s: Sitzung) -> int:
        """Die id eines neuen Vorgangs. Auf SQLite hält der Zug die einzige Schreibsperre, da genügt die größte plus eins."""
        if s.postgres:
            return int(s.wert("SELECT nextval(pg_get_serial_sequence('vorgang', 'id'))"))
        self._naechste_kennung = self._naechste_kennung + 1 or 1
        if self._naechste_kennung == 1:
            self._naechste_kennung = int(s.wert("SELECT coalesce(max(id), 0) FROM vorgang")) + 1
        return self._naechste_kennung

    def ereignis(self, akte: Akte, ausloeser: str, von: str, person: str, rolle: str, inhalt: dict[str, Any], formular: str,
                 formularversion: int) -> None:
        text, salz = kanonisch(inhalt), secrets.token_hex(16)
        zeile: dict[str, Any] = {
            "vorgang": akte.id, "nr": akte.version, "akt": self.akt, "ausloeser": ausloeser, "von": von, "nach": akte.zustand,
            "person": person, "rolle": rolle, "zeit": self.zeit, "prozessversion": PROZESSE[akte.art].version, "formular": formular,
            "formularversion": formularversion, "zusage": zusage(akte.id, akte.version, salz, text),
        }
        zeile["hash"] = akte.kopf = ereignis_hash(akte.kopf, akte.key, akte.art, zeile)
        self._ereignisse.append(zeile)
        self._inhalte.append({"vorgang": akte.id, "nr": akte.version, "salz": salz, "inhalt": text})
        self._bewegt[akte.id] = akte

    def marke_gesetzt(self, akte: Akte, name: str) -> None:
        self._einzeln.append((_MARKE_NEU, {"vorgang": akte.id, "name": name, "bis": akte.marken[name], "nr": akte.version}))

    def marke_faellt(self, akte: Akte, name: str) -> None:
        self._einzeln.append((_MARKE_ZU, {"vorgang": akte.id, "name": name, "nr": akte.version}))

    def verbindung(self, von: int, art: str, nach: int, vorgang: int, nr: int) -> None:
        self._einzeln.append((_VERBINDUNG_NEU, {"von": von, "art": art, "nach": nach, "vorgang": vorgang, "nr": nr}))

    def trennung(self, von: int, art: str, nach: int, vorgang: int, nr: int) -> None:
        self._einzeln.append((_VERBINDUNG_ZU, {"von": von, "art": art, "nach": nach, "vorgang": vorgang, "nr": nr}))

    def beteiligung(self, akte: Akte, wer: str, rolle: str, nr: int) -> None:
        self._einzeln.append((_BETEILIGUNG_NEU, {"vorgang": akte.id, "wer": wer, "rolle": rolle, "nr": nr}))

    def beteiligung_endet(self, akte: Akte, wer: str, rolle: str, nr: int) -> None:
        self._einzeln.append((_BETEILIGUNG_ZU, {"vorgang": akte.id, "wer": wer, "rolle": rolle, "nr": nr}))

    def fristen(self, akte: Akte, aenderung: Fristaenderung) -> None:
        for frist in aenderung.geschlossen:
            if frist.id:
                self._fristen_zu.append({"id": frist.id, "nr": akte.version})
        # eine Frist, die im selben Zug entsteht und vergeht, hat niemanden erinnert und wird nicht geschrieben
        if weg := {id(f) for f in aenderung.geschlossen if not f.id}:
            self._fristen_neu = [n for n in self._fristen_neu if id(n[1]) not in weg]
        self._fristen_neu += [(akte, frist, akte.version) for frist in aenderung.neu]

    def nachrichten(self, akte: Akte, nr: int, anlaesse: Iterable[Anlass]) -> None:
        for a in anlaesse:
            ab = self.zeit if a.sofort else als_text(naechster_abend(self.jetzt)) if isinstance(a, Sammelanlass) else ""
            self.nachricht(akte, nr, a.name, a.an, ab=ab)

    def nachricht(self, akte: Akte, nr: int, anlass: str, an: Iterable[str], *, ab: str = "") -> None:
        self._wartet_bis = self._wartet_bis or als_text(self.jetzt + WARTEZEIT)
        self._ausgang.append({"vorgang": akte.id, "nr": nr, "quelle": f"e:{nr}", "anlass": anlass, "an": ",".join(an), "erledigt": 0,
                              "fruehestens": ab or self._wartet_bis})

    # --- schreiben

    def schreibe(self, s: Sitzung, netz: Netz) -> None:
        bewegt = [self._bewegt[k] for k in sorted(self._bewegt)]
        s.viele(_VORGANG_NEU, [self._vorgangszeile(a) for a in bewegt if not a.gesehen])
        weiter = [self._vorgangszeile(a) for a in bewegt if a.gesehen]
        if weiter and s.viele(_VORGANG_WEITER, weiter) != len(weiter):
            raise Konflikt("Der Vorgang wurde inzwischen geändert. Bitte sehen Sie sich den neuen Stand an.")
        suchindex.schreibe(s, bewegt)
        s.viele(_EREIGNIS, self._ereignisse)
        s.viele(_INHALT, self._inhalte)
        s.viele(_FRIST_ZU, self._fristen_zu)
        self._schreibe_einzelne(s)
        s.viele(_FRIST_NEU, [_fristzeile(a, f, nr) for a, f, nr in self._fristen_neu])
        s.viele(_FRIST_RUHT, [{"id": f.id, "ende": f.ende, "naechste": f.naechste, "ruht_seit": f.ruht_seit, "regel": f.regel}
                              for a in bewegt for f in a.fristen.values() if f.geaendert and f.id])
        s.viele(AUSGANG_NEU, self._ausgang)
        s.viele(_ZAEHLER, self._zaehler(bewegt))

    def _schreibe_einzelne(self, s: Sitzung) -> None:
        """Gleiche Anweisungen hintereinander gehen gebündelt; die Reihenfolge bleibt."""
        i = 0
        while i < len(self._einzeln):
            j = i
            while j < len(self._einzeln) and self._einzeln[j][0] is self._einzeln[i][0]:
                j += 1
            s.viele(self._einzeln[i][0], [w for _, w in self._einzeln[i:j]])
            i = j

    def _vorgangszeile(self, a: Akte) -> dict[str, Any]:
        return {
            "id": a.id, "key": a.key, "art": a.art, "eroeffnet": a.eroeffnet, "gesehen": a.gesehen, "zustand": a.zustand,
            "version": a.version, "prozessversion": PROZESSE[a.art].version, "ende": int(PROZESSE[a.art].zustand(a.zustand).ende),
            "titel": a.titel, "bereich": a.bereich, "kommune": a.kommune, "institution": a.institution, "zustaendig": a.zustaendig,
            "vertretung": a.vertretung, "eltern": a.eltern, "faellig": _faellig(a),
            "geaendert": self.zeit, "kopf": a.kopf,
            "stand": a.stand_text if a.stand is a.stand_gesehen else kanonisch(a.stand),
        }

    def _zaehler(self, bewegt: Iterable[Akte]) -> list[dict[str, Any]]:
        um: dict[tuple[str, str, str], int] = {}
        for a in bewegt:
            if a.gesehen:
                vorher = (a.art, a.zustand_gesehen, a.bereich_gesehen or "")
                um[vorher] = um.get(vorher, 0) - 1
            nachher = (a.art, a.zustand, a.bereich or "")
            um[nachher] = um.get(nachher, 0) + 1
        return [{"art": art, "zustand": z, "bereich": b, "um": n} for (art, z, b), n in sorted(um.items()) if n]


def _fristzeile(akte: Akte, f: OffeneFrist, nr: int) -> dict[str, Any]:
    return {"vorgang": akte.id, "name": f.name, "schluessel": f.schluessel, "anker": f.anker, "ende": f.ende, "naechste": f.naechste,
            "stufe": f.stufe, "ruht_seit": f.ruht_seit, "regel": f.regel, "profil": f.profil, "geoeffnet_nr": nr, "offen": 1}


def _faellig(a: Akte) -> str:
    """Das früheste Ende, an dem jemand etwas getan haben soll; was ruht, drängt nicht."""
    return min((f.ende for f in a.fristen.values() if f.ruht_seit is None and (a.art, f.name) in AUFGABEN), default=NIE_FAELLIG)
