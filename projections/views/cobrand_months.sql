-- cobrand_months: one row per co-branded card and month, of what the bank has told.
-- Reads: cobrand_accruals.
--
-- cobrand           the card, as the program names it
-- partner           the bank that gives it out
-- month             the first day of the month, in the program's zone
-- members           accounts with a row
-- rows              the bank's rows, corrections included
-- spend_minor       what was spent, less corrections, minor units of the currency
-- points_due        points units that are due for it
-- points_forgiven   what corrections could not take back, and the program forgave
-- points            what members got: points_due + points_forgiven
CREATE VIEW cobrand_months AS
SELECT
    cobrand,
    partner,
    date_trunc('month', occurred_on)::DATE AS month,
    count(DISTINCT member) AS members,
    count(*) AS rows,
    sum(spend_minor)::BIGINT AS spend_minor,
    sum(points_due)::BIGINT AS points_due,
    sum(points_forgiven)::BIGINT AS points_forgiven,
    sum(points_accrued)::BIGINT AS points
FROM cobrand_accruals
GROUP BY ALL;
