#include "reports/store/schema.hpp"

#include "reports/store/sql.hpp"
#include "reports/store/standing.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace rraebench {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE environment (
  -- Where runs happened; equal environments are one row.
  id               INTEGER PRIMARY KEY,
  program_version  TEXT NOT NULL,
  libtorch_version TEXT NOT NULL,
  compiler         TEXT NOT NULL,
  blas             TEXT NOT NULL,
  operating_system TEXT NOT NULL,
  cpu              TEXT NOT NULL,
  cores            INTEGER NOT NULL,
  memory_bytes     INTEGER NOT NULL,
  device           TEXT NOT NULL,     -- "cpu" or "cuda:0 (name)"
  threads          INTEGER NOT NULL,  -- threads that LibTorch was given
  UNIQUE (program_version, libtorch_version, compiler, blas, operating_system, cpu, cores, memory_bytes, device,
          threads)
);

CREATE TABLE run (
  -- One training and measuring of one model on one data set under one seed, whether it went well or not.
  id                  INTEGER PRIMARY KEY,
  identity            TEXT NOT NULL CHECK (identity <> ''),  -- SHA-256 of spec_json: all that decides the result
  attempt             INTEGER NOT NULL CHECK (attempt >= 1), -- counts the runs of this identity
  suite               TEXT NOT NULL,
  comparison          TEXT NOT NULL,     -- entry of the suite: its models share data, networks and budget
  model               TEXT NOT NULL,     -- name of the plugin
  label               TEXT NOT NULL,     -- name of the model in reports
  dataset             TEXT NOT NULL,
  seed                INTEGER NOT NULL,
  status              TEXT NOT NULL CHECK (status IN
                        ('ok', 'diverged', 'oom', 'timeout', 'crash', 'error', 'skipped', 'interrupted')),
  exit_code           INTEGER,           -- of the worker process; NULL when a signal ended it
  signal              INTEGER,           -- that ended the worker process, else NULL
  message             TEXT NOT NULL,     -- one line: why the run is not ok
  stderr_tail         TEXT NOT NULL,     -- last lines that the worker wrote
  started_at          TEXT NOT NULL,     -- UTC, ISO 8601
  finished_at         TEXT NOT NULL,     -- UTC, ISO 8601
  wall_seconds        REAL,
  train_seconds       REAL,
  train_steps         INTEGER NOT NULL,
  samples_per_second  REAL,              -- while training
  parameter_count     INTEGER NOT NULL,
  peak_memory_bytes   INTEGER NOT NULL,
  plugin_version      TEXT NOT NULL,
  plugin_sha256       TEXT NOT NULL,
  dataset_fingerprint TEXT NOT NULL,
  spec_json           TEXT NOT NULL,     -- the resolved cell as canonical JSON
  environment_id      INTEGER NOT NULL REFERENCES environment (id),
  UNIQUE (identity, attempt)
);
CREATE INDEX run_place ON run (suite, comparison, dataset, label, seed);
CREATE INDEX run_environment ON run (environment_id);

CREATE TABLE metric (
  -- Measured figures. Comparable only where all columns but run_id and value agree.
  id               INTEGER PRIMARY KEY,
  run_id           INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  protocol         TEXT NOT NULL,     -- reconstruct, interpolate, generate, collapse, rank, train
  name             TEXT NOT NULL,     -- relative_error, fid, active_units, ...
  variant          TEXT NOT NULL,     -- sampler of a generation, else ''
  split            TEXT NOT NULL,     -- train, test or ''
  value            REAL,              -- NULL: the figure is not a number
  unit             TEXT NOT NULL,
  better           TEXT NOT NULL CHECK (better IN ('lower', 'higher', '')),
  extractor        TEXT NOT NULL,     -- feature extractor of FID and the like, else ''
  extractor_sha256 TEXT NOT NULL,     -- of its weights, else ''
  reference_count  INTEGER NOT NULL,  -- real samples behind the figure, 0 where that means nothing
  sample_count     INTEGER NOT NULL,  -- reconstructed, interpolated or generated samples, likewise
  UNIQUE (run_id, protocol, name, variant, split, extractor, extractor_sha256, reference_count, sample_count)
);

