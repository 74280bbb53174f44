-- The tasks whose progress may be told: those of the plans, and the extra ones.
INSERT INTO names
SELECT DISTINCT 'task', folded(task), task FROM extra_tasks;
