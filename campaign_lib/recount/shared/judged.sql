SELECT
    quarter,
    village,
    count(*) AS denominator,
    count(*) FILTER (WHERE achieved) AS numerator,
    count(*) FILTER (WHERE achieved IS NULL) AS unknown
FROM judged
GROUP BY quarter, village
ORDER BY quarter, village
