"""Die Wege der Anwendung: was eine Funktion braucht, löst FastAPI auf, aber erst bei ihrer ersten Anfrage.

Über hundert Wege bei jedem Start zu zerlegen kostete ein Fünftel des Starts, und die meisten ruft lange niemand.

    router = Wege("/personen")

    @router.get("/{key}")
    def zeige(request: Request, person: Angemeldet, key: str) -> Response: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TypeVar

from fastapi import Response
from fastapi.params import Depends
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from service.web import pruefe_formular, pruefe_stand

_F = TypeVar("_F", bound=Callable[..., Response])


class Weg(Route):
    """Ein Weg und eine Methode. Woher ein Formular kommt, prüft jeder; das kann niemand vergessen."""

    def __init__(self, pfad: str, funktion: Callable[..., Response], methode: str, vorab: Sequence[Depends]) -> None:
        super().__init__(pfad, funktion, methods=[methode])
        self.methode, self._vorab = methode, [Depends(pruefe_stand), Depends(pruefe_formular), *vorab]

    @cached_property
    def aufgeloest(self) -> APIRoute:
        return APIRoute(self.path, self.endpoint, methods=[self.methode], dependencies=self._vorab, response_model=None)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        await self.aufgeloest.handle(scope, receive, send)


def methoden(wege: Iterable[BaseRoute], pfad: str) -> list[str]:
    """Alles, was es unter diesem Pfad gibt; Starlette nennte nur die Methode des ersten Wegs."""
    return sorted({w.methode for w in wege if isinstance(w, Weg) and w.path == pfad})


class Wege(list[Weg]):
    """Die Wege eines Bereichs, alle mit demselben Anfang. `vorab` gilt für jeden von ihnen."""

    def __init__(self, anfang: str = "", vorab: Sequence[Depends] = ()) -> None:
        super().__init__()
        self._anfang, self._vorab = anfang, vorab

    def get(self, pfad: str) -> Callable[[_F], _F]:
        return self._weg(pfad, "GET")

    def post(self, pfad: str) -> Callable[[_F], _F]:
        return self._weg(pfad, "POST")

    def _weg(self, pfad: str, methode: str) -> Callable[[_F], _F]:
        def nimm_auf(funktion: _F) -> _F:
            self.append(Weg(self._anfang + pfad, funktion, methode, self._vorab))
            return funktion

        return nimm_auf
