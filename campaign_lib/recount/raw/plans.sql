-- The plans, from their files' own words: percentages and shares are text there, so that their
-- printed precision survives, and become whole numbers here, never floats.
CREATE TABLE plans AS
SELECT
    * REPLACE (
        -- a share such as 0.25 as a fraction of whole numbers
        (q1_path::DECIMAL(9, 6) * 1000000)::BIGINT || '/1000000' AS q1_path,
        (q2_path::DECIMAL(9, 6) * 1000000)::BIGINT || '/1000000' AS q2_path,
        (q3_path::DECIMAL(9, 6) * 1000000)::BIGINT || '/1000000' AS q3_path,
        (q4_path::DECIMAL(9, 6) * 1000000)::BIGINT || '/1000000' AS q4_path
    )
FROM written_plans;

-- Targets in hundredths of a percent (7717 is 77.17 %); of a count in units.
CREATE TABLE targets AS
SELECT
    file,
    year,
    indicator,
    CASE
        WHEN indicators.kind = 'count' THEN at_least::BIGINT
        ELSE (at_least::DECIMAL(5, 2) * 100)::BIGINT
    END AS at_least
FROM written_targets
LEFT JOIN indicators USING (indicator);
