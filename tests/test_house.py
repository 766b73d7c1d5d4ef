"""Die Hausregeln als kleine Prüfungen. Jede Regel steht mit einem Verstoß daneben, den sie finden muss."""

import ast
import importlib.metadata
import importlib.util
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

WURZEL = Path(__file__).resolve().parent.parent
PAKETE = ("states", "forms", "service", "workflows")
NICHT_UNSER = {".git", ".venv", "__pycache__", "daten", "dist", "build", "node_modules"}
VERBOTENE_NAMEN = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
NUR_MASCHINE = "states/engine.py"
NUR_UHR = "service/clock.py"
NUR_DATENBANK = "service/db.py"

STDLIB = frozenset(sys.stdlib_module_names)
KEIN_ZUSTAND = {"sqlite3", "socket", "http", "urllib", "time", "os", "subprocess", "asyncio", "threading"}
DARF = {
    "states": (STDLIB - KEIN_ZUSTAND) | {"states"},
    "forms": STDLIB | {"forms", "states", "pydantic", "pydantic_core", "jinja2"},
    "service": STDLIB
    | {"service", "forms", "states", "alembic", "holidays", "jinja2", "psycopg", "pydantic", "pydantic_core"}
    | {"pydantic_settings", "pysqlite3", "snowballstemmer", "sqlalchemy", "sqlmodel", "xlsxwriter", "cryptography"}
    | {"fastapi", "pwdlib", "starlette", "uvicorn"},
    "workflows": STDLIB | {"workflows", "service", "states", "prefect"},
}

# Aus Stücken, damit diese Datei sich nicht selbst meldet.
FREMDE_ORTE = re.compile(
    r"py[p]i\.org|python[h]osted|np[m]js\.|yarn[p]kg|deb\.debian\.or[g]"
    r"|(?<![\w.])/(?:ro[o]t|wo[r]k|ho[m]e/\w+|Use[r]s/\w+)/|/tm[p]/\w|\.\./sha[r]ed|sha[r]ed/(?:data|sources)"
    r"|[\"']sha[r]ed[\"']"
)
# Orte der fünf Konzepte, aus denen der Kreislauf stammt. Was das Vorführprofil nennt, kommt dazu.
ORTE = (
    "Aachen|Bielefeld|Bornheim|Iserlohn|L(?:ü|ue)denscheid|L(?:ü|ue)nen|M(?:ä|ae)rkische[rn]?|Rhein-Sieg|Selm|Unna|Werne"
)
VORFUEHRUNG = tomllib.loads((WURZEL / "service" / "profile" / "maerkischer_kreis.toml").read_text())
PROFILNAMEN = {
    *VORFUEHRUNG["kommunen"],
    *(eintrag["name"] for liste in ("institutionen", "gremien", "handlungsfelder") for eintrag in VORFUEHRUNG[liste]),
    *(institution["key"] for institution in VORFUEHRUNG["institutionen"] if "-" in institution["key"]),
}
NAMEN = re.compile(rf"\b(?:{ORTE}|{'|'.join(map(re.escape, sorted(PROFILNAMEN, key=len, reverse=True)))})\b")
WANDUHR = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "func": {"now", "current_timestamp", "current_date"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime"},
}
Regel = Callable[[str, str], Iterator[str]]


def dateien() -> list[Path]:
    """Alle eigenen Dateien; was Werkzeuge und Datenordner ablegen, gehört nicht dazu."""
    gefunden = []
    for ordner, unterordner, namen in os.walk(WURZEL):
        unterordner[:] = [u for u in unterordner if u not in NICHT_UNSER and not u.endswith(("_cache", ".hypothesis"))]
        gefunden += [Path(ordner, name) for name in namen]
    return sorted(gefunden)


def relativ(pfad: Path) -> str:
    return pfad.relative_to(WURZEL).as_posix()


