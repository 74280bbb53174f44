-- The verdict of every line, and the line as results.csv prints it.

-- How good a verdict is, for comparing two of them.
CREATE MACRO goodness(status) AS
    list_position(['unmeasured', 'behind', 'on_track', 'met'], status);

-- A numerator that counts up, against its counts; `measured` comes before all else.
CREATE MACRO verdict_up(measured, at_least, n, target_count, path_count) AS
    CASE
        WHEN NOT measured THEN 'unmeasured'
        WHEN at_least IS NULL THEN 'no_target'
        WHEN n >= target_count THEN 'met'
        WHEN n >= path_count THEN 'on_track'
        ELSE 'behind'
    END;

-- A reduction, against the target and the share of it that is due.
CREATE MACRO verdict_down(reduced, at_least, path_parts, path_whole) AS
    CASE
        WHEN reduced IS NULL THEN 'unmeasured'
        WHEN at_least IS NULL THEN 'no_target'
        WHEN reduced >= at_least THEN 'met'
        WHEN reduced * path_whole >= at_least * path_parts THEN 'on_track'
        ELSE 'behind'
    END;

-- Each line as it is, and as it would be if everything unknown were known and good: a question's
-- answer yes, a household without a status on the later date not poor.
CREATE TABLE judged AS
SELECT
    aimed.*,
    CASE
        WHEN too_few_known.indicator IS NOT NULL THEN NULL
        WHEN aimed.kind = 'drop' THEN reduction(
            formula, baseline_numerator, baseline_denominator, numerator, denominator, escaped)
        ELSE hundredths(numerator, denominator)
    END AS share,
    CASE
        WHEN aimed.kind <> 'drop'
            THEN hundredths(numerator + unknown, denominator)
    END AS share_high,
    CASE
        WHEN aimed.kind = 'drop'
            THEN verdict_down(share, at_least, path_parts, path_whole)
        ELSE verdict_up(
            aimed.kind = 'count'
            OR (denominator > unknown AND not_asked.indicator IS NULL),
            at_least, numerator, target_count, path_count)
    END AS status,
    CASE
        WHEN aimed.kind = 'drop' AND share IS NULL THEN status
        WHEN aimed.kind = 'drop' THEN verdict_down(
            reduction(
                formula, baseline_numerator, baseline_denominator,
                numerator, denominator + unknown, escaped + may_have_escaped),
            at_least, path_parts, path_whole)
        ELSE verdict_up(
            aimed.kind = 'count'
            OR (denominator > 0 AND not_asked.indicator IS NULL),
            at_least, numerator + unknown, target_count, path_count)
    END AS status_high
FROM aimed
LEFT JOIN not_asked
    ON not_asked.quarter = aimed.quarter AND not_asked.indicator = aimed.indicator
LEFT JOIN too_few_known
    ON too_few_known.quarter = aimed.quarter AND too_few_known.indicator = aimed.indicator;

CREATE MACRO as_text(number) AS coalesce(number::VARCHAR, '');
CREATE MACRO as_percent(number) AS coalesce((number * 0.01)::DECIMAL(18, 2)::VARCHAR, '');

CREATE TABLE recounted AS
SELECT
    judged.quarter,
    judged.level,
    judged.place,
    judged.indicator,
    indicators.unit,
    as_text(numerator) AS numerator,
    as_text(denominator) AS denominator,
    as_text(unknown) AS unknown,
    CASE WHEN status = 'unmeasured' THEN '' ELSE as_percent(share) END AS percent,
    CASE WHEN status = 'unmeasured' THEN '' ELSE as_percent(share_high) END AS percent_high,
    CASE
        WHEN judged.kind = 'count' THEN ''
        WHEN level = 'commune' OR at_least = 10000 THEN as_percent(at_least)
        ELSE ''
    END AS target_percent,
    as_text(target_count) AS target_count,
    as_text(path_count) AS path_count,
    as_text(
        CASE judged.kind
            WHEN 'drop' THEN greatest(judged.numerator - target_count, 0)
            ELSE greatest(target_count - judged.numerator, 0)
        END
        + CASE WHEN target_count IS NULL THEN NULL ELSE 0 END  -- greatest() skips a NULL
    ) AS shortfall,
    status,
    CASE WHEN goodness(status_high) > goodness(status) THEN 'no' ELSE 'yes' END AS certain,
    as_text(baseline_numerator) AS baseline_numerator,
    as_text(baseline_denominator) AS baseline_denominator,
    as_text(baseline_unknown) AS baseline_unknown
FROM judged
JOIN indicators ON indicators.indicator = judged.indicator
ORDER BY judged.quarter, level, place, judged.indicator;
