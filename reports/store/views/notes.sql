CREATE VIEW notes AS
  -- What makes figures less than they look, of the ok runs that count.
  SELECT runs.suite, runs.comparison, runs.dataset, runs.label, runs.seed, note.text, note.run_id
  FROM runs JOIN note ON note.run_id = runs.id
  WHERE runs.current AND runs.status = 'ok'
  ORDER BY note.run_id, note.position;
