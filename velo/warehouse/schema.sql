CREATE TABLE IF NOT EXISTS import_batches (
    batch_id     INTEGER PRIMARY KEY,
    file         VARCHAR NOT NULL,
    sha256       VARCHAR NOT NULL,
    format       VARCHAR NOT NULL,
    rows_read    BIGINT NOT NULL,
    accepted     BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    unchanged    BIGINT NOT NULL,
    quarantined  BIGINT NOT NULL,
    started      TIMESTAMPTZ NOT NULL,
    finished     TIMESTAMPTZ NOT NULL,
    code_version VARCHAR NOT NULL,
    CHECK (rows_read = accepted + updated + unchanged + quarantined)
);

CREATE TABLE IF NOT EXISTS quarantine (
    batch_id INTEGER NOT NULL,
    line     BIGINT NOT NULL,
    reason   VARCHAR NOT NULL,
    detail   VARCHAR,
    raw      VARCHAR
);

CREATE TABLE IF NOT EXISTS races (
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
    prize          DOUBLE,
    ran            INTEGER,
    batch_id       INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS horses (
    horse_id   BIGINT PRIMARY KEY,
    name       VARCHAR NOT NULL,
    country    VARCHAR,
    known_as   VARCHAR NOT NULL,
    foaled     INTEGER,
    first_seen DATE NOT NULL,
    last_seen  DATE NOT NULL
);

CREATE TABLE IF NOT EXISTS runners (
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
    content         UBIGINT NOT NULL,
    batch_id        INTEGER NOT NULL,
    PRIMARY KEY (race_id, horse_id)
);

CREATE TABLE IF NOT EXISTS results (
    race_id   BIGINT NOT NULL,
    horse_id  BIGINT NOT NULL,
    position  VARCHAR NOT NULL,
    finish    INTEGER,
    status    VARCHAR NOT NULL CHECK (status IN ('finished', 'non-finisher', 'withdrawn', 'void')),
    seconds   DOUBLE,
    beaten    DOUBLE,
    rpr       DOUBLE,
    ts        DOUBLE,
    prize_won DOUBLE,
    comment   VARCHAR,
    batch_id  INTEGER NOT NULL,
    PRIMARY KEY (race_id, horse_id)
);

CREATE TABLE IF NOT EXISTS prices_history (
    race_id      BIGINT NOT NULL,
    horse_id     BIGINT NOT NULL,
    kind         VARCHAR NOT NULL,
    decimal_odds DOUBLE NOT NULL CHECK (decimal_odds > 1),
    batch_id     INTEGER NOT NULL,
    PRIMARY KEY (race_id, horse_id, kind)
);

CREATE OR REPLACE VIEW racing_data AS
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
LEFT JOIN prices_history AS sp
    ON sp.race_id = runners.race_id AND sp.horse_id = runners.horse_id AND sp.kind = 'sp';
