-- spending_by(on_day): the purchases up to and with a day, as they stood on it.
-- Reads: returns, survivors.
--
-- Returns up to and with the day are taken off. A purchase of which nothing was kept then is none:
-- it has no row. What a merged member bought counts for the one who they are now.
--
-- member       who bought, or the survivor of the merge
-- occurred_on  the business day
-- net_minor    what was kept by on_day, minor units
CREATE MACRO spending_by(on_day) AS TABLE
WITH came_back AS (
    SELECT
        partner, purchase_id,
        sum(amount_minor)::BIGINT AS returned_minor,
        bool_or(whole) AS whole
    FROM returns
    WHERE occurred_on <= on_day::DATE
    GROUP BY ALL
)
SELECT
    coalesce(survivor, member) AS member,
    occurred_on,
    amount_minor - coalesce(returned_minor, 0) AS net_minor
FROM facts.purchases
LEFT JOIN came_back USING (partner, purchase_id)
LEFT JOIN survivors USING (member)
WHERE occurred_on <= on_day::DATE AND NOT coalesce(whole, false);
