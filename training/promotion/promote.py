"""`velo promote`: the gate, the champion on the same races, and the alias.

A version becomes champion when every criterion of the gate holds, no alarm rings that nobody has
answered for, and it is not wholly worse than the champion on days that neither was trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from training.judging.gate import Verdict
from training.promotion import champion
from training.promotion.champion import Reign
from training.promotion.head_to_head import ChampionComparison, compare
from training.promotion.recorded_run import RecordedRun, judged_version, recipe_of
from training.promotion.refit import Refitted, refit
from training.promotion.succession import (
    DESPITE,
    OUTCOME,
    PROMOTED,
    RESTORED,
    WHOLE,
    answer_to_alarm,
    write_succession,
)
from training.promotion.title import why_not_champion
from training.record import mlflow_store, registry
from training.record.registry import Registered
from training.record.run_report import plain
from training.scoring import stored_model
from velo.errors import ModelError
from velo.home import Home
from velo.result import Result

WORDS = "velo.promotion.words"


@dataclass(frozen=True, repr=False)
class Promotion(Result):
    """What was asked for, what the gate and the comparison gave, and who is champion now.

    Attributes:
        version: the version that was put forward.
        judged: the version whose verdict counted; another where a refit was put forward.
        comparison: with the champion; None where there is none, or the gate had refused already.
        objections: why it was refused, a sentence each; empty where it was promoted.
        despite_alarm: the reason given for promoting although an alarm rings.
        refitted: the retrained version, where one was asked for and the verdict allowed it.
        before, after: champion and previous.
    """

    version: str
    judged: RecordedRun
    comparison: ChampionComparison | None
    objections: tuple[str, ...]
    despite_alarm: str | None
    refitted: Refitted | None
    before: Reign
    after: Reign

    @property
    def promoted(self) -> bool:
        """Whether the version, or its refit, is champion now."""
        return not self.objections

    def words(self) -> str:
        """The outcome for a person."""
        if self.objections:
            return f"Version {self.version} is not promoted: {'; '.join(self.objections)}."
        words = f"Version {self.after.champion} is champion"
        if self.refitted is not None:
            words += f", version {self.judged.version}'s recipe retrained through "
            words += self.refitted.report["last_day"]
        if self.before == self.after:
            return words + "; it was before."
        if self.after.previous is not None:
            words += f"; version {self.after.previous} is previous"
        if self.despite_alarm:
            words += f"; despite the alarm, because: {self.despite_alarm}"
        return words + "."

    @property
    def summary(self) -> str:
        """The outcome for a person."""
        return self.words()

    def rows(self) -> list[dict[str, Any]]:
        """The table of the gate that judged it, a row a criterion, as text."""
        return self.judged.verdict.rows()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; `findings` says why, and is null where it was promoted."""
        return {
            "promoted": self.promoted,
            "words": self.words(),
            "version": self.version,
            "judged": self.judged.version,
            "run_id": self.judged.registered.run_id,
            "objections": list(self.objections),
            "despite_alarm": self.despite_alarm,
            "verdict": self.judged.verdict.to_dict(),
            "comparison": self.comparison.to_dict() if self.comparison else None,
            "findings": None if self.promoted else plain(self.judged.findings()),
            "refit": plain(self.refitted),
            "before": plain(self.before),
            "after": plain(self.after),
        }


