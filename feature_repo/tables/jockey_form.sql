-- Each jockey's wins and starts: career, and over the last 14,
-- 30 and 90 days. A row at each day that becomes known and at
-- each day that falls out of a window.
{wins_and_starts(person: jockey)}
