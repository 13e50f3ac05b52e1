CREATE VIEW runs AS
  -- Every run once: of each identity the last attempt that went well, or the last one; current = 1 where it counts.
  -- Those count whose settings are what their suite asked for last.
  SELECT run.id, run.suite, run.comparison, run.dataset, run.label, run.model, run.seed, run.status, run.attempt,
         run.message, run.started_at, run.finished_at, run.wall_seconds, run.train_seconds, run.train_steps,
         run.samples_per_second, run.parameter_count, run.peak_memory_bytes, run.plugin_version,
         environment.program_version, environment.device, environment.cpu, environment.threads, run.jobs,
         run.identity, asked.settings IS NOT NULL AS current, run.fault
  FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY identity ORDER BY status = 'ok' DESC, attempt DESC) AS place
        FROM run) AS ranked
       JOIN run ON run.id = ranked.id
       JOIN environment ON environment.id = run.environment_id
       LEFT JOIN asked ON asked.suite = run.suite AND asked.comparison = run.comparison
                      AND asked.dataset = run.dataset AND asked.label = run.label AND asked.settings = run.settings
  WHERE ranked.place = 1
  ORDER BY run.id;
