-- rebates_carried: one row per member and rebate that something was granted of: what stays to be
-- paid or to be set off with the next. Who was merged has none, the survivor has it.
-- Reads: usage, survivors.
--
-- member         the member's id
-- rebate         the program's id of it
-- granted_minor  what is due over all periods, as was known at the last grants, minor units
-- paid_minor     what was paid of it, as points or vouchers
-- carried_minor  granted less paid: what fills no voucher yet; below 0 what was paid too much
CREATE VIEW rebates_carried AS
WITH counted AS (
    SELECT
        member,
        substr(key, strpos(key, ':') + 1) AS rebate,
        starts_with(key, 'rebate:') AS is_granted,
        units
    FROM usage
    WHERE starts_with(key, 'rebate:') OR starts_with(key, 'rebate_paid:')
)
SELECT
    member, rebate,
    coalesce(sum(units) FILTER (is_granted), 0)::BIGINT AS granted_minor,
    coalesce(sum(units) FILTER (NOT is_granted), 0)::BIGINT AS paid_minor,
    granted_minor - paid_minor AS carried_minor
FROM counted
WHERE member NOT IN (SELECT member FROM survivors)
GROUP BY member, rebate;
