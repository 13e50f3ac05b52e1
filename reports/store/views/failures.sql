CREATE VIEW failures AS
  -- Runs that count and are not ok, and why.
  SELECT run.id, run.suite, run.comparison, run.dataset, run.label, run.model, run.seed, run.status, run.attempt,
         run.exit_code, run.signal, run.message, run.stderr_tail, run.started_at, run.wall_seconds,
         run.peak_memory_bytes, run.identity, run.fault
  FROM runs JOIN run USING (id)
  WHERE runs.current AND runs.status <> 'ok'
  ORDER BY run.id;
