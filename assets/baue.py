"""Legt in service/static/fremd ab, was die Seiten aus fremden Paketen brauchen: `make assets`.

Welche Fassungen es sind, halten die Prüfsummen in package-lock.json fest. Zu jedem Paket kommt seine Lizenz mit. Von KERN kommt nur mit,
was die Vorlagen benutzen: Der ganze Stil ist mehr als doppelt so groß, und jeder lädt ihn beim ersten Aufruf.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

KERN, SCHRIFT = "@kern-ux/native", "@fontsource/fira-sans"
# Was deutsche Seiten brauchen; „ext“ holt ein Browser nur, wenn ein Name es verlangt (ş, ł, ğ).
SCHNITTE = tuple(f"{zeichen}-{schnitt}" for zeichen in ("latin", "latin-ext")
                 for schnitt in ("400-normal", "400-italic", "600-normal"))
STIL = "kern.min.css"
# Bausteine und Zeichen von KERN, die Vorlagen benutzen dürfen; tests/test_assets.py meldet, was fehlt.
BAUSTEINE = frozenset({
    "alert", "badge", "body", "btn", "card", "description-list", "description-list-item", "error", "fieldset", "form-check", "form-input",
    "heading-large", "heading-medium", "heading-small", "hint", "icon", "label", "link", "list", "sr-only", "table", "table-responsive",
    "title",
})  # fmt: skip
ZEICHEN = frozenset({"danger", "info", "success", "warning"})
KLASSE = re.compile(r"kern-([a-z0-9-]+?)(?:__[a-z-]+)?(?:--([a-z0-9-]+))?(?![\w-])")
# So unterscheidet KERN hell und dunkel. Hell ist der Grund, denn gedruckt wird hell; dunkel ist der Bildschirm, dessen Gerät es will oder
# für den jemand es gewählt hat. Jede Fassung steht so nur so oft da, wie es CSS verlangt.
DARSTELLUNGEN = {
    "[data-kern-theme=light],.kern-light": ":root{%s}",
    "[data-kern-theme=dark],.kern-dark": "@media screen{:root[data-kern-theme=dark]{%s}}",
    "@media (prefers-color-scheme: dark)": "@media screen and (prefers-color-scheme: dark){:root:not([data-kern-theme=light]){%s}}",
    "@media (prefers-color-scheme: light)": "",
}  # fmt: skip
DATEIEN = {
    f"{KERN}/LICENSE.md": "kern.LIZENZ.md",
    **{f"{SCHRIFT}/files/fira-sans-{schnitt}.woff2": f"fira-sans-{schnitt}.woff2" for schnitt in SCHNITTE},
}
SCHRIFTLIZENZ = Path(__file__).parent.parent / "LICENSES" / "OFL-1.1.txt"


def baue(pakete: Path, ziel: Path) -> None:
    """Erst daneben, dann an den Platz: Bricht es ab, bleibt der alte Stand."""
    neu = ziel.with_name(f"{ziel.name}.neu")
    shutil.rmtree(neu, ignore_errors=True)
    neu.mkdir(parents=True)
    for quelle, name in DATEIEN.items():
        shutil.copyfile(pakete / quelle, neu / name)
    ganz = (pakete / KERN / "dist" / STIL).read_text(encoding="utf-8")
    (neu / STIL).write_text(f"/* Auszug aus {KERN} (EUPL-1.2), gekürzt um unbenutzte Bausteine */" + auszug(ganz), encoding="utf-8")
    shutil.copyfile(SCHRIFTLIZENZ, neu / "FiraSans.LIZENZ.txt")
    shutil.rmtree(ziel, ignore_errors=True)
    neu.rename(ziel)


def auszug(css: str) -> str:
    """Ohne die Bausteine, die keine Vorlage benutzt."""
    return "".join(_auszug(css))


def _auszug(css: str) -> Iterator[str]:
    for kopf, inhalt in _regeln(css):
        if (form := DARSTELLUNGEN.get(kopf)) is not None:
            yield form.replace("%s", inhalt.removeprefix(":root{").removesuffix("}"))
        elif kopf.startswith("@media"):
            rest = auszug(inhalt)
            yield f"{kopf}{{{rest}}}" if rest else ""
        elif kopf.startswith("@charset"):
            continue
        elif kopf.startswith("@"):
            yield f"{kopf}{{{inhalt}}}"
        elif bleibt := ",".join(w for w in re.split(r",(?![^(]*\))", kopf) if gebraucht(w)):
            yield f"{bleibt}{{{inhalt}}}"


def _regeln(css: str) -> Iterator[tuple[str, str]]:
    """(Kopf, Inhalt) jeder Regel der obersten Ebene. Klammern stehen in KERN nie in Zeichenketten."""
    tiefe = anfang = klammer = 0
    for zeichen in re.finditer(r"[{};]", css):
        match zeichen.group(), tiefe:
            case "{", _:
                klammer, tiefe = (zeichen.start() if tiefe == 0 else klammer), tiefe + 1
            case "}", _:
                tiefe -= 1
                if tiefe == 0:
                    yield css[anfang:klammer].strip(), css[klammer + 1:zeichen.start()]
                    anfang = zeichen.end()
            case ";", 0:
                yield css[anfang:zeichen.start()].strip(), ""
                anfang = zeichen.end()


def gebraucht(auswahl: str) -> bool:
    """Was nur ausgenommen wird (`:not`), muss es nicht geben."""
    klassen = KLASSE.findall(re.sub(r":(?:not|is|where)\([^()]*\)", "", auswahl).replace("data-kern-theme", ""))
    return all(baustein in BAUSTEINE and (baustein != "icon" or art in {"", *ZEICHEN}) for baustein, art in klassen)


if __name__ == "__main__":
    baue(Path(sys.argv[1]), Path(sys.argv[2]))
