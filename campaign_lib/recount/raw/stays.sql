-- A household that left before it joined: the day of leaving is not known.
UPDATE rows_of_households SET left_on = NULL WHERE left_on < joined_on;

-- Stays of one household that overlap are refused, all of them. No day of joining is since ever, no
-- day of leaving is until now.
INSERT INTO fates
WITH spans AS (
    SELECT
        household,
        source_file AS file,
        source_row AS row,
        coalesce(joined_on, '-infinity'::DATE) AS joined,
        coalesce(left_on, 'infinity'::DATE) AS gone
    FROM rows_of_households
    SEMI JOIN standing ON standing.file = source_file AND standing.row = source_row
)
SELECT DISTINCT stay.file, stay.row, 'refused', 'two stays overlap'
FROM spans AS stay
JOIN spans AS other
    ON other.household = stay.household
    AND other.row <> stay.row
    AND other.joined < stay.gone
    AND stay.joined < other.gone;
