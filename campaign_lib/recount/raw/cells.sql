-- What each distinct cell of one table's files means, by the type of its column. The table is the
-- variable `now`. `reads_as` is the column of the codebook by which a cell is read: its own, and
-- for what an inspector found, the survey's question of the same row.
CREATE OR REPLACE TABLE seen AS
WITH told AS (
    SELECT
        cells.*,
        columns.type,
        columns.required,
        columns.unreadable_is_unknown,
        columns.min,
        columns.least,
        columns.max,
        columns.otherwise,
        columns.is_key,
        kind_of(cell) AS kind,
        said_in(cell) AS words
    FROM cells
    JOIN columns
        ON columns."table" = cells.reads_in AND columns."column" = cells.reads_as
    WHERE cells."table" = getvariable('now')
),
written AS (
    SELECT
        * EXCLUDE (words),
        CASE WHEN type IN ('number', 'whole', 'year') THEN unspaced(words) ELSE words END AS said
    FROM told
),
spelled AS (
    SELECT *, small(said) AS spelling FROM written
)
SELECT
    * EXCLUDE (is_key),
    spelling = '' AS empty,
    empty OR spelling IN (SELECT folded(word) FROM unknown_words) AND NOT (
        -- a listed code wins over a word for unknown; in the table that lists them, letters do
        spelling IN (SELECT names.spelling FROM names WHERE names.type = spelled.type)
        OR type = 'id' AND is_key AND regexp_full_match(spelling, '[a-z0-9]+')
    ) AS not_known
FROM spelled;

-- How each column writes its numbers. They are Vietnamese (1.234,5), unless a cell shows otherwise:
-- a dot followed by other than three digits, or a comma before a dot. A thousand never begins with
-- 0. A column that shows both ways (the other way is shown by the mirror image, and by two dots) is
-- refused cell by cell.
CREATE OR REPLACE TABLE number_columns AS
WITH forms AS (
    SELECT
        file,
        "column",
        reads_as,
        regexp_full_match(said, '[+-]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?') AND (
            regexp_matches(said, '\.(\d{1,2}|\d{4,})$') OR regexp_matches(said, ',.*\.')
        ) AS shows_plain,
        regexp_full_match(said, '[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?') AND (
            regexp_matches(said, ',(\d{1,2}|\d{4,})$') OR regexp_matches(said, '\..*[,.]')
        ) AS shows_vietnamese
    FROM seen
    WHERE kind = 'text' AND type IN ('number', 'whole', 'year')
)
SELECT
    file, "column", reads_as,
    bool_or(shows_plain) AS plain,
    bool_or(shows_vietnamese) AS vietnamese
FROM forms
GROUP BY file, "column", reads_as;

CREATE OR REPLACE TABLE numbers AS
WITH written AS (
    SELECT
        seen.*,
        CASE
            WHEN kind = 'number' THEN said
            WHEN plain AND vietnamese
                THEN CASE WHEN regexp_full_match(said, '[+-]?\d+') THEN said END
            WHEN plain THEN CASE
                WHEN regexp_full_match(said, '[+-]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?')
                    THEN replace(said, ',', '') END
            WHEN regexp_full_match(said, '[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?')
                THEN replace(replace(said, '.', ''), ',', '.')
        END::DOUBLE AS number
    FROM seen
    LEFT JOIN number_columns USING (file, "column", reads_as)
    WHERE type IN ('number', 'whole', 'year') AND NOT not_known
)
SELECT file, "column", reads_as, cell, number
FROM written
WHERE number BETWEEN coalesce(min, '-infinity'::DOUBLE) AND coalesce(max, 'infinity'::DOUBLE)
    AND isfinite(number)
    AND (least IS NULL OR number <= 0 OR number >= least)
    AND (type = 'number' OR number = floor(number));

-- Dates are ISO (with a time behind them, perhaps), dd/mm/yyyy, have their month in English words, are
-- said in full (ngày 15 tháng 2 năm 2025), or are days as Excel counts them (from 1900, 1954 to 2100),
-- and lie between the codebook's first and last day. Any other way with three numbers (31.3.2024,
-- 31/3/24) may be month first: it is read where its column shows days first (a number above 12 in
-- first place, none in second), or where it can be nothing else.
CREATE OR REPLACE TABLE day_columns AS
SELECT
    file, "column", reads_as,
    bool_or(three_numbers(said).first::INT > 12 AND three_numbers(said).second::INT <= 12)
    AND NOT bool_or(three_numbers(said).first::INT <= 12 AND three_numbers(said).second::INT > 12)
        AS day_first
