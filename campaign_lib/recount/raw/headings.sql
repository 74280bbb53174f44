-- Which column of a file is which column of the codebook: by its code, its Vietnamese or English
-- label, or the sentence that a form asks. A survey's heading may stand inside a group of its form,
-- group/question or group-question; the whole heading is tried first, then its ends from the
-- longest to the shortest. Beside a column X, X/Y and X-Y are answers of it and no questions.
CREATE TABLE found_columns AS
WITH named AS (
    SELECT
        *,
        folded(heading) AS whole,
        regexp_extract(whole, '[^/]*$') AS last,
        string_split(last, '-') AS pieces
    FROM headings
),
grouped AS (
    SELECT * FROM named
    WHERE "table" = 'survey' AND NOT EXISTS (
        FROM named AS other
        WHERE other.file = named.file AND other.whole <> ''
            AND (starts_with(named.whole, other.whole || '/')
                OR starts_with(named.whole, other.whole || '-'))
    )
),
tried AS (
    SELECT file, "table", position, 0 AS turn, whole AS name FROM named
    UNION ALL
    SELECT file, "table", position, 1, last FROM grouped
    UNION ALL
    SELECT file, "table", position, start, array_to_string(pieces[start:], '-')
    FROM (SELECT *, unnest(range(2, len(pieces) + 1)) AS start FROM grouped)
)
SELECT tried.file, tried."table", tried.position, arg_min(labels."column", tried.turn) AS "column"
FROM tried
JOIN labels ON labels."table" = tried."table" AND folded(labels.label) = tried.name
GROUP BY tried.file, tried."table", tried.position;

-- The columns in which reviewers of an export say what they think of a form.
CREATE TABLE review_columns AS
SELECT file, position
FROM headings
WHERE "table" = 'survey'
    AND regexp_extract(folded(heading), '[^/]*$') IN (
        SELECT folded(word) FROM reviews WHERE kind = 'names'
    );
