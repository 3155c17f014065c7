-- rfm: rfm_at for the last day with a purchase and the newest program's window (365 days without).
-- Reads: rfm_at, purchases, programs.
--
-- on_day   the day that it stands for
-- the rest as in rfm_at
CREATE VIEW rfm AS
SELECT (SELECT max(occurred_on) FROM purchases) AS on_day, *
FROM rfm_at(
    (SELECT max(occurred_on) FROM purchases),
    coalesce((SELECT arg_max(rfm_window_days, position) FROM programs), 365)
);
