"""Whether a version has the title to be champion: its gate holds, and `velo promote` made it one.

The alias `champion` can be set by hand or in MLflow's page, and so can every tag. So the gate is
applied anew to the figures that the judged run recorded.
"""

from __future__ import annotations

from training.promotion.champion import CHAMPION
from training.promotion.recorded_run import judged_version
from training.promotion.succession import was_promoted
from training.record import registry
from training.record.registry import Registered
from velo.errors import ModelError
from velo.home import Home


def why_not_champion(home: Home, registered: Registered) -> str | None:
    """Why a model may not price as champion, in words; None if it may.

    Args:
        home: whose runs say what was judged.
        registered: a version, or a run, which is none.
    """
    if registered.version is None:
        return "a run is no version and cannot be promoted"
    try:
        judged = judged_version(home, registered)
        promoted = was_promoted(registered, judged.registered)
    except ModelError as error:
        return str(error)
    if not judged.verdict.promoted:
        missed = "; ".join(criterion.words() for criterion in judged.verdict.refused_by)
        return f"its gate does not hold: {missed}"
    return None if promoted else "`velo promote` did not make it champion"


def rightful_champion(home: Home) -> Registered:
    """The champion, if it has the title.

    Raises:
        ModelError: there is no champion, or one by its alias alone.
    """
    champion = registry.resolve(home, CHAMPION)
    why = why_not_champion(home, champion)
    if why is not None:
        number = champion.version
        raise ModelError(
            f"version {number} is champion by its alias alone: {why}. `velo promote` judges a "
            f"version and makes it champion; `velo predict --model {number}` predicts with this "
            "one and marks it"
        )
    return champion
