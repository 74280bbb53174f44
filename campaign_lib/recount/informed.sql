--: kind = "share"
--: unit = "household"
--: needs = ["informed"]
-- informed (plan, II.1): households of the cohort that have been told about the campaign this year.
-- A question without an answer is NULL: neither achieved nor not, but unknown.
WITH judged AS (
    SELECT
        quarter,
        village,
        informed = 'yes' AS achieved
    FROM cohort
)
