"""Der Ablauf zum Lesen: als Text, als Diagramm (Mermaid) und als Seite mit Tabellen, nur aus den Prozesstabellen.

Reine Funktionen. `docs/prozess.md` ist die Ausgabe von `dokument()`; ein Test vergleicht beide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import getdoc

from forms import formular
from states.kette import GLIEDER, PROZESSE, zielart
from states.fristen import Frist, Stufe
from states.glieder import Folge, Kettenglied, Neu
from states.model import Bezug, Hop, Prozess, Rolle, Uebergang, Weg, Wer, Zustand
from states.verbindungen import VERBINDUNGEN

ROLLEN: Mapping[Rolle, str] = {
    Rolle.MELDER: "meldende Stelle",
    Rolle.CASE_MANAGEMENT: "Case Management",
    Rolle.KOORDINATION: "Koordination",
    Rolle.VERWALTUNG: "Verwaltung",
    Rolle.FACHAUFSICHT: "Fachaufsicht",
    Rolle.AG_MITGLIED: "Mitglied der Arbeitsgruppe",
    Rolle.AG_LEITUNG: "Leitung der Arbeitsgruppe",
    Rolle.FR_GAST: "Gast der Fallrekonstruktion",
    Rolle.UMSETZENDE_STELLE: "umsetzende Stelle",
    Rolle.LG_MITGLIED: "Mitglied der Lenkungsgruppe",
    Rolle.LG_VORSITZ: "Vorsitz der Lenkungsgruppe",
    Rolle.LG_GAST: "Gast der Lenkungsgruppe",
    Rolle.LEITUNG: "Leitung",
    Rolle.GREMIUM: "Gremium",
    Rolle.REVISION: "Revision",
    Rolle.ADMIN: "Administration",
    Rolle.EMPFAENGER: "Empfänger",
    Rolle.SYSTEM: "System",
    Rolle.KETTE: "folgt einem anderen Vorgang",
    Rolle.BESCHLUSS: "Beschluss der Lenkungsgruppe",
}
_ZUSATZ: Mapping[Bezug, str] = {
    Bezug.ALLE: "",
    Bezug.BEREICH: " des Bereichs",
    Bezug.ANDERER_BEREICH: " des anderen Bereichs",
    Bezug.INSTITUTION: " (eigene)",
    Bezug.BETEILIGT: " (beteiligt)",
}
# Wer erinnert oder unterrichtet wird; was hier fehlt, erscheint mit seinem Namen.
_STELLEN: Mapping[str, str] = {
    "melder": "meldende Stelle",
    "zustaendig": "zuständige Person",
    "vertretung": "Vertretung",
    "koordination_dort": "Koordination des anderen Bereichs",
    "abgebende": "bisher zuständige Person",
    "sitze": "alle Sitze",
    "vorsitz": "Vorsitz",
    "verteiler": "alle im Verteiler",
    "umsetzende": "umsetzende Stelle",
    "ag_leitung": "Leitung der Arbeitsgruppe",
    "cm": "Case Management",
    "eigner": "verantwortliche Stelle",
}
_KOPF = """# Der Ablauf

Diese Seite entsteht aus den Prozesstabellen in `states/` und den Formularen in `forms/`. Bitte nicht von Hand ändern:
`kreislauf prozess --markdown > docs/prozess.md` schreibt sie neu.