DATEIEN = dateien()
CODE = [p for p in DATEIEN if p.suffix == ".py" and relativ(p).split("/")[0] in PAKETE]
IN_PAKETEN = [p for p in DATEIEN if relativ(p).split("/")[0] in PAKETE]


def knoten(text: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(text))


def eingefuehrt(text: str) -> Iterator[tuple[str, str]]:
    """(Modul, Name) jedes absoluten Imports, auch der in Funktionen; ein relativer verlässt sein Paket nicht."""
    for k in knoten(text):
        if isinstance(k, ast.Import):
            yield from ((alias.name, "") for alias in k.names)
        elif isinstance(k, ast.ImportFrom) and k.module and not k.level:
            yield from ((k.module, alias.name) for alias in k.names)


def importrichtung(pfad: str, text: str) -> Iterator[str]:
    paket = pfad.split("/")[0]
    darf = DARF[paket] | ({"transitions"} if pfad == NUR_MASCHINE else set())
    for modul, _ in eingefuehrt(text):
        if modul.split(".")[0] not in darf:
            yield f"{paket} führt {modul} ein"


def uhr(pfad: str, text: str) -> Iterator[str]:
    if pfad == NUR_UHR:
        return
    for k in knoten(text):
        if isinstance(k, ast.Attribute) and k.attr in WANDUHR.get(ast.unparse(k.value).split(".")[-1], ()):
            yield f"liest die Uhr: {ast.unparse(k)}"
        elif isinstance(k, ast.Constant) and isinstance(k.value, str) and "CURRENT_TIMESTAMP" in k.value:
            yield "fragt die Datenbank nach der Zeit"
    for modul, name in eingefuehrt(text):
        if modul == "time" and name in WANDUHR["time"]:
            yield f"holt sich die Uhr: time.{name}"


def bestaetigen(pfad: str, text: str) -> Iterator[str]:
    if pfad == NUR_DATENBANK:
        return
    for k in knoten(text):
        if isinstance(k, ast.Attribute) and k.attr in {"commit", "begin"}:  # begin() bestätigt am Ende des Blocks
            yield f"bestätigt selbst: {ast.unparse(k)}"
        elif isinstance(k, ast.Constant) and isinstance(k.value, str) and re.fullmatch(r"\s*COMMIT\b.*", k.value):
            yield "bestätigt selbst mit einem SQL-Befehl"


def fehlerfang(_: str, text: str) -> Iterator[str]:
    for k in knoten(text):
        if isinstance(k, ast.ExceptHandler):
            namen = {n.id for n in ast.walk(k.type) if isinstance(n, ast.Name)} if k.type else {"BaseException"}
            if "Exception" in namen or ("BaseException" in namen and not reicht_weiter(k)):
                yield f"Zeile {k.lineno}: fängt alles"


def reicht_weiter(fang: ast.ExceptHandler) -> bool:
    """Aufräumen und denselben Fehler weiterreichen ist kein Auffangen."""
    ende = fang.body[-1]
    return isinstance(ende, ast.Raise) and ende.exc is None


def dynamisches_laden(_: str, text: str) -> Iterator[str]:
    for k in knoten(text):
        if isinstance(k, ast.Call) and isinstance(k.func, ast.Name) and k.func.id in {"eval", "exec", "__import__"}:
            yield f"Zeile {k.lineno}: {k.func.id}()"
    for modul, name in eingefuehrt(text):
        if modul in {"runpy", "imp", "importlib", "importlib.util"} and name not in {"metadata", "resources"}:
            yield f"lädt dynamisch: {modul} {name}".rstrip()


def ungeschuetzte_ausgabe(_: str, text: str) -> Iterator[str]:
    for muster in (r"\|\s*safe\b", r"\bMarkup\(", r"autoescape\s*(?:=\s*False|false)"):
        if re.search(muster, text):
            yield f"gibt ungeschützt aus: {muster}"


