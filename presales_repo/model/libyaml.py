"""libyaml's event parser, without the rest of PyYAML.

`import yaml` compiles resolvers, constructors and emitters that we never use: nine tenths of its import time, paid
by every git hook. The C extension wants a package with events, tokens and nodes, which are loaded, and with the
exception classes of the other modules, for which their common base stands in. If PyYAML ever changes its layout,
the plain import serves.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from types import ModuleType, SimpleNamespace
from typing import Any

# Modules that the extension takes one class from, named like the module: yaml.scanner.ScannerError.
_STOOD_IN_FOR = ("reader", "scanner", "parser", "composer", "constructor", "emitter", "serializer", "representer")


def _load() -> tuple[Any, Any]:
    """The classes CParser and YAMLError. Raises ImportError when PyYAML, or its C extension, is missing."""
    spec = PathFinder.find_spec("yaml")
    if "yaml" in sys.modules or spec is None or spec.submodule_search_locations is None:
        return _classes()
    package: Any = ModuleType("yaml")
    package.__path__ = list(spec.submodule_search_locations)
    package.__spec__ = spec
    sys.modules["yaml"] = package
    try:
        import yaml.error

        for module in _STOOD_IN_FOR:
            error = {f"{module.capitalize()}Error": yaml.error.MarkedYAMLError}
            setattr(package, module, SimpleNamespace(**error))
        found = _classes()
    except (ImportError, AttributeError):
        found = None
    # Whoever imports the whole package later gets it, with the modules that are loaded already.
    del sys.modules["yaml"]
    return found or _classes()


def _classes() -> tuple[Any, Any]:
    import yaml.error
    import yaml.events
    import yaml.nodes
    import yaml.tokens
    from yaml._yaml import CParser

    return CParser, yaml.error.YAMLError


CParser, YAMLError = _load()
