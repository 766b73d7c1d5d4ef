"""Was rund um Konten abgelaufen ist, verschwindet in der täglichen Runde."""

from __future__ import annotations

from datetime import datetime, timedelta

from service import verwahrt
from service.clock import als_text
from service.db import Sitzung


def raeume_auf(s: Sitzung, jetzt: datetime) -> int:
    """Die Zahl der entfernten Zeilen. Misslungene Anmeldungen und Einmallinks bleiben noch einen Tag."""
    zeit = {"jetzt": als_text(jetzt), "gestern": als_text(jetzt - timedelta(days=1))}
    return (s.fuehre("DELETE FROM anmeldung WHERE bis <= :jetzt", zeit) + s.fuehre("DELETE FROM einmallink WHERE bis <= :gestern", zeit)
            + s.fuehre("DELETE FROM fehlversuch WHERE zeit <= :gestern", zeit)
            + s.fuehre("DELETE FROM zugriffsschluessel WHERE bis <= :jetzt", zeit) + verwahrt.raeume_auf(s, jetzt))
