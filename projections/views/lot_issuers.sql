-- lot_issuers: one row per lot whose points a partner issued, wherever they went since.
-- Reads: lots.
--
-- A gift, a purse, a merge or its undoing opens lots that come from lots; they are of the partner
-- whose purchase, or row of a co-branded card, opened the first of them. Lots of no partner have
-- no row.
--
-- member, lot   the lot
-- partner       who issued its points
-- issued_on     the business day of the purchase or row
CREATE VIEW lot_issuers AS
WITH RECURSIVE issuing AS (
    SELECT member, partner, occurred_on AS issued_on, unnest(lots) AS item
    FROM facts.purchases WHERE partner <> ''
    UNION ALL
    SELECT member, partner, occurred_on, unnest(lots) FROM facts.cobrand_accruals
    UNION ALL
    -- Where less kept earns more and the purchase had opened no lot.
    SELECT member, partner, purchased_on, unnest(lots) FROM facts.returns WHERE partner <> ''
),
first_lots AS (
    SELECT member, item.lot AS lot, partner, issued_on FROM issuing
    WHERE coalesce(item.from_member, '') = ''
),
moved AS (
    SELECT member, lot, from_member, from_lot FROM lots WHERE from_member <> ''
),
traced AS (
    SELECT member, lot, from_member, from_lot FROM moved
    UNION
    SELECT traced.member, traced.lot, moved.from_member, moved.from_lot
    FROM traced
    JOIN moved ON moved.member = traced.from_member AND moved.lot = traced.from_lot
)
SELECT member, lot, partner, issued_on FROM first_lots
UNION ALL
SELECT traced.member, traced.lot, first_lots.partner, first_lots.issued_on
FROM traced
JOIN first_lots
    ON first_lots.member = traced.from_member AND first_lots.lot = traced.from_lot;
