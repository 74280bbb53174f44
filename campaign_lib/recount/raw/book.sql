-- What the codebook says, with every spelling as it is compared.
CREATE TABLE labels AS SELECT "table", "column", label, is_question FROM written_labels;

CREATE TABLE answers AS
SELECT DISTINCT "table", "column", position, code, folded(spelling) AS spelling FROM written_answers;

CREATE TABLE groups AS SELECT DISTINCT code, people(spelling) AS spelling FROM written_groups;

-- What a cell of these types may name, by its spelling. Villages and households are added when
-- their own tables have been read.
CREATE TABLE names AS
SELECT DISTINCT 'question' AS type, folded(label) AS spelling, "column" AS name
FROM labels WHERE is_question
UNION
SELECT 'task', folded(id), id FROM written_tasks;

-- What became of the rows that are not kept.
CREATE TABLE fates (file VARCHAR, row BIGINT, fate VARCHAR, why VARCHAR);
