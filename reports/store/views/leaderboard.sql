CREATE VIEW leaderboard AS
  -- A row a figure and model: mean, sample deviation, n, range and median over the seeds that count, best mean first.
  -- n counts the runs whose figure is a number; 0, and no mean, where none is. std is NULL for one run.
  SELECT suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better, extractor,
         extractor_sha256, reference_count, sample_count, mean, std, n, minimum, maximum, median
  FROM standing
  WHERE EXISTS (SELECT 1 FROM run CROSS JOIN asked USING (suite, comparison, dataset, label)
                WHERE run.id = standing.arm AND asked.settings = run.settings)
  ORDER BY suite, comparison, dataset, protocol, name, variant, split, unit, extractor, extractor_sha256,
           reference_count, sample_count, rank IS NULL, rank, label;
