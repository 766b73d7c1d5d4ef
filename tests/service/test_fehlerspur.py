"""Was im Protokoll des Programms landet, wenn etwas Unerwartetes geschieht: wo es war, nie wessen Angaben es waren."""

from __future__ import annotations

import logging
import socket
import threading
import urllib.error
import urllib.request

import pytest
from fastapi import Response
from psycopg.errors import UniqueViolation

from service.befehle.web import server
from service.db import Datenbank
from service.fehlerspur import spur_ohne_angaben
from service.profil import Profil
from service.wege import Wege
from tests.netz import Netz
from workflows.runde import RundeGescheitert, _OhneAngaben


def _doppelt(db: Datenbank) -> None:
    neu = "INSERT INTO person (key, name, von, vorfuehrung) VALUES ('fatima.geheim', 'GEHEIM', '2020-01-01', 0)"
    for _ in range(2):
        db.in_transaktion(lambda s: s.fuehre(neu))


def test_die_spur_nennt_stelle_und_art(db: Datenbank) -> None:
    with pytest.raises(Exception) as gefangen:
        _doppelt(db)
    spur = spur_ohne_angaben(gefangen.value)
    assert "in _doppelt" in spur and type(gefangen.value).__qualname__ in spur
    assert ("already exists" in str(gefangen.value)) == isinstance(gefangen.value, UniqueViolation)
    assert "already exists" not in spur and "UNIQUE constraint" not in spur


def test_der_webserver_schreibt_keine_angaben_ins_protokoll(db: Datenbank, profil: Profil) -> None:
    """Ein echter Server, ein echter Fehler der Datenbank; auf PostgreSQL stünde der Schlüssel der Person in der Meldung."""
    netz, router, zeilen = Netz(db, profil), Wege(), list[str]()

    @router.get("/knall")
    def knall() -> Response:
        _doppelt(netz.db)
        return Response()

    netz.app.router.routes.extend(router)
    mitleser = logging.Handler()
    mitleser.emit = lambda r: zeilen.append(logging.Formatter().format(r))  # type: ignore[method-assign]
    with socket.socket() as anschluss:
        anschluss.bind(("127.0.0.1", 0))
        anschluss.listen()
        laufender = server(netz.app, netz.app.state.anwendung.einstellungen)
        logging.getLogger("uvicorn.error").addHandler(mitleser)
        faden = threading.Thread(target=laufender.run, kwargs={"sockets": [anschluss]})
        faden.start()
        with pytest.raises(urllib.error.HTTPError, match="500"):
            urllib.request.urlopen(f"http://127.0.0.1:{anschluss.getsockname()[1]}/knall", timeout=60)
        laufender.should_exit = True
        faden.join(30)
    logging.getLogger("uvicorn.error").removeHandler(mitleser)
    protokoll = "\n".join(zeilen)
    assert "Exception in ASGI application" in protokoll and "in _doppelt" in protokoll
    assert "already exists" not in protokoll and "UNIQUE constraint" not in protokoll


def test_auch_eine_runde_nennt_keine_angaben(db: Datenbank, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RundeGescheitert), _OhneAngaben():
        _doppelt(db)
    ausgabe = capsys.readouterr().err
    assert "in _doppelt" in ausgabe and "already exists" not in ausgabe and "UNIQUE constraint" not in ausgabe
