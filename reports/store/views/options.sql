CREATE VIEW options AS
  -- A row a setting of a run that counts: 'options.beta', 'training.batch_size', 'network_family' and the like.
  SELECT runs.suite, runs.comparison, runs.dataset, runs.label, runs.model, runs.seed,
         substr(replace(setting.fullkey, '"', ''), 3) AS name, setting.atom AS value, runs.id AS run_id
  FROM runs JOIN run USING (id), json_tree(CASE WHEN json_valid(run.spec_json) THEN run.spec_json ELSE '{}' END) AS setting
  WHERE runs.current AND setting.atom IS NOT NULL
  ORDER BY runs.id, setting.id;
