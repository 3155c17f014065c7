-- agreed_prices(through): what is agreed with each partner, from which day until which.
-- Reads: partner_joins, partner_terms.
--
-- Of terms for the same day those recorded last hold. With the terms that a partner joins anew by,
-- what was agreed before for that day or later ones falls away. Fees and shares are prices, too: those of
-- the points that they are a share of.
--
-- through    what was recorded up to this position counts
-- position   place of the terms in the log
-- partner    whose terms
-- since      first day that they hold
-- until      the day on which later ones begin; NULL where there are none
-- basis      the kind of event that is priced: issued, returned, ..., monthly_fee for a month
-- kind       the line that it goes to: `basis` itself, or a fee on it
-- factor     1, or -1 where the event's points are taken off those of the line
-- minor      minor units for every `per` points units; of a month for `per` 1
-- per        points units
CREATE MACRO agreed_prices(through) AS TABLE
WITH said AS (
    SELECT
        position, position AS joined_at, partner, effective_from, issue_points, issue_minor,
        redeem_points, redeem_minor, sent_points, sent_minor, received_points, received_minor,
        issue_fee_millionths, redeem_fee_millionths, breakage_millionths, monthly_fee_minor
    FROM partner_joins WHERE position <= through
    UNION ALL
    SELECT
        position, NULL, partner, effective_from, issue_points, issue_minor,
        redeem_points, redeem_minor, sent_points, sent_minor, received_points, received_minor,
        issue_fee_millionths, redeem_fee_millionths, breakage_millionths, monthly_fee_minor
    FROM partner_terms WHERE position <= through
),
last_said AS (
    FROM said
    QUALIFY
        row_number() OVER (PARTITION BY partner, effective_from ORDER BY position DESC) = 1
        AND position >= coalesce(
            max(joined_at) OVER (PARTITION BY partner ORDER BY effective_from), position
        )
),
priced AS (
    SELECT
        position, partner, effective_from AS since,
        lead(effective_from) OVER (PARTITION BY partner ORDER BY effective_from) AS until,
        unnest([
            ('issued', 'issued', 1, issue_minor, issue_points, 1000000),
            ('returned', 'returned', 1, issue_minor, issue_points, 1000000),
            ('issued', 'issue_fee', 1, issue_minor, issue_points, issue_fee_millionths),
            ('returned', 'issue_fee', -1, issue_minor, issue_points, issue_fee_millionths),
            ('redeemed', 'redeemed', 1, redeem_minor, redeem_points, 1000000),
            ('reversed', 'reversed', 1, redeem_minor, redeem_points, 1000000),
            ('redeemed', 'redeem_fee', 1, redeem_minor, redeem_points, redeem_fee_millionths),
            ('reversed', 'redeem_fee', -1, redeem_minor, redeem_points, redeem_fee_millionths),
            ('sent', 'sent', 1, sent_minor, sent_points, 1000000),
            ('received', 'received', 1, received_minor, received_points, 1000000),
            ('breakage', 'breakage', 1, issue_minor, issue_points, breakage_millionths),
            ('monthly_fee', 'monthly_fee', 1, monthly_fee_minor, 1, 1000000)
        ]::STRUCT(
            basis VARCHAR, kind VARCHAR, factor BIGINT, minor HUGEINT, per HUGEINT, share HUGEINT
        )[]) AS price
    FROM last_said
),
exact AS (
    SELECT
        *,
        CASE price.share
            WHEN 1000000 THEN 1 ELSE gcd(price.minor * price.share, price.per * 1000000)
        END AS common,
        CASE price.share WHEN 1000000 THEN 1 ELSE price.share END AS times,
        CASE price.share WHEN 1000000 THEN 1 ELSE 1000000 END AS over
    FROM priced
    WHERE price.minor > 0 AND price.per > 0 AND price.share > 0
)
SELECT
    position, partner, since, until,
    price.basis AS basis,
    price.kind AS kind,
    price.factor AS factor,
    (price.minor * times // common)::BIGINT AS minor,
    (price.per * over // common)::BIGINT AS per
FROM exact;
