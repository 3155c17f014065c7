-- monthly_fees(from_day, to_day, through): the fee of each partner that took part in a month.
-- Reads: agreed_prices, partner_joins, partner_leaves.
--
-- from_day, to_day   the first and the last day of the month
-- through            what was recorded up to this position counts
-- position           place of the terms in the log that the fee is from
-- partner            who owes it
-- occurred_on        the last day of the month that the partner took part on, suspended or not
-- amount_minor       the fee of that day, minor units
CREATE MACRO monthly_fees(from_day, to_day, through) AS TABLE
WITH told AS (
    SELECT position, partner, effective_from AS joined_on, NULL AS left_on
    FROM partner_joins WHERE position <= through
    UNION ALL
    SELECT position, partner, NULL, last_day FROM partner_leaves WHERE position <= through
),
stays AS (
    SELECT
        partner, joined_on,
        lead(left_on) OVER (PARTITION BY partner ORDER BY position) AS left_on
    FROM told
),
stood AS (
    SELECT partner, max(least(coalesce(left_on, to_day::DATE), to_day::DATE)) AS occurred_on
    FROM stays
    WHERE joined_on <= to_day::DATE AND coalesce(left_on, to_day::DATE) >= from_day::DATE
    GROUP BY partner
)
SELECT agreed.position, partner, occurred_on, agreed.minor AS amount_minor
FROM stood
JOIN agreed_prices(through) AS agreed USING (partner)
WHERE
    agreed.kind = 'monthly_fee' AND agreed.since <= stood.occurred_on
    AND (agreed.until IS NULL OR stood.occurred_on < agreed.until);
