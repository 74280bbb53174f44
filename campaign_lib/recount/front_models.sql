--: kind = "count"
--: unit = "model"
-- front_models (plan, II.5): models of the commune's Fatherland Front that were built new this year
-- (even if ended since), or kept up: started before, and not ended by the quarter's last day.
-- One that is registered and has no day of its start is NULL in both: it counts for nothing.
-- They are counted for the commune, out of nothing: no village, no denominator.
SELECT
    quarters.quarter,
    NULL::VARCHAR AS village,
    NULL::BIGINT AS denominator,
    count(*) AS numerator,
    0 AS unknown
FROM quarters
JOIN models ON models.owner = 'commune_front'
WHERE models.started_on BETWEEN quarters.year_first_day AND quarters.last_day
    OR (
        models.started_on < quarters.year_first_day
        AND (models.ended_on IS NULL OR models.ended_on > quarters.last_day)
    )
GROUP BY quarters.quarter
ORDER BY quarters.quarter