FROM seen
WHERE kind = 'text' AND type = 'date' AND three_numbers(said).year <> ''
GROUP BY file, "column", reads_as;

CREATE OR REPLACE TABLE days AS
WITH worded AS (
    SELECT
        seen.*,
        coalesce(day_first, false) AS day_first,
        three_numbers(said) AS three,
        regexp_extract(spelling, '^(?:ngày )?(\d{1,2}) tháng (\d{1,2}),? năm (\d{4})$',
            ['day', 'month', 'year']) AS in_full,
        regexp_extract(spelling, '^' || english_month() || ' (\d{1,2}),? (\d{4})' || clock() || '$',
            ['name', 'day', 'year']) AS month_first,
        regexp_extract(spelling, '^(\d{1,2})[ -]' || english_month() || '[ -](\d{4})' || clock() || '$',
            ['day', 'name', 'year']) AS day_named
    FROM seen
    LEFT JOIN day_columns USING (file, "column", reads_as)
    WHERE type = 'date' AND NOT not_known
),
written AS (
    SELECT
        *,
        CASE
            WHEN kind = 'date' THEN left(said, 10)
            WHEN kind = 'number' AND TRY_CAST(said AS INT) BETWEEN 20000 AND 73415
                THEN (DATE '1899-12-30' + said::INT)::VARCHAR
            WHEN regexp_full_match(said, '\d{4}-\d{1,2}-\d{1,2}([T ]\d{2}:\d{2}\S*)?')
                THEN regexp_extract(said, '^[0-9-]+')
            WHEN month_first.year <> '' THEN in_english(month_first)
            WHEN day_named.year <> '' THEN in_english(day_named)
            WHEN regexp_full_match(said, '\d{1,2}/\d{1,2}/\d{4}') THEN concat_ws(
                '-', split_part(said, '/', 3),
                lpad(split_part(said, '/', 2), 2, '0'), lpad(split_part(said, '/', 1), 2, '0'))
            WHEN in_full.year <> '' THEN concat_ws('-', in_full.year, in_full.month, in_full.day)
            WHEN three.year <> '' AND (
                day_first OR three.first = three.second
                OR greatest(three.first::INT, three.second::INT) > 12
            ) THEN concat_ws('-', whole_year(three.year), three.second, three.first)
        END AS iso
    FROM worded
)
SELECT file, "column", reads_as, cell, TRY_CAST(iso AS DATE) AS day
FROM written
WHERE day BETWEEN (SELECT first_day FROM limits) AND (SELECT last_day FROM limits);

-- One of the answers of the column: a code, a label or another spelling; in some columns any other
-- text is one of them, too. A ticked box of a spreadsheet is a yes.
CREATE OR REPLACE TABLE choices AS
SELECT seen.file, seen."column", seen.reads_as, seen.cell,
    coalesce(answers.code, seen.otherwise) AS value
FROM seen
LEFT JOIN answers
    ON answers."table" = seen.reads_in
    AND answers."column" = seen.reads_as
    AND answers.spelling = CASE
        WHEN seen.kind = 'logical' AND seen.type = 'yes_no' AND seen.spelling = 'true' THEN 'yes'
        WHEN seen.kind = 'logical' AND seen.type = 'yes_no' THEN 'no'
        ELSE seen.spelling END
WHERE seen.type IN ('choice', 'yes_no') AND NOT seen.not_known AND value IS NOT NULL;

-- Several of the answers, with ; between, in the codebook's order. One strange part makes the whole
-- list unreadable. An empty list names nothing, which is an answer.
CREATE OR REPLACE TABLE lists AS
WITH parts AS (
    SELECT *, folded(unnest(string_split(said, ';'))) AS part
    FROM seen
    WHERE type = 'choices' AND (empty OR NOT not_known)
),
known AS (
    SELECT DISTINCT
        parts.file, parts."column", parts.reads_as, parts.cell, parts.part,
        answers.code, answers.position
    FROM parts
    LEFT JOIN answers
        ON answers."table" = parts.reads_in
        AND answers."column" = parts.reads_as
        AND answers.spelling = parts.part
),
codes AS (
    SELECT DISTINCT * EXCLUDE (part), part <> '' AND code IS NULL AS strange FROM known
)
SELECT
    file, "column", reads_as, cell,
    coalesce(string_agg(code, ';' ORDER BY position), '') AS value
