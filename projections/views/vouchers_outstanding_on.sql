-- vouchers_outstanding_on(on_day): what vouchers could still take off bills at the end of a day, by
-- the day on which they lapse. What had lapsed is left out, recorded or not.
-- Reads: voucher_uses, voucher_give_backs, voucher_cancellations, day_end.
--
-- expires_on   last good day, NULL for vouchers that never lapse
-- vouchers     how many could be used
-- worth_minor  what they were worth together, minor units
CREATE MACRO vouchers_outstanding_on(on_day) AS TABLE
WITH told AS (
    SELECT
        voucher_source, voucher, number, position, occurred_at,
        false AS good, NULL::DATE AS expires_on
    FROM voucher_uses
    UNION ALL
    SELECT voucher_source, voucher, number, position, occurred_at, true, expires_on
    FROM voucher_give_backs
    UNION ALL
    SELECT voucher_source, voucher, number, position, occurred_at, false, NULL
    FROM voucher_cancellations
),
stood AS (
    SELECT
        voucher_source, voucher, number,
        arg_max({'good': good, 'expires_on': expires_on}, position) AS last
    FROM told
    WHERE occurred_at < day_end(on_day)
    GROUP BY ALL
),
known AS (
    SELECT
        worth_minor,
        last IS NULL OR last.good AS good,
        CASE WHEN last IS NULL THEN v.expires_on ELSE last.expires_on END AS expires_on
    FROM facts.vouchers AS v
    LEFT JOIN stood AS s
        ON s.voucher_source = v.source AND s.voucher = v.request_id AND s.number = v.number
    WHERE v.occurred_at < day_end(on_day)
)
SELECT expires_on, count(*) AS vouchers, sum(worth_minor)::BIGINT AS worth_minor
FROM known
WHERE good AND (expires_on IS NULL OR expires_on >= on_day::DATE)
GROUP BY expires_on
ORDER BY expires_on NULLS LAST;
