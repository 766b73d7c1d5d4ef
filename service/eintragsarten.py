"""Welche datierten Einträge es gibt: je Art ihr Formular, was einen Eintrag kennzeichnet, was eine Liste zeigt und wer sie pflegt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from forms.felder import Feld, felder_von
from forms.stammdaten import Abwesenheit, Geltung, Kontakt, Schliesstag, Sitzbesetzung, Verteilerliste, Zustaendigkeit
from forms.render import datum
from service.geltendes import ERSTES_JAHR, Eintrag
from service.profil import Profil
from service.profil_angaben import vergleichbar
from states.model import Rolle

Angaben = Mapping[str, Any]
ANFANG = f"{ERSTES_JAHR}-01-01"  # ohne eigenen Beginn gilt ein Wert des Profils von Anfang an


def _feld(name: str) -> Callable[[Angaben], str]:
    return lambda angaben: vergleichbar(str(angaben[name]))


class Eintragsart(NamedTuple):
    """`name` steht in Adressen und in der Tabelle; `wirkt` sagt, wozu die Einträge dienen.

    `kennung`: wofür ein Eintrag steht; `kennfeld`: das Feld, an dem ein Doppel auffällt. `spalten` zeigt die Liste, die erste ist der
    Verweis. `ohne_wert`: Felder, deren Inhalt nie ins Protokoll kommt, denn das bleibt für immer.
    """

    name: str
    einzahl: str
    mehrzahl: str
    neu: str
    wirkt: str
    formular: type[Geltung]
    kennung: Callable[[Angaben], str]
    kennfeld: str
    spalten: tuple[str, ...]
    ohne_wert: frozenset[str] = frozenset()
    rollen: frozenset[Rolle] = frozenset({Rolle.KOORDINATION})

    @property
    def felder(self) -> tuple[Feld, ...]:
        """Die Felder der Art, dann von und bis."""
        alle = felder_von(self.formular)
        return (*(f for f in alle if f.name not in ("von", "bis")), *(f for f in alle if f.name in ("von", "bis")))


ARTEN: Mapping[str, Eintragsart] = {art.name: art for art in (
    Eintragsart(
        "sitze", "Sitz der Lenkungsgruppe", "Sitze der Lenkungsgruppe", "Sitz anlegen",
        "Wer an einem Tag für einen Sitz spricht, wird eingeladen und stimmt ab; alle Sitze des Sitzungstags zählen für die "
        "Beschlussfähigkeit.",
        Sitzbesetzung, _feld("sitz"), "sitz", ("sitz", "funktion", "rolle", "institution", "inhaber", "vertretung")),
    Eintragsart(
        "kontakte", "Kontakt", "Kontakte der Stellen", "Kontakt anlegen",
        "An das Funktionspostfach gehen alle Nachrichten an die Stelle. Ohne gültigen Kontakt wird eine Nachricht zum Befund.",
        Kontakt, _feld("institution"), "institution", ("institution", "postfach", "telefon"), frozenset({"postfach", "telefon"})),
    Eintragsart(
        "zustaendigkeiten", "Zuständigkeit", "Zuständigkeiten", "Zuständigkeit anlegen",
        "Welche Stelle für welche Kommune zuständig ist; in den Formularen eines Vorgangs stehen die zuständigen Stellen vorn.",
        Zustaendigkeit, _feld("institution"), "institution", ("institution", "kommunen")),
    Eintragsart(
        "verteiler", "Verteiler", "Verteiler", "Verteiler anlegen",
        "Beim Weiterleiten eines Beschlusses werden aus dem Namen die Stellen, die an diesem Tag dazugehören.",
        Verteilerliste, _feld("name"), "name", ("name", "institutionen", "arbeitsgruppen")),
    Eintragsart(
        "schliesstage", "Schließtag", "Schließtage", "Schließtag anlegen",
        "Schließtage zählen nicht als Werktage: Jede Frist, die ab jetzt berechnet wird, geht über sie hinweg.",
        Schliesstag, lambda a: vergleichbar(a.get("wiederkehr") or a["von"]), "von", ("anlass", "wiederkehr")),
    Eintragsart(
        "abwesenheiten", "Abwesenheit", "Abwesenheiten", "Abwesenheit eintragen",
        "Nachrichten und Erinnerungen gehen in dieser Zeit an die Vertretung.",
        Abwesenheit, _feld("person"), "person", ("person", "vertretung"), rollen=frozenset({Rolle.KOORDINATION, Rolle.ADMIN})),
)}


def als_eintrag(art: Eintragsart, werte: Angaben) -> Eintrag:
    """Leeres steht nicht in den Angaben."""
    inhalt = {n: w for n, w in werte.items() if n not in ("von", "bis") and w not in (None, "", [], False)}
    return Eintrag(art.name, art.kennung({**inhalt, "von": werte["von"]}), werte["von"], werte.get("bis"), inhalt)


def titel(profil: Profil, art: Eintragsart, e: Eintrag, namen: Mapping[str, str]) -> str:
    """Was ein Eintrag ist, in einer Zeile: seine erste Spalte, bei Sitz und Schließtag mit der zweiten."""
    spalten = art.spalten[:2] if art.name in ("sitze", "schliesstage") else art.spalten[:1]
    return ", ".join(t for s in spalten if (t := in_worten(profil, art, s, e.angaben.get(s), namen)))


# --- in Worten --------------------------------------------------------------------------------------------------------


def in_worten(profil: Profil, art: Eintragsart, feld: str, wert: Any, namen: Mapping[str, str]) -> str:
    """Ohne Anführungszeichen; leer bleibt leer. `namen`: Personenschlüssel -> Name."""
    if isinstance(wert, (list, tuple)):
        return ", ".join(in_worten(profil, art, feld, w, namen) for w in wert)
    if wert in (None, "", False):
        return ""
    if wert is True:
        return "ja"
    f = next(f for f in art.felder if f.name == feld)
    gelistet = f.liste or (f.element.liste if f.element else "")
    text = str(wert)
    if gelistet == "institutionen":
        stelle = profil.institution(text)
        return stelle.name if stelle else text
    if f.art == "datum":
        return "von Anfang an" if text == ANFANG else datum(text)
    if feld == "wiederkehr":
        return f"{text[3:]}.{text[:2]}." if text[0].isdigit() else text
    return namen.get(text, text) if gelistet == "personen" else dict(f.optionen).get(text, text)
