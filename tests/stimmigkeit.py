"""Ob Ereignisse und Stand zusammenpassen: jede Zeile der Datenbank gegen das nachgespielte Protokoll."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from service.clock import aus_text, berliner_tag
from service.db import Sitzung
from service.faltung import ZURUECKNEHMEN
from service.handelnde import Handelnde
from service.laden import Netz, lade
from service.pruefen import pruefe
from service.terminlage import aktualisiere
from service.umfeld import Umfeld, kanonisch
from states.kette import GLIEDER, PROZESSE
from states.glieder import Bewegt, Folge, Neu
from states.model import Bezug, Rolle, Wer
from states.verbindungen import VERBINDUNGEN
from tests.verlauf import Eintrag, Verlauf, uebergang


def vorgaenge(s: Sitzung, v: Verlauf) -> Iterator[str]:
    """Zustand, Version, Ende, Inhalt und Zuständigkeit jedes Vorgangs."""
    zahl: dict[str, int] = {}
    for e in v.eintraege:
        zahl[e.key] = zahl.get(e.key, 0) + 1
    for key, art, zustand, version, ende, zustaendig, stand in s.alle(
        "SELECT key, art, zustand, version, ende, zustaendig, stand FROM vorgang ORDER BY id"
    ):
        lauf = v.laeufe[key]
        erklaert = {z.wert: z for z in PROZESSE[art].alle_zustaende}.get(zustand)
        if erklaert is None:
            yield f"{key}: der Zustand {zustand} ist nicht erklärt"
            continue
        if lauf.zustand != zustand:
            yield f"{key}: Zustand {zustand}, nach den Ereignissen {lauf.zustand}"
        if zahl.get(key, 0) != version:
            yield f"{key}: Version {version}, aber {zahl.get(key, 0)} Ereignisse"
        if kanonisch(lauf.stand) != stand:
            yield f"{key}: der Inhalt ist ein anderer als nach den Ereignissen"
        if bool(ende) != erklaert.ende:
            yield f"{key}: ende={ende} im Zustand {zustand}"
        if not erklaert.ende and (not zustaendig or erklaert.zustaendig is None):
            yield f"{key}: im Zustand {zustand} ist niemand zuständig"


def zeilen(s: Sitzung, v: Verlauf) -> Iterator[str]:
    """Marken, Beteiligte und Verbindungen."""
    marken = {((k, n), b) for k, n, b in s.alle(
        "SELECT v.key, m.name, m.bis FROM marke m JOIN vorgang v ON v.id = m.vorgang WHERE m.offen = 1")}
    beteiligte = set(s.alle("SELECT v.key, b.wer, b.rolle FROM beteiligung b JOIN vorgang v ON v.id = b.vorgang WHERE b.offen = 1"))
    verbunden = set(s.alle("SELECT a.key, l.art, b.key FROM verbindung l JOIN vorgang a ON a.id = l.von JOIN vorgang b ON b.id = l.nach "
                           "WHERE l.offen = 1"))
    yield from _ungleich("Marke", marken, {((k, n), b) for k, lauf in v.laeufe.items() for n, b in lauf.marken.items()})
    yield from _ungleich("Beteiligung", beteiligte, {(k, w, r) for k, lauf in v.laeufe.items() for w, r in lauf.beteiligte})
    yield from _ungleich("Verbindung", verbunden, set(v.verbindungen))


def verbundene_arten(s: Sitzung) -> Iterator[str]:
    """Jede Verbindung, auch eine geschlossene, hält zwei Vorgänge, die zu ihrer Art gehören."""
    for von, a, art, nach, b in s.alle("SELECT x.key, x.art, l.art, y.key, y.art FROM verbindung l JOIN vorgang x ON x.id = l.von "
                                       "JOIN vorgang y ON y.id = l.nach ORDER BY l.id"):
        if a not in VERBINDUNGEN[art].von or b not in VERBINDUNGEN[art].nach:
            yield f"{von} {art} {nach}: {a} und {b} lassen sich so nicht verbinden"


def _ungleich(was: str, ist: set[Any], soll: set[Any]) -> Iterator[str]:
    yield from (f"{was} offen, aber nicht aus den Ereignissen: {x}" for x in sorted(ist - soll, key=str))
    yield from (f"{was} fehlt: {x}" for x in sorted(soll - ist, key=str))


def zaehler(s: Sitzung) -> Iterator[str]:
    gezaehlt = {(a, z, b): n for a, z, b, n in s.alle("SELECT art, zustand, bereich, anzahl FROM zaehler WHERE anzahl <> 0")}
    wirklich = {(a, z, b): n for a, z, b, n in s.alle(
        "SELECT art, zustand, coalesce(bereich, ''), count(*) FROM vorgang GROUP BY art, zustand, coalesce(bereich, '')")}
    if gezaehlt != wirklich:
        yield f"Zähler: {sorted(set(gezaehlt.items()) ^ set(wirklich.items()))}"


def fristen(s: Sitzung, umfeld: Umfeld) -> Iterator[str]:
    """Am Tag des letzten Ereignisses neu gerechnet, ändert sich an den offenen Fristen nichts."""
    netz = Netz()
    tage = {k: berliner_tag(aus_text(z)) for k, z in s.alle("SELECT vorgang, max(zeit) FROM ereignis GROUP BY vorgang")}
    lade(s, tage, netz)
    for kennung, a in netz.akten.items():
        eroeffnet = date.fromisoformat(str(a.stand.get("eingang") or tage[kennung]))
        aenderung = aktualisiere(a, PROZESSE[a.art], tage[kennung], eroeffnet, umfeld)
        for satz, betroffen in (("fehlt", aenderung.neu), ("ist offen und sollte es nicht sein", aenderung.geschlossen)):
            yield from (f"{a.key} ({a.zustand}): Frist {f.name} {f.schluessel} {satz}" for f in betroffen)


def kette(s: Sitzung) -> Iterator[str]:
    yield from (f"{ort}: {grund}" for ort, grund in pruefe(s).fehler)


# --- wer was durfte -------------------------------------------------------------------------------------------------


def kanten_und_rollen(v: Verlauf, personen: dict[str, Handelnde]) -> Iterator[str]:
    """Jedes Ereignis ist eine Kante seiner Maschine, von jemandem, den die Tabelle nennt."""
    fruehere: dict[str, list[Eintrag]] = {}
    zustand: dict[str, str] = {}
    for e in v.eintraege:
        davor = fruehere.setdefault(e.akt, [])
        if zustand.get(e.key, "") != e.von:
            yield f"{e.ort}: beginnt in {e.von}, der Vorgang war in {zustand.get(e.key, '')}"
        zustand[e.key] = e.nach
        if e.ausloeser != ZURUECKNEHMEN:
            yield from _kante(e, davor, personen)
        davor.append(e)


def _kante(e: Eintrag, davor: list[Eintrag], personen: dict[str, Handelnde]) -> Iterator[str]:
    u = uebergang(e.art, e.ausloeser, e.von, e.nach)
    if u is None:
        yield f"{e.ort}: {e.von} -> {e.nach} ist keine Kante"
        return
    if u.grund_noetig and not e.grund.strip():
        yield f"{e.ort}: ohne Grund"
    wer = [w for w in u.wer if w.rolle == e.rolle]
    if not wer:
        yield f"{e.ort}: als {e.rolle}, erlaubt ist es {[w.rolle.value for w in u.wer]}"
    elif e.rolle == Rolle.KETTE:
        if not any(_zieht(vor, e) for vor in davor):
            yield f"{e.ort}: von der Kette, aber nichts davor stieß es an"
    elif e.rolle == Rolle.BESCHLUSS:
        if not any(_beschliesst(vor, e) for vor in davor):
            yield f"{e.ort}: ohne einen Beschluss, der den Schritt nennt"
    elif e.rolle == Rolle.SYSTEM:
        if e.person != "system":
            yield f"{e.ort}: als System durch {e.person}"
    elif not any(_darf(personen[e.person], w, e) for w in wer):
        yield f"{e.ort}: {e.person} ist nicht {e.rolle} an diesem Vorgang"


def _zieht(vor: Eintrag, e: Eintrag) -> bool:
    for g in GLIEDER:
        if g.art != vor.art or vor.ausloeser not in g.bei:
            continue
        if (isinstance(g, Folge) and e.ausloeser in g.feuert) or (isinstance(g, Neu) and (g.entsteht, g.ausloeser) == (e.art, e.ausloeser)):
            return True
        if isinstance(g, Bewegt) and e.art == g.art and e.ausloeser == g.ausgeblieben:
            return True
    return False


def _beschliesst(vor: Eintrag, e: Eintrag) -> bool:
    genannt = [(b["vorgang"], b["ausloeser"]) for b in vor.nachher.get("bewegungen") or ()]
    return vor.art == "beschluss" and vor.nach == "gefasst" and vor.von != "gefasst" and (e.key, e.ausloeser) in genannt


def _darf(p: Handelnde, w: Wer, e: Eintrag) -> bool:
    stand = e.vorher if e.von else e.nachher
    if w.bezug is Bezug.BETEILIGT:
        return any(r == w.rolle and wer in (p.key, p.institution) for wer, r in e.beteiligte)
    if not p.hat(w.rolle):
        return False
    if w.bezug is Bezug.BEREICH:
        eigene = p.bereiche(w.rolle)
        bereich = stand.get("bereich")
        return bereich is None or bereich in eigene or "" in eigene or p.key in (stand.get("zustaendig"), stand.get("vertretung"))
    if w.bezug is Bezug.ANDERER_BEREICH:
        return stand.get("angeboten_an") in p.bereiche(w.rolle)
    if w.bezug is Bezug.INSTITUTION:
        return p.institution is not None and p.institution == stand.get("institution")
    return True


def alles(s: Sitzung, v: Verlauf, umfeld: Umfeld, personen: dict[str, Handelnde]) -> Iterator[str]:
    yield from kette(s)
    yield from vorgaenge(s, v)
    yield from zeilen(s, v)
    yield from verbundene_arten(s)
    yield from zaehler(s)
    yield from fristen(s, umfeld)
    yield from kanten_und_rollen(v, personen)
