-- partner_flows: where the points that one partner issued are spent.
-- Reads: lot_issuers.
--
-- Points go by the lots that they were taken from. What a reversal used to repay a debt is back in
-- no lot, and stays spent here.
--
-- issued_at     the partner that issued them, '' for points of no partner
-- redeemed_at   the partner where they were spent, '' for the house's own shops
-- redemptions   redemptions that took some of them
-- points        points units, less what reversals gave back
CREATE VIEW partner_flows AS
WITH took AS (
    SELECT member, partner, position, unnest(movements) AS item FROM facts.redemptions
    UNION ALL
    SELECT undone.member, spent.partner, NULL, unnest(undone.movements)
    FROM facts.reversals AS undone
    JOIN facts.redemptions AS spent
        ON spent.request_id = undone.redemption AND spent.source = undone.redemption_source
)
SELECT
    coalesce(lot_issuers.partner, '') AS issued_at,
    took.partner AS redeemed_at,
    count(DISTINCT took.position) AS redemptions,
    -sum(took.item.points)::BIGINT AS points
FROM took LEFT JOIN lot_issuers ON lot_issuers.member = took.member AND lot_issuers.lot = item.lot
WHERE took.item.bucket <> 'debt'
GROUP BY ALL;
