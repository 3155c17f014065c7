-- customer_share: how what a member spends divides over the partners.
-- Reads: purchases, survivors.
--
-- What a merged member bought counts for the one who they are now. Who kept nothing has no row.
--
-- member      who bought
-- partner     where; '' is the house's own shops
-- purchases   purchases of which something was kept
-- net_minor   what was kept, minor units
-- share       of all that the member kept, 0 to 1
CREATE VIEW customer_share AS
WITH spent AS (
    SELECT
        coalesce(survivor, member) AS member, partner,
        count(*) AS purchases,
        sum(net_minor)::BIGINT AS net_minor
    FROM purchases LEFT JOIN survivors USING (member)
    WHERE NOT returned_whole AND net_minor > 0
    GROUP BY ALL
)
SELECT
    member, partner, purchases, net_minor,
    net_minor / sum(net_minor) OVER (PARTITION BY member) AS share
FROM spent;