In den Tabellen der Schritte heißt * hinter einem Feld, dass es ausgefüllt sein muss. Eine Bedingung steht mit dem
Namen da, unter dem sie eine Ablehnung begründet. WT sind Werktage; die Dauer jeder Frist lässt sich im Profil ändern.
„[004]“ verweist auf das Konzept, aus dem der Schritt stammt."""


# --- Bausteine ------------------------------------------------------------------------------------------------------


def wer(w: Wer) -> str:
    """Zum Beispiel „Koordination des Bereichs“."""
    return ROLLEN[w.rolle] + _ZUSATZ[w.bezug]


def _alle(wer_darf: Iterable[Wer]) -> str:
    return ", ".join(wer(w) for w in wer_darf)


def _zustaende(p: Prozess, namen: Iterable[str]) -> str:
    return ", ".join(p.zustand(n).bezeichnung for n in namen)


def _von(p: Prozess, u: Uebergang) -> str:
    return _zustaende(p, u.von) if u.von else "(neu)"


def _nach(p: Prozess, u: Uebergang) -> str:
    return p.zustand(u.nach).bezeichnung if u.nach is not None else "unverändert"


def _felder(p: Prozess, u: Uebergang) -> str:
    felder = formular(p.art, u.formular).model_fields.values() if u.formular else ()
    return ", ".join(f"{f.title}{'*' if f.is_required() else ''}" for f in felder)


def _marke(p: Prozess, name: str) -> str:
    return next(m.bezeichnung for m in p.marken if m.name == name)


def _marken(p: Prozess, u: Uebergang) -> str:
    setzt = [f"setzt „{_marke(p, u.setzt)}“"] if u.setzt else []
    return ", ".join([*setzt, *(f"löscht „{_marke(p, m)}“" for m in u.loescht)])


def _dauer(f: Frist) -> str:
    if not f.dauer:
        return "bis zum genannten Tag"
    return f"{f.dauer} vor dem Tag" if f.rueckwaerts else f.dauer


def _stufe(p: Prozess, s: Stufe) -> str:
    an = ", ".join(_STELLEN.get(a, a.replace("_", " ").capitalize()) for a in s.an)
    schaltet = f"„{p.bezeichnung_von(s.feuert)}“ geschieht von selbst" if s.feuert else ""
    nur_zahl = " (nur Zahl und Alter)" if s.nur_zahl else ""
    wieder = " und danach immer wieder im selben Abstand" if s.wieder else ""
    return f"{s.wann}{wieder}: {'; '.join(t for t in (an + nur_zahl, schaltet) if t)}"


def _zustaendig(z: Zustand) -> str:
    ende = "Ende" if z.ende else ""
    return ", ".join(t for t in (ROLLEN[z.zustaendig] if z.zustaendig else "", ende) if t)


# --- Text -----------------------------------------------------------------------------------------------------------


def als_text(prozess: Prozess) -> str:
    """Zustände, Schritte, Marken und Fristen zum Lesen im Terminal."""
    p = prozess
    zeilen = [_titel(p), "=" * len(_titel(p)), "", "Zustände"]
    for z in p.zustaende:
        zeilen += [f"  {z.bezeichnung} ({_zustaendig(z)})", f"      {z.erklaerung}"]
    zeilen += ["", "Schritte"]
    for u in p.uebergaenge:
        zeilen += [f"  {u.bezeichnung} [{u.ausloeser}]: {_von(p, u)} -> {_nach(p, u)}", f"      {_alle(u.wer)}"]
        zeilen += [f"      {name}: {wert}" for name, wert in _angaben(p, u) if wert]
    if p.marken:
        zeilen += ["", "Marken", *(f"  {m.bezeichnung}: {m.erklaerung}" for m in p.marken)]
    if p.fristen:
        zeilen += ["", "Fristen"]
    for f in p.fristen:
        zeilen += [f"  {f.bezeichnung} [{f.name}]: {_dauer(f)}", *(f"      {_stufe(p, s)}" for s in f.stufen)]
    return "\n".join(zeilen) + "\n"


def _titel(p: Prozess) -> str:
    return f"{p.bezeichnung} ({p.kuerzel})"


def _angaben(p: Prozess, u: Uebergang) -> list[tuple[str, str]]:
    return [
        ("Felder", _felder(p, u)),
        ("Bedingungen", ", ".join(w.name for w in u.waechter)),
        ("Grund", "nötig" if u.grund_noetig else ""),
        ("Marken", _marken(p, u)),
        ("Quelle", u.quelle),
    ]


# --- Diagramm -------------------------------------------------------------------------------------------------------

_SONDERZEICHEN = frozenset('"#;:<>{}[]%&|\\`')


def _fuer_mermaid(text: str) -> str:
    """Was im Diagramm etwas bedeuten könnte, als Zahl; alles in einer Zeile."""
    einzeilig = " ".join(text.split())
    return "".join(f"#{ord(z)};" if z in _SONDERZEICHEN else z for z in einzeilig)


def als_mermaid(prozess: Prozess) -> str:
    """Ein Zustandsdiagramm. Schritte, die den Zustand lassen, stehen nur in der Tabelle."""
    p = prozess
    zeilen = ["stateDiagram-v2", *(f'    state "{_fuer_mermaid(z.bezeichnung)}" as {z.wert}' for z in p.zustaende)]
    for (von, nach), schritte in _kanten(p).items():
        beschriftung = ", ".join(_fuer_mermaid(s) for s in schritte)
        zeilen.append(f"    {von} --> {nach} : {beschriftung}")
    zeilen += [f"    {z.wert} --> [*]" for z in p.zustaende if z.ende]
    return "\n".join(zeilen) + "\n"


def _kanten(p: Prozess) -> dict[tuple[str, str], list[str]]:
    """(von, nach) -> die Schritte dieser Kante, jeder einmal, in der Reihenfolge der Tabelle."""
    kanten: dict[tuple[str, str], list[str]] = {}
    for u in p.uebergaenge:
        for von in u.von or ("[*]",):
            if u.nach is not None and u.nach != von:
                schritte = kanten.setdefault((von, u.nach), [])
                if u.bezeichnung not in schritte:
                    schritte.append(u.bezeichnung)
    return kanten


# --- Seite ----------------------------------------------------------------------------------------------------------


def _zelle(text: str) -> str:
    einzeilig = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return einzeilig.replace("\\", "\\\\").replace("|", "\\|")


def _tabelle(kopf: Sequence[str], zeilen: Iterable[Sequence[str]]) -> str:
    def zeile(zellen: Sequence[str]) -> str:
        return "| " + " | ".join(_zelle(z) for z in zellen) + " |"

    return "\n".join([zeile(kopf), "|" + "---|" * len(kopf), *(zeile(z) for z in zeilen)])


def _kodiert(namen: Iterable[str]) -> str:
    return ", ".join(f"`{n}`" for n in namen)


def _abschnitt(p: Prozess) -> str:
    quelle = f" Quelle: {_zelle(p.quelle)}." if p.quelle else ""
    teile = [f"## {_zelle(p.bezeichnung)}", f"Kürzel {p.kuerzel}.{quelle}"]
    teile.append("```mermaid\n" + als_mermaid(p) + "```")
    teile.append("### Zustände\n\n" + _tabelle(
        ("Zustand", "Bedeutung", "Liegt bei"), [(z.bezeichnung, z.erklaerung, _zustaendig(z)) for z in p.zustaende]))
    teile.append("### Schritte\n\n" + _tabelle(
        ("Auslöser", "Schritt", "von", "nach", "wer", "Felder", "Bedingungen", "Grund", "Marken", "Quelle"),
        [_schrittzeile(p, u) for u in p.uebergaenge]))
    if p.marken:
        teile.append("### Marken\n\n" + _tabelle(("Marke", "Bedeutung"), [(m.bezeichnung, m.erklaerung) for m in p.marken]))
    if p.fristen:
        teile.append("### Fristen\n\n" + _tabelle(
            ("Name im Profil", "Frist", "Dauer", "Was geschieht", "Ruht bei", "Quelle"), [_fristzeile(p, f) for f in p.fristen]))
    return "\n\n".join(teile)


def _schrittzeile(p: Prozess, u: Uebergang) -> tuple[str, ...]:
    return (f"`{u.ausloeser}`", u.bezeichnung, _von(p, u), _nach(p, u), _alle(u.wer), _felder(p, u), _kodiert(w.name for w in u.waechter),
            "nötig" if u.grund_noetig else "", _marken(p, u), u.quelle)


def _fristzeile(p: Prozess, f: Frist) -> tuple[str, ...]:
    ruht = _marke(p, f.ruht_bei) if f.ruht_bei else ""
    return f"`{f.name}`", f.bezeichnung, _dauer(f), ". ".join(_stufe(p, s) for s in f.stufen), ruht, f.quelle


def als_markdown(prozesse: Iterable[Prozess], glieder: Iterable[Kettenglied]) -> str:
    """Die ganze Seite: jeder Prozess, dann die Kette, dann die Verbindungen."""
    je_art = {p.art: p for p in prozesse}
    inhalt = "\n".join(f"- [{_zelle(p.bezeichnung)}](#{_anker(p.bezeichnung)})" for p in je_art.values())
    inhalt += "\n- [Die Kette](#die-kette)\n- [Verbindungen](#verbindungen)"
    kette = ("## Die Kette\n\nWas ein Schritt in derselben Transaktion bei anderen Vorgängen auslöst. Der Pfeil zeigt, ob die "
             "Verbindung in ihrer Richtung (→) oder zurück (←) gegangen wird.\n\n") + _tabelle(
        ("Vorgang", "nach dem Schritt", "über", "geschieht", "Regel"), [_gliedzeile(je_art, g) for g in glieder])
    verbindungen = "## Verbindungen\n\n" + _tabelle(
        ("Name", "von", "liest sich", "nach"),
        [(f"`{v.name}`", _arten(je_art, v.von), v.satz, _arten(je_art, v.nach)) for v in VERBINDUNGEN.values()])
    return "\n\n".join([_KOPF, inhalt, *(_abschnitt(p) for p in je_art.values()), kette, verbindungen]) + "\n"


def dokument() -> str:
    """Der Inhalt von `docs/prozess.md`."""
    return als_markdown(PROZESSE.values(), GLIEDER)


def _anker(ueberschrift: str) -> str:
    return "".join(z for z in ueberschrift.lower().replace(" ", "-") if z.isalnum() or z == "-")


def _arten(je_art: Mapping[str, Prozess], arten: Iterable[str]) -> str:
    return ", ".join(je_art[a].bezeichnung if a in je_art else a for a in arten)


def _schritte(je_art: Mapping[str, Prozess], art: str, ausloeser: Iterable[str]) -> str:
    """Heißt ein Auslöser je nach Ausgang verschieden, stehen alle Namen da."""
    p = je_art.get(art)

    def namen(a: str) -> str:
        return " / ".join(dict.fromkeys(u.bezeichnung for u in p.uebergaenge if u.ausloeser == a)) if p else a

    return ", ".join(dict.fromkeys(namen(a) for a in ausloeser))


def _weg(weg: Weg) -> str:
    def pfeil(hop: Hop) -> str:
        return f"{'→' if hop.richtung == 'hin' else '←'} `{hop.art}`"

    return " ".join(pfeil(h) for h in weg) or "derselbe Vorgang"


_CODE = re.compile(r"\s\(?`lage\.\w+`\)?")  # Namen aus dem Code sagen auf der Seite niemandem etwas


def _regel(funktion: Callable[..., object] | None) -> str:
    """Der Satz, mit dem die Tabelle erklärt, wann ein Glied greift; eine namenlose Funktion erklärt nichts."""
    text = (getdoc(funktion) if funktion is not None else None) or ""
    return _CODE.sub("", text.split("\n\n")[0])


def _gliedzeile(je_art: Mapping[str, Prozess], g: Kettenglied) -> tuple[str, ...]:
    vorgang, nach_dem = _arten(je_art, (g.art,)), _schritte(je_art, g.art, g.bei)
    if isinstance(g, Folge):
        ziele = zielart(g.art, g.weg)
        geschieht = "; ".join(f"{_arten(je_art, (z,))}: {_schritte(je_art, z, g.feuert)}" for z in ziele)
        return vorgang, nach_dem, _weg(g.weg), geschieht, _regel(g.schritt)
    if isinstance(g, Neu):
        entsteht = f"neu: {_arten(je_art, (g.entsteht,))} ({_schritte(je_art, g.entsteht, (g.ausloeser,))})"
        return vorgang, nach_dem, "", entsteht, _regel(g.daten)
    return vorgang, nach_dem, "", "die Schritte, die der Vorgang selbst nennt", "Jeder genannte Schritt muss gelingen."
