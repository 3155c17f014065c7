-- vouchers_outstanding: what vouchers may still take off bills, by the day on which they lapse;
-- see vouchers_outstanding_on for a day's.
-- Reads: vouchers.
--
-- What is past its last good day stands here until a run has recorded that it lapsed.
--
-- expires_on   last good day, NULL for vouchers that never lapse
-- vouchers     how many can be used
-- holders      members who have them
-- worth_minor  what they are worth together, minor units
CREATE VIEW vouchers_outstanding AS
SELECT
    expires_on,
    count(*) AS vouchers,
    count(DISTINCT holder) AS holders,
    sum(worth_minor)::BIGINT AS worth_minor
FROM vouchers
WHERE state = 'open'
GROUP BY expires_on
ORDER BY expires_on NULLS LAST;
