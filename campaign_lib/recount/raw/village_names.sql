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

-- Where the folder has several communes: what each has in a quarter, by the quarter's last day. A
-- village is in the first commune of its cell that is there then; rows of their own came with those
-- who have come into it. `turns` are the quarters in which a commune has the same of both.
CREATE TABLE turns AS
WITH spoken AS (
    SELECT quarter, last_day, here.*
    FROM quarters JOIN here ON last_day BETWEEN here.since AND here.until
),
settled AS (
    SELECT spoken.quarter, spoken.key, cells.village
    FROM (SELECT village, string_split(commune, ';') AS keys FROM villages) AS cells
    JOIN spoken ON list_contains(cells.keys, spoken.key)
    QUALIFY 1 = row_number() OVER (
        PARTITION BY spoken.quarter, cells.village
        ORDER BY list_position(cells.keys, spoken.key)
    )
),
had AS (
    SELECT
        spoken.quarter,
        spoken.key,
        (
            SELECT coalesce(list(village ORDER BY village), []) FROM settled
            WHERE settled.quarter = spoken.quarter AND settled.key = spoken.key
        ) AS villages,
        (
            SELECT list_concat([spoken.key], list(came.key ORDER BY came.key)) FROM came
            WHERE came.heir = spoken.key AND came.by_day <= spoken.last_day
        ) AS owners
    FROM spoken
)
SELECT
    row_number() OVER (ORDER BY key, min(quarter))::VARCHAR AS turn,
    key, villages, owners, list(quarter) AS quarters
FROM had
GROUP BY key, villages, owners;

-- Which plan file a commune follows in a year: one that names it by key or name, or else the one
-- that names none, which is also that of all communes together.
CREATE TABLE plan_of AS
SELECT asked.commune, plans.year::BIGINT AS year, arg_max(plans.file, plans.commune <> '') AS file
FROM plans
JOIN (SELECT key AS commune, name FROM here UNION ALL SELECT 'all', NULL) AS asked
    ON plans.commune = ''
    OR asked.name IS NOT NULL
    AND folded(plans.commune) IN (folded(asked.commune), folded(asked.name))
GROUP BY asked.commune, plans.year;
