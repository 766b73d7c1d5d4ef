"""Die Tabellen. Nur INTEGER und TEXT: Zeitpunkte als UTC-Text fester Breite, Tage als JJJJ-MM-TT, Wahrheitswerte 0/1.

So verhalten sich SQLite und PostgreSQL gleich, und ein Hash über eine Zeile ist auf beiden derselbe. Auf SQLite sind
alle Tabellen STRICT. Zeilen mit `offen`, `geoeffnet_nr`, `geschlossen_nr` nennen das Ereignis, das sie öffnete und
schloss. `table=True` prüft nichts: geprüft wird in den Formularen und hier durch CHECK.
"""

from service.tables import betrieb, personen, post, vorgaenge

__all__ = ["betrieb", "personen", "post", "vorgaenge"]
