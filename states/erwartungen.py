"""Was jemand außerhalb der Koordination schuldet: ein Schritt, auf den der Kreislauf wartet, und wann er getan ist.

Wer ihn tun darf, steht beim Schritt; hier steht nur, dass jemand darauf wartet. Was die Koordination zu tun hat, folgt daraus, wer
zuständig ist.
"""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Callable, Mapping, Sequence

from states.arbeitsgruppe import ohne_ist
from states.fallrekonstruktion import antwort_steht_aus
from states.kette import PROZESSE
from states.meldebogen import VOR_DER_AUSWAHL, WARTET
from states.model import Daten, Definitionsfehler, Rolle, Wer
from states.monitoring_inhalt import wer_erhebt
from states.zielsystem_inhalt import erwartete_antworten, fehlende_stimmen

_NICHT_GEMEINT = frozenset({Rolle.KOORDINATION, Rolle.SYSTEM, Rolle.KETTE, Rolle.BESCHLUSS})
Getan = Callable[[Daten, frozenset[str]], bool]
Meine = Callable[[Daten, frozenset[str]], frozenset[str]]
Schuldner = Callable[[Daten, Sequence[Daten]], Sequence[str]]


def _niemand(_stand: Daten, _nachbarn: Sequence[Daten]) -> Sequence[str]:
    return ()


class Erwartung(NamedTuple):
    """`getan(stand, ich)`: ob die Person oder ihre Stelle (`ich`) es schon getan hat oder gar nicht gemeint ist.

    `marke`: nur solange sie gesetzt ist.
    `frist`: die des Prozesses, die diesen Schritt anmahnt; leer, wenn keine es tut. `meine`: welche ihrer Schlüssel die eigenen sind.
    `am_termin`: erwartet wird der Schritt erst ab dem Tag, von dem an sie läuft. `fehlt`: welche Stellen `{fehlende}` im Satz nennt.
    `schuldner(stand, nachbarn)`: die Namen aller, die ihn noch schulden; `einzeln`, wenn es sie gibt und nicht eine Rolle gemeint ist.
    `vorgelegt`: worüber die Person dabei befindet; die Seite des Schritts zeigt diese Angaben des Vorgangs über dem Formular.
    """

    art: str
    ausloeser: str
    zustaende: tuple[str, ...]
    satz: str
    getan: Getan = lambda stand, ich: False
    marke: str = ""
    frist: str = ""
    meine: Meine = lambda stand, ich: ich
    am_termin: bool = False
    fehlt: Callable[[Daten, frozenset[str]], Sequence[str]] = lambda stand, ich: ()
    vorgelegt: tuple[str, ...] = ()
    schuldner: Schuldner = _niemand

    @property
    def einzeln(self) -> bool:
        return self.schuldner is not _niemand

    @property
    def wer(self) -> tuple[Wer, ...]:
        kandidaten = PROZESSE[self.art].kandidaten(self.ausloeser, self.zustaende[0])
        return tuple(dict.fromkeys(w for u in kandidaten for w in u.wer if w.rolle not in _NICHT_GEMEINT))


def _unter(*namen: str) -> Getan:
    """Getan, wenn die eigene Stelle in einer dieser Zuordnungen steht."""
    return lambda stand, ich: any(ich & set(stand.get(name) or {}) for name in namen)


def _nicht_unter(gefragte: Callable[[Daten], Sequence[str]]) -> Getan:
    return lambda stand, ich: not ich & set(gefragte(stand))


def _fremde_massnahme(stand: Daten, ich: frozenset[str]) -> bool:
    """Wer am Zielsystem beteiligt ist, schuldet davon nur die eigenen Maßnahmen."""
    return stand.get("eigner") not in ich


def _gesetzt(name: str) -> Getan:
    return lambda stand, ich: bool(stand.get(name))


def _ohne_beitrag(stand: Daten, ich: frozenset[str]) -> list[str]:
    """Die eigene Stelle; wer eine Gruppe leitet, ohne ihr anzugehören, hat alle im Blick."""
    mitglieder = set(stand.get("mitglieder") or ())
    return sorted((ich & mitglieder or mitglieder) & set(ohne_ist(stand)))


def _kenntnis(stand: Daten, ich: frozenset[str]) -> bool:
    """Bestätigen muss nur, wer aus dem Beschluss etwas zu tun bekam; wer ihn nur erfährt, schuldet nichts."""
    eigene = [e for wer, e in (stand.get("weiterleitungen") or {}).items() if wer in ich]
    return not any(e.get("aufgabe") and not e.get("kenntnis_am") for e in eigene)


