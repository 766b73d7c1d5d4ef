"""Die Wörter, aus denen eine Prozesstabelle besteht. Alles ist unveränderlich und rein: keine Uhr, keine Datenbank.

Ein `Prozess` prüft sich selbst, wenn er gebaut wird: ein falscher Eintrag scheitert beim Import, nicht im Betrieb.
Deutsche Texte stehen hier im Wortlaut; sie sind zugleich die Schlüssel für Übersetzungen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from states.aussage import Aussage
from states.fristen import Blick, Frist, Termin

Daten = Mapping[str, Any]


class Definitionsfehler(Exception):
    """Eine Prozesstabelle widerspricht sich selbst."""


class Rolle(StrEnum):
    MELDER = "melder"
    CASE_MANAGEMENT = "case_management"
    KOORDINATION = "koordination"
    VERWALTUNG = "verwaltung"
    FACHAUFSICHT = "fachaufsicht"
    AG_MITGLIED = "ag_mitglied"
    AG_LEITUNG = "ag_leitung"
    FR_GAST = "fr_gast"
    UMSETZENDE_STELLE = "umsetzende_stelle"
    LG_MITGLIED = "lg_mitglied"
    LG_VORSITZ = "lg_vorsitz"
    LG_GAST = "lg_gast"
    LEITUNG = "leitung"
    GREMIUM = "gremium"
    REVISION = "revision"
    ADMIN = "admin"
    EMPFAENGER = "empfaenger"  # wem etwas zugeleitet wurde: über Anmeldung oder einmaligen Link
    SYSTEM = "system"  # die Runde (Fristen) und die Kommandozeile
    KETTE = "kette"  # folgt einem anderen Vorgang in derselben Transaktion
    BESCHLUSS = "beschluss"  # folgt einem Beschluss der Lenkungsgruppe, der den Schritt nennt


class Bezug(StrEnum):
    """Wie eine Person zum Vorgang stehen muss, damit ihre Rolle zählt."""

    ALLE = "alle"  # die Rolle genügt
    BEREICH = "bereich"  # Rolle im Bereich des Vorgangs, oder zuständig, oder Vertretung
    ANDERER_BEREICH = "anderer_bereich"  # Koordination des Bereichs, dem die Abgabe angeboten ist
    INSTITUTION = "institution"  # dieselbe Institution wie die des Vorgangs
    BETEILIGT = "beteiligt"  # Person oder Institution am Vorgang (oder seinem übergeordneten) mit dieser Rolle beteiligt


class Wer(NamedTuple):
    """Eine Rolle und der Bezug, den sie zum Vorgang haben muss."""

    rolle: Rolle
    bezug: Bezug = Bezug.ALLE


# Kurzformen wie in process.md
K = Wer(Rolle.KOORDINATION, Bezug.BEREICH)
K_ALLE = Wer(Rolle.KOORDINATION)
K_ANDERE = Wer(Rolle.KOORDINATION, Bezug.ANDERER_BEREICH)
MELDER = Wer(Rolle.MELDER, Bezug.INSTITUTION)
CM = Wer(Rolle.CASE_MANAGEMENT)
VERWALTUNG = Wer(Rolle.VERWALTUNG)
AG_LEITUNG = Wer(Rolle.AG_LEITUNG, Bezug.BETEILIGT)
AG_MITGLIED = Wer(Rolle.AG_MITGLIED, Bezug.BETEILIGT)
FR_GAST = Wer(Rolle.FR_GAST, Bezug.BETEILIGT)
FR_MELDER = Wer(Rolle.MELDER, Bezug.BETEILIGT)
UMSETZENDE = Wer(Rolle.UMSETZENDE_STELLE, Bezug.BETEILIGT)
EMPFAENGER = Wer(Rolle.EMPFAENGER, Bezug.BETEILIGT)
LG_MITGLIED = Wer(Rolle.LG_MITGLIED)
LG_VORSITZ = Wer(Rolle.LG_VORSITZ)
SYSTEM = Wer(Rolle.SYSTEM)
KETTE = Wer(Rolle.KETTE)
BESCHLUSS = Wer(Rolle.BESCHLUSS)


@dataclass(frozen=True)
class Grund:
    """Warum etwas nicht geht: deutscher Satz mit Platzhaltern und die Werte dazu. `feld`: bei welcher Angabe er steht."""

    text: str
    werte: Daten = field(default_factory=dict)
    feld: str = ""

    def __str__(self) -> str:
        return Aussage(self.text, **self.werte)


class Hop(NamedTuple):
    """Ein Schritt über eine Verbindung: `hin` von der Quelle zum Ergebnis, `her` zurück."""

    art: str
    richtung: Literal["hin", "her"]


Weg = tuple[Hop, ...]


def hin(art: str) -> Hop:
    return Hop(art, "hin")


def her(art: str) -> Hop:
    return Hop(art, "her")


@dataclass(frozen=True)
class Nachbar:
    """Ein verbundener Vorgang, wie ihn Wächter und Kette sehen."""

    key: str
    art: str
    zustand: str
    stand: Daten
    institution: str | None = None
    marken: Mapping[str, str] = field(default_factory=dict)


class Fakten(NamedTuple):
    """Was ein Wächter wissen darf.

    `daten`: das geprüfte Formular als JSON-Werte (Tage als "JJJJ-MM-TT"); `stand`: der Inhalt des Vorgangs *vor* dem
    Schritt; `marken`: Name -> Datum als Text ("" ohne Datum); `heute`: Kalendertag in Europe/Berlin.
    `nachbarn(weg)` sieht nur, was der Übergang mit `braucht` nennt. `rolle`: als wer die Person handelt. `sitze_am`: die Sitze
    der Lenkungsgruppe, die an einem Tag gelten; keine, wenn für ihn keine gepflegt sind. `eigene`: unter welchen Namen die eigene
    Stelle in Ketten steht, auch als Teil einer größeren.
    """

    art: str
    zustand: str
    stand: Daten
    daten: Daten
    grund: str
    marken: Mapping[str, str]
    person: str
    institution: str | None
    heute: date
    key: str = ""
    sicht: Callable[[Weg], tuple[Nachbar, ...]] = lambda weg: ()
    rolle: str = ""
    sitze_am: Callable[[date], frozenset[str]] = lambda tag: frozenset()
    eigene: frozenset[str] = frozenset()

    def nachbarn(self, *weg: Hop) -> tuple[Nachbar, ...]:
        return self.sicht(weg)


@dataclass(frozen=True)
class Waechter:
    """Eine benannte Bedingung; `pruefe` gibt None zurück, wenn sie erfüllt ist.

    `verlangt`: Angaben, von denen eine auszufüllen ist, solange sie scheitert; dann sieht sie nur in Antwort und Inhalt.
    """

    name: str
    pruefe: Callable[[Fakten], Grund | None]
    verlangt: tuple[str, ...] = field(default=(), repr=False)


# --- wie die Antwort den Inhalt (stand) eines Vorgangs ändert -------------------------------------------------------


class Setze(NamedTuple):
    """Übernimmt die genannten Felder der Antwort; ohne Namen alle. `unter` legt sie unter diesem Namen ab."""

    felder: tuple[str, ...] = ()
    unter: str = ""


class Haenge(NamedTuple):
    """Hängt die Antwort als Eintrag an die Liste `liste`, mit `am` (Tag) und `von` (Person)."""

    liste: str


class Je(NamedTuple):
    """Ein Eintrag je Wert von `schluessel` in der Zuordnung `name`; ein neuer ergänzt und ersetzt Felder des alten."""

    name: str
    schluessel: str


class Vermerke(NamedTuple):
    """Merkt sich, wer den Schritt tat (Liste ohne Doppelte) unter `name`."""

    name: str


class Uebernimmt(NamedTuple):
    """Der Vorgang geht an den Bereich, den das Feld `bereich` des Inhalts nennt; zuständig ist, wer den Schritt tut.

    Die Vertretung dort setzt der Schreibweg in die Antwort ein; `abgegeben_von` ist, wer bisher zuständig war.
    """

    bereich: str

    def felder(self, stand: Daten, daten: Daten, person: str) -> Daten:
        return {"abgegeben_von": stand.get("zustaendig"), "bereich": stand[self.bereich], self.bereich: None, "zustaendig": person,
                "vertretung": daten.get("vertretung", stand.get("vertretung"))}


class Zaehle(NamedTuple):
    """Erhöht die Zahl unter `name` um eins."""

    name: str


class Rechne(NamedTuple):
    """Sonderfall: eine reine Funktion (stand, daten, heute als Text) -> die zu setzenden Felder."""

    funktion: Callable[[Daten, Daten, str], Daten]


Schreiben = Setze | Haenge | Je | Vermerke | Uebernimmt | Zaehle | Rechne


def fortgeschrieben(stand: Daten, schreibt: Iterable[Schreiben], daten: Daten, person: str, heute: str) -> dict[str, Any]:
    """Der Inhalt nach dem Schritt. Ändert nichts am Original; dieselbe Faltung prüft später den gespeicherten Stand."""
    if not schreibt and isinstance(stand, dict):
        return stand  # dasselbe Objekt: daran erkennt der Schreibpfad, dass nichts neu zu schreiben ist
    neu: dict[str, Any] = dict(stand)
    for regel in schreibt:
        if isinstance(regel, Setze):
            werte = {f: daten[f] for f in (regel.felder or daten) if f in daten}
            neu.update({regel.unter: {**neu.get(regel.unter, {}), **werte}} if regel.unter else werte)
        elif isinstance(regel, Haenge):
            neu[regel.liste] = [*neu.get(regel.liste, ()), {**daten, "am": heute, "von": person}]
        elif isinstance(regel, Je):
            bisher = neu.get(regel.name, {})
            schluessel = str(daten[regel.schluessel])
            neu[regel.name] = {**bisher, schluessel: {**bisher.get(schluessel, {}), **daten, "am": heute}}
        elif isinstance(regel, Vermerke):
            bisherige = neu.get(regel.name, [])
            neu[regel.name] = bisherige if person in bisherige else [*bisherige, person]
        elif isinstance(regel, Uebernimmt):
            neu.update(regel.felder(neu, daten, person))
        elif isinstance(regel, Zaehle):
            neu[regel.name] = int(neu.get(regel.name, 0)) + 1
        else:
            neu.update(regel.funktion(neu, daten, heute))
    return neu


# --- Verbindungen, Marken, Nachrichten ------------------------------------------------------------------------------


class Verbinde(NamedTuple):
    """Feld der Antwort (ein Schlüssel oder eine Liste von Schlüsseln) -> Verbindung dieser Art.

    `hin`: vom Vorgang zum genannten; `her`: vom genannten zum Vorgang. `loest=True` schließt sie statt sie anzulegen
    (ohne `feld`: alle offenen dieser Art und Richtung); `statt=True` schließt vorher alle offenen (Umhängen).
    """

    feld: str
    hop: Hop
    loest: bool = False
    statt: bool = False


class Beteilige(NamedTuple):
    """Feld der Antwort -> Beteiligung (Person oder Institution) mit dieser Rolle. `statt` ersetzt die bisherigen.

    Ohne `feld`: wer den Schritt tut; das System beteiligt sich nie. `nur`: welche Einträge zählen. `loest`: die genannten
    sind nicht mehr beteiligt.
    """

    feld: str
    rolle: Rolle
    statt: bool = False
    nur: Callable[[Daten], bool] | None = None
    loest: bool = False

    def genannte(self, antwort: Daten, handelnde: str) -> set[str] | None:
        """Wen die Antwort nennt; None, wenn sie dazu nichts sagt."""
        if self.feld and self.feld not in antwort:
            return None
        wert = antwort[self.feld] if self.feld else handelnde
        eintraege: list[Any] = wert if isinstance(wert, list) else [wert] if wert else []
        return {str(e["institution"] if isinstance(e, Mapping) else e) for e in eintraege if self.nur is None or self.nur(e)}

    def enden(self, bisherige: Iterable[str], genannte: set[str]) -> set[str]:
        """Welche der bisher Beteiligten es danach nicht mehr sind."""
        return set(bisherige) & genannte if self.loest else set(bisherige) - genannte if self.statt else set()


class Marke(NamedTuple):
    """Ein Vermerk mit Datum, der kein Zustand ist: warten, ruhen, Signal. `feld` nennt das Datum in der Antwort."""

    name: str
    bezeichnung: str
    erklaerung: str
    feld: str = ""


@dataclass(frozen=True)
class Anlass:
    """Worüber nach einem Schritt zu unterrichten ist. Empfänger werden erst beim Versand bestimmt.

    `an`: Rollen oder Stellen ("melder", "zustaendig", "beteiligte", "verteiler" ...); `sofort`: wartet nicht die
    halbe Stunde, in der ein Schritt zurückgenommen werden kann (Eingangsbestätigung, Links, Eiliges).
    """

    name: str
    an: tuple[str, ...]
    sofort: bool = False


@dataclass(frozen=True)
class Sammelanlass(Anlass):
    """Wartet bis zum Abend, damit jede Stelle an einem Tag höchstens eine Nachricht darüber bekommt."""


# --- Zustand, Übergang, Prozess -------------------------------------------------------------------------------------


class Zustand(NamedTuple):
    """`zustaendig`: die Rolle, bei der der Vorgang liegt; nur bei einem Ende darf sie fehlen."""

    wert: str
    bezeichnung: str
    erklaerung: str
    zustaendig: Rolle | None = None
    ende: bool = False


class FruehererZustand(NamedTuple):
    """Ein Zustand, den eine frühere Fassung der Tabelle hatte; `jetzt` tritt an seine Stelle. Die Geschichte nennt ihn weiter so."""

    wert: str
    bezeichnung: str
    jetzt: str


# Wohin ein Vorgang jeder Art kommt, wenn jemand sein Anlegen zurücknimmt (Regel 13); kein Schritt führt hinein oder hinaus.
ZURUECKGENOMMEN = Zustand("zurueckgenommen", "Zurückgenommen", "Der Vorgang ist versehentlich angelegt worden.", ende=True)


class Uebergang(NamedTuple):
    """Ein erlaubter Schritt.

    `von`: leer legt den Vorgang an. `nach`: None lässt den Zustand. Gibt es zu Auslöser und Zustand mehrere Übergänge,
    wählt das Feld `ziel` der Antwort (fehlt es, der erste, der passt). `formular`: Klasse in `forms/<art>.py`.
    `vorab`: Auslöser, der bei Bedarf still vorher geschaltet wird. `braucht`: Wege, die ein Wächter ansieht.
    `aussen`: geht aus dem Haus, also Rückfrage vor dem Absenden und 30 Minuten Wartezeit. `quelle`: Papier.
    """

    ausloeser: str
    von: tuple[str, ...]
    nach: str | None
    wer: tuple[Wer, ...]
    bezeichnung: str
    formular: str = ""
    waechter: tuple[Waechter, ...] = ()
    grund_noetig: bool = False
    setzt: str = ""
    loescht: tuple[str, ...] = ()
    vorab: str = ""
    schreibt: tuple[Schreiben, ...] = (Setze(),)
    verbindet: tuple[Verbinde, ...] = ()
    beteiligt: tuple[Beteilige, ...] = ()
    meldet: tuple[Anlass, ...] = ()
    braucht: tuple[Weg, ...] = ()
    aussen: bool = False
    tilgt: str = ""  # Feld der Antwort, das nennt, welcher Text überschrieben wird; auch in der Vergangenheit
    quelle: str = ""

    @property
    def folgt(self) -> bool:
        """Nur die Kette oder ein Beschluss schaltet ihn; niemand klickt ihn an."""
        return all(w.rolle in (Rolle.KETTE, Rolle.BESCHLUSS) for w in self.wer)


@dataclass(frozen=True)
class Prozess:
    """Eine Maschine. `art` ist zugleich der Dateiname des Schritts; `kuerzel` steht vorn im Schlüssel (AG-01)."""

    art: str
    bezeichnung: str
    kuerzel: str
    zustaende: tuple[Zustand, ...]
    uebergaenge: tuple[Uebergang, ...]
    marken: tuple[Marke, ...] = ()
    fristen: tuple[Frist, ...] = ()
    version: int = 1
    bereichsgebunden: bool = False  # gehört einem Bereich (Meldebogen, Fallrekonstruktion)
    quelle: str = ""
    frueher: tuple[FruehererZustand, ...] = ()
    _zustand: dict[str, Zustand] = field(default_factory=dict, init=False, repr=False, compare=False)
    _nach: dict[tuple[str, str], tuple[Uebergang, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _vorab: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _schritt: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fehler = list(_fehler(self))
        if fehler:
            raise Definitionsfehler(f"{self.art}: " + "; ".join(fehler))
        self._zustand.update((z.wert, z) for z in self.alle_zustaende)
        self._zustand.update((f.wert, self._zustand[f.jetzt]._replace(wert=f.wert, bezeichnung=f.bezeichnung)) for f in self.frueher)
        for u in self.uebergaenge:
            self._schritt.setdefault(u.ausloeser, u.bezeichnung)
            if u.vorab:
                self._vorab[u.ausloeser] = u.vorab
            for v in u.von or ("",):
                self._nach[u.ausloeser, v] = (*self._nach.get((u.ausloeser, v), ()), u)

    @property
    def alle_zustaende(self) -> tuple[Zustand, ...]:
        """Die der Tabelle und der, in dem endet, was zurückgenommen ist."""
        return (*self.zustaende, ZURUECKGENOMMEN)

    def zustand(self, wert: str) -> Zustand:
        return self._zustand[wert]

    def heutiger(self, wert: str) -> str:
        """Der Zustand, der heute an der Stelle eines früheren steht; sonst er selbst."""
        return next((f.jetzt for f in self.frueher if f.wert == wert), wert)

    def kandidaten(self, ausloeser: str, zustand: str) -> tuple[Uebergang, ...]:
        """Die Übergänge zu Auslöser und Zustand ("" = Anfang), in der Reihenfolge der Tabelle."""
        return self._nach.get((ausloeser, zustand), ())

    def vorab_von(self, ausloeser: str) -> str:
        """Der stille Vorschritt eines Auslösers, "" ohne; er geschieht, wann immer der Zustand ihn zulässt."""
        return self._vorab.get(ausloeser, "")

    @property
    def stille(self) -> frozenset[str]:
        """Was mit dem ersten anderen Schritt ohnehin geschieht; niemand braucht dafür einen eigenen Klick."""
        return frozenset(self._vorab.values())

    def geht_hinaus(self, u: Uebergang) -> bool:
        """Ob jemand den Schritt eigens bestätigt: wenn es dabeisteht, mehrere Stellen davon erfahren oder eine das Ende."""
        ende = u.nach is not None and bool(u.von) and self.zustand(u.nach).ende
        return u.aussen or any(set(m.an) & _MEHRERE or (ende and "melder" in m.an) for m in u.meldet)

    def bezeichnung_von(self, ausloeser: str) -> str:
        return self._schritt.get(ausloeser, ausloeser)

    @property
    def ausloeser(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(u.ausloeser for u in self.uebergaenge))

    def moeglich(self, zustand: str) -> tuple[Uebergang, ...]:
        """Die Übergänge aus diesem Zustand; "" für die Anfänge."""
        return tuple(u for u in self.uebergaenge if (zustand in u.von if zustand else not u.von))

    def kanten(self) -> frozenset[tuple[str, str, str]]:
        """(von, Auslöser, nach) aller Übergänge; der Anfang heißt "", unverändert wiederholt den Zustand."""
        return frozenset((v, u.ausloeser, u.nach if u.nach is not None else v) for u in self.uebergaenge for v in u.von or ("",))

    def termine(self, blick: Blick) -> Iterator[tuple[Frist, Termin]]:
        """Welche Fristen jetzt offen sein sollen; in einem zurückgenommenen Vorgang keine."""
        if blick.zustand != ZURUECKGENOMMEN.wert:
            yield from ((frist, termin) for frist in self.fristen for termin in frist.termine(blick))

    @property
    def offene(self) -> tuple[str, ...]:
        return tuple(z.wert for z in self.zustaende if not z.ende)


# Wer benachrichtigt werden kann; wer das jeweils ist, bestimmt der Dienst beim Versand. „erwaehnt“ und „eingeladene“ stehen in keiner
# Tabelle: Das erste kommt aus einem Kommentar, das zweite aus einem zurückgenommenen Schritt.
EMPFAENGERWOERTER = frozenset({
    "melder", "zustaendig", "vertretung", "koordination", "koordination_dort", "abgebende", "beteiligte", "mitglieder",
    "mitmeldende", "ag_leitung", "sitze", "vorsitz", "verteiler", "umsetzende", "eigner", "cm", "leitung", "stelle",
    "erwaehnt", "eingeladene",
})
# davon die Wörter, hinter denen mehrere Stellen außerhalb der Koordination stehen
_MEHRERE = frozenset({"beteiligte", "mitglieder", "sitze", "verteiler", "umsetzende"})
_DAUER = r"[1-9][0-9]{0,3} (?:WT|Tage?|Wochen?|Monate?|Jahre?)"
_WANN = re.compile(rf"Beginn|Ende|{_DAUER} (?:nach Beginn|vor Ende|nach Ende)")
_ARTEN_VON_ZIELEN = (Setze, Haenge, Je, Vermerke, Uebernimmt, Zaehle, Rechne)


def _fehler(p: Prozess) -> Iterable[str]:
    namen = [z.wert for z in p.zustaende]
    bekannt, marken = set(namen), {m.name for m in p.marken}
    yield from (f"Zustand {n} steht doppelt" for n in bekannt if namen.count(n) > 1)
    for z in p.zustaende:
        if not z.ende and z.zustaendig is None:
            yield f"Zustand {z.wert} hat niemanden, der zuständig ist"
        if z.zustaendig is not None and not isinstance(z.zustaendig, Rolle):
            yield f"Zustand {z.wert}: unbekannte Rolle {z.zustaendig}"
        if z.wert == ZURUECKGENOMMEN.wert:
            yield f"Zustand {z.wert} gehört schon zu jeder Tabelle"
        if not z.bezeichnung or not z.erklaerung.endswith("."):
            yield f"Zustand {z.wert} braucht Bezeichnung und einen ganzen Satz"
    yield from (f"der frühere Zustand {f.wert} ist noch einer" for f in p.frueher if f.wert in bekannt)
    yield from (f"an die Stelle von {f.wert} tritt {f.jetzt}, den es nicht gibt" for f in p.frueher if f.jetzt not in bekannt)
    for u in p.uebergaenge:
        yield from _fehler_im_uebergang(u, bekannt, marken)
    yield from _doppelte(p)
    yield from _unerreichbares(p)
    yield from _fehler_in_fristen(p, marken)


def _fehler_im_uebergang(u: Uebergang, zustaende: set[str], marken: set[str]) -> Iterable[str]:
    yield from (f"{u.ausloeser}: unbekannter Zustand {z}" for z in (*u.von, u.nach) if z is not None and z not in zustaende)
    if not u.von and u.nach is None:
        yield f"{u.ausloeser}: ein Anfang braucht einen Zustand"
    if not u.wer:
        yield f"{u.ausloeser}: niemand darf ihn schalten"
    yield from (f"{u.ausloeser}: unbekannte Rolle {w!r}" for w in u.wer if not isinstance(w, Wer) or not isinstance(w.rolle, Rolle))
    yield from (f"{u.ausloeser}: unbekannte Marke {m}" for m in (u.setzt, *u.loescht) if m and m not in marken)
    yield from (f"{u.ausloeser}: {w!r} ist kein Wächter" for w in u.waechter if not isinstance(w, Waechter) or not callable(w.pruefe))
    yield from (f"{u.ausloeser}: {s!r} schreibt nichts" for s in u.schreibt if not isinstance(s, _ARTEN_VON_ZIELEN))
    yield from (f"{u.ausloeser}: unbekannter Empfänger {an} in {m.name}" for m in u.meldet for an in m.an if an not in EMPFAENGERWOERTER)
    if not u.bezeichnung:
        yield f"{u.ausloeser}: keine Bezeichnung"


def _doppelte(p: Prozess) -> Iterable[str]:
    gesehen: set[tuple[str, str, str | None]] = set()
    for u in p.uebergaenge:
        for v in u.von or ("",):
            if (v, u.ausloeser, u.nach) in gesehen:
                yield f"{u.ausloeser}: von {v or 'Anfang'} nach {u.nach or 'unverändert'} steht doppelt"
            gesehen.add((v, u.ausloeser, u.nach))
        if u.vorab and u.vorab not in p.ausloeser:
            yield f"{u.ausloeser}: vorab {u.vorab} gibt es nicht"


def _unerreichbares(p: Prozess) -> Iterable[str]:
    kanten = [(v, u.nach) for u in p.uebergaenge for v in u.von or ("",) if u.nach is not None]
    erreicht = {""}
    while neu := {n for v, n in kanten if v in erreicht} - erreicht:
        erreicht |= neu
    yield from (f"Zustand {z.wert} ist nicht erreichbar" for z in p.zustaende if z.wert not in erreicht)
    weiter = {v for v, n in kanten if n != v}
    yield from (f"Zustand {z.wert} ist eine Sackgasse, aber kein Ende" for z in p.zustaende if not z.ende and z.wert not in weiter)


def _fehler_in_fristen(p: Prozess, marken: set[str]) -> Iterable[str]:
    namen = [f.name for f in p.fristen]
    yield from (f"Frist {n} steht doppelt" for n in set(namen) if namen.count(n) > 1)
    for f in p.fristen:
        if not callable(f.termine):
            yield f"Frist {f.name}: `termine` ist keine Funktion"
        if f.ruht_bei and f.ruht_bei not in marken:
            yield f"Frist {f.name}: unbekannte Marke {f.ruht_bei}"
        if f.dauer and not re.fullmatch(_DAUER, f.dauer):
            yield f"Frist {f.name}: „{f.dauer}“ ist keine Dauer"
        for s in f.stufen:
            yield from (f"Frist {f.name}: unbekannter Empfänger {an}" for an in s.an if an not in EMPFAENGERWOERTER)
            if not _WANN.fullmatch(s.wann):
                yield f"Frist {f.name}: „{s.wann}“ ist kein Zeitpunkt"
            if s.feuert and s.feuert not in p.ausloeser:
                yield f"Frist {f.name}: unbekannter Auslöser {s.feuert}"
            if s.wieder and (s is not f.stufen[-1] or " nach " not in s.wann):
                yield f"Frist {f.name}: nur die letzte Stufe nach Beginn oder Ende wiederholt sich"
            if not s.an and not s.feuert:
                yield f"Frist {f.name}: die Stufe „{s.wann}“ bewirkt nichts"


def uebergeben(*zustaende: str, wer: Wer = K_ALLE) -> Uebergang:
    """Jeder offene Vorgang hat eine zuständige Person und eine Vertretung; dieser Schritt wechselt sie (Regel 14)."""
    return Uebergang(
        "uebergeben", zustaende, None, (wer,), "An eine andere Person übergeben", "Uebergeben",
        grund_noetig=True, schreibt=(Rechne(_uebergeben),), meldet=(Anlass("uebergeben", ("zustaendig",)),),
    )


def _uebergeben(_stand: Daten, daten: Daten, _heute: str) -> Daten:
    """Ein leeres Feld lässt die Vertretung, wie sie ist; ohne eine bliebe der Vorgang liegen, wenn jemand fehlt (Regel 14)."""
    return {f: daten[f] for f in ("zustaendig", "vertretung") if daten.get(f)}
