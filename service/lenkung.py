"""Die Lenkungsgruppe im Überblick: wer auf den Sitzen sitzt, was auf der Tagesordnung steht, wer welchen Beschluss bekam.

Reine Darstellung: Was hier steht, folgt aus dem Inhalt der Sitzung, ihrer Beschlüsse und dem geltenden Profil.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from service.adressen import NIEMAND, STELLE
from service.anzeige import Angabe, angaben, tag, wert
from service.db import Sitzung, kennungen
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.laden import Akte, Netz, erreichbar, ids_von_keys, lade
from service.profil import Profil
from service.sendungen import rat
from service.sicht import Ebene, sichtbar
from service.umfeld import Umfeld
from states.aussage import Aussage
from states import beschluss
from states import sitzung as lg
from states.kette import PROZESSE
from states.model import Rolle, Weg, her

_NACH_KUERZEL = {p.kuerzel: p for p in PROZESSE.values()}
_GESCHEITERT = ("SELECT DISTINCT se.empfaenger, se.fehler FROM ausgang a JOIN sendung_ausgang sa ON sa.ausgang = a.id "
                "JOIN sendung se ON se.id = sa.sendung WHERE {} AND a.anlass = 'beschlussauszug' AND se.zustand = 'gescheitert'")
WIRKSAM = (*beschluss.GELTEND, "erledigt")
SIEHT_DIE_LENKUNGSGRUPPE = (Rolle.KOORDINATION, Rolle.VERWALTUNG, Rolle.LG_VORSITZ, Rolle.LG_MITGLIED, Rolle.LEITUNG)


def verlange_einblick(person: Handelnde) -> None:
    """Für alle anderen gibt es die Seiten der Lenkungsgruppe nicht."""
    if not any(person.hat(r) for r in SIEHT_DIE_LENKUNGSGRUPPE):
        raise NichtGefunden()


# --- Sitze ------------------------------------------------------------------------------------------------------------


class Platz(NamedTuple):
    """Ein Sitz am Tag der Sitzung. `anwesend`: inhaber, vertretung, abwesend; leer, solange nichts festgestellt ist."""

    sitz: str
    funktion: str
    stellung: str
    institution: str
    inhaber: str
    vertretung: str
    anwesend: str

    @property
    def in_worten(self) -> str:
        return wert("sitzung", "anwesend", self.anwesend)


def plaetze(stand: Mapping[str, Any], umfeld: Umfeld, namen: Mapping[str, str]) -> list[Platz]:
    """Die Sitze, die an diesem Tag gelten; ist eingeladen, die der Einladung."""
    tag_ = date.fromisoformat(stand["datum"])
    sitze = stand.get("sitze") or umfeld.sitze_am(tag_)
    anwesend = stand.get("anwesenheit") or {}
    vertretende = {e.angaben.get("vertretung") for e in umfeld.stammdaten.am("sitze", tag_).values()}
    return [_platz(s, anwesend.get(s["sitz"], ""), vertretende, namen) for s in sitze]


def _platz(s: Mapping[str, Any], anwesend: str, vertretende: set[Any], namen: Mapping[str, str]) -> Platz:
    personen = s.get("personen") or ()
    inhaber = ", ".join(namen.get(p, p) for p in personen if p not in vertretende)
    vertretung = ", ".join(namen.get(p, p) for p in personen if p in vertretende)
    stellung = {"vorsitz": "Vorsitz", "stellv_vorsitz": "stellvertretender Vorsitz"}.get(s.get("rolle") or "", "")
    return Platz(s["sitz"], s["funktion"], stellung, s.get("institution") or "", inhaber, vertretung or s.get("vertretung") or "", anwesend)


class Quorum(NamedTuple):
    """Beschlussfähig ist die Runde, wenn mindestens die Hälfte der Sitze da ist."""

    sitze: int
    anwesend: int
    beraet_nur: bool = False

    @property
    def erreicht(self) -> bool:
        return self.sitze > 0 and 2 * self.anwesend >= self.sitze and not self.beraet_nur

    @property
    def noetig(self) -> int:
        return (self.sitze + 1) // 2


def quorum(stand: Mapping[str, Any]) -> Quorum | None:
    anwesenheit = stand.get("anwesenheit")
    if not anwesenheit:
        return None
    da = sum(1 for wer in anwesenheit.values() if wer != "abwesend")
    return Quorum(len(anwesenheit), da, bool(stand.get("beschlussunfaehig")))


def zu_beginn(stand: Mapping[str, Any]) -> dict[str, Any]:
    """Der Inhalt mit der Anwesenheit beim Eröffnen: Der erste Wechsel eines Sitzes sagt, was vorher galt."""
    bei_beginn = dict(stand.get("anwesenheit") or {})
    for w in reversed(stand.get("wechsel") or ()):
        if "sitz" in w:
            bei_beginn[w["sitz"]] = w["vorher"]
    return {**stand, "anwesenheit": bei_beginn}


def wechsel(stand: Mapping[str, Any], plaetze: Iterable[Platz]) -> list[str]:
    """Wer während der Sitzung dazukam, ging oder vertreten wurde, je ein Satz."""
    aemter = {p.sitz: p.funktion for p in plaetze}
    return [Aussage("{um} Uhr: {satz}", um=w["um"], satz=satz) if w["um"] else satz for w in stand.get("wechsel") or ()
            for satz in (_wechsel(w, aemter),)]


def _wechsel(w: Mapping[str, Any], aemter: Mapping[str, str]) -> str:
    if "sitz" in w:
        wer = f"{w['sitz']} {aemter.get(w['sitz'], '')}".strip()
        jetzt = wert("sitzung", "anwesend", w["anwesend"])
        return Aussage("{wer} ist nicht mehr anwesend.", wer=wer) if w["anwesend"] == "abwesend" else f"{wer}: jetzt {jetzt}."
    wozu = Aussage(" zu Punkt {punkt}", punkt=w["punkt"]) if w["punkt"] else ""
    return Aussage("{gast} ist Gast{wozu}.", gast=w["gast"], wozu=wozu) if w["da"] else Aussage("{gast} ist nicht mehr Gast{wozu}.",
                                                                                                gast=w["gast"], wozu=wozu)


# --- was verbunden ist, in wenigen Anfragen ---------------------------------------------------------------------------


def umgebung(s: Sitzung, key: str, *wege: Weg) -> tuple[Akte, Netz]:
    """Der Vorgang mit allem, was auf den Wegen liegt; ob die Person es sehen darf, sagt `ganz_sichtbare`."""
    netz = Netz()
    kennung, _ = ids_von_keys(s, [key])[key]
    lade(s, erreichbar(s, {kennung: wege}, netz), netz)
    return netz.akten[kennung], netz


def ganz_sichtbare(s: Sitzung, person: Handelnde, heute: date, akten: Iterable[Akte]) -> set[int]:
    ids = kennungen(a.id for a in akten)
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL)
    frage = f"SELECT v.id FROM vorgang v {s.nur_kennungen} WHERE {s.in_kennungen('v.id')} AND {darf}"
    return {z[0] for z in s.alle(frage, {**werte, "ids": ids})} if ids else set()


# --- Tagesordnung -----------------------------------------------------------------------------------------------------


class Punkt(NamedTuple):
    """Ein stehender Punkt. `bezug_weg` ist leer, wenn die Person den Vorgang dahinter nicht sieht.

    `mitbehandelt`: Beschlüsse, die bei einem anderen Punkt stehen und auch diesen behandeln, mit der Nummer jenes Punkts.
    """

    nr: int
    titel: str
    art: str
    bezug: str
    bezug_weg: str
    zustand: str
    tischvorlage: bool
    text: str
    beschluesse: tuple[Akte, ...]
    gestrichen: str = ""
    mitbehandelt: tuple[tuple[str, int], ...] = ()


VORLAGEN, BESCHLUESSE = (her("steht_auf"),), (her("gefasst_in"),)


def punkte(stand: Mapping[str, Any], vorlagen: Sequence[Akte], beschluesse: Sequence[Akte], gesehen: set[int]) -> list[Punkt]:
    nach_key, rohe = {a.key: a for a in vorlagen if a.id in gesehen}, stand.get("punkte") or ()
    wozu = {b.key: _gehoert_zu(b, rohe) for b in beschluesse}
    alle = [_punkt(p, nach_key.get(p.get("bezug") or ""), [b for b in beschluesse if wozu[b.key] == p["nr"]])
            ._replace(mitbehandelt=_mitbehandelt(p, beschluesse, wozu)) for p in rohe]
    return sorted(alle, key=lambda p: (bool(p.gestrichen), p.nr))


def offene_punkte(s: Sitzung, key: str) -> list[str]:
    """Was auf die nächste Sitzung käme, würde jetzt unterzeichnet: Vorgelegtes ohne Beschluss, anderes ohne Beratung."""
    akte, netz = umgebung(s, key, VORLAGEN, BESCHLUESSE)
    vorlagen, beschluesse = netz.entlang(akte.id, VORLAGEN), netz.entlang(akte.id, BESCHLUESSE)
    vorgelegt = {a.key for a in vorlagen if a.zustand == "vorgelegt"}
    behandelt = lg.behandelte_punkte(akte.stand, (b.stand.get("punkt") for b in beschluesse))
    alle = punkte(akte.stand, vorlagen, beschluesse, {a.id for a in (*vorlagen, *beschluesse)})
    return [f"{p.nr}. {p.titel}" for p in alle if not (p.gestrichen or p.beschluesse or p.mitbehandelt)
            and (p.bezug in vorgelegt or p.nr not in behandelt)]


def _gehoert_zu(b: Akte, rohe: Sequence[Mapping[str, Any]]) -> int | None:
    """Der Punkt, dessen Vorgang der Beschluss behandelt, sonst der genannte; sonst keiner."""
    behandelt = b.stand.get("bezug") or ()
    return next((p["nr"] for p in rohe if p.get("bezug") in behandelt and not p.get("gestrichen_am")), b.stand.get("punkt"))


def _mitbehandelt(p: Mapping[str, Any], beschluesse: Sequence[Akte], wozu: Mapping[str, int | None]) -> tuple[tuple[str, int], ...]:
    auch = [b.key for b in beschluesse if p.get("bezug") in (b.stand.get("bezug") or ()) and wozu[b.key] != p["nr"]]
    return tuple((key, nr) for key in auch if (nr := wozu[key]) is not None)


def _punkt(p: Mapping[str, Any], bezug: Akte | None, beschluesse: Sequence[Akte]) -> Punkt:
    art = p.get("art") or (_art_des(bezug) if bezug else "frei")
    zustand = PROZESSE[bezug.art].zustand(bezug.zustand).bezeichnung if bezug else ""
    weg = f"/vorgang/{bezug.key}" if bezug else ""
    return Punkt(p["nr"], str(p["titel"]), wert("sitzung", "art", art), p.get("bezug") or "", weg, zustand, bool(p.get("tischvorlage")),
                 str(p.get("text") or ""), tuple(beschluesse), tag(p.get("gestrichen_am") or ""))


def _art_des(bezug: Akte) -> str:
    return {"generatives_thema": "thema", "zielsystem": "zielsystem", "beschluss": "bericht"}.get(bezug.art, "frei")


# --- wer welchen Beschluss bekam --------------------------------------------------------------------------------------


class Zustellung(NamedTuple):
    """Eine Sendung: alle Beschlüsse einer Sitzung an einen Empfänger. `offen`: er hat eine Aufgabe und noch nicht bestätigt.

    `unzustellbar`: was zu tun ist, weil die Nachricht nicht ankam und er auch auf keinem anderen Weg davon weiß.
    """

    empfaenger: str
    name: str
    sammel: str
    weg: str
    gesendet_am: str
    beleg: str
    beschluesse: tuple[str, ...]
    kenntnis_am: str
    aufgabe: bool
    erinnert: int
    zuletzt: str
    unzustellbar: str = ""

    @property
    def offen(self) -> bool:
        return self.aufgabe and not self.kenntnis_am


def zustellungen(s: Sitzung, beschluesse: Sequence[Akte], namen: Mapping[str, str], profil: Profil) -> list[Zustellung]:
    je: dict[str, list[tuple[Akte, Mapping[str, Any]]]] = {}
    kam_nicht_an = _gescheiterte(s, beschluesse, profil)
    for b in beschluesse:
        for wer, eintrag in (b.stand.get("weiterleitungen") or {}).items():
            je.setdefault(wer, []).append((b, eintrag))
    gefunden = [_zustellung(wer, eintraege, namen) for wer, eintraege in je.items()]
    gefunden = [z._replace(unzustellbar="" if z.kenntnis_am or z.beleg else kam_nicht_an.get(z.empfaenger, "")) for z in gefunden]
    return sorted(gefunden, key=lambda z: (not z.offen, z.name))


def _gescheiterte(s: Sitzung, beschluesse: Sequence[Akte], profil: Profil) -> dict[str, str]:
    """Empfänger, wie der Beschluss ihn nennt -> was zu tun ist."""
    zeilen = s.alle(_GESCHEITERT.format(s.in_kennungen("a.vorgang")), {"ids": kennungen(b.id for b in beschluesse)}) if beschluesse else []
    genannt = [(e.removeprefix(STELLE).removeprefix(NIEMAND), fehler) for e, fehler in zeilen]
    return {(stelle.name if (stelle := profil.institution(wer)) else wer): rat(fehler) for wer, fehler in genannt}


def _zustellung(wer: str, eintraege: Sequence[tuple[Akte, Mapping[str, Any]]], namen: Mapping[str, str]) -> Zustellung:
    einer = max((e for _, e in eintraege), key=lambda e: str(e.get("gesendet_am") or ""))
    bestaetigt = [str(e["kenntnis_am"]) for _, e in eintraege if e.get("kenntnis_am")]
    erinnerungen = {(str(x["am"]), str(x.get("weg"))) for b, _ in eintraege for x in b.stand.get("erinnerungen") or ()
                    if x.get("empfaenger") == wer}
    return Zustellung(
        wer, namen.get(wer, wer), einer.get("sammelempfaenger") or "", wert("beschluss", "weg", einer.get("weg")),
        tag(str(einer.get("gesendet_am") or "")), _beleg(einer), tuple(b.key for b, _ in eintraege),
        tag(max(bestaetigt)) if len(bestaetigt) == len(eintraege) else "", any(e.get("aufgabe") for _, e in eintraege),
        len(erinnerungen), tag(max(erinnerungen)[0]) if erinnerungen else "",
    )  # fmt: skip


def _beleg(eintrag: Mapping[str, Any]) -> str:
    if p := eintrag.get("persoenlich"):
        return f"{p['wer']} an {p['wem']}, {tag(p['wann'])}, {p['wo']}"
    if a := eintrag.get("anwesenheitsliste"):
        return f"{a['sitzung']}, {tag(a['wann'])}"
    return ""


# --- was ein Beschluss bewegt -----------------------------------------------------------------------------------------


class Wirkung(NamedTuple):
    """Ein Schritt, den der Beschluss an einem anderen Vorgang auslöst, mit seinen Angaben: Auflagen, Fristen, Leitungen."""

    key: str
    schritt: str
    angaben: list[Angabe]


def wirkungen(stand: Mapping[str, Any], namen: Mapping[str, str]) -> list[Wirkung]:
    gefunden = []
    for b in stand.get("bewegungen") or ():
        p = _NACH_KUERZEL.get(str(b["vorgang"]).split("-")[0])
        if p is not None:
            gefunden.append(Wirkung(b["vorgang"], p.bezeichnung_von(b["ausloeser"]), angaben(p.art, b.get("daten") or {}, namen)))
    return gefunden


# --- Auswahl von Sitzungen --------------------------------------------------------------------------------------------


class Termin(NamedTuple):
    key: str
    zustand: str
    stand: Mapping[str, Any]

    @property
    def datum(self) -> date:
        return date.fromisoformat(self.stand["datum"])

    @property
    def zustand_text(self) -> str:
        return PROZESSE["sitzung"].zustand(self.zustand).bezeichnung


def termine(s: Sitzung, person: Handelnde, heute: date, *, anzahl: int = 12) -> list[Termin]:
    """Die neuesten Sitzungen ohne die abgesagten, die früheste zuerst."""
    darf, werte = sichtbar(person, heute, arten=("sitzung",), ab=Ebene.VOLL)
    zeilen = s.alle("SELECT v.key, v.zustand, v.stand FROM vorgang v WHERE v.art = 'sitzung' AND v.zustand <> 'abgesagt' "
                    f"AND {darf} ORDER BY v.id DESC LIMIT :anzahl", {**werte, "anzahl": anzahl})
    gefunden = [Termin(key, zustand, json.loads(stand)) for key, zustand, stand in zeilen]
    return sorted(gefunden, key=lambda t: (t.datum, t.key))


def einwaende_bis(s: Sitzung, keys: Sequence[str]) -> dict[str, str]:
    """Sitzung -> der letzte Tag für Einwände gegen ihr Protokoll, JJJJ-MM-TT; nur, wo die Frist läuft."""
    namen = {f"k{n}": key for n, key in enumerate(keys)}
    return {key: str(ende) for key, ende in s.alle(
        "SELECT v.key, f.ende FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE f.offen = 1 AND f.name = 'lg_einwaende' "
        f"AND v.key IN ({', '.join(f':{n}' for n in namen)}) ORDER BY v.id", namen)} if namen else {}


class Umlauf(NamedTuple):
    """Ein Beschluss im Umlauf: bis wann und wie viele Sitze schon geantwortet haben."""

    key: str
    titel: str
    bis: str
    geantwortet: int
    sitze: int
    ueberfaellig: bool


def umlaeufe(s: Sitzung, person: Handelnde, heute: date, *, anzahl: int = 20) -> list[Umlauf]:
    darf, werte = sichtbar(person, heute, arten=("beschluss",), ab=Ebene.VOLL)
    zeilen = s.alle(f"SELECT v.key, v.titel, v.stand FROM vorgang v WHERE v.art = 'beschluss' AND v.zustand = 'im_umlauf' AND {darf} "
                    "ORDER BY v.faellig, v.id LIMIT :anzahl", {**werte, "anzahl": anzahl})
    gelesen = [(key, titel, json.loads(text)) for key, titel, text in zeilen]
    return [Umlauf(key, titel, tag(str(stand.get("antwort_bis") or "")), len(stand.get("stimmen") or ()), len(stand.get("sitze") or ()),
                   str(stand.get("antwort_bis") or "9999") < heute.isoformat()) for key, titel, stand in gelesen]


def kommende(alle: Sequence[Termin], heute: date) -> list[Termin]:
    return [t for t in alle if t.zustand in lg.NIMMT_PUNKTE and (t.datum >= heute or t.zustand == "laeuft")]
