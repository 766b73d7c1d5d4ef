"""Die Anmeldung der Vorführung: je Rolle ein Konto, an dem es etwas zu sehen gibt, und die übrigen in einer Liste."""

from __future__ import annotations


from typing import NamedTuple
from forms.personen import ROLLEN
from service.bezuege import woerter
from service.db import Sitzung, Zeile
from service.profil import Profil
from service.sicht import FR_GEPRUEFT
from states.model import Rolle

GRUPPEN: dict[str, tuple[Rolle, ...]] = {
    "Melden und beraten": (Rolle.MELDER, Rolle.CASE_MANAGEMENT, Rolle.FR_GAST),
    "Koordinieren": (Rolle.KOORDINATION, Rolle.VERWALTUNG, Rolle.FACHAUFSICHT),
    "Erarbeiten, entscheiden, umsetzen": (Rolle.AG_LEITUNG, Rolle.AG_MITGLIED, Rolle.LG_VORSITZ, Rolle.LG_MITGLIED, Rolle.LG_GAST,
                                          Rolle.UMSETZENDE_STELLE),
    "Begleiten und prüfen": (Rolle.LEITUNG, Rolle.GREMIUM, Rolle.REVISION, Rolle.ADMIN),
}
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
# Gezählt wird in den neuesten, damit die Anmeldung auch nach einem großen Import gleich da ist.
_NEUESTE = "(SELECT id, zustaendig, institution FROM vorgang ORDER BY id DESC LIMIT 2000)"
_BETEILIGT = (f"SELECT wer, count(*) FROM (SELECT b.wer FROM {_NEUESTE} v JOIN beteiligung b ON b.vorgang = v.id AND b.offen = 1 "
              f"UNION ALL SELECT zustaendig FROM {_NEUESTE} v WHERE zustaendig IS NOT NULL "
              f"UNION ALL SELECT institution FROM {_NEUESTE} v WHERE institution IS NOT NULL) alle GROUP BY wer")
# Wer mit welcher Rolle beteiligt ist; ein Gast sieht eine Fallrekonstruktion erst, wenn ihr Entwurf geprüft ist
_MIT_ROLLE = ("SELECT DISTINCT b.wer, b.rolle FROM beteiligung b JOIN vorgang v ON v.id = b.vorgang WHERE b.offen = 1 "
              f"AND (b.rolle <> 'fr_gast' OR v.zustand IN ({woerter(sorted(FR_GEPRUEFT.zustaende))}))")
_GEFUELLT = "SELECT 1 FROM protokoll WHERE was IN ('vorfuehrung_begonnen', 'vorfuehrung', 'vorfuehrung_leer') LIMIT 1"
_PERSONEN = ("SELECT p.key, p.name, p.institution, r.rolle FROM person p JOIN person_rolle r ON r.person = p.key WHERE p.vorfuehrung = 1 "
             "AND p.von <= :heute AND (p.bis IS NULL OR p.bis >= :heute) AND r.von <= :heute AND (r.bis IS NULL OR r.bis >= :heute) "
             "ORDER BY p.name, p.key, r.id")


class Rollenkonto(NamedTuple):
    rolle: str
    was: str
    person: str
    name: str


class Kontenliste(NamedTuple):
    """`gruppen`: (Überschrift, Rollen); `weitere`: (Schlüssel, Beschriftung) aller Konten."""

    gruppen: list[tuple[str, list[Rollenkonto]]]
    weitere: list[tuple[str, str]]


def ist_vorfuehrung(s: Sitzung) -> bool:
    """Ob hier die erfundene Geschichte steht. Konten der Vorführung allein genügen nicht: Das mitgelieferte Profil bringt sie immer mit."""
    return s.wert("SELECT 1 FROM person WHERE vorfuehrung = 1 LIMIT 1") is not None and s.wert(_GEFUELLT) is not None


def konten_der_vorfuehrung(s: Sitzung, profil: Profil, heute: str) -> Kontenliste:
    zeilen = s.alle(_PERSONEN, {"heute": heute})
    gewicht = {str(wer): int(zahl) for wer, zahl in s.alle(_BETEILIGT)}
    mit_rolle = {(str(wer), str(rolle)) for wer, rolle in s.alle(_MIT_ROLLE)}
    stellen = {name: (i.name if (i := profil.institution(name)) else name) for _, _, name, _ in zeilen if name}
    abh = {name for name in stellen if profil.ist_abh(name)}
    rollen: dict[str, list[str]] = {}
    for key, _, _, rolle in zeilen:
        rollen.setdefault(key, []).append(rolle)

    def rang(zeile: Zeile) -> tuple[bool, bool, int, int, int]:
        """Lieber ohne Leseverbot, lieber mit dieser Rolle beteiligt, lieber mit ihr zuerst und allein, lieber mit vielen Vorgängen."""
        key, _, stelle, rolle = zeile
        beteiligt = {(key, rolle), (stellen.get(stelle or "", ""), rolle)} & mit_rolle
        return (stelle in abh, not beteiligt, rollen[key].index(rolle), len(rollen[key]),
                -gewicht.get(key, 0) - gewicht.get(stellen.get(stelle or "", ""), 0))

    def konto(rolle: Rolle) -> Rollenkonto | None:
        beste = min((z for z in zeilen if z[3] == rolle), key=rang, default=None)
        return Rollenkonto(ROLLEN[rolle], WAS_SIE_TUT[rolle], beste[0], beste[1]) if beste else None

    gruppen = [(name, [k for k in map(konto, liste) if k]) for name, liste in GRUPPEN.items()]
    return Kontenliste([(name, liste) for name, liste in gruppen if liste], _weitere(zeilen, stellen, rollen))


def _weitere(zeilen: list[Zeile], stellen: dict[str, str], rollen: dict[str, list[str]]) -> list[tuple[str, str]]:
    alle = {}
    for key, name, stelle, _ in zeilen:
        namen = ", ".join(ROLLEN[Rolle(r)] for r in rollen[key])
        ort = stellen.get(stelle, "") if stelle else ""
        alle[key] = f"{name} ({namen}{'; ' + ort if ort and ort != name else ''})"
    return sorted(alle.items(), key=lambda paar: paar[1].casefold())
