-- rebates: one row per member, rebate and period for which anything was granted or taken off; what
-- is carried on is in rebates_carried.
-- Reads: rebate_grants.
--
-- A member who was merged keeps the rows of their own grants; what the survivor was granted later
-- counts them in.
--
-- member            who was granted it
-- rebate            the program's id of it
-- period            '2026-06', '2026Q2' or '2026'
-- period_from       its first day
-- period_until      the day after its last
-- tier              the card held at its end, '' for none, as was known at the last grant
-- percent           of the net spend, as text
-- net_minor         what was spent in it, as was known at the last grant, minor units
-- due_minor         what it comes to
-- paid_minor        what was paid by the grants for it, as points or vouchers
-- points_rebated    the points of that, points units
-- kind              the voucher that it pays, '' for points
-- vouchers_issued   how many of those
-- grants            how often something was granted for it or taken off
-- first_granted_on, last_granted_on    business days
-- position          place of the last grant in the log
CREATE VIEW rebates AS
WITH last AS (
    SELECT
        member, rebate, period, max(position) AS position,
        sum(paid_minor)::BIGINT AS paid_minor,
        sum(points_rebated)::BIGINT AS points_rebated,
        sum(vouchers_issued)::BIGINT AS vouchers_issued,
        count(*) AS grants,
        min(occurred_on) AS first_granted_on,
        max(occurred_on) AS last_granted_on
    FROM rebate_grants
    GROUP BY ALL
)
SELECT
    last.member, last.rebate, last.period, period_from, period_until, tier, percent, net_minor,
    due_minor, last.paid_minor, last.points_rebated, kind, last.vouchers_issued, grants,
    first_granted_on, last_granted_on, last.position
FROM last JOIN rebate_grants USING (position);
