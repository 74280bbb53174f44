-- What a village's cell may say: its code, its name or one of its other names, in this order of
-- precedence; a name that two villages share on the same level stands for neither.
INSERT INTO names
WITH spelt AS (
    SELECT 1 AS level, folded(village) AS spelling, village FROM villages
    UNION
    SELECT 2, folded(name), village FROM villages
    UNION
    SELECT 3, folded(unnest(string_split(aliases, ';'))), village FROM villages
)
SELECT 'village', spelling, CASE WHEN count(*) = 1 THEN any_value(village) END
FROM spelt
WHERE spelling <> ''
GROUP BY level, spelling
QUALIFY level = min(level) OVER (PARTITION BY spelling);
