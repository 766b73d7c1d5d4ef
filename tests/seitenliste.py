"""Jede Seite einmal, mit einem Konto der Vorführung, das sie sieht: über diese Liste laufen axe, die Prüfung des HTML und die Bilder.

Dazu kommen, aus der laufenden Vorführung ermittelt, ein Vorgang jeder Art und ein Formular jedes Vorgangs (siehe test_barrierefrei).
"""

from __future__ import annotations

# (Konto der Vorführung, Weg); ohne Konto: auch ohne Anmeldung zu sehen
SEITEN: tuple[tuple[str, str], ...] = (
    ("", "/anmelden"),
    ("", "/melden/ohne-konto"),
    ("", "/melden/beleg"),
    ("koordination-a", "/stammdaten/meldecodes"),
    ("koordination-a", "/"),
    ("koordination-a", "/aufgaben"),
    ("koordination-a", "/kreislauf"),
    ("koordination-a", "/suche?q=Sprachkurs"),
    ("koordination-a", "/uebergeben"),
    ("koordination-a", "/postfach"),
    ("koordination-a", "/nachrichten"),
    ("koordination-a", "/nachrichten/postfaecher"),
    ("koordination-a", "/personen"),
    ("koordination-a", "/personen/neu"),
    ("koordination-a", "/stammdaten"),
    ("koordination-a", "/konto"),
    ("koordination-a", "/system"),
    ("koordination-a", "/api"),
    ("koordination-a", "/vorgaenge/meldebogen"),
    ("koordination-a", "/neu/meldebogen/einreichen"),
    ("koordination-a", "/vorgang/gibt-es-nicht"),
    ("systemverwaltung", "/konten"),
    ("datenschutz", "/protokoll"),
    ("koordination-a", "/eingang"),
    ("koordination-a", "/sammlungen"),
    ("stelle-erstanlauf-luedenscheid", "/neu/meldebogen/einreichen"),
    ("koordination-a", "/sitzungen"),
    ("koordination-a", "/beschlusskontrolle"),
    ("s01", "/vorgang/LG-03"),
    ("koordination-a", "/vorgang/LG-03/protokoll"),
    ("koordination-a", "/vorgang/LG-03/mitgeteilt"),
    ("koordination-a", "/vorgang/LG-73/sitzungsmodus"),
    ("s02", "/vorgang/LG-51/unterlagen"),
    ("koordination-a", "/vorgang/MK-2026-0003/spur"),
    ("koordination-a", "/vorgang/MON-02"),
    ("koordination-a", "/vorgang/MON-01/erhebung"),
    ("koordination-a", "/gremien"),
    ("s01", "/zahlen"),
    ("stelle-abh-mk", "/hilfe"),
    ("koordination-a", "/profil"),
    ("stelle-abh-mk", "/barrierefreiheit"),
    ("stelle-abh-mk", "/datenschutz"),
    ("koordination-a", "/vorgang/ZS-53"),
    ("koordination-a", "/vorgang/AG-53"),
    ("koordination-a", "/vorgang/FR-74"),
    ("koordination-a", "/vorgang/FR-01?ansicht=beamer"),
)
ROLLEN = ("stelle-erstanlauf-luedenscheid", "cm-luedenscheid", "koordination-iserlohn", "assistenz", "fachaufsicht", "ag-01-leitung",
          "cm-menden", "s01", "s12", "gremienbetreuung", "datenschutz", "systemverwaltung", "stelle-abh-mk")
