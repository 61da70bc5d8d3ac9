CREATE TABLE warehouse_schema (
    version INTEGER PRIMARY KEY
);

CREATE TABLE import_batches (
    batch_id     INTEGER PRIMARY KEY,
    file         VARCHAR NOT NULL,
    sha256       VARCHAR NOT NULL,
    format       VARCHAR NOT NULL,
    rows_read    BIGINT NOT NULL,
    accepted     BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    unchanged    BIGINT NOT NULL,
    quarantined  BIGINT NOT NULL,
    unmatched    BIGINT NOT NULL,
    started      TIMESTAMPTZ NOT NULL,
    finished     TIMESTAMPTZ NOT NULL,
    code_version VARCHAR NOT NULL,
    reader_version  INTEGER NOT NULL DEFAULT 1,
    kind            VARCHAR NOT NULL DEFAULT 'import' CHECK (kind IN (
        'import', 'refused', 'undo', 'unmerge', 'recheck')),
    undoes          INTEGER,
    undone_by       INTEGER,
    unknown_columns VARCHAR[],
    notes           VARCHAR[],
    CHECK (rows_read = accepted + updated + unchanged + quarantined)
);

CREATE TABLE sources (
    source     VARCHAR PRIMARY KEY,
    precedence INTEGER NOT NULL UNIQUE
);

CREATE TABLE quarantine (
    batch_id INTEGER NOT NULL,
    line     BIGINT NOT NULL,
    reason   VARCHAR NOT NULL,
    detail   VARCHAR,
    raw      VARCHAR
);

-- Cells whose text no rule could read, or whose figure is beyond reason, by field.
CREATE TABLE unread (
    batch_id INTEGER NOT NULL,
    field    VARCHAR NOT NULL,
    reason   VARCHAR NOT NULL CHECK (reason IN ('unreadable', 'beyond-reason')),
    cells    BIGINT NOT NULL,
    given    BIGINT NOT NULL,
    examples STRUCT(line BIGINT, "text" VARCHAR)[] NOT NULL,
    PRIMARY KEY (batch_id, field, reason)
);

-- What was concluded and not said by a file, and what each conclusion moved.
CREATE TABLE inferences (
    inference_id INTEGER PRIMARY KEY,
    batch_id     INTEGER NOT NULL,
    kind         VARCHAR NOT NULL,
    kept         BIGINT,
    other        BIGINT,
    conclusion   VARCHAR NOT NULL,
    evidence     VARCHAR NOT NULL,
    undone_by    INTEGER
);
CREATE TABLE inference_rows (
    inference_id INTEGER NOT NULL,
    race_id      BIGINT NOT NULL,
    horse_id     BIGINT NOT NULL,
    batch_id     INTEGER NOT NULL,
    PRIMARY KEY (inference_id, race_id, horse_id)
);

-- Ids that were given before two were found to be one: predictions settle through them.
CREATE TABLE aliases (
    kind         VARCHAR NOT NULL CHECK (kind IN ('race', 'horse')),
    alias        BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    inference_id INTEGER NOT NULL,
    PRIMARY KEY (kind, alias)
);

-- Pairs that a person said are two; no later import joins them.
CREATE TABLE kept_apart (
    kind     VARCHAR NOT NULL CHECK (kind IN ('race', 'horse')),
    one      BIGINT NOT NULL,
    other    BIGINT NOT NULL,
    batch_id INTEGER NOT NULL,
    PRIMARY KEY (kind, one, other)
);

CREATE TABLE races (
    race_id        BIGINT PRIMARY KEY,
    source         VARCHAR NOT NULL,
    source_race_id VARCHAR,
    date           DATE NOT NULL,
    region         VARCHAR NOT NULL,
    course         VARCHAR NOT NULL,
    course_id      BIGINT NOT NULL,
    off            VARCHAR,
    race_no        INTEGER,
    name           VARCHAR,
    race_type      VARCHAR,
    surface        VARCHAR,
    class          VARCHAR,
    pattern        VARCHAR,
    rating_band    VARCHAR,
    declared_level DOUBLE,
    distance_m     DOUBLE,
    distance_band  VARCHAR,
    going          VARCHAR,
    going_group    VARCHAR,
    rail           VARCHAR,
    declared_prize DOUBLE,
    prize          DOUBLE,
    ran            INTEGER,
    batch_id       INTEGER NOT NULL,
    off_at         TIMESTAMPTZ,
    off_zone       VARCHAR,
    off_doubt      INTEGER
);

CREATE TABLE race_flags (
    race_id  BIGINT NOT NULL,
    flag     VARCHAR NOT NULL CHECK (flag IN (
        'no-winner', 'two-winners', 'number-twice', 'book-low', 'book-high', 'runners-missing',
        'coupled')),
    detail   VARCHAR NOT NULL,
    batch_id INTEGER NOT NULL,
    PRIMARY KEY (race_id, flag)
);

CREATE TABLE courses (
    course_id BIGINT PRIMARY KEY,
    name      VARCHAR NOT NULL,
    surface   VARCHAR,
    country   VARCHAR,
    batch_id  INTEGER NOT NULL
);