def _gestimmt(stand: Daten, ich: frozenset[str]) -> bool:
    """Auch wer keinen Sitz hat, schuldet keine Stimme."""
    abgegeben = stand.get("stimmen") or {}
    eigene = [s for s in stand.get("sitze") or () if ich & set(s.get("personen") or (s.get("institution"),))]
    return all(s["sitz"] in abgegeben for s in eigene)


def _sitze_ohne_stimme(stand: Daten, _nachbarn: Sequence[Daten]) -> list[str]:
    return [s["funktion"] for s in stand.get("sitze") or () if s["sitz"] not in (stand.get("stimmen") or {})]


def _mitglieder_ohne_stimme(stand: Daten, gruppen: Sequence[Daten]) -> list[str]:
    return fehlende_stimmen(dict.fromkeys(m for g in gruppen for m in g.get("mitglieder") or ()), stand)


def _eigene_indikatoren(stand: Daten, ich: frozenset[str]) -> frozenset[str]:
    return frozenset(str(i["key"]) for i in stand.get("indikatoren") or () if wer_erhebt(i) in ich)


_ENTWURF = ("zeitachse", "gelungen", "perspektive", "hypothesen", "sofortmassnahmen", "themenkandidaten")
ERWARTUNGEN: tuple[Erwartung, ...] = (
    Erwartung("meldebogen", "antworten", VOR_DER_AUSWAHL, "Die Koordination hat eine Frage zu Ihrer Meldung.", marke=WARTET,
              frist="antwort_auf_rueckfrage"),
    Erwartung("einzelfalluebergabe", "uebernehmen", ("angeboten",), "Ein Einzelfall wird Ihnen zur Beratung angeboten.",
              frist="einzelfall_beantworten"),
    Erwartung("fallrekonstruktion", "durchfuehren", ("eingeladen",), "Nach dem Termin wird eingetragen, wer teilgenommen hat.",
              frist="fr_durchfuehrung"),
    Erwartung("fallrekonstruktion", "protokollieren", ("durchgefuehrt",), "Das Protokoll mit der Zeitachse fehlt noch.",
              frist="fr_protokoll"),
    Erwartung("fallrekonstruktion", "rueckmelden", ("geprueft",), "Der Entwurf wartet auf Ihre Rückmeldung.",
              _nicht_unter(antwort_steht_aus),
              frist="fr_abstimmung", vorgelegt=_ENTWURF, schuldner=lambda stand, nachbarn: antwort_steht_aus(stand)),
    Erwartung("arbeitsgruppe", "konstituieren", ("eingesetzt",), "Die Gruppe hat sich noch nicht konstituiert.", frist="konstituierung"),
    Erwartung("arbeitsgruppe", "ist_beginnen", ("konstituiert",), "Die Ist-Analyse kann beginnen.", frist="arbeitsergebnis"),
    Erwartung("arbeitsgruppe", "ist_beitrag_erfassen", ("ist_analyse",), "Es fehlt noch der Ist-Beitrag von: {fehlende}.",
              lambda stand, ich: not _ohne_beitrag(stand, ich), fehlt=_ohne_beitrag,
              schuldner=lambda stand, nachbarn: ohne_ist(stand)),
    Erwartung("arbeitsgruppe", "abstimmen", ("soll_entwurf",), "Ist alles entworfen, wird das Zielsystem in der Gruppe abgestimmt.",
              frist="arbeitsergebnis"),
    Erwartung("arbeitsgruppe", "vorlegen", ("abgestimmt",), "Das abgestimmte Zielsystem kann der Lenkungsgruppe vorgelegt werden.",
              frist="arbeitsergebnis"),
    Erwartung("zielsystem", "zustimmen", ("entwurf",), "Ihre Stelle hat dem Zielsystem noch nicht zugestimmt.",
              _unter("stimmen"), schuldner=_mitglieder_ohne_stimme),
    Erwartung("zielsystem", "ueberarbeiten", ("zurueckverwiesen",), "Die Lenkungsgruppe hat das Zielsystem zurückverwiesen.",
              frist="zurueckverweisung"),
    Erwartung("zielsystem", "antwort_verzeichnen", ("weitergeleitet", "in_umsetzung"), "Die Antwort Ihrer Stelle auf das Zielsystem fehlt.",
              _nicht_unter(erwartete_antworten), frist="antwort_der_stelle"),
    Erwartung("massnahme", "beginnen", ("offen",), "Die Maßnahme ist noch nicht begonnen.", _fremde_massnahme, frist="massnahme"),
    Erwartung("massnahme", "erledigen", ("in_arbeit",), "Die Maßnahme ist noch nicht erledigt.", _fremde_massnahme, frist="massnahme"),
    Erwartung("monitoring", "erheben", ("laufend", "in_nachsteuerung"), "Ihre Stelle erhebt einen Indikator.",
              lambda stand, ich: not _eigene_indikatoren(stand, ich), frist="erhebung", meine=_eigene_indikatoren, am_termin=True),
    Erwartung("sitzung", "tagesordnung_zustimmen", ("geplant",), "Die Tagesordnung wartet auf Ihre Zustimmung.",
              _gesetzt("tagesordnung_zugestimmt_am"), frist="lg_einladung", vorgelegt=("datum", "beginn", "ort", "punkte")),
    Erwartung("sitzung", "einladen", ("geplant",), "Die Einladung ist noch nicht verschickt.",
              lambda stand, ich: not stand.get("tagesordnung_zugestimmt_am"), frist="lg_einladung"),
    Erwartung("sitzung", "unterlagen_versenden", ("eingeladen",), "Die Unterlagen sind noch nicht verschickt.", frist="lg_unterlagen"),
    Erwartung("sitzung", "schliessen", ("laeuft",), "Die Sitzung läuft.", frist="lg_sitzungstag"),
    Erwartung("sitzung", "protokoll_unterzeichnen", ("protokoll_entwurf",), "Das Protokoll wartet auf Ihre Unterschrift.",
              _gesetzt("unterzeichnet_am"), frist="lg_protokoll"),
    Erwartung("sitzung", "protokoll_versenden", ("protokoll_entwurf",), "Das Protokoll ist noch nicht verschickt.",
              lambda stand, ich: not stand.get("unterzeichnet_am"), frist="lg_protokoll"),
    Erwartung("beschluss", "stimme_abgeben", ("im_umlauf",), "Ein Umlauf wartet auf Ihre Stimme.", _gestimmt, frist="umlauf_antwort",
              vorgelegt=("wortlaut", "sachverhalt", "verantwortlich", "frist", "verteiler", "antwort_bis"), schuldner=_sitze_ohne_stimme),
    Erwartung("beschluss", "weiterleiten", ("gefasst",), "Der Beschluss ist noch nicht weitergeleitet.", frist="beschluss_auszug"),
    Erwartung("beschluss", "kenntnis_nehmen", ("weitergeleitet", "in_erledigung"), "Bitte bestätigen Sie, dass Sie den Beschluss kennen.",
              _kenntnis, frist="beschluss_kenntnisnahme", vorgelegt=("wortlaut", "verantwortlich", "frist")),
    Erwartung("beschluss", "erledigen", ("in_erledigung",), "Der Beschluss ist noch nicht erledigt.", frist="beschluss_frist"),
)  # fmt: skip


