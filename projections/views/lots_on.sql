-- lots_on(on_day): what was in each lot at the end of a day, and could be used on it.
-- Reads: lot_days_on, movements, releases, day_end.
--
-- What had happened by the end of the day counts, whenever it was recorded. A hold that had lapsed
-- by then counts as released. So it makes no difference, but for lapsed_points, whether an expiry
-- run has recorded what lapsed.
--
-- member, lot        the lot; lots of an account count from 1
-- available_from     first day that its points can be spent; NULL for a lot that was opened after
--                    the day and drawn on before, as a late entry about a merged member can
-- expires_on         last good day, extensions until then counted in; NULL for never
-- spendable_points   available on the day, points units
-- pending_points     available only after it
-- lapsed_points      past their last good day, with the expiry not recorded; below 0, as much as
--                    another account has above it, for what lapsed there and came home later
-- held_points        what holds reserve
CREATE MACRO lots_on(on_day) AS TABLE
WITH moved AS (
    SELECT
        member,
        lot,
        coalesce(sum(points) FILTER (bucket = 'available'), 0) AS available,
        coalesce(sum(points) FILTER (bucket = 'held'), 0) AS held
    FROM movements
    WHERE bucket <> 'debt' AND occurred_on <= on_day::DATE
    GROUP BY member, lot
),
ended AS (
    SELECT hold_source, hold FROM facts.redemptions WHERE hold <> '' AND occurred_on <= on_day::DATE
    UNION ALL
    SELECT hold_source, hold FROM releases WHERE occurred_on <= on_day::DATE
),
lapsing AS (
    SELECT member, item.lot AS lot, sum(item.points) AS freed
    FROM (
        SELECT member, unnest(movements) AS item
        FROM facts.holds
        WHERE lapses_at <= day_end(on_day) AND (source, request_id) NOT IN (FROM ended)
    )
    WHERE item.bucket = 'held'
    GROUP BY ALL
),
stood AS (
    SELECT
        member, lot, available_from, expires_on,
        coalesce(available, 0) + coalesce(freed, 0) AS free,
        coalesce(held, 0) - coalesce(freed, 0) AS reserved,
        coalesce(expires_on < on_day::DATE, false) AS is_lapsed,
        coalesce(available_from <= on_day::DATE, false) AS has_begun
    FROM lot_days_on(on_day)
    FULL JOIN moved USING (member, lot)
    LEFT JOIN lapsing USING (member, lot)
)
SELECT
    member, lot, available_from, expires_on,
    CASE WHEN has_begun AND NOT is_lapsed THEN free ELSE 0 END::BIGINT AS spendable_points,
    CASE WHEN has_begun OR is_lapsed THEN 0 ELSE free END::BIGINT AS pending_points,
    CASE WHEN is_lapsed THEN free ELSE 0 END::BIGINT AS lapsed_points,
    reserved::BIGINT AS held_points
FROM stood;
