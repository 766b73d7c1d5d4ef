"""Halb Getipptes: je Konto, Formular und Vorgang ein Entwurf, außerhalb der Kette und nur mit diesem Konto zu sehen.

Was es noch nicht gibt, hat keinen Schlüssel: Jedes geöffnete Formular ist dann sein eigener Entwurf, denn ein Konto kann einer Stelle
gehören. Wer über den Entwurf eines anderen Fensters schriebe, erfährt es vorher.

Er verschwindet, wenn der Schritt gelingt, wenn die Person ihn verwirft, oder nach der Frist `entwurf`, ohne dass sie daran schrieb; vorher
erinnert eine Nachricht. Eine Meldung, die noch Entwurf ist, sieht niemand sonst, auch nicht die Koordination.
"""

from __future__ import annotations

from typing import NamedTuple
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from forms.mail import Punkt
from forms.mailtexte import Familie
from forms.sprache import in_sprache
from service.adressen import Empfaenger, Verzeichnis
from service.ausgang import Fertig, gesetzt, neue_sendung
from service.clock import BERLIN, als_text, aus_text, berliner_tag
from service.db import Sitzung
from service.errors import Kreislauffehler
from service.hashkette import sha
from service.kalender import Dauer
from service.umfeld import Umfeld, kanonisch, lade_umfeld
from states.aussage import Aussage
from states.kette import PROZESSE

NEU = "~"  # davor das Zufallswort des Formulars, mit dem etwas erst beginnt
FRIST, VORGABE, ERINNERT = "entwurf", "30 Tage", timedelta(days=10)  # erinnert wird so lange vor dem Verschwinden
_FAMILIE = Familie("", "", "Entwürfe sieht nur, wer sich mit Ihrem Konto anmeldet; sie stehen auf der ersten Seite.")
_NIE = frozenset({"csrf", "version", "einmal", "bestaetigt", "entwurf", "entwurf_stand", "fenster", "weiter", "wechsel", "mehr", "zeile"})
_FENSTER = "fenster"  # ein Zufallswort je geöffneter Seite; es steht beim Entwurf, nicht in ihm
_KENNUNG = re.compile(r"[\w-]{1,60}", re.ASCII)
_HOECHSTENS = 200  # je Person; darüber weicht der älteste

_MERKE = ("INSERT INTO entwurf (person, form, key, eingaben, fassung, geaendert, erinnert) "
          "VALUES (:person, :form, :key, :eingaben, :fassung, :jetzt, 0) ON CONFLICT (person, form, key) DO UPDATE "
          "SET eingaben = excluded.eingaben, fassung = excluded.fassung, geaendert = excluded.geaendert, erinnert = 0")
_UEBERZAEHLIG = ("DELETE FROM entwurf WHERE person = :person AND geaendert < (SELECT geaendert FROM entwurf WHERE person = :person "
                 "ORDER BY geaendert DESC LIMIT 1 OFFSET :hoechstens)")
_EINER = "WHERE person = :person AND form = :form AND key = :key"
_FAELLIG = "SELECT person, count(*) FROM entwurf WHERE erinnert = 0 AND geaendert < :vor GROUP BY person ORDER BY person"


class Ueberholt(Kreislauffehler):
    """In einem anderen Fenster ist weitergeschrieben worden; `stand`: was dort jetzt steht."""

    status = 409

    def __init__(self, stand: str) -> None:
        super().__init__("An diesem Entwurf ist inzwischen in einem anderen Fenster oder von jemand anderem mit diesem Konto geschrieben "
                         "worden. Ihr Text steht noch hier. Speichern Sie noch einmal, dann ersetzt er den anderen.")
        self.stand = stand


class Entwurf(NamedTuple):
    """`fassung`: die des Vorgangs, als jemand daran schrieb; 0 bei einem, den es noch nicht gibt. `verfaellt`: der letzte Tag."""

    art: str
    ausloeser: str
    key: str
    eingaben: Mapping[str, Sequence[str]]
    fassung: int
    geaendert: str
    verfaellt: date

    @property
    def kennung(self) -> str:
        """Das Zufallswort des Formulars, mit dem etwas erst beginnt."""
        return self.key.removeprefix(NEU)

    @property
    def vorgang(self) -> str:
        return "" if self.key.startswith(NEU) else self.key

    @property
    def weg(self) -> str:
        if self.vorgang:
            return f"/vorgang/{self.key}/schritt/{self.ausloeser}"
        return f"/neu/{self.art}/{self.ausloeser}?entwurf={self.kennung}"

    @property
    def stand(self) -> str:
        """Woran ein anderes Fenster merkt, dass inzwischen jemand weiterschrieb."""
        return sha(kanonisch(self.eingaben))[:16]

    @property
    def bezeichnung(self) -> str:
        prozess = PROZESSE[self.art]
        return f"{prozess.bezeichnung}: {prozess.bezeichnung_von(self.ausloeser)}"

    @property
    def anfang(self) -> str:
        """Woran man ihn wiedererkennt: der Titel, sonst der längste Text darin."""
        texte = (" ".join(t.split()) for gesendet in self.eingaben.values() for t in gesendet)
        text = " ".join("".join(self.eingaben.get("titel") or ()).split()) or max(texte, key=len, default="")
        return text if len(text) <= 80 else f"{text[:79].rstrip()}…"


