"""Zeitpunkte und Kalendertage.

Nur dieses Modul liest die Uhr; alles andere bekommt den Zeitpunkt übergeben, damit sich jeder Ablauf mit jedem
Datum prüfen und nachspielen lässt. Zeitpunkte sind UTC, Kalendertage sind Tage in Berlin.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def jetzt() -> datetime:
    """Der gegenwärtige Zeitpunkt, in UTC."""
    return datetime.now(UTC)


def berliner_tag(instant: datetime) -> date:
    """Der Kalendertag, der zu diesem Zeitpunkt in Berlin gilt (um 23:30 UTC ist dort schon der nächste Tag)."""
    return _mit_zeitzone(instant).astimezone(BERLIN).date()


def naechster_abend(instant: datetime) -> datetime:
    """Der nächste Abend um 17 Uhr in Berlin, frühestens in einer Stunde."""
    spaeter = _mit_zeitzone(instant).astimezone(BERLIN) + timedelta(hours=1)
    tag = spaeter.date() + timedelta(days=spaeter.hour >= 17)
    return datetime.combine(tag, time(17), BERLIN).astimezone(UTC)


def als_text(instant: datetime) -> str:
    """Immer UTC, immer 27 Zeichen: solche Texte sortieren sich wie die Zeitpunkte selbst."""
    in_utc = _mit_zeitzone(instant).astimezone(UTC).replace(tzinfo=None)
    return in_utc.isoformat(timespec="microseconds") + "Z"


def aus_text(text: str) -> datetime:
    """Gegenstück zu `als_text`; ValueError bei jeder anderen Schreibweise, denn sie bräche die Sortierung."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or als_text(instant) != text:
        raise ValueError(f"„{text}“ ist kein Zeitpunkt der Form 2026-01-05T14:59:21.000000Z.")
    return instant.astimezone(UTC)


def _mit_zeitzone(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("Der Zeitpunkt hat keine Zeitzone; ohne sie steht nicht fest, welcher Tag in Berlin gilt.")
    return instant
