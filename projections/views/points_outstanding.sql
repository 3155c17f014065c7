-- points_outstanding: what is owed to all accounts together, by the month in which it lapses;
-- see points_outstanding_on for a day's.
-- Reads: lot_balances.
--
-- What lapsed in months that are over stands there until an expiry run has recorded it. What
-- accounts owe belongs to no lot: sum(points) here, less sum(debt_points) of balances, is
-- sum(balance_points) of balances.
--
-- lapses_in         first day of the month of the last good day; NULL for points that never lapse
-- lots              lots with something left in them
-- accounts          accounts that have them
-- available_points  what is left to spend in them, points units, whatever the day
-- held_points       what holds have reserved
-- points            available + held
CREATE VIEW points_outstanding AS
SELECT
    date_trunc('month', expires_on)::DATE AS lapses_in,
    count(*) AS lots,
    count(DISTINCT member) AS accounts,
    sum(available_points)::BIGINT AS available_points,
    sum(held_points)::BIGINT AS held_points,
    sum(available_points + held_points)::BIGINT AS points
FROM lot_balances
WHERE available_points <> 0 OR held_points <> 0
GROUP BY lapses_in
ORDER BY lapses_in NULLS LAST;
