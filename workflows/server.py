"""`python -m workflows.server`: der eigene Prefect-Server, nur auf diesem Rechner. Wird zum Server und kehrt nicht zurück."""

import os
import sys


def main() -> None:
    anschluss = os.environ.get("PREFECT_SERVER_API_PORT", "")
    if not anschluss or not os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        sys.exit("Bitte starten Sie „kreislauf worker“ oder „kreislauf run“; sie geben dem Server Anschluss und Zugang.")
    os.execv(sys.executable, [
        sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", "--host", "127.0.0.1",
        "--port", anschluss, "--log-level", "warning", "--lifespan", "on", "--no-access-log",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