CREATE TABLE curve (
  -- Training curves.
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  series TEXT NOT NULL,     -- loss, a part of it (reconstruction, kl), learning_rate, ...
  step   INTEGER NOT NULL,  -- optimiser steps done
  value  REAL,              -- NULL: not a number
  PRIMARY KEY (run_id, series, step)
) WITHOUT ROWID;

CREATE TABLE spectrum (
  -- Figures per dimension.
  run_id   INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name     TEXT NOT NULL,     -- singular_values (descending), kl_per_dimension, coefficient_variance
  position INTEGER NOT NULL,  -- of the dimension, from 1
  value    REAL,              -- NULL: not a number
  PRIMARY KEY (run_id, name, position)
) WITHOUT ROWID;

CREATE TABLE image (
  -- Pictures for reports.
  id       INTEGER PRIMARY KEY,
  run_id   INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  protocol TEXT NOT NULL,     -- reconstruct, interpolate, generate
  name     TEXT NOT NULL,     -- samples, originals_and_reconstructions, strips
  variant  TEXT NOT NULL,     -- as in metric
  caption  TEXT NOT NULL,     -- one line for people
  width    INTEGER NOT NULL,  -- pixels
  height   INTEGER NOT NULL,  -- pixels
  png      BLOB NOT NULL,     -- bytes of a PNG file
  UNIQUE (run_id, protocol, name, variant)
);

CREATE TABLE published (
  -- Figures that papers print, to stand beside ours.
  comparison TEXT NOT NULL,  -- as in run
  label      TEXT NOT NULL,  -- as in run
  protocol   TEXT NOT NULL,  -- as in metric, like the next three
  name       TEXT NOT NULL,
  variant    TEXT NOT NULL,
  split      TEXT NOT NULL,
  value      REAL NOT NULL,
  deviation  REAL,           -- standard deviation, NULL where the paper gives none
  source     TEXT NOT NULL,  -- "arXiv 2405.13980v1, table 1"
  PRIMARY KEY (comparison, label, protocol, name, variant, split)
);

CREATE VIEW runs AS
  -- The latest attempt of each identity. current = 1 for the run that counts: the last started of those with the
  -- same suite, comparison, dataset, label and seed (an older one had other options or another plugin build).
  SELECT id, suite, comparison, dataset, label, model, seed, status, attempt, message, started_at, finished_at,
         wall_seconds, train_seconds, train_steps, samples_per_second, parameter_count, peak_memory_bytes,
         plugin_version, program_version, device, cpu, threads, identity,
         ROW_NUMBER() OVER (PARTITION BY suite, comparison, dataset, label, seed
                            ORDER BY started_at DESC, id DESC) = 1 AS current
  FROM (SELECT run.*, environment.program_version, environment.device, environment.cpu, environment.threads
        FROM run JOIN environment ON environment.id = run.environment_id
        WHERE attempt = (SELECT MAX(attempt) FROM run AS other WHERE other.identity = run.identity))
  ORDER BY id;

