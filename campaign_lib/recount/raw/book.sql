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
SELECT 'task', folded(id), arg_max(id, file) FROM written_tasks GROUP BY folded(id);

-- Whether a year's quarters are those of the calendar, on which all plans of the year agree, and on
-- which day a quarter ends.
CREATE MACRO by_calendar(of_year) AS
    of_year IN (SELECT plans.year::BIGINT FROM plans WHERE plans.calendar = 'calendar');

CREATE MACRO end_of(quarter) AS
    CASE WHEN by_calendar(left(quarter, 4)::BIGINT)
        THEN last_day(make_date(left(quarter, 4)::BIGINT, 3 * right(quarter, 1)::BIGINT, 1))
        ELSE make_date(left(quarter, 4)::BIGINT, 3 * right(quarter, 1)::BIGINT, 14) END;

-- What became of the rows that are not kept.
CREATE TABLE fates (file VARCHAR, row BIGINT, fate VARCHAR, why VARCHAR);
