-- A survey's day may lie up to 45 days outside its quarter, not after today, and not on or after
-- the day on which the household left (unless it has come back).
INSERT INTO fates
WITH visits AS (
    SELECT
        source_file AS file,
        source_row AS row,
        quarter_of_file AS quarter,
        household,
        surveyed_on AS day
    FROM rows_of_survey
    SEMI JOIN standing ON standing.file = source_file AND standing.row = source_row
),
gone AS (
    SELECT visits.file, visits.row
    FROM visits
    JOIN households AS stay
        ON stay.household = visits.household
        AND (stay.joined_on IS NULL OR stay.joined_on <= visits.day)
    GROUP BY visits.file, visits.row
    HAVING bool_and(coalesce(stay.left_on <= visits.day, false))
)
SELECT
    visits.file,
    visits.row,
    'refused',
    CASE
        WHEN visits.day > getvariable('today') THEN 'surveyed_on: after today'
        WHEN gone.row IS NOT NULL THEN 'surveyed_on: the household had left'
        ELSE 'surveyed_on: outside the quarter'
    END
FROM visits
JOIN quarters ON quarters.quarter = visits.quarter
LEFT JOIN gone ON gone.file = visits.file AND gone.row = visits.row
WHERE visits.day > getvariable('today')
    OR visits.day < quarters.first_day - 45
    OR visits.day > quarters.last_day + 45
    OR gone.row IS NOT NULL;
