"""Was ein Kennwort und eine Kennung taugen muss. Länge schützt, erzwungene Sonderzeichen nicht."""

from __future__ import annotations
from states.aussage import Aussage

import re

_KENNUNG = re.compile(r"[a-z0-9äöüß][a-z0-9äöüß._@+-]{2,79}")
MINDESTENS, HOECHSTENS = 12, 200
# woraus die meistgenutzten Kennwörter gebaut sind; mit Anhängseln wie 123! werden sie nicht besser
_ABGEGRIFFEN = ("passwort", "password", "kennwort", "geheim", "willkommen", "hallo", "qwertz", "qwerty", "asdfgh", "123456", "654321",
                "abcdef", "iloveyou", "admin", "letmein", "kreislauf", "sommer", "winter", "fruehling", "frühling", "herbst", "integration")


def pruefe_kennwort(kennwort: str, kennung: str) -> dict[str, str]:
    """Feld -> deutscher Satz; leer, wenn das Kennwort genügt."""
    if len(kennwort) < MINDESTENS:
        return {"kennwort": Aussage("Bitte wählen Sie ein Kennwort mit mindestens {mindestens} Zeichen.", mindestens=MINDESTENS)}
    if len(kennwort) > HOECHSTENS:
        return {"kennwort": Aussage("Ein Kennwort darf höchstens {hoechstens} Zeichen haben.", hoechstens=HOECHSTENS)}
    rest = kennwort.casefold()
    for wort in (*_ABGEGRIFFEN, *(teil for teil in re.split(r"[._@+-]", kennung) if len(teil) >= 4)):
        rest = rest.replace(wort, "")
    if len(rest) < 6 or len(set(rest)) < 4:
        return {"kennwort": "Dieses Kennwort lässt sich leicht erraten. Bitte wählen Sie zum Beispiel vier Wörter, die nichts miteinander "
                            "zu tun haben."}
    return {}


def pruefe_kennung(kennung: str) -> dict[str, str]:
    if not _KENNUNG.fullmatch(kennung):
        return {"kennung": "Eine Kennung hat 3 bis 80 Zeichen: Buchstaben, Ziffern, Punkt, Strich, Unterstrich oder eine Mailadresse."}
    return {}
