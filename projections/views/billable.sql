-- billable: one row per event that a partner is billed for or paid for, whenever that is.
-- Reads: lot_issuers.
--
-- position      place of the event in the log
-- member        the account, '' for a prepaid block
-- occurred_on   the business day of the event
-- partner       whose statement it goes to; what has no terms on `price_on` has no price
-- kind          the line that it goes to: issued, returned, redeemed, reversed, sent, received,
--               breakage or prepaid
-- price_on      the business day whose price holds; of what was held, that of the hold
-- points        points units
-- amount_minor  minor units for a block, 0 for what goes by a price
CREATE VIEW billable AS
WITH went AS (
    SELECT position, member, occurred_on, unnest(movements) AS item FROM facts.expiries
    UNION ALL
    SELECT position, member, occurred_on, unnest(movements) FROM facts.undone_expiries
),
expired AS (
    SELECT position, member, occurred_on, item.lot AS lot, -item.points AS points
    FROM went WHERE item.bucket = 'available'
),
spent AS (
    -- A capture is of what its hold was judged for.
    SELECT
        redeemed.position, redeemed.member, redeemed.occurred_on, redeemed.partner,
        redeemed.source, redeemed.request_id, redeemed.points_redeemed,
        coalesce(held.occurred_on, redeemed.occurred_on) AS price_on
    FROM facts.redemptions AS redeemed
    LEFT JOIN facts.holds AS held
        ON held.request_id = redeemed.hold AND held.source = redeemed.hold_source
    WHERE redeemed.partner <> ''
)
SELECT
    position, member, occurred_on, partner, 'issued' AS kind, occurred_on AS price_on,
    points_earned - coalesce(list_sum([draw.points FOR draw IN drawn]), 0)::BIGINT AS points,
    0::BIGINT AS amount_minor
FROM facts.purchases WHERE partner <> ''
UNION ALL
SELECT position, member, occurred_on, partner, 'issued', occurred_on, points_due, 0
FROM facts.cobrand_accruals
UNION ALL
SELECT
    position, member, occurred_on, partner, 'returned', purchased_on,
    points_due + coalesce(list_sum([draw.points FOR draw IN drawn]), 0)::BIGINT, 0
FROM facts.returns WHERE partner <> ''
UNION ALL
SELECT position, member, occurred_on, partner, 'redeemed', price_on, points_redeemed, 0
FROM spent
UNION ALL
SELECT
    undone.position, undone.member, undone.occurred_on, spent.partner, 'reversed',
    spent.price_on, undone.points_reversed, 0
FROM facts.reversals AS undone
JOIN spent
    ON spent.request_id = undone.redemption AND spent.source = undone.redemption_source
UNION ALL
SELECT
    answer.position, answer.member, answer.occurred_on, answer.program, 'sent',
    answer.occurred_on, sent.points_transferred - sent.fee_points, 0
FROM facts.transfers_confirmed AS answer
JOIN facts.transfers_sent AS sent
    ON sent.request_id = answer.transfer AND sent.source = answer.transfer_source
UNION ALL
SELECT position, member, occurred_on, program, 'received', occurred_on, points_taken_in, 0
FROM facts.transfers_received
UNION ALL
SELECT
    expired.position, expired.member, expired.occurred_on, lot_issuers.partner, 'breakage',
    lot_issuers.issued_on, expired.points, 0
FROM expired JOIN lot_issuers USING (member, lot)
UNION ALL
SELECT position, '', occurred_on, partner, 'prepaid', occurred_on, points, price_minor
FROM facts.blocks;
