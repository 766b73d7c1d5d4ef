"""Die Schalter von Prefect: nichts verlässt diesen Rechner, nichts bleibt für immer, nichts hängt vom Ordner ab."""

from __future__ import annotations

from collections.abc import MutableMapping

from service.settings import Einstellungen, lade_einstellungen
from service.zeitgeber import feste_orte

_TAG = 86_400
# gilt immer, auch gegen die Umgebung
FEST = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_API_HOST": "127.0.0.1",
    "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "http://127.0.0.1",
    # ohne Adresse soll Prefect scheitern, statt still einen Server für diesen einen Aufruf zu starten
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs,orphans",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(14 * _TAG),
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P2D",
    # nur wenige Läufe im Voraus: nach einem Stillstand sind sie alle verspätet
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "3",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "10",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT20S",
    # Dienste, von denen hier niemand etwas hat; auf SQLite kämen sie einander in die Quere („database is locked“)
    **{f"PREFECT_SERVER_SERVICES_{dienst}_ENABLED": "false"
       for dienst in ("LATE_RUNS", "FOREMAN", "PAUSE_EXPIRATIONS", "TASK_RUN_RECORDER", "TRIGGERS", "EVENT_PERSISTER")},
    # im Speicher gingen die Plätze beim Neustart des Servers verloren, und jeder weitere Takt würde abgewiesen
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION": "60",
    # Texte gehören nicht in die Datenbank von Prefect
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
}
# darf ändern, wer einen Fehler sucht
VORGABE = {
    "PREFECT_LOGGING_LEVEL": "ERROR", "PREFECT_LOGGING_SERVER_LEVEL": "ERROR", "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_RUNNER_POLL_FREQUENCY": "5", "PREFECT_WORKER_QUERY_SECONDS": "5", "PREFECT_RUNNER_PROCESS_LIMIT": "2",
}  # fmt: skip
# würde zu einem fremden Server oder Profil führen
OHNE = ("PREFECT_API_KEY", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH", "PREFECT_TEST_MODE")


def stelle_ein(umgebung: MutableMapping[str, str]) -> None:
    for name in OHNE:
        umgebung.pop(name, None)
    umgebung.update(FEST)
    for name, wert in VORGABE.items():
        umgebung.setdefault(name, wert)
    e = lade_einstellungen()
    umgebung.update(feste_orte(e))
    umgebung.update(_eigene_orte(e))


def _eigene_orte(e: Einstellungen) -> dict[str, str]:
    heim = (e.daten / "prefect").absolute()
    datenbank = e.prefect_db or f"sqlite+aiosqlite:///{heim}/prefect.sqlite"
    return {"PREFECT_HOME": str(heim), "PREFECT_API_DATABASE_CONNECTION_URL": datenbank}
