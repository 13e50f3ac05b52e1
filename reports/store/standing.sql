-- Computes the rows of `standing` anew for the runs named in temp.touched (arm).
DELETE FROM standing WHERE arm IN (SELECT arm FROM temp.touched);
INSERT INTO standing (arm, suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better,
                      extractor, extractor_sha256, reference_count, sample_count, mean, std, n, minimum, maximum,
                      median, rank)
  SELECT arm, suite, comparison, dataset, label, model, protocol, name, variant, split, unit, better, extractor,
         extractor_sha256, reference_count, sample_count, average,
         CASE WHEN COUNT(value) > 1
              THEN SQRT(SUM((value - average) * (value - average)) / (COUNT(value) - 1)) END,
         COUNT(value), MIN(value), MAX(value),
         AVG(CASE WHEN 2 * place BETWEEN places AND places + 2 THEN value END),
         CASE better WHEN 'higher' THEN -average ELSE average END
  FROM (SELECT touched.arm, run.suite, run.comparison, run.dataset, run.label, run.model, metric.*,
               AVG(metric.value) OVER figure AS average, COUNT(metric.value) OVER figure AS places,
               ROW_NUMBER() OVER (figure ORDER BY metric.value IS NULL, metric.value) AS place
        FROM temp.touched CROSS JOIN run AS first ON first.id = touched.arm
             CROSS JOIN run ON run.suite = first.suite AND run.comparison = first.comparison
                           AND run.dataset = first.dataset AND run.label = first.label
                           AND run.settings = first.settings AND run.status = 'ok'
             CROSS JOIN metric ON metric.run_id = run.id
        WHERE NOT EXISTS (SELECT 1 FROM run AS later WHERE later.identity = run.identity
                          AND later.attempt > run.attempt AND later.status = 'ok')
        WINDOW figure AS (PARTITION BY touched.arm, run.model, metric.protocol, metric.name, metric.variant,
                                       metric.split, metric.unit, metric.better, metric.extractor,
                                       metric.extractor_sha256, metric.reference_count, metric.sample_count))
  GROUP BY arm, model, protocol, name, variant, split, unit, better, extractor, extractor_sha256, reference_count,
           sample_count;
