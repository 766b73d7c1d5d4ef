"""Die Stände des Schemas. Eine Änderung an `service/tables/` braucht hier einen neuen Stand und seine Wanderung.

`tests/service/test_datenhaltung.py` vergleicht, was die Wanderungen ergeben, mit den Tabellen.
"""

from pathlib import Path

ORT = Path(__file__).parent
TABELLE = "kreislauf_alembic"  # wo die Datenbank sich ihren Stand merkt
STAENDE = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012",
           "0013", "0014")  # vom ältesten zum neuesten
# Tabellen, in denen die Datenbank selbst das Ändern und Löschen verhindert (am Inhalt eines Ereignisses bleibt das Schwärzen)
GESPERRT = ("ereignis", "ereignis_inhalt", "siegel", "protokoll", "profil")
SPERREN = tuple(f"bleibt_{tabelle}_{was}" for tabelle in GESPERRT for was in ("update", "delete"))