def ort(vorgang: str, kennung: str) -> str:
    """Unter welchem `key` der Entwurf liegt. `kennung`: das Zufallswort des Formulars; leer bei Entwürfen aus älteren Fassungen."""
    return vorgang or (f"{NEU}{kennung}" if _KENNUNG.fullmatch(kennung) else "")


def form(art: str, ausloeser: str) -> str:
    return f"{art}.{ausloeser}"


def merke(s: Sitzung, person: str, art: str, ausloeser: str, key: str, eingaben: Mapping[str, Sequence[str]], fassung: int,
          jetzt: datetime, gesehen: str | None = None) -> str:
    """Der neue `stand`; leer, wenn nichts getippt ist: Dann gibt es auch keinen Entwurf mehr.

    Wirft Konflikt, wenn inzwischen anderes darin steht als das, wovon der Schreibende ausging (`gesehen`; None: darf überschreiben).
    """
    getippt = {name: list(texte) for name, texte in eingaben.items() if name not in _NIE and any(t.strip() for t in texte)}
    if not getippt:
        verwirf(s, person, art, ausloeser, key)
        return ""
    stand = sha(kanonisch(getippt))[:16]
    fenster = list(eingaben.get(_FENSTER) or ())
    if gesehen is not None:
        jetziger, schrieb = _stand(s, person, art, ausloeser, key)
        if jetziger not in ("", gesehen, stand) and not (fenster and schrieb == fenster):
            raise Ueberholt(jetziger)
    s.fuehre(_MERKE, {"person": person, "form": form(art, ausloeser), "key": key, "eingaben": kanonisch({**getippt, _FENSTER: fenster}),
                      "fassung": fassung, "jetzt": als_text(jetzt)})
    s.fuehre(_UEBERZAEHLIG, {"person": person, "hoechstens": _HOECHSTENS - 1})
    return stand


def _stand(s: Sitzung, person: str, art: str, ausloeser: str, key: str) -> tuple[str, list[str]]:
    """Was jetzt darin steht, und welches Fenster es schrieb: Das eigene darf überholen, auch wenn eine Antwort verloren ging."""
    sperre = " FOR UPDATE" if s.postgres else ""
    eingaben = s.wert(f"SELECT eingaben FROM entwurf {_EINER}{sperre}", {"person": person, "form": form(art, ausloeser), "key": key})
    gelesen = json.loads(eingaben) if eingaben else {}
    schrieb = gelesen.pop(_FENSTER, [])
    return (sha(kanonisch(gelesen))[:16] if eingaben else ""), schrieb


def verwirf(s: Sitzung, person: str, art: str, ausloeser: str, key: str) -> bool:
    return s.fuehre(f"DELETE FROM entwurf {_EINER}", {"person": person, "form": form(art, ausloeser), "key": key}) == 1


def entwurf(s: Sitzung, person: str, art: str, ausloeser: str, key: str, umfeld: Umfeld) -> Entwurf | None:
    zeile = s.eine(f"SELECT form, key, eingaben, fassung, geaendert FROM entwurf {_EINER}",
                   {"person": person, "form": form(art, ausloeser), "key": key})
    return _aus(zeile, umfeld) if zeile else None


def meine(s: Sitzung, person: str, umfeld: Umfeld) -> list[Entwurf]:
    """Das zuletzt Geschriebene zuerst."""
    zeilen = s.alle("SELECT form, key, eingaben, fassung, geaendert FROM entwurf WHERE person = :person ORDER BY geaendert DESC",
                    {"person": person})
    return [e for e in (_aus(z, umfeld) for z in zeilen) if e is not None]


def angefangene(s: Sitzung, person: str, art: str, ausloeser: str, umfeld: Umfeld) -> list[Entwurf]:
    """Was mit diesem Formular begonnen und nicht abgesendet ist."""
    return [e for e in meine(s, person, umfeld) if (e.art, e.ausloeser, e.vorgang) == (art, ausloeser, "")]


