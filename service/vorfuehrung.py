"""Die Anmeldung der Vorführung: je Rolle ein Konto, an dem es etwas zu sehen gibt, und die übrigen in einer Liste."""

from __future__ import annotations

from dataclasses import dataclass

from service.db import Sitzung
from service.profil import Profil
from service.rollentafel import ROLLEN
from states.model import Rolle

WAS_SIE_TUT: dict[Rolle, str] = {
    Rolle.MELDER: "Meldet Hindernisse und erfährt, was daraus geworden ist.",
    Rolle.CASE_MANAGEMENT: "Meldet aus der Beratung und führt Fallrekonstruktionen durch.",
    Rolle.KOORDINATION: "Prüft und sammelt Meldungen, wählt Fälle aus, bereitet die Lenkungsgruppe vor.",
    Rolle.VERWALTUNG: "Unterstützt die Koordination bei Sitzungen, Unterlagen und Versand.",
    Rolle.FACHAUFSICHT: "Begleitet die Aufgaben des Case Managements.",
    Rolle.FR_GAST: "Nimmt an einer Fallrekonstruktion teil und gibt Rückmeldung zum Entwurf.",
    Rolle.AG_MITGLIED: "Legt dar, wie die eigene Stelle arbeitet, und stimmt neue Abläufe ab.",
    Rolle.AG_LEITUNG: "Führt eine Arbeitsgruppe vom Auftrag bis zum Zielsystem.",
    Rolle.LG_MITGLIED: "Berät und beschließt in der Lenkungsgruppe.",
    Rolle.LG_VORSITZ: "Leitet die Sitzungen der Lenkungsgruppe.",
    Rolle.LG_GAST: "Ist zu einem einzelnen Tagesordnungspunkt eingeladen.",
    Rolle.UMSETZENDE_STELLE: "Antwortet auf Empfehlungen und setzt Maßnahmen um.",
    Rolle.LEITUNG: "Sieht Zahlen, Themen und Beschlüsse, keine einzelnen Meldungen.",
    Rolle.GREMIUM: "Erhält die Berichte an die Politik.",
    Rolle.REVISION: "Prüft, wer wann was getan hat, ohne Inhalte zu sehen.",
    Rolle.ADMIN: "Betreut Konten und Technik, sieht keine Vorgänge.",
}
# Wer in wie vielen Vorgängen steht: als Person, als Stelle oder als zuständig. Sammelkonten teilen sich den Namen ihrer Stelle.
_BETEILIGT = ("SELECT wer, count(*) FROM (SELECT wer FROM beteiligung WHERE offen = 1 UNION ALL SELECT zustaendig FROM vorgang "
              "WHERE zustaendig IS NOT NULL UNION ALL SELECT institution FROM vorgang WHERE institution IS NOT NULL) alle GROUP BY wer")
_GEFUELLT = "SELECT 1 FROM protokoll WHERE was IN ('vorfuehrung_begonnen', 'vorfuehrung', 'vorfuehrung_leer') LIMIT 1"
_PERSONEN = ("SELECT p.key, p.name, p.institution, r.rolle FROM person p JOIN person_rolle r ON r.person = p.key WHERE p.vorfuehrung = 1 "
             "AND p.von <= :heute AND (p.bis IS NULL OR p.bis >= :heute) AND r.von <= :heute AND (r.bis IS NULL OR r.bis >= :heute) "
             "ORDER BY p.name, p.key, r.id")


@dataclass(frozen=True)
class Rollenkonto:
    rolle: str
    was: str
    person: str
    name: str
    stelle: str


@dataclass(frozen=True)
class Kontenliste:
    """`weitere`: (Schlüssel, Beschriftung) aller Konten."""

    je_rolle: list[Rollenkonto]
    weitere: list[tuple[str, str]]


def ist_vorfuehrung(s: Sitzung) -> bool:
    """Ob hier die erfundene Geschichte steht. Konten der Vorführung allein genügen nicht: Das mitgelieferte Profil bringt sie immer mit."""
    return s.wert("SELECT 1 FROM person WHERE vorfuehrung = 1 LIMIT 1") is not None and s.wert(_GEFUELLT) is not None


def konten_der_vorfuehrung(s: Sitzung, profil: Profil, heute: str) -> Kontenliste:
    zeilen = s.alle(_PERSONEN, {"heute": heute})
    gewicht = {str(wer): int(zahl) for wer, zahl in s.alle(_BETEILIGT)}
    stellen = {name: (i.name if (i := profil.institution(name)) else name) for _, _, name, _ in zeilen if name}
    abh = {name for name in stellen if profil.ist_abh(name)}
    rollen: dict[str, set[str]] = {}
    for key, _, _, rolle in zeilen:
        rollen.setdefault(key, set()).add(rolle)

    def rang(zeile: tuple[str, str, str | None, str]) -> tuple[bool, int, int]:
        """Lieber kein gesperrter Blick, lieber keine zweite Rolle, lieber viele Vorgänge."""
        key, _, stelle, _ = zeile
        return stelle in abh, len(rollen[key]) - 1, -gewicht.get(key, 0) - gewicht.get(stellen.get(stelle or "", ""), 0)

    beste = {}
    for rolle in WAS_SIE_TUT:
        if passende := [z for z in zeilen if z[3] == rolle]:
            beste[rolle] = min(passende, key=rang)
    je_rolle = [Rollenkonto(ROLLEN[r], WAS_SIE_TUT[r], z[0], z[1], stellen.get(z[2], "")) for r, z in beste.items()]
    return Kontenliste(je_rolle, _weitere(zeilen, stellen, rollen))


def _weitere(zeilen: list[tuple[str, ...]], stellen: dict[str, str], rollen: dict[str, set[str]]) -> list[tuple[str, str]]:
    alle = {}
    for key, name, stelle, _ in zeilen:
        namen = ", ".join(ROLLEN[Rolle(r)] for r in sorted(rollen[key]))
        ort = stellen.get(stelle, "") if stelle else ""
        alle[key] = f"{name} ({namen}{'; ' + ort if ort and ort != name else ''})"
    return sorted(alle.items(), key=lambda paar: paar[1].casefold())
