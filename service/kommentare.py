"""Kommentare zu einem Vorgang: intern, neben der Kette. Sie bewegen nichts und erhöhen keine Fassung.

Lesen und schreiben kann, wer den Vorgang mit einer der Rollen ganz sieht, die hier je Art stehen: die Geschäftsstelle, und wo das
Case Management mitarbeitet, auch dieses. Wer nur meldet, sieht keinen. Angesprochene bekommen eine Nachricht und einen Eintrag auf
der Startseite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError

from forms.grundform import Auswahl, Formular, befunde, langtext
from forms.render import zeitpunkt
from service.adressen import Verzeichnis
from service.clock import als_text, berliner_tag
from service.db import Sitzung, kennungen
from service.errors import Konflikt, NichtGefunden, Ungueltig
from service.handelnde import Handelnde
from service.laden import Akte, akte
from service.protokoll import vermerke
from service.sicht import ARTEN, Ebene, sichtbar, sieht, umstaende
from service.umfeld import Umfeld
from states.aussage import Aussage
from states.model import Rolle

ERWAEHNT, QUELLE = "erwaehnt", "k:"  # im Ausgang: „k:<Kommentar>:<Person>“
HOECHSTENS_GEZEIGT = 200
_MIT_CASE_MANAGEMENT = ("fallrekonstruktion", "einzelfalluebergabe")
_MIT_VERWALTUNG = ("sitzung", "beschluss", "bericht", "anfrage", "kooperationsvereinbarung")
_ANREDE = re.compile(r"(?<!\S)@(\S+)")

GRUENDE = Auswahl(erkennbar="Jemand war zu erkennen", vertraulich="Gehört nicht in einen Kommentar", versehen="Versehentlich eingefügt")

_NEU = ("INSERT INTO kommentar (vorgang, person, zeit, text) VALUES (:vorgang, :person, :zeit, :text) RETURNING id")
_ERWAEHNE = "INSERT INTO erwaehnung (kommentar, person) VALUES (:kommentar, :person)"
_MELDE = ("INSERT INTO ausgang (vorgang, nr, quelle, anlass, an, fruehestens, erledigt) "
          f"VALUES (:vorgang, :nr, :quelle, '{ERWAEHNT}', '{ERWAEHNT}', :zeit, 0)")
_LISTE = ("SELECT id, person, zeit, text, zurueckgezogen, geschwaerzt FROM kommentar WHERE vorgang = :vorgang AND id < :vor "
          "ORDER BY id DESC LIMIT :menge")
_ALLE = 2_000_000_000  # über jeder Nummer, die eine Adresse nennen kann
_EIGENER = ("SELECT k.id FROM kommentar k JOIN vorgang v ON v.id = k.vorgang WHERE k.id = :id AND v.key = :key AND k.person = :person "
            "AND k.zurueckgezogen IS NULL")
_GELESEN = ("UPDATE erwaehnung SET gelesen = :zeit WHERE person = :person AND gelesen IS NULL AND kommentar IN "
            "(SELECT k.id FROM kommentar k JOIN vorgang v ON v.id = k.vorgang WHERE v.key = :key)")


class Kommentieren(Formular):
    """Ein Kommentar; wen er anspricht, steht als @Name im Text oder ist angehakt."""

    text: Annotated[str, langtext(2000)] = Field(
        title="Kommentar", description="Nur für die Geschäftsstelle. Bitte keine Namen von Ratsuchenden. Mit @ sprechen Sie jemanden an."
    )


class StelleSchwaerzen(Formular):
    """Eine Stelle in einem Kommentar wird unkenntlich. Den Grund wählt man: Ein getippter nennte leicht noch einmal, was weg soll."""

    passage: Annotated[str, langtext(2000)] = Field(title="Stelle", description="Genau so, wie sie im Kommentar steht.")
    grund: Annotated[str, GRUENDE] = Field(title="Grund", description="Warum die Stelle unkenntlich wird.")


class Kommentar(NamedTuple):
    """`text` leer und `zurueckgezogen` gesetzt: Die Person hat ihn zurückgezogen und den Text gelöscht. Zeitpunkte in UTC, sonst leer."""

    id: int
    wer: str
    zeit: str
    text: str
    zurueckgezogen: str
    geschwaerzt: str
    eigener: bool


class Erwaehnung(NamedTuple):
    key: str
    titel: str
    wer: str
    zeit: str


def interne_rollen(art: str) -> frozenset[str]:
    rollen = {Rolle.KOORDINATION}
    if art in _MIT_CASE_MANAGEMENT:
        rollen.add(Rolle.CASE_MANAGEMENT)
    if art in _MIT_VERWALTUNG:
        rollen.add(Rolle.VERWALTUNG)
    return frozenset(r.value for r in rollen)


def _intern(person: Handelnde, art: str) -> Handelnde:
    """Dieselbe Person mit nur den Rollen, die hier zählen; Verbote bleiben."""
    return replace(person, rollen=frozenset(r for r in person.rollen if r[0] in interne_rollen(art)))


def darf(s: Sitzung, person: Handelnde, vorgang: Akte, heute: date) -> bool:
    return sieht(_intern(person, vorgang.art), vorgang, umstaende(s, vorgang, heute)) is Ebene.VOLL


def zugaenglicher(s: Sitzung, person: Handelnde, key: str, heute: date) -> Akte:
    """Wirft NichtGefunden, gleich ob es den Vorgang nicht gibt oder seine Kommentare die Person nichts angehen."""
    gefunden = akte(s, key)
    if gefunden is None or not darf(s, person, gefunden, heute):
        raise NichtGefunden(key)
    return gefunden


def ansprechbare(s: Sitzung, person: Handelnde, vorgang: Akte, umfeld: Umfeld, heute: date) -> list[Handelnde]:
    """Wer den Kommentar lesen könnte, außer der Person selbst; nach Namen geordnet."""
    verzeichnis, um = Verzeichnis(s, umfeld.profil, heute.isoformat()), umstaende(s, vorgang, heute)
    gefunden = [p for p in verzeichnis.personen() if p.key != person.key and any(p.hat(r) for r in interne_rollen(vorgang.art))
                and sieht(_intern(p, vorgang.art), vorgang, um) is Ebene.VOLL]
    return sorted(gefunden, key=lambda p: (p.name.casefold(), p.key))


# --- schreiben --------------------------------------------------------------------------------------------------------


def schreibe(s: Sitzung, person: Handelnde, key: str, text: str, angehakt: Sequence[str], umfeld: Umfeld, jetzt: datetime) -> int:
    """Die Nummer des neuen. Wirft NichtGefunden oder Ungueltig am Feld `text` oder `an`."""
    heute = berliner_tag(jetzt)
    vorgang = zugaenglicher(s, person, key, heute)
    try:
        text = Kommentieren.model_validate({"text": text}).text
    except ValidationError as fehler:
        raise Ungueltig([(b.feld, b.grund) for b in befunde(fehler)]) from fehler
    moegliche = {p.key: p for p in ansprechbare(s, person, vorgang, umfeld, heute)}
    if fremde := set(angehakt) - moegliche.keys():
        raise Ungueltig({"an": "Diese Person können Sie hier nicht ansprechen." if len(fremde) == 1
                         else "Diese Personen können Sie hier nicht ansprechen."})
    gemeint = dict.fromkeys([*angehakt, *_angesprochene(text, list(moegliche.values()))])
    zeit = als_text(jetzt)
    kennung = int(s.wert(_NEU, {"vorgang": vorgang.id, "person": person.key, "zeit": zeit, "text": text}))
    s.viele(_ERWAEHNE, [{"kommentar": kennung, "person": p} for p in gemeint])
    s.viele(_MELDE, [{"vorgang": vorgang.id, "nr": vorgang.version, "quelle": f"{QUELLE}{kennung}:{p}", "zeit": zeit} for p in gemeint])
    vermerke(s, jetzt, "", "kommentiert", {"vorgang": key}, person.key)
    return kennung


def _angesprochene(text: str, moegliche: Sequence[Handelnde]) -> Iterator[str]:
    """Jedes @ vor einem Wort muss jemanden meinen: den Namen oder den Schlüssel, Groß- und Kleinschreibung zählen nicht."""
    for fund in _ANREDE.finditer(text):
        rest = text[fund.start() + 1 :].casefold()
        passend = [p for p in moegliche for wort in (p.name, p.key) if _beginnt_mit(rest, wort.casefold())]
        if not passend:
            namen = ", ".join(f"@{p.name}" for p in moegliche[:6]) or "niemanden"
            raise Ungueltig({"text": Aussage("„@{wert}“ ist niemand, der diese Kommentare lesen kann. Ansprechen können Sie: {namen}.",
                                             wert=fund[1], namen=namen)})
        yield max(passend, key=lambda p: len(p.name)).key


def _beginnt_mit(rest: str, wort: str) -> bool:
    return bool(wort) and rest.startswith(wort) and not rest[len(wort) : len(wort) + 1].isalnum()


def ziehe_zurueck(s: Sitzung, person: Handelnde, key: str, kennung: int, loeschen: bool, jetzt: datetime) -> None:
    """Nur den eigenen. Er bleibt als zurückgezogen sichtbar; `loeschen` nimmt auch den Text. Wirft NichtGefunden."""
    zugaenglicher(s, person, key, berliner_tag(jetzt))
    if s.eine(_EIGENER, {"id": kennung, "key": key, "person": person.key}) is None:
        raise NichtGefunden(key)
    s.fuehre("UPDATE kommentar SET zurueckgezogen = :zeit WHERE id = :id", {"id": kennung, "zeit": als_text(jetzt)})
    if loeschen:
        s.fuehre("UPDATE kommentar SET text = '' WHERE id = :id", {"id": kennung})
    s.fuehre("UPDATE ausgang SET erledigt = 2 WHERE erledigt = 0 AND quelle LIKE :quelle", {"quelle": f"{QUELLE}{kennung}:%"})
    s.fuehre("UPDATE erwaehnung SET gelesen = :zeit WHERE kommentar = :id AND gelesen IS NULL", {"id": kennung, "zeit": als_text(jetzt)})
    vermerke(s, jetzt, "", "kommentar_zurueckgezogen", {"vorgang": key}, person.key)


def darf_schwaerzen(s: Sitzung, person: Handelnde, vorgang: Akte, heute: date) -> bool:
    """Wer den Vorgang als Koordination ganz sieht."""
    return darf(s, _nur_koordination(person), vorgang, heute)


def _nur_koordination(person: Handelnde) -> Handelnde:
    return replace(person, rollen=frozenset(r for r in person.rollen if r[0] == Rolle.KOORDINATION))


def schwaerze(s: Sitzung, person: Handelnde, key: str, kennung: int, eingaben: Mapping[str, str], jetzt: datetime) -> None:
    """Überschreibt die Stelle, wo sie im Kommentar vorkommt, Zeichen für Zeichen. Wirft NichtGefunden, Ungueltig oder Konflikt."""
    zugaenglicher(s, _nur_koordination(person), key, berliner_tag(jetzt))
    text = s.wert("SELECT k.text FROM kommentar k JOIN vorgang v ON v.id = k.vorgang WHERE k.id = :id AND v.key = :key",
                  {"id": kennung, "key": key})
    if text is None:
        raise NichtGefunden(key)
    try:
        stelle = StelleSchwaerzen.model_validate(dict(eingaben))
    except ValidationError as fehler:
        raise Ungueltig([(b.feld, b.grund) for b in befunde(fehler)]) from fehler
    if stelle.passage not in text:
        raise Ungueltig({"passage": "Diese Stelle kommt im Kommentar nicht vor. Bitte fügen Sie sie genau so ein, wie sie dasteht."})
    werte = {"id": kennung, "alt": text, "neu": text.replace(stelle.passage, "█" * len(stelle.passage)), "zeit": als_text(jetzt)}
    if s.fuehre("UPDATE kommentar SET text = :neu, geschwaerzt = :zeit WHERE id = :id AND text = :alt", werte) != 1:
        raise Konflikt("Der Kommentar wurde inzwischen geändert. Bitte sehen Sie ihn sich noch einmal an.", key)
    vermerke(s, jetzt, "", "kommentar_geschwaerzt", {"vorgang": key, "kommentar": kennung, "grund": stelle.grund}, person.key)


def gelesen(s: Sitzung, person: Handelnde, key: str, jetzt: datetime) -> None:
    s.fuehre(_GELESEN, {"person": person.key, "key": key, "zeit": als_text(jetzt)})


# --- lesen ------------------------------------------------------------------------------------------------------------


def zu(s: Sitzung, person: Handelnde, vorgang: Akte, menge: int = HOECHSTENS_GEZEIGT, vor: int = 0) -> list[Kommentar]:
    """Die neuesten vor dem mit der Nummer `vor` (0: überhaupt), das Neueste zuerst. Wer aufruft, hat `darf` gefragt."""
    zeilen = s.alle(_LISTE, {"vorgang": vorgang.id, "menge": menge, "vor": vor or _ALLE})
    personen = sorted({z[1] for z in zeilen})
    namen: dict[str, str] = dict(s.alle(
        f"SELECT key, name FROM person WHERE key IN ({', '.join(f':p{i}' for i in range(len(personen)))})",
        {f"p{i}": p for i, p in enumerate(personen)})) if personen else {}
    return [Kommentar(kennung, str(namen.get(wer, wer)), zeit, text, zurueck or "", geschwaerzt or "", wer == person.key)
            for kennung, wer, zeit, text, zurueck, geschwaerzt in zeilen]


def ungelesen(s: Sitzung, person: Handelnde, key: str) -> bool:
    return s.eine("SELECT 1 FROM erwaehnung e JOIN kommentar k ON k.id = e.kommentar JOIN vorgang v ON v.id = k.vorgang "
                  "WHERE e.person = :person AND e.gelesen IS NULL AND v.key = :key LIMIT 1", {"person": person.key, "key": key}) is not None


def meine(s: Sitzung, person: Handelnde, heute: date) -> list[Erwaehnung]:
    """Wo die Person angesprochen ist und noch nicht gelesen hat; nur, was sie heute noch sehen darf."""
    offene = s.alle("SELECT k.vorgang, p.name, k.zeit FROM erwaehnung e JOIN kommentar k ON k.id = e.kommentar "
                    "JOIN person p ON p.key = k.person WHERE e.person = :person AND e.gelesen IS NULL ORDER BY k.id DESC LIMIT 50",
                    {"person": person.key})
    if not offene:
        return []
    intern = replace(person, rollen=frozenset(r for r in person.rollen if any(r[0] in interne_rollen(art) for art in ARTEN)))
    bedingung, werte = sichtbar(intern, heute, "v", Ebene.VOLL)
    zeilen = s.alle(f"SELECT v.id, v.key, v.titel FROM vorgang v {s.nur_kennungen} WHERE {s.in_kennungen('v.id')} AND {bedingung}",
                    {**werte, "ids": kennungen({z[0] for z in offene})})
    gesehen = {kennung: (key, titel) for kennung, key, titel in zeilen}
    je_vorgang = {vorgang: (wer, zeit) for vorgang, wer, zeit in reversed(offene)}
    return [Erwaehnung(*gesehen[v], wer, zeitpunkt(zeit)) for v, (wer, zeit) in reversed(je_vorgang.items()) if v in gesehen]
