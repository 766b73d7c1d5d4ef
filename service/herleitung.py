"""Wie sich ein Tag ergibt, in deutschen Sätzen mit Paragraf. Jeder ist eine Aussage: Auch gespeichert bleibt er übersetzbar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from states.aussage import Aussage, aneinander

SCHLIESSTAG = "Schließtag"
WOCHENTAGE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
KURZE_MONATE = {2: "Februar", 4: "April", 6: "Juni", 9: "September", 11: "November"}

DANACH = "Der {zahl}. Werktag danach ist der {tag} ({wochentag})."
VON_DIESEM_TAG_AN = "Der {zahl}. Werktag von diesem Tag an ist der {tag} ({wochentag})."
DAVOR = "Der {zahl}. Werktag davor ist der {tag} ({wochentag})."
# (mitten im Satz, am Satzanfang)
_DAVOR_WERKTAG = ("maßgebend ist der letzte Werktag davor (eigene Festlegung): {ziel}.",
                  "Maßgebend ist der letzte Werktag davor (eigene Festlegung): {ziel}.")
_MIT_SCHLIESSTAG = ("die Frist endet am nächsten Werktag (§ 193 BGB, Schließtage nach eigener Festlegung): {ziel}.",
                    "Die Frist endet am nächsten Werktag (§ 193 BGB, Schließtage nach eigener Festlegung): {ziel}.")
_NAECHSTER_WERKTAG = ("die Frist endet am nächsten Werktag (§ 193 BGB): {ziel}.",
                      "Die Frist endet am nächsten Werktag (§ 193 BGB): {ziel}.")
# (vorwärts, nur ein weiterer Tag) -> Satz
_WEITERE_TAGE = {
    (True, True): "Der {tag} ist {was}; danach folgt {tage}.", (True, False): "Der {tag} ist {was}; danach folgen {tage}.",
    (False, True): "Der {tag} ist {was}; davor liegt {tage}.", (False, False): "Der {tag} ist {was}; davor liegen {tage}.",
}
_WENIGE = 6  # so viele Tage nennt ein Satz einzeln


def deutsch(tag: date) -> str:
    return f"{tag.day:02}.{tag.month:02}.{tag.year:04}"


def wochentag(tag: date) -> str:
    return WOCHENTAGE[tag.weekday()]


def mit_tag(vorlage: str, tag: date, **werte: object) -> str:
    return Aussage(vorlage, tag=deutsch(tag), **werte)


def werktag_gezaehlt(vorlage: str, zahl: int, ende: date) -> str:
    return mit_tag(vorlage, ende, zahl=zahl, wochentag=wochentag(ende))


def bleibt(tag: date) -> str:
    return mit_tag("Der {tag} ist ein Werktag ({wochentag}); dabei bleibt es.", tag, wochentag=wochentag(tag))


def fehlt_im_monat(tag: date, zahl: int) -> str:
    return Aussage("Im {monat} {jahr} fehlt der {zahl}.", monat=KURZE_MONATE[tag.month], jahr=tag.year, zahl=zahl)


def unterbrochen(bisher: date, von: date, rest: int) -> str:
    uebrig = {0: "kein Werktag war mehr übrig", 1: "1 Werktag war noch übrig"}.get(rest) or Aussage("{n} Werktage waren noch übrig", n=rest)
    return mit_tag("Die Frist bis zum {tag} wurde am {von} unterbrochen; {uebrig}.", bisher, von=deutsch(von), uebrig=uebrig)


def ausfall(tage: Sequence[tuple[date, str]]) -> str:
    """Wer am Wandkalender nachzählt, muss wissen, welche Tage unter der Woche ausfallen; je Tag, warum."""
    genannt = _genannt(tage) if len(tage) <= _WENIGE else [Aussage("{n} Feiertage oder Schließtage", n=len(tage))]
    return Aussage("{tage} zählen nicht mit.", tage=_aufzaehlung(["Samstage", "Sonntage", *genannt]))


def verschoben(frei: Sequence[tuple[date, str]], ziel: date, *, vorwaerts: bool) -> tuple[str, ...]:
    """Vom ersten freien Tag über die weiteren, je mit ihrem Grund, auf den Werktag `ziel`."""
    (tag, grund), *weitere = frei
    was = Aussage("ein {tag}" if grund in (SCHLIESSTAG, *WOCHENTAGE) else "ein Feiertag ({tag})", tag=grund)
    folge, fuer_sich = (_DAVOR_WERKTAG if not vorwaerts else
                        _MIT_SCHLIESSTAG if any(g == SCHLIESSTAG for _, g in frei) else _NAECHSTER_WERKTAG)
    if not weitere:
        return (mit_tag("Der {tag} ist {was}; {folge}", tag, was=was, folge=Aussage(folge, ziel=deutsch(ziel))),)
    tage = (_aufzaehlung(_genannt(weitere)) if len(weitere) <= _WENIGE else
            Aussage("{n} weitere freie Tage (Wochenenden, Feiertage oder Schließtage)", n=len(weitere)))
    return mit_tag(_WEITERE_TAGE[vorwaerts, len(weitere) == 1], tag, was=was, tage=tage), Aussage(fuer_sich, ziel=deutsch(ziel))


def _genannt(tage: Sequence[tuple[date, str]]) -> list[str]:
    return [mit_tag("der {tag} ({grund})", tag, grund=grund) for tag, grund in tage]


def _aufzaehlung(teile: Sequence[str]) -> str:
    return teile[0] if len(teile) == 1 else Aussage("{eines} und {anderes}", eines=aneinander(teile[:-1], ", "), anderes=teile[-1])
