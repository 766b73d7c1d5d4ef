"""Was eine Stelle ohne Konto mit einem Link aus ihrer Nachricht tun kann: ein Vorgang, eine Handlung, einmal. Quelle: process.md.

Wer es darf, sagen die Tabellen der Schritte; hier steht nur, was der Link davon anbietet und wie lange.
"""

from __future__ import annotations


from typing import NamedTuple
from states.model import Rolle

# So lange über das Ende der Frist hinaus gilt ein Link: Eine späte Antwort wird immer genommen. Das Profil nennt sie unter diesem Namen.
NACHFRIST, NACHFRIST_VORGABE = "link_nachfrist", "20 WT"
LESEN_NACH_FREIGABE = 30  # Tage; so lange sieht der Gast einer Fallrekonstruktion sie nach der Freigabe


class PerLink(NamedTuple):
    """Eine Handlung. `stelle`: das Feld der Antwort, das die eigene Stelle nennt; `felder`: was die Seite sonst fragt.

    `frist`: die Frist, an der der Link hängt; ihr Schlüssel ist die Stelle oder leer. `zu_lesen`: Zustände, in denen er auch ohne
    offene Frist noch etwas zu lesen gibt. `antworten`: wo im Inhalt steht, was die Stelle geantwortet hat.
    """

    art: str
    ausloeser: str
    rolle: Rolle
    stelle: str
    felder: tuple[str, ...]
    frist: str
    antworten: str
    bitte: str
    knopf: str
    mit_grund: bool = False
    zu_lesen: tuple[str, ...] = ()


TATEN = (
    PerLink("zielsystem", "antwort_verzeichnen", Rolle.EMPFAENGER, "institution", ("ergebnis", "anmerkung"), "antwort_der_stelle",
            "antworten", "Die Lenkungsgruppe empfiehlt Ihrer Stelle, dieses Zielsystem umzusetzen. Bitte teilen Sie uns mit, ob sie die "
            "Empfehlung übernimmt, teilweise übernimmt oder ablehnt. Eine Ablehnung begründen Sie bitte.", "Antwort senden",
            mit_grund=True),
    PerLink("beschluss", "kenntnis_nehmen", Rolle.EMPFAENGER, "empfaenger", (), "beschluss_kenntnisnahme", "weiterleitungen",
            "Die Lenkungsgruppe hat diesen Beschluss gefasst; Ihre Stelle hat darin eine Aufgabe. Bitte bestätigen Sie, dass er bei Ihnen "
            "angekommen ist.", "Kenntnisnahme bestätigen"),
    PerLink("fallrekonstruktion", "rueckmelden", Rolle.FR_GAST, "stelle", ("zustimmung", "abweichende_sicht"), "fr_abstimmung",
            "rueckmeldungen", "Bitte lesen Sie den geprüften Entwurf und teilen Sie uns mit, ob Ihre Stelle zustimmt oder etwas anders "
            "sieht. Ohne Antwort gilt er nach Ablauf der Frist als abgestimmt.", "Rückmeldung senden",
            zu_lesen=("geprueft", "abgestimmt", "freigegeben")),
)
NACH_ART = {tat.art: tat for tat in TATEN}

# Was jemand ohne Konto mit dem Beleg seiner Meldung an ihr tun kann, in dieser Reihenfolge
MIT_BELEG = ("antworten", "ergaenzen", "nachtragen", "wieder_vorgekommen", "zurueckziehen")
