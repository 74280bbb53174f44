-- What one commune has in one of its `turns` (the variable `turn`), in a schema that stands before
-- the others: its quarters, its villages with whoever lived there on any day, and what has no village
-- and is its own. What hangs on a household or a village by its id is found by it. The whole folder,
-- `all`, has quarters and plans alone: its counts are its communes' sums.
CREATE SCHEMA apart;

CREATE TABLE apart.turn AS
SELECT key AS commune, villages, owners, quarters FROM turns WHERE turn = getvariable('turn')
UNION ALL
SELECT 'all', [], [], (SELECT list(quarter) FROM main.quarters) WHERE getvariable('turn') = 'all';

CREATE TABLE apart.quarters AS
SELECT * FROM main.quarters WHERE quarter IN (SELECT unnest(quarters) FROM apart.turn);

CREATE TABLE apart.villages AS
SELECT * FROM main.villages WHERE village IN (SELECT unnest(villages) FROM apart.turn);

CREATE TABLE apart.households AS
SELECT * FROM main.households WHERE village IN (SELECT village FROM apart.villages);

CREATE TABLE apart.activities AS
SELECT * FROM main.activities
WHERE village IN (SELECT village FROM apart.villages)
    OR village IS NULL AND commune IN (SELECT unnest(owners) FROM apart.turn);

CREATE TABLE apart.models AS
SELECT * FROM main.models
WHERE village IN (SELECT village FROM apart.villages)
    OR village IS NULL AND commune IN (SELECT unnest(owners) FROM apart.turn);

CREATE TABLE apart.plans AS
SELECT * FROM main.plans
WHERE file IN (SELECT file FROM plan_of JOIN apart.turn USING (commune));

CREATE TABLE apart.targets AS
SELECT * FROM main.targets
WHERE file IN (SELECT file FROM plan_of JOIN apart.turn USING (commune));