def ortsname(_: str, text: str) -> Iterator[str]:
    yield from (f"nennt {treffer}" for treffer in set(NAMEN.findall(text)))


def fremder_ort(_: str, text: str) -> Iterator[str]:
    yield from (f"nennt {treffer}" for treffer in set(FREMDE_ORTE.findall(text)))


def modulname(pfad: str, _: str) -> Iterator[str]:
    if VERBOTENE_NAMEN & set(PurePosixPath(pfad).with_suffix("").parts):
        yield "der Name sagt nicht, was darin ist"


def text_von(pfad: Path) -> str:
    return pfad.read_bytes().decode("utf-8", errors="ignore")


GILT_FUER: dict[Regel, list[Path]] = {
    importrichtung: CODE,
    uhr: CODE,
    bestaetigen: CODE,
    fehlerfang: CODE,
    dynamisches_laden: CODE,
    ungeschuetzte_ausgabe: IN_PAKETEN,
    ortsname: CODE,
    modulname: CODE,
    fremder_ort: DATEIEN,
}
VERSTOESSE: list[tuple[Regel, str, str]] = [
    (importrichtung, "states/sitzung.py", "import sqlmodel"),
    (importrichtung, "states/sitzung.py", "from transitions import Machine"),
    (importrichtung, "forms/sitzung.py", "def f():\n    from service.db import lesen"),
    (importrichtung, "service/fristen.py", "from prefect import flow"),
    (importrichtung, "service/cli.py", "import workflows.serve"),
    (uhr, "service/apply.py", "import datetime as dt\ndt.datetime.now(dt.UTC)"),
    (uhr, "service/apply.py", "from datetime import date\ndate.today()"),
    (uhr, "service/apply.py", "from time import time"),
    (uhr, "service/apply.py", "text('DEFAULT CURRENT_TIMESTAMP')"),
    (bestaetigen, "service/apply.py", "session.commit()"),
    (bestaetigen, "service/apply.py", "with engine.begin():\n    pass"),
    (bestaetigen, "service/apply.py", "verbindung.execute('COMMIT')"),
    (fehlerfang, "service/apply.py", "try:\n    f()\nexcept (OSError, Exception):\n    pass"),
    (fehlerfang, "service/apply.py", "try:\n    f()\nexcept:\n    pass"),
    (fehlerfang, "service/apply.py", "try:\n    f()\nexcept BaseException:\n    raise ValueError from None"),
    (dynamisches_laden, "service/apply.py", "import importlib\nimportlib.import_module(name)"),
    (dynamisches_laden, "service/apply.py", "from importlib import import_module"),
    (dynamisches_laden, "service/apply.py", "eval(ausdruck)"),
    (ungeschuetzte_ausgabe, "forms/templates/a.html", "{{ text | safe }}"),
    (ungeschuetzte_ausgabe, "forms/render.py", "Markup(text)"),
    (ortsname, "service/demo.py", "# Lüdenscheid zuerst"),
    (ortsname, "service/demo.py", "STELLE = 'abh-mk'"),
    (ortsname, "service/demo.py", "GREMIUM = 'Ausschuss für Integration und Soziales'"),
    (modulname, "service/utils.py", ""),
    (fremder_ort, "docs/a.md", "siehe ../sha" + "red/data"),
    (fremder_ort, "tests/test_a.py", "Path('..') / 'sha" + "red'"),
    (fremder_ort, "docs/a.md", "liegt in /ro" + "ot/daten"),
    (fremder_ort, "requirements/run.txt", "--index-url https://py" + "pi.org/simple"),
]


@pytest.mark.parametrize("regel", GILT_FUER, ids=lambda regel: regel.__name__)
def test_hausregel(regel: Regel) -> None:
    pfade = GILT_FUER[regel]
    assert pfade
    assert [f"{relativ(p)}: {f}" for p in pfade for f in regel(relativ(p), text_von(p))] == []


