"""Pure parsers: the text of a product's configuration to its effective settings, each with its line.

One module per product. It has

    PRODUCT    the word that subjects begin with: `loki` in `loki:deploy/loki.yaml`
    TITLE      the product's name in sentences
    PATTERNS   globs by which its files are known; `**/` stands for any folders or none
    KINDS      the kinds of record it can yield
    read(file) the reading of one `File`; raises `Unreadable`

Nothing here reaches the network, the disk or the warehouse. Only values of the normalised keys are ever kept,
so a password in a file has nowhere to go; what comes from outside a file (`${VAR}`) is unknown and never guessed.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from qmsreport.configurations.reading import File, Reading, Unreadable

__all__ = ["File", "Reading", "Unreadable", "products", "read"]


@cache
def products() -> Mapping[str, ModuleType]:
    """The products that have a parser, by their `PRODUCT`."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return MappingProxyType({module.PRODUCT: module for module in modules if hasattr(module, "PRODUCT")})


def read(product: str, file: File) -> Reading:
    """The reading of one file of a product.

    Raises:
        Unreadable: it is not what that product would read.
    """
    reading: Reading = products()[product].read(file)
    return reading
