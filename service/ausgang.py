"""Aus fälligen Zeilen des Ausgangs werden Sendungen: Empfänger ermitteln, bündeln, Text setzen, speichern.

Alles in einer Transaktion und vor dem ersten Versuch, etwas zu verschicken. Eine Runde fasst je Empfänger zusammen, was
zusammengehört; Empfangsbestätigungen, Einladungen und Eiliges gehen einzeln. Versandt wird in `zustellung`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from forms.kalenderblatt import TERMINE, Termin, kalenderblatt, methode, neu_gefasst, termin_von
from forms.mail import Brief, Punkt, setze
from forms.mailtexte import ALLGEMEIN, EINZELN, FAMILIE_VON, FAMILIEN, Familie, eingesetzt, formen, text
from forms.sprache import in_sprache, uebersetzt
from service.adressen import STELLE, Empfaenger
from service.antwortlink import NEUER_LINK, QUELLE, Aussteller
from service.clock import als_text, aus_text, berliner_tag, naechster_abend
from service.db import Sitzung, kennungen
from service.empfaenger import Anrede, Empfaengersuche, Meldung, lies_daten
from service.kommentare import ERWAEHNT
from service.kommentare import QUELLE as AUS_KOMMENTAR
from service.laden import Akte
from service.sendungen import KEIN_EMPFAENGER, KEIN_POSTFACH, KOPFZEILE
from service.sicht import Ebene
from service.terminlage import stufe_nr
from service.umfeld import Umfeld
from states.aussage import Aussage, aneinander
from states.kette import PROZESSE
from states.fristen import Frist
from states.meldebogen import ABGABE, WARTET
from states.perlink import TATEN

_PORTION = 1000
# Titel dieser Arten kann jemand aus einer Meldung abgeschrieben haben; sie stehen in keiner Nachricht.
_OHNE_TITEL = frozenset({"meldebogen", "fallrekonstruktion", "einzelfalluebergabe", "anfrage"})
# Was davon an einem Tag zusammen hinausgeht, gehört zur selben Sitzung oder Lage; Feld des Vorgangs und Wort im Betreff
_GEMEINSAM = {"beschlussauszug": ("sitzung", "Sitzung"), "lage_bestaetigung": ("lage", "Lage")}
_TAGE_IM_SCHRITT = ("frist_am", "wiedervorlage_am", "antwort_bis", "bis", "frist", "startdatum")
_VERBOTEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]|=\?")
_HINWEIS = ("Diese Nachricht ist automatisch erstellt. Ihre Antwort erreicht die Koordination. Bitte nennen Sie das Geschäftszeichen und "
            "schreiben Sie keine Namen oder Daten von Ratsuchenden in eine E-Mail.")

_FAELLIG = (
    "SELECT a.id, a.vorgang, a.quelle, a.anlass, a.an, coalesce(e.ausloeser, ''), coalesce(e.person, ''), coalesce(e.zeit, ''), "
    "coalesce(e.nach, ''), i.inhalt FROM ausgang a "
    "LEFT JOIN ereignis e ON e.vorgang = a.vorgang AND e.nr = a.nr AND a.quelle LIKE 'e:%' "
    "LEFT JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr "
    "WHERE a.erledigt = 0 AND a.fruehestens <= :jetzt ORDER BY a.fruehestens, a.id LIMIT :menge"
)
_SENDUNG_NEU = (
    "INSERT INTO sendung (empfaenger, gruppe, adresse, antwort_an, betreff, inhalt, html, kalender, message_id, erstellt, zustand, "
    "versuche, naechster_versuch, fehler, besitzer, pacht_bis, zugestellt) VALUES (:empfaenger, :gruppe, :adresse, :antwort_an, :betreff, "
    ":inhalt, :html, :kalender, :message_id, :jetzt, :zustand, 0, :jetzt, :fehler, '', '', '') RETURNING id"
)


class Zusammenstellung(NamedTuple):
    """Was eine Runde aus dem Ausgang gemacht hat. `voll`: es liegt noch mehr da."""

    zeilen: int = 0
    sendungen: int = 0
    befunde: int = 0
    voll: bool = False


class _Mitteilung(NamedTuple):
    """Eine Zeile für einen Empfänger."""

    meldung: Meldung
    anrede: Anrede
    betreff: str
    punkt: Punkt


_BLAETTER = ("SELECT e.akt, b.kalender FROM sendung b JOIN sendung_ausgang sa ON sa.sendung = b.id JOIN ausgang a ON a.id = sa.ausgang "
             "JOIN ereignis e ON e.vorgang = a.vorgang AND e.nr = a.nr WHERE a.vorgang = :vorgang AND b.empfaenger = :empfaenger "
             "AND b.kalender <> '' AND b.zustand <> 'aufgehoben' ORDER BY b.id DESC")


@dataclass
class _Bund:
    empfaenger: Empfaenger
    familie: str
    gruppe: str
    teile: list[_Mitteilung] = field(default_factory=list)


class _Fristlage(NamedTuple):
    name: str
    bezeichnung: str
    ende: date
    schluessel: str
    ueberholt: bool
    nur_zahl: bool


def kopfzeile_erlaubt(wert: str) -> bool:
    """Ob ein Text in eine Kopfzeile darf: keine Steuerzeichen und nichts, das ein Programm als kodierten Text läse."""
    return not _VERBOTEN.search(wert)


def stelle_zusammen(s: Sitzung, umfeld: Umfeld, jetzt: datetime, webadresse: str = "http://localhost") -> Zusammenstellung:
    """Macht aus den fälligen Zeilen gespeicherte Sendungen; höchstens eine Portion, `voll` sagt, ob noch etwas liegt."""
    zeilen = s.alle(_FAELLIG + (" FOR UPDATE OF a SKIP LOCKED" if s.postgres else ""), {"jetzt": als_text(jetzt), "menge": _PORTION})
    if not zeilen:
        return Zusammenstellung()
    bau = _Bau(s, umfeld, jetzt, webadresse)
    bau.sammle(zeilen)
    sendungen, befunde = bau.speichere()
    return Zusammenstellung(len(zeilen), sendungen, befunde, len(zeilen) == _PORTION)


_ERBETEN = (WARTET, ABGABE)  # eine Antwort, eine Übernahme


class _Bau:
    def __init__(self, s: Sitzung, umfeld: Umfeld, jetzt: datetime, webadresse: str) -> None:
        self.s, self.umfeld, self.jetzt, self.webadresse = s, umfeld, jetzt, webadresse
        self.heute = berliner_tag(jetzt)
        self.suche = Empfaengersuche(s, umfeld, self.heute)
        self.links = Aussteller(s, umfeld, jetzt, webadresse)
        self.buende: dict[tuple[str, str], _Bund] = {}
        self.spaeter: list[Meldung] = []
        self.erledigt: list[tuple[int, int]] = []  # (Zeile, 1 verschickt oder 2 gegenstandslos)

    # --- sammeln

    def sammle(self, zeilen: Sequence[tuple[Any, ...]]) -> None:
        self.suche.lade({z[1] for z in zeilen})
        fristen = self._fristen(zeilen)
        bedient = self._bedient([z[0] for z in zeilen])
        for id_, vorgang, quelle, anlass, an, ausloeser, person, zeit, nach, inhalt in zeilen:
            frist = fristen.get(id_)
            meldung = Meldung(id_, vorgang, anlass, tuple(an.split(",")), ausloeser, person, zeit, lies_daten(inhalt),
                              frist.schluessel if frist else _gemeint(quelle))
            if self._in_einer_lage(meldung) and self.jetzt < naechster_abend(aus_text(zeit)):
                self.spaeter.append(meldung)
                continue
            ueberholt = bool(frist and frist.ueberholt) or self._in_einer_lage(meldung) or self._erledigt_sich(meldung)
            self.erledigt.append((id_, 2 if ueberholt else 1))
            if ueberholt:
                continue
            for anrede in self.suche.anreden(meldung):
                if (id_, anrede.empfaenger.key) not in bedient:
                    self._ordne_ein(meldung, anrede, nach, frist)

    def _in_einer_lage(self, m: Meldung) -> bool:
        """Statt der einzelnen Bestätigung geht am Abend eine für alle Meldungen der Stelle; bis dahin kann sich die Zuordnung ändern."""
        return m.anlass == "eingangsbestaetigung" and bool(self.suche.akte(m.vorgang).stand.get("lage"))

    def _erledigt_sich(self, m: Meldung) -> bool:
        """Eine Bitte, auf die niemand mehr wartet: Die Rückfrage ist schon beantwortet, das Angebot zurückgezogen."""
        akte = self.suche.akte(m.vorgang)
        marke = bitten().get((akte.art, m.anlass))
        return marke is not None and marke not in akte.marken

    def _bedient(self, ids: list[int]) -> set[tuple[int, str]]:
        """Wer zu welcher Zeile schon eine Sendung hat: nach einem Zurückholen sind manche Empfänger bereits unterrichtet."""
        return {(a, e) for a, e in self.s.alle(
            "SELECT sa.ausgang, b.empfaenger FROM sendung_ausgang sa JOIN sendung b ON b.id = sa.sendung "
            f"WHERE b.zustand <> 'aufgehoben' AND {self.s.in_kennungen('sa.ausgang')}", {"ids": kennungen(ids)})}

    def _fristen(self, zeilen: Sequence[tuple[Any, ...]]) -> dict[int, _Fristlage]:
        quellen = {z[0]: z[2].split(":") for z in zeilen if z[2].startswith("f:")}
        gefunden = {f[0]: f for f in self.s.alle(
            f"SELECT id, name, schluessel, ende, offen FROM frist WHERE {self.s.in_kennungen('id')}",
            {"ids": kennungen(int(q[1]) for q in quellen.values())})} if quellen else {}
        arten = {z[0]: self.suche.akte(z[1]).art for z in zeilen if z[0] in quellen}
        return {id_: _fristlage(arten[id_], gefunden.get(int(frist)), int(stufe)) for id_, (_, frist, stufe) in quellen.items()}

    def _ordne_ein(self, m: Meldung, anrede: Anrede, nach: str, frist: _Fristlage | None) -> None:
        familie = FAMILIE_VON[anrede.wort]
        lage = "" if frist is None else "naht" if self.heute < frist.ende else "heute" if self.heute == frist.ende else "vorbei"
        vorlage = text(m.anlass, m.ausloeser, familie, lage, nur_zahl=bool(frist and frist.nur_zahl)) or ALLGEMEIN
        betreff, satz = eingesetzt(vorlage, self._angaben(m, anrede.bezug, nach, frist))
        bezug = anrede.bezug
        punkt = self._punkt(satz, anrede)
        gruppe = _gruppe(m, familie, bezug)
        bund = self.buende.setdefault((anrede.empfaenger.key, gruppe), _Bund(anrede.empfaenger, familie, gruppe))
        bund.teile.append(_Mitteilung(m, anrede, betreff, punkt))

    def _punkt(self, satz: str, anrede: Anrede) -> Punkt:
        """Die Adresse führt zum Vorgang; wer kein Konto hat und etwas tun soll, bekommt statt ihrer einen Link. Wer nichts sähe, keine."""
        link = self.links.link(anrede.empfaenger.person, anrede.bezug) if self.suche.sieht(anrede) is not None else None
        if link is not None:
            return Punkt(satz, link[0], self._titel(anrede), _deutsch(link[1]))
        adresse = f"{self.webadresse}/vorgang/{quote(anrede.bezug.key, safe='')}" if self.suche.oeffnet(anrede) else ""
        return Punkt(satz, adresse, self._titel(anrede))

    def _titel(self, anrede: Anrede) -> str:
        akte = anrede.bezug
        if akte.art in _OHNE_TITEL or self.suche.sieht(anrede) not in (Ebene.TITEL, Ebene.GEKUERZT, Ebene.VOLL):
            return ""
        return " ".join(akte.titel.split())

    def _angaben(self, m: Meldung, akte: Akte, nach: str, frist: _Fristlage | None) -> dict[str, str]:
        daten, eroeffnet = m.daten or {}, berliner_tag(aus_text(akte.eroeffnet))
        termin = _tag(akte.stand.get("termin") or akte.stand.get("datum"))
        zeit_ort = [str(x) for x in (akte.stand.get("uhrzeit") or akte.stand.get("beginn"), akte.stand.get("ort")) if x]
        stelle = self.umfeld.profil.institution(str(daten.get("an") or daten.get("mit") or daten.get("institution") or ""))
        zustand = nach if nach and akte.id == m.vorgang else akte.zustand
        return {
            **formen(akte.art), "key": akte.key,
            "am": _deutsch(berliner_tag(aus_text(m.zeit)) if m.zeit else self.heute), "eroeffnet": _deutsch(eroeffnet),
            "alter": str((self.heute - eroeffnet).days), "zustand": _bezeichnung(akte.art, zustand), "termin": termin,
            "wann_wo": aneinander([Aussage("am {tag}", tag=termin), *zeit_ort], ", ") if termin else "Termin und Ort folgen",
            "bis": next((t for feld in _TAGE_IM_SCHRITT if (t := _tag(daten.get(feld)))), ""), "an": stelle.name if stelle else "",
            "lage": str(akte.stand.get("lage") or ""), "anzahl": self._anzahl(akte) if akte.art == "lage" else "",
            "ende": _deutsch(frist.ende) if frist else "", "frist": frist.bezeichnung if frist else "",
        }

    def _anzahl(self, akte: Akte) -> str:
        zahl = self.s.wert("SELECT count(*) FROM verbindung WHERE offen = 1 AND art = 'in_lage' AND nach = :id", {"id": akte.id})
        return str(zahl)

    def _termin(self, bund: _Bund) -> str:
        """Der Kalendereintrag zu einer Einladung, Verlegung oder Absage; sonst leer."""
        teil = bund.teile[0]
        if teil.anrede.wort == "eingeladene":
            return self._zurueckgenommener_termin(teil, bund.empfaenger.key)
        art, akte = TERMINE.get(teil.meldung.anlass), teil.anrede.bezug
        tag = termin_von(akte.stand)
        if art is None or tag is None:
            return ""
        return kalenderblatt(Termin(
            f"{akte.key}@{urlsplit(self.webadresse).hostname or 'localhost'}", akte.version, tag,
            str(akte.stand.get("uhrzeit") or akte.stand.get("beginn") or ""), str(akte.stand.get("ort") or ""),
            f"{uebersetzt(PROZESSE[akte.art].bezeichnung)} {akte.key}", f"{self.webadresse}/vorgang/{quote(akte.key, safe='')}",
            self.suche.verzeichnis.schreibt_als(akte.zustaendig), bund.empfaenger.adresse, self.jetzt), art)

    def _zurueckgenommener_termin(self, teil: _Mitteilung, empfaenger: str) -> str:
        """Was jetzt gilt (RFC 5546): der Termin, den der Empfänger davor hatte, sonst die Absage; die Kennung bleibt."""
        akte, weg = teil.anrede.bezug, (teil.meldung.daten or {}).get("zurueckgenommen")
        blaetter = self.s.alle(_BLAETTER, {"vorgang": akte.id, "empfaenger": empfaenger})
        letztes = next((b for akt, b in blaetter if akt == weg), "")
        davor = next((b for akt, b in blaetter if akt != weg), "")
        if not letztes:
            return ""
        gilt_wieder = bool(davor) and methode(davor) == "REQUEST"
        return neu_gefasst(davor if gilt_wieder else letztes, "REQUEST" if gilt_wieder else "CANCEL", akte.version, self.jetzt)

    # --- speichern

    def speichere(self) -> tuple[int, int]:
        befunde = 0
        self._fuehre_zum_beleg()
        for bund in self.buende.values():
            befunde += self._speichere(bund)
        self.s.viele("UPDATE ausgang SET fruehestens = :abend WHERE id = :id AND erledigt = 0",
                     [{"id": m.id, "abend": als_text(naechster_abend(aus_text(m.zeit)))} for m in self.spaeter])
        for wert in (1, 2):
            ids = [id_ for id_, w in self.erledigt if w == wert]
            self.s.fuehre(f"UPDATE ausgang SET erledigt = {wert} WHERE erledigt = 0 AND {self.s.in_kennungen('id')}",
                          {"ids": kennungen(ids)})
        return len(self.buende), befunde

    def _fuehre_zum_beleg(self) -> None:
        """Wer ohne Konto gemeldet hat, kommt mit dem Beleg zu seiner Meldung; die Seite des Vorgangs öffnete sich ihm nicht."""
        teile = [(b, nr, t) for b in self.buende.values() for nr, t in enumerate(b.teile)
                 if t.punkt.adresse and t.anrede.bezug.art == "meldebogen" and t.anrede.empfaenger.key.startswith(STELLE)]
        if not teile:
            return
        belegte = {v for (v,) in self.s.alle(f"SELECT vorgang FROM meldebeleg WHERE {self.s.in_kennungen('vorgang')}",
                                             {"ids": kennungen({t.anrede.bezug.id for _, _, t in teile})})}
        for bund, nr, teil in teile:
            if teil.anrede.bezug.id in belegte:
                bund.teile[nr] = teil._replace(punkt=teil.punkt._replace(adresse=f"{self.webadresse}/melden/beleg", mit_beleg=True))

    def _speichere(self, bund: _Bund) -> bool:
        with in_sprache(bund.empfaenger.sprache, self.umfeld.profil.wortlaut) as sprache:
            fertig = self._fertig(bund, sprache)
        sendung, fehler = neue_sendung(self.s, fertig, self.jetzt, self.webadresse)
        zeilen = {(t.meldung.id, t.anrede.bezug.id) for t in bund.teile}
        self.s.viele("INSERT INTO sendung_ausgang (sendung, ausgang, vorgang) VALUES (:sendung, :ausgang, :vorgang)",
                     [{"sendung": sendung, "ausgang": a, "vorgang": v} for a, v in sorted(zeilen)])
        return bool(fehler)

    def _fertig(self, bund: _Bund, sprache: str) -> Fertig:
        familie, erster = FAMILIEN[bund.familie], bund.teile[0]
        punkte = list({t.punkt.satz: t.punkt for t in _ohne_ueberholte(bund.teile)}.values())
        betreff = next(t.betreff for t in bund.teile if t.punkt == punkte[0]) if len(punkte) == 1 else _betreff(familie.betreff, bund)
        einzeln = erster.meldung.anlass in EINZELN or (len(punkte) == 1 and not familie.immer_eingeleitet)
        brief = gesetzt(self.umfeld, betreff, familie, punkte, einzeln=einzeln, sprache=sprache)
        return Fertig(bund.empfaenger, bund.gruppe, brief, self.suche.verzeichnis.schreibt_als(erster.anrede.bezug.zustaendig),
                      self._termin(bund))


def _ohne_ueberholte(teile: Sequence[_Mitteilung]) -> list[_Mitteilung]:
    """Steht das Ergebnis einer Meldung in derselben Nachricht, sagt es schon, was die Entscheidung darüber sagte."""
    beendet = {t.anrede.bezug.id for t in teile if t.meldung.anlass == "ausgang_der_meldung"}
    return [t for t in teile if t.meldung.anlass != "entscheidung_der_lenkungsgruppe" or t.anrede.bezug.id not in beendet]


class Fertig(NamedTuple):
    """Eine gesetzte Nachricht, die nur noch zu speichern ist."""

    empfaenger: Empfaenger
    gruppe: str
    brief: Brief
    antwort_an: str = ""
    kalender: str = ""


def gesetzt(umfeld: Umfeld, betreff: str, familie: Familie, punkte: Sequence[Punkt], *, einzeln: bool, sprache: str) -> Brief:
    unterschrift = Aussage("Kommunales Integrationsmanagement, {ort}", ort=umfeld.profil.name)
    return setze(betreff, familie, punkte, unterschrift, _HINWEIS, einzeln=einzeln, sprache=sprache)


def neue_sendung(s: Sitzung, n: Fertig, jetzt: datetime, webadresse: str) -> tuple[int, str]:
    """(Nummer, Fehler): Fehlt ein Postfach, ist sie gleich gescheitert und damit ein Befund."""
    fehler = _mangel(n.empfaenger, n.brief.betreff)
    return int(s.wert(_SENDUNG_NEU, {
        "empfaenger": n.empfaenger.key, "gruppe": n.gruppe, "adresse": n.empfaenger.adresse, "antwort_an": n.antwort_an,
        "betreff": n.brief.betreff, "inhalt": n.brief.text, "html": n.brief.html, "kalender": n.kalender,
        "message_id": neue_message_id(webadresse), "jetzt": als_text(jetzt), "fehler": fehler,
        "zustand": "gescheitert" if fehler else "bereit"})), fehler


def _gemeint(quelle: str) -> str:
    """Wen eine Zeile nennt, die kein Ereignis und keine Frist schrieb: die gebetene Stelle, die angesprochene Person."""
    return quelle.rpartition(":")[2] if quelle.startswith((QUELLE, AUS_KOMMENTAR)) else ""


def neue_message_id(webadresse: str) -> str:
    return f"<{secrets.token_hex(16)}@{urlsplit(webadresse).hostname or 'localhost'}>"


def _mangel(empfaenger: Empfaenger, betreff: str) -> str:
    if empfaenger.person is None:
        return KEIN_EMPFAENGER
    if not empfaenger.adresse:
        return KEIN_POSTFACH
    return "" if kopfzeile_erlaubt(betreff) and kopfzeile_erlaubt(empfaenger.adresse) else KOPFZEILE


def _gruppe(m: Meldung, familie: str, bezug: Akte) -> str:
    if m.anlass in EINZELN or familie == "termin":
        return f"{familie}/{m.id}"
    feld = _GEMEINSAM.get(m.anlass)
    return f"{familie}/{feld[1]} {bezug.stand.get(feld[0]) or ''}".rstrip() if feld else familie


def _betreff(allgemein: str, bund: _Bund) -> str:
    gemeinsam = bund.gruppe.partition("/")[2]
    wort, _, key = gemeinsam.partition(" ")
    return Aussage("{betreff}, {wort} {key}", betreff=allgemein, wort=wort, key=key) if key else allgemein


@cache
def bitten() -> Mapping[tuple[str, str], str]:
    """(Art, Anlass) -> die Marke, die derselbe Schritt setzt und die für das Warten steht."""
    return {(p.art, a.name): u.setzt for p in PROZESSE.values() for u in p.uebergaenge if u.setzt in _ERBETEN for a in u.meldet}


def _fristlage(art: str, zeile: tuple[Any, ...] | None, stufe: int) -> _Fristlage:
    if zeile is None:
        return _Fristlage("", "", date.min, "", True, False)
    _, name, schluessel, ende, offen = zeile
    definition = next((f for f in PROZESSE[art].fristen if f.name == name), None)
    gemeint = stufe_nr(definition.stufen, stufe) if definition else None
    nur_zahl = gemeint is not None and gemeint.nur_zahl
    return _Fristlage(name, definition.bezeichnung if definition else name, date.fromisoformat(ende), schluessel,
                      not offen and (definition is None or not _hat_nur_hier_gemeldet(art, definition, stufe)), nur_zahl)


def _hat_nur_hier_gemeldet(art: str, frist: Frist, stufe: int) -> bool:
    """Die Stufe schaltete selbst, und der Schritt sagt es niemandem: dann ist die Erinnerung die einzige Nachricht davon."""
    gemeint = stufe_nr(frist.stufen, stufe)
    feuert = gemeint.feuert if gemeint else ""
    return bool(feuert) and not any(u.meldet for u in PROZESSE[art].uebergaenge if u.ausloeser == feuert)


def _bezeichnung(art: str, zustand: str) -> str:
    """Leer bei einem Zustand, den es nicht mehr gibt: Eine alte Zeile hält die Runde nicht auf."""
    return next((z.bezeichnung for z in PROZESSE[art].alle_zustaende if z.wert == zustand), "")


def _tag(wert: object) -> str:
    try:
        return _deutsch(date.fromisoformat(wert)) if isinstance(wert, str) else ""
    except ValueError:
        return ""


def _deutsch(tag: date) -> str:
    return f"{tag:%d.%m.%Y}"


def ueberspringe(s: Sitzung, vor: datetime) -> int:
    """Legt ab, was vor diesem Zeitpunkt zu melden war, ohne es zu setzen: Es ist Geschichte, und niemand soll es heute lesen."""
    return s.fuehre("UPDATE ausgang SET erledigt = 1 WHERE erledigt = 0 AND fruehestens < :vor", {"vor": als_text(vor)})


def anlaesse() -> Iterator[tuple[str, str, str, str, bool]]:
    """(Art, Anlass, Auslöser, Wort, nur Zahl) aller Nachrichten, die die Tabellen kennen; für jede gibt es einen Text."""
    for prozess in PROZESSE.values():
        for u in prozess.uebergaenge:
            yield from ((prozess.art, a.name, u.ausloeser, wort, False) for a in u.meldet for wort in a.an)
        for f in prozess.fristen:
            yield from ((prozess.art, f"frist_{f.name}", "", wort, st.nur_zahl) for st in f.stufen for wort in st.an)
    yield from ((tat.art, NEUER_LINK, "", "stelle", False) for tat in TATEN)
    yield from ((art, ERWAEHNT, "", ERWAEHNT, False) for art in PROZESSE)
