-- The tasks whose progress may be told: those of the plans, and the extra ones.
INSERT INTO names
SELECT DISTINCT 'task', folded(task), task FROM extra_tasks;

-- Of several communes, those that have each task.
CREATE TABLE tasks_of AS
SELECT folded(written_tasks.id) AS task, plan_of.commune AS key
FROM written_tasks
JOIN plan_of ON plan_of.file = written_tasks.file AND plan_of.commune <> 'all'
UNION
SELECT folded(task), commune FROM extra_tasks;
