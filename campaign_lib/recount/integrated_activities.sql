--: kind = "share"
--: unit = "activity"
-- integrated_activities (plan, II.1): campaign activities held this year (first day of Q1 to the
-- quarter's last day) that were run together with at least one of the two named movements.
-- An empty cell says "with neither": no. A cell marked as unknown is NULL, unknown.
-- An activity without a village is the whole commune's: its line has no village.
WITH judged AS (
    SELECT
        quarters.quarter,
        activities.village,
        activities.integrated_with <> '' AS achieved
    FROM quarters
    JOIN activities ON activities.held_on BETWEEN quarters.year_first_day AND quarters.last_day
)