CREATE VIEW leaderboard AS
  -- Mean, sample standard deviation (NULL for one run) and range over the seeds of the current ok runs, best mean
  -- first. n counts the runs that have the figure and where it is a number.
  SELECT suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better, extractor,
         extractor_sha256, reference_count, sample_count, average AS mean,
         CASE WHEN COUNT(*) > 1 THEN SQRT(SUM((value - average) * (value - average)) / (COUNT(*) - 1)) END AS std,
         COUNT(*) AS n, MIN(value) AS minimum, MAX(value) AS maximum
  FROM (SELECT runs.suite, runs.comparison, runs.dataset, runs.label, runs.model, metric.*,
               AVG(metric.value) OVER (
                 PARTITION BY runs.suite, runs.comparison, runs.dataset, runs.label, runs.model, metric.protocol,
                              metric.name, metric.variant, metric.split, metric.unit, metric.better,
                              metric.extractor, metric.extractor_sha256, metric.reference_count,
                              metric.sample_count) AS average
        FROM runs JOIN metric ON metric.run_id = runs.id
        WHERE runs.status = 'ok' AND runs.current AND metric.value IS NOT NULL)
  GROUP BY suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better, extractor,
           extractor_sha256, reference_count, sample_count
  ORDER BY suite, comparison, dataset, protocol, name, variant, split, unit, extractor, extractor_sha256,
           reference_count, sample_count, CASE better WHEN 'higher' THEN -average ELSE average END, label;

CREATE VIEW paper_gap AS
  -- A paper's figures beside ours. ours, std, n and gap are NULL where there is no ok run yet.
  SELECT leaderboard.suite, published.comparison, leaderboard.dataset, published.label, published.protocol,
         published.name, published.variant, published.split, leaderboard.unit, published.value AS published,
         published.deviation AS published_std, leaderboard.mean AS ours, leaderboard.std, leaderboard.n,
         leaderboard.mean - published.value AS gap, leaderboard.extractor, leaderboard.reference_count,
         leaderboard.sample_count, published.source
  FROM published LEFT JOIN leaderboard USING (comparison, label, protocol, name, variant, split)
  ORDER BY published.comparison, published.protocol, published.name, published.variant, published.split,
           published.label;

CREATE VIEW failures AS
  -- Current runs that are not ok, and why.
  SELECT run.id, run.suite, run.comparison, run.dataset, run.label, run.model, run.seed, run.status, run.attempt,
         run.exit_code, run.signal, run.message, run.stderr_tail, run.started_at, run.wall_seconds,
         run.peak_memory_bytes, run.identity
  FROM runs JOIN run USING (id)
  WHERE runs.current AND runs.status <> 'ok'
  ORDER BY run.id;
)sql";

// The same comparison's name may stand in several suites: a paper's figure belongs to one of them. And one
// odd seed in ten hides the others from a mean: the leaderboard has the median, too.
constexpr const char* kVersion2 = R"sql(
DROP VIEW paper_gap;
DROP VIEW leaderboard;
DROP TABLE published;  -- Every run of a suite writes its figures again.

CREATE VIEW leaderboard AS
  -- Mean, sample standard deviation (NULL for one run), range and median over the seeds of the current ok runs, best
  -- mean first. n counts the runs that have the figure and where it is a number.
  SELECT suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better, extractor,
         extractor_sha256, reference_count, sample_count, average AS mean,
         CASE WHEN COUNT(*) > 1 THEN SQRT(SUM((value - average) * (value - average)) / (COUNT(*) - 1)) END AS std,
         COUNT(*) AS n, MIN(value) AS minimum, MAX(value) AS maximum,
         AVG(CASE WHEN 2 * place BETWEEN places AND places + 2 THEN value END) AS median
  FROM (SELECT runs.suite, runs.comparison, runs.dataset, runs.label, runs.model, metric.*,
               AVG(metric.value) OVER figure AS average, COUNT(*) OVER figure AS places,
               ROW_NUMBER() OVER (figure ORDER BY metric.value) AS place
        FROM runs JOIN metric ON metric.run_id = runs.id
        WHERE runs.status = 'ok' AND runs.current AND metric.value IS NOT NULL
        WINDOW figure AS (PARTITION BY runs.suite, runs.comparison, runs.dataset, runs.label, runs.model,
                                       metric.protocol, metric.name, metric.variant, metric.split, metric.unit,
                                       metric.better, metric.extractor, metric.extractor_sha256,
                                       metric.reference_count, metric.sample_count))
  GROUP BY suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better, extractor,
           extractor_sha256, reference_count, sample_count
  ORDER BY suite, comparison, dataset, protocol, name, variant, split, unit, extractor, extractor_sha256,
           reference_count, sample_count, CASE better WHEN 'higher' THEN -average ELSE average END, label;

