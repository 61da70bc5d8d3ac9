"""Which version is champion: recorded verdicts, comparisons, refits and successions."""
