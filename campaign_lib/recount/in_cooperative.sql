--: kind = "share"
--: unit = "household"
--: needs = ["cooperative"]
-- in_cooperative (plan, II.4): households of the cohort that are members of a cooperative group or
-- of a cooperative.
-- A question without an answer is NULL: neither achieved nor not, but unknown.
WITH judged AS (
    SELECT
        quarter,
        village,
        cooperative IN ('group', 'cooperative') AS achieved
    FROM cohort
)