# Worüber jemand mit einem Schritt befindet, auch wo ihn die Koordination tut: die zweite Person liest den Entwurf, den sie prüft
VORGELEGT: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("fallrekonstruktion", "pruefen"): _ENTWURF,
    ("beschluss", "umlauf_feststellen"): ("wortlaut", "stimmen", "antwort_bis"),
    **{(e.art, e.ausloeser): e.vorgelegt for e in ERWARTUNGEN if e.vorgelegt}}


def _pruefe() -> None:
    for e in ERWARTUNGEN:
        for z in e.zustaende:
            if not PROZESSE[e.art].kandidaten(e.ausloeser, z):
                raise Definitionsfehler(f"Erwartungen: {e.art} kennt {e.ausloeser} aus {z} nicht")
        if not e.wer:
            raise Definitionsfehler(f"Erwartungen: {e.art}.{e.ausloeser} tut nur die Koordination")
        if e.frist and e.frist not in {f.name for f in PROZESSE[e.art].fristen}:
            raise Definitionsfehler(f"Erwartungen: {e.art} kennt die Frist {e.frist} nicht")
        if e.marke and e.marke not in {m.name for m in PROZESSE[e.art].marken}:
            raise Definitionsfehler(f"Erwartungen: {e.art} kennt die Marke {e.marke} nicht")


_pruefe()
