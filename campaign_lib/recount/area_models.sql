--: kind = "share"
--: unit = "residential_area"
-- area_models (plan, II.5): residential areas with at least one model of their own built new this
-- year. A model without an area number belongs to area 1 where the village has only one area; one
-- whose number no area of the village has counts for none.
WITH areas AS (
    SELECT villages.village, unnest(range(1, villages.residential_areas + 1)) AS area
    FROM villages
),
new_models AS (
    SELECT DISTINCT
        quarters.quarter,
        models.village,
        coalesce(
            models.residential_area,
            CASE villages.residential_areas WHEN 1 THEN 1 END
        ) AS area
    FROM quarters
    JOIN models ON models.started_on BETWEEN quarters.year_first_day AND quarters.last_day
    JOIN villages ON villages.village = models.village
    WHERE models.owner = 'residential_area'
)
SELECT
    quarters.quarter,
    areas.village,
    count(*) AS denominator,
    count(new_models.area) AS numerator,
    0 AS unknown
FROM quarters
CROSS JOIN areas
LEFT JOIN new_models
    ON new_models.quarter = quarters.quarter
    AND new_models.village = areas.village
    AND new_models.area = areas.area
GROUP BY quarters.quarter, areas.village
ORDER BY quarters.quarter, areas.village
