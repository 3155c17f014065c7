-- vouchers: one row per voucher, and what has become of it.
-- Reads: survivors, voucher_uses, voucher_give_backs, voucher_lapses, voucher_cancellations.
--
-- source, request_id, number    the voucher goes by these: the request that issued it
-- member          whom it was issued to
-- holder          whose it is now: the member, or whom they were merged into
-- position        place of the issue in the log
-- issued_at       when it was issued, UTC
-- issued_on       the business day of it, the first on which it was good
-- kind, label     the program's id of it and its name
-- occasion        'request', 'birthday', 'anniversary' or 'rebate'
-- tier            the card held then, '' for none
-- operator, program_version    who issued it, under which version of the program
-- worth_minor     what it is worth, minor units
-- min_bill_minor  the smallest bill that it may be used for
-- expires_on      last good day by now, NULL for never
-- gives_back      whether it comes back with the goods that it was used for
-- state           'open', 'used', 'lapsed' or 'cancelled'; one that is past its last good day is
--                 'open' until a run has recorded it
-- used_at, used_on    when, while the use counts; else NULL
-- partner, store, till, purchase_id    where and for which receipt, '' where it was not said
-- bill_minor, taken_minor    the bill, and what the voucher took off it; 0 while it is not used
-- lapsed_on       its last good day, once it is recorded that it lapsed
-- cancelled_on    the business day on which it was taken back
-- forfeited       whether that was because the member left
CREATE VIEW vouchers AS
WITH told AS (
    SELECT voucher_source, voucher, number, position, 'used' AS state FROM voucher_uses
    UNION ALL
    SELECT voucher_source, voucher, number, position, 'open' FROM voucher_give_backs
    UNION ALL
    SELECT voucher_source, voucher, number, position, 'lapsed' FROM voucher_lapses
    UNION ALL
    SELECT voucher_source, voucher, number, position, 'cancelled' FROM voucher_cancellations
),
stands AS (
    SELECT voucher_source, voucher, number, max(position) AS last, arg_max(state, position) AS state
    FROM told
    GROUP BY ALL
),
good_until AS (
    SELECT
        voucher_source, voucher, number,
        arg_max({'expires_on': expires_on}, position).expires_on AS until
    FROM voucher_give_backs
    GROUP BY ALL
)
SELECT
    v.source, v.request_id, v.number, v.member, coalesce(survivor, v.member) AS holder,
    v.position, v.occurred_at AS issued_at, v.occurred_on AS issued_on, v.kind, v.label,
    v.occasion, v.tier, v.operator, v.program_version, v.worth_minor, v.min_bill_minor,
    CASE WHEN g.voucher IS NULL THEN v.expires_on ELSE until END AS expires_on,
    v.gives_back,
    coalesce(s.state, 'open') AS state,
    u.occurred_at AS used_at, u.occurred_on AS used_on,
    coalesce(u.partner, '') AS partner, coalesce(u.store, '') AS store,
    coalesce(u.till, '') AS till, coalesce(u.purchase_id, '') AS purchase_id,
    coalesce(u.bill_minor, 0) AS bill_minor, coalesce(u.taken_minor, 0) AS taken_minor,
    l.lapsed_on,
    c.occurred_on AS cancelled_on,
    coalesce(c.forfeited, false) AS forfeited
FROM facts.vouchers AS v
LEFT JOIN stands AS s
    ON s.voucher_source = v.source AND s.voucher = v.request_id AND s.number = v.number
LEFT JOIN good_until AS g
    ON g.voucher_source = v.source AND g.voucher = v.request_id AND g.number = v.number
LEFT JOIN voucher_uses AS u ON u.position = s.last
LEFT JOIN voucher_lapses AS l ON l.position = s.last
LEFT JOIN voucher_cancellations AS c ON c.position = s.last
LEFT JOIN survivors ON survivors.member = v.member;