def promote(
    home: Home,
    reference: str,
    retrain: bool = False,
    despite_alarm: str | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> Promotion:
    """Judge a version, and make it (or its refit) champion where nothing speaks against it.

    Args:
        home: whose registry and current build.
        reference: alias, version number, label or run id.
        retrain: make champion of the recipe retrained through the last day.
        despite_alarm: why an alarm may be passed over; recorded with the version before it becomes
            champion. The champion's own answer stands until another is given.
        progress: called with the name of each stage.

    Raises:
        HomeError: another promotion is under way.
        ModelError: there is no such version, or a model is not what was registered.
        SettingsError, DataError: the recipe cannot be retrained, or the days not be scored.
    """
    with champion.changing(home):
        asked = registry.resolve_version(home, reference)
        judged = judged_version(home, asked)
        version = str(asked.version)
        before = Reign.now(home)
        if despite_alarm is None and version == before.champion:
            despite_alarm = answer_to_alarm(asked)
        against = objections(judged.verdict, None, despite_alarm)
        comparison = None
        if not against:
            progress("verifying the model")
            stored_model(home, version)
            if before.champion not in (None, version):
                progress(f"comparing with champion {before.champion}")
                comparison = compare(home, judged, str(before.champion))
                against = objections(judged.verdict, comparison, despite_alarm)
        refitted = None
        after = before
        reason = despite_alarm if judged.verdict.alarms else None
        if not against:
            refitted = refit(home, judged, progress) if retrain else None
            successor = registry.resolve(home, refitted.version) if refitted else asked
            after = _crown(home, successor, judged, reason)
        done = Promotion(version, judged, comparison, against, reason, refitted, before, after)
        if not done.promoted or not _is_told(asked, before, after):
            _record(home, done)
    return done


def _crown(home: Home, successor: Registered, judged: RecordedRun, reason: str | None) -> Reign:
    """Write the succession and its reason, then move the aliases; the champion stays as it is."""
    number = str(successor.version)
    stands = number == Reign.now(home).champion and why_not_champion(home, successor) is None
    if not stands or reason != answer_to_alarm(successor):
        write_succession(successor, PROMOTED, judged.version, reason)
    if reason is not None:
        _tag(home, number, {DESPITE: reason})
    return champion.crown(home, number)


def _is_told(asked: Registered, before: Reign, after: Reign) -> bool:
    """Whether nothing changed and the version says so: no promotion of it was cut short."""
    return before == after and asked.tags.get(OUTCOME, "").startswith((PROMOTED, RESTORED))


def objections(
    verdict: Verdict, comparison: ChampionComparison | None, despite_alarm: str | None
) -> tuple[str, ...]:
    """What speaks against a promotion, a sentence each.

    Args:
        verdict: the gate's.
        comparison: with the champion, where it was made.
        despite_alarm: the answer to an alarm.
    """
    sentences = [criterion.words() for criterion in verdict.refused_by]
    if not despite_alarm:
        sentences += [f"alarm: {alarm}" for alarm in verdict.alarms]
    if comparison is not None and not comparison.holds:
        sentences.append(comparison.words())
    return tuple(sentences)


def roll_back(home: Home) -> tuple[Reign, Reign]:
    """Make the previous champion the champion again; who reigned before and after.

    Raises:
        HomeError: a promotion is under way.
        ModelError: there is none before, its model is not what was registered, or it has no title
            to be champion.
    """
    with champion.changing(home):
        before = Reign.now(home)
        if before.previous is not None:
            former = stored_model(home, champion.PREVIOUS).registered
            why = why_not_champion(home, former)
            if why is not None:
                raise ModelError(
                    f"version {former.version} cannot be champion again: {why}. "
                    f"`velo promote {former.version}` judges it"
                )
            if before.previous != before.champion:
                write_succession(
                    former,
                    RESTORED,
                    recipe_of(former) or before.previous,
                    answer_to_alarm(former),
                )
        after = champion.restore_previous(home)
        for version, outcome in ((after.champion, RESTORED), (after.previous, "rolled back")):
            if version is not None:
                _tag(home, version, {OUTCOME: f"{outcome} {datetime.now(UTC).date()}"})
        return before, after


def _record(home: Home, done: Promotion) -> None:
    """Keep the outcome with the version and, whole, with the run that was judged."""
    now = datetime.now(UTC)
    outcome = PROMOTED if done.promoted else "refused"
    tags = {OUTCOME: f"{outcome} {now.date()}", WORDS: done.words()}
    if done.comparison is not None:
        tags["velo.against_champion"] = done.comparison.words()
    _tag(home, done.refitted.version if done.refitted else done.version, tags)
    whole = done.to_dict() | {"at": now.isoformat(timespec="seconds")}
    mlflow_store.client(home).log_dict(done.judged.registered.run_id, whole, WHOLE)


def _tag(home: Home, version: str, tags: dict[str, str]) -> None:
    store = mlflow_store.client(home)
    for name, value in tags.items():
        store.set_model_version_tag(
            registry.MODEL, version, name, value[: mlflow_store.LONGEST_TAG]
        )
