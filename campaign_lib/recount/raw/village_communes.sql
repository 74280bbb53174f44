-- Which communes each village's cell names, before the rows that stand twice are looked for. A cell
-- holds a key, a name or a code, or several with ; between. A code means each commune that has it,
-- one after another; and when a commune has ended, its villages are in the one that goes on. What
-- comes of it: `here`, the communes of the folder with their days. There are none in it unless
-- villages name more than one; then nothing is asked of communes at all.

-- `commune` means all villages wherever a place is named; a village can't have that code.
UPDATE rows_of_villages SET refused_for = 'village'
WHERE refused_for IS NULL AND folded(village) = 'commune';

-- What stands between the ; of each distinct cell. Where the library has read the villages and
-- nobody here, its cells are keys already. `counts`: a row that is not refused has the cell.
CREATE TABLE pieces AS
WITH written AS (
    SELECT commune AS cell, source_row, refused_for IS NULL AS counts FROM rows_of_villages
    UNION ALL
    SELECT commune, source_row, true FROM checked_villages
    WHERE NOT EXISTS (FROM rows_of_villages)
),
cells AS (
    SELECT
        cell,
        string_split(cell, ';') AS parts,
        bool_or(counts) AS counts,
        min(source_row) FILTER (WHERE counts) AS first_row
    FROM written
    WHERE cell IS NOT NULL
    GROUP BY cell
)
SELECT * EXCLUDE (parts), trim(parts[place]) AS part, folded(part) AS spelling
FROM (SELECT *, unnest(range(1, len(parts) + 1)) AS place FROM cells)
WHERE spelling <> '';

-- The communes that can be meant: those that are listed; without a list what is written is both key
-- and name, as it stands in the first row.
CREATE TABLE here AS
SELECT
    commune AS key,
    name,
    code,
    coalesce(valid_from, '-infinity'::DATE) AS since,
    coalesce(valid_until, 'infinity'::DATE) AS until,
    succeeded_by AS heir,
    valid_until + 1 AS day_after,
    source_row AS position
FROM communes
UNION ALL
SELECT
    arg_min(part, (first_row, place)), arg_min(part, (first_row, place)), NULL,
    '-infinity'::DATE, 'infinity'::DATE, NULL, NULL, 0
FROM pieces
WHERE counts AND NOT EXISTS (FROM communes)
GROUP BY spelling;

-- What a text means: the commune with this key, or else all with this name or this code.
CREATE VIEW called AS
WITH spelt AS (
    SELECT 1 AS level, folded(key) AS spelling, here.* FROM here
    UNION
    SELECT 2, folded(name), here.* FROM here
    UNION
    SELECT 2, folded(code), here.* FROM here
)
SELECT * EXCLUDE (level)
FROM spelt
WHERE spelling <> ''
QUALIFY level = min(level) OVER (PARTITION BY spelling);

CREATE TABLE cells_mean AS
SELECT pieces.cell, pieces.counts, pieces.place, called.*
FROM pieces
LEFT JOIN called
    ON called.spelling = pieces.spelling AND pieces.spelling NOT IN ('commune', 'all');

-- Who has come into whom by which day, himself or by way of others.
CREATE TABLE came AS
WITH RECURSIVE came AS (
    SELECT key, heir, day_after AS by_day FROM here WHERE heir IS NOT NULL
    UNION
    SELECT came.key, here.heir, here.day_after
    FROM came JOIN here ON here.key = came.heir
    WHERE here.heir IS NOT NULL
)
FROM came;

-- All communes of a cell: those that it names, and whoever goes on where none of these is there.
CREATE TABLE cells_hold AS
WITH RECURSIVE goes_on AS (
    SELECT cells.cell, here.key, here.heir
    FROM (SELECT DISTINCT cell FROM cells_mean) AS cells
    CROSS JOIN here
    WHERE here.heir IS NOT NULL
    EXCEPT
    SELECT cells_mean.cell, here.key, here.heir
    FROM here
    JOIN cells_mean ON here.day_after BETWEEN cells_mean.since AND cells_mean.until
),
holds AS (
    SELECT cell, key, counts FROM cells_mean
    UNION
    SELECT goes_on.cell, goes_on.heir, holds.counts
    FROM holds JOIN goes_on ON goes_on.cell = holds.cell AND goes_on.key = holds.key
)
SELECT holds.cell, holds.counts, named.place, here.key, here.since, here.until
FROM holds
JOIN here USING (key)
LEFT JOIN (
    SELECT cell, key, min(place) AS place FROM cells_mean GROUP BY cell, key
) AS named ON named.cell = holds.cell AND named.key = holds.key;

-- A cell of which a part means nobody, and one that holds two communes that share a day, unless one
-- of them goes on from the other.
CREATE TABLE wrong_cells AS
SELECT cell FROM cells_mean WHERE key IS NULL
UNION
SELECT one.cell
FROM cells_hold AS one
JOIN cells_hold AS other
    ON other.cell = one.cell
    AND other.key <> one.key
    AND other.since <= one.until
    AND one.since <= other.until
WHERE (one.key, other.key) NOT IN (SELECT (key, heir) FROM came)
    AND (other.key, one.key) NOT IN (SELECT (key, heir) FROM came);

DELETE FROM cells_hold WHERE cell IN (FROM wrong_cells);
DELETE FROM here WHERE key NOT IN (SELECT key FROM cells_hold WHERE counts);
DELETE FROM here WHERE (SELECT count(*) FROM here) < 2;

-- Refused: a wrong cell; and where there are several communes, a village that names none, and one
-- whose code a figure's reference would take for a commune.
UPDATE rows_of_villages SET refused_for = 'commune'
WHERE refused_for IS NULL AND (
    commune IN (FROM wrong_cells)
    OR EXISTS (FROM here) AND (
        commune IS NULL
        OR commune NOT IN (SELECT cell FROM pieces)
        OR folded(village) = 'all'
        OR folded(village) IN (SELECT folded(key) FROM here)
    )
);

UPDATE rows_of_villages SET commune = settled.keys
FROM (
    SELECT cell, string_agg(key, ';' ORDER BY until, place NULLS LAST) AS keys
    FROM cells_hold
    GROUP BY cell
) AS settled
WHERE commune = settled.cell AND EXISTS (FROM here);
