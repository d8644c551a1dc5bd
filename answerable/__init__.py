"""When an AI system harms someone: who answers, under which law, on which day, and the proof."""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from answerable.assess import assess
    from answerable.assessment import Assessment
    from answerable.casefile import load
    from answerable.cases import Case
    from answerable.check import check
    from answerable.errors import InputError
    from answerable.explain import explain, why_not
    from answerable.overlay import what_if
    from answerable.repair import repairs
    from answerable.responsibility import responsibility
    from answerable.timeline import calendar

__version__ = "0.1.0"

__all__ = [
    "Assessment",
    "Case",
    "InputError",
    "__version__",
    "assess",
    "calendar",
    "check",
    "explain",
    "load",
    "repairs",
    "responsibility",
    "what_if",
    "why_not",
]

_HOMES = {
    "Assessment": "assessment",
    "Case": "cases",
    "InputError": "errors",
    "assess": "assess",
    "calendar": "timeline",
    "check": "check",
    "explain": "explain",
    "load": "casefile",
    "repairs": "repair",
    "responsibility": "responsibility",
    "what_if": "overlay",
    "why_not": "explain",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    # Importing answerable.assess would otherwise put the module in the place of the function of that name.
    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType) and name in _HOMES:
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
