"""Die Einstellungen: Umgebungsvariablen mit dem Anfang KREISLAUF_, oder dieselben Namen in der Datei `kreislauf.env`.

Die Umgebung gewinnt vor der Datei; ohne beides läuft das Programm mit SQLite im Ordner `daten`. Jede steht in
`docs/einstellungen.md`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from service.db import Geduld
from service.errors import Betriebsfehler
from service.profil import DEMONSTRATION

DATEI = "kreislauf.env"
_PRAEFIX = "KREISLAUF_"
_KENNWORT = re.compile(r"(://[^:/@]*:)[^@]*(?=@)|([?&]password=)[^&]*")
_ADRESSE = re.compile(r"(?:sqlite:///|postgres://|postgresql(?:\+psycopg)?://).+|(?!.*://).+")
_WEBADRESSE = re.compile(r"https?://[^/?#@\s]+/?")
_DIESE_MASCHINE = ("127.0.0.1", "::1", "localhost")
# /proc/self/mounts, dritte Spalte: dort verlieren Sperren und damit die Datenbankdatei ihre Verlässlichkeit
_NETZLAUFWERKE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.glusterfs", "davfs"}
_SAETZE = {
    "port": "KREISLAUF_PORT muss eine ganze Zahl zwischen 1 und 65535 sein.",
    "anhang_mb": "KREISLAUF_ANHANG_MB muss eine ganze Zahl zwischen 1 und 50 sein (Megabyte).",
    "anmeldung": "KREISLAUF_ANMELDUNG muss eine ganze Zahl zwischen 10 und 600 sein (Minuten).",
    "takt": "KREISLAUF_TAKT muss eine ganze Zahl zwischen 1 und 600 sein (Sekunden).",
    "prefect_url": "KREISLAUF_PREFECT_URL muss eine Adresse der Form https://rechner:4200/api sein.",
    "prefect_pool": "KREISLAUF_PREFECT_POOL darf nur Buchstaben (ohne Umlaute), Ziffern, Binde- und Unterstriche enthalten.",
    "db": "KREISLAUF_DB muss eine Adresse der Form postgresql+psycopg://benutzer:kennwort@rechner/datenbank sein "
          "oder der Pfad einer SQLite-Datei.",
    "db_verbindung": "KREISLAUF_DB_VERBINDUNG muss eine ganze Zahl zwischen 2 und 60 sein (Sekunden).",
    "db_sperre": "KREISLAUF_DB_SPERRE muss eine ganze Zahl zwischen 1 und 300 sein (Sekunden).",
    "db_abfrage": "KREISLAUF_DB_ABFRAGE muss eine ganze Zahl zwischen 0 und 3600 sein (Sekunden; 0: ohne Grenze).",
    "adresse": "KREISLAUF_ADRESSE muss mit https:// oder http:// beginnen und nur den Rechner nennen, zum Beispiel https://kreislauf.example.",
    "proxy": "KREISLAUF_PROXY muss Netzadressen nennen, durch Komma getrennt, zum Beispiel 127.0.0.1 oder 10.0.0.0/8.",
    "smtp_port": "KREISLAUF_SMTP_PORT muss eine ganze Zahl zwischen 1 und 65535 sein.",
    "smtp_tls": "KREISLAUF_SMTP_TLS muss starttls, tls oder aus sein.",
    "absender": "KREISLAUF_ABSENDER muss eine E-Mail-Adresse ohne Namen sein, zum Beispiel kreislauf@kreis.example.",
    "unverschluesselt": "KREISLAUF_UNVERSCHLUESSELT muss true oder false sein.",
}

_Pfad = Annotated[Path, AfterValidator(Path.expanduser)]


def _webadresse(wert: str) -> str:
    if wert and not _WEBADRESSE.fullmatch(wert):
        raise ValueError
    return wert.rstrip("/")


def _adresse(wert: str) -> str:
    if wert and not _ADRESSE.fullmatch(wert):
        raise ValueError
    return wert


def _netzadressen(wert: str) -> str:
    for teil in filter(None, (t.strip() for t in wert.split(","))):
        ip_network(teil, strict=False)
    return wert


class Einstellungen(BaseSettings):
    """Was eine Installation von der anderen unterscheidet. Leere Angaben zählen wie fehlende."""

    model_config = SettingsConfigDict(
        env_prefix=_PRAEFIX, env_file=DATEI, env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True,
        hide_input_in_errors=True,
    )

    daten: _Pfad = Path("daten")
    db: Annotated[str, AfterValidator(_adresse)] = ""
    db_verbindung: int = Field(default=5, ge=2, le=60)
    db_sperre: int = Field(default=10, ge=1, le=300)
    db_abfrage: int = Field(default=30, ge=0, le=3600)
    profil: _Pfad | None = None
    anhang_mb: int = Field(default=10, ge=1, le=50)
    port: int = Field(default=8000, ge=1, le=65535)
    host: str = "127.0.0.1"
    adresse: Annotated[str, AfterValidator(_webadresse)] = ""
    proxy: Annotated[str, AfterValidator(_netzadressen)] = ""
    unverschluesselt: bool = False
    anmeldung: int = Field(default=30, ge=10, le=600)
    takt: int = Field(default=60, ge=1, le=600)
    prefect_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    prefect_anmeldung: str = Field(default="", repr=False)
    prefect_pool: str = Field(default="kreislauf", pattern=r"^[A-Za-z0-9_-]{1,60}$")
    prefect_db: str = Field(default="", repr=False)
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Literal["starttls", "tls", "aus"] = "starttls"
    smtp_ca_datei: _Pfad | None = None
    smtp_nutzer: str = ""
    smtp_kennwort: str = Field(default="", repr=False)
    smtp_kennwort_datei: _Pfad | None = None
    absender: str = Field(default="", pattern=r"^([\x21-\x3b\x3d\x3f\x41-\x7e]+@[A-Za-z0-9.-]+)?$")

    @property
    def webadresse(self) -> str:
        """Unter welcher Adresse Menschen die Seiten öffnen, ohne Schrägstrich am Ende."""
        return self.adresse or f"http://localhost:{self.port}"

    @property
    def anhang_bytes(self) -> int:
        """So groß darf eine angehängte Datei sein."""
        return self.anhang_mb * 1_000_000

    @property
    def absender_adresse(self) -> str:
        """Von wem Nachrichten kommen, auch wenn es niemand angegeben hat."""
        return self.absender or f"kreislauf@{urlsplit(self.webadresse).hostname or 'localhost'}"

    @property
    def nur_hier(self) -> bool:
        """Ob die Seiten nur von dieser Maschine aus zu erreichen sind."""
        return self.host in _DIESE_MASCHINE

    @property
    def datenbank(self) -> str:
        """Die Adresse der Datenbank, auch wenn keine angegeben ist."""
        return self.db or str(self.daten / "kreislauf.sqlite")

    @property
    def geduld(self) -> Geduld:
        """Befehle und Runden dürfen lange rechnen; nur auf die Datenbank selbst warten sie nicht ewig."""
        return Geduld(self.db_verbindung, self.db_sperre)

    @property
    def geduld_der_seiten(self) -> Geduld:
        return self.geduld._replace(abfrage=self.db_abfrage)

    @property
    def datenbank_ohne_kennwort(self) -> str:
        """Zum Zeigen."""
        return _KENNWORT.sub(r"\1\2***", self.datenbank)

    @property
    def profildatei(self) -> Path:
        return self.profil or DEMONSTRATION

    @property
    def auf_sqlite(self) -> bool:
        return not self.datenbank.startswith("postgres")

    def lege_datenordner_an(self) -> None:
        """Nur für das eigene Konto lesbar; ein vorhandener bleibt, wie er ist."""
        try:
            self.daten.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fehler:
            raise Betriebsfehler(f"Der Datenordner {self.daten} lässt sich nicht anlegen ({fehler.strerror}).") from fehler

    def pruefe(self) -> list[str]:
        """Was nicht zusammenpasst, je ein Satz; sieht nur nach und öffnet keine Datenbank."""
        return [*_unbekannte(), *self.verbietet(), *self._ordner(), *self._datei(), *self._profil(), *self._davor(), *self._mailserver()]

    def verbietet(self) -> Iterator[str]:
        """Womit niemand anfangen soll: Daten gingen ungeschützt durchs Netz oder könnten verloren gehen."""
        if not self.nur_hier and not self.webadresse.startswith("https://") and not self.unverschluesselt:
            yield (f"KREISLAUF_HOST nennt {self.host}; damit wären Kennwörter unverschlüsselt im Netz unterwegs. Bitte nennen Sie in "
                   "KREISLAUF_ADRESSE die https-Adresse des vorgeschalteten Webservers, oder setzen Sie KREISLAUF_UNVERSCHLUESSELT=true, "
                   "wenn das Netz anderweitig geschützt ist.")
        if self.smtp_host not in ("", *_DIESE_MASCHINE) and self.smtp_tls == "aus":
            yield (f"Nachrichten gingen unverschlüsselt an {self.smtp_host}. Bitte setzen Sie KREISLAUF_SMTP_TLS auf starttls oder tls.")
        if self.auf_sqlite and (art := _dateisystem(self._sqlite_datei)) in _NETZLAUFWERKE:
            yield (f"Die SQLite-Datenbank liegt auf einem Netzlaufwerk ({art}) und kann dort Schaden nehmen. "
                   "Bitte wählen Sie einen örtlichen Ordner.")

    @property
    def _sqlite_datei(self) -> Path:
        return Path(self.datenbank.removeprefix("sqlite:///"))

    def _davor(self) -> Iterator[str]:
        if self.webadresse.startswith("https://") and not self.proxy:
            yield ("KREISLAUF_ADRESSE beginnt mit https://, KREISLAUF_PROXY fehlt. Ohne die Netzadresse des vorgeschalteten Webservers "
                   "gelten alle Besucher als einer: Zwanzig falsche Kennwörter sperren dann die Anmeldung für alle.")

    def _mailserver(self) -> Iterator[str]:
        if self.smtp_host and not self.absender:
            yield "KREISLAUF_SMTP_HOST ist gesetzt, KREISLAUF_ABSENDER fehlt. Ohne einen eigenen Absender nehmen Mailserver wenig an."
        if self.smtp_ca_datei and not os.access(self.smtp_ca_datei, os.R_OK):
            yield f"KREISLAUF_SMTP_CA_DATEI nennt {self.smtp_ca_datei}; diese Datei lässt sich nicht lesen."
        if self.smtp_kennwort and self.smtp_kennwort_datei:
            yield "KREISLAUF_SMTP_KENNWORT und KREISLAUF_SMTP_KENNWORT_DATEI sind beide gesetzt; es gilt die Datei."
        if self.smtp_kennwort_datei and not os.access(self.smtp_kennwort_datei, os.R_OK):
            yield f"KREISLAUF_SMTP_KENNWORT_DATEI nennt {self.smtp_kennwort_datei}; diese Datei lässt sich nicht lesen."

    def _ordner(self) -> Iterator[str]:
        if self.daten.exists() and not self.daten.is_dir():
            yield f"KREISLAUF_DATEN nennt {self.daten}; das ist kein Ordner."
        elif self.daten.exists() and not os.access(self.daten, os.W_OK | os.X_OK):
            yield f"In den Datenordner {self.daten} darf dieses Konto nicht schreiben."
        elif self.daten.exists() and self.daten.stat().st_mode & 0o077:
            yield f"Der Datenordner {self.daten} ist auch für andere Konten zugänglich. Bitte beschränken Sie ihn (chmod 700)."
        if self.auf_sqlite and self._sqlite_datei.is_file() and self._sqlite_datei.stat().st_mode & 0o077:
            yield f"Die Datenbank {self._sqlite_datei} ist auch für andere Konten zugänglich. Bitte beschränken Sie sie (chmod 600)."

    def _datei(self) -> Iterator[str]:
        datei = Path(DATEI)
        if self.db and _KENNWORT.search(self.db) and datei.exists() and datei.stat().st_mode & 0o077:
            yield f"Die Datei {DATEI} ist auch für andere Konten lesbar, nennt aber ein Kennwort. Bitte beschränken Sie sie (chmod 600)."

    def _profil(self) -> Iterator[str]:
        if not self.profildatei.is_file() or not os.access(self.profildatei, os.R_OK):
            yield f"KREISLAUF_PROFIL nennt {self.profildatei}; diese Datei gibt es nicht, oder dieses Konto darf sie nicht lesen."


def lade_einstellungen() -> Einstellungen:
    """Betriebsfehler mit einem Satz je Einstellung, deren Wert so nicht geht."""
    try:
        return Einstellungen()
    except ValidationError as fehler:
        felder = dict.fromkeys(str(e["loc"][0]) for e in fehler.errors(include_input=False, include_url=False) if e["loc"])
        raise Betriebsfehler(" ".join(_SAETZE.get(f, f"Der Wert von {_PRAEFIX}{f.upper()} ist nicht lesbar.") for f in felder)) from None


def _unbekannte() -> Iterator[str]:
    """Verschriebene Namen blieben sonst ohne Wirkung und ohne Hinweis."""
    bekannt = {f"{_PRAEFIX}{feld}".upper() for feld in Einstellungen.model_fields}
    for ort, namen in (("", list(os.environ)), (f" in {DATEI}", _namen_der_datei())):
        for name in sorted(n.upper() for n in namen):
            if name not in bekannt and (ort or name.startswith(_PRAEFIX)):
                nahe = get_close_matches(name.removeprefix(_PRAEFIX), [b.removeprefix(_PRAEFIX) for b in sorted(bekannt)], n=1)
                yield f"Die Einstellung {name}{ort} gibt es nicht.{f' Meinten Sie {_PRAEFIX}{nahe[0]}?' if nahe else ''}"


def _namen_der_datei() -> list[str]:
    return list(DotEnvSettingsSource(Einstellungen).env_vars)


def _dateisystem(pfad: Path) -> str:
    """Die Art des Dateisystems, auf dem der Pfad liegt oder liegen wird; leer, wo das System es nicht sagt."""
    try:
        zeilen = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return ""
    ort = pfad.absolute()
    eingehaengt = {felder[1].replace("\\040", " "): felder[2] for felder in (z.split() for z in zeilen) if len(felder) > 2}
    return next((eingehaengt[str(p)] for p in (ort, *ort.parents) if str(p) in eingehaengt), "")
