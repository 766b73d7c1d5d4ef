"""Wer handelt: eine Person mit ihren Rollen, oder das System selbst."""

from __future__ import annotations

from dataclasses import dataclass, field

from states.model import Rolle


@dataclass(frozen=True)
class Handelnde:
    """`rollen`: (Rolle, Bereich); Bereich "" gilt überall. `institution` ist der Name aus dem Profil; `abh`: Firewall."""

    key: str
    name: str = ""
    institution: str | None = None
    rollen: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    abh: bool = False

    def hat(self, rolle: str) -> bool:
        return any(r == rolle for r, _ in self.rollen)

    def bereiche(self, rolle: str) -> frozenset[str]:
        return frozenset(b for r, b in self.rollen if r == rolle)


SYSTEM = Handelnde("system", "System", rollen=frozenset({(Rolle.SYSTEM.value, "")}))
