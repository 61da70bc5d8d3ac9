"""Names and pedigrees of a world's horses, and the names of its people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from velo.synth import invented_names
from velo.synth.simulation import World

_SIRES = 420
_REUSED_SHARE = 0.004  # horses that bear the name of one long gone
_YEARS_GONE = 4 * 365


class Stud:
    """The stud book: one text a horse, sire, dam and damsire, with the codes that join them."""

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        count = world.horses.count
        room = invented_names.horse_word_room()
        shuffled = rng.permutation(room)
        self.horse = self._horse_names(world, shuffled, rng)
        self.owner = invented_names.owners(max(50, count // 3), rng)
        self.jockey = invented_names.people(world.scale.jockeys, rng, riders=True)
        self.trainer = invented_names.people(world.scale.trainers, rng, riders=False)

        sire_words = invented_names.horse_words(shuffled[-_SIRES:])
        suffix = self._suffixes(_SIRES, rng)
        self.sire = [
            f"{w} {invented_names.COUNTRIES[s]}" for w, s in zip(sire_words, suffix, strict=True)
        ]
        self.damsire = sire_words
        dams = max(30, int(count / 2.3))
        dam_words = invented_names.horse_words(shuffled[(np.arange(dams) * 7 + 11) % room])
        self.dam = [
            f"{w} GB" if s == 1 else f"{w} {invented_names.COUNTRIES[s]}"
            for w, s in zip(dam_words, self._suffixes(dams, rng), strict=True)
        ]
        popular = 1 / (np.arange(_SIRES) + 6.0)
        popular /= popular.sum()
        self.sire_of = rng.choice(_SIRES, count, p=popular)
        self.dam_of = rng.integers(0, dams, count)
        self.damsire_of = rng.choice(_SIRES, dams, p=popular)[self.dam_of]

    @staticmethod
    def _suffixes(count: int, rng: np.random.Generator) -> list[int]:
        suffixes = rng.choice(len(invented_names.COUNTRIES), count, p=invented_names.COUNTRY_SHARES)
        return [int(suffix) for suffix in suffixes]

    def _horse_names(
        self, world: World, shuffled: NDArray[np.int64], rng: np.random.Generator
    ) -> list[str]:
        """A name with its country for each horse, some of them used before, years ago."""
        horses, count = world.horses, world.horses.count
        word = shuffled[np.arange(count) % (len(shuffled) - _SIRES)]
        suffix = np.array(self._suffixes(count, rng))
        debut = np.full(count, 2**30, dtype=np.int64)
        runner = world.runners["horse"]
        debut[runner[::-1]] = world.races["day"][world.runners["race"][::-1]]
        last = horses.last_day[:count].astype(np.int64)
        order = np.argsort(last)
        for i in np.flatnonzero(rng.random(count) < _REUSED_SHARE).tolist():
            gone = int(np.searchsorted(last[order], debut[i] - _YEARS_GONE))
            raced = int(np.searchsorted(last[order], 0))
            if debut[i] < 2**30 and gone > raced:
                old = order[rng.integers(raced, gone)]
                word[i], suffix[i] = word[old], suffix[old]
        return [
            f"{w} {invented_names.COUNTRIES[s]}"
            for w, s in zip(invented_names.horse_words(word), suffix.tolist(), strict=True)
        ]
