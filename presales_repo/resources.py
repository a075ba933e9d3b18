"""Where the data that ship with the package lie.

Git hooks pay for every import, so this is two `stat` calls and no `importlib.resources`.
"""

from __future__ import annotations

import os.path

from presales_repo.errors import PrsError

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def data_dir(name: str) -> str:
    """Absolute path of the shipped directory `name` (`schemas` or `hooks`).

    An installed package carries it in `presales_repo/_data`; in a checkout, editable installs included, it
    stands beside the package. Raises PrsError E095 when it is in neither place: a broken installation.
    """
    for path in (os.path.join(_PACKAGE, "_data", name), os.path.join(os.path.dirname(_PACKAGE), name)):
        if os.path.isdir(path):
            return path
    raise PrsError("E095", name=name)