CREATE TABLE trainers (
    trainer_id BIGINT PRIMARY KEY,
    name       VARCHAR NOT NULL,
    batch_id   INTEGER NOT NULL
);

CREATE TABLE jockeys (
    jockey_id BIGINT PRIMARY KEY,
    name      VARCHAR NOT NULL,
    batch_id  INTEGER NOT NULL
);

CREATE TABLE horses (
    horse_id   BIGINT PRIMARY KEY,
    name       VARCHAR NOT NULL,
    country    VARCHAR,
    known_as   VARCHAR NOT NULL,
    foaled     INTEGER,
    first_seen DATE NOT NULL,
    last_seen  DATE NOT NULL
);

-- Every id under which a source knows a horse.
CREATE TABLE horse_ids (
    source   VARCHAR NOT NULL,
    id       VARCHAR NOT NULL,
    horse_id BIGINT NOT NULL,
    batch_id INTEGER NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE TABLE runners (
    race_id         BIGINT NOT NULL,
    horse_id        BIGINT NOT NULL,
    number          INTEGER,
    draw            INTEGER,
    horse           VARCHAR NOT NULL,
    age             INTEGER,
    sex             VARCHAR,
    pounds          DOUBLE,
    official_rating DOUBLE,
    headgear        VARCHAR,
    jockey          VARCHAR,
    jockey_id       BIGINT,
    trainer         VARCHAR,
    trainer_id      BIGINT,
    owner           VARCHAR,
    sire            VARCHAR,
    dam             VARCHAR,
    damsire         VARCHAR,
    source          VARCHAR NOT NULL,
    content         UBIGINT NOT NULL,
    batch_id        INTEGER NOT NULL,
    number_letter   VARCHAR,
    standing        VARCHAR CHECK (standing IN ('non-runner', 'reserve')),
    PRIMARY KEY (race_id, horse_id)
);

CREATE TABLE results (
    race_id        BIGINT NOT NULL,
    horse_id       BIGINT NOT NULL,
    position       VARCHAR NOT NULL,
    finish         INTEGER,
    status         VARCHAR NOT NULL CHECK (status IN (
        'finished', 'non-finisher', 'withdrawn', 'void')),
    seconds        DOUBLE,
    beaten         DOUBLE,
    rpr            DOUBLE,
    ts             DOUBLE,
    prize_won      DOUBLE,
    comment        VARCHAR,
    early_position DOUBLE CHECK (early_position BETWEEN 0 AND 1),
    batch_id       INTEGER NOT NULL,
    PRIMARY KEY (race_id, horse_id)
);

CREATE TABLE prices_history (
    race_id      BIGINT NOT NULL,
    horse_id     BIGINT NOT NULL,
    source       VARCHAR NOT NULL,
    kind         VARCHAR NOT NULL CHECK (kind IN (
        'evening', 'breakfast', 'morning', 'open', 'touched', 'wap', 'min', 'max', 'sp', 'bsp',
        'in-play-min', 'in-play-max')),
    nth          INTEGER NOT NULL CHECK (nth >= 1),
    quoted       TIMESTAMP,
    decimal_odds DOUBLE NOT NULL CHECK (decimal_odds > 1),
    batch_id     INTEGER NOT NULL,
    PRIMARY KEY (race_id, horse_id, source, kind, nth)
);

CREATE TABLE sectionals (
    race_id    BIGINT NOT NULL,
    horse_id   BIGINT NOT NULL,
    source     VARCHAR NOT NULL,
    section    INTEGER NOT NULL CHECK (section >= 1),
    seconds    DOUBLE NOT NULL CHECK (seconds > 0),
    distance_m DOUBLE,
    batch_id   INTEGER NOT NULL,
    PRIMARY KEY (race_id, horse_id, source, section)
);

CREATE TABLE waiting_prices (
    batch_id     INTEGER NOT NULL,
    line         BIGINT NOT NULL,
    source       VARCHAR NOT NULL,
    date         DATE NOT NULL,
    course       VARCHAR NOT NULL,
    off          VARCHAR,
    horse        VARCHAR NOT NULL,
    name         VARCHAR NOT NULL,
    kind         VARCHAR NOT NULL,
    decimal_odds DOUBLE NOT NULL CHECK (decimal_odds > 1),
    PRIMARY KEY (batch_id, line, kind)
);

-- Every off that a card declared, from its batch on. Rows are only added: an undo leaves them.
CREATE TABLE declared_offs (
    race_id   BIGINT NOT NULL,
    source    VARCHAR NOT NULL,
    off_at    TIMESTAMPTZ NOT NULL,
    off_doubt INTEGER NOT NULL,
    batch_id  INTEGER NOT NULL
);

CREATE TABLE conflicts (
    race_id      BIGINT NOT NULL,
    horse_id     BIGINT,
    field        VARCHAR NOT NULL,
    kept_source  VARCHAR NOT NULL,
    kept         VARCHAR NOT NULL,
    other_source VARCHAR NOT NULL,
    other        VARCHAR NOT NULL,
    batch_id     INTEGER NOT NULL
);

-- What each source said, of races and runners that more than one source tells of.
CREATE TABLE race_tellings AS SELECT * FROM races LIMIT 0;

CREATE TABLE runner_tellings AS
SELECT runners.*, results.* EXCLUDE (race_id, horse_id, batch_id)
FROM runners
JOIN results ON results.race_id = runners.race_id
LIMIT 0;

-- Rows as they stood before the batch `replaced_by` put others in their place.
CREATE TABLE earlier_races AS SELECT *, 0 AS replaced_by FROM races LIMIT 0;
CREATE TABLE earlier_runners AS SELECT *, 0 AS replaced_by FROM runners LIMIT 0;
CREATE TABLE earlier_results AS SELECT *, 0 AS replaced_by FROM results LIMIT 0;
CREATE TABLE earlier_prices_history AS
SELECT *, 0 AS replaced_by FROM prices_history LIMIT 0;
CREATE TABLE earlier_sectionals AS
SELECT *, 0 AS replaced_by FROM sectionals LIMIT 0;
CREATE TABLE earlier_horses AS SELECT *, 0 AS replaced_by FROM horses LIMIT 0;
CREATE TABLE earlier_horse_ids AS SELECT *, 0 AS replaced_by FROM horse_ids LIMIT 0;
CREATE TABLE earlier_race_flags AS SELECT *, 0 AS replaced_by FROM race_flags LIMIT 0;
CREATE TABLE earlier_conflicts AS SELECT *, 0 AS replaced_by FROM conflicts LIMIT 0;
CREATE TABLE earlier_waiting_prices AS SELECT *, 0 AS replaced_by FROM waiting_prices LIMIT 0;
CREATE TABLE earlier_race_tellings AS SELECT *, 0 AS replaced_by FROM race_tellings LIMIT 0;
CREATE TABLE earlier_runner_tellings AS SELECT *, 0 AS replaced_by FROM runner_tellings LIMIT 0;
CREATE TABLE earlier_courses AS SELECT *, 0 AS replaced_by FROM courses LIMIT 0;

-- The rest of what a batch is taken back by: see velo/warehouse/undo.py.
CREATE TABLE named_horses (
    batch_id INTEGER NOT NULL,
    horse_id BIGINT NOT NULL
);
CREATE TABLE restated_runners (
    race_id     BIGINT NOT NULL,
    horse_id    BIGINT NOT NULL,
    content     UBIGINT NOT NULL,
    replaced_by INTEGER NOT NULL
);
CREATE TABLE arrived_prices (
    race_id      BIGINT NOT NULL,
    horse_id     BIGINT NOT NULL,
    source       VARCHAR NOT NULL,
    kind         VARCHAR NOT NULL,
    batch_id     INTEGER NOT NULL,
    arrived_with INTEGER NOT NULL
);
CREATE TABLE repeated_races (
    batch_id INTEGER NOT NULL,
    race_id  BIGINT NOT NULL
);
-- Races that a conclusion, or its taking back, moved something of: all of them is kept.
CREATE TABLE joined_races (
    batch_id INTEGER NOT NULL,
    race_id  BIGINT NOT NULL
);

-- One price a runner and kind: the most trusted source's, the first that it names.
CREATE VIEW prices AS
SELECT
    race_id, horse_id, kind,
    arg_min(decimal_odds, sources.precedence * 100 + nth) AS decimal_odds
FROM prices_history
JOIN sources ON sources.source = prices_history.source
GROUP BY race_id, horse_id, kind;

-- What is declared of each runner before the off, whether or not the race is over.
CREATE VIEW entries AS
SELECT
    runners.race_id, runners.horse_id, races.date, races.region, races.course, races.course_id,
    races.off, races.race_no, races.name AS race_name, races.race_type AS "type", races.class,
    races.pattern, races.rating_band, races.distance_m, races.surface, races.going,
    runners.number, runners.draw, runners.horse, runners.age, runners.sex, runners.pounds,
    runners.official_rating, runners.headgear, runners.jockey, runners.jockey_id,
    runners.trainer, runners.trainer_id, runners.owner, runners.sire, runners.dam, runners.damsire,
    races.off_at, races.off_zone, races.off_doubt, runners.number_letter, runners.standing,
    races.rail
FROM runners
JOIN races ON races.race_id = runners.race_id;

CREATE VIEW racing_data AS
SELECT
    races.date, races.course, races.source_race_id AS race_id, races.off, races.name AS race_name,
    races.race_type AS "type", races.class, races.pattern, races.rating_band,
    races.distance_m AS dist_m, races.going, races.ran,
    runners.number AS num, results.position AS pos, runners.draw, runners.horse, runners.age,
    runners.sex, runners.pounds AS wgt, runners.jockey, runners.trainer, runners.owner,
    runners.official_rating, results.rpr, results.ts, results.seconds AS secs,
    results.prize_won AS prize, sp.decimal_odds AS sp,
    runners.sire, runners.dam, runners.damsire, results.comment
FROM runners
JOIN races USING (race_id)
LEFT JOIN results USING (race_id, horse_id)
LEFT JOIN prices AS sp
    ON sp.race_id = runners.race_id AND sp.horse_id = runners.horse_id AND sp.kind = 'sp';
