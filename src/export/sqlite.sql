PRAGMA user_version = 1;
-- What the file is: version, made, filter, redacted.
CREATE TABLE about (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
-- A row per session. Its counts are of the whole session, whatever the filter.
CREATE TABLE sessions (
  session_id INTEGER PRIMARY KEY,
  session TEXT NOT NULL UNIQUE,
  dut TEXT NOT NULL,
  unit TEXT,
  build TEXT,
  label TEXT,
  started TEXT,             -- ISO 8601, with the zone if the file tells it
  started_unix_s INTEGER,   -- seconds since 1970; a time without a zone counts as UTC
  duration_s REAL,
  incomplete TEXT,          -- why the session is incomplete
  is_latest INTEGER NOT NULL,  -- 1 for the latest session of its DUT
  results INTEGER NOT NULL,
  executed INTEGER NOT NULL,   -- passed + failed + error + xfailed + xpassed
  passed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  error INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  xfailed INTEGER NOT NULL,
  xpassed INTEGER NOT NULL,
  not_run INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  flaky INTEGER NOT NULL,
  known INTEGER NOT NULL,      -- failing results that a known issue covers
  pass_rate REAL,              -- from 0 to 1; NULL without verdicts
  test_time_s REAL             -- sum of the durations of results
);
-- What files say of sessions.
CREATE TABLE properties (
  session_id INTEGER NOT NULL REFERENCES sessions,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (session_id, name)
) WITHOUT ROWID;
-- What files say of the DUTs of sessions.
CREATE TABLE attributes (
  session_id INTEGER NOT NULL REFERENCES sessions,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (session_id, name)
) WITHOUT ROWID;
-- The tests that match the filter.
CREATE TABLE tests (
  test_id INTEGER PRIMARY KEY,
  suite TEXT NOT NULL,
  class TEXT NOT NULL,
  name TEXT NOT NULL
);
-- The results of these tests, in all sessions.
CREATE TABLE results (
  result_id INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions,
  test_id INTEGER NOT NULL REFERENCES tests,
  outcome TEXT NOT NULL,       -- passed, failed, error, skipped, xfailed, xpassed, not run, unknown
  is_failing INTEGER NOT NULL, -- 1 for failed and error
  native TEXT NOT NULL,        -- the word of the file
  duration_s REAL,
  attempts INTEGER NOT NULL,
  is_flaky INTEGER NOT NULL,   -- 1 if attempts disagree
  message TEXT NOT NULL,
  frame TEXT NOT NULL          -- where a failure happened: function and file
);
-- Measured values of the tests that match the filter.
CREATE TABLE metrics (
  session_id INTEGER NOT NULL REFERENCES sessions,
  test_id INTEGER NOT NULL REFERENCES tests,
  metric TEXT NOT NULL,
  value REAL NOT NULL,
  unit TEXT NOT NULL,          -- of value and limits
  lower REAL,
  upper REAL
);
-- Results with the facts of their session and test.
CREATE VIEW result_rows AS
SELECT s.started_unix_s, s.started, s.dut, s.unit, s.build, s.session, s.is_latest,
  t.suite, t.class, t.name, t.test_id,
  r.outcome, r.is_failing, r.native, r.duration_s, r.attempts, r.is_flaky, r.message, r.frame
FROM results r JOIN sessions s USING (session_id) JOIN tests t USING (test_id);
-- Measured values with the facts of their session and test.
CREATE VIEW metric_rows AS
SELECT s.started_unix_s, s.started, s.dut, s.unit AS dut_unit, s.build, s.session, s.is_latest,
  t.suite, t.class, t.name, m.metric, m.value, m.unit, m.lower, m.upper
FROM metrics m JOIN sessions s USING (session_id) JOIN tests t USING (test_id);
