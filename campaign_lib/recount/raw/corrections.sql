-- Which cells the corrections mean, by what the files say before any of them is changed. `wanted` are
-- the corrections as they are written; `told` are the cells of the files that they name, with the
-- place that a cell's column has in the table's key. A row is meant whose key has these values, or
-- whose first ones it has; of several the one whose cell says `old`. The cell must be a single one,
-- and corrections of one cell must agree.
CREATE TABLE corrected_cells AS
WITH waiting AS (
    SELECT
        wanted.*,
        [folded(part) FOR part IN string_split(key, ';')] AS parts
    FROM wanted
    SEMI JOIN standing ON standing.row = wanted.row
),
keyed AS (
    SELECT waiting.row, told.file, told.row AS raw_row
    FROM waiting
    JOIN told
        ON told.file = waiting.file
        AND told.spelling = waiting.parts[told.place_in_key]
    GROUP BY waiting.row, told.file, told.row, len(waiting.parts)
    HAVING count(*) = len(waiting.parts)
),
found AS (
    SELECT waiting.row, told.file, keyed.raw_row, told."column", tidy(waiting.new) AS new
    FROM waiting
    JOIN keyed ON keyed.row = waiting.row
    JOIN told
        ON told.file = keyed.file
        AND told.row = keyed.raw_row
        AND told.spelling = folded(waiting.old)
    JOIN (SELECT DISTINCT "table", "column", folded(label) AS spelling FROM labels) AS named
        ON named."table" = told."table"
        AND named."column" = told."column"
        AND named.spelling = folded(waiting."column")
    QUALIFY count(*) OVER (PARTITION BY waiting.row) = 1
)
SELECT *
FROM found
WINDOW cell AS (PARTITION BY file, raw_row, "column")
QUALIFY min(new) OVER cell = max(new) OVER cell;

INSERT INTO fates
SELECT file, row, 'refused', 'a correction that means no cell, or several'
FROM standing
ANTI JOIN corrected_cells ON corrected_cells.row = standing.row;
