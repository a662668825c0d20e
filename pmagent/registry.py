"""The parts of one kind, collected from the modules of a package.

Adding a part is adding one file: nothing lists them by name. A module whose name starts with an
underscore is shared by its neighbours and is not a part.
"""

from __future__ import annotations

import importlib
import pkgutil

from pmagent.errors import PmagentError


def collect(package: str, name: str) -> tuple[object, ...]:
    """What each module of `package` exports as `name`, in the order of the modules' names.

    Imports every module of the package, from each folder of its `__path__`.

    Raises:
        PmagentError: a module has no such export.
    """
    folders = importlib.import_module(package).__path__
    found = sorted(item.name for item in pkgutil.iter_modules(folders))
    return tuple(_export(f"{package}.{module}", name) for module in found if module[0] != "_")


def _export(module: str, name: str) -> object:
    exports: dict[str, object] = vars(importlib.import_module(module))
    if name not in exports:
        raise PmagentError(
            f'the module "{module}" has no "{name}"',
            f'export "{name}" from it, or start its name with an underscore',
        )
    return exports[name]
