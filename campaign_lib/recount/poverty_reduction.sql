--: kind = "drop"
--: unit = "household"
-- poverty_reduction (plan, II.4): minority households that are poor or near-poor, on the baseline
-- date and on the later date (the quarter's last day; in Q4 a year after the baseline date).
-- A household without a status on a date is in neither of that date's two counts, but in "unknown";
-- one that is not listed at all is not poor, where the plan says so (table present).
-- Each date's households are counted in the village where they lived on that date.
-- escaped: poor or near-poor on the baseline date, present and not so on the later one; those whose
-- status on the later date is unknown may have.
WITH judged AS (
    SELECT
        home.quarter,
        home.village,
        home.date_name,
        home.poor,
        before.poor AS was_poor
    FROM present AS home
    LEFT JOIN present AS before
        ON before.quarter = home.quarter
        AND before.household = home.household
        AND before.date_name = 'baseline'
        AND before.minority
    WHERE home.minority AND home.date_name IN ('baseline', 'later_date')
)
SELECT
    quarter,
    village,
    count(poor) FILTER (WHERE date_name = 'later_date') AS denominator,
    count(*) FILTER (WHERE date_name = 'later_date' AND poor) AS numerator,
    count(*) FILTER (WHERE date_name = 'later_date' AND poor IS NULL) AS unknown,
    count(*) FILTER (WHERE date_name = 'baseline' AND poor) AS baseline_numerator,
    count(poor) FILTER (WHERE date_name = 'baseline') AS baseline_denominator,
    count(*) FILTER (WHERE date_name = 'baseline' AND poor IS NULL) AS baseline_unknown,
    count(*) FILTER (WHERE date_name = 'later_date' AND was_poor AND NOT poor) AS escaped,
    count(*) FILTER (
        WHERE date_name = 'later_date' AND was_poor AND poor IS NULL) AS may_have_escaped
FROM judged
GROUP BY quarter, village
ORDER BY quarter, village
