--: kind = "share"
--: unit = "household"
--: needs = ["applies_technique", "suitable_breeds", "saves_reinvests"]
-- applies_science (plan, II.3): households of the cohort that apply science and technique, chose
-- high-value crops or livestock that suit the soil, and spend sensibly, save and reinvest: all of
-- these.
WITH judged AS (
    SELECT
        quarter,
        village,
        applies_technique = 'yes'
        AND suitable_breeds = 'yes'
        AND saves_reinvests = 'yes' AS achieved
    FROM cohort
)
