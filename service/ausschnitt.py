"""Was von einem Vorgang zu zeigen ist: je Ausschnitt die Felder seines Inhalts, und was immer weggenommen wird.

Ein Ausschnitt zählt auf, was er zeigt; ein neues Feld bleibt verborgen, bis es jemand hier einträgt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from service.handelnde import Handelnde
from service.laden import Akte
from states.fallrekonstruktion import INHALT, beteiligte_stellen, zeitachse_erlaubt
from states.monitoring_inhalt import wer_erhebt

Inhalt = dict[str, Any]


class Teil(NamedTuple):
    """Ein Feld, das es so im Inhalt nicht gibt: nur die Tage, nur die eigenen Zeilen."""

    name: str
    aus: Callable[[Akte, Handelnde], Any]


class Ausschnitt(NamedTuple):
    satz: str
    felder: tuple[str | Teil, ...]

    def zeige(self, akte: Akte, person: Handelnde) -> Inhalt:
        gezeigt: Inhalt = {}
        for feld in self.felder:
            if isinstance(feld, Teil):
                gezeigt[feld.name] = feld.aus(akte, person)
            elif feld in akte.stand:
                gezeigt[feld] = akte.stand[feld]
        return gezeigt


def _ist_eigene(person: Handelnde, stelle: object) -> bool:
    return bool(stelle) and stelle in (person.key, person.institution)


def _eigene_zeilen(feld: str, *wessen: str) -> Teil:
    """Die Einträge einer Liste oder Zuordnung, die unter `wessen` die eigene Stelle nennen."""

    def aus(akte: Akte, person: Handelnde) -> Any:
        werte = akte.stand.get(feld) or ()
        if isinstance(werte, Mapping):
            return {k: w for k, w in werte.items() if any(_ist_eigene(person, w.get(f)) for f in wessen)}
        return [w for w in werte if any(_ist_eigene(person, w.get(f)) for f in wessen)]

    return Teil(feld, aus)


# --- Fallrekonstruktion -----------------------------------------------------------------------------------------------

_ENTWURF_LIEGT_VOR = ("geprueft", "abgestimmt")  # die Teilnehmenden stimmen über den geprüften Entwurf ab


def _letzte_fassung(akte: Akte) -> Mapping[str, Any]:
    fassungen: list[Mapping[str, Any]] = akte.stand.get("fassungen") or [{}]
    return fassungen[-1]


def _gueltige(akte: Akte, *, entwurf: bool) -> Mapping[str, Any]:
    """Der geprüfte Entwurf, solange über ihn abgestimmt wird; sonst nur, was freigegeben ist."""
    return akte.stand if entwurf and akte.zustand in _ENTWURF_LIEGT_VOR else _letzte_fassung(akte)


def _aus_fassung(feld: str, *, entwurf: bool) -> Teil:
    return Teil(feld, lambda akte, person: _gueltige(akte, entwurf=entwurf).get(feld))


def _eigene_rueckmeldung(akte: Akte, person: Handelnde) -> Any:
    """Vor der Freigabe nur die eigene Antwort; danach stehen die abweichenden Sichten in der Fassung."""
    alle = _gueltige(akte, entwurf=True).get("rueckmeldungen") or {}
    return {s: r for s, r in alle.items() if akte.zustand not in _ENTWURF_LIEGT_VOR or _ist_eigene(person, s)}


_STELLEN = Teil("stellen", lambda akte, person: list(beteiligte_stellen(akte.stand)))


# --- Sitzung, Arbeitsgruppe, Monitoring -------------------------------------------------------------------------------


def _eigene_punkte(akte: Akte, person: Handelnde) -> Any:
    geladen = {g.get("punkt") for g in akte.stand.get("gaeste") or () if _ist_eigene(person, g.get("institution"))}
    return [p for p in akte.stand.get("punkte") or () if p["nr"] in geladen and not p.get("gestrichen_am")]


def _eigene_indikatoren(akte: Akte, person: Handelnde) -> list[Any]:
    return [i for i in akte.stand.get("indikatoren") or () if _ist_eigene(person, wer_erhebt(i))]


def _dazu(feld: str) -> Teil:
    """Was unter `feld` zu den eigenen Indikatoren steht: Ausgangswerte nach Indikator, Erhebungen mit Indikator."""

    def aus(akte: Akte, person: Handelnde) -> Any:
        eigene = {str(i["key"]) for i in _eigene_indikatoren(akte, person)}
        return {k: w for k, w in (akte.stand.get(feld) or {}).items() if str(w.get("indikator", k)) in eigene}

    return Teil(feld, aus)


_SITZUNGSTAGE = Teil("sitzungstage", lambda akte, person: sorted(akte.stand.get("sitzungen") or ()))
_KETTEN = ("titel", "version", "fortschreibung", "ist", "soll", "ziele", "weitergeleitet_am", "umsetzung_ab", "startdatum",
           "eingefuehrt_am")
_GRUPPE = ("titel", "name", "mitglieder", "leitung", "frist", "frist_urspruenglich", "beauftragt_am", "konstituiert_am", "beendet_am",
           _SITZUNGSTAGE)


def _nur(feld: str, *namen: str) -> Teil:
    """Von jedem Eintrag der Liste nur diese Angaben."""
    return Teil(feld, lambda akte, person: [{n: w[n] for n in namen if n in w} for w in akte.stand.get(feld) or ()])


_GEMESSEN_AN = Teil("gemessen_an", lambda akte, person: [str(i["indikator"]) for i in akte.stand.get("indikatoren") or ()])

# „gekürzt“ heißt je Art oder, wo zwei Rollen Verschiedenes sehen, je Name: genau das
AUSSCHNITTE: dict[str, Ausschnitt] = {
    "generatives_thema": Ausschnitt(
        "Titel, Beschreibung, beteiligte Stellen, Hebel und Ergebnis",
        ("titel", "beschreibung", "cluster", "hebel", "institutionen", "beauftragt_am", "ergebnis")),
    "zielsystem": Ausschnitt("Ketten, Ziele, Maßnahmen und Indikatoren, ohne Stimmen und Antworten",
                             (*_KETTEN, "massnahmen", "indikatoren")),
    "auszug_zielsystem": Ausschnitt(
        "Ketten und Ziele; von Maßnahmen, Indikatoren, Auflagen und Antworten nur die eigenen",
        (*_KETTEN, _eigene_zeilen("massnahmen", "eigner"), _eigene_zeilen("indikatoren", "quelle", "erhoben_von"),
         _eigene_zeilen("auflagen", "verantwortlich", "bestaetigt_durch"), _eigene_zeilen("antworten", "institution"))),
    # was ein politisches Gremium liest: veröffentlicht, ohne Personen, ohne Zahlen einzelner Fälle
    "oeffentliches_thema": Ausschnitt("Titel, Handlungsfeld, Auftrag der Lenkungsgruppe und Ergebnis",
                                      ("titel", "cluster", "beauftragt_am", "ergebnis")),
    "oeffentliches_zielsystem": Ausschnitt("Titel, Ziele und Zeitplan",
                                           ("titel", "ziele", "weitergeleitet_am", "umsetzung_ab", "startdatum", "eingefuehrt_am")),
    "oeffentliche_massnahme": Ausschnitt("Titel, zuständige Stelle und Frist", ("titel", "eigner", "frist", "erledigt_am")),
    "oeffentliches_monitoring": Ausschnitt(
        "woran die Wirkung gemessen wird, und wie sie bewertet ist",
        ("titel", "startdatum", _GEMESSEN_AN, _nur("bewertungen", "am", "wertung"))),
    "massnahme": Ausschnitt("Titel, zuständige Stelle, Frist und Stand",
                            ("titel", "eigner", "frist", "frist_urspruenglich", "begonnen_am", "erledigt_am", "ergebnis")),
    "monitoring": Ausschnitt("Indikatoren, Werte und Bewertungen", ("titel", "startdatum", "beginn_am", "indikatoren", "baseline",
                                                                    "erhebungen", "bewertungen", "vollstaendigkeit")),
    "eigene_indikatoren": Ausschnitt(
        "nur die eigenen Indikatoren mit ihren Werten",
        ("titel", "startdatum", "beginn_am", Teil("indikatoren", _eigene_indikatoren), _dazu("baseline"), _dazu("erhebungen"))),
    "arbeitsgruppe": Ausschnitt("Auftrag, Mitglieder und Termine", (*_GRUPPE, "auftrag")),
    "termine_und_mitglieder": Ausschnitt("Mitglieder und Termine", _GRUPPE),
    "beschluss": Ausschnitt(
        "Wortlaut, Verantwortliche und Frist, ohne Aussprache und Stimmen",
        ("titel", "wortlaut", "gegenstand", "verantwortlich", "stellen", "frist", "gefasst_am", "bezug", "zuarbeit_von", "erledigt_am",
         "ergebnis", Teil("weiterleitungen", lambda akte, person: {
             k: w for k, w in (akte.stand.get("weiterleitungen") or {}).items() if _ist_eigene(person, k)}))),
    "sitzung": Ausschnitt("Termin und Ort der Sitzung und der eigene Punkt",
                          ("titel", "datum", "beginn", "ort", Teil("punkte", _eigene_punkte))),
    "bericht": Ausschnitt("der versandte Bericht", ("titel", "gremium", "ebene", "sitzung_am", "zeitraum", "vorlage", "text", "zahlen",
                                                    "gesendet_am", "zur_kenntnis_am", "anhaenge")),
    "fallrekonstruktion": Ausschnitt(
        "der geprüfte Entwurf und die freigegebenen Fassungen",
        ("titel", "termin", "uhrzeit", "ort", "version", "wird_berichtigt", "freigegeben_am", "fassungen", _STELLEN,
         *(_aus_fassung(f, entwurf=True) for f in INHALT), Teil("rueckmeldungen", _eigene_rueckmeldung))),
    "freigegebene_fassung": Ausschnitt(
        "die freigegebene Fassung", ("titel", "wird_berichtigt", "freigegeben_am", *(_aus_fassung(f, entwurf=False) for f in INHALT))),
}

TITEL = Ausschnitt("Titel, Kommune und Zahl der Wiederholungen", ("titel", "kommune", "wiederholungen"))
ZAHL = Ausschnitt("Nummer und Alter", ("eingang",))


def zusammen(teile: Iterable[Ausschnitt], akte: Akte, person: Handelnde) -> Inhalt:
    """Rollen addieren sich; zeigen zwei Ausschnitte dasselbe Feld, gilt der zuerst genannte."""
    gezeigt: Inhalt = {}
    for teil in teile:
        gezeigt = {**teil.zeige(akte, person), **gezeigt}
    return gezeigt


def ohne_verbotenes(gezeigt: Inhalt, akte: Akte, person: Handelnde) -> Inhalt:
    """Zuletzt, über jede Rolle: Regel 12 zur Zeitachse, und Verschlossenes nach einem Widerruf."""
    if akte.art != "fallrekonstruktion":
        return gezeigt
    if akte.zustand == "gesperrt":
        return {k: w for k, w in gezeigt.items() if k not in (*INHALT, "fassungen", "rueckmeldungen")}
    if zeitachse_erlaubt(akte.stand, person.institution, person.abh):
        return gezeigt
    fassungen = [{k: w for k, w in f.items() if k != "zeitachse"} for f in gezeigt.get("fassungen") or ()]
    return {k: fassungen if k == "fassungen" else w for k, w in gezeigt.items() if k != "zeitachse"}
