"""libyaml's event parser, without the rest of PyYAML.

`import yaml` compiles resolvers, constructors and emitters that we never use: two thirds of its import time, paid
by every git hook. The C extension needs only the modules named below, so they are loaded as submodules of a
package object whose own `__init__` has not run. If PyYAML ever changes its layout, the plain import serves.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

CParser: Any
YAMLError: Any


def _load() -> tuple[Any, Any]:
    if "yaml" in sys.modules:
        import yaml

        return yaml.cyaml.CParser, yaml.YAMLError
    spec = find_spec("yaml")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("PyYAML is not installed")
    package = ModuleType("yaml")
    package.__path__ = list(spec.submodule_search_locations)
    package.__spec__ = spec
    sys.modules["yaml"] = package
    try:
        import yaml.error
        import yaml.events
        import yaml.nodes
        import yaml.tokens
        from yaml._yaml import CParser as parser

        return parser, yaml.error.YAMLError
    except (ImportError, AttributeError):
        _forget()
        import yaml

        return yaml.cyaml.CParser, yaml.YAMLError
    finally:
        _forget()


def _forget() -> None:
    """Leave no half package behind: a later `import yaml` must get the whole one."""
    for name in [name for name in sys.modules if name == "yaml" or name.startswith("yaml.")]:
        if name != "yaml._yaml":
            del sys.modules[name]


CParser, YAMLError = _load()
