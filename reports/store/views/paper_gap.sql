CREATE VIEW paper_gap AS
  -- A paper's figures beside ours; ours, std, n and gap are NULL where there is no ok run yet.
  SELECT suite, comparison, leaderboard.dataset, label, protocol, name, variant, split, leaderboard.unit,
         published.value AS published, published.deviation AS published_std, leaderboard.mean AS ours,
         leaderboard.std, leaderboard.n, leaderboard.mean - published.value AS gap, leaderboard.extractor,
         leaderboard.reference_count, leaderboard.sample_count, published.source
  FROM published LEFT JOIN leaderboard USING (suite, comparison, label, protocol, name, variant, split)
  ORDER BY suite, comparison, protocol, name, variant, split, label;
