"""Die Befehle der Kommandozeile, je einer ein Modul. `service.cli` lädt davon nur, was gerade gebraucht wird."""
