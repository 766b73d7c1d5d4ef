"""Was an einem Profil falsch sein kann, auf Deutsch: die Form jeder Angabe und wie die Angaben zueinander passen.

Jeder Mangel nennt seinen Ort in der Datei; die Zeile dazu sucht `service.profil`.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from forms.felder import felder_von
from forms.meldebogen import Einreichen
from service.profil_angaben import FEHLER_MIT_SATZ, vergleichbar
from service.profil_modell import Befristet, Person, Profil, Rollenzuweisung
from service.profil_toml import Ort
from service.texte import bekannte
from states.model import Rolle

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Fristnamen = Collection[str] | Mapping[str, int]

_ANGEFUEHRT = re.compile(r"'([^']*)'")
_STELLEN = re.compile(r"(?<!%)%[sd]")
_PLATZHALTER = re.compile(r"(?<!\{)\{(\w*)\}(?!\})|%\((\w+)\)")

# --- Form: die Fehlerarten von pydantic -----------------------------------------------------------------------------

_SAETZE = {
    "missing": "Die Angabe „{feld}“ fehlt.",
    "string_type": "Hier wird ein Text in Anführungszeichen erwartet.",
    "string_unicode": "Der Text enthält unzulässige Zeichen.",
    "int_type": "Hier wird eine ganze Zahl erwartet.",
    "int_from_float": "Hier wird eine ganze Zahl erwartet.",
    "bool_type": "Hier wird true oder false erwartet.",
    "tuple_type": "Hier wird eine Liste in eckigen Klammern erwartet.",
    "list_type": "Hier wird eine Liste in eckigen Klammern erwartet.",
    "dict_type": "Hier werden Angaben der Form name = Wert erwartet.",
    "mapping_type": "Hier werden Angaben der Form name = Wert erwartet.",
    "model_type": "Hier werden Angaben der Form name = Wert erwartet.",
    "model_attributes_type": "Hier werden Angaben der Form name = Wert erwartet.",
    "too_short": "Die Liste braucht mindestens {min_length} Einträge.",
    "greater_than_equal": "Die Zahl muss mindestens {ge} sein.",
    "less_than_equal": "Die Zahl darf höchstens {le} sein.",
}


def satz_zu(fehler: "ErrorDetails") -> str:
    """Der deutsche Satz zu einem Fehler von pydantic."""
    art, werte = fehler["type"], fehler.get("ctx", {})
    feld = str(fehler["loc"][-1]) if fehler["loc"] else ""
    if art == FEHLER_MIT_SATZ:
        return str(werte["satz"])
    if art == "literal_error":
        return f"Erlaubt ist hier {_oder(_ANGEFUEHRT.findall(str(werte['expected'])))}."
    if art == "extra_forbidden":
        return f"Das Feld „{feld}“ ist hier nicht vorgesehen.{_meinten(feld, _felder(fehler['loc']))}"
    if art == "too_short" and werte.get("min_length") == 1:
        return "Die Liste darf nicht leer sein."
    return _SAETZE.get(art, "Der Wert ist hier nicht zulässig.").format(feld=feld, **werte)


def _felder(ort: Ort) -> list[str]:
    """Die Felder, die es an dieser Stelle gäbe: Das Modell wird den Ort entlang abgegangen."""
    modell: Any = Profil
    for teil in ort[:-1]:
        if isinstance(teil, str) and teil in (namen := _namen(modell)):
            modell = _inneres(namen[teil])
    return sorted(_namen(modell))


def _namen(modell: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in modell.model_fields.items()}


def _inneres(typ: Any) -> type[BaseModel]:
    """Das Modell in `tuple[X, ...]`, `Mapping[str, X]` oder `X`; ohne ein solches eins ohne Felder."""
    if isinstance(typ, type) and issubclass(typ, BaseModel):
        return typ
    gefunden = (_inneres(teil) for teil in getattr(typ, "__args__", ()))
    return next((modell for modell in gefunden if modell is not BaseModel), BaseModel)


def _oder(worte: list[str]) -> str:
    *vorn, letztes = [f"„{wort}“" for wort in worte]
    return f"{', '.join(vorn)} oder {letztes}" if vorn else letztes


def _meinten(wort: str, bekannte: Iterable[str]) -> str:
    nahe = get_close_matches(wort, list(bekannte), n=1, cutoff=0.6)
    return f" Meinten Sie „{nahe[0]}“?" if nahe else ""


# --- Zusammenhang ---------------------------------------------------------------------------------------------------


class Mangel(NamedTuple):
    """Ein Widerspruch an einem Ort; `{zeile}` im Satz steht für die Zeile von `bezug`."""

    ort: Ort
    satz: str
    bezug: Ort | None = None


def maengel(profil: Profil, rollen: Collection[str], fristnamen: Fristnamen | None) -> Iterator[Mangel]:
    """Alle Widersprüche zwischen den Angaben eines Profils, das der Form nach stimmt."""
    yield from _doppeltes(profil)
    yield from _gebiet(profil)
    yield from _stellen(profil)
    yield from _gueltigkeit(profil)
    yield from _lenkungsgruppe(profil)
    yield from _verteiler(profil)
    yield from _demonstration(profil, rollen)
    if fristnamen is not None:
        yield from _fristen(profil, fristnamen)
    yield from _kurzform(profil)
    yield from _wortlaut(profil)


def _unbekannt(ort: Ort, was: str, wert: str, bekannte: Collection[str]) -> Iterator[Mangel]:
    if wert not in bekannte:
        yield Mangel(ort, f"{was} „{wert}“ kommt im Profil nicht vor.{_meinten(wert, bekannte)}")


def _eintrag(ort: Ort) -> Ort:
    """Der Listeneintrag, zu dem der Ort gehört."""
    return ort[: next(i for i, teil in enumerate(ort) if isinstance(teil, int)) + 1]


def _worte(liste: Ort, eintraege: Iterable[Any], *felder: str) -> Iterator[tuple[Ort, str]]:
    for nummer, eintrag in enumerate(eintraege):
        for feld in felder:
            wert = getattr(eintrag, feld)
            if isinstance(wert, str):
                yield (*liste, nummer, feld), wert
            else:
                yield from (((*liste, nummer, feld, stelle), wort) for stelle, wort in enumerate(wert))


def _eindeutig(worte: Iterable[tuple[Ort, str]], was: str) -> Iterator[Mangel]:
    """Jedes Wort darf nur zu einem Eintrag gehören; innerhalb eines Eintrags darf es sich wiederholen."""
    gesehen: dict[str, Ort] = {}
    for ort, wort in worte:
        erster = gesehen.setdefault(vergleichbar(wort), ort)
        if _eintrag(erster) != _eintrag(ort):
            yield Mangel(ort, f"{was} „{wort}“ ist schon in Zeile {{zeile}} vergeben.", erster)


def _doppeltes(profil: Profil) -> Iterator[Mangel]:
    yield from _eindeutig(((("kommunen", nr), name) for nr, name in enumerate(profil.kommunen)), "Die Kommune")
    for liste in ("bereiche", "handlungsfelder", "rechtskreise", "status_gruppen", "altersbaender", "gremien"):
        yield from _eindeutig(_worte((liste,), getattr(profil, liste), "key"), "Der Schlüssel")
        yield from _eindeutig(_worte((liste,), getattr(profil, liste), "name"), "Der Name")
    yield from _eindeutig(_worte(("institutionsarten",), profil.institutionsarten, "key"), "Der Schlüssel")
    yield from _eindeutig(_worte(("sitze",), profil.sitze, "key"), "Der Schlüssel")
    stellen = _worte(("institutionen",), profil.institutionen, "key", "name", "aliase")
    verteiler = _worte(("verteiler",), profil.verteilerlisten, "name")
    yield from _eindeutig((*stellen, *verteiler), "Die Bezeichnung")
    personen = _worte(("demonstration", "personen"), profil.demonstration.personen, "key", "name", "aliase")
    yield from _eindeutig(personen, "Die Bezeichnung")


def _gebiet(profil: Profil) -> Iterator[Mangel]:
    zugeordnet: dict[str, Ort] = {}
    for nummer, bereich in enumerate(profil.bereiche):
        for stelle, kommune in enumerate(bereich.kommunen):
            ort: Ort = ("bereiche", nummer, "kommunen", stelle)
            yield from _unbekannt(ort, "Die Kommune", kommune, profil.kommunen)
            if (erster := zugeordnet.setdefault(kommune, ort)) != ort:
                yield Mangel(ort, f"Die Kommune „{kommune}“ gehört schon zum Bereich in Zeile {{zeile}}.", erster)
    for nummer, kommune in enumerate(profil.kommunen):
        if kommune not in zugeordnet:
            yield Mangel(("kommunen", nummer), f"Die Kommune „{kommune}“ gehört zu keinem Bereich.")


def _stellen(profil: Profil) -> Iterator[Mangel]:
    arten = {art.key for art in profil.institutionsarten}
    for nummer, stelle in enumerate(profil.institutionen):
        yield from _unbekannt(("institutionen", nummer, "art"), "Die Institutionsart", stelle.art, arten)
        if stelle.kommune is not None:
            yield from _unbekannt(("institutionen", nummer, "kommune"), "Die Kommune", stelle.kommune, profil.kommunen)
    if not any(stelle.abh for stelle in profil.institutionen):
        yield Mangel(
            ("institutionen",),
            "Keine Institution ist als Ausländerbehörde gekennzeichnet (abh = true); Meldungen wären für sie lesbar.",
        )
    keys = {stelle.key for stelle in profil.institutionen}
    for nummer, eintrag in enumerate(profil.zustaendigkeiten):
        yield from _unbekannt(("zustaendigkeiten", nummer, "institution"), "Die Institution", eintrag.institution, keys)
        for stelle_nr, kommune in enumerate(eintrag.kommunen):
            ort: Ort = ("zustaendigkeiten", nummer, "kommunen", stelle_nr)
            yield from _unbekannt(ort, "Die Kommune", kommune, profil.kommunen)
    for nummer, gremium in enumerate(profil.gremien):
        if gremium.kommune is not None:
            yield from _unbekannt(("gremien", nummer, "kommune"), "Die Kommune", gremium.kommune, profil.kommunen)
        elif gremium.ebene == "Kommune":
            yield Mangel(("gremien", nummer), "Ein Gremium einer Kommune braucht die Angabe „kommune“.")


def _gueltigkeit(profil: Profil) -> Iterator[Mangel]:
    for liste in ("handlungsfelder", "rechtskreise", "status_gruppen", "altersbaender", "gremien", "sitze"):
        eintraege: tuple[Befristet, ...] = getattr(profil, liste)
        for nummer, e in enumerate(eintraege):
            if e.gueltig_von and e.gueltig_bis and e.gueltig_bis < e.gueltig_von:
                yield Mangel((liste, nummer, "gueltig_bis"), "Das Ende der Gültigkeit liegt vor ihrem Beginn.")


def _lenkungsgruppe(profil: Profil) -> Iterator[Mangel]:
    keys = {stelle.key for stelle in profil.institutionen}
    for nummer, sitz in enumerate(profil.sitze):
        yield from _unbekannt(("sitze", nummer, "institution"), "Die Institution", sitz.institution, keys)
    if profil.sitze and not any(sitz.rolle == "vorsitz" for sitz in profil.sitze):
        yield Mangel(("sitze",), 'Kein Sitz der Lenkungsgruppe hat den Vorsitz (rolle = "vorsitz").')


def _verteiler(profil: Profil) -> Iterator[Mangel]:
    keys = {stelle.key for stelle in profil.institutionen}
    for nummer, verteiler in enumerate(profil.verteilerlisten):
        for stelle, key in enumerate(verteiler.institutionen):
            yield from _unbekannt(("verteiler", nummer, "institutionen", stelle), "Die Institution", key, keys)
        if not verteiler.institutionen and not verteiler.arbeitsgruppen:
            yield Mangel(("verteiler", nummer), f"Der Verteiler „{verteiler.name}“ erreicht niemanden.")


def _demonstration(profil: Profil, rollen: Collection[str]) -> Iterator[Mangel]:
    keys = {stelle.key for stelle in profil.institutionen}
    wurzel: Ort = ("demonstration", "personen")
    for nummer, person in enumerate(profil.demonstration.personen):
        ort = (*wurzel, nummer)
        yield from _unbekannt((*ort, "institution"), "Die Institution", person.institution, keys)
        yield from _rollen((*ort, "rollen"), person.rollen, profil, rollen)
        yield from _bezuege(ort, person, profil)
    for nummer, konto in enumerate(profil.demonstration.sammelkonten):
        ort = ("demonstration", "sammelkonten", nummer)
        yield from _rollen((*ort, "rollen"), konto.rollen, profil, rollen)
        for stelle, key in enumerate(konto.institutionen):
            yield from _unbekannt((*ort, "institutionen", stelle), "Die Institution", key, keys)


def _rollen(
    ort: Ort, zugewiesen: Iterable[Rollenzuweisung], profil: Profil, rollen: Collection[str]
) -> Iterator[Mangel]:
    bereiche = {bereich.key for bereich in profil.bereiche}
    for nummer, z in enumerate(zugewiesen):
        if z.rolle not in rollen:
            yield Mangel((*ort, nummer, "rolle"), f"Die Rolle „{z.rolle}“ gibt es nicht.{_meinten(z.rolle, rollen)}")
        if z.bereich is not None:
            yield from _unbekannt((*ort, nummer, "bereich"), "Der Bereich", z.bereich, bereiche)
        elif z.rolle == Rolle.KOORDINATION:
            yield Mangel((*ort, nummer), "Die Rolle „koordination“ gilt immer für einen Bereich; er fehlt.")


def _bezuege(ort: Ort, person: Person, profil: Profil) -> Iterator[Mangel]:
    """Sitz und Vertretung einer Person der Demonstration."""
    if (person.sitz is None) != (person.sitz_als is None):
        yield Mangel(ort, "Die Angaben „sitz“ und „sitz_als“ gehören zusammen; eine davon fehlt.")
    if person.sitz is not None:
        yield from _unbekannt((*ort, "sitz"), "Der Sitz", person.sitz, {sitz.key for sitz in profil.sitze})
    if person.vertretung is not None:
        keys = {andere.key for andere in profil.demonstration.personen}
        yield from _unbekannt((*ort, "vertretung"), "Die Person", person.vertretung, keys)
        if person.vertretung == person.key:
            yield Mangel((*ort, "vertretung"), "Niemand vertritt sich selbst.")


def _fristen(profil: Profil, namen: Fristnamen) -> Iterator[Mangel]:
    for name, aenderung in profil.fristen.items():
        if name not in namen:
            yield Mangel(("fristen", name), f"Eine Frist „{name}“ gibt es nicht.{_meinten(name, namen)}")
        elif isinstance(namen, Mapping) and aenderung.erinnerungen is not None:
            soll, ist = namen[name], len(aenderung.erinnerungen)
            if soll != ist:
                satz = f"Die Frist „{name}“ hat {soll} Zeitpunkte; hier stehen {ist}."
                yield Mangel(("fristen", name, "erinnerungen"), satz)


def _kurzform(profil: Profil) -> Iterator[Mangel]:
    freiwillige = {f.name for f in felder_von(Einreichen) if not f.pflicht}
    for nr, name in enumerate(profil.kurzform.angaben):
        if name not in freiwillige:
            satz = f"„{name}“ ist keine freiwillige Angabe des Meldebogens.{_meinten(name, freiwillige)}"
            yield Mangel(("kurzform", "angaben", nr), satz)


def _wortlaut(profil: Profil) -> Iterator[Mangel]:
    """Ein eigener Text ersetzt einen, den es gibt, und hat nur Platzhalter, die der ursprüngliche auch füllt."""
    for urtext, text in profil.wortlaut.items():
        if urtext not in bekannte():
            yield Mangel(("wortlaut", urtext), f"Diesen Text gibt es in der Anwendung nicht.{_meinten(urtext, bekannte())}")
            continue
        if (stellen := _STELLEN.findall(urtext)) and not _passt(text, len(stellen)):
            yield Mangel(("wortlaut", urtext), f"Der Text braucht dieselben Platzhalter in derselben Reihenfolge: {' '.join(stellen)}.")
        for fremd in sorted(_platzhalter(text) - _platzhalter(urtext)):
            yield Mangel(("wortlaut", urtext), f"Der Platzhalter „{fremd}“ kommt im ursprünglichen Text nicht vor.")


def _passt(text: str, stellen: int) -> bool:
    """Ob sich genau so viele Angaben einsetzen lassen; ein Prozentzeichen im Text wird dann verdoppelt."""
    try:
        return len(_STELLEN.findall(text)) == stellen and bool(text % ((1,) * stellen))
    except (TypeError, ValueError):
        return False


def _platzhalter(text: str) -> set[str]:
    return {treffer[0] for treffer in _PLATZHALTER.finditer(text)}
