CREATE VIEW paper_gap AS
  -- A paper's figures beside ours; ours, std, n, gap and budget_share are NULL where there is no ok run yet.
  -- budget_share: of the training that the suite defines, what --scale left to ours; NULL where runs do not tell.
  SELECT suite, comparison, leaderboard.dataset, label, protocol, name, variant, split, leaderboard.unit,
         published.value AS published, published.deviation AS published_std, leaderboard.mean AS ours,
         leaderboard.std, leaderboard.n, leaderboard.mean - published.value AS gap, leaderboard.extractor,
         leaderboard.reference_count, leaderboard.sample_count, published.source,
         (SELECT json_extract(run.spec_json, '$.training.scale')
          FROM asked JOIN run USING (suite, comparison, dataset, label, settings)
          WHERE asked.suite = leaderboard.suite AND asked.comparison = leaderboard.comparison
            AND asked.dataset = leaderboard.dataset AND asked.label = leaderboard.label
            AND run.status = 'ok' AND json_valid(run.spec_json)
          LIMIT 1) AS budget_share
  FROM published LEFT JOIN leaderboard USING (suite, comparison, label, protocol, name, variant, split)
  ORDER BY suite, comparison, protocol, name, variant, split, label;
