"""Was auf jemanden wartet und worauf jemand wartet: die Listen der Startseite.

Bei der Koordination entscheidet, wer zuständig ist; bei allen anderen, welchen Schritt sie schulden (states/erwartungen.py). Jede Zeile
nennt Grund, Frist und den nächsten Schritt; ob die Person ihn tun darf, sagt dasselbe Tor wie beim Absenden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple

from service import access
from service.anzeige import tag, wozu
from service.bezuege import woerter
from service.buendel import AUFGABEN, NIE_FAELLIG
from service.db import Sitzung, kennungen
from service.geltendes import Stammdaten
from service.handelnde import Handelnde
from service.laden import Akte, Netz, OffeneFrist, lade
from service.listen import EILIG, HOECHSTENS, SELECT, Blatt, Eintrag, nach_frist
from service.sicht import Ebene, sichtbar
from service.weiterfuehrende import gefragte, in_worten, offene_schuld, wo_es_liegt
from states.aussage import Aussage, aneinander
from states.erwartungen import ERWARTUNGEN, Erwartung
from states.kette import PROZESSE, zielart
from states.model import Bezug, Rolle, Uebergang, Wer
from states.stationen import ANFAENGE, WARTEMARKEN, liegt_bei, voran, wartende

Sicht = Literal["meine", "vertretung", "alle"]
_JE_ERWARTUNG = 50
_EILIGE = 30  # so viele stehen vor allem anderen; mehr zeigt der Eingang
_NICHTS = ("", "", False)
_DER_STELLE = (Bezug.INSTITUTION, Bezug.BETEILIGT)
_KENNTNIS = next(e for e in ERWARTUNGEN if (e.art, e.ausloeser) == ("beschluss", "kenntnis_nehmen"))
_OHNE_RICHTUNG = frozenset({"uebergeben", "umbenennen"})


class Aufgabe(NamedTuple):
    """Eine Zeile. `grund`: warum sie wartet; `weg` und `schritt`: wohin der nächste Klick führt, leer ohne eigenen Schritt.

    `sofort`: der Klick tut den Schritt schon, weil er keine Angaben braucht.
    """

    key: str
    titel: str
    art: str
    zustand: str
    kommune: str
    frist: str
    fristname: str
    ueberfaellig: bool
    heute: bool
    eilig: bool
    grund: str
    weg: str
    schritt: str
    sofort: bool
    version: int
    liegt_bei: str


# --- worauf gewartet wird ---------------------------------------------------------------------------------------------


@cache
def _wartend_sql(v: str) -> str:
    """Vorgänge, bei denen die Koordination nicht selbst weiterführen kann."""
    arten = [f"({v}.art = {woerter([art])} AND {v}.zustand IN ({woerter(z)}))" for art, z in wartende(Rolle.KOORDINATION).items()]
    marken = f"{v}.id IN (SELECT m.vorgang FROM marke m WHERE m.offen = 1 AND m.name IN ({woerter(WARTEMARKEN)}))"
    return f"({' OR '.join([*arten, marken])})"


def zu_tun(s: Sitzung, person: Handelnde, heute: date, sicht: Sicht = "meine", *, ab: str = "", anzahl: int = 15) -> Blatt:
    """Was zu tun ist: Eiliges, dann das früheste Fällige. Was bei anderen liegt, kommt, wenn seine Frist heute endet oder vorbei ist."""
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL if sicht == "alle" else Ebene.TITEL)
    wessen = {"meine": "v.zustaendig = :ich", "vertretung": "v.vertretung = :ich", "alle": "v.zustaendig IS NOT NULL"}[sicht]
    teile = ["v.ende = 0", wessen, f"(v.faellig <= :heute OR NOT {_wartend_sql('v')})", darf]
    werte = {**werte, "ich": person.key, "heute": heute.isoformat()}
    eilige = nach_frist(s, [*teile, EILIG], werte, "", _EILIGE, wenige=True).zeilen if not ab else ()
    blatt = nach_frist(s, [*teile, f"NOT {EILIG}"], werte, ab, anzahl, gefuehrt=sicht == "alle")
    return Blatt((*eilige, *blatt.zeilen), blatt.weiter)


class Vertretung(NamedTuple):
    """Wer heute fehlt und von dieser Person vertreten wird. Gezählt wird höchstens bis zu `HOECHSTENS`, dann gilt `mehr`."""

    person: str
    bis: str | None
    offen: int
    ueberschritten: int
    mehr: bool


def vertritt(s: Sitzung, person: Handelnde, heute: date, stammdaten: Stammdaten) -> list[Vertretung]:
    fehlende = {str(e.angaben["person"]): e.bis for e in stammdaten.am("abwesenheiten", heute).values()}
    if not fehlende:
        return []
    darf, werte = sichtbar(person, heute, ab=Ebene.TITEL)
    wer = {f"wer{n}": key for n, key in enumerate(fehlende)}
    je_person = "UNION ALL ".join(
        f"SELECT * FROM (SELECT v.zustaendig, v.faellig FROM vorgang v WHERE v.ende = 0 AND v.vertretung = :ich AND v.zustaendig = :{name} "
        f"AND {darf} LIMIT :n) {name} " for name in wer)
    tage: dict[str, list[str]] = {}
    for zustaendig, faellig in s.alle(je_person, {**werte, **wer, "ich": person.key, "n": HOECHSTENS + 1}):
        tage.setdefault(zustaendig, []).append(faellig)
    return [Vertretung(key, fehlende[key], min(len(alle), HOECHSTENS), sum(t < heute.isoformat() for t in alle), len(alle) > HOECHSTENS)
            for key, alle in tage.items()]


def wartet_auf_andere(s: Sitzung, person: Handelnde, heute: date, *, ab: str = "", anzahl: int = 5) -> Blatt:
    """Wofür die Person zuständig ist und was gerade bei anderen liegt."""
    darf, werte = sichtbar(person, heute)
    teile = ["v.ende = 0", "v.zustaendig = :ich", "v.faellig > :heute", _wartend_sql("v"), darf]
    return nach_frist(s, teile, {**werte, "ich": person.key, "heute": heute.isoformat()}, ab, anzahl)


# --- was jemand schuldet ----------------------------------------------------------------------------------------------


def geschuldet(s: Sitzung, person: Handelnde, heute: date) -> list[tuple[Eintrag, Erwartung]]:
    """Die Schritte, auf die der Kreislauf von dieser Person oder ihrer Stelle wartet, das am frühesten Fällige zuerst.

    `faellig` der Einträge ist hier die Frist des Schritts, nicht die früheste des Vorgangs: Die gehört vielleicht anderen.
    """
    ich = _ich(person)
    beteiligt = {r for (r,) in s.alle("SELECT DISTINCT rolle FROM beteiligung WHERE offen = 1 AND wer IN (:ich, :stelle)", _werte(person))}
    gefunden: list[tuple[Eintrag, Erwartung]] = []
    akten = Netz()
    offene = [(e, w) for e in ERWARTUNGEN if (w := _passende(e, person, beteiligt))]
    kandidaten = [(Eintrag(*z), e) for e, w in offene for z in _kandidaten(s, person, heute, e, w)]
    lade(s, {k.id for k, _ in kandidaten}, akten)
    lade(s, {a.eltern for a in akten.akten.values() if a.eltern}, akten)
    for eintrag, e in kandidaten:
        akte = akten.akten[eintrag.id]
        if not e.getan(akte.stand, ich) and _schon(person, akte, e, heute) and _schritt(person, akte, akten, e.ausloeser) is not None:
            gefunden.append((eintrag._replace(faellig=_ende(geschuldete_frist(person, akte, e))), e))
    return sorted(gefunden, key=lambda g: (g[0].faellig, g[0].id))


_KOLLEGEN = ("SELECT 1 FROM person a JOIN person b ON b.institution = a.institution AND b.key <> a.key WHERE a.key = :ich "
             "AND b.von <= :heute AND (b.bis IS NULL OR b.bis >= :heute) LIMIT 1")
_SELBST = "SELECT b.vorgang FROM beteiligung b WHERE b.offen = 1 AND b.wer = :ich"


def der_stelle(s: Sitzung, person: Handelnde, heute: date, schuld: Sequence[tuple[Eintrag, Erwartung]]) -> set[int]:
    """Davon die `id`, bei denen die Stelle gemeint ist und nicht eine bestimmte Person, wenn dort auch andere mitarbeiten."""
    gemeint = {e.id for e, x in schuld if not any(person.hat(w.rolle) and w.bezug not in _DER_STELLE for w in x.wer)}
    if not gemeint or not s.eine(_KOLLEGEN, {"ich": person.key, "heute": heute.isoformat()}):
        return set()
    selbst = s.alle(f"SELECT v.id FROM vorgang v WHERE {s.in_kennungen('v.id')} AND (v.id IN ({_SELBST}) OR v.eltern IN ({_SELBST}))",
                    {"ids": kennungen(gemeint), "ich": person.key})
    return gemeint - {kennung for (kennung,) in selbst}


def _schon(person: Handelnde, akte: Akte, e: Erwartung, heute: date) -> bool:
    frist = geschuldete_frist(person, akte, e) if e.am_termin else None
    return not e.am_termin or (frist is not None and frist.anker <= heute.isoformat())


def geschuldete_frist(person: Handelnde, akte: Akte, e: Erwartung) -> OffeneFrist | None:
    """Die Frist, die gerade diesen Schritt von dieser Person oder ihrer Stelle anmahnt; die der anderen geht sie nichts an."""
    meine = {"", *e.meine(akte.stand, _ich(person))}
    eigene = [f for f in akte.fristen.values() if f.name == e.frist and f.schluessel in meine and f.ruht_seit is None]
    return min(eigene, key=_ende, default=None)


def _ende(frist: OffeneFrist | None) -> str:
    return frist.ende if frist else NIE_FAELLIG


def _ich(person: Handelnde) -> frozenset[str]:
    return frozenset(w for w in (person.key, person.institution) if w)


def _werte(person: Handelnde) -> dict[str, Any]:
    return {"ich": person.key, "stelle": person.institution or ""}


def _passende(e: Erwartung, person: Handelnde, beteiligt: set[str]) -> list[Wer]:
    """Wie die Person zu dieser Erwartung stehen kann; die Koordination hat ihre eigene Liste."""
    return [w for w in e.wer if (w.rolle in beteiligt if w.bezug is Bezug.BETEILIGT else person.hat(w.rolle))]


def _kandidaten(s: Sitzung, person: Handelnde, heute: date, e: Erwartung, wer: Iterable[Wer]) -> list[tuple[Any, ...]]:
    darf, werte = sichtbar(person, heute, arten=(e.art,))
    bezug = " OR ".join(dict.fromkeys(_bezug(w) for w in wer))
    marke = f"AND v.id IN (SELECT m.vorgang FROM marke m WHERE m.offen = 1 AND m.name = {woerter([e.marke])}) " if e.marke else ""
    return s.alle(f"{SELECT} WHERE v.ende = 0 AND v.art = {woerter([e.art])} AND v.zustand IN ({woerter(e.zustaende)}) AND ({bezug}) "
                  f"{marke}AND {darf} ORDER BY v.faellig, v.id LIMIT {_JE_ERWARTUNG}", {**werte, **_werte(person)})


def _bezug(w: Wer) -> str:
    if w.bezug is Bezug.INSTITUTION:
        return "v.institution = :stelle"
    if w.bezug is not Bezug.BETEILIGT:
        return "1 = 1"
    eigene = f"SELECT b.vorgang FROM beteiligung b WHERE b.offen = 1 AND b.rolle = {woerter([w.rolle])} AND b.wer IN (:ich, :stelle)"
    return f"v.id IN ({eigene}) OR v.eltern IN ({eigene})"


# --- die Zeilen -------------------------------------------------------------------------------------------------------


def aufgaben(s: Sitzung, person: Handelnde, heute: date, eintraege: Sequence[Eintrag],
             erwartet: Sequence[Erwartung | None] = ()) -> list[Aufgabe]:
    """Die Zeilen zu den Einträgen in ihrer Reihenfolge. `erwartet`: zu jedem die Erwartung, deretwegen er dasteht."""
    netz = Netz()
    lade(s, [e.id for e in eintraege], netz)
    lade(s, {a.eltern for a in netz.akten.values() if a.eltern}, netz)
    schuld = offene_schuld(s, person, [netz.akten[e.id] for e in eintraege], heute)
    je_sendung: dict[tuple[str, str] | int, list[Aufgabe]] = {}
    for nr, (e, x) in enumerate(zip(eintraege, erwartet or [None] * len(eintraege), strict=True)):
        akte = netz.akten[e.id]
        zeile = _aufgabe(person, netz, akte, heute.isoformat(), x, schuld.get(e.id, ""))
        je_sendung.setdefault(_sendung(person, akte, x) or nr, []).append(zeile)
    return [_in_einer(zeilen, bool(erwartet)) for zeilen in je_sendung.values()]


def _sendung(person: Handelnde, akte: Akte, erwartung: Erwartung | None) -> tuple[str, str] | None:
    """Sitzung und Empfänger, wenn es um eine Kenntnisnahme geht: Eine Bestätigung gilt für alles, was die Stelle daraus bekam."""
    frist = _worum(person, akte, erwartung)
    gemeint = erwartung is _KENNTNIS or (erwartung is None and frist is not None and frist.name == _KENNTNIS.frist)
    sitzung = akte.stand.get("sitzung") if gemeint else None
    return (str(sitzung), frist.schluessel if frist and not erwartung else "") if sitzung else None


def _in_einer(zeilen: Sequence[Aufgabe], erwartet: bool) -> Aufgabe:
    erste, weitere = zeilen[0], ", ".join(z.key for z in zeilen[1:])
    if not weitere:
        return erste
    if erwartet:
        return erste._replace(grund=aneinander((erste.grund, Aussage("Dieselbe Bestätigung gilt für {weitere}.", weitere=weitere)), " "))
    return erste._replace(grund=aneinander((erste.grund, Aussage("dieselbe Bestätigung gilt für {weitere}", weitere=weitere)), "; "))


def _worum(person: Handelnde, akte: Akte, erwartung: Erwartung | None) -> OffeneFrist | None:
    return geschuldete_frist(person, akte, erwartung) if erwartung else naechste_frist(akte)


def _aufgabe(person: Handelnde, netz: Netz, akte: Akte, heute: str, erwartung: Erwartung | None, schuld: str) -> Aufgabe:
    p = PROZESSE[akte.art]
    frist = _worum(person, akte, erwartung)
    fristname = next((f.bezeichnung for f in p.fristen if frist is not None and f.name == frist.name), "")
    ende = frist.ende if frist else ""
    mahnung = None if erwartung else _angemahnt(akte, frist, heute)
    weg, schritt, sofort = _naechster(person, netz, akte, mahnung) if mahnung else _NICHTS
    if not schritt and (erwartung or not schuld):
        weg, schritt, sofort = _naechster(person, netz, akte, erwartung)
    marken = [m.bezeichnung for m in p.marken if m.name in akte.marken]
    return Aufgabe(
        akte.key, akte.titel or p.bezeichnung, p.bezeichnung, p.zustand(akte.zustand).bezeichnung, akte.kommune or "", tag(ende), fristname,
        "" < ende < heute, ende == heute, ("eilmeldung", "") in akte.fristen,
        _satz(person, akte, erwartung) if erwartung else aneinander([*marken, *filter(None, [_mit_namen(fristname, akte, frist)])], "; ")
        or p.zustand(akte.zustand).erklaerung,
        weg, schritt, sofort, akte.version, _bei_anderen(person, akte, schuld),
    )  # fmt: skip


def _satz(person: Handelnde, akte: Akte, e: Erwartung) -> str:
    fehlende = e.fehlt(akte.stand, _ich(person))
    return Aussage(e.satz, fehlende=", ".join(fehlende)) if fehlende else e.satz


def _mit_namen(fristname: str, akte: Akte, frist: OffeneFrist | None) -> str:
    """„Kenntnisnahme eines Beschlusses: Jobcenter“, wo es um eine von mehreren Stellen oder Sachen geht."""
    if frist is None or not frist.schluessel:
        return fristname
    return aneinander((fristname, wozu(akte.stand, frist.schluessel)), ": ")


def naechste_frist(akte: Akte) -> OffeneFrist | None:
    laufende = [f for f in akte.fristen.values() if f.ruht_seit is None and (akte.art, f.name) in AUFGABEN]
    return min(laufende, key=lambda f: (f.ende, f.id), default=None)


def _angemahnt(akte: Akte, frist: OffeneFrist | None, heute: str) -> Erwartung | None:
    """Ist eine Frist vorbei, ist der nächste Schritt der, den sie anmahnt; er beendet, weswegen der Vorgang dasteht."""
    if frist is None or frist.ende > heute:
        return None
    return next((e for e in ERWARTUNGEN if (e.art, e.frist) == (akte.art, frist.name) and akte.zustand in e.zustaende), None)


def _naechster(person: Handelnde, netz: Netz, akte: Akte, erwartung: Erwartung | None) -> tuple[str, str, bool]:
    """(Weg, Beschriftung, sofort) des Schritts, der weiterführt; ein Ende schlägt niemand vor, solange es auch anders weitergeht."""
    if (anfang := ANFAENGE.get((akte.art, akte.zustand))) and not erwartung:
        u = PROZESSE[anfang[0]].kandidaten(anfang[1], "")[0]
        erlaubt = any(person.hat(w.rolle) for w in u.wer)
        feld = next(v.feld for v in u.verbindet if v.feld and akte.art in zielart(anfang[0], (v.hop,)))
        return (f"/neu/{anfang[0]}/{anfang[1]}?{feld}={akte.key}", u.bezeichnung, False) if erlaubt else _NICHTS
    name = erwartung.ausloeser if erwartung else "" if akte.marken.keys() & WARTEMARKEN else _vorschlag(akte.art, akte.zustand)
    schritt = _schritt(person, akte, netz, name) if name else None
    if schritt is None:
        return _NICHTS
    return f"/vorgang/{akte.key}/schritt/{name}", schritt.bezeichnung, ohne_angaben(akte.art, schritt)


def ohne_angaben(art: str, u: Uebergang) -> bool:
    """Ob ein Klick genügt: Er führt weiter, braucht weder Angabe noch Begründung, niemand hört davon, und es ist nicht das Ende."""
    return not (u.nach is None or u.formular or u.grund_noetig or u.meldet or u.aussen or PROZESSE[art].zustand(u.nach).ende)


def _bei_anderen(person: Handelnde, akte: Akte, schuld: str) -> str:
    """Wer weiterführt, ohne die Person selbst; leer, wenn es bei ihr liegt."""
    gemeint = gefragte(akte.art, akte.marken)
    if any(person.hat(r) for r in gemeint or (() if schuld else liegt_bei(akte.art, akte.zustand))):
        return ""
    return in_worten(gemeint) or schuld or wo_es_liegt(akte.art, akte.zustand)


@cache
def _vorschlag(art: str, zustand: str) -> str:
    p = PROZESSE[art]
    eigene = [u for u in voran(art, zustand) if not u.folgt]
    if not eigene:
        return ""
    andere = [u for u in p.moeglich(zustand) if not u.folgt and u.ausloeser not in _OHNE_RICHTUNG]
    anderes = any(not p.zustand(u.nach or zustand).ende for u in andere)
    return "" if p.zustand(eigene[0].nach or "").ende and anderes else eigene[0].ausloeser


def _schritt(person: Handelnde, akte: Akte, netz: Netz, ausloeser: str) -> Uebergang | None:
    eltern = netz.akten[akte.eltern].beteiligte if akte.eltern in netz.akten else set()
    kandidaten = PROZESSE[akte.art].kandidaten(ausloeser, akte.zustand)
    return next((u for u in kandidaten if access.darf(person, akte, u, eltern) is not None), None)


# --- was jede Rolle noch braucht --------------------------------------------------------------------------------------


def gemeldete(s: Sitzung, person: Handelnde, heute: date, anzahl: int = 10) -> list[Eintrag]:
    """Die neuesten Meldungen der eigenen Stelle, soweit die Person sie sieht."""
    darf, werte = sichtbar(person, heute, arten=("meldebogen",))
    return [Eintrag(*z) for z in s.alle(f"{SELECT} WHERE v.art = 'meldebogen' AND v.institution = :stelle AND {darf} "
                                        "ORDER BY v.id DESC LIMIT :anzahl", {**werte, **_werte(person), "anzahl": anzahl})]


def neueste_berichte(s: Sitzung, person: Handelnde, heute: date) -> list[Eintrag]:
    """Die neuesten Berichte, die die Person sieht."""
    darf, werte = sichtbar(person, heute, arten=("bericht",))
    return [Eintrag(*z) for z in s.alle(f"{SELECT} WHERE v.art = 'bericht' AND {darf} ORDER BY v.id DESC LIMIT 3", werte)]


def eigene_gruppen(s: Sitzung, person: Handelnde, heute: date) -> list[Eintrag]:
    """Offene Arbeitsgruppen, in denen die Person oder ihre Stelle mitarbeitet."""
    darf, werte = sichtbar(person, heute, arten=("arbeitsgruppe",))
    return [Eintrag(*z) for z in s.alle(
        f"{SELECT} WHERE v.art = 'arbeitsgruppe' AND v.ende = 0 AND v.id IN (SELECT b.vorgang FROM beteiligung b WHERE b.offen = 1 "
        f"AND b.wer IN (:ich, :stelle) AND b.rolle IN ('ag_mitglied', 'ag_leitung')) AND {darf} ORDER BY v.id DESC LIMIT 8",
        {**werte, **_werte(person)})]


def naechste_sitzung(s: Sitzung, person: Handelnde, heute: date) -> Akte | None:
    """Die nächste Sitzung der Lenkungsgruppe, die noch bevorsteht."""
    darf, werte = sichtbar(person, heute, arten=("sitzung",))
    ids = [k for (k,) in s.alle("SELECT v.id FROM vorgang v WHERE v.art = 'sitzung' AND v.zustand IN ('geplant', 'eingeladen', "
                                f"'unterlagen_versandt', 'laeuft') AND {darf} ORDER BY v.id LIMIT 20", werte)]
    netz = Netz()
    lade(s, ids, netz)
    kommende = [a for a in netz.akten.values() if str(a.stand.get("datum") or "") >= heute.isoformat() or a.zustand == "laeuft"]
    return min(kommende, key=lambda a: str(a.stand.get("datum") or ""), default=None)


def meine_keys(s: Sitzung, person: Handelnde, heute: date, keys: Sequence[str] | None, hoechstens: int) -> list[Eintrag]:
    """Offene Vorgänge, für die die Person zuständig ist: die genannten, ohne Nennung alle; für die gemeinsame Übergabe."""
    darf, werte = sichtbar(person, heute)
    auswahl, weitere = "", {}
    if keys is not None:
        gefunden = {k for k in keys if k.isprintable() and len(k) <= 40}
        namen = {f"k{i}": k for i, k in enumerate(sorted(gefunden)[:hoechstens])}
        auswahl, weitere = f"AND v.key IN ({', '.join(f':{n}' for n in namen)})" if namen else "AND 1 = 0", namen
    return [Eintrag(*z) for z in s.alle(f"{SELECT} WHERE v.ende = 0 AND v.zustaendig = :ich {auswahl} AND {darf} "
                                        "ORDER BY v.faellig, v.id LIMIT :anzahl", {**werte, **weitere, "ich": person.key,
                                                                                   "anzahl": hoechstens})]

