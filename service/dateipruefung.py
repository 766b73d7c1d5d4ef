"""Prüft eine angehängte Datei, ehe sie jemand zu sehen bekommt: nur was auf der Liste steht, ohne alles, was sich von selbst ausführt.

Art heißt: Endung und Inhalt sagen dasselbe. Abgelehnt werden Makros, Verschlüsseltes, Eingebettetes und Dateien, die sich ins Riesige
entpacken. Aus Bildern verschwindet alles, was nicht Bild ist: Ort, Gerät, Zeit, Kommentare.
Schadprogramme, die eine Schwachstelle ausnutzen, erkennt sie nicht; das kann nur ein Virenschutz.
"""

from __future__ import annotations

from typing import NamedTuple
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from forms.allgemein import DATEIARTEN
from service.errors import Ungueltig
from states.aussage import Aussage

_ENDUNGEN = {**{art: art for art in DATEIARTEN}, "jpeg": "jpg"}
MEDIENTYPEN = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "odt": "application/vnd.oasis.opendocument.text",
}
ERLAUBT = ", ".join(a.upper() for a in DATEIARTEN)
FELD = "datei"

_HOECHSTENS_TEILE, _HOECHSTENS_ENTPACKT, _HOECHSTES_VERHAELTNIS = 2000, 100_000_000, 100
_PNG, _JPEG, _OLE = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PNG_BILD = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"})
_AUSZEICHNUNG = re.compile(rb"<\s*(!doctype|html|svg|script|body|\?xml)", re.IGNORECASE)
_STEUERZEICHEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# Namen eines PDFs, hinter denen sich etwas ausführt, öffnet, versendet oder verbirgt
_PDF_TAETIG = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Movie|Sound|3D)"
                         rb"(?![A-Za-z0-9])")
_PDF_STROM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_ZIP_TAETIG = re.compile(r"(vbaproject\.bin|vbadata\.xml|macrosheets/|activex/|/embeddings/|^basic/|^scripts/|externallinks/|^object)",
                         re.IGNORECASE)
_VORLAGE = re.compile(rb"(attachedTemplate|oleObject|/frame|/subDocument)[^>]*TargetMode=.External|TargetMode=.External[^>]*"
                      rb"(attachedTemplate|oleObject|/frame|/subDocument)", re.IGNORECASE)


class Geprueft(NamedTuple):
    """`inhalt`: was gespeichert wird; bei Bildern ohne ihre Begleitangaben."""

    typ: str
    inhalt: bytes


