"""The one exception tree of VÉLØ.

::

    VeloError                 exit 2: one line that names the thing and the mend
    ├── SettingsError         velo.toml or the environment says something that cannot be
    ├── InputError            a file or an argument that cannot be read as what it claims
    │   ├── UnknownFormat     no reader knows these columns
    │   └── AccountingError   a file's rows do not add up: a fault of VÉLØ's
    ├── HomeError             the home is missing, in use or not in the state a command needs
    │   ├── InUse             another process is at it, at the warehouse say: ask again later
    │   ├── NothingIngested   no results in the warehouse yet
    │   └── NothingBuilt      no offline tables yet
    ├── DataError             the data cannot carry the question (too few races, no prices)
    └── ModelError            no such model, or an artifact that is not what was registered
"""

from __future__ import annotations


class VeloError(Exception):
    """Root of every error that VÉLØ raises on purpose.

    The message is one line. It names what is wrong and how to mend it, and is shown to the user
    as it stands.
    """


class SettingsError(VeloError):
    """A setting that is unknown or out of its range."""


class InputError(VeloError):
    """A file or an argument that cannot be read as what it claims to be."""


class UnknownFormat(InputError):
    """A file whose columns no reader knows."""


class AccountingError(InputError):
    """A file's rows are not accounted for. Nothing of it was imported."""


class HomeError(VeloError):
    """The home is missing, in use, or not in the state that a command needs."""


class InUse(HomeError):
    """Another process is at what is asked for; it will be done some time."""


class NothingIngested(HomeError):
    """The warehouse holds no results."""


class NothingBuilt(HomeError):
    """There are no offline tables yet."""


class DataError(VeloError):
    """The data cannot carry the question that was asked of it."""


class ModelError(VeloError):
    """No such model, or an artifact that is not what the registry says it is."""
