"""Die Seite eines Berichts an ein Gremium: sein Text, die Zahlen seines Zeitraums und was ihm anhängt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service import zahlen
from service.berichtszahlen import berichtszahlen
from service.oeffentlich import darf_lesen
from states.anhang import ANHAENGE

if TYPE_CHECKING:
    from service.pages.raum import Blick

_SCHON_GEZEIGT = ("text", "zeitraum", "gremium", "sitzung_am", "vorlage")


def raum(b: Blick) -> dict[str, Any]:
    stand = b.ansicht.felder
    return {
        "bericht": stand,
        "leer": not stand.get("text") and not stand.get(ANHAENGE),
        "im_entwurf": b.ansicht.zustand == "entwurf",
        "bearbeitet": b.kann("bearbeiten"),
        "zahlen": berichtszahlen(b.s, stand, b.umfeld.profil),
        "alle_zahlen": zahlen.darf(b.person),
        "oeffentlich": darf_lesen(b.person),
        "inhalt": b.angaben_ohne(*_SCHON_GEZEIGT),
    }