def _aus(zeile: tuple[str, str, str, int, str], umfeld: Umfeld) -> Entwurf | None:
    art, _, ausloeser = zeile[0].partition(".")
    if art not in PROZESSE or ausloeser not in PROZESSE[art].ausloeser:
        return None  # aus einer Fassung des Programms, die diesen Schritt noch kannte
    eingaben = {name: texte for name, texte in json.loads(zeile[2]).items() if name != _FENSTER}
    return Entwurf(art, ausloeser, zeile[1], eingaben, zeile[3], zeile[4], verfaellt(berliner_tag(aus_text(zeile[4])), umfeld))


def verfaellt(tag: date, umfeld: Umfeld) -> date:
    return umfeld.kalender.ende(tag, Dauer.lesen(umfeld.profil.dauer(FRIST, VORGABE))).ende


# --- die Runden -------------------------------------------------------------------------------------------------------


def raeume_auf(s: Sitzung, jetzt: datetime) -> int:
    """Löscht, woran bis zum Ende der Frist niemand schrieb."""
    heute = berliner_tag(jetzt)
    alte = s.alle("SELECT person, form, key, geaendert FROM entwurf WHERE geaendert < :vor", {"vor": als_text(jetzt - timedelta(days=1))})
    if not alte:
        return 0
    umfeld = lade_umfeld(s, heute.isoformat())
    vorbei = [z for z in alte if verfaellt(berliner_tag(aus_text(z[3])), umfeld) < heute]
    return s.viele(f"DELETE FROM entwurf {_EINER} AND geaendert = :geaendert",
                   [{"person": p, "form": f, "key": k, "geaendert": g} for p, f, k, g in vorbei]) if vorbei else 0


def erinnere(s: Sitzung, umfeld: Umfeld, jetzt: datetime, webadresse: str) -> int:
    """Eine Nachricht je Person über alle Entwürfe, die bald verschwinden; ohne ein Wort aus ihnen."""
    if s.wert("SELECT 1 FROM entwurf WHERE erinnert = 0 AND geaendert < :gestern LIMIT 1",
              {"gestern": als_text(jetzt - timedelta(days=1))}) is None:
        return 0
    vor = _erinnern_vor(umfeld, jetzt)
    faellig = s.alle(_FAELLIG, {"vor": als_text(vor)})
    verzeichnis = Verzeichnis(s, umfeld.profil, berliner_tag(jetzt).isoformat())
    for person, anzahl in faellig:
        s.fuehre("UPDATE entwurf SET erinnert = 1 WHERE person = :person AND erinnert = 0 AND geaendert < :vor",
                 {"person": person, "vor": als_text(vor)})
        empfaenger = verzeichnis.person(person)
        if empfaenger is not None and empfaenger.adresse:
            neue_sendung(s, _nachricht(empfaenger, anzahl, umfeld, webadresse), jetzt, webadresse)
    return len(faellig)


def _erinnern_vor(umfeld: Umfeld, jetzt: datetime) -> datetime:
    """Wer vor diesem Zeitpunkt zuletzt schrieb, hört heute davon: zehn Tage vor dem Verschwinden."""
    tag = berliner_tag(jetzt)
    spaetestens = tag + ERINNERT
    anker = tag
    while verfaellt(anker, umfeld) > spaetestens and tag - anker < timedelta(days=400):
        anker -= timedelta(days=1)
    return datetime.combine(anker + timedelta(days=1), time(), BERLIN)


def _nachricht(empfaenger: Empfaenger, anzahl: int, umfeld: Umfeld, webadresse: str) -> Fertig:
    satz = Aussage(
        "Sie haben einen Entwurf angefangen und länger nicht weitergeschrieben. In {tage} Tagen wird er gelöscht, wenn Sie ihn nicht "
        "absenden oder noch einmal speichern." if anzahl == 1 else
        "Sie haben {anzahl} Entwürfe angefangen und länger nicht weitergeschrieben. In {tage} Tagen werden sie gelöscht, wenn Sie sie "
        "nicht absenden oder noch einmal speichern.", anzahl=anzahl, tage=ERINNERT.days)
    betreff = "Erinnerung: Ein Entwurf wird bald gelöscht" if anzahl == 1 else "Erinnerung: Entwürfe werden bald gelöscht"
    punkte = [Punkt(satz, f"{webadresse}/")]
    with in_sprache(empfaenger.sprache, umfeld.profil.wortlaut) as sprache:
        return Fertig(empfaenger, "entwurf", gesetzt(umfeld, betreff, _FAMILIE, punkte, einzeln=True, sprache=sprache))
