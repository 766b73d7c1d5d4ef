"""Prüft, dass die Geschichte stimmt: jede Kette für sich, jeder Inhalt gegen seine Zusage, alles gegen die Siegel."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from forms.render import datum
from service import anhaenge
from service.clock import als_text, aus_text, berliner_tag
from service.db import Sitzung
from service.faltung import UMSTELLEN, ZURUECKNEHMEN, Geschehen, ende_der_faltung, falte
from service.hashkette import ereignis_hash, sha, zusage
from service.protokoll import vermerke
from service.pruefen_fristen import Fristenpruefung
from service.pruefen_zeilen import Zeilenpruefung
from service.umfeld import kanonisch
from states.kette import PROZESSE

_SPALTEN = ("vorgang", "nr", "akt", "ausloeser", "von", "nach", "person", "rolle", "zeit", "prozessversion", "formular", "formularversion",
            "zusage", "hash")
# Was Listen und Berechtigungen aus dem Inhalt übernehmen: Name der Spalte -> wie sie heißt
_UEBERNOMMEN = {"titel": "Titel", "bereich": "Bereich", "kommune": "Kommune", "institution": "meldende Stelle",
                "zustaendig": "zuständige Person", "vertretung": "Vertretung", "eltern": "übergeordneter Vorgang"}
_KETTEN = (
    f"SELECT {', '.join('e.' + sp for sp in _SPALTEN)}, v.key, v.art, v.version, v.zustand, v.kopf, v.stand, i.salz, i.inhalt, "
    "v.titel, v.bereich, v.kommune, v.institution, v.zustaendig, v.vertretung, coalesce(o.key, CAST(v.eltern AS TEXT)), e.id "
    "FROM ereignis e LEFT JOIN vorgang v ON v.id = e.vorgang LEFT JOIN vorgang o ON o.id = v.eltern "
    "LEFT JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr ORDER BY e.vorgang, e.nr"
)
_OHNE_EREIGNIS = "SELECT v.key FROM vorgang v WHERE NOT EXISTS (SELECT 1 FROM ereignis e WHERE e.vorgang = v.id) ORDER BY v.id"
_INHALT_OHNE_EREIGNIS = (
    "SELECT i.vorgang, i.nr FROM ereignis_inhalt i WHERE NOT EXISTS "
    "(SELECT 1 FROM ereignis e WHERE e.vorgang = i.vorgang AND e.nr = i.nr) ORDER BY i.id"
)
_FOLGE = ("SELECT e.id, e.hash, coalesce(v.key, '?'), e.nr FROM ereignis e LEFT JOIN vorgang v ON v.id = e.vorgang "
          "WHERE e.id > :ab AND (:bis = 0 OR e.id <= :bis) ORDER BY e.id")


@dataclass
class Pruefbericht:
    ereignisse: int = 0
    ungesiegelt: int = 0
    umzustellen: int = 0  # Vorgänge unter einer früheren Fassung ihrer Tabelle; was daraus folgt, ist bei ihnen nicht geprüft
    fehler: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.fehler

    def als_json(self) -> dict[str, Any]:
        return {"ok": self.ok, "ereignisse": self.ereignisse, "fehler": [{"position": p, "grund": g} for p, g in self.fehler]}


def pruefe(s: Sitzung, jetzt: datetime | None = None, *, stand: datetime | None = None) -> Pruefbericht:
    """Liest alle Ereignisse einmal, Vorgang für Vorgang, und die Siegel in der Reihenfolge der Ereignisse.

    Mit `jetzt` ist auch ein Befund, was längst gesiegelt sein müsste; eine Sicherung ist so alt, wie sie ist: von `stand`.
    """
    bericht, tabellen, dateien = Pruefbericht(), Zeilenpruefung(), dict[tuple[str, int], str]()
    zuletzt = jetzt or stand
    fristen = Fristenpruefung(s, berliner_tag(zuletzt) if zuletzt else None)
    for kennung, gruppe in groupby(s.stroemen(_KETTEN), key=lambda z: z[0]):
        zeilen = [tuple(z) for z in gruppe]
        key, art = zeilen[0][14:16]
        von_heute = art in PROZESSE and not _nach_frueherer_fassung(art, zeilen)
        bericht.umzustellen += art in PROZESSE and not von_heute
        heil = _pruefe_kette(zeilen, bericht, von_heute)
        if heil and art in PROZESSE:
            dateien |= anhaenge.erwartete(key, zeilen[0][19])
        if heil and von_heute:
            tabellen.nimm(kennung, key, art, _geschehen(zeilen), [z[29] for z in zeilen])
            fristen.nimm(kennung, key, art, _geschehen(zeilen))
        else:
            tabellen.unklar(kennung, key or f"Vorgang {kennung}")
    bericht.fehler += [(key, "Der Vorgang hat keine Ereignisse; seine Kette fehlt.") for (key,) in s.alle(_OHNE_EREIGNIS)]
    bericht.fehler += [(f"{v}#{nr}", "Zu diesem Inhalt fehlt das Ereignis.") for v, nr in s.alle(_INHALT_OHNE_EREIGNIS)]
    bericht.fehler += tabellen.befunde(s)
    fristen.vergleiche()
    bericht.fehler += fristen.befunde
    bericht.fehler += anhaenge.befunde(s, dateien)
    _pruefe_siegel(s, bericht)
    if jetzt is not None and (satz := zu_lange_ungesiegelt(s, jetzt)):
        bericht.fehler.append(("Siegel", satz))
    return bericht


def _nach_frueherer_fassung(art: str, zeilen: list[tuple[Any, ...]]) -> bool:
    """Ob seit der letzten Umstellung etwas unter einer anderen Fassung der Tabelle geschah als der heutigen."""
    for zeile in reversed(zeilen):
        if zeile[9] != PROZESSE[art].version:
            return True
        if zeile[3] == UMSTELLEN:
            return False
    return False


def _pruefe_kette(zeilen: list[tuple[Any, ...]], bericht: Pruefbericht, von_heute: bool) -> bool:
    """Wahr, wenn die Ereignisse vollzählig und unverändert sind; nur dann lässt sich aus ihnen etwas ableiten."""
    key, art, version, zustand, kopf, stand = zeilen[0][14:20]
    bericht.ereignisse += len(zeilen)
    if key is None:
        bericht.fehler.append((f"Vorgang {zeilen[0][0]}", "Zu dieser Kette gibt es keinen Vorgang."))
        return False
    vorher, getilgt = "", _getilgte(zeilen)
    for erwartet, zeile in enumerate(zeilen, start=1):
        ereignis = dict(zip(_SPALTEN, zeile[:14], strict=True))
        ort = f"{key}#{ereignis['nr']}"
        if ereignis["nr"] != erwartet:
            bericht.fehler.append((f"{key}#{erwartet}", f"Das Ereignis {erwartet} fehlt."))
            return False
        if ereignis_hash(vorher, key, art, ereignis) != ereignis["hash"]:
            bericht.fehler.append((ort, "Das Ereignis ist verändert worden; sein Hash stimmt nicht."))
            return False
        if grund := _inhaltsfehler(ereignis, zeile[20], zeile[21], getilgt):
            bericht.fehler.append((ort, grund))
            return False
        vorher = ereignis["hash"]
    if len(zeilen) != version:
        satz = f"Vorhandene Ereignisse: {len(zeilen)}; der Vorgang nennt aber die Version {version}."
        bericht.fehler.append((f"{key}#{len(zeilen) + 1}", satz))
        return False
    if vorher != kopf:
        bericht.fehler.append((key, "Der Vorgang nennt einen anderen letzten Hash als seine Kette."))
    elif (abweichung := _abweichung(art, zustand, stand, zeilen, von_heute)) is not None:
        bericht.fehler.append((key, abweichung))
    return True


def _getilgte(zeilen: Iterable[tuple[Any, ...]]) -> dict[int, str]:
    """Ereignisnummer -> Hash des überschriebenen Inhalts, wie ihn ein späteres Ereignis nennt."""
    gefunden: dict[int, str] = {}
    for zeile in zeilen:
        if zeile[21] and '"getilgt"' in zeile[21]:
            gefunden.update({int(nr): h for nr, h in (_json(zeile[21]).get("getilgt") or {}).items()})
    return gefunden


def _json(text: str) -> dict[str, Any]:
    try:
        wert = json.loads(text)
    except ValueError:
        return {}
    return wert if isinstance(wert, dict) else {}


def _inhaltsfehler(ereignis: dict[str, Any], salz: str | None, inhalt: str | None, getilgt: dict[int, str]) -> str:
    if salz is None or inhalt is None:
        return "Der Inhalt des Ereignisses fehlt."
    if salz == "":
        if getilgt.get(ereignis["nr"]) == sha(inhalt):
            return ""
        return "Der Inhalt ist überschrieben, ohne dass ein späteres Ereignis diese Schwärzung nennt."
    if zusage(ereignis["vorgang"], ereignis["nr"], salz, inhalt) != ereignis["zusage"]:
        return "Der Inhalt des Ereignisses ist verändert worden."
    return ""


def _geschehen(zeilen: Iterable[tuple[Any, ...]]) -> list[Geschehen]:
    return [Geschehen(z[1], z[2], z[3], z[4], z[5], z[6], z[8], z[21]) for z in zeilen]


def _abweichung(art: str, zustand: str, stand: str, zeilen: list[tuple[Any, ...]], von_heute: bool) -> str | None:
    if art not in PROZESSE:
        return f"Die Art „{art}“ ist dem Programm nicht bekannt."
    ereignisse = _geschehen(zeilen)
    if ende_der_faltung(ereignisse) != zustand:
        return "Der Zustand des Vorgangs ist ein anderer als nach seinem letzten Ereignis."
    vollstaendig = all(e.ausloeser == ZURUECKNEHMEN or e.inhalt for e in ereignisse)
    if not vollstaendig or (von_heute and kanonisch(falte(art, ereignisse)) != stand):
        return "Der Inhalt des Vorgangs ist ein anderer, als seine Ereignisse ergeben."
    inhalt, spalten = _json(stand), zip(_UEBERNOMMEN.items(), zeilen[0][22:29], strict=True)
    falsch = [wort for (name, wort), wert in spalten if (inhalt.get(name) or None) != (wert or None)]
    return f"Am Vorgang steht etwas anderes als in seinem Inhalt: {', '.join(falsch)}." if falsch else None


# --- Siegel -----------------------------------------------------------------------------------------------------------


def siegele(s: Sitzung, jetzt: datetime) -> int:
    """Siegelt alle Ereignisse seit dem letzten Siegel; gibt ihre Zahl zurück (0: nichts zu tun)."""
    if s.postgres:  # wer noch schreibt, hat vielleicht schon eine kleinere id: auf ihn warten
        s.fuehre("LOCK TABLE ereignis IN SHARE MODE")
    letztes = s.eine("SELECT bis_ereignis, hash FROM siegel ORDER BY id DESC LIMIT 1") or (0, "")
    teil = _zusammenfassung(s.alle(_FOLGE, {"ab": letztes[0], "bis": 0}))
    if teil is None:
        return 0
    von, bis, anzahl, umfang, folge = teil
    zeile = {"zeit": als_text(jetzt), "von": von, "bis": bis, "anzahl": anzahl, "umfang": umfang}
    h = _siegelhash(letztes[1], zeile, folge)
    s.fuehre("INSERT INTO siegel (zeit, von_ereignis, bis_ereignis, anzahl, umfang, hash) "
             "VALUES (:zeit, :von, :bis, :anzahl, :umfang, :hash)", {**zeile, "hash": h})
    s.fuehre(_KOPF_MERKEN, {"zeit": zeile["zeit"], "kopf": kanonisch({"bis": bis, "hash": h})})
    vermerke(s, jetzt, "", "gesiegelt", {"bis": bis, "hash": h})
    return anzahl


_UNGESIEGELT = "SELECT min(zeit) FROM ereignis WHERE id > coalesce((SELECT max(bis_ereignis) FROM siegel), 0)"
_SIEGEL_SPAETESTENS = timedelta(days=1)


def zu_lange_ungesiegelt(s: Sitzung, jetzt: datetime) -> str:
    """Ein Satz, wenn ein Ereignis seit mehr als einem Tag auf sein Siegel wartet; sonst leer."""
    aeltestes = s.wert(_UNGESIEGELT)
    if aeltestes is None or aeltestes >= als_text(jetzt - _SIEGEL_SPAETESTENS):
        return ""
    return f"Seit dem {datum(berliner_tag(aus_text(aeltestes)))} ist nichts mehr gesiegelt, oder Siegel sind entfernt worden."


# Der Kopf der Siegelkette steht noch einmal außerhalb ihrer Tabelle, und jedes Siegel im Protokoll: Fehlt eines, fällt es auf.
_KOPF_MERKEN = ("INSERT INTO herzschlag (name, zuletzt, ergebnis) VALUES ('siegel', :zeit, :kopf) "
                "ON CONFLICT (name) DO UPDATE SET zuletzt = excluded.zuletzt, ergebnis = excluded.ergebnis")


def siegelkopf(s: Sitzung) -> str:
    """Der Hash des letzten Siegels; leer ohne Siegel."""
    return str(s.wert("SELECT hash FROM siegel ORDER BY id DESC LIMIT 1") or "")


def _siegelhash(vorher: str, zeile: dict[str, Any], folge: str) -> str:
    return sha(kanonisch([vorher, zeile["zeit"], zeile["von"], zeile["bis"], zeile["anzahl"], zeile["umfang"], folge]))


def _zusammenfassung(zeilen: Iterable[tuple[Any, ...]]) -> tuple[int, int, int, str, str] | None:
    """(erste id, letzte id, Zahl, Umfang als JSON, Hash über alle Hashes) einer Folge von Ereignissen."""
    ids, hashes, umfang = [], [], {}
    for kennung, h, key, nr in zeilen:
        ids.append(kennung)
        hashes.append(h)
        umfang[key] = nr
    return (ids[0], ids[-1], len(ids), kanonisch(umfang), sha("".join(hashes))) if ids else None


def _pruefe_siegel(s: Sitzung, bericht: Pruefbericht) -> None:
    vorher, bis, vorhanden = "", 0, set()
    for nr, zeit, von, ende, anzahl, umfang, h in _siegel(s):
        ort = f"Siegel {nr}"
        zeilen = s.alle(_FOLGE, {"ab": bis, "bis": ende})
        teil = _zusammenfassung(zeilen)
        zeile = {"zeit": zeit, "von": von, "bis": ende, "anzahl": anzahl, "umfang": umfang}
        if teil is None or teil[2:4] != (anzahl, umfang) or _siegelhash(vorher, zeile, teil[4]) != h:
            bericht.fehler.append((ort, _was_fehlt(s, anzahl, umfang, zeilen)))
        vorher, bis = h, ende
        vorhanden.add(h)
    if fehlend := [int(bis) for h, bis in _vermerkte_siegel(s).items() if h not in vorhanden]:
        satz = f"Siegel fehlen oder sind ersetzt ({len(fehlend)}); das letzte davon galt bis zum Ereignis {max(fehlend)}."
        bericht.fehler.append(("Siegel", satz))
    bericht.ungesiegelt = int(s.wert("SELECT count(*) FROM ereignis WHERE id > :bis", {"bis": bis}))


def _vermerkte_siegel(s: Sitzung) -> dict[str, int]:
    """Hash -> letztes Ereignis jedes Siegels, das außerhalb seiner Tabelle steht."""
    angaben = s.alle("SELECT angaben FROM protokoll WHERE was = 'gesiegelt' ORDER BY id")
    kopf = s.alle("SELECT ergebnis FROM herzschlag WHERE name = 'siegel'")
    return {str(e["hash"]): int(e["bis"]) for (text,) in (*angaben, *kopf) if (e := _json(text)).keys() >= {"hash", "bis"}}


_HAT_EREIGNISSE = "SELECT 1 FROM ereignis e JOIN vorgang v ON v.id = e.vorgang WHERE v.key = :key LIMIT 1"


def _siegel(s: Sitzung) -> Iterator[tuple[Any, ...]]:
    yield from s.alle("SELECT id, zeit, von_ereignis, bis_ereignis, anzahl, umfang, hash FROM siegel ORDER BY id")


def _einige(keys: list[str]) -> str:
    return ", ".join(keys[:5]) + (" …" if len(keys) > 5 else "")


def _was_fehlt(s: Sitzung, anzahl: int, umfang: str, zeilen: list[tuple[Any, ...]]) -> str:
    vorhanden = {z[2] for z in zeilen}
    fehlend = sorted(k for k in _json(umfang) if k not in vorhanden)
    if ganz := [k for k in fehlend if s.wert(_HAT_EREIGNISSE, {"key": k}) is None]:
        return f"Es fehlen Vorgänge mit ihrer ganzen Kette: {_einige(ganz)}."
    if fehlend:
        return f"Es fehlen gesiegelte Ereignisse von: {_einige(fehlend)}."
    if len(zeilen) != anzahl:
        return f"Gesiegelte Ereignisse: {anzahl}, vorhandene: {len(zeilen)}."
    return "Die gesiegelten Ereignisse oder das Siegel selbst sind verändert worden."
