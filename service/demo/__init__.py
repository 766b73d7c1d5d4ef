"""Die Vorführung: eine erfundene Geschichte von zwei Jahren, durch denselben Weg gespielt wie jede Handlung."""
