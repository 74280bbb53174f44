-- An extra task can't have the id of a task of the plan.
INSERT INTO fates
SELECT source_file, source_row, 'refused', 'task'
FROM rows_of_extra_tasks
SEMI JOIN standing ON standing.file = source_file AND standing.row = source_row
WHERE folded(task) IN (SELECT spelling FROM names WHERE type = 'task');
