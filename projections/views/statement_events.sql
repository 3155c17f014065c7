-- statement_events(from_day, to_day, seen, through): what a statement of a month bills.
-- Reads: billable, agreed_prices, monthly_fees, dispute_decisions.
--
-- One row per event and line that bills it. It bills what happened until the month's end and was
-- recorded up to a position, but for what an earlier statement billed. A line's money is that of
-- the points of all its rows together, rounded once; what goes by no price says its money itself.
--
-- from_day, to_day   the first and the last day of the month
-- seen               the position that the statement before it was made from, 0 for none
-- through            the position that it is made from
-- partner, kind      the line
-- month              the month of the business day ('2026-06'); of a correction, that of the line
-- position, member, occurred_on   the event, '' where it is of no account
-- points             points units, below zero where they are taken off the line's
-- minor, per         the price: minor units for every so many points units, 0 for none
-- amount_minor       what goes by no price: blocks, monthly fees, corrections; else 0
-- dispute            the request of the dispute that a correction is for, else ''
CREATE MACRO statement_events(from_day, to_day, seen, through) AS TABLE
SELECT
    billed.partner, agreed.kind, strftime(billed.occurred_on, '%Y-%m') AS month,
    billed.position, billed.member, billed.occurred_on,
    billed.points * agreed.factor AS points, agreed.minor, agreed.per,
    0::BIGINT AS amount_minor, '' AS dispute
FROM billable AS billed
JOIN agreed_prices(through) AS agreed
    ON agreed.partner = billed.partner AND agreed.basis = billed.kind
    AND agreed.since <= billed.price_on
    AND billed.price_on < coalesce(agreed.until, DATE 'infinity')
WHERE
    billed.position <= through AND billed.occurred_on <= to_day::DATE AND billed.points <> 0
    AND NOT (billed.position <= seen AND billed.occurred_on < from_day::DATE)
UNION ALL
SELECT
    partner, kind, strftime(occurred_on, '%Y-%m'), position, member, occurred_on, points, 0, 0,
    amount_minor, ''
FROM billable
WHERE
    kind = 'prepaid' AND position <= through AND occurred_on <= to_day::DATE
    AND NOT (position <= seen AND occurred_on < from_day::DATE)
UNION ALL
SELECT
    partner, 'monthly_fee', strftime(from_day::DATE, '%Y-%m'), position, '', occurred_on, 0, 0, 0,
    amount_minor, ''
FROM monthly_fees(from_day, to_day, through)
UNION ALL
SELECT
    partner, 'correction', month, position, '', occurred_on, 0, 0, 0, amount_minor, dispute
FROM dispute_decisions
WHERE position > seen AND position <= through AND amount_minor <> 0;
