-- partner_positions: one row per partner, of the points that it issued and that are spent there.
-- Reads: lot_issuers, lot_balances, purchases, cobrand_accruals, redemptions, billable.
--
-- partner              the partner; '' is the house's own shops
-- issued_points        points units earned there, less what returns were due
-- redeemed_points      points units spent there, less reversals
-- expired_points       points units issued there that expired, less undone
-- outstanding_points   points units issued there that are in members' lots still, held ones too
CREATE VIEW partner_positions AS
WITH told AS (
    SELECT
        partner, points_net AS issued, 0 AS redeemed, 0 AS expired, 0 AS outstanding FROM purchases
    UNION ALL
    SELECT partner, points_due, 0, 0, 0 FROM cobrand_accruals
    UNION ALL
    SELECT partner, 0, points_redeemed - points_reversed, 0, 0 FROM redemptions
    UNION ALL
    SELECT partner, 0, 0, points, 0 FROM billable WHERE kind = 'breakage'
    UNION ALL
    SELECT lot_issuers.partner, 0, 0, 0, available_points + held_points
    FROM lot_balances JOIN lot_issuers USING (member, lot)
)
SELECT
    partner,
    sum(issued)::BIGINT AS issued_points,
    sum(redeemed)::BIGINT AS redeemed_points,
    sum(expired)::BIGINT AS expired_points,
    sum(outstanding)::BIGINT AS outstanding_points
FROM told
GROUP BY partner;
