"""STARTTLS und TLS über ein echtes Zertifikat: Zugestellt wird nur, wenn es stimmt; sonst verlässt kein Wort das Haus."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from service.apply import Schritt
from service.db import Datenbank
from service.profil import Profil
from service.sendungen import rat
from service.settings import Einstellungen
from service.umfeld import Umfeld
from service.zustellung import versandrunde
from tests.amtssiegel import Siegel, stelle_aus
from tests.bau import JETZT, MELDUNG, tue
from tests.postamt import bevoelkere, konto, offenes_postamt, ueber


@pytest.fixture
def kreis(db: Datenbank, profil: Profil) -> Umfeld:
    umfeld = bevoelkere(db, profil)
    tue(db, umfeld, konto(db, "stelle-mbe-luedenscheid"), Schritt("einreichen", art="meldebogen", daten=MELDUNG))
    return umfeld


def _stand(db: Datenbank) -> tuple[Any, ...]:
    with db.lesen() as s:
        return s.eine("SELECT zustand, fehler FROM sendung") or ()


def test_starttls_mit_einem_zertifikat_der_eigenen_stelle(db: Datenbank, kreis: Umfeld, tmp_path: Path) -> None:
    siegel = stelle_aus(tmp_path, "eigene")
    angemeldet: list[bool] = []

    def pruefe(server: Any, session: Any, *_: Any) -> AuthResult:
        angemeldet.append(session.ssl is not None)
        return AuthResult(success=True)

    with offenes_postamt(tls_context=siegel.kontext, require_starttls=True, authenticator=pruefe, auth_required=True) as amt:
        ergebnis = versandrunde(db, ueber(amt, smtp_tls="starttls", smtp_ca_datei=siegel.ca, smtp_nutzer="kreislauf",
                                          smtp_kennwort="geheim"), kreis, JETZT)
        assert ergebnis.zugestellt == 1 and len(amt.angenommen) == 1
    assert angemeldet == [True], "das Kennwort geht nur über die verschlüsselte Verbindung"
    assert _stand(db) == ("zugestellt", "")


def test_ein_kennwort_mit_umlaut_haelt_die_runde_nicht_an(db: Datenbank, kreis: Umfeld, tmp_path: Path) -> None:
    siegel = stelle_aus(tmp_path, "eigene")
    with offenes_postamt(tls_context=siegel.kontext, authenticator=lambda *_: AuthResult(success=True)) as amt:
        zugang = ueber(amt, smtp_tls="starttls", smtp_ca_datei=siegel.ca, smtp_nutzer="kreislauf", smtp_kennwort="Schlüssel")
        assert versandrunde(db, zugang, kreis, JETZT).aufgeschoben == 1
    assert _stand(db) == ("bereit", "anmeldung") and "Umlaute" in rat("anmeldung")


def test_tls_von_anfang_an(db: Datenbank, kreis: Umfeld, tmp_path: Path) -> None:
    siegel = stelle_aus(tmp_path, "eigene")
    with offenes_postamt(ssl_context=siegel.kontext) as amt:
        assert versandrunde(db, ueber(amt, smtp_tls="tls", smtp_ca_datei=siegel.ca), kreis, JETZT).zugestellt == 1


_FALSCH: dict[str, Callable[[Path], tuple[Siegel, Path | None]]] = {
    "eine fremde Stelle": lambda o: (stelle_aus(o, "fremde"), stelle_aus(o, "eigene").ca),
    "niemand, dem das System traut": lambda o: (stelle_aus(o, "fremde"), None),
    "ein anderer Rechner": lambda o: ((s := stelle_aus(o, "eigene", adresse="192.0.2.7")), s.ca),
    "abgelaufen": lambda o: ((s := stelle_aus(o, "eigene", abgelaufen=True)), s.ca),
}


@pytest.mark.parametrize("art", ["starttls", "tls"])
@pytest.mark.parametrize("was", _FALSCH)
def test_ein_zertifikat_das_nicht_stimmt(db: Datenbank, kreis: Umfeld, tmp_path: Path, was: str, art: str) -> None:
    siegel, ca = _FALSCH[was](tmp_path)
    angaben: dict[str, Any] = ({"tls_context": siegel.kontext, "require_starttls": True} if art == "starttls"
                               else {"ssl_context": siegel.kontext})
    with offenes_postamt(**angaben) as amt:
        zugang = ueber(amt, smtp_tls=art, smtp_ca_datei=ca, smtp_nutzer="kreislauf", smtp_kennwort="geheim")
        ergebnis = versandrunde(db, zugang, kreis, JETZT)
        assert (ergebnis.zugestellt, ergebnis.aufgeschoben, amt.gesehen) == (0, 1, [])
    assert _stand(db) == ("bereit", "verschluesselung") and "Zertifikat" in rat("verschluesselung")


def test_eine_stelle_die_sich_nicht_lesen_laesst_faellt_beim_pruefen_auf(tmp_path: Path) -> None:
    saetze = Einstellungen(_env_file=None, smtp_ca_datei=tmp_path / "fehlt.pem").pruefe()
    assert any("KREISLAUF_SMTP_CA_DATEI" in satz for satz in saetze)
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
