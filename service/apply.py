"""Der eine Weg, auf dem sich etwas ändert.

`apply` nimmt eine Liste von Schritten (ein Klick ist eine Liste mit einem) und führt sie samt Kette in der
Transaktion des Aufrufers aus: suchen, sperren, prüfen, schalten, fortschreiben; geschrieben wird am Ende gebündelt.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from forms import formular
from forms.bewegungen import in_form
from forms.grundform import Formular, Formularkontext, befunde
from service import access, uebergabe
from service.buendel import Buendel
from service.clock import als_text, berliner_tag
from service.db import Sitzung
from service.einsetzen import eingesetzt
from service.errors import Konflikt, Kreislauffehler, NetzGewachsen, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.feldorte import am_feld, im_feld
from service.handelnde import Handelnde
from service.laden import Akte, Netz, erreichbar, ids_von_keys, lade
from service.schluessel import naechster_schluessel
from service.schritte import Schritt, als_liste, verlange_gestalten, wurzeln_von
from service.schrittform import gepruefter_grund
from service.terminlage import aktualisiere
from service.tilgen import tilge
from service.umfeld import Umfeld
from states import engine
from states.aussage import Aussage
from states.glieder import Bewegt, Folge, Kettenglied, Lage, Neu
from states.kette import PROZESSE, angekuendigt, glieder
from states.model import (
    ZURUECKGENOMMEN, Beteilige, Fakten, Hop, Nachbar, Prozess, Rolle, Uebergang, Uebernimmt, Verbinde, Weg, fortgeschrieben,
)
from states.verbindungen import VERBINDUNGEN

__all__ = ["Bewegung", "Ergebnis", "Schritt", "apply", "hindernisse"]
_TIEFSTE_KETTE = 60
_VERSEHEN = "{key} ist versehentlich angelegt und zurückgenommen worden. Bitte nennen Sie etwas anderes."


class Bewegung(NamedTuple):
    """Was ein Zug an einem Vorgang getan hat, in der Reihenfolge des Geschehens."""

    key: str
    art: str
    ausloeser: str
    von: str
    nach: str
    version: int
    rolle: str


class Ergebnis(NamedTuple):
    akt: str
    bewegungen: tuple[Bewegung, ...]

    @property
    def erste(self) -> Bewegung:
        """Der Schritt selbst (ohne stille Vorstufen und ohne Kette)."""
        return next(b for b in self.bewegungen if b.rolle not in (Rolle.KETTE, Rolle.BESCHLUSS))


def apply(s: Sitzung, schritte: Sequence[Schritt], person: Handelnde, jetzt: datetime, umfeld: Umfeld, *, still: bool = False) -> Ergebnis:
    """Führt die Schritte aus. `still` unterdrückt Nachrichten (Import).

    Wirft NichtGefunden, Verboten, Unmoeglich (mit benannten Wächtern), Konflikt (veraltete Version), Ungueltig (Felder).
    """
    verlange_gestalten(schritte)
    ausgeblieben: dict[tuple[str, int], str] = {}
    while True:
        zug = _Zug(s, person, jetzt, umfeld, still, ausgeblieben)
        try:
            zug.bereite_vor(schritte)
            for schritt in schritte:
                zug.tue(schritt)
        except _BliebAus as bewegung:  # geschrieben ist noch nichts: der Zug beginnt von vorn, ohne sie
            ausgeblieben[bewegung.wo] = bewegung.warum
            continue
        zug.buendel.schreibe(s, zug.netz)
        return Ergebnis(zug.buendel.akt, tuple(zug.bewegungen))


def hindernisse(s: Sitzung, schritte: Sequence[Schritt], person: Handelnde, jetzt: datetime, umfeld: Umfeld) -> dict[str, Kreislauffehler]:
    """Vorgang -> warum seine Schritte nicht gingen; geschrieben wird nichts. Nur an bestehenden Vorgängen und ohne etwas zu tilgen."""
    zug, gefunden = _Zug(s, person, jetzt, umfeld, True, {}), dict[str, Kreislauffehler]()
    zug.bereite_vor([replace(schritt, version=None) for schritt in schritte])
    for schritt in schritte:
        try:
            if schritt.vorgang not in gefunden:
                zug.pruefe_version(schritt)
                zug.tue(schritt)
        except (Unmoeglich, Ungueltig, Verboten, Konflikt) as fehler:
            gefunden[schritt.vorgang] = fehler
    return gefunden


class _BliebAus(Exception):
    """Eine Bewegung, ohne die der Schritt trotzdem gilt, war nicht möglich. `wo`: (Vorgang, der sie nennt; ihre Nummer)."""

    def __init__(self, wo: tuple[str, int], warum: str) -> None:
        super().__init__(warum)
        self.wo, self.warum = wo, warum


class _Zug:
    def __init__(self, s: Sitzung, person: Handelnde, jetzt: datetime, umfeld: Umfeld, still: bool,
                 ausgeblieben: Mapping[tuple[str, int], str]) -> None:
        self._ausgeblieben = ausgeblieben
        self.s, self.person, self.jetzt, self.umfeld, self.still = s, person, jetzt, umfeld, still
        self.heute: date = berliner_tag(jetzt)
        self.zeit = als_text(jetzt)
        self.netz = Netz()
        self.buendel = Buendel(secrets.token_hex(8), jetzt, self.zeit)
        self.bewegungen: list[Bewegung] = []
        self._kontext: Formularkontext | None = None
        self._entsteht: Mapping[str, str] = {}

    # --- vorbereiten

    def bereite_vor(self, schritte: Sequence[Schritt]) -> None:
        """Findet und sperrt alles, was berührt werden kann, in einer geordneten Anweisung; liest es; prüft Versionen."""
        wurzeln = wurzeln_von(self.s, schritte, self.netz)
        if self.s.postgres:
            gesperrt = erreichbar(self.s, wurzeln, Netz())
            lade(self.s, gesperrt, self.netz, sperre=True)
            if not erreichbar(self.s, wurzeln, self.netz) <= gesperrt:
                raise NetzGewachsen
        else:
            lade(self.s, erreichbar(self.s, wurzeln, self.netz), self.netz)
        lade(self.s, {a.eltern for a in self.netz.akten.values() if a.eltern}, self.netz)
        for schritt in schritte:
            self.pruefe_version(schritt)

    def pruefe_version(self, schritt: Schritt) -> None:
        if not schritt.vorgang:
            return
        akte = self.netz.bei_key(schritt.vorgang)
        if akte is None:
            raise NichtGefunden(schritt.vorgang)
        if schritt.version is not None and schritt.version != akte.gesehen:
            raise Konflikt("Der Vorgang wurde inzwischen geändert. Bitte sehen Sie sich den neuen Stand an.", akte.key, schritt.version,
                           akte.gesehen)

    # --- ein Schritt

    def tue(self, schritt: Schritt) -> None:
        self._entsteht = schritt.entsteht
        grund = gepruefter_grund(schritt.grund)
        if schritt.art:
            self._beginne(schritt.art, schritt.ausloeser, schritt.daten, grund, None, schritt.key, schritt.zusatz)
            return
        akte = self.netz.bei_key(schritt.vorgang)
        if akte is None:  # weder Art noch Vorgang genannt
            raise NichtGefunden(schritt.vorgang)
        self._schalte(akte, schritt.ausloeser, schritt.daten, grund, None)

    def _beginne(self, art: str, ausloeser: str, daten: Mapping[str, Any] | Formular, grund: str, rolle: str | None, key: str,
                 zusatz: Mapping[str, Any]) -> Akte:
        """Legt einen Vorgang an und schaltet seinen Anfang."""
        prozess = PROZESSE.get(art)
        kandidaten = prozess.kandidaten(ausloeser, "") if prozess else ()
        if prozess is None or not kandidaten:
            raise Unmoeglich(("Einen solchen Vorgang gibt es nicht.",), ("unbekannt",))
        rohdaten, formularname, formularversion = self._antwort(prozess, kandidaten[0], daten, {})
        antwort = {**rohdaten, **self._stammangaben(prozess, kandidaten[0], rohdaten), **zusatz}
        schluessel = naechster_schluessel(self.s, self.umfeld.profil.kurz, prozess, self.heute.year, key)
        akte = Akte(self.buendel.neue_kennung(self.s), schluessel, art, "", 0, prozess.version, "", None, None, None, None, None, None,
                    self.zeit, "", {})
        self.netz.auf(akte)
        self._uebernimm_spalten(akte, antwort)
        self._fuehre_aus(akte, prozess, ausloeser, kandidaten, antwort, formularname, formularversion, grund, rolle)
        return akte

    def _stammangaben(self, prozess: Prozess, uebergang: Uebergang, daten: Mapping[str, Any]) -> dict[str, Any]:
        """Was jeder neue Vorgang bekommt: Tag des Eingangs, Bereich, zuständige Person und Vertretung."""
        angaben: dict[str, Any] = {"eingang": self.heute.isoformat()}
        if "institution" not in daten and daten.get("melder_institution"):
            genannt = str(daten["melder_institution"])  # bleibt in der Antwort; die Spalte nennt die Stelle, wie das Profil sie nennt
            stelle = self.umfeld.profil.institution(genannt)
            angaben["institution"] = stelle.name if stelle else genannt
        if prozess.bereichsgebunden:
            angaben["bereich"] = self._bereich(uebergang, daten)
        zustaendig, vertretung = self.umfeld.zustaendige(angaben.get("bereich"))
        if self.person.hat(Rolle.KOORDINATION) and not prozess.bereichsgebunden:
            zustaendig, vertretung = self.person.key, vertretung if zustaendig == self.person.key else zustaendig
        return {**angaben, "zustaendig": daten.get("zustaendig") or zustaendig, "vertretung": daten.get("vertretung") or vertretung}

    def _bereich(self, uebergang: Uebergang, daten: Mapping[str, Any]) -> str | None:
        if daten.get("kommune"):
            return str(self.umfeld.profil.bereich_von(daten["kommune"]).key)
        genannte = (self.netz.bei_key(k) for v in uebergang.verbindet for k in als_liste(daten.get(v.feld)))
        return next((a.bereich for a in genannte if a is not None and a.bereich), None)

    def _schalte(self, akte: Akte, ausloeser: str, daten: Mapping[str, Any] | Formular, grund: str, rolle: str | None) -> None:
        prozess = PROZESSE[akte.art]
        vorab = prozess.vorab_von(ausloeser)
        if vorab and prozess.kandidaten(vorab, akte.zustand):
            self._schalte(akte, vorab, {}, "", rolle)
        kandidaten = prozess.kandidaten(ausloeser, akte.zustand)
        if not kandidaten:
            raise Unmoeglich((str(engine.nicht_aus_diesem_zustand(prozess, ausloeser, akte.zustand)),), ("zustand",), akte.key)
        antwort, formularname, formularversion = self._antwort(prozess, kandidaten[0], daten, akte.stand)
        if any(antwort.get(f) for f in uebergabe.FELDER):
            self._erlaubte(akte, kandidaten, rolle)  # wer den Schritt nicht tun darf, erfährt auch nicht, wer zuständig ist
            uebergabe.pruefe(self.s, akte, self._beteiligte_der_eltern(akte), antwort, self.heute.isoformat(), self.umfeld.profil)
        antwort = {**antwort, **self._vertretung_dort(kandidaten[0], akte)}
        self._fuehre_aus(akte, prozess, ausloeser, kandidaten, antwort, formularname, formularversion, grund, rolle)

    def _vertretung_dort(self, uebergang: Uebergang, akte: Akte) -> dict[str, Any]:
        """Wer im Bereich, der übernimmt, die zweite Person ist."""
        bereich = next((akte.stand.get(regel.bereich) for regel in uebergang.schreibt if isinstance(regel, Uebernimmt)), None)
        return {"vertretung": next((p for p in self.umfeld.zustaendige(bereich) if p != self.person.key), None)} if bereich else {}

    def _antwort(
        self, prozess: Prozess, uebergang: Uebergang, daten: Mapping[str, Any] | Formular, stand: Mapping[str, Any]
    ) -> tuple[dict[str, Any], str, int]:
        """Die geprüfte Antwort als JSON-Werte, mit Name und Version des Formulars; was aus den Stammdaten kommt, ist eingesetzt."""
        if not uebergang.formular:
            if daten:
                raise Ungueltig({next(iter(dict(daten))): "Dieses Feld gibt es bei diesem Schritt nicht."})
            return {}, "", 0
        klasse = formular(prozess.art, uebergang.formular)
        self._kontext = self._kontext or self.umfeld.kontext(self.jetzt)
        if isinstance(daten, klasse):
            gueltig: Formular = daten
        else:
            roh = daten.model_dump(exclude_unset=True) if isinstance(daten, Formular) else dict(daten)
            try:
                gueltig = klasse.model_validate(roh, context=self._kontext)
            except ValidationError as fehler:
                raise Ungueltig([(b.feld, b.grund) for b in befunde(fehler)]) from fehler
        antwort = eingesetzt(self.s, klasse, gueltig.model_dump(mode="json", exclude_unset=True), stand, self.umfeld, self.heute)
        if antwort.get("bewegungen"):
            antwort["bewegungen"] = [self._bewegung_in_form(b) for b in antwort["bewegungen"]]
        return antwort, uebergang.formular, klasse.formversion

    def _bewegung_in_form(self, b: Mapping[str, Any]) -> dict[str, Any]:
        akte = self.netz.bei_key(str(b["vorgang"]))
        if akte is None or self._kontext is None or not b.get("daten"):
            return dict(b)
        return {**b, "daten": in_form(akte.art, str(b["ausloeser"]), dict(b["daten"]), self._kontext)}

    def _fuehre_aus(self, akte: Akte, prozess: Prozess, ausloeser: str, kandidaten: tuple[Uebergang, ...], antwort: dict[str, Any],
                    formularname: str, formularversion: int, grund: str, rolle: str | None) -> None:
        erlaubt = self._erlaubte(akte, kandidaten, rolle)
        fakten = self._fakten(akte, kandidaten[0], antwort, grund, next(iter(erlaubt.values()), ""))
        try:
            uebergang = engine.advance(prozess, ausloeser, fakten, antwort.get("ziel"), erlaubt)
        except engine.Abgelehnt as abgelehnt:
            felder = [g.feld if rolle != Rolle.KETTE else "" for g in abgelehnt.gruende]  # was die Kette ausfüllt, hat niemand vor sich
            raise Unmoeglich([str(g) for g in abgelehnt.gruende], abgelehnt.waechter, akte.key, felder) from abgelehnt
        self._pruefe_angekuendigtes(akte.art, ausloeser, antwort)
        als = erlaubt[id(uebergang)]
        vorher, stand_vorher = akte.zustand, akte.stand
        self._schreibe_fort(akte, uebergang, antwort, grund)
        nr = akte.version
        self._verbinde(akte, uebergang, antwort, nr)
        inhalt = {"daten": antwort, "grund": grund}
        if uebergang.tilgt:
            inhalt["getilgt"], akte.stand = tilge(self.s, akte.id, antwort, stand_vorher)
        self.buendel.ereignis(akte, ausloeser, vorher, self.person.key, als, inhalt, formularname, formularversion)
        self._fristen(akte, prozess)
        if not self.still:
            self.buendel.nachrichten(akte, nr, uebergang.meldet)
        self.bewegungen.append(Bewegung(akte.key, akte.art, ausloeser, vorher, akte.zustand, nr, als))
        if len(self.bewegungen) > _TIEFSTE_KETTE * max(1, len(self.netz.akten)):
            raise AssertionError(f"Die Kette läuft im Kreis: {akte.art}.{ausloeser}")
        self._folge(akte, ausloeser, vorher, antwort, grund)

    def _erlaubte(self, akte: Akte, kandidaten: tuple[Uebergang, ...], rolle: str | None) -> dict[int, str]:
        """id(Übergang) -> Rolle. Mit `rolle` (Kette, Beschluss) zählt nur, ob die Tabelle sie nennt."""
        if rolle is not None:
            return {id(u): rolle for u in kandidaten if any(w.rolle == rolle for w in u.wer)}
        eltern = self._beteiligte_der_eltern(akte)
        erlaubt = {id(u): als for u in kandidaten if (als := access.darf(self.person, akte, u, eltern)) is not None}
        if not erlaubt:
            raise Verboten(Aussage("„{schritt}“ ist Ihnen hier nicht erlaubt.", schritt=kandidaten[0].bezeichnung))
        return erlaubt

    def _beteiligte_der_eltern(self, akte: Akte) -> access.Beteiligte:
        return self.netz.akten[akte.eltern].beteiligte if akte.eltern in self.netz.akten else set()

    def _fakten(self, akte: Akte, uebergang: Uebergang, antwort: Mapping[str, Any], grund: str, rolle: str) -> Fakten:
        genannt: dict[Hop, list[str]] = {}
        for v in uebergang.verbindet:
            if not v.loest and v.feld:
                genannt.setdefault(v.hop, []).extend(als_liste(antwort.get(v.feld)))

        def sicht(weg: Weg) -> tuple[Nachbar, ...]:
            """Offene Verbindungen, dazu die, die dieser Schritt erst anlegt."""
            neue = [a for k in genannt.get(weg[0], ()) if (a := self.netz.bei_key(k)) is not None] if weg else []
            weitere = [n for a in neue for n in (self.netz.entlang(a.id, weg[1:]) if len(weg) > 1 else [a])]
            alle = {a.id: a for a in (*self.netz.entlang(akte.id, weg), *weitere)}
            return tuple(a.als_nachbar() for a in alle.values())

        # ein Amt wechselt die Person, auch während ein Umlauf läuft
        sitze = {"sitze": self.umfeld.mit_heutigen(akte.stand["sitze"], self.heute)} if akte.stand.get("sitze") else {}
        return Fakten(akte.art, akte.zustand, {**akte.stand, **sitze} if sitze else akte.stand, antwort, grund, akte.marken,
                      self.person.key, self.person.institution, self.heute, akte.key, sicht, rolle, self.umfeld.sitzschluessel_am,
                      self.umfeld.profil.eigene_namen(self.person.institution))

    def _schreibe_fort(self, akte: Akte, uebergang: Uebergang, antwort: dict[str, Any], grund: str) -> None:
        tag = self.heute.isoformat()
        daten = {**antwort, "grund": grund} if grund else antwort
        akte.stand = fortgeschrieben(akte.stand, uebergang.schreibt, daten, self.person.key, tag)
        akte.zustand = uebergang.nach if uebergang.nach is not None else akte.zustand
        akte.version += 1
        self._uebernimm_spalten(akte, akte.stand)
        for marke in uebergang.loescht:
            if akte.marken.pop(marke, None) is not None:
                self.buendel.marke_faellt(akte, marke)
        if uebergang.setzt:
            feld = next(m.feld for m in PROZESSE[akte.art].marken if m.name == uebergang.setzt)
            if uebergang.setzt in akte.marken:
                self.buendel.marke_faellt(akte, uebergang.setzt)
            akte.marken[uebergang.setzt] = str(antwort.get(feld) or "") if feld else ""
            self.buendel.marke_gesetzt(akte, uebergang.setzt)

    def _uebernimm_spalten(self, akte: Akte, stand: Mapping[str, Any]) -> None:
        akte.titel = str(stand.get("titel") or akte.titel)
        for spalte in ("bereich", "kommune", "institution", "zustaendig", "vertretung"):
            if spalte in stand:
                setattr(akte, spalte, stand[spalte])
        eltern = stand.get("eltern")
        if eltern:
            gefunden = self.netz.bei_key(str(eltern))
            if gefunden is None:
                raise NichtGefunden(str(eltern))
            akte.eltern = gefunden.id

    # --- Verbindungen, Fristen

    def _verbinde(self, akte: Akte, uebergang: Uebergang, antwort: Mapping[str, Any], nr: int) -> None:
        self.netz.eben_geloest.clear()
        for v in uebergang.verbindet:
            ziele = self._ziele(v, als_liste(antwort.get(v.feld))) if v.feld else []
            if v.loest or (v.statt and ziele):
                alte = set(ziele) if (v.loest and v.feld) else set(self.netz.ueber(akte.id, v.hop))
                for alt in alte:
                    self._trenne(akte, v, alt, nr)
            if not v.loest:
                for ziel in ziele:
                    von, nach = (akte.id, ziel) if v.hop.richtung == "hin" else (ziel, akte.id)
                    if self.netz.verbinde(von, v.hop.art, nach):
                        self.buendel.verbindung(von, v.hop.art, nach, akte.id, nr)
        for b in uebergang.beteiligt:
            self._beteilige(akte, b, antwort, nr)

    def _ziele(self, v: Verbinde, keys: Sequence[str]) -> list[int]:
        """Was das Programm selbst eingesetzt hat, ist nicht geladen: verbunden wird es, bewegt nicht."""
        bekannt = {}
        for geladen in filter(None, map(self.netz.bei_key, keys)):
            if geladen.zustand == ZURUECKGENOMMEN.wert:
                raise Ungueltig({v.feld: Aussage(_VERSEHEN, key=geladen.key)})
            bekannt[geladen.key] = (geladen.id, geladen.art)
        bekannt |= ids_von_keys(self.s, [k for k in keys if k not in bekannt])
        for key in keys:
            if key not in bekannt:
                raise NichtGefunden(key)
            _pruefe_art(v, key, bekannt[key][1])
        return [bekannt[key][0] for key in keys]

    def _genannt(self, key: str) -> Akte:
        gefunden = self.netz.bei_key(key)
        if gefunden is None:
            raise NichtGefunden(key)
        return gefunden

    def _trenne(self, akte: Akte, v: Verbinde, alt: int, nr: int) -> None:
        von, nach = (akte.id, alt) if v.hop.richtung == "hin" else (alt, akte.id)
        self.netz.trenne(von, v.hop.art, nach)
        self.buendel.trennung(von, v.hop.art, nach, akte.id, nr)

    def _beteilige(self, akte: Akte, b: Beteilige, antwort: Mapping[str, Any], nr: int) -> None:
        namen = b.genannte(antwort, "" if self.person.hat(Rolle.SYSTEM) else self.person.key)
        if namen is None:
            return
        bisherige = {wer for wer, rolle in akte.beteiligte if rolle == b.rolle}
        for wer in sorted(b.enden(bisherige, namen)):
            akte.beteiligte.discard((wer, b.rolle.value))
            self.buendel.beteiligung_endet(akte, wer, b.rolle.value, nr)
        for wer in () if b.loest else sorted(namen - bisherige):
            akte.beteiligte.add((wer, b.rolle.value))
            self.buendel.beteiligung(akte, wer, b.rolle.value, nr)

    def _fristen(self, akte: Akte, prozess: Prozess) -> None:
        aenderung = aktualisiere(akte, prozess, self.heute, date.fromisoformat(str(akte.stand.get("eingang") or self.heute)), self.umfeld)
        self.buendel.fristen(akte, aenderung)

    # --- Kette

    def _folge(self, akte: Akte, ausloeser: str, vorher: str, antwort: Mapping[str, Any], grund: str) -> None:
        anstehend: list[tuple[Kettenglied, list[Akte]]] = [
            (g, self.netz.entlang(akte.id, g.weg, mit_geloesten=True) if isinstance(g, Folge) else [akte])
            for g in glieder(akte.art, ausloeser)
        ]
        for glied, ziele in anstehend:
            for ziel in ziele:
                self._glied(glied, ziel, self._lage(akte, ausloeser, vorher, antwort, grund, ziel))

    def _lage(self, akte: Akte, ausloeser: str, vorher: str, antwort: Mapping[str, Any], grund: str, ziel: Akte) -> Lage:
        return Lage(akte.key, akte.art, ausloeser, vorher, akte.zustand, akte.stand, antwort, grund, ziel.als_nachbar(), self.heute,
                    lambda weg: self.netz.nachbarn(akte.id, weg), lambda weg: self.netz.nachbarn(ziel.id, weg))

    def _glied(self, glied: Kettenglied, ziel: Akte, lage: Lage) -> None:
        if isinstance(glied, Folge):
            schritt = glied.schritt(lage) if glied.schritt else None
            trigger, daten, grund = (schritt.ausloeser, schritt.daten, schritt.grund) if schritt else (glied.feuert[0], {}, "")
            if glied.feld and schritt:
                with am_feld(glied.feld, ziel.key):
                    self._schalte(ziel, trigger, daten, grund, None)
            elif (schritt or glied.schritt is None) and PROZESSE[ziel.art].kandidaten(trigger, ziel.zustand):
                self._schalte(ziel, trigger, daten, grund or lage.grund, Rolle.KETTE.value)
        elif isinstance(glied, Neu):
            for angaben in glied.daten(lage):
                daten = {k: w for k, w in angaben.items() if k != "key"}
                key = str(angaben.get("key") or self._entsteht.get(glied.entsteht, ""))
                self._beginne(glied.entsteht, glied.ausloeser, daten, lage.grund, Rolle.KETTE.value, key, {})
        elif isinstance(glied, Bewegt) and glied.wenn(lage):
            for nr, eintrag in enumerate(lage.stand.get(glied.feld) or ()):
                self._bewege_oder_verzeichne(glied, ziel, lage, nr, eintrag)

    def _bewege_oder_verzeichne(self, glied: Bewegt, akte: Akte, lage: Lage, nr: int, eintrag: Mapping[str, Any]) -> None:
        if warum := self._ausgeblieben.get((lage.key, nr)):
            daten = {"vorgang": eintrag["vorgang"], "ausloeser": eintrag["ausloeser"], "warum": warum}
            self._schalte(akte, glied.ausgeblieben, daten, "", Rolle.KETTE.value)
            return
        try:
            with im_feld(f"{glied.feld}.{nr}.daten." if glied.feld in lage.daten else ""):
                self._bewege(lage.key, eintrag, lage.grund)
        except (Unmoeglich, Ungueltig, NichtGefunden) as fehler:
            if not glied.ausgeblieben:
                raise
            raise _BliebAus((lage.key, nr), fehler.satz) from fehler

    def _pruefe_angekuendigtes(self, art: str, ausloeser: str, antwort: Mapping[str, Any]) -> None:
        """Was ein späterer Schritt bewegen soll, muss ein Beschluss heute bewegen können; die Wächter prüft erst der Tag selbst."""
        schon: set[str] = set()
        for feld in angekuendigt(art, ausloeser):
            for nr, eintrag in enumerate(antwort.get(feld) or ()):
                akte, was = self._genannt(str(eintrag["vorgang"])), str(eintrag["ausloeser"])
                prozess = PROZESSE[akte.art]
                alle = [u for u in prozess.uebergaenge if u.ausloeser == was and any(w.rolle == Rolle.BESCHLUSS for w in u.wer)]
                if not alle:
                    raise Ungueltig({f"{feld}.{nr}.ausloeser": "Diesen Schritt löst kein Beschluss aus. Bitte wählen Sie einen anderen."})
                if akte.key not in schon and not any(akte.zustand in u.von for u in alle):
                    raise Ungueltig({f"{feld}.{nr}.ausloeser": str(engine.nicht_aus_diesem_zustand(prozess, was, akte.zustand))})
                schon.add(akte.key)  # was davor steht, kann seinen Zustand noch ändern
                with im_feld(f"{feld}.{nr}.daten."):
                    self._antwort(prozess, alle[0], eintrag.get("daten") or {}, akte.stand)

    def _bewege(self, beschluss: str, eintrag: Mapping[str, Any], grund: str) -> None:
        """Ein Schritt, den ein Beschluss nennt; kennt sein Formular das Feld `beschluss`, erfährt er, welcher es war."""
        akte, ausloeser = self._genannt(str(eintrag["vorgang"])), str(eintrag["ausloeser"])
        daten = dict(eintrag.get("daten") or {})
        name = next((u.formular for u in PROZESSE[akte.art].uebergaenge if u.ausloeser == ausloeser and u.formular), "")
        if name and "beschluss" in formular(akte.art, name).model_fields:
            daten["beschluss"] = beschluss
        self._schalte(akte, ausloeser, daten, str(eintrag.get("grund") or grund), Rolle.BESCHLUSS.value)


def _pruefe_art(v: Verbinde, key: str, art: str) -> None:
    """Ein Vorgang anderer Art gehört nicht in dieses Feld; die Spur führte sonst ins Leere."""
    verbindung = VERBINDUNGEN[v.hop.art]
    if art not in (verbindung.nach if v.hop.richtung == "hin" else verbindung.von):
        satz = "{key} ({art}) passt hier nicht. Bitte nennen Sie etwas anderes."
        raise Ungueltig({v.feld: Aussage(satz, key=key, art=PROZESSE[art].bezeichnung)})
