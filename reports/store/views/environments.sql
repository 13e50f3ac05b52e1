CREATE VIEW environments AS
  -- Where each run that counts was made: processor, threads, runs at once, LibTorch, BLAS, system.
  SELECT runs.id AS run_id, runs.suite, runs.comparison, runs.dataset, runs.label, runs.seed, environment.cpu,
         environment.cores, environment.threads, runs.jobs, environment.device, environment.memory_bytes,
         environment.libtorch_version, environment.blas, environment.compiler, environment.operating_system,
         environment.program_version
  FROM runs JOIN run USING (id) JOIN environment ON environment.id = run.environment_id
  WHERE runs.current
  ORDER BY runs.id;
