"""Wann eine offene Frist wieder drankommt, gegen ihre Stufen und gegen das, was die Runden davon hinterlassen haben.

Die Runde rückt eine Frist von Stufe zu Stufe, mit dem Profil und den Schließtagen ihres Tages; ein Ereignis wird daraus nicht. Was sie
hinterlässt, ist die Nachricht der Stufe oder der Schritt, den sie schaltet. Ein Schritt, der nicht ging, kommt am nächsten Werktag wieder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from forms.render import datum
from service.clock import aus_text, berliner_tag
from service.db import Sitzung, kennungen
from service.faltung import UMSTELLEN, Geschehen
from service.laden import OffeneFrist
from service.profilfassungen import Profilfassungen
from service.terminlage import EIN_WERKTAG, stufe_nr, stufentag
from service.umfeld import Umfeld
from states.fristen import Frist
from states.kette import PROZESSE

_ERINNERT = "SELECT quelle FROM ausgang WHERE quelle LIKE 'f:%' AND {}"


class Fristzeile(NamedTuple):
    """Was die Tabelle über eine Frist sagt."""

    id: int
    name: str
    schluessel: str
    auf: int
    anker: str
    ende: str
    offen: int
    zu: int | None
    ruht: str | None
    stufe: int
    naechste: str | None
    profil: str


@dataclass
class Stufenpruefung:
    """`spaetestens`: der letzte Tag, an dem eine Runde gewesen sein kann; None, wenn das niemand weiß."""

    fassungen: Profilfassungen
    spaetestens: date | None
    _seit: dict[str, list[Umfeld]] = field(default_factory=dict)

    def einwand(self, zeile: Fristzeile, soll: OffeneFrist, art: str, seitdem: Sequence[Geschehen], erinnert: int) -> str:
        """Ein Satz, wenn der Tag einer offenen Frist nicht stimmen kann, sonst leer. `erinnert`: höchste Stufe mit Nachricht, sonst -1."""
        if soll.ruht_seit is not None:
            return "" if zeile.naechste is None else "ruht und kommt doch wieder dran."
        if zeile.stufe == 0 and zeile.naechste is not None and zeile.naechste == soll.naechste:
            return ""
        frist = next(f for f in PROZESSE[art].fristen if f.name == zeile.name)
        umfelder = self._umfelder(seitdem[0].zeit, zeile.profil)
        tage = {_tag(u, frist, anker, soll.ende, zeile.stufe) for u in umfelder for anker in _anfaenge(soll, seitdem[0])}
        if zeile.naechste not in tage and not self._wiederholt(zeile, frist, tage, umfelder[-1]):
            return _anderer_tag(zeile.naechste, tage)
        if erinnert < zeile.stufe - 1 and not _geschaltet(frist, zeile.stufe, seitdem):
            return f"gilt bis zur Stufe {zeile.stufe} als erledigt, ohne dass eine Nachricht oder ein Schritt davon zeugt."
        return ""

    def _umfelder(self, zeit: str, fingerabdruck: str) -> list[Umfeld]:
        if zeit not in self._seit:
            self._seit[zeit] = self.fassungen.seit(zeit)
        geschrieben_mit = self.fassungen.fassung(fingerabdruck)
        return [*([geschrieben_mit] if geschrieben_mit else []), *self._seit[zeit]]

    def _wiederholt(self, zeile: Fristzeile, frist: Frist, tage: set[str | None], umfeld: Umfeld) -> bool:
        """Ihr Schritt ging nicht; seitdem kommt sie jeden Werktag wieder dran."""
        stufe, faellig = stufe_nr(frist.stufen, zeile.stufe), min((t for t in tage if t), default="")
        if zeile.naechste is None or zeile.naechste < faellig or stufe is None or not stufe.feuert:
            return False
        return self.spaetestens is None or zeile.naechste <= umfeld.kalender.ende(self.spaetestens, EIN_WERKTAG).ende.isoformat()


def erinnerte(s: Sitzung, vorgaenge: Iterable[int]) -> Mapping[int, int]:
    """Frist -> die höchste Stufe, von der eine Nachricht zeugt."""
    hoechste: dict[int, int] = {}
    for (quelle,) in s.alle(_ERINNERT.format(s.in_kennungen("vorgang")), {"ids": kennungen(vorgaenge)}):
        _, frist, stufe = str(quelle).split(":")
        hoechste[int(frist)] = max(int(stufe), hoechste.get(int(frist), -1))
    return hoechste


def _anfaenge(frist: OffeneFrist, geoeffnet: Geschehen) -> set[str]:
    """Ab wann ihre Stufen zählen; was eine Umstellung öffnete, vielleicht erst ab ihr."""
    return {frist.anker, *([berliner_tag(aus_text(geoeffnet.zeit)).isoformat()] if geoeffnet.ausloeser == UMSTELLEN else [])}


def _tag(umfeld: Umfeld, frist: Frist, anker: str, ende: str, nummer: int) -> str | None:
    stufe = stufe_nr(umfeld.stufen(frist), nummer)
    try:
        return stufentag(umfeld.kalender, stufe, date.fromisoformat(anker), date.fromisoformat(ende)).isoformat() if stufe else None
    except (ValueError, OverflowError):  # eine Stufe, die kein Kalender erreicht, hat nie eine Runde eingetragen
        return None


def _anderer_tag(naechste: str | None, tage: set[str | None]) -> str:
    soll = max((t for t in tage if t), default=None)
    ist = f"kommt erst am {datum(naechste)} wieder dran" if naechste else "kommt nie wieder dran"
    return f"{ist}; nach ihren Stufen wäre es der {datum(soll)}." if soll else f"{ist}, obwohl keine ihrer Stufen mehr aussteht."


def _geschaltet(frist: Frist, stufe: int, ereignisse: Sequence[Geschehen]) -> bool:
    """Eine der Stufen davor hat geschaltet, statt zu erinnern."""
    schritte = {st.feuert for st in frist.stufen[:stufe]} - {""}
    return any(e.ausloeser in schritte for e in ereignisse)
