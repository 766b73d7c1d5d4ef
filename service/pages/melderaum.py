"""Die Seite einer Meldung: zuerst, was gemeldet ist und wie eilig, dann, was daraus wurde oder wie es weitergeht, dann die Schritte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.eingang import so_geht_es_weiter
from service.folgen import ERGEBNIS, folgen

if TYPE_CHECKING:
    from service.pages.raum import Blick

_VORWEG = ("beschreibung", "dringlichkeit", "laufende_frist", "melder_institution")


def raum(b: Blick) -> dict[str, Any]:
    vorweg = {a.name: a for a in b.angaben_ohne() if a.name in _VORWEG}
    ausgang = [a for a in b.angaben_ohne() if a.name in ERGEBNIS]
    eilig = b.ansicht.felder.get("dringlichkeit") == "hoch" or b.s.wert(
        "SELECT 1 FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key AND f.offen = 1 AND f.name = 'eilmeldung'",
        {"key": b.ansicht.key}) is not None
    return {
        "gemeldet": [vorweg[n] for n in _VORWEG if n in vorweg], "eilig": eilig, "ausgang": ausgang,
        "folgen": folgen(b.s, b.person, b.ansicht.key, b.ansicht.zustand, b.heute), "inhalt": b.angaben_ohne(*_VORWEG, *ERGEBNIS),
        **so_geht_es_weiter(b.s, b.person, b.ansicht.key, b.ansicht.zustand),
    }
