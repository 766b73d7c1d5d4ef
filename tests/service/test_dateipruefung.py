"""Welche Dateien angenommen werden, welche nicht, und was von Bildern übrig bleibt."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

import pytest

from service.dateipruefung import pruefe
from service.errors import Ungueltig

GROSS = 10_000_000
PDF = (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
       b"trailer\n<< /Root 1 0 R >>\n%%EOF\n")
_INHALTE = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def stueck(art: bytes, inhalt: bytes) -> bytes:
    return len(inhalt).to_bytes(4) + art + inhalt + zlib.crc32(art + inhalt).to_bytes(4)


def png(*mehr: bytes, danach: bytes = b"") -> bytes:
    kopf = stueck(b"IHDR", (1).to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00")
    bild = stueck(b"IDAT", zlib.compress(b"\x00\xff\x00\x00")) + stueck(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + kopf + b"".join(mehr) + bild + danach


def abschnitt(art: int, inhalt: bytes) -> bytes:
    return bytes([0xFF, art]) + (len(inhalt) + 2).to_bytes(2) + inhalt


def jpg(*mehr: bytes, danach: bytes = b"") -> bytes:
    jfif = abschnitt(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
    return b"\xff\xd8" + jfif + b"".join(mehr) + abschnitt(0xDB, b"\x00" + b"\x01" * 64) + b"\xff\xda\x00\x02BILD\xff\xd9" + danach


def archiv(teile: Mapping[str, bytes], art: int = zipfile.ZIP_DEFLATED) -> bytes:
    strom = io.BytesIO()
    with zipfile.ZipFile(strom, "w", art) as z:
        for name, inhalt in teile.items():
            z.writestr(name, inhalt)
    return strom.getvalue()


def docx(**mehr: bytes) -> bytes:
    return archiv({"[Content_Types].xml": _INHALTE, "word/document.xml": b"<w:document/>", **mehr})


def odt(**mehr: bytes) -> bytes:
    return archiv({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>", "META-INF/manifest.xml": b"<m/>",
                   **mehr})


XLSX = archiv({"[Content_Types].xml": _INHALTE, "xl/workbook.xml": b"<workbook/>"})


@pytest.mark.parametrize(("name", "inhalt", "typ"), [
    ("Merkblatt.PDF", PDF, "pdf"), ("a.png", png(), "png"), ("a.jpeg", jpg(), "jpg"), ("a.docx", docx(), "docx"), ("a.xlsx", XLSX, "xlsx"),
    ("a.odt", odt(), "odt"), ("a.txt", "Öffnungszeiten\r\nMontag".encode(), "txt"),
    ("link.pdf", PDF.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction [3 0 R /Fit] /URI (https://x.example)"), "pdf"),
])
def test_was_auf_der_liste_steht_kommt_durch(name: str, inhalt: bytes, typ: str) -> None:
    geprueft = pruefe(name, inhalt, GROSS)
    assert (geprueft.typ, geprueft.inhalt) == (typ, inhalt)


def _gepackt(was: bytes) -> bytes:
    kopf = b"3 0 obj\n<< /Type /ObjStm /Filter /FlateDecode /N 1 >>\nstream\n"
    return PDF.replace(b"trailer", kopf + zlib.compress(was) + b"\nendstream\nendobj\ntrailer")


@pytest.mark.parametrize(("name", "inhalt", "satz"), [
    ("leer.pdf", b"", "leer"),
    ("bild.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "nehmen wir nicht an"),
    ("seite.html", b"<html></html>", "nehmen wir nicht an"),
    ("programm.exe", b"MZ", "nehmen wir nicht an"),
    ("makro.docm", docx(), "nehmen wir nicht an"),
    ("ohne", PDF, "nehmen wir nicht an"),
    ("a.pdf", png(), "nicht, was ihre Endung sagt"),
    ("a.png", PDF, "nicht, was ihre Endung sagt"),
    ("a.jpg", png(), "nicht, was ihre Endung sagt"),
    ("a.docx", XLSX, "nicht, was ihre Endung sagt"),
    ("a.odt", docx(), "nicht, was ihre Endung sagt"),
    ("a.txt", b"<!DOCTYPE html><script>1</script>", "nicht, was ihre Endung sagt"),
    ("a.txt", b"\x00\x01\x02", "nicht, was ihre Endung sagt"),
    ("kaputt.png", png()[:-6], "beschädigt"),
    ("kaputt.docx", docx()[:-40], "beschädigt"),
    ("skript.pdf", PDF.replace(b"/Pages 2", b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >> /Pages 2"), "aktive Inhalte"),
    ("versteckt.pdf", PDF.replace(b"/Pages 2", b"/OpenAction << /S /J#61vaScript >> /Pages 2"), "aktive Inhalte"),
    ("starten.pdf", PDF.replace(b"/Pages 2", b"/A << /S /Launch /F (calc.exe) >> /Pages 2"), "aktive Inhalte"),
    ("gepackt.pdf", _gepackt(b"<< /S /JavaScript /JS (x) >>"), "aktive Inhalte"),
    ("eingebettet.pdf", _gepackt(b"<< /EmbeddedFiles 4 0 R >>"), "aktive Inhalte"),
    ("geheim.pdf", PDF.replace(b"/Root 1", b"/Encrypt 5 0 R /Root 1"), "Schutz"),
    ("bombe.pdf", _gepackt(b"\x00" * 120_000_000), "ins Riesige"),
    ("makro.docx", docx(**{"word/vbaProject.bin": b"x"}), "Makros"),
    ("eingebettet.docx", docx(**{"word/embeddings/oleObject1.bin": b"x"}), "Makros oder eingebettete"),
    ("vorlage.docx", docx(**{"word/_rels/settings.xml.rels": b'<Relationship Type="http://x/attachedTemplate" Target="https://x" '
                                                             b'TargetMode="External"/>'}), "aus dem Netz"),
    ("inhalte.docx", archiv({"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml": b""}),
     "Makros"),
    ("wesen.docx", docx(**{"word/x.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>'}), "nicht, was ihre Endung sagt"),
    ("bombe.docx", docx(**{"word/x.bin": b"\x00" * 60_000_000}), "ins Riesige"),
    ("hinaus.docx", docx(**{"../x.xml": b""}), "nicht, was ihre Endung sagt"),
    ("skript.odt", odt(**{"Basic/Standard/Module1.xml": b""}), "Makros"),
    ("geheim.odt", odt(**{"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "Kennwort"),
    ("alt.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "Kennwort"),
])
def test_was_gefaehrlich_oder_anders_ist_wird_mit_grund_abgelehnt(name: str, inhalt: bytes, satz: str) -> None:
    with pytest.raises(Ungueltig) as fehler:
        pruefe(name, inhalt, GROSS)
    [(feld, grund)] = fehler.value.befunde
    assert feld == "datei" and satz in grund


def test_zu_gross_ist_zu_gross() -> None:
    with pytest.raises(Ungueltig, match="Höchstens 1 MB"):
        pruefe("a.txt", b"a" * 1_000_001, 1_000_000)
    assert pruefe("a.txt", b"a" * 1_000_000, 1_000_000).typ == "txt"


def test_verschluesselte_archive_verraten_sich_im_verzeichnis() -> None:
    roh = bytearray(docx())
    for kopf, ab in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        roh[roh.index(kopf) + ab] |= 1
    with pytest.raises(Ungueltig, match="Kennwort"):
        pruefe("a.docx", bytes(roh), GROSS)


def test_aus_bildern_verschwindet_was_nicht_bild_ist() -> None:
    ort, kommentar = abschnitt(0xE1, b"Exif\x00\x00GPS 51.2 7.6"), abschnitt(0xFE, b"aufgenommen von Muster")
    profil = abschnitt(0xE2, b"ICC_PROFILE\x00\x01\x01farben")
    neu = pruefe("foto.jpg", jpg(ort, kommentar, profil, danach=b"zweites Bild mit Exif"), GROSS).inhalt
    assert neu == jpg(profil) and b"GPS" not in neu and b"Muster" not in neu and b"Exif" not in neu
    text, exif = stueck(b"tEXt", b"Author\x00Muster"), stueck(b"eXIf", b"GPS")
    assert pruefe("bild.png", png(text, exif, danach=b"mehr"), GROSS).inhalt == png()


def test_text_wird_immer_utf8() -> None:
    assert pruefe("alt.txt", "Gemäß".encode("cp1252"), GROSS).inhalt == "Gemäß".encode()
    assert pruefe("bom.txt", "Gemäß".encode("utf-8-sig"), GROSS).inhalt == "Gemäß".encode()