CREATE TABLE published (
  -- Figures that papers print, to stand beside ours.
  suite      TEXT NOT NULL,  -- as in run, like the next two
  comparison TEXT NOT NULL,
  label      TEXT NOT NULL,
  protocol   TEXT NOT NULL,  -- as in metric, like the next three
  name       TEXT NOT NULL,
  variant    TEXT NOT NULL,
  split      TEXT NOT NULL,
  value      REAL NOT NULL,
  deviation  REAL,           -- standard deviation, NULL where the paper gives none
  source     TEXT NOT NULL,  -- "arXiv 2405.13980v1, table 1"
  PRIMARY KEY (suite, comparison, label, protocol, name, variant, split)
);

CREATE VIEW paper_gap AS
  -- A paper's figures beside ours. ours, std, n and gap are NULL where there is no ok run yet.
  SELECT suite, comparison, leaderboard.dataset, label, protocol, name, variant, split, leaderboard.unit,
         published.value AS published, published.deviation AS published_std, leaderboard.mean AS ours,
         leaderboard.std, leaderboard.n, leaderboard.mean - published.value AS gap, leaderboard.extractor,
         leaderboard.reference_count, leaderboard.sample_count, published.source
  FROM published LEFT JOIN leaderboard USING (suite, comparison, label, protocol, name, variant, split)
  ORDER BY suite, comparison, protocol, name, variant, split, label;
)sql";

// What counts is what a suite asked for last, not what happened to run last; a failed attempt never hides the
// figures of one that went well; and what makes a figure less than it looks is kept beside it.
constexpr const char* kVersion3 = R"sql(
DROP VIEW failures;
DROP VIEW paper_gap;
DROP VIEW leaderboard;
DROP VIEW runs;

ALTER TABLE run ADD COLUMN fault TEXT NOT NULL DEFAULT ''  -- of a run that failed: whose it is; else ''
  CHECK (fault IN ('', 'model', 'infrastructure'));
ALTER TABLE run ADD COLUMN settings TEXT NOT NULL DEFAULT '';  -- spec_json without the seed
UPDATE run SET fault = 'model' WHERE status NOT IN ('ok', 'interrupted', 'skipped');
UPDATE run SET settings = CASE WHEN json_valid(spec_json) THEN json_remove(spec_json, '$.seed') ELSE spec_json END;

CREATE TABLE asked (
  -- The settings that a suite asked for last, whatever the seed: runs with these are the ones that count.
  suite      TEXT NOT NULL,  -- as in run, like the next three
  comparison TEXT NOT NULL,
  dataset    TEXT NOT NULL,
  label      TEXT NOT NULL,
  settings   TEXT NOT NULL,  -- as in run; '' where the suite has dropped the place
  suite_file TEXT NOT NULL,  -- where the suite was read from; '' where that is not known
  asked_at   TEXT NOT NULL,  -- UTC, ISO 8601
  PRIMARY KEY (suite, comparison, dataset, label)
);
-- Until now the last started run of each place counted.
INSERT INTO asked
  SELECT suite, comparison, dataset, label, settings, '', started_at
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY suite, comparison, dataset, label
                                     ORDER BY status = 'ok' DESC, started_at DESC, id DESC) AS place FROM run)
  WHERE place = 1;

CREATE TABLE note (
  -- What makes a run's figures less than they look, or why one is missing; a sentence each.
  run_id   INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,  -- from 1
  text     TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
) WITHOUT ROWID;

