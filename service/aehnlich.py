"""Ähnliche Meldungen: was im Wortlaut und in den Angaben übereinstimmt, mit den Gründen. Entscheiden tun Menschen.

Kandidaten sind je Wort nur die neuesten Treffer; verglichen werden also immer höchstens einige hundert, gleich wie viele Meldungen es gibt.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from service.db import Sitzung, kennungen
from service.handelnde import Handelnde
from service.listen import SPALTEN, Eintrag
from service.sicht import Ebene, sichtbar
from service.suchindex import staemme
from service.wortstamm import stamm
from states.aussage import Aussage

_WORTE, _JE_WORT, _NAEHER, _WORT_AB = 12, 25, 60, 4
_ZEIGE_WORTE = 6
_WORT = re.compile(r"[^\W\d_]+")
_FELDER = ("titel", "beschreibung")
# Wörter, die in jeder Meldung stehen können und nichts über sie sagen
_ALLERWELT = (
    "aber alle allem allen aller alles also andere anderen auch bald beim beide bereits bisher bitte dabei dadurch dafür damit danach "
    "dann daran darauf darum dass davon dazu deren derzeit deshalb dessen diese diesem diesen dieser dieses doch dort durch eben ebenso "
    "eine einem einen einer eines einige erst etwa etwas gegen gibt haben habe hatte hatten hier immer ihre ihrem ihren ihrer jede jedem "
    "jeden jeder jedes jemand jetzt kann kein keine keinen keiner können könnte lange machen mehr mehrere meist muss müssen nach nachdem "
    "nicht nichts noch nun nur oder ohne schon sehr sein seine seinem seinen seiner seit selbst sich sind sogar soll sollen sollte "
    "sondern sowie über unter viel viele wann warum weder wegen weil weiter welche welcher wenn werden wird wurde wurden wieder will "
    "wollen worden niemand niemanden würde zwar zwischen zum zur fall fälle person personen stelle stellen meldung woche wochen monat "
    "monate tag tage tagen jahr jahre jahren ende anfang januar februar märz april juni juli august september oktober november dezember "
    "frühjahr sommer herbst winter montag dienstag mittwoch donnerstag freitag heute gestern morgen täglich eins zwei drei vier fünf "
    "sechs sieben acht neun zehn elf zwölf kommt kommen kam geht gehen ging bekommt bekommen macht steht stehen liegt liegen bleibt "
    "bleiben lässt lassen braucht brauchen zwanzig dreißig vierzig fünfzig hundert tausend erste ersten zweite zweiten dritte dritten "
    "letzte letzten einmal zweimal dreimal halbe während obwohl bevor sobald solange damals zuständig zuständige zuständigen "
    "zuständigkeit zuständigkeiten waren gewesen darf dürfen müsste sollten unser unsere unserer unseren unserem euer neue neuen neuer "
    "alte alten alter gleich gleichzeitig sofort fast statt außer nirgends überall oben unten ganz genau stellt gestellt läuft laufen "
    "lief dauert dauern beginnt beginnen begonnen sagt sagen sagte gesagt fragt fragen fragte nachfrage nachfragen schreibt schreiben "
    "schreibe geschrieben sieht sehen gesehen gilt gelten heißt heißen nennt nennen erfährt erfahren weiß wissen bekannt findet finden "
    "fehlt fehlen nimmt nehmen geben gegeben bringt bringen wartet warten verweist verweisen kümmern kümmert versteht verstehen "
    "verstanden")  # fmt: skip


class Aehnliche(NamedTuple):
    """`gruende`: je Übereinstimmung ein Satzteil, das Gewichtigste zuerst. `sammlung`: die offene, in der sie liegt."""

    eintrag: Eintrag
    gruende: tuple[str, ...]
    punkte: float
    sammlung: tuple[str, str] | None


def aehnliche(s: Sitzung, person: Handelnde, heute: date, key: str, stand: Mapping[str, Any], anzahl: int = 6) -> list[Aehnliche]:
    """Die ähnlichsten Meldungen, die die Person ganz sieht, die ähnlichste zuerst."""
    worte = _worte(stand)
    if not worte:
        return []
    treffer = _treffer(s, person, heute, key, sorted(worte, key=lambda w: (-len(w), w))[:_WORTE])
    je_wort = Counter(w for w, _ in treffer)
    gewicht = {w: 1.0 / (1.0 + math.log1p(n)) for w, n in je_wort.items()}
    summen: Counter[int] = Counter()
    for wort, kennung in treffer:
        summen[kennung] += gewicht[wort]  # type: ignore[assignment]
    naehere = [k for k, _ in sorted(summen.items(), key=lambda p: (-p[1], -p[0]))[:_NAEHER]]
    gefunden = [g for e, anderer in _gelesen(s, naehere) if (g := _verglichen(stand, worte, e, anderer))]
    beste = sorted(gefunden, key=lambda g: (-g.punkte, -g.eintrag.id))[:anzahl]
    sammlungen = _sammlungen(s, [g.eintrag.id for g in beste])
    return [Aehnliche(g.eintrag, g.gruende, g.punkte, sammlungen.get(g.eintrag.id)) for g in beste]


@cache
def _allerwelt() -> frozenset[str]:
    return frozenset(staemme(_ALLERWELT))


def _worte(stand: Mapping[str, Any]) -> dict[str, str]:
    return stichworte(" ".join(str(stand.get(f) or "") for f in _FELDER))


def stichworte(text: str) -> dict[str, str]:
    """Wortstamm -> wie er zuerst dasteht; ohne die Wörter, die in jedem Text stehen können."""
    gefunden: dict[str, str] = {}
    for wort in _WORT.findall(text):
        if len(wort) >= _WORT_AB and (st := stamm(wort.casefold())) not in _allerwelt():
            gefunden.setdefault(st, wort)
    return gefunden


def _treffer(s: Sitzung, person: Handelnde, heute: date, key: str, worte: Sequence[str]) -> list[tuple[str, int]]:
    """(Wort, Meldung): je Wort die neuesten, in denen es steht. Eine Anfrage."""
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=("meldebogen",))
    wo = ("suchtext x JOIN vorgang v ON v.id = x.vorgang WHERE to_tsvector('simple'::regconfig, x.worte) @@ "
          "to_tsquery('simple'::regconfig, :w{0})" if s.postgres else
          "suchindex x CROSS JOIN vorgang v ON v.id = x.rowid WHERE suchindex MATCH :w{0}")
    teile = [f"SELECT * FROM (SELECT {nr} AS nr, v.id FROM {wo.format(nr)} AND v.art = 'meldebogen' AND v.key <> :key AND {darf} "
             f"ORDER BY {'v.id' if s.postgres else 'x.rowid'} DESC LIMIT {_JE_WORT}) t{nr}" for nr in range(len(worte))]
    fragen = {f"w{nr}": f"'{w}'" if s.postgres else f'worte : "{w}"' for nr, w in enumerate(worte)}
    return [(worte[nr], kennung) for nr, kennung in s.alle(" UNION ALL ".join(teile), {**werte, **fragen, "key": key})]


def _gelesen(s: Sitzung, ids: Sequence[int]) -> list[tuple[Eintrag, Mapping[str, Any]]]:
    felder = ", ".join(f"v.{sp}" for sp in SPALTEN)
    zeilen = s.alle(f"SELECT {felder}, v.stand FROM vorgang v {s.nur_kennungen} WHERE {s.in_kennungen('v.id')}", {"ids": kennungen(ids)})
    return [(Eintrag._make(z[:-1]), json.loads(z[-1])) for z in zeilen] if ids else []


def _verglichen(stand: Mapping[str, Any], worte: Mapping[str, str], e: Eintrag, anderer: Mapping[str, Any]) -> Aehnliche | None:
    """Worte zählen nach ihrem Anteil, Angaben dazu; ohne ein gemeinsames Wort ist nichts ähnlich."""
    andere = _worte(anderer)
    gemeinsam = [w for w in worte if w in andere]
    if not gemeinsam:
        return None
    punkte = 10.0 * len(gemeinsam) / math.sqrt(len(worte) * len(andere))
    gruende = [wortgrund(worte, gemeinsam)]
    for satz, feld, zaehlt in (("gleiches Handlungsfeld", "handlungsfelder", 1.0), ("gleicher Rechtskreis", "rechtskreise", 1.0),
                               ("gleiche beteiligte Stelle", "beteiligte_institutionen", 1.0)):
        if beide := [w for w in stand.get(feld) or () if w in (anderer.get(feld) or ())]:
            punkte += zaehlt
            gruende.append(Aussage("{grund}: {beide}", grund=satz, beide=", ".join(beide)))
    if stand.get("kommune") and stand.get("kommune") == anderer.get("kommune"):
        punkte += 0.5
        gruende.append(Aussage("gleiche Kommune: {kommune}", kommune=stand["kommune"]))
    return Aehnliche(e, tuple(gruende), punkte, None)


def wortgrund(worte: Mapping[str, str], gemeinsam: Sequence[str]) -> str:
    """Die längsten gemeinsamen Wörter, wie sie im ersten Text dastehen."""
    laengste = sorted(gemeinsam, key=lambda w: (-len(w), w))[:_ZEIGE_WORTE]
    return Aussage("gemeinsame Wörter: {worte}", worte=", ".join(worte[w] for w in laengste))


def _sammlungen(s: Sitzung, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Meldung -> (Schlüssel, Titel) der offenen Sammlung, in der sie liegt."""
    if not ids:
        return {}
    zeilen = s.alle("SELECT x.von, g.key, g.titel FROM verbindung x JOIN vorgang g ON g.id = x.nach WHERE x.offen = 1 "
                    f"AND x.art = 'gesammelt' AND g.zustand = 'offen' AND {s.in_kennungen('x.von')} ORDER BY x.id", {"ids": kennungen(ids)})
    return {von: (key, titel) for von, key, titel in zeilen}
