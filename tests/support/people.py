"""Made-up agents: the same ones every time, with logins as real directories have them."""

from __future__ import annotations

from .connect_instance import User

_FIRST = (
    "Ada Bela Chloé Dmitri Elif Femi Grace Hiro Ines Jan Kofi Lena Mei Nils Olga Paulo Quinn Rosa Sven "
    "Tariq Uma Vera Wen Xenia Yusuf Zoë"
).split()
_LAST = (
    "Adeyemi Bauer Costa Dubois Eriksen Fischer García Hassan Ivanov Jensen Kowalski López Müller Novak "
    "Okafor Petrov Quist Rossi Schmidt Tanaka Ueda Vargas Weber Xu Yılmaz Zhang"
).split()
_PROFILES = ("basic", "billing", "support", "sales")


def made_up(count: int) -> list[User]:
    """`count` agents with different logins."""
    users = []
    for number in range(count):
        first = _FIRST[number % len(_FIRST)]
        last = _LAST[number // len(_FIRST) % len(_LAST)]
        users.append(
            User(f"agent{number:05}@example.com", first, last, _PROFILES[number % len(_PROFILES)])
        )
    return users
