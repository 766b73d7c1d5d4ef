"""Die Seiten für den Browser. Jede Datei hat einen `router`; zusammengesetzt werden sie in service/app.py."""
