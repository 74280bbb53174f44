-- The counts of every indicator (table counts), for every quarter, village and the commune. What
-- the head of an indicator's own file says of it stands in the table indicators: its kind (a share
-- of a base, a count without one, or a drop between two dates), its unit, and the survey's questions
-- and the plan's numbers that it needs, which it cannot be measured without.

-- Quarters whose survey file, or whose year's plan, lacks at least one of them altogether.
CREATE TABLE not_asked AS
WITH needed AS (
    SELECT quarters.quarter, indicators.indicator, unnest(needs || numbers) AS question
    FROM quarters
    CROSS JOIN indicators
),
there AS (
    SELECT quarter, "column" AS question FROM surveyed
    UNION ALL
    SELECT quarter, question
    FROM (UNPIVOT parameters ON COLUMNS(* EXCLUDE (quarter))::VARCHAR INTO NAME question VALUE said)
)
SELECT DISTINCT needed.quarter, needed.indicator
FROM needed
ANTI JOIN there USING (quarter, question);

-- A line for each village, with nothing in it too, and one for the commune: the sum of its villages
-- and of what belongs to no village. A count is the commune's alone.
CREATE TABLE places AS
WITH lines AS (
    SELECT quarters.quarter, indicators.indicator, indicators.kind,
        'village' AS level, villages.village AS place
    FROM quarters CROSS JOIN indicators CROSS JOIN villages
    WHERE indicators.kind <> 'count'
    UNION ALL
    SELECT quarters.quarter, indicators.indicator, indicators.kind, 'commune', 'commune'
    FROM quarters CROSS JOIN indicators
)
SELECT
    lines.quarter,
    lines.indicator,
    lines.kind,
    lines.level,
    lines.place,
    coalesce(sum(counts.numerator), 0)::BIGINT AS numerator,
    CASE WHEN lines.kind <> 'count'
        THEN coalesce(sum(counts.denominator), 0)::BIGINT END AS denominator,
    coalesce(sum(counts.unknown), 0)::BIGINT AS unknown,
    CASE WHEN lines.kind = 'drop'
        THEN coalesce(sum(counts.baseline_numerator), 0)::BIGINT END AS baseline_numerator,
    CASE WHEN lines.kind = 'drop'
        THEN coalesce(sum(counts.baseline_denominator), 0)::BIGINT END AS baseline_denominator,
    CASE WHEN lines.kind = 'drop'
        THEN coalesce(sum(counts.baseline_unknown), 0)::BIGINT END AS baseline_unknown,
    coalesce(sum(counts.escaped), 0)::BIGINT AS escaped,
    coalesce(sum(counts.may_have_escaped), 0)::BIGINT AS may_have_escaped
FROM lines
LEFT JOIN counts
    ON counts.quarter = lines.quarter
    AND counts.indicator = lines.indicator
    AND (lines.level = 'commune' OR counts.village = lines.place)
GROUP BY lines.quarter, lines.indicator, lines.kind, lines.level, lines.place;