CREATE VIEW runs AS
  -- Of each identity the last attempt that went well, or the last one where none did. current = 1 for the runs that
  -- count: those with the settings that their suite asked for last.
  SELECT run.id, run.suite, run.comparison, run.dataset, run.label, run.model, run.seed, run.status, run.attempt,
         run.message, run.started_at, run.finished_at, run.wall_seconds, run.train_seconds, run.train_steps,
         run.samples_per_second, run.parameter_count, run.peak_memory_bytes, run.plugin_version,
         environment.program_version, environment.device, environment.cpu, environment.threads, run.identity,
         asked.settings IS NOT NULL AS current, run.fault
  FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY identity ORDER BY status = 'ok' DESC, attempt DESC) AS place
        FROM run) AS ranked
       JOIN run ON run.id = ranked.id
       JOIN environment ON environment.id = run.environment_id
       LEFT JOIN asked ON asked.suite = run.suite AND asked.comparison = run.comparison
                      AND asked.dataset = run.dataset AND asked.label = run.label AND asked.settings = run.settings
  WHERE ranked.place = 1
  ORDER BY run.id;

CREATE VIEW leaderboard AS
  -- Mean, sample standard deviation (NULL for one run), range and median over the seeds of the current ok runs, best
  -- mean first. n counts the runs that have the figure and where it is a number; 0, and no mean, where it is none.
  SELECT suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better, extractor,
         extractor_sha256, reference_count, sample_count, average AS mean,
         CASE WHEN COUNT(value) > 1
              THEN SQRT(SUM((value - average) * (value - average)) / (COUNT(value) - 1)) END AS std,
         COUNT(value) AS n, MIN(value) AS minimum, MAX(value) AS maximum,
         AVG(CASE WHEN 2 * place BETWEEN places AND places + 2 THEN value END) AS median
  FROM (SELECT runs.suite, runs.comparison, runs.dataset, runs.label, runs.model, metric.*,
               AVG(metric.value) OVER figure AS average, COUNT(metric.value) OVER figure AS places,
               ROW_NUMBER() OVER (figure ORDER BY metric.value IS NULL, metric.value) AS place
        FROM runs JOIN metric ON metric.run_id = runs.id
        WHERE runs.status = 'ok' AND runs.current
        WINDOW figure AS (PARTITION BY runs.suite, runs.comparison, runs.dataset, runs.label, runs.model,
                                       metric.protocol, metric.name, metric.variant, metric.split, metric.unit,
                                       metric.better, metric.extractor, metric.extractor_sha256,
                                       metric.reference_count, metric.sample_count))
  GROUP BY suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better, extractor,
           extractor_sha256, reference_count, sample_count
  ORDER BY suite, comparison, dataset, protocol, name, variant, split, unit, extractor, extractor_sha256,
           reference_count, sample_count, average IS NULL, CASE better WHEN 'higher' THEN -average ELSE average END,
           label;

CREATE VIEW paper_gap AS
  -- A paper's figures beside ours. ours, std, n and gap are NULL where there is no ok run yet.
  SELECT suite, comparison, leaderboard.dataset, label, protocol, name, variant, split, leaderboard.unit,
         published.value AS published, published.deviation AS published_std, leaderboard.mean AS ours,
         leaderboard.std, leaderboard.n, leaderboard.mean - published.value AS gap, leaderboard.extractor,
         leaderboard.reference_count, leaderboard.sample_count, published.source
  FROM published LEFT JOIN leaderboard USING (suite, comparison, label, protocol, name, variant, split)
  ORDER BY suite, comparison, protocol, name, variant, split, label;

CREATE VIEW failures AS
  -- Current runs that are not ok, and why.
  SELECT run.id, run.suite, run.comparison, run.dataset, run.label, run.model, run.seed, run.status, run.attempt,
         run.exit_code, run.signal, run.message, run.stderr_tail, run.started_at, run.wall_seconds,
         run.peak_memory_bytes, run.identity, run.fault
  FROM runs JOIN run USING (id)
  WHERE runs.current AND runs.status <> 'ok'
  ORDER BY run.id;

