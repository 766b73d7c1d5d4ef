"""Eine Prozesstabelle von Hand befragen: woran ein Schritt scheitert, was er schreibt, welche Fristen offen sind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from forms.grundform import Formular
from states import engine
from states.fristen import Blick, Termin
from states.glieder import Folge, Folgeschritt, Kettenglied, Lage, Neu
from states.model import Fakten, Nachbar, Prozess, Weg, fortgeschrieben

HEUTE = date(2026, 6, 24)
Nachbarn = Mapping[Weg, tuple[Nachbar, ...]]


class Tabellenprobe:
    """Die Fragen an eine Tabelle; `weiteres` überschreibt Rolle, Institution, Grund, Marken und Nachbarn."""

    def __init__(self, prozess: Prozess, rolle: str, institution: str, nachbarn: Nachbarn | None = None) -> None:
        self.prozess, self.rolle, self.institution, self.nachbarn = prozess, rolle, institution, nachbarn or {}

    def fakten(self, zustand: str, stand: Mapping[str, Any], daten: Mapping[str, Any], *, rolle: str = "", institution: str | None = None,
               grund: str = "Grund", marken: Mapping[str, str] | None = None, nachbarn: Nachbarn | None = None) -> Fakten:
        gesehen = self.nachbarn if nachbarn is None else nachbarn
        return Fakten(self.prozess.art, zustand, stand, daten, grund, marken or {}, "p1", institution or self.institution, HEUTE, "X-01",
                      lambda weg: gesehen.get(weg, ()), rolle or self.rolle)

    def scheitert(self, ausloeser: str, zustand: str, stand: Mapping[str, Any], daten: Mapping[str, Any], **weiteres: Any) -> set[str]:
        """Die Namen der Bedingungen, an denen der Schritt scheitert; leer, wenn er gelingt."""
        try:
            engine.advance(self.prozess, ausloeser, self.fakten(zustand, stand, daten, **weiteres), daten.get("ziel"))
        except engine.Abgelehnt as abgelehnt:
            assert all(str(g).endswith((".", "?")) for g in abgelehnt.gruende)
            return set(abgelehnt.waechter)
        return set()

    def schreibe(self, ausloeser: str, zustand: str, stand: Mapping[str, Any], daten: Mapping[str, Any], **weiteres: Any) -> dict[str, Any]:
        """Der Inhalt nach dem Schritt."""
        uebergang = engine.advance(self.prozess, ausloeser, self.fakten(zustand, stand, daten, **weiteres), daten.get("ziel"))
        return fortgeschrieben(stand, uebergang.schreibt, daten, "p1", HEUTE.isoformat())

    def termine(self, name: str, zustand: str, stand: Mapping[str, Any], **marken: str) -> list[Termin]:
        frist = next(f for f in self.prozess.fristen if f.name == name)
        return list(frist.termine(Blick(zustand, marken, stand, HEUTE, date(2026, 4, 22))))

    def waechternamen(self) -> set[str]:
        return {w.name for u in self.prozess.uebergaenge for w in u.waechter}

    def rollen(self, ausloeser: str) -> set[str]:
        return {w.rolle.value for u in self.prozess.uebergaenge if u.ausloeser == ausloeser for w in u.wer}


def folgen(glieder: tuple[Kettenglied, ...], ausloeser: str, weg: Weg, lage: Lage) -> list[Folgeschritt]:
    """Was die Kette auf diesem Weg auslöst."""
    gefunden = []
    for glied in glieder:
        if isinstance(glied, Folge) and ausloeser in glied.bei and glied.weg == weg:
            schritt = glied.schritt(lage) if glied.schritt else Folgeschritt(glied.feuert[0])
            gefunden += [schritt] if schritt else []
    return gefunden


def neue(glieder: tuple[Kettenglied, ...], ausloeser: str, entsteht: str, lage: Lage) -> list[dict[str, Any]]:
    """Womit die Kette neue Vorgänge dieser Art anlegt."""
    return [dict(d) for g in glieder if isinstance(g, Neu) and ausloeser in g.bei and g.entsteht == entsteht for d in g.daten(lage)]


def lehnt_ab(klasse: type[Formular], **daten: Any) -> bool:
    """Ob das Formular diese Angaben zurückweist."""
    with pytest.raises(ValidationError):
        klasse.model_validate(daten)
    return True


def antwort(klasse: type[Formular], **daten: Any) -> dict[str, Any]:
    """Die geprüfte Antwort, wie sie gespeichert wird."""
    return klasse.model_validate(daten).model_dump(mode="json", exclude_unset=True)
