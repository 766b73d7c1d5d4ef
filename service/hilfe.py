"""Je Rolle die drei Dinge, die man tut, und wo; die Wörter dazu stehen in den Prozesstabellen."""

from __future__ import annotations

from states.model import Rolle

# Rolle -> (was man tut, wo)
DREI_DINGE: dict[Rolle, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    Rolle.MELDER: (("Eine Hürde melden, ohne Namen zu nennen.", "/neu/meldebogen/einreichen"),
                   ("Rückfragen der Koordination beantworten.", "/"),
                   ("Nachsehen, was aus den Meldungen geworden ist.", "/vorgaenge/meldebogen")),
    Rolle.CASE_MANAGEMENT: (("Hürden aus der Beratung melden.", "/neu/meldebogen/einreichen"),
                            ("Fallrekonstruktionen durchführen und festhalten.", "/vorgaenge/fallrekonstruktion"),
                            ("Prüfen, ob der Einzelfall heute besser liefe.", "/vorgaenge/monitoring")),
    Rolle.KOORDINATION: (("Neue Meldungen prüfen und einer Sammlung zuordnen.", "/eingang"),
                         ("Fälle auswählen und zur Rekonstruktion einladen.", "/sammlungen"),
                         ("Themen vorlegen und Beschlüsse weiterleiten.", "/sitzungen")),
    Rolle.VERWALTUNG: (("Einladungen und Unterlagen versenden.", "/sitzungen"), ("Beschlüsse weiterleiten.", "/beschlusskontrolle"),
                       ("Zahlen für Berichte ausgeben.", "/zahlen")),
    Rolle.FACHAUFSICHT: (("Sehen, welche Einzelfälle das Case Management übernommen hat.", "/vorgaenge/einzelfalluebergabe"),
                         ("Die Themen der Lenkungsgruppe verfolgen.", "/vorgaenge/generatives_thema"), ("Fristen im Blick behalten.", "/")),
    Rolle.FR_GAST: (("Den geprüften Entwurf lesen.", "/vorgaenge/fallrekonstruktion"),
                    ("Zustimmen oder eine abweichende Sicht festhalten.", "/"),
                    ("Nach der Freigabe das Ergebnis lesen.", "/vorgaenge/fallrekonstruktion")),
    Rolle.AG_MITGLIED: (("Darlegen, wie die eigene Stelle heute arbeitet.", "/vorgaenge/arbeitsgruppe"),
                        ("Am neuen Ablauf mitarbeiten.", "/vorgaenge/zielsystem"), ("Zustimmen oder ein Sondervotum abgeben.", "/")),
    Rolle.AG_LEITUNG: (("Sitzungen der Gruppe festhalten.", "/vorgaenge/arbeitsgruppe"),
                       ("Ist und Soll mit allen Stellen erarbeiten.", "/vorgaenge/zielsystem"),
                       ("Das Zielsystem abstimmen und vorlegen.", "/")),
    Rolle.LG_MITGLIED: (("Unterlagen der nächsten Sitzung lesen.", "/sitzungen"),
                        ("Über Themen und Zielsysteme beschließen.", "/sitzungen"),
                        ("Verfolgen, was aus Beschlüssen wird.", "/beschlusskontrolle")),
    Rolle.LG_VORSITZ: (("Der Tagesordnung zustimmen.", "/sitzungen"), ("Die Sitzung leiten und Beschlüsse fassen.", "/sitzungen"),
                       ("Das Protokoll unterzeichnen.", "/sitzungen")),
    Rolle.LG_GAST: (("Die Unterlage des eigenen Punktes lesen.", "/vorgaenge/sitzung"),
                    ("An diesem Punkt teilnehmen.", "/vorgaenge/sitzung"),
                    ("Nachsehen, was daraus wurde.", "/vorgaenge/sitzung")),
    Rolle.UMSETZENDE_STELLE: (("Auf Empfehlungen der Lenkungsgruppe antworten.", "/"),
                              ("Eigene Maßnahmen beginnen und erledigen.", "/vorgaenge/massnahme"),
                              ("Werte für das Monitoring eintragen.", "/vorgaenge/monitoring")),
    Rolle.LEITUNG: (("Sehen, wo der Kreislauf steht und was zu lange dauert.", "/kreislauf"), ("Zahlen ansehen und ausgeben.", "/zahlen"),
                    ("Beschlüsse verfolgen.", "/beschlusskontrolle")),
    Rolle.GREMIUM: (("Berichte lesen.", "/vorgaenge/bericht"), ("Lesen, was aus den Themen wurde und ob es wirkt.", "/oeffentlich"),
                    ("Nachsehen, was Ihr Gremium wann bekommen hat.", "/vorgaenge/bericht")),
    Rolle.REVISION: (("Im Protokoll nachsehen, wer was getan hat.", "/protokoll"), ("Zugriffe auf einen Vorgang prüfen.", "/protokoll"),
                     ("Ausgaben von Listen und Zahlen prüfen.", "/protokoll")),
    Rolle.ADMIN: (("Konten einladen, sperren und entsperren.", "/konten"), ("Den Systemzustand ansehen.", "/system"),
                  ("Unzustellbare Nachrichten klären.", "/nachrichten")),
}  # fmt: skip