def pruefe(name: str, inhalt: bytes, hoechstens: int) -> Geprueft:
    """Wirft Ungueltig am Feld `datei` mit dem Grund und was zu tun ist. `hoechstens`: Byte."""
    if not inhalt:
        raise _abgelehnt("Bitte wählen Sie eine Datei aus; diese ist leer.")
    if len(inhalt) > hoechstens:
        raise _abgelehnt(Aussage("Die Datei ist zu groß. Höchstens {hoechstens} MB sind möglich.", hoechstens=hoechstens // 1_000_000))
    typ = _ENDUNGEN.get(PurePosixPath(name.replace("\\", "/")).suffix.lower().removeprefix("."))
    if typ is None:
        raise _abgelehnt(Aussage("Diese Art von Datei nehmen wir nicht an. Möglich sind {erlaubt}.", erlaubt=ERLAUBT))
    if inhalt.startswith(_OLE) and typ in ("docx", "xlsx"):
        raise _abgelehnt("Diese Datei ist mit einem Kennwort geschützt oder in einem alten Format. Bitte speichern Sie sie ohne "
                         "Kennwort neu.")
    return Geprueft(typ, _PRUEFER[typ](inhalt))


def _abgelehnt(satz: str) -> Ungueltig:
    return Ungueltig({FELD: satz})


def _passt_nicht(art: str) -> Ungueltig:
    return _abgelehnt(Aussage("Der Inhalt dieser Datei ist nicht, was ihre Endung sagt ({art}), oder sie ist beschädigt.", art=art))


# --- Bilder -----------------------------------------------------------------------------------------------------------


def _png(inhalt: bytes) -> bytes:
    """Nur die Teile, aus denen das Bild entsteht; was hinter dem Ende hängt, fällt weg."""
    if not inhalt.startswith(_PNG):
        raise _passt_nicht("PNG")
    neu, ort = bytearray(_PNG), len(_PNG)
    while ort + 12 <= len(inhalt):
        laenge, art = int.from_bytes(inhalt[ort : ort + 4]), inhalt[ort + 4 : ort + 8]
        ende = ort + 12 + laenge
        if ende > len(inhalt) or zlib.crc32(inhalt[ort + 4 : ende - 4]) != int.from_bytes(inhalt[ende - 4 : ende]):
            break
        neu += inhalt[ort:ende] if art in _PNG_BILD else b""
        if art == b"IEND":
            return bytes(neu)
        ort = ende
    raise _passt_nicht("PNG")


def _jpg(inhalt: bytes) -> bytes:
    """Ohne die Abschnitte für Anwendungen (Exif, GPS, Vorschau) und Kommentare; JFIF, Farbprofil und Adobe-Farbraum bleiben."""
    if not inhalt.startswith(_JPEG):
        raise _passt_nicht("JPEG")
    neu, ort = bytearray(inhalt[:2]), 2
    while ort + 4 <= len(inhalt) and inhalt[ort] == 0xFF:
        art, laenge = inhalt[ort + 1], int.from_bytes(inhalt[ort + 2 : ort + 4])
        if art == 0xFF:  # Füllbyte
            ort += 1
            continue
        if art == 0xDA:  # ab hier das Bild selbst, bis zum letzten Endezeichen
            ende = inhalt.rfind(b"\xff\xd9")
            if ende < ort:
                break
            return bytes(neu) + _bilddaten(inhalt[ort : ende + 2])
        if laenge < 2 or ort + 2 + laenge > len(inhalt):
            break
        abschnitt = inhalt[ort : ort + 2 + laenge]
        begleitend = art == 0xFE or (0xE0 <= art <= 0xEF and not _gehoert_zum_bild(art, abschnitt[4:]))
        neu += b"" if begleitend else abschnitt
        ort += 2 + laenge
    raise _passt_nicht("JPEG")


def _gehoert_zum_bild(art: int, inhalt: bytes) -> bool:
    return (art, inhalt[:4]) in ((0xE0, b"JFIF"), (0xEE, b"Adob")) or (art == 0xE2 and inhalt.startswith(b"ICC_PROFILE\0"))


def _bilddaten(rest: bytes) -> bytes:
    """Bis zum ersten Ende des Bildes: Dahinter hängen manche Kameras weitere Bilder mit eigenen Angaben."""
    ende = rest.find(b"\xff\xd9")
    return rest[: ende + 2]


# --- PDF --------------------------------------------------------------------------------------------------------------


def _pdf(inhalt: bytes) -> bytes:
    if not inhalt.startswith(b"%PDF-") or b"%%EOF" not in inhalt[-2048:]:
        raise _passt_nicht("PDF")
    aussen, gepackt = _PDF_STROM.sub(b"", inhalt), _objektstroeme(inhalt)
    gelesen = _ausgeschrieben(aussen) + b"\n" + _ausgeschrieben(gepackt)
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", gelesen):
        raise _abgelehnt("Dieses PDF ist mit einem Kennwort oder gegen das Bearbeiten geschützt. Bitte speichern Sie es ohne Schutz neu.")
    if _PDF_TAETIG.search(gelesen):
        raise _abgelehnt("Dieses PDF enthält aktive Inhalte, zum Beispiel ein Programm, ein Formular oder eine eingebettete Datei. Bitte "
                         "drucken Sie es als neues PDF und hängen Sie dieses an.")
    return inhalt


def _ausgeschrieben(text: bytes) -> bytes:
    """Namen dürfen Zeichen als #4A verstecken."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), text)


def _objektstroeme(inhalt: bytes) -> bytes:
    """Was in gepackten Objekten steht; eines, das sich nicht gewöhnlich entpacken lässt, ist ein Grund abzulehnen."""
    gefunden, bisher = [], 0
    for strom in _PDF_STROM.finditer(inhalt):
        kopf = _ausgeschrieben(inhalt[max(0, strom.start() - 1000) : strom.start()].rpartition(b" obj")[2])
        if b"/ObjStm" not in kopf:
            continue
        gefunden.append(_entpackt(strom[1], kopf, _HOECHSTENS_ENTPACKT - bisher))
        bisher += len(gefunden[-1])
    return b"\n".join(gefunden)


def _entpackt(roh: bytes, kopf: bytes, platz: int) -> bytes:
    if b"/Filter" not in kopf:
        return roh
    entpacker = zlib.decompressobj()
    try:
        text = entpacker.decompress(roh, max(1, platz))
    except zlib.error:
        raise _abgelehnt("Dieses PDF lässt sich nicht prüfen. Bitte drucken Sie es als neues PDF und hängen Sie dieses an.") from None
    if entpacker.unconsumed_tail:
        raise _abgelehnt("Dieses PDF entpackt sich ins Riesige. Wir nehmen es nicht an.")
    return text


# --- Office -----------------------------------------------------------------------------------------------------------


def _gepackt(inhalt: bytes, art: str, noetig: tuple[str, ...]) -> bytes:
    """Ein ZIP: Aus seinem Verzeichnis folgt, ob es sich lohnt hineinzusehen; erst dann wird etwas entpackt."""
    try:
        with zipfile.ZipFile(io.BytesIO(inhalt)) as archiv:
            teile = archiv.infolist()
            _pruefe_verzeichnis(teile, len(inhalt), art, noetig)
            for teil in teile:
                _pruefe_teil(teil, archiv, art)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, UnicodeDecodeError):
        raise _passt_nicht(art) from None
    return inhalt


def _pruefe_verzeichnis(teile: list[zipfile.ZipInfo], groesse: int, art: str, noetig: tuple[str, ...]) -> None:
    namen = [t.filename for t in teile]
    if any(n not in namen for n in noetig) or len(set(namen)) != len(namen):
        raise _passt_nicht(art)
    entpackt = sum(t.file_size for t in teile)
    if len(teile) > _HOECHSTENS_TEILE or entpackt > _HOECHSTENS_ENTPACKT or entpackt > groesse * _HOECHSTES_VERHAELTNIS:
        raise _abgelehnt("Diese Datei entpackt sich ins Riesige. Wir nehmen sie nicht an.")
    if any(t.flag_bits & 1 for t in teile):
        raise _abgelehnt("Diese Datei ist mit einem Kennwort geschützt. Bitte speichern Sie sie ohne Kennwort neu.")
    if any(n.startswith("/") or ".." in PurePosixPath(n).parts or "\\" in n for n in namen):
        raise _passt_nicht(art)
    if any(_ZIP_TAETIG.search(n) for n in namen):
        raise _abgelehnt("Diese Datei enthält Makros oder eingebettete Dateien. Bitte speichern Sie sie ohne diese, oder als PDF.")


def _pruefe_teil(teil: zipfile.ZipInfo, archiv: zipfile.ZipFile, art: str) -> None:
    with archiv.open(teil) as strom:
        text = strom.read(teil.file_size + 1)
    if len(text) != teil.file_size:
        raise _passt_nicht(art)
    if teil.filename.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
        raise _passt_nicht(art)
    if teil.filename == "[Content_Types].xml" and b"macroenabled" in text.lower():
        raise _abgelehnt("Diese Datei enthält Makros. Bitte speichern Sie sie ohne Makros, oder als PDF.")
    if teil.filename.endswith(".rels") and _VORLAGE.search(text):
        raise _abgelehnt("Diese Datei lädt beim Öffnen etwas aus dem Netz nach. Bitte speichern Sie sie als PDF.")
    if teil.filename == "META-INF/manifest.xml" and b"encryption-data" in text:
        raise _abgelehnt("Diese Datei ist mit einem Kennwort geschützt. Bitte speichern Sie sie ohne Kennwort neu.")


def _odt(inhalt: bytes) -> bytes:
    _gepackt(inhalt, "ODT", ("mimetype", "content.xml", "META-INF/manifest.xml"))
    with zipfile.ZipFile(io.BytesIO(inhalt)) as archiv:
        if archiv.read("mimetype").decode("ascii", "replace").strip() != MEDIENTYPEN["odt"]:
            raise _passt_nicht("ODT")
    return inhalt


# --- Text -------------------------------------------------------------------------------------------------------------


def _txt(inhalt: bytes) -> bytes:
    """Als UTF-8 gespeichert, auch wenn er anders kam; Auszeichnungssprachen sind kein Text."""
    try:
        text = inhalt.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = inhalt.decode("cp1252", "replace")
    if _STEUERZEICHEN.search(text) or _AUSZEICHNUNG.match(inhalt.lstrip()[:100]):
        raise _passt_nicht("TXT")
    return text.encode()


_PRUEFER: dict[str, Callable[[bytes], bytes]] = {
    "png": _png, "jpg": _jpg, "pdf": _pdf, "odt": _odt, "txt": _txt,
    "docx": lambda inhalt: _gepackt(inhalt, "DOCX", ("[Content_Types].xml", "word/document.xml")),
    "xlsx": lambda inhalt: _gepackt(inhalt, "XLSX", ("[Content_Types].xml", "xl/workbook.xml")),
}
