-- All communes of a folder together, in place of the counts of 2_places.sql: each count is the sum
-- of what was counted for the communes (table commune_places), one commune at a time. A household
-- that moved from one commune to another has left the first, and so it has left the sum.
DELETE FROM places;

INSERT INTO places BY NAME
SELECT
    quarter,
    indicator,
    kind,
    'commune' AS level,
    'commune' AS place,
    sum(numerator) AS numerator,
    sum(denominator) AS denominator,
    sum(unknown) AS unknown,
    sum(baseline_numerator) AS baseline_numerator,
    sum(baseline_denominator) AS baseline_denominator,
    sum(baseline_unknown) AS baseline_unknown,
    sum(escaped) AS escaped,
    sum(may_have_escaped) AS may_have_escaped
FROM commune_places
GROUP BY quarter, indicator, kind;

-- What one commune could not measure, because its survey or its plan lacks it, all together can't.
DELETE FROM not_asked;

INSERT INTO not_asked
SELECT DISTINCT quarter, indicator FROM commune_places WHERE not_asked;

-- A number of models is asked of each commune alone.
DELETE FROM targets
WHERE indicator IN (SELECT indicator FROM indicators WHERE kind = 'count');