CREATE VIEW notes AS
  -- What makes figures less than they look, of the current ok runs.
  SELECT runs.suite, runs.comparison, runs.dataset, runs.label, runs.seed, note.text, note.run_id
  FROM runs JOIN note ON note.run_id = runs.id
  WHERE runs.current AND runs.status = 'ok'
  ORDER BY note.run_id, note.position;
)sql";

// The leaderboard is kept, not computed anew by each reader; a suite states claims; a run knows the command
// that it was part of. From here on the views are those of views/*.sql.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE run ADD COLUMN command TEXT NOT NULL DEFAULT '';    -- that was given; '' where that is not known
ALTER TABLE run ADD COLUMN folder TEXT NOT NULL DEFAULT '';     -- in which it was given
ALTER TABLE run ADD COLUMN jobs INTEGER NOT NULL DEFAULT 0;     -- runs at a time; 0 where that is not known
CREATE INDEX run_settings ON run (suite, comparison, dataset, label, settings);

CREATE TABLE standing (
  -- What the view leaderboard shows, for all settings that ever ran. Written by rraebench with each run.
  arm              INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,  -- first run of the place and settings
  suite            TEXT NOT NULL,     -- as in run, like the next four
  comparison       TEXT NOT NULL,
  dataset          TEXT NOT NULL,
  label            TEXT NOT NULL,
  model            TEXT NOT NULL,
  protocol         TEXT NOT NULL,     -- as in metric, like the next nine
  name             TEXT NOT NULL,
  variant          TEXT NOT NULL,
  split            TEXT NOT NULL,
  unit             TEXT NOT NULL,
  better           TEXT NOT NULL,
  extractor        TEXT NOT NULL,
  extractor_sha256 TEXT NOT NULL,
  reference_count  INTEGER NOT NULL,
  sample_count     INTEGER NOT NULL,
  mean             REAL,              -- NULL: not a number in any run
  std              REAL,              -- sample standard deviation, NULL for one run
  n                INTEGER NOT NULL,  -- runs where it is a number
  minimum          REAL,
  maximum          REAL,
  median           REAL,
  rank             REAL               -- ascending, the best first
);
CREATE INDEX standing_arm ON standing (arm);
CREATE INDEX standing_order ON standing (suite, comparison, dataset, protocol, name, variant, split, unit, extractor,
                                         extractor_sha256, reference_count, sample_count, rank IS NULL, rank, label);

CREATE TABLE claim (
  -- What a suite says that its figures show.
  suite      TEXT NOT NULL,     -- as in run, like comparison
  position   INTEGER NOT NULL,  -- from 1
  comparison TEXT NOT NULL,
  text       TEXT NOT NULL,     -- a sentence
  kind       TEXT NOT NULL CHECK (kind IN ('better', 'at_most', 'at_least', 'within')),
  label      TEXT NOT NULL,     -- whose figure it is
  than       TEXT NOT NULL,     -- 'better': the other label, else ''
  protocol   TEXT NOT NULL,     -- as in metric, like the next three
  name       TEXT NOT NULL,
  variant    TEXT NOT NULL,
  split      TEXT NOT NULL,
  value      REAL,              -- bound, or what the figure lies within tolerance of; NULL for 'better'
  tolerance  REAL,              -- of 'within'
  source     TEXT NOT NULL,     -- who claims it
  PRIMARY KEY (suite, position)
);
)sql";

constexpr const char* kVersion5 = R"sql(
CREATE TABLE plugin (
  -- What the plugins of runs say of themselves.
  sha256   TEXT PRIMARY KEY,  -- of the file, as in run
  name     TEXT NOT NULL,
  version  TEXT NOT NULL,
  summary  TEXT NOT NULL,     -- one line on what it is
  citation TEXT NOT NULL      -- paper or URL
) WITHOUT ROWID;
)sql";

// What a run leaves beside the database.
constexpr const char* kVersion6 = R"sql(
ALTER TABLE run ADD COLUMN keep TEXT NOT NULL DEFAULT '';  -- what it was asked to leave: 'weights,samples'

