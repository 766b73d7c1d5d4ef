"""Die Arbeitsplätze der Arbeitsgruppe und ihres Zielsystems: Ketten im Vergleich, Stimmen, was wer schuldet, und der eine Klick."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from forms.bahnen import zeichne
from forms.kettenvergleich import Zahlen, als_schritte, vergleiche
from service import anzeige
from service.angebote import Frage, Paar, angebote
from service.db import kennungen
from service.errors import NichtGefunden
from service.lenkung import umgebung
from service.profil import Profil
from service.sicht import Ansicht, Ebene, lies, sichtbar
from states.aussage import Aussage
from states.arbeitsgruppe import offene_blockaden, ohne_ist
from states.kette import PROZESSE
from states.model import Rolle, Weg, her, hin
from states.zielsystem_inhalt import fehlende_stimmen, fassung

if TYPE_CHECKING:
    from service.pages.raum import Blick

_STIMMEN = {"zugestimmt": "Zugestimmt", "sondervotum": "Sondervotum"}
_KENNZAHLEN = (("Schritte", "schritte"), ("Übergaben", "uebergaben"), ("Medienbrüche", "medienbrueche"), ("Beteiligte Stellen", "stellen"),
               ("Werktage zusammen", "werktage"), ("Schritte ohne Angabe der Dauer", "ohne_dauer"))


class Stimme(NamedTuple):
    """Wie eine Stelle zu dieser Fassung steht; `offen`, solange sie nichts gesagt hat."""

    stelle: str
    ergebnis: str
    am: str
    text: str
    offen: bool
    darf: bool


def zielsystem(b: Blick) -> dict[str, Any]:
    stand = b.ansicht.felder
    gruppe = _sicht(b, str(stand.get("eltern") or ""))
    return {
        **kettenbild(stand, b.umfeld.profil),
        "fassung": fassung(stand),
        "stimmen": _stimmen(b, b.ansicht.zustand, stand, (gruppe.felder if gruppe else {}).get("mitglieder") or ()),
        "gruppe": (gruppe.key, gruppe.felder.get("titel", gruppe.key)) if gruppe else None,
        "inhalt": b.angaben_ohne("ist", "soll", "stimmen"),
        "kann": b.kann,
    }


def kettenbild(stand: Mapping[str, Any], profil: Profil) -> dict[str, Any]:
    """Ist und Soll eines Zielsystems im Vergleich, in Zahlen und gezeichnet."""
    vergleich = vergleiche(stand.get("ist") or (), stand.get("soll") or ())
    return {"vergleich": vergleich, "kennzahlen": _kennzahlen(vergleich.ist, vergleich.soll),
            "zeichnungen": [(name, partial(zeichne, schritte, 590, profil.rufnamen)) for name, seite in (("Ist", "ist"), ("Soll", "soll"))
                            if (schritte := als_schritte(vergleich, seite))]}


def _kennzahlen(ist: Zahlen, soll: Zahlen) -> list[tuple[str, int, int]]:
    """(Name, Ist, Soll); was auf beiden Seiten null ist und nur etwas vermissen ließe, entfällt."""
    paare = [(name, getattr(ist, feld), getattr(soll, feld)) for name, feld in _KENNZAHLEN]
    return [(name, a, z) for name, a, z in paare if a or z or name != _KENNZAHLEN[-1][0]]


def _stimmen(b: Blick, zustand: str, stand: Mapping[str, Any], mitglieder: Iterable[str]) -> list[Stimme]:
    """Wer erst nach der Abstimmung in die Gruppe kam, schuldet ihrem Ergebnis keine Stimme mehr."""
    gegeben: Mapping[str, Any] = stand.get("stimmen") or {}
    fuer_alle = b.person.hat(Rolle.KOORDINATION) or b.person.hat(Rolle.AG_LEITUNG)
    return [Stimme(m, _STIMMEN.get((s := gegeben.get(m, {})).get("ergebnis", ""), "steht aus"), anzeige.tag(s.get("am") or ""),
                   str(s.get("text") or ""), m not in gegeben, zustand == "entwurf" and (fuer_alle or m == b.person.institution))
            for m in dict.fromkeys((*(mitglieder if zustand == "entwurf" else ()), *gegeben))]


def _sicht(b: Blick, key: str) -> Ansicht | None:
    """Ein anderer Vorgang, wenn die Person ihn ganz sieht."""
    try:
        gefunden = lies(b.s, b.person, key, b.heute) if key else None
    except NichtGefunden:
        return None
    return gefunden if gefunden and gefunden.ebene is Ebene.VOLL else None


# --- die Gruppe -------------------------------------------------------------------------------------------------------


class Mitglied(NamedTuple):
    """Eine Stelle der Gruppe und ihr Teil am Ist: Zahl der Schritte, oder warum es keinen gibt."""

    stelle: str
    funktion: str
    leitet: bool
    schritte: int
    grund_fehlt: str
    fehlt: bool


class Schuld(NamedTuple):
    """Wer der Gruppe etwas schuldet, was, bis wann; `weg` führt dahin, wo man es erledigt; leer, wenn es andere tun."""

    wer: str
    was: str
    bis: str
    ueberfaellig: bool
    weg: str


class Zielsystemzeile(NamedTuple):
    key: str
    zustand: str
    stand: Mapping[str, Any]


def arbeitsgruppe(b: Blick) -> dict[str, Any]:
    stand = b.ansicht.felder
    systeme = _zielsysteme(b)
    return {
        "mandat": stand.get("auftrag") or "",
        "ergebnis_bis": anzeige.tag(stand.get("frist") or ""),
        "frist_vorbei": str(stand.get("frist") or "9999") < b.heute.isoformat() and not PROZESSE["arbeitsgruppe"].zustand(
            b.ansicht.zustand).ende,
        "mitglieder": _mitglieder(b),
        "sitzungen": [(anzeige.tag(t), s.get("inhalt") or "", s.get("anwesend") or (), [g["institution"] for g in s.get("gaeste") or ()])
                      for t, s in reversed(dict(stand.get("sitzungen") or {}).items())],
        "schulden": _schulden(b, systeme),
        "zielsysteme": [(z.key, str(z.stand.get("titel") or z.key), PROZESSE["zielsystem"].zustand(z.zustand).bezeichnung,
                         fassung(z.stand), _stimmen(b, z.zustand, z.stand, stand.get("mitglieder") or ())) for z in systeme],
        "sitzungen_der_lg": _sitzungen(b),
        "unterlagen": _unterlagen(b),
        "inhalt": b.angaben_ohne("auftrag", "frist", "mitglieder", "ist_beitraege", "sitzungen", "name"),
        "hindernisse": {m.uebergang.ausloeser: m.grund for m in b.schritte},
        "kann": b.kann,
    }


def _mitglieder(b: Blick) -> list[Mitglied]:
    stand = b.ansicht.felder
    beitraege, leitung, ohne = stand.get("ist_beitraege") or {}, set(stand.get("leitung") or ()), set(ohne_ist(stand))
    return [Mitglied(name, str(m.get("funktion") or ""), name in leitung or m.get("rolle") == "leitung",
                     len(beitraege.get(name, {}).get("schritte") or ()), str(beitraege.get(name, {}).get("grund_fehlt") or ""),
                     name in ohne)
            for name, m in (stand.get("mitglieder") or {}).items()]


def _zielsysteme(b: Blick) -> list[Zielsystemzeile]:
    """Die Zielsysteme der Gruppe, die die Person ganz sieht, in einer Anfrage."""
    darf, werte = sichtbar(b.person, b.heute, alias="z", ab=Ebene.VOLL, arten=("zielsystem",))
    zeilen = b.s.alle(f"SELECT z.key, z.zustand, z.stand FROM vorgang v JOIN vorgang z ON z.eltern = v.id AND z.art = 'zielsystem' "
                      f"WHERE v.key = :key AND {darf} ORDER BY z.id", {**werte, "key": b.ansicht.key})
    return [Zielsystemzeile(str(key), str(zustand), json.loads(stand)) for key, zustand, stand in zeilen]


# Woran die Gruppe arbeitet: ihr Thema, die Fälle dahinter, der Beschluss, der sie einsetzt, was sie erarbeitet
_UNTERLAGEN: tuple[Weg, ...] = ((her("beauftragt"),), (her("beauftragt"), her("ergibt")), (her("setzt_ein"),), (hin("erarbeitet"),))


class Unterlage(NamedTuple):
    key: str
    art: str
    art_titel: str
    titel: str
    zustand: str


def _unterlagen(b: Blick) -> list[Unterlage]:
    """Nur was die Person auch sehen darf."""
    akte, netz = umgebung(b.s, b.ansicht.key, *_UNTERLAGEN)
    akten = [a for weg in _UNTERLAGEN for a in netz.entlang(akte.id, weg)]
    darf, werte = sichtbar(b.person, b.heute)
    frage = f"SELECT v.id FROM vorgang v {b.s.nur_kennungen} WHERE {b.s.in_kennungen('v.id')} AND {darf}"
    gesehen = {z[0] for z in b.s.alle(frage, {**werte, "ids": kennungen(a.id for a in akten)})} if akten else set()
    return [Unterlage(a.key, a.art, PROZESSE[a.art].bezeichnung, a.titel, PROZESSE[a.art].zustand(a.zustand).bezeichnung)
            for a in akten if a.id in gesehen]


def _schulden(b: Blick, systeme: Iterable[Zielsystemzeile]) -> list[Schuld]:
    stand, heute = b.ansicht.felder, b.heute.isoformat()
    gesammelt = [*_konstituierung(b), *(Schuld(s, *wie) for wie in _ist_nachtrag(b) for s in ohne_ist(stand))]
    for z in systeme:
        if z.zustand == "entwurf" and b.ansicht.zustand == "soll_entwurf":
            gesammelt += [Schuld(s, Aussage("Zustimmung oder Sondervotum zu {key}", key=z.key), "", False, f"/vorgang/{z.key}")
                          for s in fehlende_stimmen(stand.get("mitglieder") or (), z.stand)]
    for kennung in offene_blockaden(stand):
        e = stand["blockaden"][kennung]
        bis = str(e.get("bis") or "")
        gesammelt.append(Schuld(e["wer"], e["was"], anzeige.tag(bis), bool(bis) and bis < heute,
                                f"/vorgang/{b.ansicht.key}/schritt/blockade_loesen"))
    return gesammelt


def _konstituierung(b: Blick) -> list[Schuld]:
    if b.ansicht.zustand != "eingesetzt":
        return []
    bis = str(b.s.wert("SELECT f.ende FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key AND f.name = 'konstituierung' "
                       "AND f.offen = 1 AND f.ruht_seit IS NULL", {"key": b.ansicht.key}) or "")
    weg = f"/vorgang/{b.ansicht.key}/schritt/konstituieren" if b.kann("konstituieren") else ""
    vorbei = bool(bis) and bis < b.heute.isoformat()
    return [Schuld("Leitung", "Die Gruppe hat sich noch nicht konstituiert", anzeige.tag(bis), vorbei, weg)]


def _ist_nachtrag(b: Blick) -> list[tuple[str, str, bool, str]]:
    """Was eine Stelle ohne Ist-Beitrag schuldet (Regel 6), auch wenn sie erst später dazukam; leer, wenn es zu spät ist."""
    weg = f"/vorgang/{b.ansicht.key}/schritt/"
    if b.ansicht.zustand in ("eingesetzt", "konstituiert"):
        return [("Ist-Beitrag, sobald die Ist-Analyse begonnen hat", "", False, "")]
    if b.ansicht.zustand == "ist_analyse":
        return [("Ist-Beitrag, oder warum es keinen gibt", "", False, f"{weg}ist_beitrag_erfassen")]
    if any(u.ausloeser == "ist_nachholen" and b.ansicht.zustand in u.von for u in PROZESSE["arbeitsgruppe"].uebergaenge):
        return [("Ist-Beitrag, oder warum es keinen gibt; dafür geht die Gruppe noch einmal in die Ist-Analyse", "", False,
                 f"{weg}ist_nachholen" if b.kann("ist_nachholen") else "")]
    return []


def _sitzungen(b: Blick) -> tuple[Paar, ...]:
    """Die Sitzungen der Lenkungsgruppe, auf deren Tagesordnung noch etwas kann."""
    u = next((m.uebergang for m in b.schritte if m.uebergang.ausloeser == "vorlegen" and not m.grund), None)
    frage = Frage(b.s, b.person, b.umfeld, b.heute, "arbeitsgruppe", u, b.ansicht, {}) if u else None
    angebot = angebote(frage).get("sitzung") if frage else None
    return angebot.werte if angebot else ()
