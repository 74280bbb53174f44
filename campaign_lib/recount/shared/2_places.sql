-- The counts of the ten indicators, for every quarter, village and the commune.

CREATE TABLE indicators AS
SELECT *
FROM (
    VALUES
    ('covered_by_plan', 'household'),
    ('informed', 'household'),
    ('integrated_activities', 'activity'),
    ('changed_mindset', 'household'),
    ('applies_science', 'household'),
    ('improved_life', 'household'),
    ('in_cooperative', 'household'),
    ('poverty_reduction', 'household'),
    ('front_models', 'model'),
    ('area_models', 'residential_area')
) AS listed (indicator, unit);

-- The survey questions that an indicator cannot be measured without.
CREATE TABLE needed_columns AS
SELECT indicator, unnest(needed) AS question
FROM (
    VALUES
    ('covered_by_plan', ['takes_part']),
    ('informed', ['informed']),
    ('changed_mindset', ['dropped_customs', 'relies_on_state', 'self_reliance']),
    ('applies_science', ['applies_technique', 'suitable_breeds', 'saves_reinvests']),
    ('improved_life', ['income', 'stable_model', 'house']),
    ('improved_life', ['has_tv', 'has_motorbike', 'has_phone', 'has_fridge', 'has_rice_cooker']),
    ('in_cooperative', ['cooperative'])
) AS listed (indicator, needed);

-- Quarters whose survey file lacks at least one of them altogether.
CREATE TABLE not_asked AS
SELECT DISTINCT quarters.quarter, needed_columns.indicator
FROM quarters
CROSS JOIN needed_columns
ANTI JOIN surveyed
    ON surveyed.quarter = quarters.quarter AND surveyed."column" = needed_columns.question;

CREATE TABLE counts AS
SELECT 'covered_by_plan' AS indicator, * FROM count_covered_by_plan
UNION ALL BY NAME SELECT 'informed' AS indicator, * FROM count_informed
UNION ALL BY NAME SELECT 'integrated_activities' AS indicator, * FROM count_integrated_activities
UNION ALL BY NAME SELECT 'changed_mindset' AS indicator, * FROM count_changed_mindset
UNION ALL BY NAME SELECT 'applies_science' AS indicator, * FROM count_applies_science
UNION ALL BY NAME SELECT 'improved_life' AS indicator, * FROM count_improved_life
UNION ALL BY NAME SELECT 'in_cooperative' AS indicator, * FROM count_in_cooperative
UNION ALL BY NAME SELECT 'poverty_reduction' AS indicator, * FROM count_poverty_reduction
UNION ALL BY NAME SELECT 'front_models' AS indicator, * FROM count_front_models
UNION ALL BY NAME SELECT 'area_models' AS indicator, * FROM count_area_models;

-- A line for each village, with nothing in it too, and one for the commune: the sum of its villages
-- and of what belongs to no village. front_models are the commune's alone.
CREATE TABLE places AS
WITH lines AS (
    SELECT quarters.quarter, indicators.indicator, 'village' AS level, villages.village AS place
    FROM quarters CROSS JOIN indicators CROSS JOIN villages
    WHERE indicators.indicator <> 'front_models'
    UNION ALL
    SELECT quarters.quarter, indicators.indicator, 'commune', 'commune'
    FROM quarters CROSS JOIN indicators
)
SELECT
    lines.quarter,
    lines.indicator,
    lines.level,
    lines.place,
    coalesce(sum(counts.numerator), 0)::BIGINT AS numerator,
    CASE WHEN lines.indicator <> 'front_models'
        THEN coalesce(sum(counts.denominator), 0)::BIGINT END AS denominator,
    coalesce(sum(counts.unknown), 0)::BIGINT AS unknown,
    CASE WHEN lines.indicator = 'poverty_reduction'
        THEN coalesce(sum(counts.baseline_numerator), 0)::BIGINT END AS baseline_numerator,
    CASE WHEN lines.indicator = 'poverty_reduction'
        THEN coalesce(sum(counts.baseline_denominator), 0)::BIGINT END AS baseline_denominator,
    CASE WHEN lines.indicator = 'poverty_reduction'
        THEN coalesce(sum(counts.baseline_unknown), 0)::BIGINT END AS baseline_unknown,
    coalesce(sum(counts.escaped), 0)::BIGINT AS escaped,
    coalesce(sum(counts.may_have_escaped), 0)::BIGINT AS may_have_escaped
FROM lines
LEFT JOIN counts
    ON counts.quarter = lines.quarter
    AND counts.indicator = lines.indicator
    AND (lines.level = 'commune' OR counts.village = lines.place)
GROUP BY lines.quarter, lines.indicator, lines.level, lines.place;
