--: kind = "share"
--: unit = "household"
--: needs = ["takes_part"]
-- covered_by_plan (plan, II.1): minority households present on the quarter's last day whose village
-- has issued its campaign plan for the year by that day, and that take part.
-- A village without a plan settles it as no; with one, a missing answer makes it NULL, unknown.
WITH issued AS (
    SELECT DISTINCT quarters.quarter, village_plans.village
    FROM quarters
    JOIN village_plans
        ON village_plans.year = quarters.year
        AND village_plans.issued_on <= quarters.last_day
),
judged AS (
    SELECT
        home.quarter,
        home.village,
        issued.village IS NOT NULL
        AND home.takes_part = 'yes' AS achieved
    FROM minority_households AS home
    LEFT JOIN issued ON issued.quarter = home.quarter AND issued.village = home.village
)