FROM codes
GROUP BY file, "column", reads_as, cell
HAVING NOT bool_or(strange);

-- Ids are compared without case; the first spelling of the file stands for all.
CREATE OR REPLACE TABLE ids AS
SELECT
    file, "column", reads_as, cell,
    first_value(said) OVER (
        PARTITION BY file, "column", spelling ORDER BY first_row
    ) AS value
FROM seen
WHERE type = 'id' AND NOT not_known;

-- A name of something that is listed elsewhere. Where a name is nobody's alone, `name` is NULL.
CREATE OR REPLACE TABLE named AS
SELECT seen.file, seen."column", seen.reads_as, seen.cell, names.name AS value
FROM seen
JOIN names ON names.type = seen.type AND names.spelling = seen.spelling
WHERE NOT seen.not_known AND names.name IS NOT NULL;

-- Which group the name of a people stands for: the whole of it, or else, where it is several names,
-- each of them.
CREATE OR REPLACE TABLE peoples AS
WITH parts AS (
    SELECT spelling, 0 AS turn, people(spelling) AS part FROM seen WHERE type = 'ethnicity'
    UNION ALL
    SELECT spelling, 1, people(unnest(regexp_split_to_array(spelling, '[()/,;]| [\x{2013}\x{2014}-] ')))
    FROM seen
    WHERE type = 'ethnicity'
),
meant AS (
    SELECT parts.spelling, turn, any_value(groups.code) AS code
    FROM parts
    LEFT JOIN groups ON groups.spelling = part
    WHERE part <> ''
    GROUP BY parts.spelling, turn
    HAVING count(*) = count(groups.code) AND count(DISTINCT groups.code) = 1
)
SELECT spelling, arg_min(code, turn) AS code FROM meant GROUP BY spelling;

-- What is left is taken as it is said; a quarter in its one form; of an ethnicity, which group.
CREATE OR REPLACE TABLE texts AS
SELECT
    file, "column", reads_as, cell,
    CASE type
        WHEN 'quarter' THEN
            CASE
                WHEN regexp_full_match(upper(said), '[1-9]\d{3}Q[1-4]') THEN upper(said)
                ELSE quarter_of_office(seen.spelling)
            END
        WHEN 'ethnicity' THEN peoples.code
        ELSE said
    END AS value,
    type <> 'quarter' OR value IS NOT NULL AS readable
FROM seen
LEFT JOIN peoples ON seen.type = 'ethnicity' AND peoples.spelling = seen.spelling
WHERE type IN ('text', 'aliases', 'commune', 'communes', 'found', 'quarter', 'ethnicity')
    AND NOT not_known;

-- Every distinct cell with its reading, or without one, and whether its row is refused for it:
-- a required cell that is empty, unknown or unreadable (except a status of poverty, which stays
-- unless it is empty), and a name that nobody has, in any column.
CREATE OR REPLACE TABLE readings AS
WITH valued AS (
    SELECT file, "column", reads_as, cell, value FROM choices
    UNION ALL SELECT file, "column", reads_as, cell, value FROM lists
    UNION ALL SELECT file, "column", reads_as, cell, value FROM ids
    UNION ALL SELECT file, "column", reads_as, cell, value FROM named
    UNION ALL SELECT file, "column", reads_as, cell, value FROM texts WHERE readable
)
SELECT
    seen.file,
    seen."column",
    seen.reads_as,
    seen.cell,
    seen.said,
    valued.value,
    numbers.number,
    days.day,
    CASE
        WHEN seen.not_known AND seen.type = 'choices' THEN false
        WHEN seen.not_known
            THEN seen.must_be_read AND (seen.empty OR NOT seen.unreadable_is_unknown)
        WHEN coalesce(valued.cell, numbers.cell, days.cell) IS NOT NULL THEN false
        WHEN seen.type IN ('village', 'household', 'task', 'question') THEN true
        ELSE seen.must_be_read AND NOT seen.unreadable_is_unknown
    END AS refuses
FROM (SELECT *, required OR "column" = 'found' AS must_be_read FROM seen) AS seen
LEFT JOIN valued USING (file, "column", reads_as, cell)
LEFT JOIN numbers USING (file, "column", reads_as, cell)
LEFT JOIN days USING (file, "column", reads_as, cell);
