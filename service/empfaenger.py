"""Wen ein Anlass meint: aus den Wörtern der Tabellen („melder“, „zustaendig“, „sitze“ …) werden Empfänger.

Jeder Empfänger kommt mit dem Vorgang, um den es für ihn geht: Die meldende Stelle erfährt von der Entscheidung über ein
Thema als Nachricht zu ihrer eigenen Meldung. Wer den Vorgang nicht sehen darf, bekommt nichts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from service import access
from service.adressen import STELLE, Empfaenger, Verzeichnis
from service.db import Sitzung
from service.laden import Akte, Netz, lade
from service.sicht import sieht, umstaende
from service.umfeld import Umfeld
from states.model import Rolle
from states.monitoring_inhalt import wer_erhebt
from states.perlink import TATEN

# Mitteilungen, die jemandem gelten, der den Vorgang (noch oder wieder) nicht sieht: Einladung und Ende einer
# Fallrekonstruktion, die Lage für die Leitung. Sie nennen Nummer, Tag und Ort, keinen Inhalt.
OHNE_EINBLICK = frozenset({
    "einladung_fallrekonstruktion", "fallrekonstruktion_verlegt", "fallrekonstruktion_abgesagt", "fallrekonstruktion_abgebrochen",
    "fallrekonstruktion_gesperrt", "fallrekonstruktion_wird_berichtigt", "schritt_zurueckgenommen", "lage_ausgerufen", "lage_erweitert",
    "lage_beendet", "frist_lage_tageszahl",
})


_ROLLE_PER_LINK = {tat.art: tat.rolle for tat in TATEN}


_EINGELADENE = (
    "SELECT DISTINCT b.empfaenger FROM sendung b JOIN sendung_ausgang sa ON sa.sendung = b.id JOIN ausgang a ON a.id = sa.ausgang "
    "JOIN ereignis e ON e.vorgang = a.vorgang AND e.nr = a.nr WHERE a.vorgang = :vorgang AND e.akt = :akt AND b.kalender <> '' "
    "AND b.zustand <> 'aufgehoben' ORDER BY b.empfaenger"
)


class Meldung(NamedTuple):
    """Eine Zeile des Ausgangs mit dem, was sie ausgelöst hat. `schluessel` nennt den Eintrag, um den es einer Frist geht."""

    id: int
    vorgang: int
    anlass: str
    an: tuple[str, ...]
    ausloeser: str = ""
    person: str = ""
    zeit: str = ""
    daten: Mapping[str, Any] | None = None
    schluessel: str = ""


@dataclass(frozen=True)
class Anrede:
    """`wort`: als was der Empfänger angesprochen ist; `bezug`: worum es für ihn geht."""

    wort: str
    empfaenger: Empfaenger
    bezug: Akte


class Empfaengersuche:
    def __init__(self, s: Sitzung, umfeld: Umfeld, heute: date) -> None:
        self._s, self._umfeld, self._heute = s, umfeld, heute
        self.verzeichnis = Verzeichnis(s, umfeld.profil, heute.isoformat())
        self._netz = Netz()
        self._umstaende: dict[int, Any] = {}

    def lade(self, ids: Iterable[int]) -> None:
        lade(self._s, ids, self._netz)

    def akte(self, kennung: int) -> Akte:
        self.lade([kennung])
        return self._netz.akten[kennung]

    def anreden(self, m: Meldung) -> list[Anrede]:
        """Alle, die etwas bekommen; wer zweimal gemeint ist, nur einmal. Leer: Es ist niemand zu unterrichten.

        Darf keiner der Gemeinten den Vorgang sehen, geht eine Erinnerung an den, der zuständig ist. Lässt sich zu einem
        Wort niemand ermitteln, steht an seiner Stelle ein unbekannter Empfänger: Daraus wird ein Befund.
        """
        gefunden: dict[str, Anrede] = {}
        verdeckt = False
        for wort in m.an:
            for anrede in self._gemeinte(wort, m):
                if anrede.empfaenger.key == m.person and wort != "melder":
                    continue  # wer den Schritt selbst getan hat, weiß davon; die Empfangsbestätigung bekommt er trotzdem
                if not self._darf_es_wissen(anrede, m.anlass):
                    verdeckt = True
                    continue
                if wort != "eingeladene":  # der Eintrag steht in genau diesem Kalender
                    anrede = self._vertreten(anrede, m)
                gefunden.setdefault(anrede.empfaenger.key, anrede)
        if not gefunden and verdeckt and m.anlass.startswith("frist_") and "zustaendig" not in m.an:
            return [a for a in self._gemeinte("zustaendig", m) if a.empfaenger.key != m.person]
        return list(gefunden.values())

    def _gemeinte(self, wort: str, m: Meldung) -> list[Anrede]:
        akte = self.akte(m.vorgang)
        paare = [(e, akte) if isinstance(e, Empfaenger) else e for e in WOERTER[wort](self, akte, m)]
        return [Anrede(wort, e, bezug) for e, bezug in paare]

    def _vertreten(self, anrede: Anrede, m: Meldung) -> Anrede:
        """Wer abwesend ist, den ersetzt die Vertretung; darf sie den Vorgang nicht sehen, bleibt es bei der Person."""
        offen, gesehen = [anrede.empfaenger.key], {m.person}
        while offen:
            key = offen.pop(0)
            abwesend = self._umfeld.stammdaten.abwesend(key, self._heute)
            ersatz = self.verzeichnis.person(key)
            if abwesend is None:
                neue = replace(anrede, empfaenger=ersatz) if ersatz and key != anrede.empfaenger.key else anrede
                if neue is anrede or self._darf_es_wissen(neue, m.anlass):
                    return neue
                continue
            gesehen.add(key)
            bezug = anrede.bezug
            weitere = (abwesend.angaben.get("vertretung"), bezug.vertretung if key == bezug.zustaendig else None)
            offen += [p for p in weitere if p and p not in gesehen]
        return anrede

    def _darf_es_wissen(self, anrede: Anrede, anlass: str) -> bool:
        person, akte = anrede.empfaenger.person, anrede.bezug
        if person is None:
            return True  # es geht an niemanden hinaus; der Befund soll sichtbar werden
        if access.verboten(person, akte):
            return False
        return anlass in OHNE_EINBLICK or self.sieht(anrede) is not None

    def sieht(self, anrede: Anrede) -> Any:
        """Die Ebene, auf der der Empfänger den Vorgang sieht, oder None."""
        if anrede.empfaenger.person is None:
            return None
        if anrede.bezug.id not in self._umstaende:
            self._umstaende[anrede.bezug.id] = umstaende(self._s, anrede.bezug, self._heute)
        return sieht(anrede.empfaenger.person, anrede.bezug, self._umstaende[anrede.bezug.id])

    def oeffnet(self, anrede: Anrede) -> bool:
        """Ob die Seite sich für jemanden öffnet, der die Nachricht liest: bei einer Stelle für eines ihrer Konten, wenn sie welche hat."""
        person = anrede.empfaenger.person
        if person is None or self.sieht(anrede) is None:
            return False
        konten = [p for p in self.verzeichnis.personen() if p.institution == person.institution] if person.key.startswith(STELLE) else []
        um = self._umstaende[anrede.bezug.id]
        return not konten or any(sieht(p, anrede.bezug, um) is not None for p in konten)

    # --- die Wörter

    def _beteiligte(self, akte: Akte, rolle: Rolle, als: Rolle | None = None) -> list[Empfaenger]:
        return [self.verzeichnis.wer(wer, als or rolle) for wer, r in sorted(akte.beteiligte) if r == rolle.value]

    def _verbundene(self, akte: Akte, art: str, hin: bool) -> list[Akte]:
        hier, dort = ("von", "nach") if hin else ("nach", "von")
        sql = f"SELECT {dort} FROM verbindung WHERE offen = 1 AND art = :art AND {hier} = :id ORDER BY id"
        ids = [z[0] for z in self._s.alle(sql, {"art": art, "id": akte.id})]
        self.lade(ids)
        return [self._netz.akten[k] for k in ids]

    def _eltern(self, akte: Akte) -> Akte | None:
        return self.akte(akte.eltern) if akte.eltern else None

    def melder(self, akte: Akte, m: Meldung) -> Iterator[tuple[Empfaenger, Akte]]:
        yield from ((e, meldung) for meldung in self._meldungen(akte) for e in self._meldende(meldung))

    def mitmeldende(self, akte: Akte, m: Meldung) -> Iterator[tuple[Empfaenger, Akte]]:
        """Wessen Meldung anderswo mitzählt, erfährt zu seiner eigenen, was aus der Hürde wird, und nichts über die andere Stelle."""
        doppelte = [d for meldung in self._meldungen(akte) for d in self._verbundene(meldung, "doppelt", hin=False)]
        yield from ((e, doppelt) for doppelt in doppelte for e in self._meldende(doppelt))

    def _meldungen(self, akte: Akte) -> list[Akte]:
        return self._verbundene(akte, "im_thema", hin=False) if akte.art == "generatives_thema" else [akte]

    def _meldende(self, meldung: Akte) -> list[Empfaenger]:
        """Das Funktionspostfach der Stelle. Bei einer Ausländerbehörde nur, wer die Meldung selbst eingereicht hat (Regel 12)."""
        v = self.verzeichnis
        stelle = v.stelle(meldung.institution, Rolle.MELDER)
        eigene = [e for wer, r in sorted(meldung.beteiligte) if r == Rolle.MELDER.value and (e := v.person(wer)) is not None
                  and e.person is not None and e.person.institution == meldung.institution]  # nicht, wer für sie eintrug
        if stelle is None:
            return eigene or [v.unbekannt(meldung.institution or "meldende Stelle")]
        if stelle.person is not None and stelle.person.abh:
            return eigene or [v.unbekannt("Konto der meldenden Stelle")]
        return [v.mit_adresse(stelle, next((e for e in eigene if e.adresse), None))]

    def erwaehnt(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Wen ein Kommentar anspricht; wer inzwischen kein Konto mehr hat, bekommt nichts."""
        genannt = self.verzeichnis.person(m.schluessel)
        return [genannt] if genannt else []

    def zustaendig(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Wer zuständig ist, sonst die Vertretung, sonst die Koordination des Bereichs."""
        v = self.verzeichnis
        genannt = v.person(akte.zustaendig) or v.person(akte.vertretung)
        return [genannt] if genannt else self.koordination(akte, m)

    def vertretung(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        genannt = self.verzeichnis.person(akte.vertretung)
        return [genannt] if genannt else self.zustaendig(akte, m)

    def koordination(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        v = self.verzeichnis
        return (v.mit_rolle(Rolle.KOORDINATION, akte.bereich) or v.mit_rolle(Rolle.KOORDINATION)
                or [v.unbekannt("Koordination")])

    def koordination_dort(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        dort = akte.stand.get("angeboten_an") or (m.daten or {}).get("an")
        gefunden = self.verzeichnis.mit_rolle(Rolle.KOORDINATION, str(dort)) if dort else []
        return gefunden or [self.verzeichnis.unbekannt(f"Koordination {dort or ''}".strip())]

    def abgebende(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Wer vor der Übernahme zuständig war; ist die Person nicht mehr da, die Koordination."""
        genannt = self.verzeichnis.person(akte.stand.get("abgegeben_von"))
        return [genannt] if genannt else self.verzeichnis.mit_rolle(Rolle.KOORDINATION)

    def beteiligte(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        gefunden = self._beteiligte(akte, Rolle.FR_GAST) + self._beteiligte(akte, Rolle.MELDER)
        return list({e.key: e for e in reversed(gefunden)}.values())[::-1]

    def mitglieder(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        return [e for gruppe in self._gruppen(akte) for e in self._beteiligte(gruppe, Rolle.AG_MITGLIED)]

    def ag_leitung(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        return [e for gruppe in self._gruppen(akte) for e in self._beteiligte(gruppe, Rolle.AG_LEITUNG)]

    def _gruppen(self, akte: Akte) -> list[Akte]:
        """Die Arbeitsgruppe selbst oder die, zu der etwas gehört; bei Thema und Fallrekonstruktion alle, die daran arbeiten."""
        if akte.art in ("generatives_thema", "fallrekonstruktion"):
            themen = [akte] if akte.art == "generatives_thema" else self._verbundene(akte, "ergibt", hin=True)
            gruppen = {g.id: g for thema in themen for g in self._verbundene(thema, "beauftragt", hin=True)}
            return [g for g in gruppen.values() if g.zustand not in ("beendet", "aufgeloest")]
        gruppe = akte if akte.art == "arbeitsgruppe" else self._eltern(akte)
        return [gruppe] if gruppe else []

    def sitze(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Je Sitz eine Nachricht: an die Inhaberin, sonst die Vertretung, sonst das Postfach der Stelle."""
        return list({e.key: e for e in (self._sitz(sitz) for sitz in self._alle_sitze(akte))}.values())

    def vorsitz(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        vorsitz = [s for s in self._alle_sitze(akte) if str(s.get("rolle") or "").casefold() == "vorsitz"]
        gefunden = [self._sitz(s) for s in vorsitz] or self.verzeichnis.mit_rolle(Rolle.LG_VORSITZ)
        return gefunden or [self.verzeichnis.unbekannt("Vorsitz der Lenkungsgruppe")]

    def _alle_sitze(self, akte: Akte) -> list[Mapping[str, Any]]:
        """Die Sitze, die am Vorgang stehen, sonst alle; beide mit denen, die heute für sie sprechen."""
        if akte.stand.get("sitze"):
            return self._umfeld.mit_heutigen(akte.stand["sitze"], self._heute)
        return list(self._umfeld.sitze_am(self._heute))

    def _sitz(self, sitz: Mapping[str, Any]) -> Empfaenger:
        v = self.verzeichnis
        personen = [e for p in sitz.get("personen") or () if (e := v.person(p)) is not None]
        da = (e for e in personen if self._umfeld.stammdaten.abwesend(e.key, self._heute) is None)
        gefunden = next(da, personen[0] if personen else None)
        return gefunden or v.stelle(sitz.get("institution"), Rolle.LG_MITGLIED) or v.wer(str(sitz.get("funktion") or sitz.get("sitz")),
                                                                                        Rolle.LG_MITGLIED)

    def verteiler(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Wem dieser Schritt etwas zuleitet; wem es gesagt wurde, der bekommt es nicht noch einmal. Sonst alle bisherigen."""
        genannt = (m.daten or {}).get("empfaenger")
        if isinstance(genannt, list):
            stellen = [e if isinstance(e, str) else str(e["institution"]) for e in genannt if isinstance(e, str) or _schriftlich(e)]
            return [self.verzeichnis.wer(name, Rolle.UMSETZENDE_STELLE) for name in stellen]
        return self._beteiligte(akte, Rolle.EMPFAENGER, Rolle.UMSETZENDE_STELLE)

    def umsetzende(self, akte: Akte, m: Meldung) -> list[tuple[Empfaenger, Akte]]:
        """Wer das Monitoring nicht sieht, erfährt es zum Zielsystem."""
        eltern = self._eltern(akte) if akte.art == "monitoring" else None
        selbst = self._beteiligte(akte, Rolle.UMSETZENDE_STELLE)
        # die Quelle eines Indikators ist nicht immer eine Stelle: „Laufzettel“ liest keine Nachrichten
        gefunden = {e.key: (e, akte) for e in selbst if e.person is not None or eltern is None}
        for e in self._beteiligte(eltern, Rolle.UMSETZENDE_STELLE) if eltern else ():
            gefunden.setdefault(e.key, (e, eltern or akte))
        return list(gefunden.values())

    def eigner(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Wen es angeht: die Stelle, die an der Maßnahme, der Auflage, dem Indikator oder der Zuleitung steht."""
        namen = [n for n in self._eignernamen(akte, m.schluessel) if n]
        if namen:
            return [self.verzeichnis.wer(str(n), Rolle.UMSETZENDE_STELLE) for n in namen]
        return self._beteiligte(akte, Rolle.UMSETZENDE_STELLE) or self.zustaendig(akte, m)

    def _eignernamen(self, akte: Akte, schluessel: str) -> list[str | None]:
        stand = akte.stand
        if akte.art == "massnahme":
            return [stand.get("eigner")]
        if akte.art == "monitoring":
            return [wer for i in stand.get("indikatoren") or () if i.get("key") == schluessel and self._bekannt(wer := wer_erhebt(i))]
        if akte.art == "zielsystem":
            return [stand["auflagen"][schluessel]["verantwortlich"] if schluessel in stand.get("auflagen", {}) else schluessel]
        if schluessel or akte.art != "beschluss":
            return [schluessel or stand.get("verantwortlich")]
        # „verantwortlich“ ist freier Text; nennt er niemanden, den es hier gibt, erfährt es die Koordination
        return list(stand.get("stellen") or [n for n in (str(stand.get("verantwortlich") or ""),) if self._bekannt(n)])

    def _bekannt(self, bezeichnung: str) -> bool:
        """Ob es eine Stelle oder ein Konto ist: Ein Laufzettel liest keine Nachrichten."""
        return bool(bezeichnung) and self.verzeichnis.wer(bezeichnung, Rolle.UMSETZENDE_STELLE).person is not None

    def cm(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Das angesprochene Team; bei einer Fallrekonstruktion die teilnehmenden Teams des Case Managements."""
        v = self.verzeichnis
        if akte.art == "einzelfalluebergabe":
            return [v.wer(akte.institution or "Case Management", Rolle.CASE_MANAGEMENT)]
        teams = {e.person.institution for e in v.mit_rolle(Rolle.CASE_MANAGEMENT) if e.person}
        return [e for wer in sorted({wer for wer, _ in akte.beteiligte}) if wer in teams
                and (e := v.stelle(wer, Rolle.CASE_MANAGEMENT)) is not None]

    def stelle(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Die eine Stelle, die die Koordination meint."""
        gefunden = self.verzeichnis.stelle(m.schluessel, _ROLLE_PER_LINK[akte.art])
        return [gefunden] if gefunden else []

    def eingeladene(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        """Wer zu dem zurückgenommenen Zug einen Kalendereintrag bekam; der muss auch wieder heraus."""
        werte = {"vorgang": akte.id, "akt": str((m.daten or {}).get("zurueckgenommen") or "")}
        gefunden = (self.verzeichnis.stelle(k.removeprefix(STELLE), Rolle.FR_GAST) if k.startswith(STELLE) else self.verzeichnis.person(k)
                    for (k,) in self._s.alle(_EINGELADENE, werte))
        return [e for e in gefunden if e is not None]

    def leitung(self, akte: Akte, m: Meldung) -> list[Empfaenger]:
        return self.verzeichnis.mit_rolle(Rolle.LEITUNG) or [self.verzeichnis.unbekannt("Leitung")]


def _schriftlich(eintrag: Mapping[str, Any]) -> bool:
    return not eintrag.get("persoenlich") and not eintrag.get("anwesenheitsliste")


Gemeinte = Iterable[Empfaenger] | Iterable[tuple[Empfaenger, Akte]]

WOERTER: Mapping[str, Callable[[Empfaengersuche, Akte, Meldung], Gemeinte]] = {
    "melder": Empfaengersuche.melder, "mitmeldende": Empfaengersuche.mitmeldende, "zustaendig": Empfaengersuche.zustaendig,
    "vertretung": Empfaengersuche.vertretung,
    "koordination": Empfaengersuche.koordination, "koordination_dort": Empfaengersuche.koordination_dort,
    "abgebende": Empfaengersuche.abgebende,
    "beteiligte": Empfaengersuche.beteiligte, "mitglieder": Empfaengersuche.mitglieder, "ag_leitung": Empfaengersuche.ag_leitung,
    "sitze": Empfaengersuche.sitze, "vorsitz": Empfaengersuche.vorsitz, "verteiler": Empfaengersuche.verteiler,
    "umsetzende": Empfaengersuche.umsetzende, "eigner": Empfaengersuche.eigner, "cm": Empfaengersuche.cm,
    "leitung": Empfaengersuche.leitung,
    "stelle": Empfaengersuche.stelle, "eingeladene": Empfaengersuche.eingeladene,
    "erwaehnt": Empfaengersuche.erwaehnt,
}


def lies_daten(inhalt: str | None) -> Mapping[str, Any]:
    """Die Antwort aus dem gespeicherten Inhalt eines Ereignisses; nach einem Schwärzen kann sie fehlen."""
    gelesen = json.loads(inhalt) if inhalt else {}
    daten = gelesen.get("daten") if isinstance(gelesen, dict) else None
    return daten if isinstance(daten, dict) else {}
