-- The days of every quarter that has a survey. Reporting quarters (Decree 09/2019, article 12) end
-- on the 14th of March, June, September and December, and the year's first one begins on 15
-- December of the year before; a plan may ask for calendar quarters.
-- later_date: when the poverty count looks again; in Q4 that is a year after the baseline date.
CREATE TABLE quarters AS
WITH numbered AS (
    SELECT
        surveyed_quarters.quarter,
        left(surveyed_quarters.quarter, 4)::BIGINT AS year,
        right(surveyed_quarters.quarter, 1)::BIGINT AS number
    FROM surveyed_quarters
),
planned AS (
    SELECT
        numbered.*,
        coalesce(begun.baseline, make_date(numbered.year - 1, 12, 31)) AS baseline
    FROM numbered
    LEFT JOIN (SELECT year, min(baseline) AS baseline FROM plans GROUP BY year) AS begun
        ON begun.year = numbered.year
)
SELECT
    quarter,
    year,
    number,
    CASE WHEN by_calendar(year) THEN make_date(year, 3 * number - 2, 1)
        WHEN number = 1 THEN make_date(year - 1, 12, 15)
        ELSE make_date(year, 3 * number - 3, 15) END AS first_day,
    end_of(quarter) AS last_day,
    CASE WHEN by_calendar(year) THEN make_date(year, 1, 1)
        ELSE make_date(year - 1, 12, 15) END AS year_first_day,
    baseline,
    CASE WHEN number = 4 THEN (baseline + INTERVAL 1 YEAR)::DATE
        ELSE end_of(quarter) END AS later_date
FROM planned;
