-- applies_science (plan, II.3): households of the cohort that apply science and technique, chose
-- high-value crops or livestock that suit the soil, and spend sensibly, save and reinvest: all of
-- these.
WITH judged AS (
    SELECT
        quarter,
        village,
        applies_technique = 'yes'
        AND suitable_breeds = 'yes'
        AND saves_reinvests = 'yes' AS achieved
    FROM cohort
)
SELECT
    quarter,
    village,
    count(*) AS denominator,
    count(*) FILTER (WHERE achieved) AS numerator,
    count(*) FILTER (WHERE achieved IS NULL) AS unknown
FROM judged
GROUP BY quarter, village
ORDER BY quarter, village
