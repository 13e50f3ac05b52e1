CREATE VIEW figures AS
  -- A row a figure and seed, of the runs that count and went well.
  SELECT runs.suite, runs.comparison, runs.dataset, runs.label, runs.model, runs.seed, metric.protocol, metric.name,
         metric.variant, metric.split, metric.value, metric.unit, metric.better, metric.extractor,
         metric.extractor_sha256, metric.reference_count, metric.sample_count, metric.run_id
  FROM runs JOIN metric ON metric.run_id = runs.id
  WHERE runs.current AND runs.status = 'ok';