CREATE TABLE artefact (
  -- A file that a run left.
  id      INTEGER PRIMARY KEY,
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  what    TEXT NOT NULL,     -- weights, samples, coefficients, reconstructions
  variant TEXT NOT NULL,     -- sampler of samples, else ''
  split   TEXT NOT NULL,     -- train, test or ''
  path    TEXT NOT NULL,     -- of the file, from the folder of this database
  sha256  TEXT NOT NULL,     -- of the file
  shape   TEXT NOT NULL,     -- of an array, as JSON, samples first; [] for weights
  bytes   INTEGER NOT NULL,  -- size of the file
  UNIQUE (run_id, what, variant, split)
);
)sql";

// Curves are kept as numbers and drawn by the report. A question for one figure reads the rows of that figure
// only.
constexpr const char* kVersion7 = R"sql(
ALTER TABLE image RENAME COLUMN png TO content;  -- bytes of a PNG file, or curves as JSON
ALTER TABLE image ADD COLUMN format TEXT NOT NULL DEFAULT 'png'
  CHECK (format IN ('png',       -- width and height are pixels
                    'curves'));  -- of panels: [layer][panel][point], from left to right, panels row by row
CREATE INDEX standing_figure ON standing (name);
)sql";

// The view paper_gap says of how much training our figures are; models over a sweep are compared at equal
// rate.
constexpr const char* kVersion8 = R"sql(
ALTER TABLE claim ADD COLUMN at_equal TEXT NOT NULL DEFAULT '';  -- of 'better' over sweeps: what is equal
)sql";

// Reports show models as their suite has them, whichever of their runs ended first.
constexpr const char* kVersion9 = R"sql(
ALTER TABLE asked ADD COLUMN position INTEGER NOT NULL DEFAULT 0;  -- in the suite, from 1; 0 where not known
)sql";

void set_pragma(SQLite::Database& connection, const std::string& name, std::int32_t value) {
  connection.exec("PRAGMA " + name + " = " + std::to_string(value));
}

/// Views do not outlive a change of the tables that they are made of.
void drop_views(SQLite::Database& connection) {
  std::string drop;
  SQLite::Statement find(connection, "SELECT name FROM sqlite_master WHERE type = 'view'");
  while (find.executeStep()) drop += "DROP VIEW \"" + find.getColumn(0).getString() + "\";";
  find.reset();
  connection.exec(drop);
}

void create_views(SQLite::Database& connection) {
  for (const auto view : {runs_view(), leaderboard_view(), figures_view(), options_view(),
                          environments_view(), paper_gap_view(), failures_view(), notes_view()})
    connection.exec(std::string(view));
}

}  // namespace

const std::vector<Migration>& schema_migrations() {
  static const std::vector<Migration> migrations = {
      {1, kVersion1}, {2, kVersion2}, {3, kVersion3},       {4, kVersion4, true, true},
      {5, kVersion5}, {6, kVersion6}, {7, kVersion7, true}, {8, kVersion8, true},
      {9, kVersion9}};
  return migrations;
}

std::int32_t schema_version() {
  return schema_migrations().back().version;
}

void apply_migrations(SQLite::Database& connection, const std::vector<Migration>& migrations) {
  for (const auto& migration : migrations) {
    if (connection.execAndGet("PRAGMA user_version").getInt() >= migration.version) continue;
    SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
    // Another program may have applied it while this one waited for the lock.
    if (connection.execAndGet("PRAGMA user_version").getInt() >= migration.version) continue;
    if (migration.renews_views) drop_views(connection);
    connection.exec(migration.sql);
    if (migration.renews_views) create_views(connection);
    if (migration.rebuilds_standing) rebuild_standing(connection);
    set_pragma(connection, "application_id", kApplicationId);
    set_pragma(connection, "user_version", migration.version);
    transaction.commit();
  }
}

}  // namespace rraebench
