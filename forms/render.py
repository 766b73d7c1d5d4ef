"""Seiten, Nachrichten und Schriftstücke aus Vorlagen. Die eine Stelle, an der Jinja2 eingerichtet wird.

Alles, was nicht auf .txt endet, wird maskiert; eine Ausnahme davon gibt es nicht. Ein vergessener Wert ist ein Fehler, keine Lücke.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, pass_eval_context
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import sync_do_join
from jinja2.nodes import EvalContext

from forms.sprache import DEUTSCH, KEINE, Sprachen, mitgelieferte, redend, uebersetzt, uebersetzte

ORT = Path(__file__).parent / "templates"
_BERLIN = ZoneInfo("Europe/Berlin")
_WOCHENTAGE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


class _FesteTexte(CodeGenerator):
    """Ein `_("…")`, das nur ausgegeben wird, steht fest, solange niemand etwas anderes an seine Stelle setzt; ein Achtel jeder Seite."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        return super()._output_child_to_const(_fester(node) or node, frame, finalize)


def _fester(node: nodes.Node) -> nodes.Const | None:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "_" and len(node.args) == 1:
        return node.args[0] if isinstance(node.args[0], nodes.Const) else None
    return None


class Vorlagen:
    """`statisch` gibt die Adresse einer Datei für Stil oder Skript."""

    def __init__(self, statisch: Callable[[str], str] = lambda name: f"/static/{name}", sprachen: Sprachen | None = None) -> None:
        self.sprachen = mitgelieferte() if sprachen is None else sprachen
        self.umgebung = Environment(
            loader=FileSystemLoader(ORT), autoescape=_maskiert, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            auto_reload=False, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )  # fmt: skip
        self.umgebung.globals.update(statisch=statisch, _=uebersetzt)
        self.umgebung.filters.update(
            datum=datum, uebersetzte=uebersetzte, zeitpunkt=zeitpunkt, wochentag=wochentag, zahl=zahl, anzahl=anzahl)

    def seite(self, name: str, /, *, eigene_worte: Mapping[str, str] = KEINE, sprache: str = DEUTSCH, **kontext: Any) -> str:
        """`eigene_worte`: Text der Anwendung -> der Text, den das Profil an seine Stelle setzt. `sprache`: ein Kürzel aus `sprachen`."""
        katalog = self.sprachen.katalog(sprache)
        umgebung = self._uebersetzende if katalog else self.umgebung if eigene_worte else self._deutsche
        with redend(eigene_worte, katalog):
            return umgebung.get_template(name).render(sprache=sprache, **kontext)

    @cached_property
    def _deutsche(self) -> Environment:
        andere = self.umgebung.overlay()
        andere.code_generator_class = _FesteTexte
        return andere

    @cached_property
    def _uebersetzende(self) -> Environment:
        """Schlägt auch nach, was eine Vorlage ohne `_( )` ausgibt: Bezeichnungen, Gründe, Befunde. Deutsch kostet das nichts."""
        andere = self.umgebung.overlay(finalize=_nachgeschlagen)
        andere.filters = {**self.umgebung.filters, "join": _uebersetzt_verbunden}
        return andere


@pass_context  # sonst würde ein fester Text einmal übersetzt, in die Sprache der ersten Seite
def _nachgeschlagen(_kontext: object, wert: Any) -> Any:
    return uebersetzt(wert) if isinstance(wert, str) and not hasattr(wert, "__html__") else wert


@pass_eval_context
def _uebersetzt_verbunden(kontext: EvalContext, werte: Iterable[Any], trenner: str = "") -> str:
    """`join`, nach dem kein einzelner Text mehr zu erkennen wäre."""
    return sync_do_join(kontext, [_nachgeschlagen(None, wert) for wert in werte], trenner)


def _maskiert(name: str | None) -> bool:
    return name is None or not name.endswith(".txt")


def datum(wert: date | datetime | str | None) -> str:
    """„2026-01-07“ -> „07.01.2026“; Zeitpunkte gelten in Berlin. Leer bleibt leer."""
    tag = _tag(wert)
    return "" if tag is None else f"{tag:%d.%m.%Y}"


def wochentag(wert: date | datetime | str | None) -> str:
    tag = _tag(wert)
    return "" if tag is None else uebersetzt(_WOCHENTAGE[tag.weekday()])


def zeitpunkt(wert: datetime | str | None) -> str:
    """„2026-01-07T09:00:00.000000Z“ -> „07.01.2026, 10:00 Uhr“."""
    if not wert:
        return ""
    instant = datetime.fromisoformat(wert) if isinstance(wert, str) else wert
    return f"{instant.astimezone(_BERLIN):%d.%m.%Y, %H:%M} Uhr"


def anzahl(wert: int, eines: str, mehrere: str) -> str:
    """„1 Meldung“, „2 Meldungen“, „1.204 Meldungen“."""
    return f"{zahl(wert)} {eines if wert == 1 else mehrere}"


def zahl(wert: int) -> str:
    """12345 -> „12.345“."""
    return f"{wert:,}".replace(",", ".")


def _tag(wert: date | datetime | str | None) -> date | None:
    if not wert:
        return None
    if isinstance(wert, str):
        if len(wert) == 10:
            return date.fromisoformat(wert)
        wert = datetime.fromisoformat(wert)
    return wert.astimezone(_BERLIN).date() if isinstance(wert, datetime) else wert
