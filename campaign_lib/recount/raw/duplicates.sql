-- Rows that stand twice, among those that nothing has been decided about (`standing`). `key` is what
-- makes a row of the table unique, `content` all of it, both without case. `day` is the survey's
-- day, and empty in any other table.

-- The same key and the same content: the first row is kept.
INSERT INTO fates
SELECT file, row, 'superseded', 'the same row stands above'
FROM standing
QUALIFY row_number() OVER (PARTITION BY file, content ORDER BY row) > 1;

-- A household surveyed again: the latest day is kept.
INSERT INTO fates
SELECT file, row, 'superseded', 'surveyed again on a later day'
FROM standing
QUALIFY day < max(day) OVER (PARTITION BY file, key);

-- The same key with different content (in a survey: of the same latest day): all are refused.
INSERT INTO fates
SELECT file, row, 'refused', 'rows of one key that differ'
FROM standing
QUALIFY count(*) OVER (PARTITION BY file, key) > 1;
