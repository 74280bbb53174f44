-- Who lived where on which day, and what the village's survey says about them.
-- Read from the checked tables alone; nothing here was computed by the Python build, except the
-- dates of each quarter (table quarters), which a reader can check against the calendar.

-- The year's numbers, as the plan of the quarter's year gives them. A path such as 3/4 is kept as
-- two whole numbers, because verdicts are integer arithmetic.
CREATE TABLE parameters AS
SELECT
    quarters.quarter,
    quarters.year,
    -- {thresholds}
    coalesce(plans.poverty_reduction_formula::VARCHAR, 'points') AS formula,
    coalesce(plans.unlisted_households::VARCHAR, 'unknown') AS unlisted,
    CASE quarters.number
        WHEN 1 THEN plans.q1_path
        WHEN 2 THEN plans.q2_path
        WHEN 3 THEN plans.q3_path
        WHEN 4 THEN plans.q4_path
    END::VARCHAR AS path,
    split_part(path, '/', 1)::BIGINT AS path_parts,
    coalesce(nullif(split_part(path, '/', 2), ''), '1')::BIGINT AS path_whole
FROM quarters
LEFT JOIN plans ON plans.year::BIGINT = quarters.year;

-- The three dates that a quarter looks at.
CREATE TABLE dates AS
SELECT quarter, 'baseline' AS date_name, baseline::DATE AS day FROM quarters
UNION ALL
SELECT quarter, 'last_day', last_day::DATE FROM quarters
UNION ALL
SELECT quarter, 'later_date', later_date::DATE FROM quarters;

-- Households present on each of these dates: a stay has begun by then and not ended by then (one
-- that ends on the day has ended). The village is that of the stay.
-- minority: NULL where the ethnicity is not on the list of the 54.
-- poor: poor or near-poor by the latest status not after the day. A household without any row by
-- then is not, where the plan says so of who is not listed; else it is NULL. So is an unreadable one.
CREATE TABLE present AS
SELECT
    dates.quarter,
    dates.date_name,
    stay.household,
    stay.village,
    stay.ethnicity <> 'kinh' AS minority,
    CASE WHEN latest.household IS NULL AND parameters.unlisted = 'not_poor' THEN false
        ELSE latest.status IN ('poor', 'near_poor') END AS poor
FROM dates
JOIN parameters ON parameters.quarter = dates.quarter
JOIN households AS stay
    ON (stay.joined_on IS NULL OR stay.joined_on::DATE <= dates.day)
    AND (stay.left_on IS NULL OR stay.left_on::DATE > dates.day)
ASOF LEFT JOIN poverty_status AS latest
    ON latest.household = stay.household
    AND dates.day >= latest.valid_from::DATE;

-- Minority households living here on the quarter's last day, with the quarter's answers. A
-- household that the quarter's survey does not mention has NULL for every answer.
CREATE TABLE minority_households AS
SELECT here.quarter, here.village, here.household, survey.* EXCLUDE (quarter, household)
FROM present AS here
LEFT JOIN survey ON survey.quarter = here.quarter AND survey.household = here.household
WHERE here.date_name = 'last_day' AND here.minority;

-- The cohort: minority and poor or near-poor on the baseline date, and still living here on the
-- quarter's last day (in the village of that day).
CREATE TABLE cohort AS
SELECT here.quarter, here.village, here.household, survey.* EXCLUDE (quarter, household)
FROM present AS base
JOIN present AS here ON here.quarter = base.quarter AND here.household = base.household
LEFT JOIN survey ON survey.quarter = here.quarter AND survey.household = here.household
WHERE base.date_name = 'baseline' AND base.minority AND base.poor
    AND here.date_name = 'last_day';
