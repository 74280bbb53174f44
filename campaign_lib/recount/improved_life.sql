--: kind = "share"
--: unit = "household"
--: needs = [
--:     "income", "stable_model", "house",
--:     "has_tv", "has_motorbike", "has_phone", "has_fridge", "has_rice_cooker",
--: ]
--: numbers = ["district_mean_income", "essential_goods_needed"]
-- improved_life (plan, II.4): households of the cohort with an income strictly above the district's
-- minority mean, a stable production model, a solid house, and enough essential goods: all four.
-- AND over three values: one no settles it; otherwise one missing answer makes it NULL, unknown.
WITH goods AS (
    SELECT
        *,
        [has_tv, has_motorbike, has_phone, has_fridge, has_rice_cooker] AS answers,
        len(list_filter(answers, lambda answer: answer = 'yes')) AS owned,
        len(list_filter(answers, lambda answer: answer IS NULL)) AS not_known
    FROM cohort
    JOIN parameters USING (quarter)
),
judged AS (
    SELECT
        quarter,
        village,
        income > district_mean_income
        AND stable_model = 'yes'
        AND house = 'solid'
        AND CASE
            WHEN owned >= essential_goods_needed THEN true
            WHEN owned + not_known < essential_goods_needed THEN false  -- however they answer
        END AS achieved
    FROM goods
)
