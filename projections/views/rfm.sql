-- rfm: rfm_at for the last day with a purchase or a return, and the newest program's window (365
-- days without a program).
-- Reads: rfm_at, returns, programs.
--
-- on_day   the day that it stands for
-- the rest as in rfm_at
CREATE VIEW rfm AS
WITH newest AS (
    SELECT max(occurred_on) AS on_day
    FROM (
        SELECT occurred_on FROM facts.purchases
        UNION ALL
        SELECT occurred_on FROM returns
    )
)
SELECT (SELECT on_day FROM newest) AS on_day, *
FROM rfm_at(
    (SELECT on_day FROM newest),
    coalesce((SELECT arg_max(rfm_window_days, position) FROM programs), 365)
);
