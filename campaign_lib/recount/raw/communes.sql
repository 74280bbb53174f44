-- Communes that are refused: one that is called like several places, one that ends before it begins,
-- and those of one code that have a day in common. No first day is since ever, no last day without
-- end.
INSERT INTO fates
SELECT source_file, source_row, 'refused', 'commune'
FROM rows_of_communes
SEMI JOIN standing ON standing.file = source_file AND standing.row = source_row
WHERE folded(commune) IN ('commune', 'all') OR valid_until < valid_from;

INSERT INTO fates
WITH spans AS (
    SELECT
        source_file AS file,
        source_row AS row,
        folded(code) AS code,
        coalesce(valid_from, '-infinity'::DATE) AS since,
        coalesce(valid_until, 'infinity'::DATE) AS until
    FROM rows_of_communes
    SEMI JOIN standing ON standing.file = source_file AND standing.row = source_row
)
SELECT DISTINCT one.file, one.row, 'refused', 'a code that two communes have'
FROM spans AS one
JOIN spans AS other
    ON other.code = one.code
    AND other.row <> one.row
    AND other.since <= one.until
    AND one.since <= other.until;

-- Who goes on from the day after: by key, or else by name or code the one that is there on that day.
-- Where that is not one of those kept, nobody goes on.
UPDATE rows_of_communes SET succeeded_by = (
    WITH kept AS (
        SELECT rows_of_communes.* FROM rows_of_communes
        SEMI JOIN standing ON standing.file = source_file AND standing.row = source_row
    ),
    named AS (
        SELECT
            one.source_row,
            heir.commune AS key,
            folded(heir.commune) = folded(one.succeeded_by) AS by_key,
            one.valid_until + 1 BETWEEN coalesce(heir.valid_from, '-infinity'::DATE)
                AND coalesce(heir.valid_until, 'infinity'::DATE) AS is_there
        FROM kept AS one
        JOIN kept AS heir
            ON folded(one.succeeded_by)
            IN (folded(heir.commune), folded(heir.name), folded(heir.code))
        QUALIFY by_key = bool_or(by_key) OVER (PARTITION BY one.source_row)
    )
    SELECT any_value(key) FROM named
    WHERE is_there AND named.source_row = rows_of_communes.source_row
    HAVING count(*) = 1
);
