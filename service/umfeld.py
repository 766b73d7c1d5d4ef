"""Was ein Zug außer der Datenbank braucht: das geltende Profil, sein Kalender und wer wo zuständig ist."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from forms.grundform import Formularkontext
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Betriebsfehler
from service.erste_werte import stammdaten_aus
from service.geltendes import Stammdaten, lade
from service.kalender import Kalender
from service.profil import Institution, Profil
from service.profil_angaben import vergleichbar
from service.profil_modell import Wert
from states.fristen import Frist, Stufe
from states.model import Rolle

WERTELISTEN = ("kommunen", "handlungsfelder", "rechtskreise", "status_gruppen", "altersbaender")
_Listen = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Umfeld:
    """`koordination`: Bereich -> Personen, die dort Koordination sind (die erste ist zuständig, die zweite vertritt)."""

    profil: Profil
    kalender: Kalender
    fassung: str
    koordination: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stammdaten: Stammdaten = field(default_factory=Stammdaten)
    _listen: dict[date, _Listen] = field(default_factory=dict, init=False, repr=False, compare=False)

    def kontext(self, jetzt: datetime) -> Formularkontext:
        """Werte, die an diesem Tag gelten; gegen sie prüft ein Formular."""
        tag = berliner_tag(jetzt)
        listen = self._listen.get(tag)
        if listen is None:
            p = self.profil
            listen = (_gueltige(p.handlungsfelder, tag), _gueltige(p.rechtskreise, tag), _gueltige(p.status_gruppen, tag),
                      _gueltige(p.altersbaender, tag))
            self._listen.clear()  # gefragt wird fast immer nach demselben Tag
            self._listen[tag] = listen
        return Formularkontext(self.profil.kommunen, *listen, jetzt, self.stelle, self.profil.ist_abh,
                               tuple(b.key for b in self.profil.bereiche))

    def listen(self, jetzt: datetime) -> dict[str, list[tuple[str, str]]]:
        """Was in den Auswahlfeldern eines Formulars steht: Name der Liste -> (Wert, was dafür dasteht)."""
        kontext, gezeigt = self.kontext(jetzt), self.profil.anzeigen
        return {name: [(w, gezeigt.get(w, w)) for w in getattr(kontext, name)] for name in WERTELISTEN}

    def stufen(self, frist: Frist) -> tuple[Stufe, ...]:
        """Die Stufen einer Frist; ihre Zeitpunkte überschreibt das Profil der Reihe nach."""
        zeiten = self.profil.erinnerungen(frist.name, ())
        if not zeiten:
            return frist.stufen
        return tuple(replace(st, wann=wann) for st, wann in zip(frist.stufen, zeiten, strict=False)) + frist.stufen[len(zeiten):]

    def stelle(self, bezeichnung: str) -> str:
        """Der Name, unter dem das Profil die Stelle führt; was es nicht kennt, bleibt, wie es geschrieben ist."""
        gefunden = self.profil.institution(bezeichnung)
        return gefunden.name if gefunden else bezeichnung

    def sitze_am(self, tag: date) -> list[dict[str, Any]]:
        """Die Sitze der Lenkungsgruppe, die an diesem Tag gelten, mit denen, die für sie sprechen; Inhaberin und Inhaber zuerst."""
        return [self._mit_stelle(sitz) for sitz in self.stammdaten.sitze_am(tag).values()]

    def sitzschluessel_am(self, tag: date) -> frozenset[str]:
        return frozenset(s["sitz"] for s in self.sitze_am(tag))

    def mit_heutigen(self, sitze: Iterable[Mapping[str, Any]], tag: date) -> list[Mapping[str, Any]]:
        """Dieselben Sitze mit denen, die an diesem Tag für sie sprechen; ein Sitz ohne Eintrag bleibt, wie er festgehalten ist."""
        geltend = self.stammdaten.sitze_am(tag)
        paare = ((s, geltend.get(vergleichbar(str(s.get("sitz"))))) for s in sitze)
        return [s if heutiger is None else {**s, **self._mit_stelle(heutiger)} for s, heutiger in paare]

    def _mit_stelle(self, sitz: dict[str, Any]) -> dict[str, Any]:
        return {**sitz, "institution": self.stelle(sitz["institution"])}

    def verteiler_am(self, tag: date) -> list[str]:
        """Die Namen der Verteiler, die an diesem Tag gelten."""
        return [str(e.angaben["name"]) for e in self.stammdaten.am("verteiler", tag).values()]

    def zustaendige_stellen(self, kommune: str, tag: date) -> list[str]:
        """Die Namen der Stellen, die an diesem Tag für die Kommune zuständig sind; ohne Kommune keine."""
        return [self.stelle(key) for key in self.stammdaten.zustaendig_in(kommune, tag)] if kommune else []

    def postfach(self, institution: Institution | None, tag: date) -> str:
        return self.stammdaten.postfach(institution.key, tag) if institution else ""

    def zustaendige(self, bereich: str | None) -> tuple[str | None, str | None]:
        """Zuständige Person und Vertretung; mit nur einer Koordination vertritt die eines anderen Bereichs.

        Was keinem Bereich gehört, bekommt die Koordination des ersten im Profil: dort liegt die Geschäftsführung.
        """
        eigene = self.koordination.get(bereich or "", ())
        reihenfolge = [b.key for b in self.profil.bereiche]
        uebrige = sorted(set(self.koordination) - {bereich or ""}, key=lambda b: (reihenfolge.index(b) if b in reihenfolge else -1, b))
        andere = tuple(p for b in uebrige for p in self.koordination[b])
        reihe = tuple(dict.fromkeys(eigene + andere))
        return (reihe[0] if reihe else None), (reihe[1] if len(reihe) > 1 else None)


def _gueltige(werte: Iterable[Wert], tag: date) -> tuple[str, ...]:
    return tuple(w.name for w in werte if w.gilt_am(tag))


def lade_umfeld(s: Sitzung, heute: str) -> Umfeld:
    """Das zuletzt übernommene Profil aus der Datenbank."""
    zeile = s.eine("SELECT inhalt, fingerabdruck FROM profil ORDER BY id DESC LIMIT 1")
    if zeile is None:
        raise Betriebsfehler("Es ist noch kein Profil übernommen. Bitte rufen Sie zuerst „kreislauf profil uebernehmen DATEI“ auf.")
    return umfeld_aus(Profil.model_validate_json(zeile[0]), zeile[1], koordination_je_bereich(s, heute), lade(s))


def umfeld_aus(profil: Profil, fassung: str, koordination: dict[str, tuple[str, ...]], stammdaten: Stammdaten | None = None) -> Umfeld:
    """Ohne `stammdaten` die ersten Werte, die das Profil mit seiner Vorführung nennt."""
    geltend = stammdaten_aus(profil) if stammdaten is None else stammdaten
    return Umfeld(profil, Kalender(geltend.schliesstage, fassung), fassung, koordination, geltend)


def koordination_je_bereich(s: Sitzung, heute: str) -> dict[str, tuple[str, ...]]:
    ergebnis: dict[str, tuple[str, ...]] = {}
    for bereich, person in s.alle(
        "SELECT r.bereich, r.person FROM person_rolle r JOIN person p ON p.key = r.person "
        "WHERE r.rolle = :rolle AND r.von <= :heute AND (r.bis IS NULL OR r.bis >= :heute) "
        "AND (p.bis IS NULL OR p.bis >= :heute) ORDER BY r.id",
        {"rolle": Rolle.KOORDINATION.value, "heute": heute},
    ):
        ergebnis[bereich] = (*ergebnis.get(bereich, ()), person)
    return ergebnis


def kanonisch(wert: object) -> str:
    """JSON mit fester Form: Schlüssel sortiert, keine Leerzeichen, keine Gleitkommazahlen."""
    return _KANONISCH.encode(wert)


def _keine_anderen(wert: object) -> object:
    raise TypeError(f"{type(wert).__name__} gehört nicht in ein Ereignis")


# einmal gebaut: json.dumps mit diesen Angaben baute ihn bei jedem Aufruf neu
_KANONISCH = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False,
                              default=_keine_anderen)
