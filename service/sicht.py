"""Wer was sehen darf: eine Tabelle, zweimal übersetzt.

`sieht` entscheidet über einen geladenen Vorgang, `sichtbar` ist dieselbe Tabelle als SQL-Bedingung für Listen, Zahlen,
Suche, Spur und Ausgabe. Ohne Zeile: nichts. Rollen addieren sich; Verbote (service/access.py) gewinnen zuletzt, in beiden.
Lesen ändert keinen Vorgang: ob ein Zugriff zu protokollieren ist, sagt die Ansicht; der Rand des Programms tut es.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from service import access
from service.ausschnitt import AUSSCHNITTE, TITEL, ZAHL, ohne_verbotenes, zusammen
from service.bezuege import (
    IMMER, NIE, Alle, Beteiligt, Bezug, EigeneInstitution, Eltern, Freigegeben, Geteilt, ImBereich, ImZustand, Schreiber, Ueber, Umstaende,
    Zustaendig, oder, und, woerter,
)
from service.db import Sitzung, kennungen
from service.einsicht import KEINE, Einsicht, einsicht
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.laden import Akte, Netz, erreichbar, ids_von_keys, lade
from states.generatives_thema import SITZUNG_NIMMT_PUNKTE
from states.sitzung import MIT_GAESTEN
from states.kette import PROZESSE
from states.model import Rolle, Uebergang, Weg, her, hin
from states.personenangaben import IM_HAUS, nur_eigene


class Ebene(StrEnum):
    """Wie viel zu sehen ist, von wenig nach viel."""

    PROTOKOLL = "protokoll"  # nur, wer wann was tat
    ZAHL = "zahl"  # Nummer und Alter
    TITEL = "titel"  # Titel, Kommune, Zahl
    GEKUERZT = "gekuerzt"  # der Ausschnitt, den die Zeile nennt
    VOLL = "voll"


_RANG = {ebene: n for n, ebene in enumerate(Ebene)}


@dataclass(frozen=True)
class Zeile:
    """`rolle`: None heißt jedes Konto mit einer Rolle; dann entscheidet allein der Bezug. `ausschnitt`: sonst der der Art."""

    rolle: Rolle | None
    arten: tuple[str, ...]
    bezug: Bezug
    ebene: Ebene
    ausschnitt: str = ""


R = Rolle
GEKUERZT, VOLL = Ebene.GEKUERZT, Ebene.VOLL
MELDUNG, FR, THEMA, AG, ZS, SITZUNG, BESCHLUSS = (
    ("meldebogen",), ("fallrekonstruktion",), ("generatives_thema",), ("arbeitsgruppe",), ("zielsystem",), ("sitzung",), ("beschluss",))
UEBERGABE, MASSNAHME, MONITORING, BERICHT = ("einzelfalluebergabe",), ("massnahme",), ("monitoring",), ("bericht",)
BEI_DER_KOORDINATION = ("sammlung", "auswahlrunde", "lage")
BERICHTSWESEN = (*BERICHT, "anfrage", "kooperationsvereinbarung")
OHNE_MELDUNG = (*FR, *UEBERGABE, *THEMA, *AG, *ZS, *MASSNAHME, *MONITORING, *SITZUNG, *BESCHLUSS, *BEI_DER_KOORDINATION, *BERICHTSWESEN)
ARTEN = (*MELDUNG, *OHNE_MELDUNG)

# --- Zustände, ab denen etwas weiter zu sehen ist; einmal hier ---------------------------------------------------------

ANGENOMMEN = ImZustand(frozenset({
    "in_vorpruefung", "in_sammlung", "ausgewaehlt", "in_rekonstruktion", "rekonstruiert", "im_thema", "themenspeicher", "geloest",
    "ohne_loesung_beendet", "kurzfristig_geklaert", "weitergegeben", "doppelmeldung"}), "sobald sie angenommen ist")
THEMA_FREI = ImZustand(frozenset({"beauftragt", "in_bearbeitung", "beschlossen", "in_umsetzung", "in_monitoring", "in_nachsteuerung",
                                  "abgeschlossen"}), "ab dem Auftrag der Lenkungsgruppe")
ZS_FREI = ImZustand(frozenset({"weitergeleitet", "in_umsetzung", "eingefuehrt", "abgeloest"}), "ab der Weiterleitung")
ZS_VORGELEGT = ImZustand(frozenset({"vorgelegt", "zurueckverwiesen", "beschlossen", "mit_auflagen_beschlossen", "weitergeleitet",
                                    "in_umsetzung", "eingefuehrt", "abgeloest", "abgelehnt", "aufgehoben"}), "sobald es vorgelegt ist")
ZS_BESCHLOSSEN = ImZustand(frozenset({"beschlossen", "mit_auflagen_beschlossen", "weitergeleitet", "in_umsetzung", "eingefuehrt",
                                      "abgeloest", "aufgehoben"}), "sobald es beschlossen ist")
BS_WEITERGELEITET = ImZustand(frozenset({"weitergeleitet", "in_erledigung", "erledigt", "aufgehoben"}), "ab der Weiterleitung")
SITZUNG_KOMMT = ImZustand(frozenset(SITZUNG_NIMMT_PUNKTE), "solange etwas auf ihre Tagesordnung kann")
BERICHT_VERSANDT = ImZustand(frozenset({"versandt", "zur_kenntnis"}), "sobald er versandt ist")
FR_GEPRUEFT = ImZustand(frozenset({"geprueft", "abgestimmt"}), "ab der Prüfung durch eine zweite Person")
FR_MIT_FASSUNG = ImZustand(frozenset({"freigegeben", "protokolliert", "geprueft", "abgestimmt"}), "auch während einer Berichtigung")
FR_FREI = und(Freigegeben("ab der Freigabe"), FR_MIT_FASSUNG)
FR_FREI_30_TAGE = und(Freigegeben("bis 30 Tage nach der Freigabe", tage=30), FR_MIT_FASSUNG)

# --- Bezüge ------------------------------------------------------------------------------------------------------------

ALLE, EIGENE, ZUSTAENDIG = Alle(), EigeneInstitution(), Zustaendig()
SELBST = Beteiligt((R.MELDER,), "wenn das Konto sie selbst eingereicht hat", persoenlich=True)
MITGLIED = Beteiligt((R.AG_MITGLIED, R.AG_LEITUNG), "als Mitglied oder Leitung der Arbeitsgruppe")
BENANNT = Beteiligt((R.AG_MITGLIED, R.AG_LEITUNG), "als Person in der Arbeitsgruppe benannt", persoenlich=True)
TEILNEHMEND = Beteiligt((R.FR_GAST, R.MELDER), "wenn die Institution oder Person eingeladen ist oder teilgenommen hat")
EMPFANGEN = Beteiligt((R.EMPFAENGER, R.UMSETZENDE_STELLE), "wer es erhalten hat oder umsetzt")
EIGNER = Beteiligt((R.UMSETZENDE_STELLE,), "wer es umsetzt")
GAST = Beteiligt((R.LG_GAST,), "als geladener Gast")
GAST_ZUM_PUNKT = und(GAST, Ueber((hin("steht_auf"),), ImZustand(frozenset(MIT_GAESTEN), ""), "von der Einladung bis zum Ende der Sitzung"))
MELDUNG_DES_TEAMS = Ueber((her("uebergeben_in"),), und(EIGENE, ANGENOMMEN), "zu einer Meldung des eigenen Teams")
ZUM_THEMA_DER_GRUPPE = Ueber((hin("ergibt"), hin("beauftragt")), MITGLIED, f"{MITGLIED.satz}, zu deren Thema sie gehört")

ZUM_FREIEN_ZIELSYSTEM = Eltern("zielsystem", ZS_FREI, f"wie das Zielsystem: {ZS_FREI.satz}")


def _der_gruppe(bezug: Bezug) -> Bezug:
    return Ueber((hin("beauftragt"),), bezug, f"{bezug.satz}, die das Thema bearbeitet")


def _aus_der_gruppe(bezug: Bezug) -> Bezug:
    return Eltern("arbeitsgruppe", bezug, f"{bezug.satz}, die es erarbeitet")


def _fuer(rollen: Iterable[Rolle], arten: tuple[str, ...], bezug: Bezug, ebene: Ebene, ausschnitt: str = "") -> Iterable[Zeile]:
    return (Zeile(r, arten, bezug, ebene, ausschnitt) for r in rollen)


LG = (R.LG_MITGLIED, R.LG_VORSITZ)
IN_DER_GRUPPE = (R.AG_MITGLIED, R.AG_LEITUNG)

# Wer das Zielsystem sieht, sieht so auch seine Maßnahmen und sein Monitoring.
_ZIELSYSTEM = (
    Zeile(R.MELDER, ZS, ZS_FREI, GEKUERZT),
    *_fuer((R.CASE_MANAGEMENT, R.FACHAUFSICHT), ZS, ALLE, VOLL),
    Zeile(R.VERWALTUNG, ZS, ALLE, Ebene.TITEL),
    *_fuer((*IN_DER_GRUPPE, R.MELDER), ZS, _aus_der_gruppe(MITGLIED), VOLL),
    Zeile(None, ZS, _aus_der_gruppe(BENANNT), VOLL),
    *_fuer((*LG, R.LEITUNG), ZS, ZS_VORGELEGT, VOLL),
    *_fuer((*LG, R.LEITUNG), ZS, ALLE, Ebene.TITEL),
)


def _wie_das_zielsystem(z: Zeile) -> Zeile:
    satz = "wie das Zielsystem" if z.bezug == ALLE else f"wie das Zielsystem: {z.bezug.satz}"
    return replace(z, arten=(*MASSNAHME, *MONITORING), bezug=Eltern("zielsystem", z.bezug, satz))


SICHT: tuple[Zeile, ...] = (
    # Koordination: Meldungen des Bereichs, sonst Titel; alles andere kreisweit
    Zeile(R.KOORDINATION, MELDUNG, ImBereich(R.KOORDINATION), VOLL),
    Zeile(R.KOORDINATION, MELDUNG, Geteilt(R.KOORDINATION), VOLL),
    Zeile(R.KOORDINATION, MELDUNG, ALLE, Ebene.TITEL),
    Zeile(R.KOORDINATION, OHNE_MELDUNG, ALLE, VOLL),
    # Meldende Stelle
    Zeile(R.MELDER, MELDUNG, EIGENE, VOLL),
    Zeile(R.MELDER, FR, und(Beteiligt((R.MELDER,), "wenn die Institution teilgenommen hat"), oder(FR_GEPRUEFT, FR_FREI)), GEKUERZT),
    Zeile(R.MELDER, THEMA, THEMA_FREI, GEKUERZT),
    Zeile(R.MELDER, AG, MITGLIED, VOLL),
    # Case Management und seine Fachaufsicht
    Zeile(R.CASE_MANAGEMENT, MELDUNG, und(EIGENE, oder(SELBST, ANGENOMMEN)), VOLL),
    Zeile(R.CASE_MANAGEMENT, FR, oder(TEILNEHMEND, ZUSTAENDIG), VOLL),
    Zeile(R.CASE_MANAGEMENT, UEBERGABE, oder(EIGENE, ZUSTAENDIG), VOLL),
    Zeile(R.CASE_MANAGEMENT, UEBERGABE, MELDUNG_DES_TEAMS, VOLL),
    Zeile(R.CASE_MANAGEMENT, AG, MITGLIED, VOLL),
    Zeile(R.FACHAUFSICHT, UEBERGABE, ALLE, VOLL),
    *_fuer((R.CASE_MANAGEMENT, R.FACHAUFSICHT), THEMA, ALLE, VOLL),
    *_fuer((R.CASE_MANAGEMENT, R.FACHAUFSICHT), BESCHLUSS, BS_WEITERGELEITET, GEKUERZT),
    # Verwaltung: Listen, Termine, Unterlagen
    Zeile(R.VERWALTUNG, THEMA, ALLE, Ebene.TITEL),
    Zeile(R.VERWALTUNG, AG, ALLE, GEKUERZT, "termine_und_mitglieder"),
    Zeile(R.VERWALTUNG, (*SITZUNG, *BESCHLUSS, *BERICHTSWESEN), ALLE, VOLL),
    # Arbeitsgruppe
    *_fuer(IN_DER_GRUPPE, AG, MITGLIED, VOLL),
    *_fuer(IN_DER_GRUPPE, THEMA, _der_gruppe(MITGLIED), VOLL),
    *_fuer(IN_DER_GRUPPE, FR, und(ZUM_THEMA_DER_GRUPPE, FR_FREI), GEKUERZT, "freigegebene_fassung"),
    Zeile(None, AG, BENANNT, VOLL),
    Zeile(None, THEMA, _der_gruppe(BENANNT), VOLL),
    # Gast einer Fallrekonstruktion
    Zeile(R.FR_GAST, FR, und(TEILNEHMEND, oder(FR_GEPRUEFT, FR_FREI_30_TAGE)), GEKUERZT),
    # Zielsystem mit Maßnahmen und Monitoring; wer es umsetzt, sieht den Auszug und das Eigene
    *_ZIELSYSTEM,
    *(_wie_das_zielsystem(z) for z in _ZIELSYSTEM),
    Zeile(None, ZS, und(oder(EMPFANGEN, Ueber((hin("umgesetzt_durch"),), EIGNER, "wer eine seiner Maßnahmen umsetzt")), ZS_BESCHLOSSEN),
          GEKUERZT, "auszug_zielsystem"),
    Zeile(None, MASSNAHME, EIGNER, VOLL),
    Zeile(None, MONITORING, Beteiligt((R.UMSETZENDE_STELLE,), "wer einen seiner Indikatoren erhebt"), GEKUERZT, "eigene_indikatoren"),
    Zeile(None, BESCHLUSS, und(EMPFANGEN, BS_WEITERGELEITET), GEKUERZT),
    # Lenkungsgruppe, ihre Gäste, Leitung
    *_fuer(LG, (*THEMA, *SITZUNG, *BESCHLUSS), ALLE, VOLL),
    *_fuer((*LG, R.LEITUNG), AG, ALLE, GEKUERZT),
    Zeile(R.AG_LEITUNG, SITZUNG, SITZUNG_KOMMT, Ebene.TITEL),  # sie legt auf eine Sitzung vor und muss sie nennen können
    Zeile(R.LG_GAST, SITZUNG, GAST, GEKUERZT),
    Zeile(R.LG_GAST, (*THEMA, *ZS, *BESCHLUSS), GAST_ZUM_PUNKT, GEKUERZT),
    Zeile(R.LEITUNG, MELDUNG, ALLE, Ebene.ZAHL),
    Zeile(R.LEITUNG, (*THEMA, *SITZUNG, *BESCHLUSS, *BERICHTSWESEN), ALLE, VOLL),
    # Gremien, Revision; die Systemverwaltung sieht keine Vorgänge
    Zeile(R.GREMIUM, THEMA, THEMA_FREI, GEKUERZT, "oeffentliches_thema"),
    Zeile(R.GREMIUM, ZS, ZS_FREI, GEKUERZT, "oeffentliches_zielsystem"),
    Zeile(R.GREMIUM, MASSNAHME, ZUM_FREIEN_ZIELSYSTEM, GEKUERZT, "oeffentliche_massnahme"),
    Zeile(R.GREMIUM, MONITORING, ZUM_FREIEN_ZIELSYSTEM, GEKUERZT, "oeffentliches_monitoring"),
    Zeile(R.GREMIUM, BERICHT, BERICHT_VERSANDT, GEKUERZT),
    Zeile(R.REVISION, ARTEN, ALLE, Ebene.PROTOKOLL),
)

_ZEILEN: dict[str, tuple[Zeile, ...]] = {art: tuple(z for z in SICHT if art in z.arten) for art in ARTEN}
_WEGE: dict[str, tuple[Weg, ...]] = {art: tuple(dict.fromkeys(w for z in zeilen for w in z.bezug.wege)) for art, zeilen in _ZEILEN.items()}


# --- für einen Vorgang ------------------------------------------------------------------------------------------------

_ELTERN = ("WITH RECURSIVE kette(id) AS (SELECT v.eltern FROM vorgang v WHERE v.id = :id UNION "
           "SELECT v.eltern FROM vorgang v JOIN kette k ON v.id = k.id) "
           "SELECT v.id, v.art FROM kette k JOIN vorgang v ON v.id = k.id")


def umstaende(s: Sitzung, akte: Akte, heute: date) -> Umstaende:
    """Lädt, was die Tabelle über diesen Vorgang wissen muss: Übergeordnete und die Enden der genannten Wege."""
    netz = Netz()
    netz.auf(akte)
    arten = {akte.id: akte.art, **dict(s.alle(_ELTERN, {"id": akte.id}))}
    lade(s, erreichbar(s, {kennung: _WEGE.get(art, ()) for kennung, art in arten.items()}, netz), netz)
    return Umstaende(netz, heute)


def _passende(person: Handelnde, akte: Akte, um: Umstaende) -> list[Zeile]:
    if access.verboten(person, akte):
        return []
    return [z for z in _ZEILEN.get(akte.art, ()) if _traegt(person, z) and z.bezug.gilt(person, akte, um)]


def _traegt(person: Handelnde, zeile: Zeile) -> bool:
    return bool(person.rollen) if zeile.rolle is None else person.hat(zeile.rolle)


def sieht(person: Handelnde, akte: Akte, um: Umstaende) -> Ebene | None:
    """Die höchste Ebene, auf der die Person den Vorgang sieht; None heißt, es gibt ihn für sie nicht."""
    return max((z.ebene for z in _passende(person, akte, um)), key=_RANG.__getitem__, default=None)


def felder(person: Handelnde, akte: Akte, um: Umstaende) -> dict[str, Any]:
    """Der Inhalt, soweit die Person ihn sehen darf; mehrere Rollen ergeben die Summe ihrer Ausschnitte."""
    zeilen = _passende(person, akte, um)
    ebenen = {z.ebene for z in zeilen}
    if Ebene.VOLL in ebenen:
        return ohne_verbotenes(dict(akte.stand), akte, person)
    teile = [AUSSCHNITTE[z.ausschnitt or akte.art] for z in zeilen if z.ebene is Ebene.GEKUERZT]
    teile += [TITEL] if ebenen & {Ebene.TITEL, Ebene.GEKUERZT} else []
    teile += [ZAHL] if ebenen - {Ebene.PROTOKOLL} else []
    return ohne_verbotenes(zusammen(teile, akte, person), akte, person)


class Ansicht(NamedTuple):
    """Ein Vorgang, wie ihn eine Person sieht. Unterhalb von „titel“ bleiben Zustand und Marken leer.

    `schritte`: was die Person jetzt tun darf. `zu_protokollieren`: sie liest den Text einer Meldung als Koordination.
    """

    key: str
    art: str
    ebene: Ebene
    version: int
    zustand: str
    marken: dict[str, str]
    felder: dict[str, Any]
    schritte: tuple[Uebergang, ...]
    zu_protokollieren: bool
    einsicht: Einsicht = KEINE


def lies(s: Sitzung, person: Handelnde, key: str, heute: date) -> Ansicht:
    """Wirft NichtGefunden, gleich ob es den Vorgang nicht gibt oder die Person ihn nicht sehen darf."""
    netz = Netz()
    lade(s, [kennung for kennung, _ in ids_von_keys(s, [key]).values()], netz)
    akte = netz.bei_key(key)
    if akte is None:
        raise NichtGefunden(key)
    um = umstaende(s, akte, heute)
    zeilen = _passende(person, akte, um)
    ebene = sieht(person, akte, um)
    if ebene is None:
        raise NichtGefunden(key)
    offen = _RANG[ebene] >= _RANG[Ebene.TITEL]
    als_koordination = any(z.rolle is R.KOORDINATION and z.ebene is VOLL for z in zeilen)
    gezeigt = felder(person, akte, um)
    if not als_koordination:
        gezeigt.pop("grund", None)  # der Grund des letzten Schritts; was davon für andere ist, steht im Verlauf
    if not any(z.rolle in IM_HAUS and z.ebene is VOLL for z in zeilen):
        gezeigt = nur_eigene(akte.art, gezeigt, person.key)
    return Ansicht(akte.key, akte.art, ebene, akte.version, akte.zustand if offen else "", dict(akte.marken) if offen else {},
                   gezeigt, _schritte(person, akte, um), akte.art == "meldebogen" and als_koordination,
                   einsicht(person.key, als_koordination, _rollen(person, akte, um, zeilen),
                            {"zustaendig": akte.zustaendig, "vertretung": akte.vertretung}))


def _rollen(person: Handelnde, akte: Akte, um: Umstaende, zeilen: Iterable[Zeile]) -> frozenset[str]:
    """Als wer die Person diesen Vorgang sieht: ihre Zeilen der Tabelle, und woran sie hier oder am übergeordneten beteiligt ist."""
    eltern = um.netz.akten.get(akte.eltern or 0)
    beteiligte = akte.beteiligte | (eltern.beteiligte if eltern is not None else set())
    eigene = {rolle for wer, rolle in beteiligte if wer in (person.key, person.institution)}
    return frozenset(eigene | {z.rolle.value for z in zeilen if z.rolle is not None})


def _schritte(person: Handelnde, akte: Akte, um: Umstaende) -> tuple[Uebergang, ...]:
    prozess, eltern = PROZESSE.get(akte.art), um.netz.akten.get(akte.eltern or 0)
    beteiligte = eltern.beteiligte if eltern is not None else set()
    moegliche = prozess.moeglich(akte.zustand) if prozess is not None else ()
    return tuple(u for u in moegliche if access.darf(person, akte, u, beteiligte) is not None)


def im_haus(person: Handelnde) -> Handelnde:
    """Dieselbe Person mit nur den Rollen, in denen sie Namen liest; Verbote bleiben."""
    return replace(person, rollen=frozenset(r for r in person.rollen if r[0] in IM_HAUS))


# --- für Listen -------------------------------------------------------------------------------------------------------


def sichtbar(person: Handelnde, heute: date, alias: str = "v", ab: Ebene = Ebene.TITEL, arten: Collection[str] | None = None
             ) -> tuple[str, dict[str, str]]:
    """Die Bedingung über `vorgang <alias>` mit ihren Parametern: was die Person mindestens auf der Ebene `ab` sieht.

    Was eine Liste zeigt, bestimmt `ab`: Titel und Zustand verlangen TITEL, ein Auszug des Inhalts und die Suche im Text
    VOLL, eine bloße Zahl ZAHL. `arten` hält die Bedingung kurz und lässt die Indizes greifen.
    """
    bedingung, werte = _sichtbar(person, heute, alias, ab, None if arten is None else tuple(arten))
    return bedingung, dict(werte)


@lru_cache(maxsize=512)
def _sichtbar(person: Handelnde, heute: date, alias: str, ab: Ebene, arten: tuple[str, ...] | None) -> tuple[str, Mapping[str, str]]:
    """Hängt nur von Person und Tag ab; eine Seite fragt mehrmals."""
    z = Schreiber(person, heute)
    erlaubt = [f"({alias}.art IN ({woerter(a)}) AND ({bedingung}))" for bedingung, a in _erlaubt(person, z, alias, ab, arten).items()]
    verbot = access.verbot_sql(person, alias, z.ich())
    return f"(({' OR '.join(erlaubt) or NIE}) AND NOT ({verbot}))", z.werte


def _erlaubt(person: Handelnde, z: Schreiber, alias: str, ab: Ebene, arten: Collection[str] | None) -> dict[str, list[str]]:
    """SQL-Bedingung -> die Arten, für die sie gilt; was die Person nie sieht, fehlt."""
    gefragt = [art for art in ARTEN if arten is None or art in arten]
    zeilen = [zeile for zeile in SICHT if _RANG[zeile.ebene] >= _RANG[ab] and _traegt(person, zeile)]
    sql = {zeile.bezug: "" for zeile in zeilen if not set(zeile.arten).isdisjoint(gefragt)}
    for bezug in sql:
        sql[bezug] = bezug.sql(alias, z)
    nach_bedingung: dict[str, list[str]] = {}
    for art in gefragt:
        bedingungen = dict.fromkeys(sql[zeile.bezug] for zeile in zeilen if art in zeile.arten)
        bedingungen.pop(NIE, None)
        if bedingungen:
            nach_bedingung.setdefault(IMMER if IMMER in bedingungen else " OR ".join(bedingungen), []).append(art)
    return nach_bedingung


@lru_cache(maxsize=512)
def wovon(person: Handelnde, heute: date, ab: Ebene = Ebene.TITEL) -> tuple[frozenset[str], frozenset[str]]:
    """Die Arten, von denen die Person jeden Vorgang mindestens auf der Ebene `ab` sieht, und die, von denen sie manche sehen kann."""
    nach_bedingung = _erlaubt(person, Schreiber(person, heute), "v", ab, None)
    alle = frozenset(art for art in nach_bedingung.get(IMMER, ()) if not access.verbietet(person, art))
    return alle, frozenset(art for arten in nach_bedingung.values() for art in arten) - alle


def verlange_sichtbar(s: Sitzung, person: Handelnde, keys: Collection[str], heute: date) -> None:
    """Vor jedem Schritt und für jeden genannten Schlüssel: wer einen Vorgang nicht sieht, für den gibt es ihn nicht.

    Wirft NichtGefunden für den ersten, der fehlt oder verborgen ist. Eine Anfrage, gleich wie viele Schlüssel.
    """
    ids = {kennung: key for key, (kennung, _) in ids_von_keys(s, keys).items()}
    bedingung, werte = sichtbar(person, heute, "v", Ebene.PROTOKOLL)
    frage = f"SELECT v.id FROM vorgang v {s.nur_kennungen} WHERE {s.in_kennungen('v.id')} AND {bedingung}"
    gesehen = {ids[kennung] for (kennung,) in s.alle(frage, {**werte, "ids": kennungen(ids)})} if ids else set()
    for key in keys:
        if key not in gesehen:
            raise NichtGefunden(key)
