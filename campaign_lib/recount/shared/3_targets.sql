-- Target counts: the commune's, and how the villages share it. Whole numbers only; a percentage is
-- a number of hundredths of a percent (7717 is 77.17 %).

-- part of whole in hundredths of a percent, rounded half away from zero; NULL for a whole of 0.
CREATE MACRO hundredths(part, whole) AS
    CASE WHEN whole > 0
        THEN sign(part) * ((20000 * abs(part) + whole) // (2 * whole)) END;

-- The reduction of poverty by the plan's formula, in hundredths of a percent; NULL where either
-- date has no households with a status (or, for the relative formula, nobody was poor before).
CREATE MACRO reduction(formula, poor_before, all_before, poor_later, all_later, escaped) AS
    CASE WHEN all_before > 0 AND all_later > 0 THEN
        CASE formula
            WHEN 'points' THEN hundredths(
                poor_before * all_later - poor_later * all_before, all_before * all_later)
            WHEN 'relative' THEN hundredths(
                poor_before * all_later - poor_later * all_before, poor_before * all_later)
            WHEN 'escaped' THEN hundredths(escaped, all_later)
        END
    END;

-- Where more than a quarter of the commune's minority households have no status on one of the two
-- dates, the reduction is not measured, in no place: a rate over those that are listed is none.
CREATE TABLE too_few_known AS
SELECT quarter, indicator
FROM places
WHERE level = 'commune' AND kind = 'drop' AND (
    4 * unknown > denominator + unknown
    OR 4 * baseline_unknown > baseline_denominator + baseline_unknown
);

-- Every line with the year's target. Of poverty_reduction villages have none.
CREATE TABLE aims AS
SELECT
    places.*,
    parameters.year,
    parameters.formula,
    parameters.path_parts,
    parameters.path_whole,
    CASE WHEN places.level = 'commune' OR places.kind <> 'drop'
        THEN targets.at_least::BIGINT END AS at_least
FROM places
JOIN parameters ON parameters.quarter = places.quarter
LEFT JOIN targets
    ON targets.year::BIGINT = parameters.year
    AND targets.indicator::VARCHAR = places.indicator;

-- The commune's target and path counts, found by trying every possible numerator.
CREATE TABLE commune_targets AS
WITH tried AS (
    SELECT *, unnest(range(0, denominator + 1)) AS n
    FROM aims
    ANTI JOIN too_few_known USING (quarter, indicator)
    WHERE level = 'commune' AND at_least IS NOT NULL AND denominator > 0
),
judged AS (
    SELECT
        *,
        hundredths(n, denominator) AS share,
        reduction(
            formula, baseline_numerator, baseline_denominator, n, denominator, escaped
        ) AS reduced
    FROM tried
),
shares AS (
    -- The smallest numerator that meets it; 100 % means all of them.
    SELECT
        quarter,
        indicator,
        year,
        min(n) AS target_count,
        (target_count * any_value(path_parts) + any_value(path_whole) - 1)
        // any_value(path_whole) AS path_count
    FROM judged
    WHERE kind <> 'drop'
        AND share >= at_least
        AND (at_least < 10000 OR n = denominator)
    GROUP BY quarter, indicator, year
),
drops AS (
    -- The largest number of poor and near-poor households that satisfies it.
    SELECT
        quarter,
        indicator,
        year,
        max(n) FILTER (WHERE reduced >= at_least) AS target_count,
        max(n) FILTER (WHERE reduced * path_whole >= at_least * path_parts) AS path_count
    FROM judged
    WHERE kind = 'drop' AND formula = 'points'
    GROUP BY quarter, indicator, year
)
SELECT * FROM shares
UNION ALL BY NAME
SELECT * FROM drops
UNION ALL BY NAME
SELECT quarter, indicator, year, at_least AS target_count, NULL::BIGINT AS path_count
FROM aims
WHERE kind = 'count' AND at_least IS NOT NULL;

-- The commune's count shared out in proportion to the villages' denominators: whole parts first,
-- then one more each by the largest remainders, ties by village code. What belongs to no village
-- cannot be asked of one, so that villages never carry more than they have.
CREATE TABLE shared_out AS
WITH quotas AS (
    SELECT
        village.quarter,
        village.indicator,
        village.place,
        sum(village.denominator) OVER places_of AS base,
        least(whole.target_count, base) AS total,
        total * village.denominator // nullif(base, 0) AS whole_part,
        total * village.denominator % nullif(base, 0) AS remainder
    FROM aims AS village
    JOIN commune_targets AS whole
        ON whole.quarter = village.quarter AND whole.indicator = village.indicator
    WHERE village.level = 'village' AND village.kind <> 'drop'
    WINDOW places_of AS (PARTITION BY village.quarter, village.indicator)
)
SELECT
    quarter,
    indicator,
    place,
    total,
    whole_part + CASE
        WHEN row_number() OVER (PARTITION BY quarter, indicator ORDER BY remainder DESC, place)
            <= total - sum(whole_part) OVER (PARTITION BY quarter, indicator)
        THEN 1 ELSE 0
    END AS village_count
FROM quotas;

-- Quarters in which the counts that the commune has fixed stand: every village is listed, and
-- together they are at least the count that would be shared out.
CREATE TABLE fixed AS
SELECT whole.quarter, whole.indicator
FROM commune_targets AS whole
JOIN allocation ON allocation.year = whole.year AND allocation.indicator = whole.indicator
JOIN shared_out
    ON shared_out.quarter = whole.quarter
    AND shared_out.indicator = whole.indicator
    AND shared_out.place = allocation.village
GROUP BY whole.quarter, whole.indicator, shared_out.total
HAVING count(DISTINCT allocation.village) = (SELECT count(*) FROM villages)
    AND sum(allocation."count") >= shared_out.total;

-- Every line with its target and path counts; none where there is nothing to count of.
CREATE TABLE aimed AS
WITH counted AS (
    SELECT
        aims.*,
        CASE
            WHEN aims.level = 'commune' THEN whole.target_count
            WHEN aims.at_least IS NULL OR aims.denominator = 0 THEN NULL
            WHEN aims.at_least = 10000 THEN aims.denominator
            WHEN fixed.indicator IS NOT NULL THEN least(allocation."count", aims.denominator)
            ELSE shared_out.village_count
        END::BIGINT AS target_count,
        whole.path_count AS commune_path_count
    FROM aims
    LEFT JOIN commune_targets AS whole
        ON whole.quarter = aims.quarter AND whole.indicator = aims.indicator
    LEFT JOIN fixed ON fixed.quarter = aims.quarter AND fixed.indicator = aims.indicator
    LEFT JOIN allocation
        ON allocation.year = aims.year
        AND allocation.indicator = aims.indicator
        AND allocation.village = aims.place
    LEFT JOIN shared_out
        ON shared_out.quarter = aims.quarter
        AND shared_out.indicator = aims.indicator
        AND shared_out.place = aims.place
)
SELECT
    * EXCLUDE (commune_path_count),
    CASE
        WHEN level = 'commune' THEN commune_path_count
        ELSE (target_count * path_parts + path_whole - 1) // path_whole
    END::BIGINT AS path_count
FROM counted;
