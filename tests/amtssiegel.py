"""Eine eigene Zertifizierungsstelle auf diesem Rechner: für Tests, die eine geprüfte Verschlüsselung brauchen."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Siegel:
    """`ca`: das Zertifikat der Stelle (PEM); `kontext`: womit ein Server auf 127.0.0.1 sich ausweist."""

    ca: Path
    kontext: ssl.SSLContext


def stelle_aus(ordner: Path, name: str, *, adresse: str = "127.0.0.1", abgelaufen: bool = False) -> Siegel:
    """Stelle und Serverzertifikat, neu erzeugt. `adresse`: für die es ausgestellt ist."""
    jetzt = datetime.now(UTC)  # gemessen wird mit der echten Uhr: OpenSSL prüft die Gültigkeit selbst
    von, bis = jetzt - timedelta(days=3), jetzt + timedelta(days=-1 if abgelaufen else 3)
    schluessel = ec.generate_private_key(ec.SECP256R1())
    ich = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Stelle {name}")])
    ca = _bau(ich, ich, schluessel.public_key(), jetzt - timedelta(days=3), jetzt + timedelta(days=3)).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True).add_extension(
        x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True).sign(schluessel, hashes.SHA256())
    eigener = ec.generate_private_key(ec.SECP256R1())
    wer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    server = _bau(wer, ich, eigener.public_key(), von, bis).add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(adresse))]), critical=False).sign(schluessel, hashes.SHA256())
    dateien = {"ca": ca.public_bytes(serialization.Encoding.PEM), "server": server.public_bytes(serialization.Encoding.PEM),
               "schluessel": eigener.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                   serialization.NoEncryption())}
    orte = {was: ordner / f"{name}-{was}.pem" for was in dateien}
    for was, inhalt in dateien.items():
        orte[was].write_bytes(inhalt)
    kontext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    kontext.load_cert_chain(orte["server"], orte["schluessel"])
    return Siegel(orte["ca"], kontext)


def _bau(
    wer: x509.Name, von_wem: x509.Name, schluessel: ec.EllipticCurvePublicKey, von: datetime, bis: datetime
) -> x509.CertificateBuilder:
    return (x509.CertificateBuilder().subject_name(wer).issuer_name(von_wem).public_key(schluessel)
            .serial_number(x509.random_serial_number()).not_valid_before(von).not_valid_after(bis))