@pytest.mark.parametrize(("regel", "pfad", "verstoss"), VERSTOESSE)
def test_hausregel_findet_ihren_verstoss(regel: Regel, pfad: str, verstoss: str) -> None:
    assert list(regel(pfad, verstoss))


def test_jede_regel_hat_einen_verstoss() -> None:
    assert {regel for regel, _, _ in VERSTOESSE} == set(GILT_FUER)


def test_nur_die_vorgesehenen_dateien_duerfen_mehr() -> None:
    assert not list(importrichtung(NUR_MASCHINE, "from transitions import Machine"))
    assert not list(uhr(NUR_UHR, "from datetime import datetime\ndatetime.now()"))
    assert not list(bestaetigen(NUR_DATENBANK, "session.commit()"))


def test_aufraeumen_und_weiterreichen_ist_erlaubt() -> None:
    assert not list(fehlerfang("service/apply.py", "try:\n    f()\nexcept BaseException:\n    g()\n    raise"))


@pytest.mark.parametrize("liste", ["run", "bau", "dev", "assets"])
def test_sperrliste_ist_nur_mit_pruefsummen_und_ohne_adresse(liste: str) -> None:
    text = (WURZEL / "requirements" / f"{liste}.txt").read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(?:-i|--index|--extra|--find|--trusted|-e|-r)\b", text, re.M)
    pakete = [e for e in text.replace("\\\n", " ").splitlines() if e.strip()]
    assert pakete
    assert [e for e in pakete if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", e)] == []


def gesperrt(liste: str) -> dict[str, str]:
    text = (WURZEL / "requirements" / f"{liste}.txt").read_text()
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.M))


def test_sperrlisten_passen_zur_erklaerung() -> None:
    projekt = tomllib.loads((WURZEL / "pyproject.toml").read_text())
    gruppen = projekt["dependency-groups"]
    for liste, erklaert in (
        ("run", projekt["project"]["dependencies"]),
        ("bau", gruppen["bau"]),
        ("dev", [*projekt["project"]["dependencies"], *gruppen["bau"], *gruppen["dev"], *gruppen["bench"]]),
        ("assets", gruppen["assets"]),
    ):
        versionen = gesperrt(liste)
        for forderung in map(Requirement, (e for e in erklaert if isinstance(e, str))):
            assert forderung.specifier.contains(versionen[canonicalize_name(forderung.name)]), forderung
    assert gesperrt("run").items() | gesperrt("bau").items() <= gesperrt("dev").items()


@pytest.mark.parametrize("paket", PAKETE)
def test_die_vier_namen_gehoeren_uns_allein(paket: str) -> None:
    besitzer = set(importlib.metadata.packages_distributions().get(paket, ()))
    assert besitzer <= {"kreislauf"}
    fund = importlib.util.find_spec(paket)
    assert fund is not None and fund.origin is not None
    assert Path(fund.origin) == WURZEL / paket / "__init__.py"


def test_jede_einstellung_steht_in_der_tabelle() -> None:
    from service.settings import Einstellungen

    praefix = Einstellungen.model_config["env_prefix"]
    namen = {f"{praefix}{feld}".upper() for feld in Einstellungen.model_fields}
    tabelle = (WURZEL / "docs" / "einstellungen.md").read_text()
    zeilen = re.findall(r"^\| `(KREISLAUF_\w+)` \|([^|]*)\|", tabelle, re.M)
    assert {name for name, _ in zeilen} >= namen
    spaeter = {name for name, stand in zeilen if "später" in stand}
    assert {name for name, _ in zeilen} - spaeter == namen


@pytest.mark.parametrize("pfad", [p for p in DATEIEN if p.suffix == ".md"], ids=relativ)
def test_verweise_zwischen_den_texten_gehen_auf(pfad: Path) -> None:
    ziele = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text_von(pfad))
    assert [ziel for ziel in ziele if not (pfad.parent / ziel).exists()] == []
