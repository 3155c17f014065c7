-- points_outstanding_on(on_day): what was owed at the end of a day to all accounts together, by the
-- month in which it lapses. What had lapsed is not owed and is left out, recorded or not.
-- Reads: lots_on.
--
-- What accounts owe belongs to no lot: sum(points) here, less sum(debt_points) of balances_on, is
-- sum(balance_points) of balances_on.
--
-- lapses_in         first day of the month of the last good day; NULL for points that never lapse
-- lots              lots with something left in them
-- accounts          accounts that have them
-- spendable_points  available on the day, points units
-- pending_points    available only after it
-- held_points       what holds reserve
-- points            spendable + pending + held
CREATE MACRO points_outstanding_on(on_day) AS TABLE
SELECT
    date_trunc('month', expires_on)::DATE AS lapses_in,
    count(*) AS lots,
    count(DISTINCT member) AS accounts,
    sum(spendable_points)::BIGINT AS spendable_points,
    sum(pending_points)::BIGINT AS pending_points,
    sum(held_points)::BIGINT AS held_points,
    sum(spendable_points + pending_points + held_points)::BIGINT AS points
FROM lots_on(on_day)
WHERE spendable_points <> 0 OR pending_points <> 0 OR held_points <> 0
GROUP BY lapses_in
ORDER BY lapses_in NULLS LAST;
