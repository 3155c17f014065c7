-- settlement: one row per line of a closed statement.
-- Reads: settlements.
--
-- period         the statement ('2026-06')
-- partner        whose line
-- kind           issued, returned, prepaid, redeemed, reversed, sent, received, breakage,
--                issue_fee, redeem_fee, monthly_fee or correction
-- month          the month of the business days
-- late           whether that is a month before the period's
-- events         how many events are behind it: those in `settlement_events`
-- points         points units
-- minor, per     the price: minor units for every so many points units; 0 for none
-- amount_minor   minor units that the partner owes; below zero it is owed
-- dispute        the request of the dispute that a correction is for, else ''
CREATE VIEW settlement AS
SELECT
    period,
    line.partner AS partner,
    line.kind AS kind,
    line.month AS month,
    coalesce(line.late, false) AS late,
    coalesce(line.events, 0) AS events,
    coalesce(line.points, 0) AS points,
    coalesce(line.minor, 0) AS minor,
    coalesce(line.per, 0) AS per,
    line.amount_minor AS amount_minor,
    coalesce(line.dispute, '') AS dispute
FROM (SELECT period, unnest(lines) AS line FROM settlements);
